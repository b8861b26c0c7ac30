package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** Reads a topic to its end, or single records of it, with a consumer without a group. */
final class TopicReader {

    private static final Duration POLL = Duration.ofMillis(200);

    /** Nearer records probably come with the same fetch, so the reader polls for them instead of seeking. */
    private static final long SAME_FETCH_RECORDS = 1_000;

    private TopicReader() {}

    /**
     * Reads from the consumer's position to the current end of the topic. A consumer without partitions gets all
     * partitions of the topic, from their first records.
     *
     * @param patience longest time without a record
     * @throws KafkaUnavailable when no record comes for that long
     */
    static void readToEnd(
            Consumer<String, byte[]> consumer,
            String topic,
            Duration patience,
            java.util.function.Consumer<ConsumerRecord<String, byte[]>> use) {
        if (consumer.assignment().isEmpty()) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(each -> new TopicPartition(topic, each.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new KafkaUnavailable("There is no topic " + topic, null);
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        long endNs = System.nanoTime() + patience.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            requireTime(endNs, topic);
            ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
            records.forEach(use);
            if (!records.isEmpty()) {
                endNs = System.nanoTime() + patience.toNanos();
            }
        }
    }

    /**
     * Reads the records of a partition at these offsets.
     *
     * @param endNs when to give up, as {@link System#nanoTime}
     * @throws KafkaUnavailable when the reader could not read all of them by then
     */
    static void readAt(
            Consumer<String, byte[]> consumer,
            TopicPartition partition,
            SortedSet<Long> offsets,
            long endNs,
            java.util.function.Consumer<ConsumerRecord<String, byte[]>> use) {
        consumer.assign(List.of(partition));
        long at = -SAME_FETCH_RECORDS;
        while (!offsets.isEmpty()) {
            if (offsets.first() < at || offsets.first() - at >= SAME_FETCH_RECORDS) {
                consumer.seek(partition, offsets.first());
            }
            for (ConsumerRecord<String, byte[]> record : consumer.poll(requireTime(endNs, partition.topic()))) {
                if (offsets.remove(record.offset())) {
                    use.accept(record);
                }
                at = record.offset() + 1;
            }
        }
    }

    private static Duration requireTime(long endNs, String topic) {
        long leftNs = endNs - System.nanoTime();
        if (leftNs <= 0) {
            throw new KafkaUnavailable(topic + " could not be read in time", null);
        }
        return Duration.ofNanos(leftNs);
    }
}
