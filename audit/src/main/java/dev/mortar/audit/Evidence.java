package dev.mortar.audit;

import java.time.Instant;

/** What a person needs to find an event on the log. */
public sealed interface Evidence permits LoggedEvent, Evidence.Trace {
    /** Where it lies. */
    Place place();

    /** The record's timestamp. */
    Instant appendedAt();

    /** Name of its type, without package. */
    String type();

    /** The record's key. */
    String key();

    /** What is kept of an event whose content is not needed any more. */
    record Trace(Place place, Instant appendedAt, String type, String key) implements Evidence {
        static Trace of(LoggedEvent event) {
            return new Trace(event.place(), event.appendedAt(), event.type(), event.key());
        }
    }
}
