package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.DeadLetter.Source;
import dev.mortar.eventsourcing.kafka.DeadLetter.State;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dead letters of a service, built from the records of their topic.
 *
 * <p>A listener that dies before it commits an offset may park the same record twice; only the first letter counts. A
 * letter is resolved once: if two operators resolve it at the same time, the first record in the topic counts.
 */
final class DeadLetterIndex {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterIndex.class);

    private final Map<String, DeadLetter> letters = new LinkedHashMap<>();
    private final Set<Source> sources = new HashSet<>();
    private final Map<String, Set<DeadLetter>> waitingBySourceKey = new HashMap<>();

    /**
     * Adds or resolves a letter. Records of a partition have to come in order. Records that are neither are ignored.
     */
    void learn(ConsumerRecord<String, byte[]> record) {
        try {
            DeadLetter letter = DeadLetter.of(record);
            if (letter == null) {
                resolve(record);
            } else if (sources.add(letter.source())) {
                letters.put(letter.id(), letter);
                waitingBySourceKey
                        .computeIfAbsent(letter.sourceKey(), _ -> new LinkedHashSet<>())
                        .add(letter);
            }
        } catch (IllegalArgumentException e) {
            LOG.warn("{} is not a dead letter", Source.of(record, null), e);
        }
    }

    private void resolve(ConsumerRecord<String, byte[]> record) {
        String resolved = CommandHeaders.text(record.headers(), DeadLetter.RESOLVED);
        String how = CommandHeaders.text(record.headers(), DeadLetter.RESOLVED_HOW);
        String by = CommandHeaders.text(record.headers(), DeadLetter.RESOLVED_BY);
        if (resolved == null || how == null || by == null) {
            return;
        }
        String id = record.partition() + "/" + Long.parseLong(resolved);
        State state = State.valueOf(how);
        DeadLetter letter = letters.get(id);
        if (letter == null || letter.state() != State.WAITING) {
            return;
        }
        String reason = CommandHeaders.text(record.headers(), DeadLetter.RESOLVED_WHY);
        letters.put(id, letter.resolved(state, by, Instant.ofEpochMilli(record.timestamp()), reason));
        waitingBySourceKey.computeIfPresent(letter.sourceKey(), (_, waiting) -> {
            waiting.remove(letter);
            return waiting.isEmpty() ? null : waiting;
        });
    }

    /** @param id PARTITION/OFFSET */
    Optional<DeadLetter> find(String id) {
        return Optional.ofNullable(letters.get(id));
    }

    /** All letters, by partition and offset. */
    List<DeadLetter> all() {
        return letters.values().stream()
                .sorted(Comparator.comparingInt(DeadLetter::partition).thenComparingLong(DeadLetter::offset))
                .toList();
    }

    /** The letters that wait, by partition and offset. */
    List<DeadLetter> waiting() {
        return all().stream().filter(letter -> letter.state() == State.WAITING).toList();
    }

    /** The letters of a source key that wait, the oldest first. */
    Stream<DeadLetter> waiting(String sourceKey) {
        return waitingBySourceKey.getOrDefault(sourceKey, Set.of()).stream();
    }

    /** Whether there is a letter of this record, resolved or not. */
    boolean has(Source source) {
        return sources.contains(source);
    }
}
