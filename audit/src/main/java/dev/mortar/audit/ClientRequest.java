package dev.mortar.audit;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client remembers of a request it made: one line of its journal.
 *
 * @param key idempotency key; the same key on a route is the same request, however often it was repeated
 * @param route method and path, with ids or with names in braces: {@code POST /v1/orders}
 * @param aggregateId id of what was to be made or moved; null when the client never heard it
 * @param at when it was made
 * @param goods what it named: quantities by SKU, with {@code |} and the unit behind it unless that is EACH; null when
 *     the client does not say
 */
public record ClientRequest(
        String key,
        String route,
        @Nullable String aggregateId,
        Outcome outcome,
        Instant at,
        @Nullable Map<String, Long> goods) {
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
