package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads committed records from given offsets up to given ends. An end is a last stable offset, below which every
 * transaction is there whole or was aborted; records behind it are left for the next round, so that none is seen in
 * part.
 */
final class PartitionReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration SILENCE_MAX = Duration.ofMinutes(1);
    private static final int POLL_RECORDS_MAX = 5_000;

    private final KafkaConsumer<String, byte[]> consumer;

    /** @param from offsets to begin at */
    PartitionReader(KafkaSettings settings, Map<TopicPartition, Long> from) {
        Map<String, Object> configuration = settings.consumer("replay");
        configuration.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS_MAX);
        consumer = new KafkaConsumer<>(configuration);
        consumer.assign(from.keySet());
        from.forEach(consumer::seek);
    }

    /** A reader of one partition from its first record. */
    static PartitionReader ofAll(KafkaSettings settings, TopicPartition partition) {
        return new PartitionReader(settings, Map.of(partition, 0L));
    }

    /** Ends of all partitions as they are now. */
    Map<TopicPartition, Long> ends() {
        return consumer.endOffsets(consumer.assignment());
    }

    /**
     * Hands on every committed record below the ends, and goes on there the next time.
     *
     * @throws IllegalStateException when Kafka gives nothing for a minute
     */
    void read(Map<TopicPartition, Long> ends, Consumer<ConsumerRecord<String, byte[]>> each) {
        long progressNs = System.nanoTime();
        long reached = reached(ends);
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                Long end = ends.get(new TopicPartition(record.topic(), record.partition()));
                if (end != null && record.offset() < end) {
                    each.accept(record);
                }
            }
            if (reached(ends) > reached) {
                reached = reached(ends);
                progressNs = System.nanoTime();
            } else if (System.nanoTime() - progressNs > SILENCE_MAX.toNanos()) {
                throw new IllegalStateException(
                        "Kafka gave nothing of " + ends.keySet() + " for " + SILENCE_MAX.toSeconds() + " seconds");
            }
        }
        ends.forEach((partition, end) -> {
            if (consumer.position(partition) > end) {
                consumer.seek(partition, end);
            }
        });
    }

    private long reached(Map<TopicPartition, Long> ends) {
        return ends.keySet().stream().mapToLong(consumer::position).sum();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
