package dev.mortar.eventsourcing.kafka;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A dead letter, that is a record that could not be processed, without its value. The endpoint answers with it as JSON.
 *
 * <p>In {@code <noun>.dead-letters} a dead letter has key, value and headers of the original record. The header
 * {@code dead-letter-source} says where that record is, and {@code dead-letter-cause} why it could not be processed. A
 * record without a value and with {@code dead-letter-resolved} says that the letter at that offset of its partition
 * does not wait any longer.
 *
 * @param partition of the dead letters' topic
 * @param offset of the dead letters' topic
 * @param source the original record
 * @param type of the event or command, null when it could not be read
 * @param at when it became a dead letter
 * @param event true for an event of another service, false for a command of this one
 * @param retryOf partition/offset of the first letter, when this one is a retry that failed
 * @param resolvedBy TYPE id [locationId] of who retried or discarded it, null while it waits
 * @param reason code of a discard
 */
record DeadLetter(
        int partition,
        long offset,
        State state,
        @Nullable String key,
        @Nullable String type,
        Source source,
        String cause,
        Instant at,
        boolean event,
        @Nullable String traceparent,
        @Nullable String retryOf,
        @Nullable String resolvedBy,
        @Nullable Instant resolvedAt,
        @Nullable String reason) {

    static final String SOURCE = "dead-letter-source";
    static final String CAUSE = "dead-letter-cause";

    /**
     * Id of the source's topic if it is known. A topic that was created again has other records at the same offsets.
     */
    static final String SOURCE_TOPIC_ID = "dead-letter-source-topic-id";

    /** The {@link #sourceKey} of an event; commands do not have this header. */
    static final String PARKED_KEY = "parked-key";

    /** On a command of a retry, and so on the dead letter that it may become: the id of the first letter. */
    static final String RETRY_OF = "dead-letter-retry-of";

    static final String RESOLVED = "dead-letter-resolved";
    static final String RESOLVED_HOW = "dead-letter-resolved-how";
    static final String RESOLVED_BY = "dead-letter-resolved-by";
    static final String RESOLVED_WHY = "dead-letter-resolved-why";

    private static final int CAUSE_MAX_CHARACTERS = 1_000;
    private static final UUID RETRIES = NameBasedId.of(new UUID(0, 0), "mortar/dead-letters/retries");

    /** The outcome of an action on a letter. */
    enum State {
        WAITING,
        RETRIED,
        DISCARDED
    }

    /**
     * Where a record is that could not be processed.
     *
     * @param topicId null when it is not known
     */
    record Source(@Nullable String topicId, String topic, int partition, long offset) {

        static Source of(ConsumerRecord<?, ?> record, @Nullable String topicId) {
            return new Source(topicId, record.topic(), record.partition(), record.offset());
        }

        private static Source parse(String text, @Nullable String topicId) {
            String[] parts = text.split("/", -1);
            if (parts.length != 3) {
                throw new IllegalArgumentException(text + " is not topic/partition/offset");
            }
            return new Source(topicId, parts[0], Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
        }

        @JsonValue
        @Override
        public String toString() {
            return topic + "/" + partition + "/" + offset;
        }
    }

    /**
     * The letter in a record, or null when the record is none.
     *
     * @throws IllegalArgumentException when its source is malformed
     */
    static @Nullable DeadLetter of(ConsumerRecord<String, byte[]> record) {
        Headers headers = record.headers();
        String source = CommandHeaders.text(headers, SOURCE);
        byte[] value = record.value();
        if (source == null || value == null) {
            return null;
        }
        String eventType = CommandHeaders.text(headers, EventRecords.TYPE);
        String cause = CommandHeaders.text(headers, CAUSE);
        return new DeadLetter(
                record.partition(),
                record.offset(),
                State.WAITING,
                record.key(),
                eventType == null ? commandType(value) : eventType,
                Source.parse(source, CommandHeaders.text(headers, SOURCE_TOPIC_ID)),
                cause == null ? "" : cause,
                Instant.ofEpochMilli(record.timestamp()),
                headers.lastHeader(PARKED_KEY) != null,
                CommandHeaders.text(headers, "traceparent"),
                CommandHeaders.text(headers, RETRY_OF),
                null,
                null,
                null);
    }

    private static @Nullable String commandType(byte[] value) {
        try {
            return Json.mapper().readTree(value).path("type").stringValue(null);
        } catch (JacksonException e) {
            return null;
        }
    }

    /** The headers of a dead letter: those of the original record, and why it became one. */
    static Headers headers(@Nullable Headers original, Source source, String cause) {
        Headers headers = CommandHeaders.none();
        if (original != null) {
            original.forEach(headers::add);
        }
        List.of(SOURCE, SOURCE_TOPIC_ID, CAUSE).forEach(headers::remove);
        CommandHeaders.add(headers, SOURCE, source);
        CommandHeaders.add(headers, SOURCE_TOPIC_ID, source.topicId());
        CommandHeaders.add(
                headers,
                CAUSE,
                cause.length() <= CAUSE_MAX_CHARACTERS ? cause : cause.substring(0, CAUSE_MAX_CHARACTERS));
        return headers;
    }

    /** Topic and key of a record. Dead letters with the same source key are retried in their order. */
    static String sourceKey(String topic, @Nullable String key) {
        return topic + "|" + key;
    }

    String sourceKey() {
        return sourceKey(source.topic(), key);
    }

    /** PARTITION/OFFSET in the dead letters' topic. */
    String id() {
        return partition + "/" + offset;
    }

    /**
     * The source of the commands that a retry sends. The position of the event itself would be a repeat, because the
     * decider has decided later ones of that source. So every source key has a source of its own, in which the offset
     * of the letter counts. The letters of a source key are retried in their order, so a letter that was retried before
     * is a repeat, for ever.
     *
     * @param topicId id of the dead letters' topic
     */
    SourcePosition retrySource(String topicId) {
        return new SourcePosition(topicId + "." + NameBasedId.of(RETRIES, sourceKey()), partition, offset, 0);
    }

    /** This letter after a retry that failed. */
    DeadLetter failed(String newCause) {
        return with(state, newCause, resolvedBy, resolvedAt, reason);
    }

    /**
     * This letter after it was retried or discarded.
     *
     * @param by TYPE id [locationId]
     * @param code why it was discarded
     */
    DeadLetter resolved(State how, String by, Instant when, @Nullable String code) {
        return with(how, cause, by, when, code);
    }

    private DeadLetter with(
            State newState, String newCause, @Nullable String by, @Nullable Instant when, @Nullable String code) {
        return new DeadLetter(
                partition,
                offset,
                newState,
                key,
                type,
                source,
                newCause,
                at,
                event,
                traceparent,
                retryOf,
                by,
                when,
                code);
    }

    /**
     * The record that says how this letter was resolved.
     *
     * @param topic of the dead letters, with prefix
     */
    ProducerRecord<String, byte[]> resolution(String topic) {
        Headers headers = CommandHeaders.none();
        CommandHeaders.add(headers, RESOLVED, offset);
        CommandHeaders.add(headers, RESOLVED_HOW, state);
        CommandHeaders.add(headers, RESOLVED_BY, resolvedBy);
        CommandHeaders.add(headers, RESOLVED_WHY, reason);
        CommandHeaders.add(headers, PARKED_KEY, event ? sourceKey() : null);
        return new ProducerRecord<>(topic, partition, key, null, headers);
    }
}
