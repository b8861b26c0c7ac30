package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.SimulatedKafka.Entry;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link SimulatedKafka} through Kafka's own interface: assigned partitions, without a group. A poll gives some
 * records of partitions in any order, and never waits.
 */
class SimulatedConsumer implements InvocationHandler {
    /** How long a simulated poll may wait. */
    static final Duration AT_ONCE = Duration.ZERO;

    private final SimulatedKafka kafka;
    private final Supplier<RandomGenerator> random;
    private final int recordsMax;
    private final boolean committedOnly;
    private final Map<TopicPartition, Long> positions = new LinkedHashMap<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    /** Sought to a place of a leader that this log never had. */
    private final Set<TopicPartition> diverged = new HashSet<>();

    private int read;

    /**
     * A consumer that has nothing assigned.
     *
     * @param recordsMax of a poll
     */
    SimulatedConsumer(SimulatedKafka kafka, Supplier<RandomGenerator> random, int recordsMax, boolean committedOnly) {
        this.kafka = kafka;
        this.random = random;
        this.recordsMax = recordsMax;
        this.committedOnly = committedOnly;
    }

    /** This consumer as Kafka's. */
    @SuppressWarnings("unchecked")
    Consumer<String, byte[]> asConsumer() {
        return (Consumer<String, byte[]>)
                Proxy.newProxyInstance(Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, this);
    }

    /** True when a poll would move it on. */
    boolean hasMore() {
        for (Map.Entry<TopicPartition, Long> each : positions.entrySet()) {
            long at = each.getValue();
            if (!paused.contains(each.getKey())
                    && (at < readableEnd(each.getKey()) || isOutOfRange(each.getKey(), at))) {
                return true;
            }
        }
        return false;
    }

    /** How many records it has given. */
    int read() {
        return read;
    }

    private long readableEnd(TopicPartition partition) {
        return committedOnly ? kafka.stableEnd(partition) : kafka.end(partition);
    }

    private boolean isOutOfRange(TopicPartition partition, long at) {
        return diverged.contains(partition) || at < kafka.beginning(partition) || at > kafka.end(partition);
    }

    /** Where it goes when it is told to go to an offset. */
    long sought(TopicPartition partition, long offset) {
        return offset;
    }

    /** A record as a poll gives it. */
    ConsumerRecord<String, byte[]> given(ConsumerRecord<String, byte[]> record) {
        return record;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object[] arguments) {
        switch (method.getName()) {
            case "assign" -> {
                List<TopicPartition> assigned = partitions(arguments[0]);
                positions.keySet().retainAll(assigned);
                paused.retainAll(assigned);
                assigned.forEach(each -> positions.putIfAbsent(each, 0L));
            }
            case "seek" -> {
                TopicPartition partition = (TopicPartition) arguments[0];
                long to = arguments[1] instanceof OffsetAndMetadata at ? at.offset() : (Long) arguments[1];
                positions.put(partition, sought(partition, to));
                diverged.remove(partition);
                if (arguments[1] instanceof OffsetAndMetadata at
                        && at.leaderEpoch().orElse(0) != 0) {
                    diverged.add(partition);
                }
            }
            case "resume" -> paused.removeAll(partitions(arguments[0]));
            case "assignment" -> {
                return Set.copyOf(positions.keySet());
            }
            case "currentLag" -> {
                TopicPartition partition = (TopicPartition) arguments[0];
                return OptionalLong.of(readableEnd(partition) - positions.getOrDefault(partition, 0L));
            }
            case "pause" -> paused.addAll(partitions(arguments[0]));
            case "beginningOffsets" -> {
                Map<TopicPartition, Long> beginnings = new HashMap<>();
                partitions(arguments[0]).forEach(each -> beginnings.put(each, kafka.beginning(each)));
                return beginnings;
            }
            case "poll" -> {
                return poll();
            }
            default -> throw new UnsupportedOperationException(method.getName());
        }
        return null;
    }

    private static List<TopicPartition> partitions(Object argument) {
        return ((Collection<?>) argument)
                .stream().map(TopicPartition.class::cast).toList();
    }

    private ConsumerRecords<String, byte[]> poll() {
        List<TopicPartition> waiting = new ArrayList<>();
        positions.forEach((partition, at) -> {
            if (isOutOfRange(partition, at)) {
                throw new OffsetOutOfRangeException(Map.of(partition, at));
            }
            if (!paused.contains(partition) && at < readableEnd(partition)) {
                waiting.add(partition);
            }
        });
        Map<TopicPartition, List<ConsumerRecord<String, byte[]>>> polled = new LinkedHashMap<>();
        Map<TopicPartition, OffsetAndMetadata> next = new LinkedHashMap<>();
        if (waiting.isEmpty()) {
            return new ConsumerRecords<>(polled, next);
        }
        int left = 1 + random.get().nextInt(recordsMax);
        while (left > 0 && !waiting.isEmpty()) {
            TopicPartition partition = waiting.remove(random.get().nextInt(waiting.size()));
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            long end = readableEnd(partition);
            long at = positions.getOrDefault(partition, 0L);
            while (at < end && left > 0) {
                Entry entry = kafka.entry(partition, at);
                if (committedOnly ? entry.isCommitted() : !entry.marker()) {
                    records.add(given(entry.asConsumerRecord()));
                    left--;
                }
                at++;
            }
            positions.put(partition, at);
            next.put(partition, new OffsetAndMetadata(at, java.util.Optional.of(0), ""));
            if (!records.isEmpty()) {
                read += records.size();
                polled.put(partition, records);
            }
        }
        return new ConsumerRecords<>(polled, next);
    }
}
