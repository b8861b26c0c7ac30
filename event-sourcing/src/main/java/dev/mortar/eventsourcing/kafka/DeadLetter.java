package dev.mortar.eventsourcing.kafka;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.mortar.eventsourcing.Actor;
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
 * <p>In {@code <noun>.dead-letters} it has the key, value and headers of the original record, and headers that name the
 * place of that record and the cause. A record without a value, with the header {@code dead-letter-resolved}, resolves
 * the letter at that offset of its partition.
 *
 * @param source the original record
 * @param type of the event or command, null if it could not be read
 * @param at when the record became a dead letter
 * @param event true for an event of another service, false for a command of this one
 * @param retryOf partition/offset of the first letter, when this one is a retry that failed
 */
record DeadLetter(
        int partition,
        long offset,
        @Nullable String key,
        @Nullable String type,
        Source source,
        String cause,
        Instant at,
        boolean event,
        @Nullable String traceparent,
        @Nullable String retryOf,
        @JsonUnwrapped Resolution resolution) {
    static final String SOURCE = "dead-letter-source";
    static final String CAUSE = "dead-letter-cause";

    /** Id of the source's topic, if known. If a topic is created again, it has other records at the same offsets. */
    static final String SOURCE_TOPIC_ID = "dead-letter-source-topic-id";

    /** The {@link #sourceKey} of an event; commands do not have this header. */
    static final String PARKED_KEY = "parked-key";

    /** The id of the first letter, in a command of a retry. If the retry fails, the new dead letter has it, too. */
    static final String RETRY_OF = "dead-letter-retry-of";

    private static final String RESOLVED = "dead-letter-resolved";
    private static final String RESOLVED_HOW = "dead-letter-resolved-how";
    private static final String RESOLVED_BY = "dead-letter-resolved-by";
    private static final String RESOLVED_WHY = "dead-letter-resolved-why";

    private static final int CAUSE_MAX_CHARACTERS = 1_000;
    private static final UUID RETRIES = NameBasedId.of(new UUID(0, 0), "mortar/dead-letters/retries");

    enum State {
        WAITING,
        RETRIED,
        DISCARDED
    }

    /**
     * Whether a letter waits, or how it was resolved.
     *
     * @param resolvedBy TYPE id [locationId] of the actor that retried or discarded the letter, null while it waits
     * @param reason code of a discard
     */
    record Resolution(
            State state,
            @Nullable String resolvedBy,
            @Nullable Instant resolvedAt,
            @Nullable String reason) {
        private static final Resolution WAITING = new Resolution(State.WAITING, null, null, null);

        /** A resolution just now; the reason of a discard is a code. */
        static Resolution now(State state, Actor by, @Nullable String reason) {
            return new Resolution(state, CommandHeaders.actorText(by), Instant.now(), reason);
        }
    }

    /** The resolution of a letter with this id (PARTITION/OFFSET). */
    record Resolved(String id, Resolution resolution) {
        static @Nullable Resolved of(ConsumerRecord<String, byte[]> record) {
            String offset = CommandHeaders.text(record.headers(), RESOLVED);
            String how = CommandHeaders.text(record.headers(), RESOLVED_HOW);
            String by = CommandHeaders.text(record.headers(), RESOLVED_BY);
            if (offset == null || how == null || by == null) {
                return null;
            }
            String reason = CommandHeaders.text(record.headers(), RESOLVED_WHY);
            Instant at = Instant.ofEpochMilli(record.timestamp());
            return new Resolved(
                    record.partition() + "/" + Long.parseLong(offset),
                    new Resolution(State.valueOf(how), by, at, reason));
        }
    }

    /** The place of a record that could not be processed; the id of its topic is null if it is not known. */
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
                record.key(),
                eventType == null ? commandType(value) : eventType,
                Source.parse(source, CommandHeaders.text(headers, SOURCE_TOPIC_ID)),
                cause == null ? "" : cause,
                Instant.ofEpochMilli(record.timestamp()),
                headers.lastHeader(PARKED_KEY) != null,
                CommandHeaders.text(headers, "traceparent"),
                CommandHeaders.text(headers, RETRY_OF),
                Resolution.WAITING);
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
        CommandHeaders.add(headers, CAUSE, cause.substring(0, Math.min(cause.length(), CAUSE_MAX_CHARACTERS)));
        return headers;
    }

    /** Topic and key of a record. Dead letters with the same source key are retried in their order. */
    static String sourceKey(String topic, @Nullable String key) {
        return topic + "|" + key;
    }

    String sourceKey() {
        return sourceKey(source.topic(), key);
    }

    String id() {
        return partition + "/" + offset;
    }

    State state() {
        return resolution.state();
    }

    /**
     * The source of the commands of a retry. With the event's own position they would be repeats, because the decider
     * has decided later positions of that source. So every source key has a separate source for retries, in which
     * positions are the offsets of letters. Its letters are retried in order, so a second retry is a repeat, for ever.
     *
     * @param topicId id of the dead letters' topic
     */
    SourcePosition retrySource(String topicId) {
        return new SourcePosition(topicId + "." + NameBasedId.of(RETRIES, sourceKey()), partition, offset, 0);
    }

    /** This letter after a retry that failed. */
    DeadLetter failed(String newCause) {
        return with(newCause, resolution);
    }

    DeadLetter resolved(Resolution how) {
        return with(cause, how);
    }

    private DeadLetter with(String newCause, Resolution newResolution) {
        return new DeadLetter(
                partition, offset, key, type, source, newCause, at, event, traceparent, retryOf, newResolution);
    }

    /** The record that resolves this letter, for the topic of the dead letters with its prefix. */
    ProducerRecord<String, byte[]> resolution(String topic) {
        Headers headers = CommandHeaders.none();
        CommandHeaders.add(headers, RESOLVED, offset);
        CommandHeaders.add(headers, RESOLVED_HOW, resolution.state());
        CommandHeaders.add(headers, RESOLVED_BY, resolution.resolvedBy());
        CommandHeaders.add(headers, RESOLVED_WHY, resolution.reason());
        CommandHeaders.add(headers, PARKED_KEY, event ? sourceKey() : null);
        return new ProducerRecord<>(topic, partition, key, null, headers);
    }
}
