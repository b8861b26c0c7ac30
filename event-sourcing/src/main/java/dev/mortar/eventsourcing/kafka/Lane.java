package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.StoppedPartitions.Stopped;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BinaryOperator;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides the commands of a fixed set of partitions, one transaction after the other.
 *
 * <p>The events in the log are the only state. A lane reads this state from the local store, which this instance's
 * follower folds, and from an overlay with its own transactions that the follower has not reached yet. Before a lane
 * decides, it makes sure that no other owner can write and that the store contains all earlier events:
 *
 * <ol>
 *   <li>Fence: {@code initTransactions} commits or aborts the former owner's last transaction and blocks its producer.
 *   <li>Catch up: the lane waits until the follower has reached the ends of events and replies.
 *   <li>Decide: the lane starts with the command after the mark. The last transaction of each partition left the mark
 *       in the log.
 * </ol>
 *
 * <p>The lane decides a whole batch before it writes anything. Then it writes events, replies, dead letters and states
 * in one transaction, which ends with a mark in each partition. Commands after the mark had no effect, so deciding them
 * again gives the same result. After a Kafka failure the outcome of a transaction is unknown. The lane then drops its
 * producer and overlay, asks whether it still owns its partitions, and takes over again.
 */
class Lane<C, S, V, E> implements Changes.Below {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    static final int OVERLAY_ROWS_MAX = 20_000;
    private static final Duration CATCH_UP_MAX = Duration.ofSeconds(30);
    private static final Duration FULL_MARK_EVERY = Duration.ofHours(6);

    private final Parts<C, S, V, E> parts;
    private final ServiceDefinition<C, S, V, E> definition;
    private final LaneBatch.Contract contract;
    private final Follower<C, S, V, E> follower;
    private final Consumer<String, byte[]> consumer;
    private final List<Integer> partitions;
    private final List<TopicPartition> logs;

    private final Overlay overlay = new Overlay();
    /** Logs to which this owner has not written yet. */
    private final Set<TopicPartition> unproven = new HashSet<>();

    private final Map<Integer, Long> fullMarkAtNs = new HashMap<>();
    /** The end of the commands at the takeover, of partitions whose commands up to there are not decided yet. */
    private final Map<Integer, Long> backlogEnds = new HashMap<>();
    /** The last command decided in each partition, as a mark without sources. */
    private final Map<Integer, Mark> decided = new ConcurrentHashMap<>();

    private final StoppedPartitions stopped = new StoppedPartitions();
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Lag lag = new Lag();
    private volatile int overlayRows;
    private volatile Phase phase = Phase.ASKING;
    private long catchingUpSinceNs;
    private long waitedNs;
    private @Nullable Producer<String, byte[]> producer;

    /** A lane asks whether it owns its partitions, fences the former owner, waits for its follower, then decides. */
    enum Phase {
        ASKING,
        FENCING,
        CATCHING_UP,
        DECIDING
    }

    interface Cluster {
        /** True when the lane is assigned to this instance and the group's coordinator agrees. */
        boolean owns();

        /** A producer with the lane's transactional id, not initialised yet. */
        Producer<String, byte[]> producer();

        /** The ends of partitions, including uncommitted records. */
        Map<TopicPartition, Long> ends(Collection<TopicPartition> logs);

        /** Reports a command of a newer release. This instance then leaves its lanes to instances of that release. */
        void newer(String why);
    }

    interface Answers {
        boolean isAwaited(Answer answer);

        /** Completes a request whose transaction is committed; the reply is null if the command was refused. */
        void decided(Answer answer, @Nullable Reply reply);
    }

    record Parts<C, S, V, E>(
            ServiceDefinition<C, S, V, E> definition,
            LaneBatch.Contract contract,
            Fold<C, S, V, E> fold,
            LocalStore store,
            Follower<C, S, V, E> follower,
            Cluster cluster,
            Consumer<String, byte[]> commands,
            Answers answers,
            LaneTimers<C, S, V, E> timers,
            LaneMetrics metrics,
            LongSupplier nanoTime) {}

    Lane(Parts<C, S, V, E> parts, Collection<Integer> partitions) {
        this.parts = parts;
        this.definition = parts.definition();
        this.contract = parts.contract();
        this.follower = parts.follower();
        this.consumer = parts.commands();
        this.partitions = List.copyOf(partitions);
        this.logs = Stream.of(definition.eventsTopic(), definition.repliesTopic())
                .flatMap(topic -> partitions.stream().map(each -> new TopicPartition(contract.prefix() + topic, each)))
                .toList();
    }

    /** Nanoseconds spent on waiting for commands since the last call. */
    long waitedNs() {
        long waited = waitedNs;
        waitedNs = 0;
        return waited;
    }

    /** Does one step; waits this long for commands at most. True if the next step should follow at once. */
    boolean step(Duration wait) {
        try {
            return switch (phase) {
                case ASKING -> ask();
                case FENCING -> fence();
                case CATCHING_UP -> catchUp();
                case DECIDING -> decide(wait);
            };
        } catch (KafkaException e) {
            LOG.warn("The {} lane of partitions {} failed and takes over again", definition.noun, partitions, e);
            giveUp();
            return false;
        }
    }

    Phase phase() {
        return phase;
    }

    StoppedPartitions stopped() {
        return stopped;
    }

    Lag lag() {
        return lag;
    }

    Map<TopicPartition, Long> decidedUpTo() {
        Map<TopicPartition, Long> next = new HashMap<>();
        decided.forEach((partition, mark) -> next.put(commands(partition), mark.offset() + 1));
        return next;
    }

    int overlayRows() {
        return overlayRows;
    }

    /** Gives the lane up after a failure. It does not abort an unfinished commit, because its outcome is unknown. */
    void giveUp() {
        Producer<String, byte[]> old = producer;
        producer = null;
        overlay.clear();
        stopped.giveUp();
        phase = Phase.ASKING;
        if (old != null) {
            old.close(Duration.ZERO);
        }
    }

    private void giveUp(String why) {
        LOG.error("The {} lane of partitions {} gives up: {}", definition.noun, partitions, why);
        giveUp();
    }

    /** Gives the lane up after it has written a last full mark for the next owner. */
    void stop() {
        if (phase == Phase.DECIDING) {
            try {
                fullMarkAtNs.clear();
                LaneBatch<C, S, V, E> batch = new LaneBatch<>(definition, contract, parts.fold(), this);
                partitions.forEach(partition -> markFull(partition, batch));
                if (batch.hasEffects()) {
                    commit(batch);
                }
            } catch (KafkaException e) {
                LOG.warn("The {} lane of partitions {} stops without a last mark", definition.noun, partitions, e);
            }
        }
        giveUp();
    }

    @Override
    public <T> @Nullable T get(String key, Form<T> form) {
        return overlay.get(key, form, follower.rows());
    }

    /** The sorted committed keys from {@code from} (inclusive) to {@code to} (exclusive), at most {@code limit}. */
    SortedSet<String> keys(String from, String to, int limit) {
        return overlay.keys(from, to, limit, parts.store());
    }

    private boolean ask() {
        phase = parts.cluster().owns() ? Phase.FENCING : Phase.ASKING;
        return phase == Phase.FENCING;
    }

    private boolean fence() {
        Producer<String, byte[]> fencing = parts.cluster().producer();
        producer = fencing;
        fencing.initTransactions();
        ends.clear();
        ends.putAll(parts.cluster().ends(logs));
        catchingUpSinceNs = parts.nanoTime().getAsLong();
        phase = Phase.CATCHING_UP;
        return true;
    }

    private boolean catchUp() {
        if (!follower.hasReached(ends)) {
            if (parts.nanoTime().getAsLong() - catchingUpSinceNs > CATCH_UP_MAX.toNanos()) {
                giveUp("its follower has not reached " + ends + " in " + CATCH_UP_MAX);
            }
            return false;
        }
        if (ends.entrySet().stream().anyMatch(end -> follower.next(end.getKey()) > end.getValue())) {
            giveUp("another owner has written since the fence");
            return false;
        }
        decided.clear();
        List<TopicPartition> commands = partitions.stream().map(this::commands).toList();
        consumer.assign(commands);
        // A consumer that is assigned the same partitions again keeps them paused.
        consumer.resume(commands);
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(commands);
        Map<TopicPartition, Long> commandEnds = parts.cluster().ends(commands);
        for (TopicPartition log : commands) {
            seek(log, beginnings.getOrDefault(log, 0L), commandEnds.getOrDefault(log, 0L));
        }
        unproven.addAll(logs);
        fullMarkAtNs.clear();
        phase = Phase.DECIDING;
        LOG.info("The {} lane of partitions {} decides", definition.noun, partitions);
        return true;
    }

    private void seek(TopicPartition log, long beginning, long end) {
        backlogEnds.put(log.partition(), end);
        consumer.seek(log, beginning);
        PartitionRows rows = new PartitionRows(log.partition(), new Changes(follower.rows()));
        Mark mark = rows.mark(contract.commandsTopicId());
        if (rows.position() > 0 && !PartitionRows.isMarked(parts.store(), log.partition())) {
            stop(log, null, "its events have no mark");
        } else if (mark == null) {
            LOG.info("{} is decided from its beginning", log);
        } else if (mark.offset() + 1 > end) {
            stop(log, null, "the mark at " + mark.offset() + " is beyond its end at " + end);
        } else if (mark.offset() + 1 < beginning && beginning < end) {
            stop(log, null, "commands from " + (mark.offset() + 1) + " to " + beginning + " expired undecided");
        } else {
            decided.put(log.partition(), mark);
            consumer.seek(log, Math.max(mark.offset() + 1, beginning));
        }
    }

    private void stop(TopicPartition log, @Nullable Long offset, String why) {
        LOG.error("{} is stopped: {}", log, why);
        stopped.add(new Stopped(log.partition(), offset, why));
        consumer.pause(List.of(log));
    }

    private boolean decide(Duration wait) {
        overlay.evict(follower::next);
        if (overlay.size() >= OVERLAY_ROWS_MAX) {
            return false;
        }
        parts.timers().run(partitions, this);
        consumer.resume(stopped.goOn().stream().map(this::commands).toList());
        long askedNs = parts.nanoTime().getAsLong();
        ConsumerRecords<String, byte[]> polled = consumer.poll(wait);
        long beganNs = parts.nanoTime().getAsLong();
        waitedNs += beganNs - askedNs;
        lag.learn(consumer, beganNs);
        overlayRows = overlay.size();
        LaneBatch<C, S, V, E> batch = new LaneBatch<>(definition, contract, parts.fold(), this);
        String newer = null;
        for (TopicPartition log : polled.partitions()) {
            for (ConsumerRecord<String, byte[]> command : polled.records(log)) {
                parts.timers().learn(command);
                RuntimeException cause = batch.add(command, stopped.parked(log.partition(), command.offset()));
                if (cause != null) {
                    boolean isNewer = cause instanceof CommandHeaders.Newer;
                    String why = "the command at " + command.offset() + " cannot be decided: " + cause;
                    newer = isNewer ? why : newer;
                    LOG.error("{} offset {} cannot be decided", log, command.offset(), cause);
                    stop(log, isNewer ? null : command.offset(), why);
                    consumer.seek(log, command.offset());
                    break;
                }
            }
        }
        partitions.forEach(partition -> markFull(partition, batch));
        if (!polled.isEmpty()) {
            parts.metrics().decideTime.record(parts.nanoTime().getAsLong() - beganNs, TimeUnit.NANOSECONDS);
        }
        if (batch.hasEffects()) {
            commit(batch);
        } else {
            parts.metrics().decided(batch.tally());
            batch.decided().forEach(this::tell);
        }
        if (newer != null) {
            parts.cluster().newer(newer);
        }
        return !polled.isEmpty();
    }

    /**
     * Adds a full mark to the batch, after each takeover and every six hours. The commands found at a takeover may
     * expire within these hours, so each batch of them ends with a full mark even if it has no effect.
     */
    private void markFull(int partition, LaneBatch<C, S, V, E> batch) {
        Mark inBatch = batch.lastDecided(partition);
        if (inBatch != null) {
            decided.put(partition, inBatch);
        }
        Mark last = decided.get(partition);
        long nowNs = parts.nanoTime().getAsLong();
        Long before = fullMarkAtNs.get(partition);
        Long backlogEnd = backlogEnds.get(partition);
        boolean inBacklog = inBatch != null && backlogEnd != null;
        if (last != null && (before == null || inBacklog || nowNs - before >= FULL_MARK_EVERY.toNanos())) {
            fullMarkAtNs.put(partition, nowNs);
            if (backlogEnd != null && last.offset() + 1 >= backlogEnd) {
                backlogEnds.remove(partition);
            }
            batch.markFull(partition, last, PartitionRows.sources(parts.store(), partition));
        }
    }

    private void commit(LaneBatch<C, S, V, E> batch) {
        Producer<String, byte[]> committing = Objects.requireNonNull(producer);
        List<ProducerRecord<String, byte[]>> records = batch.records();
        long beganNs = parts.nanoTime().getAsLong();
        committing.beginTransaction();
        List<Future<RecordMetadata>> sent =
                records.stream().map(committing::send).toList();
        if (!unproven.isEmpty()) {
            committing.flush();
            TopicPartition surprised = surprised(offsets(sent, Math::min));
            if (surprised != null) {
                committing.abortTransaction();
                giveUp("its follower has not read records before its first transaction in " + surprised);
                return;
            }
        }
        committing.commitTransaction();
        Map<TopicPartition, Long> last = offsets(sent, Math::max);
        last.keySet().retainAll(logs);
        unproven.removeAll(last.keySet());
        overlay.committed(batch.changes(), last);
        parts.metrics().commitTime.record(parts.nanoTime().getAsLong() - beganNs, TimeUnit.NANOSECONDS);
        parts.metrics().decided(batch.tally());
        batch.decided().forEach(this::tell);
        stopped.committed(batch::lastDecided);
    }

    /** A log in which this owner's first record does not directly follow the folded records; null if there is none. */
    private @Nullable TopicPartition surprised(Map<TopicPartition, Long> first) {
        return first.entrySet().stream()
                .filter(at -> unproven.contains(at.getKey()) && at.getValue() != follower.next(at.getKey()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    private static Map<TopicPartition, Long> offsets(
            List<Future<RecordMetadata>> sent, BinaryOperator<Long> firstOrLast) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Future<RecordMetadata> each : sent) {
            try {
                RecordMetadata at = each.get();
                offsets.merge(new TopicPartition(at.topic(), at.partition()), at.offset(), firstOrLast);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof KafkaException failed ? failed : new KafkaException(e.getCause());
            } catch (InterruptedException e) {
                throw new org.apache.kafka.common.errors.InterruptException(e);
            }
        }
        return offsets;
    }

    private void tell(LaneBatch.Decided<C> decided) {
        Answer answer = decided.answer();
        if (!parts.answers().isAwaited(answer)) {
            return;
        }
        PartitionRows rows = new PartitionRows(decided.partition(), new Changes(this));
        if (answer.refusal() != null) {
            parts.answers().decided(answer, null);
        } else if (answer.eventPosition() <= rows.position()) {
            parts.answers().decided(answer, Reply.to(definition, decided.command(), answer, rows));
        }
    }

    private TopicPartition commands(int partition) {
        return new TopicPartition(contract.prefix() + definition.commandsTopic(), partition);
    }
}
