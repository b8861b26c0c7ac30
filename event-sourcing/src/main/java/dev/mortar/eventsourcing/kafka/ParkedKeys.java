package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.DeadLetter.Source;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The keys of events of other services that wait in {@code <noun>.dead-letters}. A later event of such a key waits
 * behind them until all of them are resolved. The topic is the memory. Used by one thread.
 *
 * <p>Why no event passes another of its key that waits, none is lost and none is reacted to twice, while a person
 * retries letters on any instance:
 *
 * <ul>
 *   <li>A key is free when each of its letters has its own record that resolves it. So a letter that is parked behind
 *       others while they are being retried keeps the key parked, whichever of the two records comes first in the log.
 *   <li>Only the listener that owns a source partition parks its events. It knows its own letters from the moment it
 *       makes them, before they are in the topic, and records of others only free keys. So its view may be too old to
 *       let an event pass, never to park one: the event then waits behind the others and is retried with them.
 *   <li>A retry has its commands acknowledged before it resolves the letter, and the listener lets a later event pass
 *       only after it has read that. So the commands of the later event come after those of the retry.
 *   <li>A listener that takes a partition over reads the topic to its end before the first event. The owner before had
 *       its letters acknowledged before it committed the offset behind them. Events that were not committed come again,
 *       and an event that has a letter, waiting or resolved, is passed over. That holds after a reset of the group to
 *       the beginning as well. An event before the letters of its key is let through, and the decider knows it as a
 *       repeat.
 * </ul>
 *
 * One case remains. An owner is frozen for longer than its session while it holds an event that it parks behind others.
 * Meanwhile the others are retried, and the next owner lets the event pass. The letter that the former owner writes
 * when it wakes up is void.
 */
final class ParkedKeys {

    private final DeadLetterIndex letters = new DeadLetterIndex();
    /** Source keys of the events that this listener has parked and not read back yet. */
    private final Map<Source, String> written = new HashMap<>();

    /** Learns from a record of the dead letters' topic. */
    void learn(ConsumerRecord<String, byte[]> record) {
        if (record.headers().lastHeader(DeadLetter.PARKED_KEY) != null) {
            letters.learn(record);
            written.keySet().removeIf(letters::has);
        }
    }

    /** Whether the event has to wait behind another of its key, as far as the topic was read. */
    boolean holdsBack(ConsumerRecord<String, byte[]> event) {
        String sourceKey = DeadLetter.sourceKey(event.topic(), event.key());
        Stream<Source> own = written.entrySet().stream()
                .filter(each -> each.getValue().equals(sourceKey))
                .map(Map.Entry::getKey);
        return Stream.concat(own, letters.waiting(sourceKey).map(DeadLetter::source))
                .anyMatch(parked -> event.partition() == parked.partition() && event.offset() > parked.offset());
    }

    /** Whether this event was parked before, waiting or not. */
    boolean has(Source event) {
        return letters.has(event) || written.containsKey(event);
    }

    /** Takes in that this listener parks an event. */
    void add(Source event, String sourceKey) {
        written.put(event, sourceKey);
    }
}
