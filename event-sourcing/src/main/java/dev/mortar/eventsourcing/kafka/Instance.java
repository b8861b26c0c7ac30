package dev.mortar.eventsourcing.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of a service that this process runs: the local store, the follower that folds the log into it, the
 * membership in the group of deciders, and the lanes. The follower, the membership and each lane have a thread each.
 *
 * <p>The instance joins the group when its store has reached the end of the log. It leaves when the follower makes no
 * progress or finds an event of a newer release. A store that does not match the log is deleted and folded again.
 */
final class Instance<C, S, V, E> implements Follower.Listener, ServiceRuntime.Part {
    private static final Logger LOG = LoggerFactory.getLogger(Instance.class);
    private static final Duration POLL = Duration.ofMillis(300);
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

    private static final Duration ASK_PAUSE = Duration.ofMillis(200);
    private static final Duration SHORT_PAUSE = Duration.ofMillis(2);
    private static final Duration REACHED_WITHIN = Duration.ofSeconds(1);
    private static final Duration STANDS_STILL = Duration.ofSeconds(10);
    private static final Duration STOP_MAX = Duration.ofSeconds(20);

    private final ServiceDefinition<C, S, V, E> definition;
    private final KafkaSettings settings;
    private final Topics topics;
    private final Path directory;
    private final CommandGateway<C> gateway;
    private final Views views;
    private final Fold<C, S, V, E> fold;
    private final LaneBatch.Contract contract;
    private final LaneMembership membership;
    private final LaneMetrics metrics;
    private final Lag lag = new Lag();
    private final Timer foldTime;
    private final Counter foldedRecords;
    private volatile List<Thread> threads = List.of();
    private final Map<Integer, Lane<C, S, V, E>> lanes = new ConcurrentHashMap<>();

    private volatile boolean stopping;
    private volatile boolean caughtUp;
    private volatile long steppedAtNs = System.nanoTime();
    private volatile @Nullable String newerRelease;
    private volatile @Nullable LocalStore opened;
    private @Nullable Producer<String, byte[]> sender;

    /**
     * The service's topics, as the broker describes them: ids by name with prefix, partitions of each topic, and lanes
     * into which the partitions are divided.
     */
    record Topics(Map<String, String> ids, int partitions, int lanes) {}

    Instance(
            ServiceDefinition<C, S, V, E> definition,
            KafkaSettings settings,
            Topics topics,
            CommandGateway<C> gateway,
            Views views,
            MeterRegistry meters) {
        this.definition = definition;
        this.settings = settings;
        this.topics = topics;
        this.gateway = gateway;
        this.views = views;
        Map<String, String> folded = Map.of(
                definition.eventsTopic(), topicId(definition.eventsTopic()),
                definition.repliesTopic(), topicId(definition.repliesTopic()));
        this.directory = StoreDirectory.in(Path.of(settings.properties().stateDir()), definition, folded);
        Deserializer<SpecificRecord> deserializer = new PatientDeserializer(settings.deserializer());
        this.fold = new Fold<>(definition, deserializer, settings.properties().rememberCommands());
        this.contract = new LaneBatch.Contract(
                settings.prefixed(""),
                topicId(definition.commandsTopic()),
                topics.partitions(),
                settings.serializer(),
                settings.stateSerializer());
        this.membership = new LaneMembership(
                () -> new KafkaConsumer<>(settings.member()), settings.prefixed(definition.lanesTopic()));
        this.metrics = new LaneMetrics(meters, definition.noun);
        Tags service = Tags.of("service", definition.noun);
        foldTime = Timer.builder("mortar.fold.time").tags(service).register(meters);
        foldedRecords = meters.counter("mortar.folded.records", service);
        gauge(meters, "mortar.follower.lag.records", lag::records);
        gauge(meters, "mortar.follower.lag.seconds", () -> lag.seconds(System.nanoTime()));
        gauge(meters, "mortar.lanes.owned", () -> deciding().count());
        gauge(meters, "mortar.lanes.lag.records", () -> sum(lane -> lane.lag().records()));
        gauge(
                meters,
                "mortar.lanes.lag.seconds",
                () -> deciding()
                        .mapToDouble(lane -> lane.lag().seconds(System.nanoTime()))
                        .max()
                        .orElse(0));
        gauge(
                meters,
                "mortar.lanes.stopped",
                () -> sum(lane -> lane.stopped().all().size()));
        gauge(meters, "mortar.overlay.rows", () -> sum(Lane::overlayRows));
        gauge(meters, "mortar.store.rows", this::rows);
    }

    private String topicId(String topic) {
        return topics.ids().getOrDefault(settings.prefixed(topic), "");
    }

    private void gauge(MeterRegistry meters, String name, Supplier<Number> value) {
        Gauge.builder(name, value).tag("service", definition.noun).register(meters);
    }

    private Stream<Lane<C, S, V, E>> deciding() {
        return lanes.values().stream().filter(lane -> lane.phase() == Lane.Phase.DECIDING);
    }

    private long sum(ToLongFunction<Lane<C, S, V, E>> figure) {
        return deciding().mapToLong(figure).sum();
    }

    private long rows() {
        LocalStore store = opened;
        try {
            return store == null ? 0 : store.approximateRows();
        } catch (KafkaUnavailable closed) {
            return 0;
        }
    }

    void start() {
        sender = new KafkaProducer<>(settings.requestProducer());
        threads = List.of(run("follower", this::follow), run("membership", this::keepMembership));
    }

    private Thread run(String name, Runnable loop) {
        return Thread.ofPlatform().name(definition.noun + "-" + name).start(loop);
    }

    private void follow() {
        while (!stopping) {
            try (LocalStore store = new RocksLocalStore(directory);
                    EventLog<E> log = new EventLog<>(
                            settings.prefixed(definition.eventsTopic()),
                            fold,
                            new KafkaConsumer<>(settings.seeker("history")));
                    Consumer<String, byte[]> consumer = new KafkaConsumer<>(settings.follower())) {
                follow(store, log, consumer);
            } catch (Fold.LogDoesNotFit e) {
                LOG.error(
                        "The local store of {} does not match the log; it is deleted and folded again",
                        definition.noun,
                        e);
                StoreDirectory.delete(directory);
                // If the log itself is damaged, the next fold fails in the same way.
                pause(STANDS_STILL);
            } catch (RuntimeException e) {
                LOG.error("The follower of {} failed and starts again", definition.noun, e);
                pause(RETRY_PAUSE);
            }
        }
    }

    private void follow(LocalStore store, EventLog<E> log, Consumer<String, byte[]> consumer) {
        Follower<C, S, V, E> follower =
                new Follower<>(definition, settings.prefixed(""), topics.partitions(), fold, store, consumer, this);
        follower.start();
        opened = store;
        views.connect(store, log::read);
        gateway.connect(sender(), store, topics.partitions());
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> deciding = IntStream.range(0, topics.lanes())
                .mapToObj(lane -> run("lane-" + lane, () -> decide(lane, store, follower, over)))
                .toList();
        Pace pace = new Pace(settings.pace());
        Map<TopicPartition, Long> ends = Map.of();
        long endsAtNs = 0;
        long waitedNs = 0;
        try {
            while (!stopping) {
                try {
                    long beganNs = System.nanoTime();
                    int records = follower.step(POLL);
                    steppedAtNs = System.nanoTime();
                    lag.learn(consumer, steppedAtNs);
                    foldedRecords.increment(records);
                    long foldedNs = follower.foldedNs();
                    foldTime.record(foldedNs, TimeUnit.NANOSECONDS);
                    waitedNs += steppedAtNs - beganNs - foldedNs;
                    if (!caughtUp && follower.hasReached(ends)) {
                        caughtUp = !ends.isEmpty() && System.nanoTime() - endsAtNs <= REACHED_WITHIN.toNanos();
                        endsAtNs = System.nanoTime();
                        ends = consumer.endOffsets(consumer.assignment());
                    }
                    if (records > 0 && caughtUp) {
                        pace.pause(waitedNs);
                        waitedNs = 0;
                    }
                } catch (Fold.UnknownEvent e) {
                    LOG.error("The follower of {} cannot continue", definition.noun, e);
                    newerRelease = e.getMessage();
                    pause(RETRY_PAUSE);
                    follower.start();
                } catch (KafkaException e) {
                    LOG.warn("The follower of {} failed and tries again", definition.noun, e);
                    pause(RETRY_PAUSE);
                    follower.start();
                }
            }
        } finally {
            caughtUp = false;
            over.set(true);
            deciding.forEach(Instance::join);
            gateway.disconnect();
            views.disconnect();
            opened = null;
        }
    }

    private void keepMembership() {
        while (!stopping) {
            if (caughtUp && newerRelease == null && !standsStill()) {
                membership.join();
            } else if (membership.isJoined()) {
                LOG.warn(
                        "This instance leaves the group of {} deciders, because its follower is not up to date",
                        definition.noun);
                membership.leave();
            }
            membership.step(decided());
            if (!membership.isJoined()) {
                pause(SHORT_PAUSE);
            }
        }
        membership.leave();
    }

    private Map<TopicPartition, Long> decided() {
        Map<TopicPartition, Long> decided = new HashMap<>();
        deciding().forEach(lane -> decided.putAll(lane.decidedUpTo()));
        return decided;
    }

    private boolean standsStill() {
        return System.nanoTime() - steppedAtNs > STANDS_STILL.toNanos();
    }

    private void decide(int number, LocalStore store, Follower<C, S, V, E> follower, AtomicBoolean over) {
        List<Integer> partitions = IntStream.range(0, topics.partitions())
                .filter(partition -> partition % topics.lanes() == number)
                .boxed()
                .toList();
        try (Consumer<String, byte[]> commands = new KafkaConsumer<>(settings.commands(number))) {
            var cluster = new OfLane(number);
            String prefix = settings.prefixed("");
            var timers = new LaneTimers<>(definition, prefix, sender(), System::currentTimeMillis, UUID::randomUUID);
            LongSupplier clock = System::nanoTime;
            var parts = new Lane.Parts<>(
                    definition, contract, fold, store, follower, cluster, commands, gateway, timers, metrics, clock);
            Lane<C, S, V, E> lane = new Lane<>(parts, partitions);
            lanes.put(number, lane);
            Pace pace = new Pace(settings.pace());
            while (!over.get()) {
                boolean worked = lane.step(POLL);
                if (lane.phase() == Lane.Phase.DECIDING && !membership.isAssigned(number)) {
                    lane.stop();
                }
                switch (lane.phase()) {
                    case ASKING -> pause(ASK_PAUSE);
                    case FENCING -> {}
                    case CATCHING_UP -> pause(SHORT_PAUSE);
                    case DECIDING -> {
                        if (worked) {
                            pace.pause(lane.waitedNs());
                        } else {
                            pause(SHORT_PAUSE);
                        }
                    }
                }
            }
            lane.stop();
        } catch (RuntimeException e) {
            LOG.error("Lane {} of {} has failed", number, definition.noun, e);
            throw e;
        } finally {
            lanes.remove(number);
        }
    }

    private final class OfLane implements Lane.Cluster {
        private final int number;

        OfLane(int number) {
            this.number = number;
        }

        @Override
        public boolean owns() {
            return membership.owns(number);
        }

        @Override
        public Producer<String, byte[]> producer() {
            return new KafkaProducer<>(settings.laneProducer(number));
        }

        @Override
        public Map<TopicPartition, Long> ends(Collection<TopicPartition> logs) {
            Map<String, Object> uncommitted = settings.consumer("ends-" + number);
            uncommitted.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
            try (Consumer<String, byte[]> consumer = new KafkaConsumer<>(uncommitted)) {
                consumer.assign(logs);
                return consumer.endOffsets(logs);
            }
        }

        @Override
        public void newer(String why) {
            newerRelease = why;
        }
    }

    @Override
    public void changed(String view, String storeKey) {
        views.changed(view, storeKey);
    }

    @Override
    public void answered(int partition, Answer answer) {
        gateway.answered(answer);
    }

    Collection<Lane<C, S, V, E>> lanes() {
        return lanes.values();
    }

    @Nullable
    LocalStore store() {
        return opened;
    }

    @Override
    public String missing() {
        String newer = newerRelease;
        if (newer != null) {
            return newer;
        }
        return caughtUp ? "" : "the local store is not up to date";
    }

    /** It keeps trying for ever. */
    @Override
    public boolean gaveUp() {
        return false;
    }

    @Override
    public void stop() {
        stopping = true;
        threads.forEach(Instance::join);
        sender().close(Duration.ofSeconds(5));
    }

    private Producer<String, byte[]> sender() {
        return Objects.requireNonNull(sender);
    }

    private static void pause(Duration duration) {
        if (duration.isPositive()) {
            LockSupport.parkNanos(duration.toNanos());
        }
    }

    private static void join(Thread thread) {
        try {
            if (!thread.join(STOP_MAX)) {
                LOG.warn("Thread {} did not end in {}", thread.getName(), STOP_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
