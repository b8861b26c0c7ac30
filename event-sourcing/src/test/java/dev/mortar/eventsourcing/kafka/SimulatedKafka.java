package dev.mortar.eventsourcing.kafka;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory behind Kafka's own interfaces: offsets that markers take, transactions that readers of committed
 * records wait for, producers that fence each other, and commits whose outcome their producer never learns. One thread
 * uses it.
 */
final class SimulatedKafka {

    /** How a commit goes. */
    enum Commit {
        DONE,
        /** It works, and its producer is told that it timed out. */
        DONE_AND_NOT_TOLD,
        /** It does not reach the broker: the transaction stays open until its producer is fenced. */
        LOST
    }

    private final Map<TopicPartition, Log> logs = new HashMap<>();
    private final Map<String, Integer> epochs = new HashMap<>();
    private final Map<String, Transaction> open = new HashMap<>();
    private final int partitions;
    long nowMs;

    private static final class Transaction {
        final Map<TopicPartition, Long> first = new LinkedHashMap<>();
        boolean committed;
        boolean ended;
    }

    private record Entry(
            @Nullable String key,
            byte @Nullable [] value,
            Headers headers,
            long timestamp,
            @Nullable Transaction transaction,
            boolean marker) {}

    private static final class Log {
        final List<Entry> entries = new ArrayList<>();
        long beginning;
    }

    SimulatedKafka(int partitions, long nowMs) {
        this.partitions = partitions;
        this.nowMs = nowMs;
    }

    int partitions() {
        return partitions;
    }

    private Log log(TopicPartition partition) {
        return logs.computeIfAbsent(partition, _ -> new Log());
    }

    /** Appends a record outside any transaction. */
    long append(TopicPartition partition, String key, byte[] value, Headers headers) {
        log(partition).entries.add(new Entry(key, value, headers, nowMs, null, false));
        return log(partition).entries.size() - 1L;
    }

    long end(TopicPartition partition) {
        return log(partition).entries.size();
    }

    Map<TopicPartition, Long> ends(Collection<TopicPartition> of) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        of.forEach(partition -> ends.put(partition, end(partition)));
        return ends;
    }

    private long stableEnd(TopicPartition partition) {
        return open.values().stream()
                .filter(transaction -> !transaction.ended)
                .map(transaction -> transaction.first.get(partition))
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .min()
                .orElse(end(partition));
    }

    /** All committed records of a partition. */
    List<ConsumerRecord<String, byte[]>> committed(TopicPartition partition) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        List<Entry> entries = log(partition).entries;
        for (int offset = 0; offset < entries.size(); offset++) {
            Entry entry = entries.get(offset);
            boolean visible = entry.transaction == null || (entry.transaction.ended && entry.transaction.committed);
            if (visible && !entry.marker) {
                records.add(record(partition, offset, entry));
            }
        }
        return records;
    }

    private static ConsumerRecord<String, byte[]> record(TopicPartition partition, long offset, Entry entry) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                entry.timestamp,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                entry.key,
                entry.value,
                new RecordHeaders(entry.headers.toArray()),
                Optional.of(0));
    }

    private void end(Transaction transaction, boolean commit) {
        transaction.committed = commit;
        transaction.ended = true;
        transaction
                .first
                .keySet()
                .forEach(partition -> log(partition)
                        .entries
                        .add(new Entry(null, null, new RecordHeaders(), nowMs, transaction, true)));
    }

    /** A consumer of committed records that is given at most so many at once. */
    Consumer<String, byte[]> consumer(RandomGenerator random, int recordsMax) {
        Map<TopicPartition, Long> positions = new LinkedHashMap<>();
        Set<TopicPartition> paused = new HashSet<>();
        return proxy(Consumer.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "assign" -> {
                positions.keySet().retainAll((Collection<?>) arguments[0]);
                paused.clear();
                ((Collection<?>) arguments[0]).forEach(each -> positions.putIfAbsent((TopicPartition) each, 0L));
                yield null;
            }
            case "seek" -> {
                Object to = arguments[1];
                positions.put(
                        (TopicPartition) arguments[0], to instanceof OffsetAndMetadata at ? at.offset() : (Long) to);
                yield null;
            }
            case "pause" -> paused.addAll(topicPartitions(arguments[0]));
            case "beginningOffsets" -> {
                Map<TopicPartition, Long> beginnings = new HashMap<>();
                topicPartitions(arguments[0]).forEach(each -> beginnings.put(each, log(each).beginning));
                yield beginnings;
            }
            case "poll" -> poll(positions, paused, random, recordsMax);
            case "close", "wakeup" -> null;
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private ConsumerRecords<String, byte[]> poll(
            Map<TopicPartition, Long> positions, Set<TopicPartition> paused, RandomGenerator random, int recordsMax) {
        Map<TopicPartition, List<ConsumerRecord<String, byte[]>>> polled = new HashMap<>();
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        int left = 1 + random.nextInt(recordsMax);
        positions.forEach((partition, at) -> {
            if (at < log(partition).beginning || at > end(partition)) {
                throw new OffsetOutOfRangeException(Map.of(partition, at));
            }
        });
        List<TopicPartition> inAnyOrder = new ArrayList<>(positions.keySet());
        Collections.shuffle(inAnyOrder, Random.from(random));
        for (TopicPartition partition : inAnyOrder) {
            long at = Objects.requireNonNull(positions.get(partition));
            long stable = stableEnd(partition);
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            long from = at;
            while (at < stable && left > 0 && !paused.contains(partition)) {
                Entry entry = log(partition).entries.get((int) at);
                if (!entry.marker && (entry.transaction == null || entry.transaction.committed)) {
                    records.add(record(partition, at, entry));
                    left--;
                }
                at++;
            }
            if (at > from) {
                positions.put(partition, at);
                next.put(partition, new OffsetAndMetadata(at, Optional.of(0), ""));
                if (!records.isEmpty()) {
                    polled.put(partition, records);
                }
            }
        }
        return new ConsumerRecords<>(polled, next);
    }

    /** A producer without transactions. */
    Producer<String, byte[]> sender() {
        return proxy(Producer.class, (proxy, method, arguments) -> {
            if (!method.getName().equals("send")) {
                throw new UnsupportedOperationException(method.getName());
            }
            ProducerRecord<?, ?> record = (ProducerRecord<?, ?>) arguments[0];
            String key = String.valueOf(record.key());
            TopicPartition partition = new TopicPartition(record.topic(), home(key));
            long offset = append(
                    partition,
                    key,
                    Objects.requireNonNull((byte[]) record.value()),
                    new RecordHeaders(record.headers().toArray()));
            return CompletableFuture.completedFuture(new RecordMetadata(partition, offset, 0, nowMs, 0, 0));
        });
    }

    /** The partition of a key. */
    int home(String key) {
        return Utils.toPositive(Utils.murmur2(EventRecords.key(key))) % partitions;
    }

    /** Drops the records of a partition that were appended before an instant, as retention does. */
    void expireBefore(TopicPartition partition, long timestampMs) {
        Log log = log(partition);
        while (log.beginning < stableEnd(partition) && log.entries.get((int) log.beginning).timestamp < timestampMs) {
            log.beginning++;
        }
    }

    /** A producer of a transactional id. */
    Producer<String, byte[]> producer(String transactionalId, java.util.function.Supplier<Commit> commits) {
        return proxy(Producer.class, new SimulatedProducer(transactionalId, commits));
    }

    private final class SimulatedProducer implements InvocationHandler {
        private final String transactionalId;
        private final java.util.function.Supplier<Commit> commits;
        private int epoch = -1;

        SimulatedProducer(String transactionalId, java.util.function.Supplier<Commit> commits) {
            this.transactionalId = transactionalId;
            this.commits = commits;
        }

        @Override
        public @Nullable Object invoke(Object proxy, java.lang.reflect.Method method, Object[] arguments) {
            switch (method.getName()) {
                case "initTransactions" -> {
                    epoch = epochs.merge(transactionalId, 1, Integer::sum);
                    Transaction unfinished = open.remove(transactionalId);
                    if (unfinished != null && !unfinished.ended) {
                        end(unfinished, false);
                    }
                }
                case "beginTransaction" -> {
                    requireNotFenced();
                    open.put(transactionalId, new Transaction());
                }
                case "send" -> {
                    requireNotFenced();
                    return send((ProducerRecord<?, ?>) arguments[0]);
                }
                case "flush" -> requireNotFenced();
                case "commitTransaction" -> {
                    requireNotFenced();
                    Commit how = commits.get();
                    if (how != Commit.LOST) {
                        end(transaction(), true);
                        open.remove(transactionalId);
                    }
                    if (how != Commit.DONE) {
                        throw new TimeoutException("the commit is not answered");
                    }
                }
                case "abortTransaction" -> {
                    requireNotFenced();
                    end(transaction(), false);
                    open.remove(transactionalId);
                }
                case "close" -> {}
                default -> throw new UnsupportedOperationException(method.getName());
            }
            return null;
        }

        private Transaction transaction() {
            return Objects.requireNonNull(open.get(transactionalId), "no transaction is open");
        }

        private void requireNotFenced() {
            if (epochs.getOrDefault(transactionalId, 0) != epoch) {
                throw new ProducerFencedException(transactionalId + " has a newer producer");
            }
        }

        private CompletableFuture<RecordMetadata> send(ProducerRecord<?, ?> record) {
            TopicPartition partition = new TopicPartition(record.topic(), Objects.requireNonNull(record.partition()));
            Log log = log(partition);
            transaction().first.putIfAbsent(partition, (long) log.entries.size());
            log.entries.add(new Entry(
                    (String) record.key(),
                    (byte[]) record.value(),
                    new RecordHeaders(record.headers().toArray()),
                    nowMs,
                    transaction(),
                    false));
            return CompletableFuture.completedFuture(
                    new RecordMetadata(partition, log.entries.size() - 1L, 0, nowMs, 0, 0));
        }
    }

    private static Collection<TopicPartition> topicPartitions(Object argument) {
        return ((Collection<?>) argument)
                .stream().map(TopicPartition.class::cast).toList();
    }

    @SuppressWarnings("unchecked")
    private static <T, P extends T> P proxy(Class<T> type, InvocationHandler handler) {
        return (P) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    }

    /** How long a simulated poll may wait: it never does. */
    static final Duration AT_ONCE = Duration.ZERO;
}
