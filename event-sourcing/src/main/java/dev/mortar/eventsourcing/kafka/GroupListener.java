package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.event.ConsumerStoppedEvent;
import org.springframework.kafka.event.ListenerContainerIdleEvent;
import org.springframework.kafka.listener.BatchConsumerAwareMessageListener;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;

/**
 * One member of a consumer group, with the name of its instance. If the group fences it, it joins again after a pause:
 * a broker that loses the state of the group fences all members. Two instances with the same name are a mistake; both
 * log errors, but neither stops for ever.
 *
 * <p>Offsets are committed about once a second. After a crash, about a second of records may come again; both listeners
 * can handle that.
 */
final class GroupListener {
    private static final Logger LOG = LoggerFactory.getLogger(GroupListener.class);
    private static final Duration PAUSE_WHEN_FENCED = Duration.ofSeconds(5);
    private static final long COMMIT_EVERY_MS = 1_000;

    private final KafkaMessageListenerContainer<String, byte[]> container;
    private final Pace pace;
    private long restedAtNs = System.nanoTime();
    private volatile boolean assigned;
    private volatile boolean fenced;
    private volatile boolean stopping;

    /**
     * A member that has not joined yet, with the topics in its properties. If these say MANUAL, its listener commits
     * offsets itself.
     *
     * @param interval of a {@link Pace}
     * @param onAssigned runs whenever the member is assigned partitions
     * @param onIdle gets the consumer once a second while no records come
     */
    GroupListener(
            String name,
            ConsumerFactory<String, byte[]> consumers,
            ContainerProperties properties,
            Duration interval,
            BiConsumer<List<ConsumerRecord<String, byte[]>>, Consumer<?, ?>> listener,
            CommonErrorHandler errors,
            Runnable onAssigned,
            java.util.function.Consumer<Consumer<?, ?>> onIdle) {
        pace = new Pace(interval);
        properties.setMessageListener((BatchConsumerAwareMessageListener<String, byte[]>) (records, consumer) -> {
            long waitedNs = System.nanoTime() - restedAtNs;
            listener.accept(records, Objects.requireNonNull(consumer));
            pace.pause(waitedNs);
            restedAtNs = System.nanoTime();
        });
        if (properties.getAckMode() != ContainerProperties.AckMode.MANUAL) {
            properties.setAckMode(ContainerProperties.AckMode.TIME);
            properties.setAckTime(COMMIT_EVERY_MS);
        }
        // Between two polls the container commits offsets and checks whether it is idle.
        properties.setPollTimeout(COMMIT_EVERY_MS);
        properties.setIdleEventInterval(COMMIT_EVERY_MS);
        properties.setConsumerRebalanceListener(new ConsumerAwareRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
                onAssigned.run();
                assigned = true;
            }
        });
        container = new KafkaMessageListenerContainer<>(consumers, properties);
        container.setCommonErrorHandler(errors);
        container.setBeanName(name);
        container.setApplicationEventPublisher(event -> {
            if (event instanceof ListenerContainerIdleEvent idle) {
                onIdle.accept(idle.getConsumer());
            }
            if (event instanceof ConsumerStoppedEvent stopped
                    && stopped.getReason() == ConsumerStoppedEvent.Reason.FENCED) {
                fenced = true;
                LOG.error("{} was fenced and joins again in {}", name, PAUSE_WHEN_FENCED);
                Thread.ofVirtual().name(name + "-rejoin").start(this::rejoin);
            }
        });
    }

    private void rejoin() {
        while (true) {
            try {
                // If there is a second instance with the same name, it can work meanwhile.
                Thread.sleep(PAUSE_WHEN_FENCED);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (stopping) {
                return;
            }
            try {
                container.start();
                fenced = false;
                return;
            } catch (RuntimeException e) {
                LOG.error("{} could not join again and keeps trying", container.getBeanName(), e);
            }
        }
    }

    void start() {
        container.start();
    }

    boolean isReady() {
        return container.isRunning() && assigned;
    }

    /** Whether it has stopped for ever without {@link #stop}. */
    boolean gaveUp() {
        return !container.isRunning() && !fenced && !stopping;
    }

    void stop() {
        stopping = true;
        container.stop();
    }
}
