package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.DeadLetter.Resolved;
import dev.mortar.eventsourcing.kafka.DeadLetter.Source;
import dev.mortar.eventsourcing.kafka.DeadLetter.State;
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
 * The dead letters of a service, built from the records of their topic. A listener that dies before it commits an
 * offset may park a record twice; the first letter counts. If two operators resolve a letter, the first record counts.
 */
final class DeadLetterIndex {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterIndex.class);

    private final Map<String, DeadLetter> letters = new LinkedHashMap<>();
    private final Set<Source> sources = new HashSet<>();
    private final Map<String, Set<DeadLetter>> waitingBySourceKey = new HashMap<>();

    /** Adds or resolves a letter; ignores other records. The records of a partition have to come in order. */
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
        Resolved resolved = Resolved.of(record);
        DeadLetter letter = resolved == null ? null : letters.get(resolved.id());
        if (resolved == null || letter == null || letter.state() != State.WAITING) {
            return;
        }
        letters.put(letter.id(), letter.resolved(resolved.resolution()));
        waitingBySourceKey.computeIfPresent(letter.sourceKey(), (_, waiting) -> {
            waiting.remove(letter);
            return waiting.isEmpty() ? null : waiting;
        });
    }

    Optional<DeadLetter> find(String id) {
        return Optional.ofNullable(letters.get(id));
    }

    /** All letters, by partition and offset. */
    List<DeadLetter> all() {
        return letters.values().stream()
                .sorted(Comparator.comparingInt(DeadLetter::partition).thenComparingLong(DeadLetter::offset))
                .toList();
    }

    List<DeadLetter> waiting() {
        return all().stream().filter(letter -> letter.state() == State.WAITING).toList();
    }

    /** The letters of a source key that wait, the oldest first. */
    Stream<DeadLetter> waiting(String sourceKey) {
        return waitingBySourceKey.getOrDefault(sourceKey, Set.of()).stream();
    }

    boolean has(Source source) {
        return sources.contains(source);
    }
}
