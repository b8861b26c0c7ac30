package dev.mortar.audit;

import dev.mortar.schemas.EventMeta;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Utils;
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
 * @param identity what it is; null when it is of no type that belongs on an event topic
 */
public record LoggedEvent(
        Place place,
        Instant appendedAt,
        String key,
        SpecificRecord event,
        @Nullable String mislabelled,
        @Nullable Identity identity)
        implements Evidence {

    /**
     * What an event is, found by whoever reads it: the judge is one thread, readers are several.
     *
     * @param idIsDerived whether its id is that of its place in its command
     * @param keyHash by which Kafka's default partitioner places its record
     */
    record Identity(EventType type, EventMeta meta, boolean idIsDerived, int keyHash) {
        private static final ThreadLocal<MessageDigest> SHA1 = ThreadLocal.withInitial(() -> {
            try {
                return MessageDigest.getInstance("SHA-1");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every Java has SHA-1", e);
            }
        });

        private static @Nullable Identity of(String key, SpecificRecord event) {
            var type = EventType.of(event);
            if (type == null) {
                return null;
            }
            var meta = (EventMeta) event.get(0);
            return new Identity(
                    type,
                    meta,
                    derived(meta.getCommandId(), meta.getIndex()).equals(meta.getEventId()),
                    Utils.murmur2(key.getBytes(StandardCharsets.UTF_8)));
        }

        /** UUIDv5 with the command id as the name space and the index in decimal as the name. */
        private static UUID derived(UUID commandId, int index) {
            var sha1 = SHA1.get();
            sha1.update(ByteBuffer.allocate(Long.BYTES * 2)
                    .putLong(commandId.getMostSignificantBits())
                    .putLong(commandId.getLeastSignificantBits())
                    .flip());
            var hash = ByteBuffer.wrap(sha1.digest(Integer.toString(index).getBytes(StandardCharsets.US_ASCII)));
            long high = (hash.getLong() & ~0xf000L) | 0x5000L;
            long low = (hash.getLong() & ~(0xcL << 60)) | (0x8L << 60);
            return new UUID(high, low);
        }
    }

    /** An event at whose headers nobody looks. */
    public LoggedEvent(Place place, Instant appendedAt, String key, SpecificRecord event) {
        this(place, appendedAt, key, event, null, Identity.of(key, event));
    }

    /** An event with its record's headers, which have to repeat what consumers filter by. */
    public static LoggedEvent labelled(
            Place place, Instant appendedAt, String key, Headers headers, SpecificRecord event) {
        var identity = Identity.of(key, event);
        return new LoggedEvent(
                place,
                appendedAt,
                key,
                event,
                identity == null ? "" : mislabelled(key, headers, event, identity),
                identity);
    }

    @Override
    public String type() {
        return event.getSchema().getName();
    }

    private static String mislabelled(String key, Headers headers, SpecificRecord event, Identity identity) {
        var meta = identity.meta;
        String wrong = difference(headers, "ce_specversion", "1.0")
                + difference(headers, "content-type", "application/avro")
                + difference(headers, "ce_id", meta.getEventId().toString())
                + difference(headers, "ce_type", event.getSchema().getFullName())
                + difference(headers, "ce_source", "/mortar/" + identity.type.service())
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
