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
 * One event of the log.
 *
 * @param recordId its coordinates
 * @param appendedAt the record's timestamp
 * @param key the record's key
 * @param event the generated class of its type
 * @param mislabelled the differences between the record's headers and the event, in sentences; empty if there are none,
 *     null if the headers were not compared
 * @param identity its type and meta; null if its type belongs on no event topic
 */
public record LoggedEvent(
        RecordId recordId,
        Instant appendedAt,
        String key,
        SpecificRecord event,
        @Nullable String mislabelled,
        @Nullable Identity identity)
        implements Evidence {

    /**
     * Computed by the threads that read, because only one thread judges.
     *
     * @param idIsDerived whether its id follows from its command id and its index
     * @param keyHash the hash by which Kafka's default partitioner chooses the partition
     */
    record Identity(EventType type, EventMeta meta, boolean idIsDerived, int keyHash) {
        private static @Nullable Identity of(String key, SpecificRecord event) {
            var type = EventType.of(event);
            if (type == null) {
                return null;
            }
            var meta = (EventMeta) event.get(0);
            boolean idIsDerived = derived(meta.getCommandId(), meta.getIndex()).equals(meta.getEventId());
            return new Identity(type, meta, idIsDerived, Utils.murmur2(key.getBytes(StandardCharsets.UTF_8)));
        }

        /** UUIDv5 with the command id as the name space and the index in decimal as the name. */
        static UUID derived(UUID commandId, int index) {
            var name = Integer.toString(index).getBytes(StandardCharsets.US_ASCII);
            var named = ByteBuffer.allocate(Long.BYTES * 2 + name.length)
                    .putLong(commandId.getMostSignificantBits())
                    .putLong(commandId.getLeastSignificantBits())
                    .put(name);
            try {
                var hash = ByteBuffer.wrap(MessageDigest.getInstance("SHA-1").digest(named.array()));
                long high = (hash.getLong() & ~0xf000L) | 0x5000L;
                return new UUID(high, (hash.getLong() & ~(0xcL << 60)) | (0x8L << 60));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every Java has SHA-1", e);
            }
        }
    }

    /** An event whose headers are not compared. */
    public LoggedEvent(RecordId recordId, Instant appendedAt, String key, SpecificRecord event) {
        this(recordId, appendedAt, key, event, null, Identity.of(key, event));
    }

    /** An event with its record's headers, which have to repeat the event's own fields. */
    public static LoggedEvent labelled(
            RecordId recordId, Instant appendedAt, String key, Headers headers, SpecificRecord event) {
        var identity = Identity.of(key, event);
        var mislabelled = identity == null ? "" : mislabelled(key, headers, event, identity);
        return new LoggedEvent(recordId, appendedAt, key, event, mislabelled, identity);
    }

    @Override
    public String type() {
        return event.getSchema().getName();
    }

    /** The fields with which every event begins. */
    EventMeta meta() {
        return identified().meta;
    }

    /** The identity of an event on an event topic. */
    Identity identified() {
        return Objects.requireNonNull(identity);
    }

    /** The value of a field; null if the event has no such field. */
    @Nullable
    Object field(String name) {
        var field = event.getSchema().getField(name);
        return field == null ? null : event.get(field.pos());
    }

    Instant recordedAt() {
        return meta().getRecordedAt();
    }

    /** Whether it names another event as its cause. */
    boolean hasCause() {
        return meta().getCausationId() != null;
    }

    boolean isLastOfCommand() {
        return meta().getIndex() == meta().getCount() - 1;
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

    /** Events carry microseconds; headers may be finer. */
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
