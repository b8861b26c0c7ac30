package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.CommandRequest;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A service in a simulation: two instances, each with the real follower, lane and timers over a store in memory, and
 * everything that can go wrong with them. One lane has all partitions. Every instance hears of requests.
 *
 * @param <C> commands
 */
public final class SimulatedService<C, S, V, E> {
    /** Instances of a service. */
    public static final int INSTANCES = 2;

    private static final int STRANGE_EPOCH = 7;

    final ServiceDefinition<C, S, V, E> definition;
    final Environment environment;
    final SimulatedDefects defects;
    final LaneBatch.Contract contract;
    final LaneMetrics metrics;
    private final SimulatedKafka kafka;
    private final List<SimulatedInstance<C, S, V, E>> instances = new ArrayList<>();
    private final long[] clocksOffMs = new long[INSTANCES];
    private final List<String> problems = new ArrayList<>();
    private RandomGenerator random = new SplittableRandom(0);
    private @Nullable Harm harm;
    private int sendsBeforeHarm;
    private int commandsRead;
    private int takeovers;

    /**
     * What a service needs of a simulation.
     *
     * @param remember how long a request is known as a repeat
     */
    public record Environment(
            SimulatedKafka kafka,
            Serializer<SpecificRecord> serializer,
            Deserializer<SpecificRecord> deserializer,
            Duration remember,
            Supplier<UUID> timerIds,
            Consumer<Answered> answers,
            Set<PlantedDefect> defects) {}

    /**
     * An answer to a request.
     *
     * @param token of the request
     * @param reply null when the command was refused
     * @param refusal name of the rejection, or null
     * @param content what a repeat of the request has to get as well
     * @param decidedAt when it was decided first
     */
    public record Answered(
            String token, @Nullable Reply reply, @Nullable String refusal, String content, Instant decidedAt) {}

    /** What happens to the next transaction. */
    public enum Harm {
        /** The instance dies while it writes the transaction. */
        DIES_WHILE_SENDING,
        /** The other instance takes over while it is written. */
        FENCED_WHILE_SENDING,
        /** The commit may reach the broker or not, and the instance dies. */
        DIES_BEFORE_COMMIT,
        /** It is committed, and the instance dies before it knows. */
        DIES_AFTER_COMMIT,
        /** The commit may reach the broker or not, and the instance is told that it timed out. */
        COMMIT_LOST,
        /** It is committed, and the instance is told that it timed out. */
        COMMIT_NOT_TOLD
    }

    /** A lane has stopped partitions, as it does when only a person can help. */
    public static final class LaneStopped extends RuntimeException {
        LaneStopped(Map<Integer, StoppedPartitions.Stopped> stopped) {
            super(stopped.toString());
        }
    }

    /** A service of two instances with empty stores. */
    public SimulatedService(ServiceDefinition<C, S, V, E> definition, Environment environment) {
        this.definition = definition;
        this.environment = environment;
        this.kafka = environment.kafka();
        this.defects = new SimulatedDefects(environment.defects());
        this.contract = new LaneBatch.Contract(
                "",
                SimulatedProcess.idOf(definition.commandsTopic()),
                kafka.partitions(),
                environment.serializer(),
                environment.serializer());
        this.metrics = new LaneMetrics(new CompositeMeterRegistry(), definition.noun);
        for (int i = 0; i < INSTANCES; i++) {
            instances.add(instance(i, new MemoryLocalStore()));
        }
        instances.getFirst().assigned = true;
    }

    private SimulatedInstance<C, S, V, E> instance(int i, MemoryLocalStore store) {
        return new SimulatedInstance<>(this, store, () -> kafka.nowMs() + clocksOffMs[i]);
    }

    /** Name of the service. */
    @Override
    public String toString() {
        return definition.noun;
    }

    RandomGenerator random() {
        return random;
    }

    /** True when an instance's follower has something to read. */
    public boolean follows(int i) {
        return instances.get(i).follows();
    }

    /** True when a step of an instance's lane would do something. */
    public boolean decides(int i) {
        return instances.get(i).decides();
    }

    /** True when an instance has commands to decide. */
    public boolean isBusy(int i) {
        return instances.get(i).commands.hasMore();
    }

    /** An instance's follower takes a step. */
    public void follow(int i, RandomGenerator by) {
        step(i, by, instances.get(i)::follow);
    }

    /** An instance's lane takes a step. */
    public void decide(int i, RandomGenerator by) {
        int before = instances.get(i).commands.read();
        step(i, by, instances.get(i)::decide);
        commandsRead += Math.max(0, instances.get(i).commands.read() - before);
        var stopped = instances.get(i).lane.stopped().all();
        if (!stopped.isEmpty()) {
            throw new LaneStopped(stopped);
        }
    }

    private void step(int i, RandomGenerator by, Runnable step) {
        random = by;
        SimulatedInstance<C, S, V, E> instance = instances.get(i);
        try {
            step.run();
        } catch (SimulatedInstance.Died e) {
            replace(i, instance.store);
        } catch (Fold.LogDoesNotFit e) {
            if (!isStrange(instance.store)) {
                throw e;
            }
            instance.assigned = false;
            replace(i, new MemoryLocalStore());
        }
    }

    private void replace(int i, MemoryLocalStore store) {
        SimulatedInstance<C, S, V, E> old = instances.get(i);
        SimulatedInstance<C, S, V, E> next = instance(i, store);
        next.assigned = old.assigned;
        instances.set(i, next);
        if (instances.stream().noneMatch(each -> each.assigned)) {
            instances.get(1 - i).assigned = true;
        }
    }

    /** Time has passed. */
    public void timePassed() {
        instances.forEach(instance -> instance.timersDue = true);
    }

    /**
     * An instance dies at this point. The next one begins with its store, with an older copy of it, or with nothing.
     */
    public void crash(int i, RandomGenerator by) {
        SimulatedInstance<C, S, V, E> instance = instances.get(i);
        if (by.nextBoolean()) {
            instance.assigned = false;
        }
        replace(
                i,
                switch (by.nextInt(4)) {
                    case 0 -> new MemoryLocalStore();
                    case 1 -> instance.older();
                    default -> instance.store;
                });
    }

    /** The group gives the lane to the other instance, and the former owner has not noticed. */
    public void giveToOther() {
        instances.forEach(instance -> instance.assigned = !instance.assigned);
        if (instances.stream().allMatch(each -> each.assigned == instances.getFirst().assigned)) {
            instances.getFirst().assigned = true;
            instances.getLast().assigned = false;
        }
    }

    /** Both instances believe that they own the lane. */
    public void giveToBoth() {
        instances.forEach(instance -> instance.assigned = true);
    }

    /** Sets an instance's own clock. */
    public void setClock(int i, long offMs) {
        clocksOffMs[i] = offMs;
    }

    /** Harms the next transaction, after some sends. */
    public void harm(Harm next, RandomGenerator by) {
        harm = next;
        sendsBeforeHarm = by.nextInt(6);
    }

    void sending(SimulatedInstance<C, S, V, E> by) {
        if (harm == Harm.DIES_WHILE_SENDING || harm == Harm.FENCED_WHILE_SENDING) {
            if (sendsBeforeHarm-- > 0) {
                return;
            }
            boolean dies = harm == Harm.DIES_WHILE_SENDING;
            harm = null;
            if (dies) {
                throw new SimulatedInstance.Died();
            }
            for (SimulatedInstance<C, S, V, E> other : instances) {
                other.assigned = other != by;
                if (other != by) {
                    other.lane.giveUp();
                    other.decide();
                    other.decide();
                }
            }
        }
    }

    void committing(Runnable commit) {
        Harm now = harm == Harm.DIES_WHILE_SENDING || harm == Harm.FENCED_WHILE_SENDING ? null : harm;
        if (now != null) {
            harm = null;
        }
        if (now != Harm.DIES_BEFORE_COMMIT && now != Harm.COMMIT_LOST) {
            commit.run();
        }
        if (now == Harm.DIES_BEFORE_COMMIT || now == Harm.DIES_AFTER_COMMIT) {
            throw new SimulatedInstance.Died();
        }
        if (now != null) {
            throw new TimeoutException("the commit is not answered");
        }
    }

    void takenOver() {
        takeovers++;
    }

    /**
     * An instance starts with the store of another log: a leader wrote to it that this log never had.
     *
     * @return false when there is nothing in the log
     */
    public boolean startWithStrangeStore(int i, RandomGenerator by) {
        var events = new TopicPartition(definition.eventsTopic(), by.nextInt(kafka.partitions()));
        if (kafka.end(events) == 0) {
            return false;
        }
        MemoryLocalStore store = instances.get(i).store;
        store.write(Map.of(
                PartitionRows.offsetKey(events),
                ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                        .putLong(kafka.end(events) + by.nextInt(3))
                        .putInt(STRANGE_EPOCH)
                        .array()));
        replace(i, store);
        return true;
    }

    /** True when a store comes from a log that goes on in another way. */
    boolean isStrange(MemoryLocalStore store) {
        for (int partition = 0; partition < kafka.partitions(); partition++) {
            byte[] next = store.get(PartitionRows.offsetKey(new TopicPartition(definition.eventsTopic(), partition)));
            if (next != null && ByteBuffer.wrap(next).getInt(Long.BYTES) == STRANGE_EPOCH) {
                return true;
            }
        }
        return false;
    }

    /**
     * Commands and replies expire.
     *
     * @return false when none were old enough
     */
    public boolean expire() {
        return new SimulatedRetention(kafka).expire(definition);
    }

    /** Faults end: one instance owns the lane, all clocks are right. */
    public void endFaults() {
        harm = null;
        Arrays.fill(clocksOffMs, 0);
        boolean first = instances.getFirst().assigned;
        instances.getFirst().assigned = first;
        instances.getLast().assigned = !first;
        takeovers = 0;
        timePassed();
    }

    /** A producer of the timers' commands. */
    @SuppressWarnings("unchecked")
    Producer<String, byte[]> timerSender() {
        return (Producer<String, byte[]>) Proxy.newProxyInstance(
                Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                    ProducerRecord<String, byte[]> command = (ProducerRecord<String, byte[]>) arguments[0];
                    if (defects.isSent(command)) {
                        kafka.append(command);
                    }
                    return new CompletableFuture<>();
                });
    }

    /**
     * Asks an instance for something, as an HTTP request does. Its answer, when there is one, comes under the token.
     *
     * @param command as JSON or as itself
     * @return the record to bring to the log; null when the request is known
     */
    public @Nullable ProducerRecord<String, byte[]> ask(int i, Object command, CommandRequest request, String token) {
        C typed = command instanceof JsonNode json
                ? Json.mapper().treeToValue(json, definition.commandType)
                : definition.commandType.cast(command);
        String hash = CommandGateway.requestHash(definition, typed);
        return instances.get(i).await(request.commandId(), hash, typed, token)
                ? definition.record("", typed, CommandHeaders.of(request, hash))
                : null;
    }

    /** Makes the serializer ask the registry for the schemas of a service's events, in the order they are written. */
    public static void registerSchemas(
            ServiceDefinition<?, ?, ?, ?> definition, Serializer<SpecificRecord> serializer) {
        for (SpecificRecord empty : definition.reader().emptyRecords()) {
            try {
                serializer.serialize(definition.eventsTopic(), empty);
            } catch (SerializationException e) {
                // The schema is registered by now; that an empty record cannot be written was to be expected.
                if (!(e.getCause() instanceof RuntimeException)) {
                    throw e;
                }
            }
        }
    }

    /** Commands that the instances have read, repeats and repeated reads among them. */
    public int commandsRead() {
        return commandsRead;
    }

    /** When the next deadline is due by the broker's clock, in milliseconds; {@link Long#MAX_VALUE} when none is. */
    public long nextDeadlineMs() {
        long nextMs = Long.MAX_VALUE;
        for (int partition = 0; partition < kafka.partitions(); partition++) {
            for (var row : instances.getFirst().store.range("d|" + partition + "|", "d|" + partition + "}", 1)) {
                String micros = row.key().split("\\|", 4)[2];
                nextMs = Math.min(nextMs, Long.parseLong(micros) / 1_000);
            }
        }
        return nextMs;
    }

    /** The entries of the first instance's store, each as JSON. */
    public List<String> entries() {
        return instances.getFirst().store.range("e|", "e}", Integer.MAX_VALUE).stream()
                .map(row -> Row.json(row.value()))
                .toList();
    }

    void problem(String problem) {
        problems.add(definition.noun + ": " + problem);
    }

    /** Everything that is wrong with the log and the stores when faults have ended and nothing moves any more. */
    public List<String> problems() {
        var judge = new SimulatedJudge(definition, kafka, environment.remember());
        List<MemoryLocalStore> stores =
                instances.stream().map(instance -> instance.store).toList();
        judge.problems(instance(0, new MemoryLocalStore()), stores, takeovers).forEach(this::problem);
        return List.copyOf(problems);
    }
}
