package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * The broker of a simulation: topics of a few partitions in memory, and transactions whose markers arrive at each
 * partition by themselves. {@link SimulatedConsumer} and {@link SimulatedProducer} reach it through Kafka's own
 * interfaces. It has no clock of its own and one thread.
 */
public final class SimulatedKafka {
    private final int partitions;
    private final LongSupplier clockMs;
    private final Map<String, List<Log>> topics = new LinkedHashMap<>();
    private final Map<String, Integer> epochs = new HashMap<>();
    private final Map<String, Transaction> newest = new HashMap<>();
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
        /** True when readers of committed records are to see it. */
        boolean isCommitted() {
            return !marker && (transaction == null || transaction.state == State.COMMITTED);
        }

        ConsumerRecord<String, byte[]> asConsumerRecord() {
            boolean stamped = topic.endsWith(".commands") || topic.endsWith(".replies");
            return new ConsumerRecord<>(
                    topic,
                    partition,
                    offset,
                    timestampMs,
                    stamped ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                    0,
                    0,
                    key,
                    value,
                    headers,
                    Optional.of(0));
        }
    }

    private static final class Log {
        private final List<Entry> entries = new ArrayList<>();
        /** Transactions that wrote here and whose marker has not arrived, with their first offset. */
        private final Map<Transaction, Long> open = new LinkedHashMap<>();

        private long beginning;

        long stableEnd() {
            long stable = entries.size();
            for (long first : open.values()) {
                stable = Math.min(stable, first);
            }
            return stable;
        }
    }

    private enum State {
        OPEN,
        COMMITTED,
        ABORTED
    }

    /** A transaction; it is decided at once, and then its markers travel to the partitions it wrote to. */
    public static final class Transaction {
        private final Set<TopicPartition> markersDue = new LinkedHashSet<>();
        private State state = State.OPEN;
        private boolean commitSent;

        boolean isOpen() {
            return state == State.OPEN;
        }

        /** The request to commit it is on its way to the coordinator. */
        void commitSent() {
            commitSent = true;
        }
    }

    /**
     * An empty broker.
     *
     * @param partitions of every topic
     * @param clockMs the broker's clock
     */
    public SimulatedKafka(int partitions, LongSupplier clockMs) {
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
    public int home(@Nullable String key) {
        return key == null ? 0 : EventRecords.partition(key, partitions);
    }

    /** Appends a record outside any transaction. */
    public long append(ProducerRecord<String, byte[]> record) {
        return append(record, null);
    }

    long append(ProducerRecord<String, byte[]> record, @Nullable Transaction transaction) {
        Integer partition = record.partition();
        int to = partition == null ? home(record.key()) : partition;
        Log log = log(record.topic(), to);
        long offset = log.entries.size();
        log.entries.add(new Entry(
                record.topic(),
                to,
                offset,
                nowMs(),
                record.key(),
                record.value(),
                record.headers(),
                transaction,
                false));
        if (transaction != null && log.open.putIfAbsent(transaction, offset) == null) {
            transaction.markersDue.add(new TopicPartition(record.topic(), to));
        }
        return offset;
    }

    /** Fences the producers of a transactional id and ends their transaction; the epoch of the next one. */
    int fence(String transactionalId) {
        Transaction former = newest.remove(transactionalId);
        if (former != null && former.isOpen()) {
            decide(former, false);
        }
        finish(former);
        return epochs.merge(transactionalId, 1, Integer::sum);
    }

    boolean isFenced(String transactionalId, int epoch) {
        return epochs.getOrDefault(transactionalId, 0) != epoch;
    }

    /** Begins a transaction, once the markers of the one before have arrived. */
    Transaction begin(String transactionalId) {
        finish(newest.get(transactionalId));
        Transaction transaction = new Transaction();
        newest.put(transactionalId, transaction);
        unfinished.add(transaction);
        return transaction;
    }

    /** Decides a transaction; its markers are still to be written. */
    void decide(Transaction transaction, boolean commit) {
        transaction.state = commit ? State.COMMITTED : State.ABORTED;
        if (transaction.markersDue.isEmpty()) {
            unfinished.remove(transaction);
        }
    }

    private void finish(@Nullable Transaction transaction) {
        while (transaction != null && !transaction.markersDue.isEmpty()) {
            writeMarker(transaction);
        }
    }

    private void writeMarker(Transaction transaction) {
        TopicPartition next = transaction.markersDue.iterator().next();
        transaction.markersDue.remove(next);
        Log log = log(next.topic(), next.partition());
        log.open.remove(transaction);
        long end = log.entries.size();
        var none = new RecordHeaders();
        log.entries.add(new Entry(next.topic(), next.partition(), end, nowMs(), null, null, none, transaction, true));
        if (transaction.markersDue.isEmpty()) {
            unfinished.remove(transaction);
        }
    }

    /** True when the coordinator has something to do. */
    public boolean hasUnfinished() {
        return !unfinished.isEmpty();
    }

    /**
     * Lets the coordinator go on with some transaction: it writes the next marker, or ends a transaction that its
     * producer has left. A commit that was on its way may still arrive.
     */
    public void coordinate(RandomGenerator random) {
        Transaction transaction = unfinished.get(random.nextInt(unfinished.size()));
        if (transaction.isOpen()) {
            decide(transaction, transaction.commitSent && random.nextBoolean());
        } else {
            writeMarker(transaction);
        }
    }

    /** The offset up to which committed records can be read: the first one of an unfinished transaction, or the end. */
    long stableEnd(TopicPartition partition) {
        return log(partition.topic(), partition.partition()).stableEnd();
    }

    /** The offset after the last record. */
    long end(TopicPartition partition) {
        return log(partition.topic(), partition.partition()).entries.size();
    }

    /** The ends of partitions, uncommitted records included. */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> of) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        of.forEach(partition -> ends.put(partition, end(partition)));
        return ends;
    }

    /** The first offset that is still there. */
    long beginning(TopicPartition partition) {
        return log(partition.topic(), partition.partition()).beginning;
    }

    Entry entry(TopicPartition partition, long offset) {
        return log(partition.topic(), partition.partition()).entries.get((int) offset);
    }

    /** Drops the records of a partition before an offset, as retention does. */
    void expire(TopicPartition partition, long before) {
        log(partition.topic(), partition.partition()).beginning = before;
    }

    /** Loses the last records of a partition, as the election of an unclean leader does. */
    void truncate(TopicPartition partition, long end) {
        List<Entry> entries = log(partition.topic(), partition.partition()).entries;
        entries.subList((int) end, entries.size()).clear();
    }

    /** The first committed record at the offset or after it, expired or not; null when there is none yet. */
    public @Nullable Entry committed(String topic, int partition, long from) {
        Log log = log(topic, partition);
        long end = log.stableEnd();
        for (long offset = from; offset < end; offset++) {
            Entry entry = log.entries.get((int) offset);
            if (entry.isCommitted()) {
                return entry;
            }
        }
        return null;
    }

    /** The first record at the offset or after it, whatever becomes of it; null when there is none yet. */
    @Nullable
    Entry uncommitted(String topic, int partition, long from) {
        Log log = log(topic, partition);
        for (long offset = from; offset < log.entries.size(); offset++) {
            if (!log.entries.get((int) offset).marker()) {
                return log.entries.get((int) offset);
            }
        }
        return null;
    }

    /** All committed records of a topic that can be read or have expired, partition by partition. */
    public List<Entry> committed(String topic) {
        List<Entry> all = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            Log log = log(topic, partition);
            log.entries.subList(0, (int) log.stableEnd()).stream()
                    .filter(Entry::isCommitted)
                    .forEach(all::add);
        }
        return all;
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
            Entry cause = log(SimulatedProcess.topicOf(at.topicId()), at.partition())
                    .entries
                    .get((int) at.offset());
            if (!cause.isCommitted()) {
                found.add(commandsTopic + "/" + command.partition() + "/" + command.offset() + " was caused by " + at);
            }
        }
        return found;
    }

    /** The committed records of a partition. */
    List<ConsumerRecord<String, byte[]>> committed(TopicPartition partition) {
        return committed(partition.topic()).stream()
                .filter(entry -> entry.partition() == partition.partition())
                .map(Entry::asConsumerRecord)
                .toList();
    }

    /** Writes the markers of all transactions that are decided. */
    void writeMarkers() {
        List.copyOf(unfinished).stream().filter(each -> !each.isOpen()).forEach(this::finish);
    }

    /** Everything that lies on the log, markers and aborted records too. */
    public List<Entry> everything() {
        return topics.values().stream()
                .flatMap(List::stream)
                .flatMap(log -> log.entries.stream())
                .toList();
    }

    private Log log(String topic, int partition) {
        List<Log> logs = topics.get(topic);
        if (logs == null) {
            logs = new ArrayList<>(partitions);
            for (int i = 0; i < partitions; i++) {
                logs.add(new Log());
            }
            topics.put(topic, logs);
        }
        return Objects.requireNonNull(logs.get(partition));
    }
}
