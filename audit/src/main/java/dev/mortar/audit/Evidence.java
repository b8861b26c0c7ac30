package dev.mortar.audit;

import java.time.Instant;

/**
 * The facts by which a person finds an event in the log: the coordinates, timestamp and key of its record, and the name
 * of its type, without package.
 */
public sealed interface Evidence permits LoggedEvent, Evidence.Trace {
    RecordId recordId();

    Instant appendedAt();

    String type();

    String key();

    /** Evidence without the event's content. */
    record Trace(RecordId recordId, Instant appendedAt, String type, String key) implements Evidence {
        static Trace of(LoggedEvent event) {
            return new Trace(event.recordId(), event.appendedAt(), event.type(), event.key());
        }
    }
}
