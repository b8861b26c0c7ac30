package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.DeadLetters.Place;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The keys of foreign events that wait in {@code <noun>.dead-letters}: what comes later under such a key waits behind
 * them, until all of them are resolved. The topic is the memory. Used by one thread.
 *
 * <p>Why no event passes another of its key that waits, none is lost and none is reacted to twice, while somebody
 * elsewhere retries:
 *
 * <ul>
 *   <li>A key is free when each of its letters has its own record that resolves it. So a letter that is parked behind
 *       while earlier ones are being retried keeps the key parked, whichever of the two records the log takes first.
 *   <li>Only the listener that owns a source partition parks its events. It knows of its own letters from the moment it
 *       makes them, before they are in the topic, and everybody else's records only free keys. So its view may be too
 *       old to let an event pass, never to park one: the event then waits behind the others and is retried with them.
 *   <li>A retry has its commands acknowledged before it says that the letter is resolved, and the listener passes a
 *       later event only after it has read that: the later event's commands come after them.
 *   <li>Whoever takes a partition over reads the topic to its end before the first event. The owner before had its
 *       letters acknowledged before it committed the offset behind them; what was not committed comes again, and an
 *       event of which there is a letter, waiting or resolved, is passed over. That holds after a reset of the group to
 *       the beginning as well; and an event that lies before the letters of its key is let through, where the decider
 *       knows it as a repeat.
 * </ul>
 *
 * What remains: an owner that was frozen longer than its session, with an event in its hands that it parks behind
 * others, while the others are retried and the next owner passes the event. The letter it writes when it wakes up is
 * void.
 */
final class ParkedKeys {

    /** Names topic and key of a parked event. */
    static final String PARKED = "parked-key";

    private record Origin(String topicId, Place place) {}

    private final Letters letters = new Letters();
    /** Parked by this listener and not read back yet, by name. */
    private final Map<String, Set<Origin>> written = new HashMap<>();

    static String name(String topic, @Nullable String key) {
        return topic + "|" + key;
    }

    /** Learns from a record of the dead letters' topic. */
    void learn(ConsumerRecord<String, byte @Nullable []> record) {
        String name = CommandHeaders.text(record.headers(), PARKED);
        if (name == null) {
            return;
        }
        letters.learn(record);
        written.computeIfPresent(name, (_, own) -> {
            own.removeIf(origin -> letters.has(origin.topicId(), origin.place()));
            return own.isEmpty() ? null : own;
        });
    }

    /** Whether the event has to wait behind another of its key, as far as the topic was read. */
    boolean holdsBack(ConsumerRecord<String, byte[]> event) {
        return isBehind(name(event.topic(), event.key()), Place.of(event));
    }

    /** Whether the event at this place has to wait behind another of its key. */
    boolean isBehind(String name, Place event) {
        return written.getOrDefault(name, Set.of()).stream().anyMatch(origin -> isBehind(event, origin.place()))
                || letters.waiting(name).anyMatch(letter -> isBehind(event, letter.source()));
    }

    private static boolean isBehind(Place event, Place parked) {
        return event.partition() == parked.partition() && event.offset() > parked.offset();
    }

    /** Whether the event at this place was parked before, no matter what became of it. */
    boolean has(String topicId, Place event) {
        return letters.has(topicId, event)
                || written.values().stream().anyMatch(own -> own.contains(new Origin(topicId, event)));
    }

    /** Says that the event at this place is being parked. */
    void add(String name, String topicId, Place event) {
        written.computeIfAbsent(name, _ -> new HashSet<>()).add(new Origin(topicId, event));
    }
}
