package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.DeadLetter.Source;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The keys of other services' events that wait in {@code <noun>.dead-letters}. A later event of such a key is parked
 * behind them until all of them are resolved. The state comes from the topic only. For one thread.
 *
 * <p>No event overtakes a waiting event of its key, none is lost, and none has its effect twice, even while operators
 * retry letters on any instance:
 *
 * <ul>
 *   <li>A key is free when each of its letters has a record that resolves it. So a letter that is parked behind others
 *       while they are retried keeps the key parked, in either order of the two records in the log.
 *   <li>Only the listener that owns a source partition parks its events. It knows its own letters before they are in
 *       the topic, and records of other instances only free keys. So with outdated knowledge it can only park an event
 *       that could pass; that event is retried with the others.
 *   <li>A retry resolves the letter after the broker has acknowledged its commands, and the listener lets a later event
 *       pass only after it has read this. So the commands of the later event come after those of the retry.
 *   <li>A listener that takes a partition over first reads the topic to its end. The former owner committed an offset
 *       only after its letters were acknowledged. Of the events that come again, those with a letter are skipped, also
 *       if an operator resets the group to the beginning; the decider recognises the others as repeats.
 * </ul>
 *
 * One case remains. An owner is frozen for longer than its session while it is about to park an event behind others.
 * Meanwhile an operator retries the others, and the next owner lets the event pass. When the former owner wakes up, it
 * writes a letter for this event, which has to be discarded.
 */
final class ParkedKeys {
    private final DeadLetterIndex letters = new DeadLetterIndex();
    /** Source keys of the events that this listener has parked but not yet read from the topic. */
    private final Map<Source, String> written = new HashMap<>();

    void learn(ConsumerRecord<String, byte[]> record) {
        if (record.headers().lastHeader(DeadLetter.PARKED_KEY) != null) {
            letters.learn(record);
            written.keySet().removeIf(letters::has);
        }
    }

    /** Whether the event has to wait behind another event of its key, as far as the topic was read. */
    boolean holdsBack(ConsumerRecord<String, byte[]> event) {
        String sourceKey = DeadLetter.sourceKey(event.topic(), event.key());
        Stream<Source> own = written.entrySet().stream()
                .filter(each -> each.getValue().equals(sourceKey))
                .map(Map.Entry::getKey);
        return Stream.concat(own, letters.waiting(sourceKey).map(DeadLetter::source))
                .anyMatch(parked -> event.partition() == parked.partition() && event.offset() > parked.offset());
    }

    /** Whether this event has a letter, waiting or resolved. */
    boolean has(Source event) {
        return letters.has(event) || written.containsKey(event);
    }

    void add(Source event, String sourceKey) {
        written.put(event, sourceKey);
    }
}
