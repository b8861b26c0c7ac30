package dev.mortar.eventsourcing.kafka;

import org.jspecify.annotations.Nullable;

/** Kafka cannot be reached, or partitions are moving. Whoever repeats the request with the same key is safe. */
public final class KafkaUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what cannot be reached; shown to the caller */
    public KafkaUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
