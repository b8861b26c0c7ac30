package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * What the topics tell of a decider's store: the events it is folded from, the changelog that keeps it, and where the
 * commands came from. One partition at a time is in memory, as its final state.
 */
final class StoreLog<C, S, V, E> {

    /** Markers of a committed transaction reach each partition by themselves; those of a dead writer take longest. */
    private static final Duration MARKERS_WAIT = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofMillis(50);

    /**
     * What the log cleaner drops while the changelog is read was written again behind the end of that round, and the
     * next round reads it; the second round is too short for the cleaner, which never takes the segment in use.
     */
    private static final int CHANGELOG_ROUNDS_MIN = 2;

    /** A command that a process sent. */
    record SentCommand(UUID commandId, SourcePosition source, long offset) {}

    private final ServiceDefinition<C, S, V, E> definition;
    private final KafkaSettings settings;
    private final Deserializer<SpecificRecord> deserializer;
    private final Admin admin;
    private final CommittedLog lastPosition;
    private final Map<String, TopicDescription> topics;

    StoreLog(ServiceDefinition<C, S, V, E> definition, KafkaSettings settings, Admin admin) {
        this.definition = definition;
        this.settings = settings;
        this.admin = admin;
        this.deserializer = settings.deserializer();
        this.lastPosition = new CommittedLog(settings, definition.eventsTopic(), deserializer);
        Set<String> names = new TreeSet<>(sourceTopics());
        names.add(settings.prefixed(definition.commandsTopic()));
        names.add(settings.prefixed(definition.eventsTopic()));
        this.topics = answer(admin.describeTopics(names).allTopicNames());
    }

    /** What an admin client is asked; its exception is what Kafka says. */
    static <T> T answer(KafkaFuture<T> asked) {
        try {
            return asked.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    String store() {
        return DeciderTopology.stateStore(definition);
    }

    String changelogTopic() {
        return settings.prefixed(definition.noun + "-decider-" + store() + "-changelog");
    }

    /** How many partitions the changelog has; empty when there is none. */
    OptionalInt changelogPartitions() {
        try {
            return OptionalInt.of(
                    answer(admin.describeTopics(List.of(changelogTopic())).allTopicNames())
                            .values()
                            .iterator()
                            .next()
                            .partitions()
                            .size());
        } catch (UnknownTopicOrPartitionException e) {
            return OptionalInt.empty();
        }
    }

    int partitions() {
        return partitions(settings.prefixed(definition.commandsTopic()));
    }

    private int partitions(String topic) {
        return Objects.requireNonNull(topics.get(topic)).partitions().size();
    }

    TopicPartition commands(int partition) {
        return new TopicPartition(settings.prefixed(definition.commandsTopic()), partition);
    }

    TopicPartition events(int partition) {
        return new TopicPartition(settings.prefixed(definition.eventsTopic()), partition);
    }

    private Collection<String> sourceTopics() {
        return definition.listening == null
                ? List.of()
                : definition.listening.topics().stream().map(settings::prefixed).toList();
    }

    /** Every partition of every topic that the process listens to. */
    List<TopicPartition> sources() {
        return sourceTopics().stream()
                .flatMap(topic -> IntStream.range(0, partitions(topic))
                        .mapToObj(partition -> new TopicPartition(topic, partition)))
                .toList();
    }

    /** The id under which positions of a source are kept: a topic made anew has new positions. */
    String topicId(TopicPartition source) {
        return Objects.requireNonNull(topics.get(source.topic())).topicId().toString();
    }

    long lastPosition(int partition) {
        return lastPosition.of(partition).orElseThrow();
    }

    /**
     * The last value of every key in the changelog, at the end of some transaction.
     *
     * @param atLeast position of an event that is committed: the store is read until it holds it, for 30 seconds at
     *     most
     */
    Map<String, byte[]> stored(int partition, long atLeast) {
        Map<String, byte[]> contents = new HashMap<>();
        try (var reader = PartitionReader.ofAll(settings, new TopicPartition(changelogTopic(), partition))) {
            long begunNs = System.nanoTime();
            for (int round = 1; ; round++) {
                reader.read(reader.ends(), record -> {
                    if (record.value() == null) {
                        contents.remove(record.key());
                    } else {
                        contents.put(record.key(), record.value());
                    }
                });
                boolean holds = DeciderStore.inMemory(contents).position() >= atLeast;
                if (round >= CHANGELOG_ROUNDS_MIN && (holds || !mayWait(begunNs))) {
                    return contents;
                }
            }
        }
    }

    /**
     * Folds the events of a partition up to a position, which may be about to be committed: it is waited for, 30
     * seconds at most.
     */
    Replay<C, S, V, E> replay(int partition, long upTo) {
        var replay = new Replay<>(definition);
        try (var reader = PartitionReader.ofAll(settings, events(partition))) {
            long begunNs = System.nanoTime();
            do {
                long before = replay.position();
                reader.read(reader.ends(), record -> {
                    if (replay.position() < upTo) {
                        replay.add(record.key(), read(record));
                    }
                });
                begunNs = replay.position() > before ? System.nanoTime() : begunNs;
            } while (replay.position() < upTo && mayWait(begunNs));
        }
        return replay;
    }

    private SpecificRecord read(ConsumerRecord<String, byte[]> record) {
        return Objects.requireNonNull(
                deserializer.deserialize(record.topic(), record.headers(), record.value()),
                () -> "an event without value at offset " + record.offset());
    }

    private static boolean mayWait(long sinceNs) {
        if (System.nanoTime() - sinceNs > MARKERS_WAIT.toNanos()) {
            return false;
        }
        try {
            Thread.sleep(PAUSE);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Hands on every retained command that has a source, in their order. */
    void readSources(int partition, Consumer<SentCommand> each) {
        try (var reader = PartitionReader.ofAll(settings, commands(partition))) {
            reader.read(reader.ends(), record -> {
                CommandHeaders headers = headers(record);
                if (headers != null && headers.source() != null) {
                    each.accept(new SentCommand(headers.commandId(), headers.source(), record.offset()));
                }
            });
        }
    }

    /** Null when they cannot be read: the decider puts such a command aside and takes nothing of it as decided. */
    private static @Nullable CommandHeaders headers(ConsumerRecord<String, byte[]> record) {
        try {
            return CommandHeaders.parse(record.headers());
        } catch (RuntimeException e) {
            return null;
        }
    }

    /**
     * Takes the events of the sources as decided that caused commands which are not retained any more.
     *
     * @param from offset to begin at, by source
     */
    void decideCauses(Replay<C, S, V, E> replay, Map<TopicPartition, Long> from) {
        Map<String, Replay.Caused> unplaced = new HashMap<>();
        replay.unplaced().forEach(caused -> unplaced.put(caused.eventId().toString(), caused));
        if (unplaced.isEmpty() || from.isEmpty()) {
            return;
        }
        try (var reader = new PartitionReader(settings, from)) {
            reader.read(reader.ends(), record -> {
                Replay.Caused caused = unplaced.get(CommandHeaders.text(record.headers(), "ce_id"));
                if (caused != null) {
                    var source = new TopicPartition(record.topic(), record.partition());
                    replay.decided(caused, topicId(source), record.partition(), record.offset());
                }
            });
        }
    }

    List<StoreDifference> compare(Replay<C, S, V, E> replay, Map<String, byte[]> stored) {
        return StoreDifference.between(replay.contents(), stored, definition.entryType);
    }
}
