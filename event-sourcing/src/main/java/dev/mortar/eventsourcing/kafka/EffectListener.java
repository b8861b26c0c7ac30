package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.FixedBackOff;

/**
 * Passes the service's own committed events to its {@link Effect}. If the effect fails, the event comes again until it
 * succeeds. An event may also come again after a crash, so the effect asks the decider before it acts.
 */
final class EffectListener<E> implements ServiceRuntime.Part {
    private static final Logger LOG = LoggerFactory.getLogger(EffectListener.class);
    private static final int EVENTS_PER_POLL_MAX = 50;
    private static final long RETRY_MS = 1_000;

    private final Fold<?, ?, ?, E> fold;
    private final Effect<E> effect;
    private final GroupListener listener;
    private final EffectProgress progress = new EffectProgress(System::nanoTime);

    EffectListener(ServiceDefinition<?, ?, ?, E> definition, Effect<E> effect, KafkaSettings settings) {
        this.fold = new Fold<>(definition, settings.deserializer(), Duration.ZERO);
        this.effect = effect;
        var properties = new ContainerProperties(settings.prefixed(definition.eventsTopic()));
        properties.setStopImmediate(true);
        properties.setAckMode(ContainerProperties.AckMode.MANUAL);
        Map<String, Object> consumer = settings.groupConsumer("effects");
        consumer.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, EVENTS_PER_POLL_MAX);
        var consumers = new DefaultKafkaConsumerFactory<String, byte[]>(consumer);
        var errors = new DefaultErrorHandler(new FixedBackOff(RETRY_MS, FixedBackOff.UNLIMITED_ATTEMPTS));
        String name = definition.noun + "-effects";
        this.listener = new GroupListener(
                name, consumers, properties, settings.pace(), this::act, errors, () -> {}, progress::report);
    }

    void start() {
        listener.start();
    }

    private void act(List<ConsumerRecord<String, byte[]>> records, Consumer<?, ?> consumer) {
        try {
            for (ConsumerRecord<String, byte[]> record : records) {
                progress.add(record, effect.on(fold.read(record)));
            }
            progress.report(consumer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BatchListenerFailedException("Stopped during an effect", e, 0);
        } catch (RuntimeException e) {
            // The first record is named as the failed one, so that all of them come again.
            throw new BatchListenerFailedException("An effect failed", e, 0);
        }
    }

    @Override
    public String missing() {
        return listener.isReady() ? "" : "stopped, or not yet in its group";
    }

    @Override
    public boolean gaveUp() {
        return listener.gaveUp();
    }

    @Override
    public void stop() {
        listener.stop();
        try {
            effect.finish();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.warn("Stopped without waiting for effects that were under way");
        }
    }
}
