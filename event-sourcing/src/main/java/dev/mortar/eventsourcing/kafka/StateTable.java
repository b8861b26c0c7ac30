package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A full copy of a compacted topic in the memory of this instance, slightly behind the topic. Thread-safe. */
public final class StateTable<R> implements ServiceRuntime.Part {
    private static final Logger LOG = LoggerFactory.getLogger(StateTable.class);
    /** Longest time without a record during the first reading. */
    private static final Duration START_PATIENCE = Duration.ofHours(1);

    /** If {@link #asOf} is older, it is renewed for later calls. */
    private static final Duration AS_OF_AGE = Duration.ofSeconds(1);

    private static final Duration AS_OF_PATIENCE = Duration.ofSeconds(2);

    private static final Duration POLL = Duration.ofMillis(500);
    /** Pause after each poll, so that a burst of states is one poll. */
    private static final long PAUSE_NS = Duration.ofMillis(100).toNanos();

    private final String topic;
    private final EventReader<R> reader;
    private final Map<String, R> values = new ConcurrentHashMap<>();
    private final AtomicBoolean renewing = new AtomicBoolean();
    private final AtomicInteger waiting = new AtomicInteger();

    private BiConsumer<String, @Nullable R> listener = (key, value) -> {};
    private volatile @Nullable Consumer<String, byte[]> consumer;
    private volatile @Nullable Thread thread;
    private @Nullable Ends ends;
    /** Guarded by this. */
    private Map<TopicPartition, Long> positions = Map.of();
    /** Guarded by this. */
    private Instant asOf = Instant.MIN;

    /** Looks up the ends of partitions: the offsets after their last committed records. */
    interface Ends {
        /** @throws KafkaUnavailable when it takes longer */
        Map<TopicPartition, Long> of(Collection<TopicPartition> partitions, Duration atMost);
    }

    StateTable(String topic, EventReader<R> reader) {
        this.topic = topic;
        this.reader = reader;
    }

    /**
     * The value of a key, or null.
     *
     * @throws KafkaUnavailable until the topic was once read to its end, and after reading has failed
     */
    public @Nullable R get(String key) {
        refuseUnlessRead();
        return values.get(key);
    }

    /** A live view of all values. Throws {@link KafkaUnavailable} as {@link #get}. */
    public Collection<R> values() {
        refuseUnlessRead();
        return Collections.unmodifiableCollection(values.values());
    }

    /**
     * Sets the listener that gets each state in the sequence of the topic: the key, and the value, or null if the table
     * has none. To be set before the table starts; one thread at a time calls it.
     */
    public void onChange(BiConsumer<String, @Nullable R> listener) {
        this.listener = listener;
    }

    /**
     * The values are at least as new as this. If it is old, the next calls get a newer one. Throws
     * {@link KafkaUnavailable} as {@link #get}.
     */
    public synchronized Instant asOf() {
        refuseUnlessRead();
        if (asOf.plus(AS_OF_AGE).isBefore(Instant.now()) && renewing.compareAndSet(false, true)) {
            Thread.ofVirtual().name("table-" + topic + "-end").start(this::renew);
        }
        return asOf;
    }

    private void renew() {
        try {
            awaitEnd(AS_OF_PATIENCE);
        } catch (KafkaUnavailable e) {
            LOG.debug("The table of {} could not be read to its end", topic, e);
        } finally {
            renewing.set(false);
        }
    }

    /**
     * Waits until the table has all states that a consumer could read at the time of this call, and returns that time.
     * The states of a transaction can be read a few milliseconds after its commit.
     *
     * @throws KafkaUnavailable when it takes longer, and as {@link #get}
     */
    public Instant awaitEnd(Duration atMost) {
        refuseUnlessRead();
        Instant called = Instant.now();
        long deadlineNs = System.nanoTime() + atMost.toNanos();
        waiting.incrementAndGet();
        try {
            Map<TopicPartition, Long> end = Objects.requireNonNull(ends).of(partitions(), atMost);
            LockSupport.unpark(thread);
            awaitPositions(end, deadlineNs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("Interrupted while the table of " + topic + " was read", e);
        } finally {
            waiting.decrementAndGet();
        }
        return reached(called);
    }

    private synchronized Collection<TopicPartition> partitions() {
        return positions.keySet();
    }

    private synchronized void awaitPositions(Map<TopicPartition, Long> end, long deadlineNs)
            throws InterruptedException {
        while (end.entrySet().stream().anyMatch(each -> positions.getOrDefault(each.getKey(), 0L) < each.getValue())) {
            long leftNs = deadlineNs - System.nanoTime();
            if (leftNs <= 0) {
                throw new KafkaUnavailable("The table of " + topic + " was not read to its end in time", null);
            }
            TimeUnit.NANOSECONDS.timedWait(this, leftNs);
        }
    }

    private synchronized Instant reached(Instant end) {
        if (end.isAfter(asOf)) {
            asOf = end;
        }
        return end;
    }

    private synchronized void moved(Consumer<String, byte[]> reading) {
        positions = reading.assignment().stream().collect(Collectors.toMap(each -> each, reading::position));
        notifyAll();
    }

    private void refuseUnlessRead() {
        if (!isReady()) {
            throw new KafkaUnavailable("The table of " + topic + " is not up to date", null);
        }
    }

    void start(KafkaSettings settings, Deserializer<SpecificRecord> deserializer, Ends ends) {
        start(new KafkaConsumer<>(settings.tail("table-" + topic)), settings.prefixed(topic), deserializer, ends);
    }

    /**
     * Reads the topic to its end and then follows it.
     *
     * @param ends has a connection of its own, because the consumer's waits while no records come
     */
    void start(
            Consumer<String, byte[]> opened,
            String prefixedTopic,
            Deserializer<SpecificRecord> deserializer,
            Ends ends) {
        this.ends = ends;
        consumer = opened;
        Instant before = Instant.now();
        TopicReader.readToEnd(opened, prefixedTopic, START_PATIENCE, record -> learn(record, deserializer));
        moved(opened);
        reached(before);
        thread = Thread.ofPlatform().name("table-" + topic).daemon().start(() -> {
            try (opened) {
                while (true) {
                    opened.poll(POLL).forEach(record -> learn(record, deserializer));
                    moved(opened);
                    if (waiting.get() == 0) {
                        LockSupport.parkNanos(PAUSE_NS);
                    }
                }
            } catch (WakeupException stopped) {
                LOG.debug("The table of {} was stopped", topic);
            } catch (KafkaException e) {
                LOG.error("Reading {} failed; its table cannot be used until the service is restarted", topic, e);
            }
        });
    }

    private void learn(ConsumerRecord<String, byte[]> record, Deserializer<SpecificRecord> deserializer) {
        try {
            // The reader returns null for states that the service does not need.
            R value = record.value() == null
                    ? null
                    : reader.read(
                            Objects.requireNonNull(deserializer.deserialize(topic, record.headers(), record.value())));
            if (value == null) {
                values.remove(record.key());
            } else {
                values.put(record.key(), value);
            }
            listener.accept(record.key(), value);
        } catch (RuntimeException e) {
            // An unreadable state must not stop the table. The next state of its key replaces it.
            LOG.error("Unreadable state at {}/{}/{}", topic, record.partition(), record.offset(), e);
        }
    }

    String topic() {
        return topic;
    }

    @Override
    public String missing() {
        return isReady() ? "" : "not up to date";
    }

    private boolean isReady() {
        Thread running = thread;
        return running != null && running.isAlive();
    }

    @Override
    public boolean gaveUp() {
        return thread != null && !isReady();
    }

    @Override
    public void stop() {
        Consumer<String, byte[]> opened = consumer;
        if (opened != null) {
            opened.wakeup();
        }
    }
}
