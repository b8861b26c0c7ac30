package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Records of {@code <noun>.dead-letters}. A dead letter is key, value and headers of the record that could not be
 * processed, and where and why in the headers {@code dead-letter-source} (topic/partition/offset) and
 * {@code dead-letter-cause}. A record with {@code dead-letter-resolved} and without a value says that the letter at
 * that offset of its partition waits no longer.
 */
final class DeadLetters {

    static final String SOURCE = "dead-letter-source";
    static final String CAUSE = "dead-letter-cause";

    /** Id of the topic the record came from, where it is known: a topic made anew has new places under old names. */
    static final String SOURCE_TOPIC_ID = "dead-letter-source-topic-id";

    /** On a command of a retry, and so on the dead letter it may become: place of the first letter. */
    static final String RETRY_OF = "dead-letter-retry-of";

    static final String RESOLVED = "dead-letter-resolved";
    static final String RESOLVED_HOW = "dead-letter-resolved-how";
    static final String RESOLVED_BY = "dead-letter-resolved-by";
    static final String RESOLVED_WHY = "dead-letter-resolved-why";

    private static final int CAUSE_MAX_CHARACTERS = 1_000;
    private static final UUID RETRIES = NameBasedId.of(new UUID(0, 0), "mortar/dead-letters/retries");

    private DeadLetters() {}

    /** Where a record lies. */
    record Place(String topic, int partition, long offset) {

        static Place of(ConsumerRecord<?, ?> record) {
            return new Place(record.topic(), record.partition(), record.offset());
        }

        /**
         * Reads what {@link #toString} wrote.
         *
         * @throws IllegalArgumentException when it is something else
         */
        static Place parse(String text) {
            String[] parts = text.split("/", -1);
            if (parts.length != 3) {
                throw new IllegalArgumentException(text + " is not topic/partition/offset");
            }
            return new Place(parts[0], Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
        }

        @Override
        public String toString() {
            return topic + "/" + partition + "/" + offset;
        }
    }

    static Headers headers(@Nullable Headers original, Place place, String cause) {
        Headers headers = CommandHeaders.none();
        if (original != null) {
            original.forEach(headers::add);
        }
        headers.remove(SOURCE);
        headers.remove(CAUSE);
        CommandHeaders.add(headers, SOURCE, place);
        CommandHeaders.add(
                headers,
                CAUSE,
                cause.length() <= CAUSE_MAX_CHARACTERS ? cause : cause.substring(0, CAUSE_MAX_CHARACTERS));
        return headers;
    }

    /**
     * The source of what a retry sends. The event's own position would be a repeat, as the decider has come further in
     * that source since; so every key has a source of its own, in which the letter's offset counts. The letters of a
     * key are retried in order, hence a letter that was retried before is a repeat, for ever.
     *
     * @param topicId id of the dead letters' topic
     */
    static SourcePosition retrySource(String topicId, Letter letter) {
        return new SourcePosition(
                topicId + "." + NameBasedId.of(RETRIES, letter.line()), letter.partition(), letter.offset(), 0);
    }

    /**
     * The record that says that a letter waits no longer.
     *
     * @param topic of the dead letters, with prefix
     * @param reason code of a discard, null for a retry
     */
    static ProducerRecord<String, byte @Nullable []> resolved(
            String topic, Letter letter, Letter.State how, Actor actor, @Nullable String reason) {
        Headers headers = CommandHeaders.none();
        CommandHeaders.add(headers, RESOLVED, letter.offset());
        CommandHeaders.add(headers, RESOLVED_HOW, how);
        CommandHeaders.add(headers, RESOLVED_BY, CommandHeaders.actorText(actor));
        CommandHeaders.add(headers, RESOLVED_WHY, reason);
        CommandHeaders.add(headers, ParkedKeys.PARKED, letter.parkedName());
        return new ProducerRecord<>(topic, letter.partition(), letter.key(), null, headers);
    }
}
