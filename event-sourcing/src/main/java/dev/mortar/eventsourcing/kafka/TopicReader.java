package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.IsolationLevel;
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
     * @throws KafkaUnavailable when no record comes for as long as the patience
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
     * The ends of partitions: the offsets after their last committed records.
     *
     * @throws KafkaUnavailable when it takes longer
     */
    static Map<TopicPartition, Long> ends(Admin admin, Collection<TopicPartition> partitions, Duration atMost) {
        Map<TopicPartition, OffsetSpec> latest =
                partitions.stream().collect(Collectors.toMap(each -> each, _ -> OffsetSpec.latest()));
        var committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
        committed.timeoutMs(Math.toIntExact(atMost.toMillis()));
        try {
            return admin.listOffsets(latest, committed).all().get().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, each -> each.getValue().offset()));
        } catch (ExecutionException e) {
            throw new KafkaUnavailable("The end of a topic could not be looked up", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("Interrupted while the end of a topic was looked up", e);
        }
    }

    /**
     * Reads the records of a partition at these offsets.
     *
     * @throws KafkaUnavailable when not all of them are read at {@code endNs} ({@link System#nanoTime})
     */
    static List<ConsumerRecord<String, byte[]>> readAt(
            Consumer<String, byte[]> consumer, TopicPartition partition, Set<Long> offsets, long endNs) {
        consumer.assign(List.of(partition));
        List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
        SortedSet<Long> wanted = new TreeSet<>(offsets);
        long at = -SAME_FETCH_RECORDS;
        while (!wanted.isEmpty()) {
            if (wanted.first() < at || wanted.first() - at >= SAME_FETCH_RECORDS) {
                consumer.seek(partition, wanted.first());
            }
            for (ConsumerRecord<String, byte[]> record : consumer.poll(requireTime(endNs, partition.topic()))) {
                if (wanted.remove(record.offset())) {
                    found.add(record);
                }
                at = record.offset() + 1;
            }
        }
        return found;
    }

    private static Duration requireTime(long endNs, String topic) {
        long leftNs = endNs - System.nanoTime();
        if (leftNs <= 0) {
            throw new KafkaUnavailable(topic + " could not be read in time", null);
        }
        return Duration.ofNanos(leftNs);
    }
}
