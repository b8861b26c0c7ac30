package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;

/** Looks up the last committed event of a partition. */
final class CommittedLog implements DeciderTopology.LastPosition {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long FIRST_LOOK_BACK_RECORDS = 64;

    private final KafkaSettings settings;
    private final String topic;
    private final Deserializer<SpecificRecord> deserializer;

    CommittedLog(KafkaSettings settings, String topic, Deserializer<SpecificRecord> deserializer) {
        this.settings = settings;
        this.topic = settings.prefixed(topic);
        this.deserializer = deserializer;
    }

    /**
     * Its position; 0 when there is none. Looks back further until it meets one: markers and aborted records lie
     * between.
     */
    @Override
    public OptionalLong of(int partition) {
        var log = new TopicPartition(topic, partition);
        try (Consumer<String, byte[]> consumer = new KafkaConsumer<>(settings.consumer("last-event-" + partition))) {
            consumer.assign(List.of(log));
            long begin = Objects.requireNonNull(
                    consumer.beginningOffsets(List.of(log)).get(log));
            long end = endWithOpenTransactions(log);
            for (long lookBack = FIRST_LOOK_BACK_RECORDS; ; lookBack *= 4) {
                long from = Math.max(begin, end - lookBack);
                ConsumerRecord<String, byte[]> last = last(consumer, log, from, end);
                if (last != null) {
                    SpecificRecord event = deserializer.deserialize(topic, last.headers(), last.value());
                    return OptionalLong.of(
                            EventRecords.metaOf(Objects.requireNonNull(event)).getPosition());
                }
                if (from == begin) {
                    return OptionalLong.of(0);
                }
            }
        }
    }

    /**
     * The end of the log and not of what is committed so far: the markers of a transaction reach its partitions one by
     * one, so the store may know of a commit that this log does not show yet. Reading up to here waits for it.
     */
    private long endWithOpenTransactions(TopicPartition log) {
        Map<String, Object> uncommitted = settings.consumer("end-of-events-" + log.partition());
        uncommitted.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        try (Consumer<String, byte[]> consumer = new KafkaConsumer<>(uncommitted)) {
            consumer.assign(List.of(log));
            return Objects.requireNonNull(consumer.endOffsets(List.of(log)).get(log));
        }
    }

    private static @org.jspecify.annotations.Nullable ConsumerRecord<String, byte[]> last(
            Consumer<String, byte[]> consumer, TopicPartition log, long from, long end) {
        consumer.seek(log, from);
        ConsumerRecord<String, byte[]> last = null;
        while (consumer.position(log) < end) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                last = record;
            }
        }
        return last;
    }
}
