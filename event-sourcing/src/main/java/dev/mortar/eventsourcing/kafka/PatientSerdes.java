package dev.mortar.eventsourcing.kafka;

import dev.mortar.schemas.registry.RegistryException;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits as long as the schema registry is away, which is no fault of the record: for threads that read on and on, where
 * an exception would stop a view or lose a state. Requests that somebody waits for must not use these.
 */
final class PatientSerdes {

    private static final Logger LOG = LoggerFactory.getLogger(PatientSerdes.class);
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

    private PatientSerdes() {}

    /** @throws InterruptException when the thread is interrupted while it waits */
    static Deserializer<SpecificRecord> patient(Deserializer<SpecificRecord> deserializer) {
        return new Deserializer<>() {
            @Override
            public @Nullable SpecificRecord deserialize(String topic, byte @Nullable [] value) {
                return insist(topic, () -> deserializer.deserialize(topic, value));
            }

            @Override
            public @Nullable SpecificRecord deserialize(String topic, Headers headers, byte @Nullable [] value) {
                return insist(topic, () -> deserializer.deserialize(topic, headers, value));
            }
        };
    }

    /** @throws InterruptException when the thread is interrupted while it waits */
    static Serializer<SpecificRecord> patient(Serializer<SpecificRecord> serializer) {
        return new Serializer<>() {
            @Override
            public byte @Nullable [] serialize(String topic, @Nullable SpecificRecord value) {
                return insist(topic, () -> serializer.serialize(topic, value));
            }
        };
    }

    private static <T extends @Nullable Object> T insist(String topic, Supplier<T> attempt) {
        while (true) {
            try {
                return attempt.get();
            } catch (RegistryException.Unavailable e) {
                LOG.warn("The schema registry is away; {} waits: {}", topic, e.getMessage());
                try {
                    Thread.sleep(RETRY_PAUSE);
                } catch (InterruptedException interrupted) {
                    throw new InterruptException(interrupted);
                }
            }
        }
    }
}
