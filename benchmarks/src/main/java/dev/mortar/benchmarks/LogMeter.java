package dev.mortar.benchmarks;

import dev.mortar.localstack.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Counts the records that are written to the topics of services. */
final class LogMeter implements AutoCloseable {
    private static final Set<String> KINDS = Set.of("commands", "events", "replies", "dead-letters");
    private static final Duration LOOK = Duration.ofMillis(1_500);
    private static final Duration SETTLED_WITHIN = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;

    LogMeter(Map<String, Object> client) {
        consumer = Topics.consumer(client, "read_uncommitted");
    }

    /** Waits until nobody writes any more; gives the end of each partition. */
    synchronized Map<TopicPartition, Long> settle() throws InterruptedException {
        long endNs = System.nanoTime() + SETTLED_WITHIN.toNanos();
        Map<TopicPartition, Long> before = ends();
        while (true) {
            Thread.sleep(LOOK);
            Map<TopicPartition, Long> now = ends();
            if (now.equals(before) || System.nanoTime() > endNs) {
                return now;
            }
            before = now;
        }
    }

    private Map<TopicPartition, Long> ends() {
        List<TopicPartition> partitions = consumer.listTopics().values().stream()
                .flatMap(Collection::stream)
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .filter(partition -> !partition.topic().startsWith("__"))
                .toList();
        return Map.copyOf(consumer.endOffsets(partitions));
    }

    /** Counts the records between two ends by the kind of their topic; transaction markers are none. */
    synchronized Map<String, Long> between(Map<TopicPartition, Long> from, Map<TopicPartition, Long> to) {
        Map<String, Long> records = new TreeMap<>();
        Map<TopicPartition, Long> left = new HashMap<>(to);
        left.entrySet().removeIf(end -> end.getValue() <= from.getOrDefault(end.getKey(), 0L));
        consumer.assign(left.keySet());
        left.keySet().forEach(partition -> consumer.seek(partition, from.getOrDefault(partition, 0L)));
        while (!left.isEmpty()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                Long end = left.get(new TopicPartition(record.topic(), record.partition()));
                if (end != null && record.offset() < end) {
                    records.merge(kind(record.topic()), 1L, Long::sum);
                }
            }
            left.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            consumer.assign(left.keySet());
        }
        return records;
    }

    private static String kind(String topic) {
        String last = topic.substring(topic.lastIndexOf('.') + 1);
        return KINDS.contains(last) ? last : "states";
    }

    @Override
    public void close() {
        consumer.close();
    }
}
