package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads what was parked or freed from the dead letters' topic. It reads uncommitted records as well: those of parked
 * events are written outside of transactions, so an acknowledged one lies before the end of the topic, while the end of
 * what is committed may be held up before it by a decider's open transaction. Used by one thread.
 */
final class ParkedKeysReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final ParkedKeys parked;
    private final Consumer<String, byte[]> consumer;
    private final List<TopicPartition> partitions;

    ParkedKeysReader(ParkedKeys parked, KafkaSettings settings, String deadLettersTopic) {
        this.parked = parked;
        Map<String, Object> uncommitted = settings.consumer("parked-keys");
        uncommitted.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        consumer = new KafkaConsumer<>(uncommitted);
        partitions = consumer.partitionsFor(settings.prefixed(deadLettersTopic)).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads what came since the last time. */
    void refresh() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(POLL).forEach(parked::learn);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
