package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.ServiceDefinition.Listening;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Brings a service up once Kafka and the registry can be reached, and down after the web server: tables, gateway,
 * decider, views, then the process. Until all run, readiness says what is missing.
 */
public final class ServiceRuntime<C, S, V, E> implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceRuntime.class);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(500);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    /** A thread that died is replaced; if one dies again within this time, replacing does not help. */
    private static final Duration REPLACED_RECENTLY = Duration.ofMinutes(1);

    private final ServiceDefinition<C, S, V, E> definition;
    private final MortarProperties properties;
    private final KafkaSettings settings;
    private final CommandGateway<C> gateway;
    private final Views views;
    private final StateTables tables;
    private final StateTopicWriter stateWriter;
    private final MeterRegistry meters;
    private final @Nullable Effect<E> effect;

    private volatile String missing = "not started";
    private volatile boolean failedToStart;
    private volatile @Nullable Thread starter;
    private final Map<KafkaStreams, LocalState> streams = new LinkedHashMap<>();
    private volatile @Nullable ProcessListener<?, C> process;
    private volatile @Nullable EffectListener<E> effects;
    private final Map<String, Long> replacedAtNs = new ConcurrentHashMap<>();

    ServiceRuntime(
            ServiceDefinition<C, S, V, E> definition,
            MortarProperties properties,
            KafkaSettings settings,
            CommandGateway<C> gateway,
            Views views,
            StateTables tables,
            StateTopicWriter stateWriter,
            MeterRegistry meters,
            @Nullable Effect<E> effect) {
        this.definition = definition;
        this.properties = properties;
        this.settings = settings;
        this.gateway = gateway;
        this.views = views;
        this.tables = tables;
        this.stateWriter = stateWriter;
        this.meters = meters;
        this.effect = effect;
    }

    @Override
    public void start() {
        starter = Thread.ofPlatform().name(definition.noun + "-start").start(this::bringUp);
    }

    private void bringUp() {
        try {
            Map<String, TopicDescription> topics = awaitTopics();
            Serializer<SpecificRecord> serializer = settings.serializer();
            awaitSchemas(serializer);
            missing = "tables";
            tables.all().forEach(table -> table.start(settings, PatientSerdes.patient(settings.deserializer())));
            missing = "gateway";
            gateway.start(partitions(topics, definition.repliesTopic()));
            missing = "streams";
            int partitions = partitions(topics, definition.commandsTopic());
            run(
                    DeciderTopology.of(
                            definition.storeGeneration(properties.storeGeneration()),
                            new DeciderTopology.Environment(
                                    properties.topicPrefix(),
                                    partitions,
                                    topicId(topics, definition.commandsTopic()),
                                    serializer,
                                    new CommittedLog(
                                            settings,
                                            definition.eventsTopic(),
                                            PatientSerdes.patient(settings.deserializer())),
                                    properties.rememberCommands(),
                                    UUID::randomUUID,
                                    meters)),
                    settings.deciderStreams());
            if (!definition.views.isEmpty()) {
                views.connect(run(
                        ViewTopology.of(
                                definition,
                                new ViewTopology.Environment(
                                        properties.topicPrefix(),
                                        partitions,
                                        PatientSerdes.patient(settings.stateSerializer()),
                                        PatientSerdes.patient(settings.deserializer()),
                                        views::changed)),
                        settings.viewStreams(ViewTopology.version(definition))));
            }
            if (definition.listening != null) {
                listen(definition.listening, topics);
            }
            if (effect != null) {
                var listener = new EffectListener<>(definition, effect, settings, settings.deserializer());
                listener.start();
                effects = listener;
            }
            missing = "";
            LOG.info("{} is connected to Kafka", definition.noun);
        } catch (InterruptedException e) {
            LOG.info("stopped while starting");
        } catch (RuntimeException e) {
            missing = "failed to start: " + e;
            failedToStart = true;
            LOG.error("{} could not start", definition.noun, e);
        }
    }

    private <I> void listen(Listening<I, C> listening, Map<String, TopicDescription> topics) {
        Map<String, String> ids = new HashMap<>();
        topics.forEach((name, topic) -> ids.put(name, topic.topicId().toString()));
        var listener = new ProcessListener<>(definition, listening, settings, settings.deserializer(), ids, meters);
        listener.start();
        process = listener;
    }

    private Map<String, TopicDescription> awaitTopics() throws InterruptedException {
        List<String> names = Stream.of(
                        Stream.of(
                                definition.commandsTopic(),
                                definition.eventsTopic(),
                                definition.repliesTopic(),
                                definition.deadLettersTopic()),
                        definition.listening == null ? Stream.<String>empty() : definition.listening.topics().stream(),
                        definition.tables.stream().map(ServiceDefinition.TableDefinition::topic))
                .flatMap(each -> each)
                .map(settings::prefixed)
                .toList();
        try (Admin admin = Admin.create(settings.admin())) {
            while (true) {
                try {
                    return new LinkedHashMap<>(
                            admin.describeTopics(names).allTopicNames().get());
                } catch (ExecutionException e) {
                    Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
                    wait("Kafka at " + properties.bootstrapServers() + ": " + cause.getMessage());
                }
            }
        }
    }

    private int partitions(Map<String, TopicDescription> topics, String topic) {
        return Objects.requireNonNull(topics.get(settings.prefixed(topic)))
                .partitions()
                .size();
    }

    private String topicId(Map<String, TopicDescription> topics, String topic) {
        return Objects.requireNonNull(topics.get(settings.prefixed(topic)))
                .topicId()
                .toString();
    }

    /** Makes the serializer look every schema up now, so that the registry may be away later. */
    private void awaitSchemas(Serializer<SpecificRecord> serializer) throws InterruptedException {
        EventReader<E> reader = Objects.requireNonNull(definition.reader, "events() not defined");
        for (SpecificRecord empty : reader.emptyRecords()) {
            while (true) {
                try {
                    serializer.serialize(settings.prefixed(definition.eventsTopic()), empty);
                    break;
                } catch (SerializationException e) {
                    if (e.getCause() instanceof RuntimeException) {
                        break; // The schema's id is known; that an empty record cannot be written was to be expected.
                    }
                    wait("the schema registry: " + e.getMessage());
                }
            }
        }
    }

    private void wait(String what) throws InterruptedException {
        if (!what.equals(missing)) {
            missing = what;
            LOG.warn("Waiting for {}", what);
        }
        Thread.sleep(RETRY_PAUSE);
    }

    private KafkaStreams run(Topology topology, Map<String, Object> configuration) {
        var running = new KafkaStreams(topology, new StreamsConfig(configuration));
        String application = String.valueOf(configuration.get(StreamsConfig.APPLICATION_ID_CONFIG));
        var local = new LocalState(Path.of(properties.stateDir()), application);
        local.take(running);
        running.setUncaughtExceptionHandler(failure -> died(application, failure));
        Gauge.builder("mortar.streams.running", running, each -> each.state() == KafkaStreams.State.RUNNING ? 1 : 0)
                .tag("application", application)
                .register(meters);
        MeterBinder metrics = new KafkaStreamsMetrics(running);
        metrics.bindTo(meters);
        synchronized (streams) {
            streams.put(running, local);
        }
        running.start();
        return running;
    }

    /** A thread is replaced once; one that dies again soon leaves its work to other instances. */
    private StreamThreadExceptionResponse died(String application, Throwable failure) {
        if (GroupListener.isFenced(failure)) {
            // The broker may have lost its memory of the group; if there is a second instance of this name, neither
            // shall keep the other from working for long.
            LOG.error("A thread of {} was fenced: joining again", application, failure);
            GroupListener.pauseWhenFenced();
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        long nowNs = System.nanoTime();
        Long before = replacedAtNs.put(application, nowNs);
        boolean again = before != null && nowNs - before < REPLACED_RECENTLY.toNanos();
        LOG.error("A thread of {} died{}", application, again ? " again: giving up" : ": replacing it", failure);
        return again ? StreamThreadExceptionResponse.SHUTDOWN_CLIENT : StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** What is missing before requests can be served, by part; empty when nothing is. */
    Map<String, String> missing() {
        Map<String, String> parts = new LinkedHashMap<>();
        if (!missing.isEmpty()) {
            parts.put("start", missing);
            return parts;
        }
        synchronized (streams) {
            for (KafkaStreams each : streams.keySet()) {
                if (each.state() != KafkaStreams.State.RUNNING) {
                    parts.merge("streams", each.state().name(), (one, other) -> one + ", " + other);
                }
            }
        }
        if (!gateway.isReady()) {
            parts.put("gateway", "replies are not read");
        }
        if (!tables.all().stream().allMatch(StateTable::isReady)) {
            parts.put("tables", "not up to date");
        }
        ProcessListener<?, C> listener = process;
        if (listener != null && !listener.isReady()) {
            parts.put("process", "stopped, or not in its group yet");
        }
        EffectListener<E> acting = effects;
        if (acting != null && !acting.isReady()) {
            parts.put("effects", "stopped, or not in their group yet");
        }
        return parts;
    }

    /** Whether a part has ended for good: only a new process can go on. */
    boolean gaveUp() {
        ProcessListener<?, C> listener = process;
        EffectListener<E> acting = effects;
        synchronized (streams) {
            return failedToStart
                    || gateway.gaveUp()
                    || tables.all().stream().anyMatch(StateTable::gaveUp)
                    || listener != null && listener.gaveUp()
                    || acting != null && acting.gaveUp()
                    || streams.keySet().stream().anyMatch(each -> each.state().hasCompletedShutdown());
        }
    }

    @Override
    public void stop() {
        Thread starting = starter;
        if (starting != null && starting.isAlive()) {
            starting.interrupt();
        }
        starter = null;
        EffectListener<E> acting = effects;
        if (acting != null) {
            acting.stop();
        }
        ProcessListener<?, C> listener = process;
        if (listener != null) {
            listener.stop();
        }
        synchronized (streams) {
            // Leaving the group lets another instance take over at once.
            streams.forEach(ServiceRuntime::close);
            streams.clear();
        }
        gateway.stop();
        tables.all().forEach(StateTable::stop);
        try {
            stateWriter.stop();
        } catch (KafkaException e) {
            LOG.warn("closing", e);
        }
    }

    private static void close(KafkaStreams running, LocalState local) {
        boolean wasWell = running.state().isRunningOrRebalancing();
        boolean closed = running.close(CloseOptions.timeout(CLOSE_TIMEOUT)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        if (wasWell && closed) {
            local.closedWell();
        }
    }

    @Override
    public boolean isRunning() {
        return starter != null;
    }

    /** Below the web server's phases: up before it, down after it has answered the last request. */
    @Override
    public int getPhase() {
        return 0;
    }
}
