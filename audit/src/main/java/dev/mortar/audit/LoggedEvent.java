package dev.mortar.audit;

import dev.mortar.schemas.EventMeta;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * One committed event as it lies on the log.
 *
 * @param place where it lies
 * @param appendedAt the record's timestamp
 * @param key the record's key
 * @param event the generated class of its type
 * @param mislabelled what the record's headers say that the event does not, in a sentence; empty when they repeat it,
 *     null when nobody looked
 * @param meta what the event begins with; null when it is of no type that belongs on an event topic
 */
public record LoggedEvent(
        Place place,
        Instant appendedAt,
        String key,
        SpecificRecord event,
        @Nullable String mislabelled,
        @Nullable EventMeta meta) {

    /** An event at whose headers nobody looks. */
    public LoggedEvent(Place place, Instant appendedAt, String key, SpecificRecord event) {
        this(place, appendedAt, key, event, null, metaOf(event));
    }

    /** An event with its record's headers, which have to repeat what consumers filter by. */
    public static LoggedEvent labelled(
            Place place, Instant appendedAt, String key, Headers headers, SpecificRecord event) {
        return new LoggedEvent(place, appendedAt, key, event, mislabelled(key, headers, event), metaOf(event));
    }

    private static @Nullable EventMeta metaOf(SpecificRecord event) {
        return event.get(0) instanceof EventMeta meta ? meta : null;
    }

    /** Name of the event's type, without package. */
    public String type() {
        return event.getSchema().getName();
    }

    private static String mislabelled(String key, Headers headers, SpecificRecord event) {
        var type = EventType.of(event);
        if (type == null) {
            return "";
        }
        var meta = (EventMeta) event.get(0);
        String wrong = difference(headers, "ce_specversion", "1.0")
                + difference(headers, "content-type", "application/avro")
                + difference(headers, "ce_id", meta.getEventId().toString())
                + difference(headers, "ce_type", event.getSchema().getFullName())
                + difference(headers, "ce_source", "/mortar/" + type.service())
                + difference(headers, "ce_subject", key);
        var time = text(headers, "ce_time");
        return wrong + (isTime(time, meta.getOccurredAt()) ? "" : "ce_time is " + time + ". ");
    }

    private static String difference(Headers headers, String name, String expected) {
        var found = text(headers, name);
        return expected.equals(found) ? "" : name + " is " + found + " and not " + expected + ". ";
    }

    /** Events carry microseconds, headers may say more. */
    private static boolean isTime(@Nullable String text, Instant expected) {
        try {
            return text != null
                    && Instant.parse(text).truncatedTo(ChronoUnit.MICROS).equals(expected);
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static @Nullable String text(Headers headers, String name) {
        var header = headers.lastHeader(name);
        return header == null ? null : new String(Objects.requireNonNull(header.value()), StandardCharsets.UTF_8);
    }
}
