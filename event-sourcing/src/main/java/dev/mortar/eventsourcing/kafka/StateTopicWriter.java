package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Writes to a topic of states or records directly, for data that must not pass through commands and events. */
public final class StateTopicWriter {
    private static final int DELIVERY_TIMEOUT_MS = 8_000;
    private static final int MAX_BLOCK_MS = 3_000;

    private final KafkaSettings settings;
    private @Nullable Connection connection;

    private record Connection(Producer<String, byte[]> producer, Serializer<SpecificRecord> serializer) {}

    StateTopicWriter(KafkaSettings settings) {
        this.settings = settings;
    }

    /**
     * Writes a record, or a tombstone for null, and waits until the brokers acknowledge it.
     *
     * @throws KafkaUnavailable when the brokers do not acknowledge it
     */
    public void put(String topic, String key, @Nullable SpecificRecord state) {
        // Not synchronised, because one slow write would delay all the others.
        Connection open = open();
        try {
            byte[] value = state == null ? null : open.serializer().serialize(settings.prefixed(topic), state);
            open.producer()
                    .send(new ProducerRecord<>(settings.prefixed(topic), key, value))
                    .get(DELIVERY_TIMEOUT_MS + MAX_BLOCK_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new KafkaUnavailable("The state could not be written", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("Interrupted while the state was written", e);
        }
    }

    private synchronized Connection open() {
        Connection open = connection;
        if (open == null) {
            open = new Connection(
                    new KafkaProducer<>(settings.producer("states", DELIVERY_TIMEOUT_MS, MAX_BLOCK_MS)),
                    settings.stateSerializer());
            connection = open;
        }
        return open;
    }

    synchronized void stop() {
        if (connection != null) {
            connection.producer().close(Duration.ofSeconds(5));
        }
    }
}
