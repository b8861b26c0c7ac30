package dev.mortar.eventsourcing.kafka;

import dev.mortar.schemas.registry.RegistryException;
import java.time.Duration;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits while the schema registry is away, because the record is not at fault. For background threads, where an
 * exception would stop a fold; not for requests with a waiting caller.
 */
record PatientDeserializer(Deserializer<SpecificRecord> deserializer) implements Deserializer<SpecificRecord> {
    private static final Logger LOG = LoggerFactory.getLogger(PatientDeserializer.class);
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

    @Override
    public @Nullable SpecificRecord deserialize(String topic, byte @Nullable [] value) {
        return deserialize(topic, CommandHeaders.none(), value);
    }

    /** @throws InterruptException when the thread is interrupted while it waits */
    @Override
    public @Nullable SpecificRecord deserialize(String topic, Headers headers, byte @Nullable [] value) {
        while (true) {
            try {
                return deserializer.deserialize(topic, headers, value);
            } catch (RegistryException.Unavailable e) {
                LOG.warn("The schema registry is away; the reader of {} waits: {}", topic, e.getMessage());
                try {
                    Thread.sleep(RETRY_PAUSE);
                } catch (InterruptedException interrupted) {
                    throw new InterruptException(interrupted);
                }
            }
        }
    }
}
