package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.SimulatedService.Answered;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One process of a simulated service: the real follower and lane over a store in memory, and the requests that wait
 * here. What is in memory goes with the process, the store stays.
 */
final class SimulatedInstance<C, S, V, E>
        implements Lane.Cluster, Lane.Answers, Follower.Listener, SimulatedProducer.Fate {
    private static final int FOLLOWED_MAX = 7;
    private static final int COMMANDS_MAX = 5;
    private static final int NS_PER_MS = 1_000_000;

    final MemoryLocalStore store;
    final SimulatedConsumer commands;
    final Lane<C, S, V, E> lane;
    private final SimulatedService<C, S, V, E> service;
    private final SimulatedKafka kafka;
    private final SimulatedConsumer events;
    private final Follower<C, S, V, E> follower;
    private final LongSupplier clockMs;
    private final Map<UUID, List<Waiting<C>>> waiting = new HashMap<>();
    private final Map<TopicPartition, Long> endsAtTakeOver = new HashMap<>();
    private boolean proving;
    private MemoryLocalStore older;
    /** The group's coordinator says that the lane is this instance's. */
    boolean assigned;
    /** Time has passed since the lane's last step. */
    boolean timersDue = true;

    private record Waiting<C>(String token, String requestHash, C command) {}

    /** The process dies within a step. */
    static final class Died extends RuntimeException {
        Died() {
            super("dies here", null, false, false);
        }
    }

    SimulatedInstance(SimulatedService<C, S, V, E> service, MemoryLocalStore store, LongSupplier clockMs) {
        this.service = service;
        this.kafka = service.environment.kafka();
        this.store = store;
        this.clockMs = clockMs;
        this.older = store;
        SimulatedDefects defects = service.defects;
        ServiceDefinition<C, S, V, E> definition = service.definition;
        var fold = new Fold<>(definition, service.environment.deserializer(), service.environment.remember());
        events = new SimulatedConsumer(
                kafka, service::random, FOLLOWED_MAX, !defects.has(PlantedDefect.FOLLOW_UNCOMMITTED));
        commands = defects.commands(kafka, service::random, COMMANDS_MAX, clockMs);
        follower = new Follower<>(definition, "", kafka.partitions(), fold, store, events.asConsumer(), this) {
            @Override
            long next(TopicPartition log) {
                boolean takesOver = proving || lane.phase() != Lane.Phase.DECIDING;
                return defects.followed(super.next(log), takesOver, endsAtTakeOver.getOrDefault(log, 0L));
            }
        };
        follower.start();
        var timers = new LaneTimers<>(definition, "", service.timerSender(), clockMs, service.environment.timerIds());
        var consumer = commands.asConsumer();
        LongSupplier nanoTime = () -> kafka.nowMs() * NS_PER_MS;
        var parts = new Lane.Parts<>(
                definition,
                service.contract,
                fold,
                store,
                follower,
                this,
                consumer,
                this,
                timers,
                service.metrics,
                nanoTime);
        lane = defects.lane(
                parts, IntStream.range(0, kafka.partitions()).boxed().toList());
    }

    boolean follows() {
        return events.hasMore();
    }

    boolean decides() {
        return switch (lane.phase()) {
            case ASKING -> owns();
            case FENCING -> true;
            case CATCHING_UP -> timersDue || !events.hasMore();
            case DECIDING -> timersDue || commands.hasMore();
        };
    }

    void follow() {
        if (service.random().nextInt(CHECKPOINT_ONE_IN) == 0) {
            older = store.copy();
        }
        follower.step(SimulatedConsumer.AT_ONCE);
    }

    private static final int CHECKPOINT_ONE_IN = 40;

    void decide() {
        timersDue = false;
        Lane.Phase before = lane.phase();
        lane.step(SimulatedConsumer.AT_ONCE);
        timersDue |= lane.phase() == Lane.Phase.DECIDING && before != Lane.Phase.DECIDING;
    }

    /** A store that the next process may begin with. */
    MemoryLocalStore older() {
        return older == store ? store.copy() : older;
    }

    /**
     * Takes a request as {@link CommandGateway} does: it waits first, then this instance looks whether it is known.
     *
     * @return true when it is not known, and its command has to be sent
     */
    boolean await(UUID commandId, String requestHash, C command, String token) {
        Waiting<C> waiter = new Waiting<>(token, requestHash, command);
        waiting.computeIfAbsent(commandId, _ -> new ArrayList<>()).add(waiter);
        PartitionRows rows = rows(kafka.home(service.definition.aggregateId.apply(command)));
        Answer earlier = rows.answer(commandId);
        Duration remembered = service.environment.remember().multipliedBy(25).dividedBy(24);
        Instant now = Instant.ofEpochMilli(clockMs.getAsLong());
        if (earlier == null || !earlier.now().plus(remembered).isAfter(now)) {
            return true;
        }
        if (!earlier.requestHash().equals(requestHash)) {
            waiting.getOrDefault(commandId, List.of()).remove(waiter);
            answer(waiter, null, Refusal.of(new Refusal.KeyReused()), 0, now);
        } else if (earlier.eventPosition() <= rows.position()) {
            answered(rows, earlier);
        }
        return false;
    }

    private PartitionRows rows(int partition) {
        return new PartitionRows(partition, new Changes(store::get));
    }

    @Override
    public boolean owns() {
        // It joins the group when its follower has come near the end, and with another log's store it never does.
        return (assigned || service.defects.has(PlantedDefect.TAKE_OVER_UNASKED)) && !service.isStrange(store);
    }

    @Override
    public Producer<String, byte[]> producer() {
        return SimulatedProducer.of(kafka, service.definition.noun + "-decider-0", this);
    }

    @Override
    public Map<TopicPartition, Long> ends(Collection<TopicPartition> logs) {
        Map<TopicPartition, Long> ends = kafka.ends(logs);
        endsAtTakeOver.putAll(ends);
        return ends;
    }

    @Override
    public void fenced() {
        service.takenOver();
    }

    @Override
    public @Nullable ProducerRecord<String, byte[]> sending(ProducerRecord<String, byte[]> record) {
        service.sending(this);
        return service.defects.inTransaction(record);
    }

    @Override
    public boolean isInTransaction(ProducerRecord<String, byte[]> record) {
        return service.defects.isInTransaction(record);
    }

    @Override
    public void flushed() {
        proving = true;
    }

    @Override
    public void committing(Runnable commit) {
        proving = false;
        service.committing(commit);
    }

    @Override
    public boolean canBeFenced() {
        return !service.defects.has(PlantedDefect.COMMIT_AFTER_FENCING);
    }

    @Override
    public boolean isAwaited(Answer answer) {
        return waiting.containsKey(answer.commandId());
    }

    @Override
    public void decided(Answer answer, @Nullable Reply reply) {
        complete(answer, _ -> reply);
    }

    @Override
    public void newer(String why) {
        service.problem(why);
    }

    @Override
    public void answered(int partition, Answer answer) {
        answered(rows(partition), answer);
    }

    private void answered(PartitionRows rows, Answer answer) {
        complete(answer, command -> {
            String aggregateId = service.definition.aggregateId.apply(command);
            if (rows.sequence(aggregateId) < answer.sequence()) {
                service.problem("the answer to " + answer.commandId() + " shows " + aggregateId + " at "
                        + rows.sequence(aggregateId) + ", its own events end at " + answer.sequence());
            }
            return Reply.to(service.definition, command, answer, rows);
        });
    }

    private void complete(Answer answer, Function<C, @Nullable Reply> replies) {
        List<Waiting<C>> others = new ArrayList<>();
        for (Waiting<C> each : waiting.getOrDefault(answer.commandId(), List.of())) {
            if (each.requestHash.equals(answer.requestHash())) {
                Reply reply = answer.refusal() == null ? replies.apply(each.command) : null;
                answer(each, reply, answer.refusal(), answer.sequence(), answer.now());
            } else {
                others.add(each);
            }
        }
        if (others.isEmpty()) {
            waiting.remove(answer.commandId());
        } else {
            waiting.put(answer.commandId(), others);
        }
    }

    private void answer(
            Waiting<C> to, @Nullable Reply reply, @Nullable Refusal refusal, long sequence, Instant decidedAt) {
        String name = refusal == null ? null : refusal.name();
        String content = refusal == null ? "sequence " + sequence : refusal.name() + " " + refusal.data();
        service.environment.answers().accept(new Answered(to.token, reply, name, content, decidedAt));
    }
}
