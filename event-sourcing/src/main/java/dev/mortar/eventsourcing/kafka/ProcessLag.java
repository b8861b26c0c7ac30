package dev.mortar.eventsourcing.kafka;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Gauges of how far a process is behind each of its topics: the number of records, and the age of the oldest one in
 * seconds. Each instance counts the partitions that are assigned to it.
 */
final class ProcessLag {
    private final Map<String, Behind> byTopic = new LinkedHashMap<>();
    private final LongSupplier clockMs;

    private static final class Behind {
        private volatile long records;
        private volatile long sinceMs;
    }

    ProcessLag(String service, String prefix, Collection<String> topics, MeterRegistry meters, LongSupplier clockMs) {
        this.clockMs = clockMs;
        for (String topic : topics) {
            Behind behind = new Behind();
            byTopic.put(prefix + topic, behind);
            Tags tags = Tags.of("service", service, "topic", topic);
            Gauge.builder("mortar.process.lag.records", behind, each -> each.records)
                    .description("Records that the process has not reacted to yet")
                    .tags(tags)
                    .register(meters);
            Gauge.builder("mortar.process.lag.seconds", behind, this::seconds)
                    .description(
                            "Age of the oldest record that the process has not reacted to yet; 0 when there is none")
                    .tags(tags)
                    .register(meters);
        }
    }

    private double seconds(Behind behind) {
        return behind.records == 0 ? 0 : Math.max(0, clockMs.getAsLong() - behind.sinceMs) / 1_000.0;
    }

    /**
     * Updates the gauges, on the consumer's thread. The records under way were read, but the process has not reacted to
     * them.
     */
    void update(Consumer<?, ?> consumer, Collection<? extends ConsumerRecord<?, ?>> underWay) {
        byTopic.forEach((topic, behind) -> {
            long ahead = consumer.assignment().stream()
                    .filter(partition -> partition.topic().equals(topic))
                    .mapToLong(partition -> consumer.currentLag(partition).orElse(0))
                    .sum();
            LongSummaryStatistics times = underWay.stream()
                    .filter(record -> record.topic().equals(topic))
                    .mapToLong(ConsumerRecord::timestamp)
                    .summaryStatistics();
            if (times.getCount() > 0) {
                behind.sinceMs = times.getMin();
            } else if (behind.records == 0) {
                behind.sinceMs = clockMs.getAsLong();
            }
            behind.records = ahead + times.getCount();
        });
    }
}
