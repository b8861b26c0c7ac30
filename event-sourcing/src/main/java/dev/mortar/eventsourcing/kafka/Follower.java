package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.LocalStore.StoredRow;
import java.nio.ByteBuffer;
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
 * Folds the committed events and replies of all partitions into this instance's local store. Each poll is one batch,
 * written together with the offsets it reached: a crash leaves the store of an earlier poll, never a wrong one. One
 * thread steps it; offsets may be asked for by any.
 */
class Follower<C, S, V, E> {

    private static final int FORGOTTEN_PER_STEP_MAX = 1_000;

    private final Fold<C, S, V, E> fold;
    private final LocalStore store;
    private final RowCache rows;
    private final Consumer<String, byte[]> consumer;
    private final Told told;
    private final List<TopicPartition> events;
    private final List<TopicPartition> replies;
    private Map<TopicPartition, Long> until = Map.of();
    private final Map<TopicPartition, Long> next = new ConcurrentHashMap<>();
    /** View rows that changed by a transaction whose last event is not folded yet, by partition. */
    private final Map<Integer, Set<String>> untold = new HashMap<>();

    /** View rows that changed by transactions that are folded whole. */
    private final Map<Integer, Set<String>> whole = new HashMap<>();

    private final Map<Integer, List<Answer>> unanswered = new HashMap<>();

    private long foldedNs;

    /** Is told of changed rows and of answers. */
    interface Told {

        /** A row of a view changed, by commands that are folded whole. */
        void changed(String view, String storeKey);

        /** A request is answered, and its events are folded. */
        void answered(int partition, Answer answer);
    }

    /**
     * A follower that has not begun.
     *
     * @param prefix of the environment's topics
     * @param partitions of each of the service's topics
     */
    Follower(
            ServiceDefinition<C, S, V, E> definition,
            String prefix,
            int partitions,
            Fold<C, S, V, E> fold,
            LocalStore store,
            Consumer<String, byte[]> consumer,
            Told told) {
        this.fold = fold;
        this.store = store;
        this.rows = new RowCache(store);
        this.consumer = consumer;
        this.told = told;
        this.events = all(prefix + definition.eventsTopic(), partitions);
        this.replies = all(prefix + definition.repliesTopic(), partitions);
    }

    private static List<TopicPartition> all(String topic, int partitions) {
        return IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    /** Goes to where the store ends; a new store begins with the first record. */
    void start() {
        start(Map.of());
    }

    /**
     * The same, but folds only records before these offsets.
     *
     * @param until offsets by partition; a partition that is not among them is folded without end
     */
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
                ByteBuffer offset = ByteBuffer.wrap(stored);
                long at = offset.getLong();
                int epoch = offset.getInt();
                seek(log, at, epoch < 0 ? Optional.empty() : Optional.of(epoch));
            }
        }
        pauseEnded(logs);
    }

    private void seek(TopicPartition log, long offset, Optional<Integer> epoch) {
        consumer.seek(log, new OffsetAndMetadata(offset, epoch, ""));
        next.put(log, offset);
    }

    /**
     * Folds what one poll gives.
     *
     * @return how many records that were
     * @throws Fold.LogDoesNotFit when the store cannot be continued with this log
     * @throws Fold.UnknownEvent when a newer release wrote what this one does not know; nothing of the poll is folded
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
        Changes changes = new Changes(rows);
        int folded = 0;
        Map<TopicPartition, OffsetAndMetadata> reached = new HashMap<>(polled.nextOffsets());
        for (TopicPartition log : polled.partitions()) {
            List<ConsumerRecord<String, byte[]>> records = whole(log, polled.records(log), reached);
            folded += records.size();
            for (ConsumerRecord<String, byte[]> record : records) {
                if (events.contains(log)) {
                    event(record, changes);
                } else {
                    reply(record, changes);
                }
            }
        }
        reached.forEach((log, offset) -> changes.put(PartitionRows.offsetKey(log), Form.BYTES, bytes(offset)));
        forget(changes);
        rows.write(changes);
        foldedNs += System.nanoTime() - beganNs;
        reached.forEach((log, offset) -> next.put(log, offset.offset()));
        pauseEnded(reached.keySet());
        tell(changes);
        return folded;
    }

    /**
     * What of a poll is folded. A poll may cut a transaction; its beginning is left for the next poll, so that nobody
     * sees a command half done. Only a transaction larger than a poll is folded in parts.
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

    /** The log of replies is cut at the front as time goes by. Events are never: there it means another log. */
    private void skipExpiredReplies(OffsetOutOfRangeException e) {
        Map<TopicPartition, Long> beginnings =
                consumer.beginningOffsets(e.offsetOutOfRangePartitions().keySet());
        e.offsetOutOfRangePartitions().forEach((log, offset) -> {
            long beginning = beginnings.getOrDefault(log, 0L);
            if (!replies.contains(log) || offset > beginning) {
                throw new Fold.LogDoesNotFit(log + " has no offset " + offset + ", it begins at " + beginning);
            }
            seek(log, beginning, Optional.empty());
        });
    }

    private void event(ConsumerRecord<String, byte[]> record, Changes changes) {
        Set<String> rows = untold.computeIfAbsent(record.partition(), partition -> new LinkedHashSet<>());
        fold.event(record, changes, (view, key) -> rows.add(view + "|" + key));
        if (Mark.isIn(record.headers())) {
            whole.merge(record.partition(), rows, (some, more) -> {
                some.addAll(more);
                return some;
            });
            untold.remove(record.partition());
        }
    }

    private void reply(ConsumerRecord<String, byte[]> record, Changes changes) {
        Answer answer = fold.reply(record, changes);
        if (answer != null) {
            unanswered
                    .computeIfAbsent(record.partition(), partition -> new ArrayList<>())
                    .add(answer);
        }
    }

    private void tell(Changes changes) {
        whole.values()
                .forEach(rows -> rows.forEach(row -> {
                    int split = row.indexOf('|');
                    told.changed(row.substring(0, split), row.substring(split + 1));
                }));
        whole.clear();
        unanswered.forEach((partition, answers) -> {
            long position = new PartitionRows(partition, changes).position();
            answers.removeIf(answer -> {
                boolean folded = answer.eventPosition() <= position;
                if (folded) {
                    told.answered(partition, answer);
                }
                return folded;
            });
        });
    }

    /** Forgets requests that are too old to be repeated, some at each step. */
    private void forget(Changes changes) {
        for (TopicPartition log : events) {
            PartitionRows rows = new PartitionRows(log.partition(), changes);
            Instant oldest = fold.rememberedSince(rows.recordedAt());
            if (oldest.isAfter(Instant.EPOCH)) {
                for (StoredRow old : store.range(
                        PartitionRows.rememberedKey(log.partition(), Instant.EPOCH),
                        PartitionRows.rememberedKey(log.partition(), oldest),
                        FORGOTTEN_PER_STEP_MAX)) {
                    // A request decided again in this very batch has another row in the index, and is remembered.
                    if (!changes.removes(old.key())) {
                        rows.forget(old);
                    }
                }
            }
        }
    }

    /** Records at or past the end of a replay are not even read. */
    private void pauseEnded(Collection<TopicPartition> logs) {
        if (!until.isEmpty()) {
            consumer.pause(logs.stream().filter(log -> next(log) >= end(log)).toList());
        }
    }

    private long end(TopicPartition log) {
        return until.getOrDefault(log, Long.MAX_VALUE);
    }

    /** True when all records before these offsets are in the store. */
    boolean hasReached(Map<TopicPartition, Long> offsets) {
        return offsets.entrySet().stream().allMatch(offset -> next(offset.getKey()) >= offset.getValue());
    }

    /** Nanoseconds spent on folding since the last time somebody asked. */
    long foldedNs() {
        long spent = foldedNs;
        foldedNs = 0;
        return spent;
    }

    /** What is folded. */
    Changes.Below rows() {
        return rows;
    }

    /** The next offset that is not in the store yet. */
    long next(TopicPartition log) {
        return next.getOrDefault(log, 0L);
    }

    private static byte[] bytes(OffsetAndMetadata offset) {
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                .putLong(offset.offset())
                .putInt(offset.leaderEpoch().orElse(-1))
                .array();
    }
}
