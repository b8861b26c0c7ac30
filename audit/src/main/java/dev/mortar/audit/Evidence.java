package dev.mortar.audit;

import java.time.Instant;

/** The facts by which a person finds an event in the log. */
public sealed interface Evidence permits LoggedEvent, Evidence.Trace {
    /** Its coordinates. */
    RecordId recordId();

    /** The record's timestamp. */
    Instant appendedAt();

    /** Name of its type, without package. */
    String type();

    /** The record's key. */
    String key();

    /** Evidence without the event's content. */
    record Trace(RecordId recordId, Instant appendedAt, String type, String key) implements Evidence {
        static Trace of(LoggedEvent event) {
            return new Trace(event.recordId(), event.appendedAt(), event.type(), event.key());
        }
    }
}
