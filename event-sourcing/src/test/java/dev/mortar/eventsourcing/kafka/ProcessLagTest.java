package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class ProcessLagTest {
    private static final TopicPartition FIRST = new TopicPartition("test.order.events", 0);
    private static final TopicPartition SECOND = new TopicPartition("test.order.events", 1);

    private final AtomicLong nowMs = new AtomicLong(10_000);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ProcessLag lag =
            new ProcessLag("inventory", "test.", List.of("order.events", "pickup.events"), meters, nowMs::get);
    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");

    @Test
    void countsWhatIsUnderWayAndWhatIsBehindIt() {
        consumer.assign(List.of(FIRST, SECOND));
        consumer.updateEndOffsets(Map.of(FIRST, 5L, SECOND, 7L));
        consumer.seek(FIRST, 2);
        consumer.seek(SECOND, 7);
        assertThat(records("order.events")).isZero();

        lag.update(consumer, List.of(record(FIRST, 0, 9_000), record(FIRST, 1, 8_000)));
        assertThat(records("order.events")).isEqualTo(2 + 3);
        assertThat(seconds("order.events")).isEqualTo(2);
        assertThat(records("pickup.events")).isZero();
        assertThat(seconds("pickup.events")).isZero();

        // A process that is held up falls behind although it reads nothing.
        nowMs.addAndGet(60_000);
        assertThat(seconds("order.events")).isEqualTo(62);

        lag.update(consumer, List.of());
        assertThat(records("order.events")).isEqualTo(3);
        assertThat(seconds("order.events")).isEqualTo(62);

        consumer.seek(FIRST, 5);
        lag.update(consumer, List.of());
        assertThat(records("order.events")).isZero();
        assertThat(seconds("order.events")).isZero();
    }

    @Test
    void partitionsOfOtherInstancesAreNotCounted() {
        consumer.assign(List.of(FIRST));
        consumer.updateEndOffsets(Map.of(FIRST, 5L));
        consumer.seek(FIRST, 0);
        lag.update(consumer, List.of());
        assertThat(records("order.events")).isEqualTo(5);

        consumer.assign(List.of());
        lag.update(consumer, List.of());
        assertThat(records("order.events")).isZero();
    }

    private double records(String topic) {
        return meters.get("mortar.process.lag.records")
                .tags("service", "inventory", "topic", topic)
                .gauge()
                .value();
    }

    private double seconds(String topic) {
        return meters.get("mortar.process.lag.seconds")
                .tags("service", "inventory", "topic", topic)
                .gauge()
                .value();
    }

    private static ConsumerRecord<String, byte[]> record(TopicPartition at, long offset, long timestampMs) {
        byte[] value = new byte[0];
        var headers = new RecordHeaders();
        return new SimulatedKafka.Entry(
                        at.topic(), at.partition(), offset, timestampMs, "key", value, headers, null, false)
                .asConsumerRecord();
    }
}
