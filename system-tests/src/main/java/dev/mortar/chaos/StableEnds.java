package dev.mortar.chaos;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Where inventory.events ends, for those who read everything and for those who read what is committed. */
final class StableEnds implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> committed;
    private final KafkaConsumer<byte[], byte[]> everything;
    private final List<TopicPartition> partitions;

    StableEnds(String bootstrapServers) {
        committed = consumer(bootstrapServers, "read_committed");
        everything = consumer(bootstrapServers, "read_uncommitted");
        partitions = committed.partitionsFor("inventory.events").stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        held();
    }

    /** The last stable offsets of partitions in which a transaction is open. */
    Map<Integer, Long> held() {
        Map<TopicPartition, Long> stable = committed.endOffsets(partitions);
        Map<TopicPartition, Long> all = everything.endOffsets(partitions);
        Map<Integer, Long> held = new HashMap<>();
        stable.forEach((partition, offset) -> {
            if (offset < all.getOrDefault(partition, offset)) {
                held.put(partition.partition(), offset);
            }
        });
        return held;
    }

    /** Whether all of these are past. */
    boolean haveMoved(Map<Integer, Long> held) {
        Map<Integer, Long> now = committed.endOffsets(partitions).entrySet().stream()
                .collect(Collectors.toMap(each -> each.getKey().partition(), Map.Entry::getValue));
        return held.entrySet().stream().allMatch(each -> now.getOrDefault(each.getKey(), 0L) > each.getValue());
    }

    @Override
    public void close() {
        committed.close();
        everything.close();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, String isolation) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", isolation),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
