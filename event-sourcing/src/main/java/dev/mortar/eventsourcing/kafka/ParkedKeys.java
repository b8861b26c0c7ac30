package dev.mortar.eventsourcing.kafka;

import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The keys of foreign events that wait in {@code <noun>.dead-letters}: what comes later under such a key waits behind
 * them. The topic is the memory; whoever takes a partition over reads it to its end first. Used by one thread.
 */
final class ParkedKeys {

    /** Names topic and key of a parked event; a record with it and without a value says that the key is free again. */
    static final String PARKED = "parked-key";

    private final Set<String> parked = new HashSet<>();

    static String name(String topic, @Nullable String key) {
        return topic + "|" + key;
    }

    /** Learns from a dead letter, or from the record that frees its key. */
    void learn(ConsumerRecord<String, byte @Nullable []> record) {
        String name = CommandHeaders.text(record.headers(), PARKED);
        if (name != null && record.value() == null) {
            parked.remove(name);
        } else if (name != null) {
            parked.add(name);
        }
    }

    boolean contains(String name) {
        return parked.contains(name);
    }

    void add(String name) {
        parked.add(name);
    }
}
