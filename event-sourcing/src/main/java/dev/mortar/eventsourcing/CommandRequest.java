package dev.mortar.eventsourcing;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The caller of a request, and the request's identity. A controller method that takes one requires the header
 * {@code Idempotency-Key} (400 without it).
 *
 * @param commandId UUIDv5 of caller, route and key, so a repeated request is the same command
 * @param caller from the token or link
 * @param correlationId from {@code X-Correlation-Id}; without it, the command id
 * @param occurredAt from {@code Mortar-Occurred-At} (a till's own clock, ISO 8601), or null for now
 * @param expectedSequence from {@code If-Match}, or null
 * @param waitFor from {@code Prefer: wait=N} in seconds, at most 30; zero without it
 * @param traceparent W3C trace context of the request, or null
 * @param causationId the event that caused the request; null for a request by HTTP
 */
public record CommandRequest(
        UUID commandId,
        Caller caller,
        String correlationId,
        @Nullable Instant occurredAt,
        @Nullable Long expectedSequence,
        Duration waitFor,
        @Nullable String traceparent,
        @Nullable UUID causationId) {
    /** A request that no event caused. */
    public CommandRequest(
            UUID commandId,
            Caller caller,
            String correlationId,
            @Nullable Instant occurredAt,
            @Nullable Long expectedSequence,
            Duration waitFor,
            @Nullable String traceparent) {
        this(commandId, caller, correlationId, occurredAt, expectedSequence, waitFor, traceparent, null);
    }

    /** A request of a service that acts on an event. It does not wait. */
    public static CommandRequest causedBy(Recorded<?> event, Caller caller) {
        return new CommandRequest(
                UUID.randomUUID(),
                caller,
                event.correlationId(),
                null,
                null,
                Duration.ZERO,
                event.traceparent(),
                event.eventId());
    }

    public Actor actor() {
        return caller.actor();
    }

    /** An id for the resource that this request creates. A repeated request gets the same id. */
    public String derivedId(String kind) {
        return NameBasedId.of(commandId, kind).toString();
    }
}
