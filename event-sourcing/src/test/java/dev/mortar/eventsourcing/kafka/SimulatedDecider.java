package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.eventsourcing.kafka.SimulatedLog.Entry;
import dev.mortar.eventsourcing.kafka.SimulatedLog.State;
import dev.mortar.eventsourcing.kafka.SimulatedLog.Transaction;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * One partition of a service's decider in a simulation: the real processor on simulated stores and log. What is durable
 * outlives the instances that work on it; of these the newest owns the partition, an older one that has not noticed is
 * a zombie. A transaction takes the offset, the stores' changes and the output along, or none of them.
 *
 * @param <C> commands
 */
public final class SimulatedDecider<C, S, V, E> {

    private static final int TIMERS_SKIPPED_ONE_IN = 3;
    private static final int EVENTS_LOST_ONE_IN = 40;

    private final ServiceDefinition<C, S, V, E> definition;
    private final int partition;
    private final SimulatedLog log;
    private final DeciderTopology.Environment environment;
    private final Deserializer<SpecificRecord> deserializer;
    private final Set<PlantedDefect> defects;
    private final String changelog;
    private final String offsets;

    private final SimulatedStores durable;
    private long durableOffset;
    private final List<Instance> instances = new ArrayList<>();
    private final List<Transaction> orphans = new ArrayList<>();
    private @Nullable SimulatedStores storesOfTheDead;

    /** @param timerIds ids of the timers' commands, no two alike */
    public SimulatedDecider(
            ServiceDefinition<C, S, V, E> definition,
            int partition,
            SimulatedLog log,
            Serializer<SpecificRecord> serializer,
            Deserializer<SpecificRecord> deserializer,
            Duration rememberCommands,
            Supplier<UUID> timerIds,
            MeterRegistry meters,
            Set<PlantedDefect> defects) {
        this.definition = definition;
        this.partition = partition;
        this.log = log;
        this.deserializer = deserializer;
        this.durable = SimulatedStores.empty(rememberCommands);
        this.defects = defects;
        this.changelog = definition.noun + "-decider-changelog";
        this.offsets = definition.noun + "-decider-offsets";
        this.environment = new DeciderTopology.Environment(
                "",
                log.partitions(),
                definition.commandsTopic(),
                serializer,
                this::lastPosition,
                rememberCommands,
                timerIds,
                meters);
    }

    /** Name of the service and number of the partition. */
    @Override
    public String toString() {
        return definition.noun + "-" + partition;
    }

    private OptionalLong lastPosition(int ofPartition) {
        Entry last = log.lastCommitted(definition.eventsTopic(), ofPartition);
        return OptionalLong.of(
                last == null ? 0 : EventRecords.metaOf(read(last)).getPosition());
    }

    private SpecificRecord read(Entry event) {
        return Objects.requireNonNull(deserializer.deserialize(event.topic(), event.headers(), event.value()));
    }

    /** The instance that owns the partition, or null. */
    public @Nullable Instance owner() {
        return instances.isEmpty() || !instances.getLast().alive ? null : instances.getLast();
    }

    /** Instances that lost the partition and do not know it yet. */
    public List<Instance> zombies() {
        return instances.size() < 2 ? List.of() : List.copyOf(instances.subList(0, instances.size() - 1));
    }

    /** False while a transaction on the partition is under way: a new owner first has to see how it ends. */
    public boolean canStart() {
        return stable(changelog)
                && stable(offsets)
                && (stable(definition.eventsTopic()) || defects.contains(PlantedDefect.START_BEFORE_MARKERS));
    }

    private boolean stable(String topic) {
        return log.stableEnd(topic, partition) == log.end(topic, partition);
    }

    /**
     * Gives the partition to a new instance.
     *
     * @param wallClockMs the instance's own clock
     */
    public Instance start(LongSupplier wallClockMs) {
        instances.removeIf(instance -> !instance.alive);
        Instance started = new Instance(wallClockMs);
        instances.add(started);
        started.processor.init(started.context);
        return started;
    }

    /** The group forgets how far it is: the next owner begins with the first command. */
    public void loseOffset() {
        durableOffset = 0;
        if (defects.contains(PlantedDefect.TRUST_GROUP_OFFSETS)) {
            durable.entries().remove("o|" + environment.commandsTopicId() + "|" + partition);
        }
    }

    /** Open transactions that nobody will end but the coordinator. */
    public List<Transaction> orphans() {
        if (!orphans.isEmpty()) {
            orphans.removeIf(orphan -> orphan.state() != State.OPEN);
        }
        return List.copyOf(orphans);
    }

    /** What the store has and folding the events does not, and the reverse; empty when they are the same. */
    public List<String> differencesFromFold() {
        Map<String, V> entries = new TreeMap<>();
        Map<String, Long> sequences = new TreeMap<>();
        long position = 0;
        for (Entry event = log.committed(definition.eventsTopic(), partition, 0);
                event != null;
                event = log.committed(definition.eventsTopic(), partition, event.offset() + 1)) {
            String aggregateId = Objects.requireNonNull(event.key());
            WorkingSet<V> set = WorkingSet.over(entries::get);
            S before = definition.storage.load(aggregateId, set);
            S after = definition.decider.evolve(
                    before, Objects.requireNonNull(definition.reader).read(read(event)));
            definition.storage.save(aggregateId, set, after).changes().forEach((key, value) -> {
                if (value == null) {
                    entries.remove(key);
                } else {
                    entries.put(key, value);
                }
            });
            sequences.merge(aggregateId, 1L, Long::sum);
            position++;
        }
        Map<String, String> expected = new TreeMap<>();
        entries.forEach((key, value) ->
                expected.put("e|" + key, new String(Json.write(definition.entryType, value), StandardCharsets.UTF_8)));
        sequences.forEach((id, sequence) -> expected.put("s|" + id, Long.toString(sequence)));
        if (position > 0) {
            expected.put("p|", Long.toString(position));
        }
        Map<String, String> found = new TreeMap<>();
        durable.entries().forEach((key, value) -> {
            if (key.startsWith("e|")) {
                found.put(key, new String(value, StandardCharsets.UTF_8));
            } else if (key.startsWith("s|") || key.startsWith("p|")) {
                found.put(key, Long.toString(java.nio.ByteBuffer.wrap(value).getLong()));
            }
        });
        List<String> differences = new ArrayList<>();
        expected.forEach((key, value) -> {
            if (!value.equals(found.get(key))) {
                differences.add(this + " has for " + key + " " + found.get(key) + ", its events make " + value);
            }
        });
        found.keySet().stream()
                .filter(key -> !expected.containsKey(key))
                .forEach(key -> differences.add(this + " has " + key + ", which its events do not make"));
        return differences;
    }

    /** When the next deadline is due by the broker's clock, in milliseconds; {@link Long#MAX_VALUE} when none is. */
    public long nextDeadlineMs() {
        String next = durable.entries().ceilingKey("d|");
        return next == null || !next.startsWith("d|")
                ? Long.MAX_VALUE
                : Long.parseLong(next.substring(2, next.indexOf('|', 2))) / 1_000;
    }

    /** The committed entries of the store, each as JSON. */
    public List<String> committedEntries() {
        List<String> found = new ArrayList<>();
        durable.entries()
                .subMap("e|", "e}")
                .values()
                .forEach(json -> found.add(new String(json, StandardCharsets.UTF_8)));
        return found;
    }

    /** One run of the service that has, or had, the partition. */
    public final class Instance {
        private final SimulatedStores stores;
        private final DeciderProcessor<C, S, V, E> processor = new DeciderProcessor<>(definition, environment);
        private final Context context = new Context();
        private final LongSupplier wallClockMs;
        private @Nullable Punctuator timers;
        private @Nullable Transaction transaction;
        private boolean alive = true;
        private boolean consumed;
        private long position = durableOffset;
        private long read = -1;

        private Instance(LongSupplier wallClockMs) {
            this.wallClockMs = wallClockMs;
            boolean stale = defects.contains(PlantedDefect.REUSE_STALE_STORE) && storesOfTheDead != null;
            stores = stale ? Objects.requireNonNull(storesOfTheDead) : durable.copy();
            stores.forgetChanges();
        }

        /** True while it has not crashed and has not noticed that it was fenced. */
        public boolean alive() {
            return alive;
        }

        /** True while the markers of its last transaction are on their way: Kafka lets it begin no other before. */
        public boolean waits() {
            Transaction last = transaction;
            if (last == null || last.state() == State.OPEN) {
                return false;
            }
            if (last.finished()) {
                transaction = null;
                return false;
            }
            return true;
        }

        /** True when there is something to commit. */
        public boolean dirty() {
            return transaction != null && transaction.state() == State.OPEN;
        }

        /** True when a command waits to be decided. */
        public boolean hasInput() {
            return log.committed(definition.commandsTopic(), partition, position) != null;
        }

        /** Decides the next command, in the open transaction. */
        public void decide() {
            Entry command = Objects.requireNonNull(log.committed(definition.commandsTopic(), partition, position));
            begin();
            position = command.offset() + 1;
            read = command.offset();
            consumed = true;
            long nowMs = defects.contains(PlantedDefect.DECIDE_BY_INSTANCE_CLOCK)
                    ? wallClockMs.getAsLong()
                    : command.timestampMs();
            RecordHeaders headers = new RecordHeaders(command.headers().toArray());
            if (defects.contains(PlantedDefect.SKIP_DEDUPE_OF_EVENTS)) {
                headers.remove("source");
            }
            if (defects.contains(PlantedDefect.SKIP_DEDUPE_OF_REQUESTS)) {
                stores.forgetRequests();
            }
            processor.process(new Record<>(command.key(), command.value(), nowMs, headers));
            joinChangelog();
        }

        /** Lets the timers run, by this instance's clock. */
        public void tick() {
            begin();
            Objects.requireNonNull(timers).punctuate(wallClockMs.getAsLong());
            joinChangelog();
            Transaction begun = Objects.requireNonNull(transaction);
            if (!consumed && begun.isEmpty()) {
                log.decide(begun, true);
                transaction = null;
            }
        }

        private void begin() {
            if (transaction == null) {
                transaction = log.begin();
            }
        }

        private void joinChangelog() {
            if (stores.changed()) {
                log.join(Objects.requireNonNull(transaction), changelog, partition);
            }
        }

        /** Commits; false when it was fenced, and is no more. Without input Kafka does not look at who owns what. */
        public boolean commit() {
            Transaction ending = Objects.requireNonNull(transaction);
            boolean fenced = consumed && this != owner() && !defects.contains(PlantedDefect.COMMIT_AFTER_FENCING);
            if (fenced) {
                log.decide(ending, false);
                stop();
                return false;
            }
            if (consumed) {
                log.join(ending, offsets, partition);
                durableOffset = position;
            }
            if (defects.contains(PlantedDefect.LOSE_STATE_AT_COMMIT)) {
                stores.forgetChanges();
            }
            stores.commitTo(durable);
            consumed = false;
            log.decide(ending, true);
            return true;
        }

        /** Dies at this point. Its open transaction stays until the coordinator ends it. */
        public void crash() {
            Transaction left = transaction;
            if (left != null && left.state() == State.OPEN) {
                orphans.add(left);
            }
            storesOfTheDead = stores;
            stop();
        }

        private void stop() {
            alive = false;
            processor.close();
            if (this != instances.getLast()) {
                instances.remove(this);
            }
        }

        private void forward(Record<String, byte[]> record, String sink) {
            String topic = switch (sink) {
                case DeciderTopology.EVENTS -> definition.eventsTopic();
                case DeciderTopology.REPLIES -> definition.repliesTopic();
                case DeciderTopology.DEAD_LETTERS -> definition.deadLettersTopic();
                case DeciderTopology.COMMANDS -> definition.commandsTopic();
                default -> throw new IllegalArgumentException("no sink " + sink);
            };
            if (sink.equals(DeciderTopology.COMMANDS)
                    && defects.contains(PlantedDefect.SKIP_DUE_TIMER)
                    && Math.floorMod(Arrays.hashCode(record.value()), TIMERS_SKIPPED_ONE_IN) == 0) {
                return;
            }
            if (sink.equals(DeciderTopology.EVENTS)
                    && defects.contains(PlantedDefect.TEAR_TRANSACTION)
                    && Math.floorMod(Arrays.hashCode(record.value()), EVENTS_LOST_ONE_IN) == 0) {
                return;
            }
            int to = sink.equals(DeciderTopology.REPLIES)
                    ? Integer.parseInt(record.key().substring(0, record.key().indexOf('|')))
                    : log.partitionOf(record.key());
            boolean early = sink.equals(DeciderTopology.EVENTS) && defects.contains(PlantedDefect.SEND_BEFORE_COMMIT);
            log.append(
                    topic,
                    to,
                    record.key(),
                    record.value(),
                    record.headers(),
                    record.timestamp(),
                    early ? null : transaction);
        }

        /** What the processor sees of Kafka Streams. */
        private final class Context implements ProcessorContext<String, byte[]> {
            @Override
            @SuppressWarnings({"rawtypes", "unchecked"}) // No type variable can be bounded by byte[].
            public void forward(Record record, String child) {
                Instance.this.forward((Record<String, byte[]>) record, child);
            }

            @Override
            @SuppressWarnings("rawtypes")
            public void forward(Record record) {
                throw new UnsupportedOperationException("a decider names its sinks");
            }

            @Override
            @SuppressWarnings("unchecked") // The processor asks for the two stores its topology names.
            public <T extends StateStore> T getStateStore(String name) {
                return (T)
                        (name.equals(DeciderTopology.stateStore(definition))
                                ? stores.entryStore()
                                : stores.requestStore());
            }

            @Override
            public Cancellable schedule(Duration interval, PunctuationType type, Punctuator callback) {
                timers = callback;
                return () -> timers = null;
            }

            @Override
            public Cancellable schedule(Instant start, Duration interval, PunctuationType type, Punctuator callback) {
                return schedule(interval, type, callback);
            }

            @Override
            public TaskId taskId() {
                return new TaskId(0, partition);
            }

            @Override
            public Optional<RecordMetadata> recordMetadata() {
                return Optional.of(new Place(definition.commandsTopic(), partition, read));
            }

            @Override
            public long currentSystemTimeMs() {
                return wallClockMs.getAsLong();
            }

            @Override
            public long currentStreamTimeMs() {
                return log.nowMs();
            }

            @Override
            public String applicationId() {
                return definition.noun + "-decider";
            }

            @Override
            public Serde<?> keySerde() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Serde<?> valueSerde() {
                throw new UnsupportedOperationException();
            }

            @Override
            public File stateDir() {
                throw new UnsupportedOperationException();
            }

            @Override
            public StreamsMetrics metrics() {
                throw new UnsupportedOperationException();
            }

            @Override
            public void commit() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Map<String, Object> appConfigs() {
                return Map.of();
            }

            @Override
            public Map<String, Object> appConfigsWithPrefix(String prefix) {
                return Map.of();
            }
        }
    }

    private record Place(String topic, int partition, long offset) implements RecordMetadata {}
}
