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

/** A full copy of a compacted topic in the memory of this instance, slightly behind the topic. Thread-safe. */
public final class StateTable<R> implements ServiceRuntime.Part {
    private static final Logger LOG = LoggerFactory.getLogger(StateTable.class);
    /** Longest time without a record during the first reading. */
    private static final Duration START_PATIENCE = Duration.ofHours(1);

    private static final Duration POLL = Duration.ofMillis(500);
    /** Pause after each poll, so that a burst of states is one poll. */
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

    private void refuseUnlessRead() {
        if (!isReady()) {
            throw new KafkaUnavailable("The table of " + topic + " is not up to date", null);
        }
    }

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
        if (consumer != null) {
            consumer.wakeup();
        }
    }
}
