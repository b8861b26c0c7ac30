package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * The broker of a simulation: topics of a few partitions in memory, transactions whose markers arrive at each partition
 * by themselves, and readers that see committed records up to the last stable offset. Has no clock of its own.
 */
public final class SimulatedLog {

    /** Kafka stamps records of these topics when it appends them; others keep the time they were sent with. */
    private static final String STAMPED_ON_APPEND = ".commands";

    private final int partitions;
    private final LongSupplier clockMs;
    private final Map<String, List<Partition>> topics = new LinkedHashMap<>();
    private final List<Transaction> unfinished = new ArrayList<>();

    /** What lies at an offset; a marker of a transaction has no value and no headers. */
    public record Entry(
            String topic,
            int partition,
            long offset,
            long timestampMs,
            @Nullable String key,
            byte @Nullable [] value,
            Headers headers,
            @Nullable Transaction transaction,
            boolean marker) {

        ConsumerRecord<String, byte[]> asConsumerRecord() {
            return new ConsumerRecord<>(
                    topic,
                    partition,
                    offset,
                    timestampMs,
                    TimestampType.CREATE_TIME,
                    0,
                    0,
                    key,
                    value,
                    headers,
                    java.util.Optional.empty());
        }
    }

    private static final class Partition {
        private final List<Entry> entries = new ArrayList<>();
        /** Transactions that wrote here and whose marker has not arrived, with their first offset. */
        private final Map<Transaction, Long> open = new LinkedHashMap<>();

        long stableEnd() {
            long stable = entries.size();
            if (!open.isEmpty()) {
                for (long first : open.values()) {
                    stable = Math.min(stable, first);
                }
            }
            return stable;
        }
    }

    /** What a transaction has come to. */
    public enum State {
        OPEN,
        COMMITTED,
        ABORTED
    }

    /** A transaction; it is decided at once, and then its markers travel to the partitions it wrote to. */
    public static final class Transaction {
        private final Set<TopicPartition> markersDue = new LinkedHashSet<>();
        private State state = State.OPEN;

        /** Whether it is decided, and how. */
        public State state() {
            return state;
        }

        /** True when nothing was written in it. */
        public boolean isEmpty() {
            return markersDue.isEmpty();
        }

        /** True when all partitions know how it ended. */
        public boolean finished() {
            return state != State.OPEN && markersDue.isEmpty();
        }
    }

    private record TopicPartition(String topic, int partition) {}

    /** @param clockMs the broker's clock */
    public SimulatedLog(int partitions, LongSupplier clockMs) {
        this.partitions = partitions;
        this.clockMs = clockMs;
    }

    /** Partitions of every topic. */
    public int partitions() {
        return partitions;
    }

    /** The broker's time. */
    public long nowMs() {
        return clockMs.getAsLong();
    }

    /** The partition that Kafka's own partitioner chooses for a key. */
    public int partitionOf(@Nullable String key) {
        return key == null ? 0 : BuiltInPartitioner.partitionForKey(EventRecords.key(key), partitions);
    }

    /** Appends a record, within a transaction or committed at once; its offset. */
    public long append(
            String topic,
            int partition,
            @Nullable String key,
            byte @Nullable [] value,
            Headers headers,
            long timestampMs,
            @Nullable Transaction transaction) {
        Partition log = partition(topic, partition);
        long offset = log.entries.size();
        long stampedMs = topic.endsWith(STAMPED_ON_APPEND) ? nowMs() : timestampMs;
        log.entries.add(new Entry(topic, partition, offset, stampedMs, key, value, headers, transaction, false));
        if (transaction != null) {
            join(transaction, topic, partition, offset);
        }
        return offset;
    }

    /** Begins a transaction. */
    public Transaction begin() {
        Transaction transaction = new Transaction();
        unfinished.add(transaction);
        return transaction;
    }

    /** Makes a partition part of a transaction whose records there are of no interest, such as a changelog's. */
    public void join(Transaction transaction, String topic, int partition) {
        join(transaction, topic, partition, end(topic, partition));
    }

    private void join(Transaction transaction, String topic, int partition, long offset) {
        if (transaction.state != State.OPEN) {
            throw new IllegalStateException("the transaction is over");
        }
        if (partition(topic, partition).open.putIfAbsent(transaction, offset) == null) {
            transaction.markersDue.add(new TopicPartition(topic, partition));
        }
    }

    /** Decides a transaction; its markers are still to be written. */
    public void decide(Transaction transaction, boolean commit) {
        transaction.state = commit ? State.COMMITTED : State.ABORTED;
        finish(transaction);
    }

    private void finish(Transaction transaction) {
        if (transaction.finished()) {
            unfinished.remove(transaction);
        }
    }

    /** True when the markers of some decided transaction have not all arrived. */
    public boolean hasMarkersDue() {
        for (Transaction transaction : unfinished) {
            if (transaction.state != State.OPEN) {
                return true;
            }
        }
        return false;
    }

    /** Decided transactions whose markers have not all arrived, oldest first. */
    public List<Transaction> markersDue() {
        return unfinished.stream()
                .filter(transaction -> transaction.state != State.OPEN)
                .toList();
    }

    /** Writes the next marker of a decided transaction. */
    public void writeMarker(Transaction transaction) {
        TopicPartition next = transaction.markersDue.iterator().next();
        transaction.markersDue.remove(next);
        Partition log = partition(next.topic, next.partition);
        log.open.remove(transaction);
        log.entries.add(new Entry(
                next.topic,
                next.partition,
                log.entries.size(),
                nowMs(),
                null,
                null,
                new RecordHeaders(),
                transaction,
                true));
        finish(transaction);
    }

    /** The offset up to which committed records can be read: the first one of an unfinished transaction, or the end. */
    public long stableEnd(String topic, int partition) {
        return partition(topic, partition).stableEnd();
    }

    /** The offset after the last record. */
    public long end(String topic, int partition) {
        return partition(topic, partition).entries.size();
    }

    /** The first committed record at the offset or after it; null when there is none yet. */
    public @Nullable Entry committed(String topic, int partition, long from) {
        Partition log = partition(topic, partition);
        if (from >= log.entries.size()) {
            return null;
        }
        long end = log.stableEnd();
        for (long offset = from; offset < end; offset++) {
            Entry entry = log.entries.get((int) offset);
            if (isCommitted(entry)) {
                return entry;
            }
        }
        return null;
    }

    /** Commands of processes that were caused by what was never committed, by place. */
    public List<String> commandsWithoutCommittedSource(String commandsTopic) {
        List<String> found = new ArrayList<>();
        for (Entry command : committed(commandsTopic)) {
            String source = CommandHeaders.text(command.headers(), "source");
            if (source == null) {
                continue;
            }
            SourcePosition at = SourcePosition.parse(source);
            Entry cause = partition(SimulatedProcess.topicOf(at.topicId()), at.partition())
                    .entries
                    .get((int) at.offset());
            if (!isCommitted(cause)) {
                found.add(commandsTopic + "/" + command.partition() + "/" + command.offset() + " was caused by " + at);
            }
        }
        return found;
    }

    /** The last committed record that can be read; null when there is none. */
    public @Nullable Entry lastCommitted(String topic, int partition) {
        Partition log = partition(topic, partition);
        for (long offset = stableEnd(topic, partition) - 1; offset >= 0; offset--) {
            Entry entry = log.entries.get((int) offset);
            if (isCommitted(entry)) {
                return entry;
            }
        }
        return null;
    }

    private static boolean isCommitted(Entry entry) {
        return !entry.marker() && (entry.transaction() == null || entry.transaction().state == State.COMMITTED);
    }

    /** The first record at the offset or after it, whatever becomes of it; null when there is none yet. */
    public @Nullable Entry uncommitted(String topic, int partition, long from) {
        Partition log = partition(topic, partition);
        for (long offset = from; offset < log.entries.size(); offset++) {
            if (!log.entries.get((int) offset).marker()) {
                return log.entries.get((int) offset);
            }
        }
        return null;
    }

    /** All committed records of a topic that can be read, partition by partition. */
    public List<Entry> committed(String topic) {
        List<Entry> all = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            for (Entry entry = committed(topic, partition, 0);
                    entry != null;
                    entry = committed(topic, partition, entry.offset() + 1)) {
                all.add(entry);
            }
        }
        return all;
    }

    /** Everything that lies on the log, markers and aborted records too. */
    public List<Entry> everything() {
        return topics.values().stream()
                .flatMap(List::stream)
                .flatMap(partition -> partition.entries.stream())
                .toList();
    }

    private Partition partition(String topic, int partition) {
        List<Partition> all = topics.get(topic);
        if (all == null) {
            all = new ArrayList<>(partitions);
            for (int i = 0; i < partitions; i++) {
                all.add(new Partition());
            }
            topics.put(topic, all);
        }
        return all.get(partition);
    }
}
