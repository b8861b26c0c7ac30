package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.ServiceDefinition.Listening;
import dev.mortar.schemas.registry.RegistryException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;

/**
 * Turns other services' committed events into commands for this service's decider. The listener commits offsets about
 * once a second, after their commands are acknowledged. The decider recognises commands that come again by their
 * source.
 *
 * <p>While Kafka or the registry is away, the listener waits without limit. If a send finally fails, the container
 * stops ({@link StopOnFailedReaction}): the decider accepts source positions in order only, so continuing after a gap
 * would lose a command for ever.
 */
final class ProcessListener<I, C> implements ServiceRuntime.Part {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessListener.class);
    private static final Duration READ_PATIENCE = Duration.ofSeconds(10);
    private static final long RETRY_MS = 1_000;
    private static final int SENDER_LINGER_MS = 1_000;

    /** Limit for the headers that a dead letter has in addition to its event. */
    private static final int DEAD_LETTER_HEADERS_MAX_BYTES = 64 * 1024;

    private final ServiceDefinition<C, ?, ?, ?> definition;
    private final String deadLettersTopic;
    private final ParkedKeys parkedKeys = new ParkedKeys();
    private final ProcessReaction<I, C> reaction;
    private final ProcessLag lag;
    private final Producer<String, byte[]> producer;
    private final Consumer<String, byte[]> deadLetters;
    private final GroupListener listener;
    private volatile boolean stopping;

    /** @param topicIds ids by topic name with prefix, because a topic that is created again has new positions */
    ProcessListener(
            ServiceDefinition<C, ?, ?, ?> definition,
            Listening<I, C> listening,
            KafkaSettings settings,
            Map<String, String> topicIds,
            MeterRegistry meters) {
        this.definition = definition;
        this.deadLettersTopic = settings.prefixed(definition.deadLettersTopic());
        String prefix = settings.prefixed("");
        this.reaction = new ProcessReaction<>(
                definition, listening, prefix, settings.deserializer(), topicIds, parkedKeys, meters);
        this.lag = new ProcessLag(definition.noun, prefix, listening.topics(), meters, System::currentTimeMillis);
        Map<String, Object> sender = settings.producer("process", Integer.MAX_VALUE, Integer.MAX_VALUE);
        sender.put(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, KafkaSettings.RECORD_MAX_BYTES + DEAD_LETTER_HEADERS_MAX_BYTES);
        // A flush ends the linger, so the commands of one poll are one request.
        sender.put(ProducerConfig.LINGER_MS_CONFIG, SENDER_LINGER_MS);
        this.producer = new KafkaProducer<>(sender);
        Map<String, Object> uncommitted = settings.consumer("parked-keys");
        // Letters of a process are written without a transaction. A consumer of committed records could miss an
        // acknowledged letter, because an open transaction of a lane before it would hide it.
        uncommitted.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        this.deadLetters = new KafkaConsumer<>(uncommitted);
        var properties = new ContainerProperties(
                listening.topics().stream().map(settings::prefixed).toArray(String[]::new));
        this.listener = new GroupListener(
                definition.noun + "-process",
                new DefaultKafkaConsumerFactory<>(settings.groupConsumer("process")),
                properties,
                settings.pace(),
                this::react,
                new StopOnFailedReaction(),
                this::readParkedKeys,
                consumer -> lag.update(consumer, List.of()));
    }

    void start() {
        listener.start();
    }

    private void react(List<ConsumerRecord<String, byte[]>> records, Consumer<?, ?> consumer) {
        lag.update(consumer, records);
        if (records.stream().anyMatch(parkedKeys::holdsBack)) {
            // An operator may have freed the key.
            readParkedKeys();
        }
        List<Future<RecordMetadata>> sends = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            patiently(() -> reaction.react(record)).forEach(out -> sends.add(producer.send(out)));
        }
        producer.flush();
        for (Future<RecordMetadata> send : sends) {
            try {
                send.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("A command of the process could not be written", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while commands were written", e);
            }
        }
        lag.update(consumer, List.of());
    }

    private void readParkedKeys() {
        patiently(() -> {
            TopicReader.readToEnd(deadLetters, deadLettersTopic, READ_PATIENCE, parkedKeys::learn);
            return true;
        });
    }

    /** Waits while the registry or Kafka is away, because the record is not at fault. */
    private <T> T patiently(Supplier<T> attempt) {
        while (true) {
            try {
                return attempt.get();
            } catch (RegistryException.Unavailable | RetriableException | KafkaUnavailable e) {
                LOG.warn("The process of {} waits: {}", definition.noun, e.getMessage());
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(RETRY_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (stopping || Thread.currentThread().isInterrupted()) {
            throw new IllegalStateException("Stopped while the registry or Kafka was away");
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
        stopping = true;
        listener.stop();
        producer.close(Duration.ofSeconds(5));
        deadLetters.close();
    }
}
