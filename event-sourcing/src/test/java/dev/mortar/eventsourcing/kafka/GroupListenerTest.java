package dev.mortar.eventsourcing.kafka;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;

class GroupListenerTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 0);

    private final BlockingQueue<Long> heard = new LinkedBlockingQueue<>();
    private final Queue<MockConsumer<String, byte[]>> toJoin = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Consumer<?, ?>> idle = new LinkedBlockingQueue<>();
    private final Queue<Long> commits = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<List<Long>> revokedAt = new LinkedBlockingQueue<>();
    private final AtomicInteger failedToJoin = new AtomicInteger();

    @Test
    void aMemberThatIsFencedJoinsAgain() throws Exception {
        MockConsumer<String, byte[]> first = member();
        MockConsumer<String, byte[]> second = member();
        toJoin.add(first);
        GroupListener listener = started(second);
        publish(first, 0);
        assertThat(heard.poll(10, SECONDS)).isZero();

        first.schedulePollTask(() -> {
            throw new FencedInstanceIdException("another goes by its name");
        });
        publish(second, 1);

        assertThat(heard.poll(30, SECONDS)).isEqualTo(1);
        Awaitility.await().until(listener::isReady);
        assertThat(listener.gaveUp()).isFalse();
        assertThat(toJoin).isEmpty();
        listener.stop();
    }

    @Test
    void aMemberThatIsFencedGoesOnTryingToJoin() throws Exception {
        MockConsumer<String, byte[]> first = member();
        MockConsumer<String, byte[]> third = member();
        GroupListener listener = started(first);
        Awaitility.await().until(listener::isReady);

        // With nobody to join as, the next attempt fails as it does when no broker's name can be resolved.
        first.schedulePollTask(() -> {
            throw new FencedInstanceIdException("another goes by its name");
        });
        Awaitility.await().atMost(30, SECONDS).until(() -> failedToJoin.get() > 0);
        publish(third, 0);
        toJoin.add(third);

        assertThat(heard.poll(30, SECONDS)).isZero();
        assertThat(listener.gaveUp()).isFalse();
        listener.stop();
    }

    @Test
    void givesUpWhenItStopsByItself() {
        MockConsumer<String, byte[]> member = member();
        GroupListener listener = started(member);
        Awaitility.await().until(listener::isReady);
        assertThat(listener.gaveUp()).isFalse();

        member.schedulePollTask(() -> {
            throw new AuthorizationException("not any more");
        });

        Awaitility.await().until(listener::gaveUp);
        assertThat(listener.isReady()).isFalse();
        listener.stop();
        assertThat(listener.gaveUp()).isFalse();
    }

    @Test
    void isReadyOnceItHasPartitionsAndUntilItStops() {
        MockConsumer<String, byte[]> member = member();
        toJoin.add(member);
        GroupListener listener = listener();
        assertThat(listener.isReady()).isFalse();

        listener.start();
        Awaitility.await().until(listener::isReady);

        listener.stop();
        assertThat(listener.isReady()).isFalse();
    }

    @Test
    void commitsFarLessOftenThanItReadsAndWhenItStops() throws Exception {
        MockConsumer<String, byte[]> member = member();
        GroupListener listener = started(member);
        for (long offset = 0; offset < 30; offset++) {
            publish(member, offset);
            assertThat(heard.poll(10, SECONDS)).isEqualTo(offset);
        }

        listener.stop();

        assertThat(commits).hasSizeLessThan(15).endsWith(30L);
    }

    @Test
    void commitsAndTellsThatItIsIdleWhenNothingMoreComes() throws Exception {
        MockConsumer<String, byte[]> member = member();
        GroupListener listener = started(member);
        publish(member, 0);
        assertThat(heard.poll(10, SECONDS)).isZero();

        Awaitility.await().until(() -> commits.contains(1L));
        assertThat(idle.poll(10, SECONDS)).isNotNull();
        listener.stop();
    }

    @Test
    void commitsWhenAPartitionIsRevoked() throws Exception {
        MockConsumer<String, byte[]> member = member();
        GroupListener listener = started(member);
        publish(member, 0);
        assertThat(heard.poll(10, SECONDS)).isZero();

        member.schedulePollTask(() -> {
            member.rebalance(List.of());
            revokedAt.add(List.copyOf(commits));
        });

        assertThat(revokedAt.poll(10, SECONDS)).endsWith(1L);
        listener.stop();
    }

    private MockConsumer<String, byte[]> member() {
        var member = new MockConsumer<String, byte[]>("earliest") {
            @Override
            public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
                super.commitSync(offsets, timeout);
                offsets.values().forEach(committed -> commits.add(committed.offset()));
            }
        };
        member.updateBeginningOffsets(Map.of(PARTITION, 0L));
        member.schedulePollTask(() -> member.rebalance(List.of(PARTITION)));
        return member;
    }

    private static void publish(MockConsumer<String, byte[]> member, long offset) {
        member.schedulePollTask(() -> member.addRecord(new ConsumerRecord<>(
                PARTITION.topic(), PARTITION.partition(), offset, "key", "value".getBytes(StandardCharsets.UTF_8))));
    }

    private GroupListener started(MockConsumer<String, byte[]> member) {
        toJoin.add(member);
        GroupListener listener = listener();
        listener.start();
        return listener;
    }

    private GroupListener listener() {
        var properties = new ContainerProperties(PARTITION.topic());
        var factory = new DefaultKafkaConsumerFactory<String, byte[]>(Map.of("group.id", "process")) {
            @Override
            protected Consumer<String, byte[]> createKafkaConsumer(Map<String, Object> settings) {
                if (toJoin.isEmpty()) {
                    failedToJoin.incrementAndGet();
                }
                return toJoin.remove();
            }
        };
        return new GroupListener(
                "test",
                factory,
                properties,
                Duration.ZERO,
                (records, _) -> records.forEach(record -> heard.add(record.offset())),
                new StopOnFailedReaction(),
                () -> {},
                idle::add);
    }
}
