package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.eventsourcing.kafka.ServiceDefinition.Listening;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.registry.RegistryException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.CommonContainerStoppingErrorHandler;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;

/**
 * Turns other services' committed events into commands of the own decider. The offset is committed after the commands
 * are acknowledged; a failed send stops the container, since going on past a gap would lose a command for ever: the
 * decider takes source positions in order only.
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
    private final Counter deadLetters;
    private final Counter passedOver;

    private @Nullable KafkaMessageListenerContainer<String, byte[]> container;
    private @Nullable Producer<String, byte[]> producer;
    private @Nullable ParkedKeys parked;
    private volatile boolean assigned;

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
        this.deadLetters = meters.counter("mortar.dead.letters", "service", definition.noun, "by", "process");
        this.passedOver = meters.counter("mortar.events.passed.over", "service", definition.noun);
    }

    void start() {
        producer = new KafkaProducer<>(settings.producer("process", Integer.MAX_VALUE, Integer.MAX_VALUE));
        parked = new ParkedKeys(settings, definition.deadLettersTopic());
        String[] topics = listening.topics().stream().map(settings::prefixed).toArray(String[]::new);
        var properties = new ContainerProperties(topics);
        properties.setAckMode(ContainerProperties.AckMode.BATCH);
        properties.setMessageListener((BatchMessageListener<String, byte[]>) this::react);
        properties.setConsumerRebalanceListener(new ConsumerAwareRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
                parked().refresh();
                assigned = true;
            }
        });
        var created = new KafkaMessageListenerContainer<>(
                new DefaultKafkaConsumerFactory<String, byte[]>(settings.groupConsumer("process")), properties);
        created.setCommonErrorHandler(new CommonContainerStoppingErrorHandler());
        created.setBeanName(definition.noun + "-process");
        created.start();
        container = created;
    }

    private void react(List<ConsumerRecord<String, byte[]>> records) {
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
        String type = CommandHeaders.text(record.headers(), EventRecords.TYPE);
        String parkedName = ParkedKeys.name(record.topic(), record.key());
        if (type != null && !listening.reader().knows(type)) {
            passedOver.increment();
            return;
        }
        if (parked().contains(parkedName)) {
            sends.add(park(record, parkedName, "an earlier record of its key is parked"));
            return;
        }
        List<ProducerRecord<String, byte[]>> commands;
        try {
            commands = commands(record);
        } catch (StoppedWhileWaiting e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn("Parked {}/{}/{}", record.topic(), record.partition(), record.offset(), e);
            parked().add(parkedName);
            sends.add(park(record, parkedName, e.toString()));
            return;
        }
        commands.forEach(command -> sends.add(producer().send(command)));
    }

    private List<ProducerRecord<String, byte[]>> commands(ConsumerRecord<String, byte[]> record) {
        SpecificRecord event = deserialise(record);
        EventMeta meta = EventRecords.metaOf(event);
        String topicId = Objects.requireNonNull(topicIds.get(record.topic()), "no id of topic " + record.topic());
        List<C> commands = listening.process().react(listening.reader().read(event));
        List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
        for (int index = 0; index < commands.size(); index++) {
            C command = commands.get(index);
            var headers = new CommandHeaders(
                    NameBasedId.of(meta.getEventId(), definition.noun + "-process/" + index),
                    Actor.system(definition.noun + "-process"),
                    meta.getCorrelationId(),
                    meta.getEventId(),
                    null,
                    null,
                    null,
                    null,
                    new SourcePosition(topicId, record.partition(), record.offset(), index),
                    CommandHeaders.text(record.headers(), "traceparent"));
            records.add(new ProducerRecord<>(
                    settings.prefixed(definition.commandsTopic()),
                    null,
                    definition.aggregateId.apply(command),
                    Json.write(definition.commandType, command),
                    headers.toHeaders()));
        }
        return records;
    }

    /** Waits for the registry as long as it is away: that is no fault of the record. */
    private SpecificRecord deserialise(ConsumerRecord<String, byte[]> record) {
        while (true) {
            try {
                return Objects.requireNonNull(
                        deserializer.deserialize(record.topic(), record.headers(), record.value()), "no value");
            } catch (RegistryException.Unavailable e) {
                LOG.warn("The schema registry is away; {} waits: {}", record.topic(), e.getMessage());
                try {
                    Thread.sleep(Duration.ofMillis(REGISTRY_RETRY_MS));
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new StoppedWhileWaiting(interrupted);
                }
            }
        }
    }

    /** The service stops while a record waits for the registry: no fault of the record either. */
    private static final class StoppedWhileWaiting extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoppedWhileWaiting(InterruptedException cause) {
            super(cause);
        }
    }

    private Future<RecordMetadata> park(ConsumerRecord<String, byte[]> record, String parkedName, String cause) {
        deadLetters.increment();
        Headers headers = DeadLetters.headers(
                record.headers(), new DeadLetters.Place(record.topic(), record.partition(), record.offset()), cause);
        CommandHeaders.add(headers, ParkedKeys.PARKED, parkedName);
        return producer()
                .send(new ProducerRecord<>(
                        settings.prefixed(definition.deadLettersTopic()),
                        null,
                        record.key(),
                        record.value() == null ? new byte[0] : record.value(),
                        headers));
    }

    boolean isReady() {
        return container != null && container.isRunning() && assigned;
    }

    void stop() {
        if (container != null) {
            container.stop();
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

    private ParkedKeys parked() {
        return Objects.requireNonNull(parked);
    }
}
