package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import org.apache.kafka.common.TopicPartition;

/**
 * The records that the broker may delete of a service's commands and replies: whole segments at the front of a
 * partition, if their last record is older than the topic's retention. The newest segment of a partition stays.
 */
record SimulatedRetention(SimulatedKafka kafka) {
    private static final Duration COMMANDS_LIVE = Duration.ofDays(7);
    private static final Duration REPLIES_LIVE = Duration.ofDays(14);

    /** A new segment begins with a record that is so much younger than the first one of the segment before. */
    private static final Duration SEGMENT = Duration.ofDays(7);

    /**
     * Deletes the segments that may be deleted now.
     *
     * @return false when there is none
     */
    boolean expire(ServiceDefinition<?, ?, ?, ?> definition) {
        boolean expired = false;
        for (int partition = 0; partition < kafka.partitions(); partition++) {
            expired |= expire(new TopicPartition(definition.commandsTopic(), partition), COMMANDS_LIVE);
            expired |= expire(new TopicPartition(definition.repliesTopic(), partition), REPLIES_LIVE);
        }
        return expired;
    }

    private boolean expire(TopicPartition log, Duration retention) {
        long from = kafka.beginning(log);
        long beginning = from;
        for (long next = from + 1; next < kafka.stableEnd(log); next++) {
            if (kafka.nowMs() - appendedMs(log, next - 1) <= retention.toMillis()) {
                break;
            }
            if (appendedMs(log, next) - appendedMs(log, beginning) > SEGMENT.toMillis()) {
                beginning = next;
            }
        }
        kafka.expire(log, beginning);
        return beginning > from;
    }

    private long appendedMs(TopicPartition log, long offset) {
        return kafka.entry(log, offset).timestampMs();
    }
}
