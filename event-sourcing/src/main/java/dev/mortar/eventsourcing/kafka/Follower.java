package dev.mortar.eventsourcing.kafka;

import static java.util.stream.Collectors.toCollection;

import dev.mortar.eventsourcing.kafka.LocalStore.StoredRow;
import dev.mortar.eventsourcing.kafka.PartitionRows.LogPlace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * Folds the committed events and replies of all partitions into this instance's local store. Each poll is one batch
 * with the offsets it reached, so after a crash the store is that of an earlier poll, never a wrong one. One thread
 * steps the follower; {@link #next}, {@link #hasReached} and {@link #rows} are safe for all threads. No row is folded
 * from two partitions, so the partitions of a large poll are folded in parallel.
 */
class Follower<C, S, V, E> {
    private static final int FORGOTTEN_PER_STEP_MAX = 1_000;

    /** In the time of the log. */
    private static final Duration FORGETS_EVERY = Duration.ofMinutes(1);

    /** Smaller polls are faster in one thread. */
    private static final int SIDE_BY_SIDE_RECORDS_MIN = 200;

    private final Fold<C, S, V, E> fold;
    private final LocalStore store;
    private final RowCache rows;
    private final Consumer<String, byte[]> consumer;
    private final Listener listener;
    private final List<TopicPartition> events;
    private final List<TopicPartition> replies;
    private Map<TopicPartition, Long> until = Map.of();
    private final Map<TopicPartition, Long> next = new ConcurrentHashMap<>();
    private final List<Partition> partitions;

    private long foldedNs;

    interface Listener {
        /** A row of a view changed. All events of the command are folded. */
        default void changed(String view, String storeKey) {}

        default void answered(int partition, Answer answer) {}
    }

    Follower(
            ServiceDefinition<C, S, V, E> definition,
            String prefix,
            int partitions,
            Fold<C, S, V, E> fold,
            LocalStore store,
            Consumer<String, byte[]> consumer,
            Listener listener) {
        this.fold = fold;
        this.store = store;
        this.rows = new RowCache(store);
        this.consumer = consumer;
        this.listener = listener;
        this.events = all(prefix + definition.eventsTopic(), partitions);
        this.replies = all(prefix + definition.repliesTopic(), partitions);
        this.partitions =
                IntStream.range(0, partitions).mapToObj(Partition::new).toList();
    }

    private static List<TopicPartition> all(String topic, int partitions) {
        return IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    /** Seeks the offsets in the store; a new store begins with the first record. */
    void start() {
        start(Map.of());
    }

    /** As {@link #start()}, but folds only records before these offsets. A partition without an offset has no end. */
    void start(Map<TopicPartition, Long> until) {
        this.until = until;
        List<TopicPartition> logs =
                Stream.concat(events.stream(), replies.stream()).toList();
        consumer.assign(logs);
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(logs);
        for (TopicPartition log : logs) {
            byte[] stored = store.get(PartitionRows.offsetKey(log));
            if (stored == null) {
                seek(log, beginnings.getOrDefault(log, 0L), Optional.empty());
            } else {
                LogPlace next = PartitionRows.PLACE.read(stored);
                seek(log, next.offset(), next.index() < 0 ? Optional.empty() : Optional.of(next.index()));
            }
        }
        pauseEnded(logs);
    }

    private void seek(TopicPartition log, long offset, Optional<Integer> epoch) {
        consumer.seek(log, new OffsetAndMetadata(offset, epoch, ""));
        next.put(log, offset);
    }

    /**
     * Folds the records of one poll, and returns their number.
     *
     * @throws Fold.LogDoesNotFit when the store cannot be continued with this log
     * @throws Fold.UnknownEvent when a newer release wrote an unknown event; nothing of the poll is folded
     */
    int step(Duration wait) {
        ConsumerRecords<String, byte[]> polled;
        try {
            polled = consumer.poll(wait);
        } catch (OffsetOutOfRangeException e) {
            skipExpiredReplies(e);
            return 0;
        }
        if (polled.nextOffsets().isEmpty()) {
            return 0;
        }
        long beganNs = System.nanoTime();
        Map<TopicPartition, OffsetAndMetadata> reached = new HashMap<>(polled.nextOffsets());
        int folded = 0;
        partitions.forEach(Partition::begin);
        for (TopicPartition log : polled.partitions()) {
            List<ConsumerRecord<String, byte[]>> records = whole(log, polled.records(log), reached);
            Partition partition = partitions.get(log.partition());
            if (events.contains(log)) {
                partition.events = records;
            } else {
                partition.replies = records;
            }
            folded += records.size();
        }
        Stream<Partition> polledPartitions =
                folded < SIDE_BY_SIDE_RECORDS_MIN ? partitions.stream() : partitions.parallelStream();
        List<RowCache.Written> written = polledPartitions
                .filter(Partition::hasRecords)
                .map(Partition::fold)
                .collect(toCollection(ArrayList::new));
        Changes offsets = new Changes(rows);
        reached.forEach((log, offset) -> offsets.put(
                PartitionRows.offsetKey(log),
                PartitionRows.PLACE,
                new LogPlace(offset.offset(), offset.leaderEpoch().orElse(-1))));
        written.add(RowCache.Written.of(offsets));
        rows.write(written);
        foldedNs += System.nanoTime() - beganNs;
        reached.forEach((log, offset) -> next.put(log, offset.offset()));
        pauseEnded(reached.keySet());
        partitions.forEach(Partition::tell);
        return folded;
    }

    /**
     * The records of a poll that are folded now. If a poll ends inside a transaction, the next poll reads that
     * transaction again from its first record, so nobody sees half a command. Only a transaction larger than a poll is
     * folded in parts.
     */
    private List<ConsumerRecord<String, byte[]>> whole(
            TopicPartition log,
            List<ConsumerRecord<String, byte[]>> polled,
            Map<TopicPartition, OffsetAndMetadata> reached) {
        int size = polled.size();
        while (size > 0 && polled.get(size - 1).offset() >= end(log)) {
            size--;
        }
        int whole = size;
        while (events.contains(log)
                && whole > 0
                && !Mark.isIn(polled.get(whole - 1).headers())) {
            whole--;
        }
        if (whole > 0 && whole < size) {
            ConsumerRecord<String, byte[]> left = polled.get(whole);
            var again = new OffsetAndMetadata(left.offset(), left.leaderEpoch(), "");
            consumer.seek(log, again);
            reached.put(log, again);
            size = whole;
        } else if (size < polled.size()) {
            reached.put(log, new OffsetAndMetadata(end(log)));
        }
        return polled.subList(0, size);
    }

    /** Old replies expire, so the follower skips them. Events never expire, so a missing event means another log. */
    private void skipExpiredReplies(OffsetOutOfRangeException e) {
        Map<TopicPartition, Long> beginnings =
                consumer.beginningOffsets(e.offsetOutOfRangePartitions().keySet());
        e.offsetOutOfRangePartitions().forEach((log, offset) -> {
            long beginning = beginnings.getOrDefault(log, 0L);
            if (!replies.contains(log) || offset > beginning) {
                throw new Fold.LogDoesNotFit(log + " has no offset " + offset + "; it begins at " + beginning);
            }
            seek(log, beginning, Optional.empty());
        });
    }

    private final class Partition {
        private final int number;
        private List<ConsumerRecord<String, byte[]>> events = List.of();
        private List<ConsumerRecord<String, byte[]>> replies = List.of();

        /** Rows that were changed by a transaction whose last event is not folded yet. */
        private Set<Changed> untold = new LinkedHashSet<>();

        /** Rows that were changed by completely folded transactions. */
        private final Set<Changed> whole = new LinkedHashSet<>();

        private final List<Answer> unanswered = new ArrayList<>();
        private Instant forgotten = Instant.EPOCH;
        private long position;

        private record Changed(String view, String key) {}

        Partition(int number) {
            this.number = number;
        }

        /** Drops the records of the last poll, which may have failed. */
        void begin() {
            events = List.of();
            replies = List.of();
        }

        boolean hasRecords() {
            return !events.isEmpty() || !replies.isEmpty();
        }

        RowCache.Written fold() {
            Changes changes = new Changes(rows);
            PartitionRows folded = new PartitionRows(number, changes);
            for (ConsumerRecord<String, byte[]> record : events) {
                fold.event(record, changes, (view, key) -> untold.add(new Changed(view, key)));
                if (Mark.isIn(record.headers())) {
                    whole.addAll(untold);
                    untold.clear();
                }
            }
            for (ConsumerRecord<String, byte[]> record : replies) {
                Answer answer = fold.reply(record, changes);
                if (answer != null) {
                    unanswered.add(answer);
                }
            }
            forget(folded, changes);
            position = folded.position();
            return RowCache.Written.of(changes);
        }

        private void forget(PartitionRows folded, Changes changes) {
            Instant oldest = fold.rememberedSince(folded.recordedAt());
            if (oldest.isBefore(forgotten.plus(FORGETS_EVERY))) {
                return;
            }
            List<StoredRow> old = store.range(
                    PartitionRows.rememberedKey(number, Instant.EPOCH),
                    PartitionRows.rememberedKey(number, oldest),
                    FORGOTTEN_PER_STEP_MAX);
            for (StoredRow row : old) {
                // A request that is decided again in this batch has a new row in the index and stays remembered.
                if (!changes.removes(row.key())) {
                    folded.forget(row);
                }
            }
            if (old.size() < FORGOTTEN_PER_STEP_MAX) {
                forgotten = oldest;
            }
        }

        void tell() {
            whole.forEach(changed -> listener.changed(changed.view(), changed.key()));
            whole.clear();
            unanswered.removeIf(answer -> {
                boolean folded = answer.eventPosition() <= position;
                if (folded) {
                    listener.answered(number, answer);
                }
                return folded;
            });
        }
    }

    private void pauseEnded(Collection<TopicPartition> logs) {
        if (!until.isEmpty()) {
            consumer.pause(logs.stream().filter(log -> next(log) >= end(log)).toList());
        }
    }

    private long end(TopicPartition log) {
        return until.getOrDefault(log, Long.MAX_VALUE);
    }

    boolean hasReached(Map<TopicPartition, Long> offsets) {
        return offsets.entrySet().stream().allMatch(offset -> next(offset.getKey()) >= offset.getValue());
    }

    /** Nanoseconds spent on folding since the last call. */
    long foldedNs() {
        long spent = foldedNs;
        foldedNs = 0;
        return spent;
    }

    Changes.Below rows() {
        return rows;
    }

    long next(TopicPartition log) {
        return next.getOrDefault(log, 0L);
    }
}
