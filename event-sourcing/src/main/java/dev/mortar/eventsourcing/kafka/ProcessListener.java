package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.ServiceDefinition.Listening;
import dev.mortar.schemas.registry.RegistryException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ContainerProperties;

/**
 * Turns other services' committed events into commands of the own decider. The offset is committed after the commands
 * are acknowledged; a failed send stops the container ({@link StopOnFailedReaction}), since going on past a gap would
 * lose a command for ever: the decider takes source positions in order only.
 *
 * @param <C> commands
 */
final class ProcessListener<I, C> {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessListener.class);
    private static final long REGISTRY_RETRY_MS = 1_000;

    private final ServiceDefinition<C, ?, ?, ?> definition;
    private final Listening<I, C> listening;
    private final KafkaSettings settings;
    private final Deserializer<SpecificRecord> deserializer;
    private final Map<String, String> topicIds;
    private final MeterRegistry meters;
    private final ParkedKeys parkedKeys = new ParkedKeys();

    private @Nullable GroupListener listener;
    private @Nullable Producer<String, byte[]> producer;
    private @Nullable ParkedKeysReader parked;
    private @Nullable ProcessReaction<I, C> reaction;

    /** @param topicIds ids of the topics listened to, by name with prefix: a topic made anew has new positions */
    ProcessListener(
            ServiceDefinition<C, ?, ?, ?> definition,
            Listening<I, C> listening,
            KafkaSettings settings,
            Deserializer<SpecificRecord> deserializer,
            Map<String, String> topicIds,
            MeterRegistry meters) {
        this.definition = definition;
        this.listening = listening;
        this.settings = settings;
        this.deserializer = deserializer;
        this.topicIds = topicIds;
        this.meters = meters;
    }

    void start() {
        producer = new KafkaProducer<>(settings.producer("process", Integer.MAX_VALUE, Integer.MAX_VALUE));
        parked = new ParkedKeysReader(parkedKeys, settings, definition.deadLettersTopic());
        reaction = new ProcessReaction<>(
                definition, listening, settings.prefixed(""), deserializer, topicIds, parkedKeys, meters);
        String[] topics = listening.topics().stream().map(settings::prefixed).toArray(String[]::new);
        var properties = new ContainerProperties(topics);
        properties.setAckMode(ContainerProperties.AckMode.BATCH);
        properties.setMessageListener((BatchMessageListener<String, byte[]>) this::react);
        var created = new GroupListener(
                definition.noun + "-process",
                new DefaultKafkaConsumerFactory<>(settings.groupConsumer("process")),
                properties,
                new StopOnFailedReaction(),
                () -> parked().refresh());
        created.start();
        listener = created;
    }

    private void react(List<ConsumerRecord<String, byte[]>> records) {
        if (records.stream().anyMatch(parkedKeys::holdsBack)) {
            // Somebody may have freed the key.
            parked().refresh();
        }
        List<Future<RecordMetadata>> sends = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            react(record, sends);
        }
        producer().flush();
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
    }

    private void react(ConsumerRecord<String, byte[]> record, List<Future<RecordMetadata>> sends) {
        reactOnceRegistryAnswers(record).forEach(out -> sends.add(producer().send(out)));
    }

    /** Waits for the registry as long as it is away: that is no fault of the record. */
    private List<ProducerRecord<String, byte[]>> reactOnceRegistryAnswers(ConsumerRecord<String, byte[]> record) {
        while (true) {
            try {
                return reaction().react(record);
            } catch (RegistryException.Unavailable e) {
                LOG.warn("The schema registry is away; {} waits: {}", record.topic(), e.getMessage());
                try {
                    Thread.sleep(Duration.ofMillis(REGISTRY_RETRY_MS));
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("Stopped while a record waits for the registry", interrupted);
                }
            }
        }
    }

    boolean isReady() {
        return listener != null && listener.isReady();
    }

    boolean gaveUp() {
        return listener != null && listener.gaveUp();
    }

    void stop() {
        if (listener != null) {
            listener.stop();
        }
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
        }
        if (parked != null) {
            parked.close();
        }
    }

    private Producer<String, byte[]> producer() {
        return Objects.requireNonNull(producer);
    }

    private ParkedKeysReader parked() {
        return Objects.requireNonNull(parked);
    }

    private ProcessReaction<I, C> reaction() {
        return Objects.requireNonNull(reaction);
    }
}
