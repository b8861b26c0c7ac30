package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.schemas.EventMeta;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;

class StateTopicWriterTest {
    /** Holds the thread that serialises a state until it is let go. */
    public static final class SlowSerializer implements Serializer<SpecificRecord> {
        private static final CountDownLatch REACHED = new CountDownLatch(1);
        private static final CountDownLatch LET_GO = new CountDownLatch(1);

        @Override
        public byte[] serialize(String topic, SpecificRecord state) {
            REACHED.countDown();
            try {
                LET_GO.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new byte[0];
        }
    }

    @Test
    void aStateThatIsSlowToWriteHoldsUpNoOther() throws InterruptedException {
        var writer = new StateTopicWriter(new KafkaSettings(withoutKafka(), "test"));
        EventMeta state = EventRecords.meta(CommandHeaders.ofTimer("test", new UUID(0, 1)), 0, 1, 1, 1, Instant.EPOCH);
        var slow = CompletableFuture.runAsync(() -> writer.put("contacts", "slow", state));
        SlowSerializer.REACHED.await();

        assertThatThrownBy(() -> writer.put("contacts", "other", null)).isInstanceOf(KafkaUnavailable.class);

        assertThat(slow).isNotDone();
        SlowSerializer.LET_GO.countDown();
        assertThatThrownBy(slow::get).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(KafkaUnavailable.class);
        writer.stop();
    }

    private static MortarProperties withoutKafka() {
        return new MortarProperties(
                "127.0.0.1:1",
                "",
                "",
                "test-1",
                Duration.ofSeconds(1),
                Duration.ofHours(24),
                Duration.ofMillis(10),
                SlowSerializer.class.getName(),
                SlowSerializer.class.getName(),
                Map.of(),
                Map.of(),
                "",
                "");
    }
}
