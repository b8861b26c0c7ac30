package dev.mortar.eventsourcing.kafka;

import org.jspecify.annotations.Nullable;

/** Kafka cannot be reached, or partitions are moving. The caller can safely repeat the request with the same key. */
public final class KafkaUnavailable extends RuntimeException {
    /** @param message the reason, shown to the caller */
    public KafkaUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
