package dev.mortar.eventsourcing.kafka;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;

class StopOnFailedReactionTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 0);

    private final BlockingQueue<Long> reactedTo = new LinkedBlockingQueue<>();
    private final BlockingQueue<RuntimeException> commitFailures = new LinkedBlockingQueue<>();
    private final MockConsumer<String, String> consumer = new MockConsumer<>("earliest") {
        @Override
        public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            RuntimeException failure = commitFailures.poll();
            if (failure != null) {
                throw failure;
            }
            super.commitSync(offsets, timeout);
        }
    };
    private final KafkaMessageListenerContainer<String, String> container = container();

    @AfterEach
    void stop() {
        container.stop();
    }

    @Test
    void aCommitAfterTheGroupMovedOnDoesNotStopTheListener() throws Exception {
        commitFailures.add(new CommitFailedException());
        start();
        publish(0);
        assertThat(reactedTo.poll(10, SECONDS)).isZero();
        Awaitility.await().until(commitFailures::isEmpty);

        // The record is given to the listener again, as after the next rebalance.
        consumer.schedulePollTask(() -> consumer.seek(PARTITION, 0));
        publish(0);

        assertThat(reactedTo.poll(10, SECONDS)).isZero();
        assertCommitted(1);
    }

    @Test
    void aCommitTheCoordinatorDidNotAnswerIsMadeUpForByTheNext() throws Exception {
        commitFailures.add(new TimeoutException("coordinator away"));
        start();
        publish(0);
        assertThat(reactedTo.poll(10, SECONDS)).isZero();
        Awaitility.await().until(commitFailures::isEmpty);

        publish(1);

        assertThat(reactedTo.poll(10, SECONDS)).isEqualTo(1);
        assertCommitted(2);
    }

    @Test
    void aFailedReactionStopsTheListenerAndCommitsNothing() {
        start();
        publish(-1);

        Awaitility.await().until(() -> !container.isRunning());
        assertThat(container.isInExpectedState()).isFalse();
        assertThat(reactedTo).isEmpty();
    }

    private void start() {
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        container.start();
        consumer.schedulePollTask(() -> consumer.rebalance(List.of(PARTITION)));
    }

    /** @param offset of the record; -1 stands for a record at 0 whose reaction fails */
    private void publish(long offset) {
        consumer.schedulePollTask(() -> consumer.addRecord(new ConsumerRecord<>(
                PARTITION.topic(),
                PARTITION.partition(),
                Math.max(offset, 0),
                "key",
                offset < 0 ? "fails" : "succeeds")));
    }

    private void assertCommitted(long offset) {
        Awaitility.await()
                .untilAsserted(() -> assertThat(consumer.committed(Set.of(PARTITION)))
                        .containsEntry(PARTITION, new OffsetAndMetadata(offset)));
        assertThat(container.isRunning()).isTrue();
    }

    private KafkaMessageListenerContainer<String, String> container() {
        var properties = new ContainerProperties(PARTITION.topic());
        properties.setAckMode(ContainerProperties.AckMode.TIME);
        properties.setAckTime(1);
        properties.setMessageListener((BatchMessageListener<String, String>) records -> records.forEach(record -> {
            if ("fails".equals(record.value())) {
                // Also of a kind that would be passed over if it came from the commit.
                throw new TimeoutException("no acknowledgement");
            }
            reactedTo.add(record.offset());
        }));
        var factory = new DefaultKafkaConsumerFactory<String, String>(Map.of("group.id", "process")) {
            @Override
            protected Consumer<String, String> createKafkaConsumer(Map<String, Object> settings) {
                return consumer;
            }
        };
        var created = new KafkaMessageListenerContainer<>(factory, properties);
        created.setCommonErrorHandler(new StopOnFailedReaction());
        return created;
    }
}
