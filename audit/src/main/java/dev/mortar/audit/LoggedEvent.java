package dev.mortar.audit;

import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;

/**
 * One committed event as it lies on the log.
 *
 * @param place where it lies
 * @param appendedAt the record's timestamp
 * @param key the record's key
 * @param event the generated class of its type
 */
public record LoggedEvent(Place place, Instant appendedAt, String key, SpecificRecord event) {

    /** Name of the event's type, without package. */
    public String type() {
        return event.getSchema().getName();
    }
}
