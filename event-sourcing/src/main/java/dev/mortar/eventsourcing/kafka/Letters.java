package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.DeadLetters.Place;
import dev.mortar.eventsourcing.kafka.Letter.Resolution;
import dev.mortar.eventsourcing.kafka.Letter.State;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dead letters of a service, learnt record by record from their topic: which there are and which of them wait.
 *
 * <p>A record that was put aside twice (its listener died before it could commit the offset) is one letter, the first.
 * A letter is resolved once: of two people who do so at the same time, the log says who came first.
 */
final class Letters {

    private static final Logger LOG = LoggerFactory.getLogger(Letters.class);

    private record Id(int partition, long offset) {}

    private record Origin(@Nullable String topicId, Place place) {}

    private final Map<Id, Letter> letters =
            new TreeMap<>(Comparator.comparingInt(Id::partition).thenComparingLong(Id::offset));
    private final Set<Origin> origins = new HashSet<>();
    private final Map<String, Map<Id, Letter>> waiting = new HashMap<>();

    /**
     * Learns from a record of the topic; records of a partition come in their order. What is neither is passed over.
     */
    void learn(ConsumerRecord<String, byte @Nullable []> record) {
        try {
            learnWellFormed(record);
        } catch (IllegalArgumentException e) {
            LOG.warn("{} is no dead letter", Place.of(record), e);
        }
    }

    private void learnWellFormed(ConsumerRecord<String, byte @Nullable []> record) {
        Letter letter = Letter.of(record);
        if (letter != null) {
            if (origins.add(new Origin(letter.sourceTopicId(), letter.source()))) {
                Id id = new Id(letter.partition(), letter.offset());
                letters.put(id, letter);
                waiting.computeIfAbsent(letter.line(), _ -> new LinkedHashMap<>())
                        .put(id, letter);
            }
            return;
        }
        String resolved = CommandHeaders.text(record.headers(), DeadLetters.RESOLVED);
        String how = CommandHeaders.text(record.headers(), DeadLetters.RESOLVED_HOW);
        String by = CommandHeaders.text(record.headers(), DeadLetters.RESOLVED_BY);
        if (resolved != null && how != null && by != null) {
            resolve(
                    new Id(record.partition(), Long.parseLong(resolved)),
                    new Resolution(
                            State.valueOf(how),
                            by,
                            CommandHeaders.text(record.headers(), DeadLetters.RESOLVED_WHY),
                            Instant.ofEpochMilli(record.timestamp())));
        }
    }

    private void resolve(Id id, Resolution resolution) {
        Letter letter = letters.get(id);
        if (letter == null || letter.state() != State.WAITING) {
            return;
        }
        letters.put(id, letter.resolved(resolution));
        waiting.computeIfPresent(letter.line(), (_, line) -> {
            line.remove(id);
            return line.isEmpty() ? null : line;
        });
    }

    Optional<Letter> find(int partition, long offset) {
        return Optional.ofNullable(letters.get(new Id(partition, offset)));
    }

    /** All letters, by place. */
    List<Letter> all() {
        return List.copyOf(letters.values());
    }

    /** The letters that wait, by place: within a line the oldest first. */
    List<Letter> waiting() {
        return letters.values().stream()
                .filter(letter -> letter.state() == State.WAITING)
                .toList();
    }

    /** The letters of a line that wait, the oldest first. */
    Stream<Letter> waiting(String line) {
        return waiting.getOrDefault(line, Map.of()).values().stream();
    }

    /** How many letters wait. */
    int waitingCount() {
        return waiting.values().stream().mapToInt(Map::size).sum();
    }

    /** Whether there is a letter of the record at a place, waiting or not. */
    boolean has(@Nullable String sourceTopicId, Place source) {
        return origins.contains(new Origin(sourceTopicId, source));
    }
}
