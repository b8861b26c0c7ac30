package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.schemas.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StateTableTest {
    private static final TopicPartition PARTITION = new TopicPartition("prices", 0);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Prices consumer = new Prices();
    private final List<String> heard = new ArrayList<>();
    private final StateTable<Long> table =
            new StateTable<>(PARTITION.topic(), EventReader.<Long>create().on(Money.class, Money::getAmount));

    /** A topic of prices. Written records can be read from the moment at which its end is asked for. */
    private static final class Prices extends MockConsumer<String, byte[]> {
        private final Queue<ConsumerRecord<String, byte[]>> written = new ConcurrentLinkedQueue<>();
        private volatile long end;

        Prices() {
            super("earliest");
            updatePartitions(
                    PARTITION.topic(),
                    List.of(new PartitionInfo(PARTITION.topic(), 0, Node.noNode(), new Node[0], new Node[0])));
            updateBeginningOffsets(Map.of(PARTITION, 0L));
        }

        void write(String key, @Nullable Long amount) {
            byte[] value = amount == null
                    ? null
                    : TestSerdes.states("prices").serialize(PARTITION.topic(), new Money(amount, "EUR"));
            written.add(new ConsumerRecord<>(PARTITION.topic(), 0, end, key, value));
            end++;
        }

        @Override
        public synchronized Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
            while (!written.isEmpty()) {
                addRecord(written.remove());
            }
            return Map.of(PARTITION, end);
        }
    }

    private void start() {
        table.onChange((key, value) -> heard.add(key + "=" + value));
        table.start(consumer, PARTITION.topic(), TestSerdes.deserializer("prices"), (partitions, atMost) -> {
            assertThat(partitions).containsExactly(PARTITION);
            return consumer.endOffsets(partitions);
        });
    }

    @AfterEach
    void stop() {
        table.stop();
    }

    @Test
    void absenceMeansNothingUntilTheTopicWasRead() {
        assertThatThrownBy(() -> table.get("a")).isInstanceOf(KafkaUnavailable.class);
        assertThatThrownBy(table::values).isInstanceOf(KafkaUnavailable.class);
        assertThatThrownBy(table::asOf).isInstanceOf(KafkaUnavailable.class);
        assertThatThrownBy(() -> table.awaitEnd(LONG)).isInstanceOf(KafkaUnavailable.class);
    }

    @Test
    void hasEveryStateThatWasWrittenBeforeItsEndIsAwaited() {
        consumer.write("a", 1L);
        Instant started = Instant.now();
        start();
        assertThat(table.get("a")).isEqualTo(1);
        assertThat(table.asOf()).isAfterOrEqualTo(started);

        for (long amount = 2; amount <= 20; amount++) {
            consumer.write("a", amount);
            Instant asked = Instant.now();
            assertThat(table.awaitEnd(LONG)).isAfterOrEqualTo(asked).isEqualTo(table.asOf());
            assertThat(table.get("a")).isEqualTo(amount);
        }
    }

    @Test
    void answersManyCallersAtOnce() {
        start();
        consumer.write("a", 1L);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<@Nullable Long>> callers = IntStream.range(0, 200)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> {
                                table.awaitEnd(LONG);
                                return table.get("a");
                            },
                            threads))
                    .toList();
            assertThat(callers).allMatch(caller -> Long.valueOf(1).equals(caller.join()));
        }
    }

    @Test
    void refusesWhenItIsNotReadToItsEndInTime() {
        start();
        consumer.end = 1;
        assertThatThrownBy(() -> table.awaitEnd(Duration.ofMillis(50))).isInstanceOf(KafkaUnavailable.class);
        assertThat(table.get("a")).isNull();
        consumer.end = 0;
        table.awaitEnd(LONG);
    }

    @Test
    void tellsEveryStateFromTheFirstOn() {
        consumer.write("a", 1L);
        consumer.write("b", 2L);
        consumer.write("a", null);
        start();
        consumer.write("b", 3L);
        table.awaitEnd(LONG);
        assertThat(heard).containsExactly("a=1", "b=2", "a=null", "b=3");
        assertThat(table.values()).containsExactly(3L);
    }
}
