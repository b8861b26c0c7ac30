package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.StoppedPartitions.Stopped;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Starts a service when Kafka and the registry can be reached: tables, the instance with its store and lanes, then the
 * process and the effects. Stops them after the web server. Until all parts run, readiness names the missing ones.
 */
public final class ServiceRuntime<C, S, V, E> implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceRuntime.class);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(500);

    private static final Duration PARKED_WITHIN = Duration.ofSeconds(30);

    private final ServiceDefinition<C, S, V, E> definition;
    private final KafkaSettings settings;
    private final CommandGateway<C> gateway;
    private final Views views;
    private final StateTables tables;
    private final MeterRegistry meters;
    private final @Nullable Effect<E> effect;

    private volatile String missing = "not started";
    private volatile boolean failedToStart;
    private volatile @Nullable Thread starter;
    private volatile @Nullable Instance<C, S, V, E> instance;
    /** Looks up the ends of the tables' topics. */
    private volatile @Nullable Admin admin;
    /** In start order. */
    private final List<Started> parts = new CopyOnWriteArrayList<>();

    interface Part {
        /** Why it is not ready; empty if it is ready. */
        String missing();

        /** True if it has ended for ever, so that only a new process can continue. */
        boolean gaveUp();

        void stop();
    }

    private record Started(String name, Part part) {}

    ServiceRuntime(
            ServiceDefinition<C, S, V, E> definition,
            KafkaSettings settings,
            CommandGateway<C> gateway,
            Views views,
            StateTables tables,
            MeterRegistry meters,
            @Nullable Effect<E> effect) {
        this.definition = definition;
        this.settings = settings;
        this.gateway = gateway;
        this.views = views;
        this.tables = tables;
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
            Admin ofTables = Admin.create(settings.admin());
            admin = ofTables;
            for (StateTable<?> table : tables.all()) {
                parts.add(new Started("table of " + table.topic(), table));
                table.start(
                        settings,
                        new PatientDeserializer(settings.deserializer()),
                        (partitions, atMost) -> TopicReader.ends(ofTables, partitions, atMost));
            }
            missing = "instance";
            int partitions = partitions(topics, definition.commandsTopic());
            var ownTopics = new Instance.Topics(ids(topics), partitions, partitions(topics, definition.lanesTopic()));
            Instance<C, S, V, E> deciding = new Instance<>(definition, settings, ownTopics, gateway, views, meters);
            deciding.start();
            instance = deciding;
            parts.add(new Started("follower", deciding));
            if (definition.listening != null) {
                ProcessListener<?, C> listener =
                        new ProcessListener<>(definition, definition.listening, settings, ids(topics), meters);
                listener.start();
                parts.add(new Started("process", listener));
            }
            if (effect != null) {
                var listener = new EffectListener<>(definition, effect, settings);
                listener.start();
                parts.add(new Started("effects", listener));
            }
            missing = "";
            LOG.info("{} is connected to Kafka", definition.noun);
        } catch (InterruptedException e) {
            LOG.info("{} was stopped while it started", definition.noun);
        } catch (RuntimeException e) {
            missing = "failed to start: " + e;
            failedToStart = true;
            LOG.error("{} could not start", definition.noun, e);
        }
    }

    private Map<String, TopicDescription> awaitTopics() throws InterruptedException {
        List<String> names = new ArrayList<>(definition.topics());
        if (definition.listening != null) {
            names.addAll(definition.listening.topics());
        }
        names.addAll(definition.tables.keySet());
        names.replaceAll(settings::prefixed);
        try (Admin admin = Admin.create(settings.admin())) {
            while (true) {
                try {
                    return new LinkedHashMap<>(
                            admin.describeTopics(names).allTopicNames().get());
                } catch (ExecutionException e) {
                    Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
                    wait("Kafka at " + settings.properties().bootstrapServers() + ": " + cause.getMessage());
                }
            }
        }
    }

    private int partitions(Map<String, TopicDescription> topics, String topic) {
        return Objects.requireNonNull(topics.get(settings.prefixed(topic)))
                .partitions()
                .size();
    }

    private static Map<String, String> ids(Map<String, TopicDescription> topics) {
        Map<String, String> ids = new HashMap<>();
        topics.forEach((name, topic) -> ids.put(name, topic.topicId().toString()));
        return ids;
    }

    /** Looks up the schema ids of all events now, so that the service can write them while the registry is away. */
    private void awaitSchemas(Serializer<SpecificRecord> serializer) throws InterruptedException {
        for (SpecificRecord empty : definition.reader().emptyRecords()) {
            while (true) {
                try {
                    serializer.serialize(settings.prefixed(definition.eventsTopic()), empty);
                    break;
                } catch (SerializationException e) {
                    if (e.getCause() instanceof RuntimeException) {
                        break; // The id is known now. The empty record itself cannot be written.
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

    /** The stopped partitions of this instance's lanes, sorted by number. */
    List<Stopped> stopped() {
        return lanes().flatMap(lane -> lane.stopped().all().values().stream())
                .sorted(Comparator.comparingInt(Stopped::partition))
                .toList();
    }

    /**
     * Makes the command at which a partition is stopped a dead letter. The partition then continues after it.
     *
     * @throws StoppedPartitions.NotStoppedHere when the partition is not stopped at this command on this instance
     * @throws KafkaUnavailable when the outcome is unknown; {@link #stopped} then shows it
     */
    void park(int partition, long offset, String reason, Actor actor) {
        Lane<C, S, V, E> lane = lanes().filter(each -> each.stopped().all().containsKey(partition))
                .findFirst()
                .orElseThrow(() -> new StoppedPartitions.NotStoppedHere("Partition " + partition
                        + " is not stopped on this instance. Ask the instance that lists it as stopped"));
        try {
            lane.stopped().park(partition, offset, reason, actor).get(PARKED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw (RuntimeException) Objects.requireNonNull(e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaUnavailable("The command was not parked in " + PARKED_WITHIN, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("Interrupted while a command was parked", e);
        }
    }

    private Stream<Lane<C, S, V, E>> lanes() {
        return Stream.ofNullable(instance).flatMap(deciding -> deciding.lanes().stream());
    }

    @Nullable
    LocalStore store() {
        Instance<C, S, V, E> deciding = instance;
        return deciding == null ? null : deciding.store();
    }

    /** The parts that are not ready to serve requests, each with its reason; empty when all are. */
    Map<String, String> missing() {
        if (!missing.isEmpty()) {
            return Map.of("start", missing);
        }
        Map<String, String> reasons = new LinkedHashMap<>();
        for (Started each : parts) {
            String reason = each.part().missing();
            if (!reason.isEmpty()) {
                reasons.put(each.name(), reason);
            }
        }
        return reasons;
    }

    boolean gaveUp() {
        return failedToStart || parts.stream().anyMatch(each -> each.part().gaveUp());
    }

    @Override
    public void stop() {
        Thread starting = starter;
        if (starting != null && starting.isAlive()) {
            starting.interrupt();
        }
        starter = null;
        // After an instance has left the group, other instances take its lanes over at once.
        parts.reversed().forEach(each -> each.part().stop());
        Admin ofTables = admin;
        if (ofTables != null) {
            ofTables.close(Duration.ZERO);
        }
    }

    @Override
    public boolean isRunning() {
        return starter != null;
    }

    /** Lower than the web server's phases: starts before it, and stops after it has answered the last request. */
    @Override
    public int getPhase() {
        return 0;
    }
}
