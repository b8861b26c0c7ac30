package dev.mortar.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a client remembers of a request it made: one line of its journal.
 *
 * @param key idempotency key; the same key on a route is the same request, however often it was repeated
 * @param route method and path, with ids or with names in braces: {@code POST /v1/orders}
 * @param aggregateId id of what was to be made or moved; null when the client never heard it
 * @param at when it was made
 */
public record ClientRequest(
        String key, String route, @Nullable String aggregateId, Outcome outcome, Instant at) {
    /** How a request ended, as far as the client knows. */
    public enum Outcome {
        /** Acknowledged. */
        OK,
        /** Answered with a refusal. */
        REFUSED,
        /** Never answered. */
        UNKNOWN
    }
}
