package dev.mortar.eventsourcing;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A committed event and its place in the log.
 *
 * @param <E> events
 * @param type full name of the event's schema
 * @param aggregateId key of the record
 * @param sequence place in the stream of the aggregate, counted from 1 without gaps
 * @param position place in the topic partition, counted from 1 without gaps
 * @param occurredAt when it happened, by the caller's clock; never compared with a deadline
 * @param recordedAt when the broker appended its command
 * @param causationId the event that caused the command, or null
 * @param traceparent W3C trace context of its decision, or null
 */
public record Recorded<E>(
        E event,
        UUID eventId,
        String type,
        String aggregateId,
        long sequence,
        long position,
        Instant occurredAt,
        Instant recordedAt,
        UUID commandId,
        @Nullable UUID causationId,
        String correlationId,
        Actor actor,
        String topic,
        int partition,
        long offset,
        @Nullable String traceparent) {}
