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
 * A dead letter: a record that could not be processed, here without its value. The endpoint returns it as JSON.
 *
 * <p>In {@code <noun>.dead-letters} a dead letter has the key, value and headers of the original record. The header
 * {@code dead-letter-source} names the place of that record, and {@code dead-letter-cause} says why it could not be
 * processed. A record without a value, with the header {@code dead-letter-resolved}, resolves the letter at that offset
 * of its partition.
 *
 * @param partition of the dead letters' topic
 * @param offset of the dead letters' topic
 * @param source the original record
 * @param type of the event or command, null if it could not be read
 * @param at when the record became a dead letter
 * @param event true for an event of another service, false for a command of this one
 * @param retryOf partition/offset of the first letter, when this one is a retry that failed
 * @param resolvedBy TYPE id [locationId] of the actor that retried or discarded the letter, null while it waits
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

    /** Id of the source's topic, if known. If a topic is created again, it has other records at the same offsets. */
    static final String SOURCE_TOPIC_ID = "dead-letter-source-topic-id";

    /** The {@link #sourceKey} of an event; commands do not have this header. */
    static final String PARKED_KEY = "parked-key";

    /**
     * The id of the first letter. A command of a retry has this header, and so does the dead letter if the retry fails.
     */
    static final String RETRY_OF = "dead-letter-retry-of";

    static final String RESOLVED = "dead-letter-resolved";
    static final String RESOLVED_HOW = "dead-letter-resolved-how";
    static final String RESOLVED_BY = "dead-letter-resolved-by";
    static final String RESOLVED_WHY = "dead-letter-resolved-why";

    private static final int CAUSE_MAX_CHARACTERS = 1_000;
    private static final UUID RETRIES = NameBasedId.of(new UUID(0, 0), "mortar/dead-letters/retries");

    /** Whether a letter waits, or how it was resolved. */
    enum State {
        WAITING,
        RETRIED,
        DISCARDED
    }

    /**
     * The place of a record that could not be processed.
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
     * The dead letter in a record, or null if the record is not one.
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

    /** The headers of a dead letter: those of the original record, its place and the cause. */
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
     * The source of the commands of a retry. With the position of the event itself, the decider would take them for
     * repeats, because it has decided later positions of that source. So every source key has a separate source for
     * retries, in which positions are the offsets of letters. The letters of a source key are retried in order, so a
     * second retry of a letter is a repeat, for ever.
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
     * The record that resolves this letter.
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
