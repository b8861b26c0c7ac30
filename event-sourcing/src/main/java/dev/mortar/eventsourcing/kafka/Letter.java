package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.DeadLetters.Place;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A dead letter without its value.
 *
 * @param partition of the dead letters' topic
 * @param offset of the dead letters' topic
 * @param source where the record lay that could not be processed
 * @param sourceTopicId null when it is not known
 * @param type of the event or command, null when it could not be read
 * @param at when it became a dead letter
 * @param parkedName for an event of another service, the name under which {@link ParkedKeys} has it; null for a command
 * @param retryOf place of the letter of which this one is a retry that failed; null for a first failure
 * @param resolution how it stopped waiting, null while it waits
 */
record Letter(
        int partition,
        long offset,
        @Nullable String key,
        Place source,
        @Nullable String sourceTopicId,
        @Nullable String type,
        String cause,
        Instant at,
        @Nullable String traceparent,
        @Nullable String parkedName,
        @Nullable String retryOf,
        @Nullable Resolution resolution) {

    /** The outcome of a letter. */
    enum State {
        WAITING,
        RETRIED,
        DISCARDED
    }

    /**
     * How a letter stopped waiting.
     *
     * @param by who did it: TYPE id [locationId]
     * @param reason code of a discard, else null
     */
    record Resolution(State how, String by, @Nullable String reason, Instant at) {}

    /** The letter in a record, or null when the record is none. */
    static @Nullable Letter of(ConsumerRecord<String, byte @Nullable []> record) {
        String source = CommandHeaders.text(record.headers(), DeadLetters.SOURCE);
        byte[] value = record.value();
        if (source == null || value == null) {
            return null;
        }
        String eventType = CommandHeaders.text(record.headers(), EventRecords.TYPE);
        String cause = CommandHeaders.text(record.headers(), DeadLetters.CAUSE);
        return new Letter(
                record.partition(),
                record.offset(),
                record.key(),
                Place.parse(source),
                CommandHeaders.text(record.headers(), DeadLetters.SOURCE_TOPIC_ID),
                eventType == null ? commandType(value) : eventType,
                cause == null ? "" : cause,
                Instant.ofEpochMilli(record.timestamp()),
                CommandHeaders.text(record.headers(), "traceparent"),
                CommandHeaders.text(record.headers(), ParkedKeys.PARKED),
                CommandHeaders.text(record.headers(), DeadLetters.RETRY_OF),
                null);
    }

    private static @Nullable String commandType(byte[] value) {
        try {
            return Json.mapper().readTree(value).path("type").stringValue(null);
        } catch (JacksonException e) {
            return null;
        }
    }

    /** Those with the same name stand in line: what comes first under a key is retried first. */
    String line() {
        return parkedName == null ? ParkedKeys.name(source.topic(), key) : parkedName;
    }

    State state() {
        return resolution == null ? State.WAITING : resolution.how();
    }

    Letter resolved(Resolution by) {
        return new Letter(
                partition, offset, key, source, sourceTopicId, type, cause, at, traceparent, parkedName, retryOf, by);
    }
}
