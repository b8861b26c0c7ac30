package dev.mortar.eventsourcing.kafka;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Records of {@code <noun>.dead-letters}: key, value and headers of the record that could not be processed, and where
 * and why in the headers {@code dead-letter-source} (topic/partition/offset) and {@code dead-letter-cause}.
 */
final class DeadLetters {

    static final String SOURCE = "dead-letter-source";
    static final String CAUSE = "dead-letter-cause";

    private static final int CAUSE_MAX_CHARACTERS = 1_000;

    private DeadLetters() {}

    /** Where a record lies. */
    record Place(String topic, int partition, long offset) {

        @Override
        public String toString() {
            return topic + "/" + partition + "/" + offset;
        }
    }

    static Record<String, byte[]> of(Record<String, byte[]> record, Place place, String cause) {
        return record.withHeaders(headers(record.headers(), place, cause));
    }

    static Headers headers(@Nullable Headers original, Place place, String cause) {
        Headers headers = original == null ? new RecordHeaders() : new RecordHeaders(original.toArray());
        headers.remove(SOURCE);
        headers.remove(CAUSE);
        CommandHeaders.add(headers, SOURCE, place);
        CommandHeaders.add(
                headers,
                CAUSE,
                cause.length() <= CAUSE_MAX_CHARACTERS ? cause : cause.substring(0, CAUSE_MAX_CHARACTERS));
        return headers;
    }
}
