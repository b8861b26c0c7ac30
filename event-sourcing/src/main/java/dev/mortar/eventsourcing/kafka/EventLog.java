package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Recorded;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads single events of the service's own log by their places. One reader at a time uses its consumer. */
final class EventLog<E> implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** Records that are nearer than this come with the same fetch, so they are read and not sought. */
    private static final long NEAR = 1_000;

    private final String topic;
    private final Fold<?, ?, ?, E> fold;
    private final Supplier<Consumer<String, byte[]>> consumers;
    private @Nullable Consumer<String, byte[]> open;

    /** @param consumers gives a consumer of committed records without a group */
    EventLog(String topic, Fold<?, ?, ?, E> fold, Supplier<Consumer<String, byte[]>> consumers) {
        this.topic = topic;
        this.fold = fold;
        this.consumers = consumers;
    }

    /**
     * The events at these places, by place.
     *
     * @throws KafkaUnavailable when the broker does not give them in time
     */
    synchronized Map<EventPlace, Recorded<E>> read(Collection<EventPlace> places) {
        Map<Integer, TreeSet<Long>> wanted = new TreeMap<>();
        places.forEach(place ->
                wanted.computeIfAbsent(place.partition(), _ -> new TreeSet<>()).add(place.offset()));
        Map<EventPlace, Recorded<E>> found = new HashMap<>();
        long endNs = System.nanoTime() + PATIENCE.toNanos();
        try {
            Consumer<String, byte[]> consumer = consumer();
            wanted.forEach((partition, offsets) -> read(consumer, partition, offsets, found, endNs));
            return found;
        } catch (KafkaException e) {
            close();
            throw new KafkaUnavailable("The log cannot be read", e);
        }
    }

    private void read(
            Consumer<String, byte[]> consumer,
            int partition,
            TreeSet<Long> offsets,
            Map<EventPlace, Recorded<E>> found,
            long endNs) {
        TopicPartition log = new TopicPartition(topic, partition);
        consumer.assign(List.of(log));
        long at = -NEAR;
        while (!offsets.isEmpty()) {
            if (offsets.first() < at || offsets.first() - at >= NEAR) {
                consumer.seek(log, offsets.first());
            }
            long leftNs = endNs - System.nanoTime();
            if (leftNs <= 0) {
                throw new KafkaUnavailable("The log was not read within " + PATIENCE.toSeconds() + " s", null);
            }
            for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofNanos(leftNs))) {
                if (offsets.remove(record.offset())) {
                    found.put(
                            new EventPlace(partition, record.offset()),
                            fold.read(
                                    topic, partition, record.offset(), record.key(), record.headers(), record.value()));
                }
                at = record.offset() + 1;
            }
        }
    }

    private Consumer<String, byte[]> consumer() {
        Consumer<String, byte[]> consumer = open;
        if (consumer == null) {
            consumer = consumers.get();
            open = consumer;
        }
        return consumer;
    }

    @Override
    public synchronized void close() {
        if (open != null) {
            open.close();
            open = null;
        }
    }
}
