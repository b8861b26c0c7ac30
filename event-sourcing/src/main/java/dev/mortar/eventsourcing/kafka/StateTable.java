package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A full copy of a compacted topic in the memory of this instance, a little behind the topic. Safe for many threads.
 *
 * @param <R> values in the service's own words
 */
public final class StateTable<R> implements ServiceRuntime.Part {

    private static final Logger LOG = LoggerFactory.getLogger(StateTable.class);
    /** Longest time without a record before the end is reached for the first time. */
    private static final Duration START_PATIENCE = Duration.ofHours(1);

    private static final Duration POLL = Duration.ofMillis(500);
    /** After each poll, so that a burst of states is one poll. A copy may be a little behind. */
    private static final long PAUSE_NS = Duration.ofMillis(100).toNanos();

    private final String topic;
    private final EventReader<R> reader;
    private final Map<String, R> values = new ConcurrentHashMap<>();

    private @Nullable Consumer<String, byte[]> consumer;
    private volatile @Nullable Thread thread;

    StateTable(String topic, EventReader<R> reader) {
        this.topic = topic;
        this.reader = reader;
    }

    /**
     * The value of a key, or null.
     *
     * @throws KafkaUnavailable until the topic has been read to its end once, before which absent means nothing; and
     *     when its reading has ended
     */
    public @Nullable R get(String key) {
        refuseUnlessRead();
        return values.get(key);
    }

    /**
     * All values, as they are while iterating.
     *
     * @throws KafkaUnavailable as {@link #get}
     */
    public Collection<R> values() {
        refuseUnlessRead();
        return Collections.unmodifiableCollection(values.values());
    }

    private void refuseUnlessRead() {
        if (!isReady()) {
            throw new KafkaUnavailable("The table of " + topic + " is not read", null);
        }
    }

    /** Reads to the end of the topic, then goes on reading in the background. */
    void start(KafkaSettings settings, Deserializer<SpecificRecord> deserializer) {
        Consumer<String, byte[]> opened = new KafkaConsumer<>(settings.tail("table-" + topic));
        consumer = opened;
        TopicReader.readToEnd(opened, settings.prefixed(topic), START_PATIENCE, record -> learn(record, deserializer));
        thread = Thread.ofPlatform().name("table-" + topic).daemon().start(() -> {
            try (opened) {
                while (true) {
                    opened.poll(POLL).forEach(record -> learn(record, deserializer));
                    LockSupport.parkNanos(PAUSE_NS);
                }
            } catch (WakeupException stopped) {
                LOG.debug("no longer reading {}", topic);
            } catch (KafkaException e) {
                LOG.error("Reading {} ended; its table cannot be used until the service is restarted", topic, e);
            }
        });
    }

    private void learn(ConsumerRecord<String, byte[]> record, Deserializer<SpecificRecord> deserializer) {
        try {
            // The reader gives null for a state that its service need not keep.
            R value = record.value() == null
                    ? null
                    : reader.read(
                            Objects.requireNonNull(deserializer.deserialize(topic, record.headers(), record.value())));
            if (value == null) {
                values.remove(record.key());
            } else {
                values.put(record.key(), value);
            }
        } catch (RuntimeException e) {
            // One bad state does not take the others away; the next write of its key replaces it.
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

    /** True when its reading has ended for good. */
    @Override
    public boolean gaveUp() {
        return thread != null && !isReady();
    }

    @Override
    public void stop() {
        if (consumer != null) {
            consumer.wakeup();
        }
    }
}
