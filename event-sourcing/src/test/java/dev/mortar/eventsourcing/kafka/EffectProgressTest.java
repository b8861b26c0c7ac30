package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EffectProgressTest {
    private static final TopicPartition FIRST = new TopicPartition("events", 0);
    private static final TopicPartition SECOND = new TopicPartition("events", 1);

    private final AtomicLong nanos = new AtomicLong();
    private final EffectProgress progress = new EffectProgress(nanos::get);
    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");

    @BeforeEach
    void assign() {
        consumer.assign(List.of(FIRST, SECOND));
        consumer.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
        consumer.seek(FIRST, 20);
        consumer.seek(SECOND, 20);
    }

    private CompletableFuture<Void> add(TopicPartition partition, long offset) throws InterruptedException {
        CompletableFuture<Void> done = new CompletableFuture<>();
        progress.add(new ConsumerRecord<>(partition.topic(), partition.partition(), offset, "key", new byte[0]), done);
        return done;
    }

    private void reportASecondLater() {
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        progress.report(consumer);
    }

    private @Nullable Long committed(TopicPartition partition) {
        OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
        return committed == null ? null : committed.offset();
    }

    @Test
    void commitsNothingBeyondAnEventThatIsUnderWay() throws Exception {
        CompletableFuture<Void> slow = add(FIRST, 10);
        add(FIRST, 11).complete(null);
        add(SECOND, 7).complete(null);

        reportASecondLater();
        assertThat(committed(FIRST)).isNull();
        assertThat(committed(SECOND)).as("another partition does not wait").isEqualTo(8);

        slow.complete(null);
        reportASecondLater();
        assertThat(committed(FIRST)).isEqualTo(12);
    }

    @Test
    void commitsAtMostOnceASecond() throws Exception {
        add(FIRST, 10).complete(null);
        nanos.addAndGet(Duration.ofMillis(999).toNanos());
        progress.report(consumer);
        assertThat(committed(FIRST)).isNull();
    }

    @Test
    void readsAFailedEventAndTheLaterOnesAgain() throws Exception {
        add(FIRST, 10).complete(null);
        add(FIRST, 11).completeExceptionally(new IllegalStateException("the broker is away"));
        add(FIRST, 12).complete(null);
        add(SECOND, 7).complete(null);

        reportASecondLater();

        assertThat(committed(FIRST)).isEqualTo(11);
        assertThat(consumer.position(FIRST)).isEqualTo(11);
        assertThat(consumer.position(SECOND)).isEqualTo(20);
        add(FIRST, 11).complete(null);
        add(FIRST, 12).complete(null);
        reportASecondLater();
        assertThat(committed(FIRST)).isEqualTo(13);
    }

    @Test
    void doesNotReportAPartitionThatAnotherInstanceHas() throws Exception {
        add(FIRST, 10).complete(null);
        consumer.assign(List.of(SECOND));
        reportASecondLater();
        assertThat(committed(FIRST)).isNull();
    }

    @Test
    void waitsForTheOldestEventIfVeryManyAreUnderWay() throws Exception {
        CompletableFuture<Void> oldest = add(FIRST, 0);
        Thread reader = Thread.ofVirtual().start(() -> {
            try {
                for (int offset = 1; offset <= 1_000; offset++) {
                    add(FIRST, offset);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(reader.join(Duration.ofMillis(200))).isFalse();
        oldest.complete(null);
        assertThat(reader.join(Duration.ofSeconds(10))).isTrue();
    }
}
