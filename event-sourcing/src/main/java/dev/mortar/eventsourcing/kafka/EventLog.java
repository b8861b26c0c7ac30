package dev.mortar.eventsourcing.kafka;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;

import dev.mortar.eventsourcing.Recorded;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Reads single events of the service's own log by their places. Thread-safe; the threads wait for one another. */
final class EventLog<E> implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final String topic;
    private final Fold<?, ?, ?, E> fold;
    private final Consumer<String, byte[]> consumer;
    private boolean closed;

    /** The consumer reads committed records without a group; {@link #close} closes it. */
    EventLog(String topic, Fold<?, ?, ?, E> fold, Consumer<String, byte[]> consumer) {
        this.topic = topic;
        this.fold = fold;
        this.consumer = consumer;
    }

    /**
     * The events at these places, by place.
     *
     * @throws KafkaUnavailable when the broker does not return them in time, or the log is closed
     */
    synchronized Map<EventPlace, Recorded<E>> read(Collection<EventPlace> places) {
        if (closed) {
            throw new KafkaUnavailable("The log is closed", null);
        }
        Map<Integer, Set<Long>> wanted = places.stream()
                .collect(groupingBy(EventPlace::partition, TreeMap::new, mapping(EventPlace::offset, toSet())));
        Map<EventPlace, Recorded<E>> found = new HashMap<>();
        long endNs = System.nanoTime() + PATIENCE.toNanos();
        try {
            wanted.forEach((partition, offsets) -> TopicReader.readAt(
                            consumer, new TopicPartition(topic, partition), offsets, endNs)
                    .forEach(record -> found.put(new EventPlace(partition, record.offset()), fold.read(record))));
            return found;
        } catch (KafkaException e) {
            throw new KafkaUnavailable("The log cannot be read", e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        consumer.close();
    }
}
