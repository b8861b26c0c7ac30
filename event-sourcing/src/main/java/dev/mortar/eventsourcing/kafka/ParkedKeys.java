package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The keys of foreign events that wait in {@code <noun>.dead-letters}: what comes later under such a key waits behind
 * them. The topic is the memory; whoever takes a partition over reads it to its end first. Used by one thread.
 */
final class ParkedKeys implements AutoCloseable {

    /** Names topic and key of a parked event; a record with it and without a value says that the key is free again. */
    static final String PARKED = "parked-key";

    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<String, byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final Set<String> parked = new HashSet<>();

    ParkedKeys(KafkaSettings settings, String deadLettersTopic) {
        consumer = new KafkaConsumer<>(settings.consumer("parked-keys"));
        partitions = consumer.partitionsFor(settings.prefixed(deadLettersTopic)).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    static String name(String topic, @Nullable String key) {
        return topic + "|" + key;
    }

    /** Reads what was parked or freed since the last time. */
    void refresh() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                String name = CommandHeaders.text(record.headers(), PARKED);
                if (name != null && record.value() == null) {
                    parked.remove(name);
                } else if (name != null) {
                    parked.add(name);
                }
            }
        }
    }

    boolean contains(String name) {
        return parked.contains(name);
    }

    void add(String name) {
        parked.add(name);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
