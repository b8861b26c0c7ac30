package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Writes the store of a stopped service anew, as another generation: folds the events and writes the final states to
 * the changelog of a store that no instance has run on.
 *
 * <p><b>Crashes.</b> A partition is written in one transaction, so it is there whole or not at all. What an earlier run
 * left is kept when it equals what this run folds, and refused when it does not: then events came in between, or the
 * generation is in use.
 *
 * <p><b>Source positions</b> are not in the events. Highest of: positions of commands that were decided, as far as they
 * are retained; the offsets that the process has committed, for it commits after its commands are acknowledged, up to
 * the first command that is not decided yet; the places of events that caused others. A command that is in the topic
 * but not decided stays so and is decided on the new store.
 */
final class StoreRebuild<C, S, V, E> {

    /** A member that was killed or is static stays in its group until its session times out. */
    private static final Duration MEMBERS_WAIT = Duration.ofSeconds(20);

    /** The transactions of a writer that was killed are aborted by the broker. */
    private static final Duration TRANSACTIONS_WAIT = Duration.ofSeconds(30);

    private static final Duration VISIBLE_WAIT = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final ServiceDefinition<C, S, V, E> definition;
    private final KafkaSettings settings;
    private final StoreLog<C, S, V, E> log;
    private final Admin admin;
    private final PrintStream out;

    StoreRebuild(
            ServiceDefinition<C, S, V, E> definition,
            KafkaSettings settings,
            StoreLog<C, S, V, E> log,
            Admin admin,
            PrintStream out) {
        this.definition = definition;
        this.settings = settings;
        this.log = log;
        this.admin = admin;
        this.out = out;
    }

    /**
     * Rebuilds, reads back, and says what it did.
     *
     * @throws StoreRun.Refused when an instance runs, or the changelog holds another state
     */
    void run() {
        awaitStopped();
        Map<TopicPartition, Long> ends = awaitSettled();
        Map<TopicPartition, OffsetAndMetadata> decided = offsets("decider");
        Map<TopicPartition, OffsetAndMetadata> reacted = offsets("process");
        createChangelog();
        for (int partition = 0; partition < log.partitions(); partition++) {
            long begunNs = System.nanoTime();
            Replay<C, S, V, E> replay = log.replay(partition, log.lastPosition(partition));
            long foldedNs = System.nanoTime() - begunNs;
            long undecided = findSources(partition, replay, decided, reacted);
            boolean written = write(partition, replay);
            out.printf(
                    "%s partition %d: %,d events folded, %,.0f events/s, %,d aggregates, %,d keys %s%s%n",
                    log.store(),
                    partition,
                    replay.events(),
                    replay.events() * 1e9 / foldedNs,
                    replay.aggregates(),
                    replay.contents().size(),
                    written ? "written" : "there already",
                    undecided == 0 ? "" : ", %,d commands of the process left to decide".formatted(undecided));
        }
        if (!members().isEmpty() || !ends.equals(ends())) {
            throw new StoreRun.Refused("an instance was started meanwhile, so generation " + definition.storeGeneration
                    + " is outdated: stop it and rebuild the next generation");
        }
        out.printf(
                "%s is whole. Start every instance with mortar.store-generation=%d (MORTAR_STORE_GENERATION)%n",
                log.store(), definition.storeGeneration);
    }

    private void awaitStopped() {
        if (!await(MEMBERS_WAIT, () -> members().isEmpty())) {
            throw new StoreRun.Refused(
                    "an instance still runs, or ended less than its session timeout ago; groups with members: "
                            + String.join(", ", members()));
        }
    }

    private Collection<String> members() {
        return List.of("decider", "process", "effects").stream()
                .map(this::group)
                .filter(this::hasMembers)
                .toList();
    }

    private String group(String name) {
        return settings.prefixed(definition.noun + "-" + name);
    }

    private boolean hasMembers(String group) {
        try {
            return !StoreLog.answer(Objects.requireNonNull(admin.describeConsumerGroups(List.of(group))
                            .describedGroups()
                            .get(group)))
                    .members()
                    .isEmpty();
        } catch (GroupIdNotFoundException e) {
            return false;
        }
    }

    private Map<TopicPartition, Long> awaitSettled() {
        if (!await(TRANSACTIONS_WAIT, () -> ends().equals(ends(IsolationLevel.READ_COMMITTED)))) {
            throw new StoreRun.Refused("a transaction on commands or events is still open after "
                    + TRANSACTIONS_WAIT.toSeconds() + " seconds");
        }
        return ends();
    }

    private Map<TopicPartition, Long> ends() {
        return ends(IsolationLevel.READ_UNCOMMITTED);
    }

    private Map<TopicPartition, Long> ends(IsolationLevel isolation) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int partition = 0; partition < log.partitions(); partition++) {
            asked.put(log.commands(partition), OffsetSpec.latest());
            asked.put(log.events(partition), OffsetSpec.latest());
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        StoreLog.answer(admin.listOffsets(asked, new ListOffsetsOptions(isolation))
                        .all())
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets(String name) {
        try {
            return StoreLog.answer(admin.listConsumerGroupOffsets(
                            group(name), new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata());
        } catch (GroupIdNotFoundException e) {
            return Map.of();
        }
    }

    private static long offset(Map<TopicPartition, OffsetAndMetadata> committed, TopicPartition partition) {
        OffsetAndMetadata offset = committed.get(partition);
        return offset == null ? 0 : offset.offset();
    }

    /** Gives how many commands of the process are not decided yet. */
    private long findSources(
            int partition,
            Replay<C, S, V, E> replay,
            Map<TopicPartition, OffsetAndMetadata> decided,
            Map<TopicPartition, OffsetAndMetadata> reacted) {
        long decidedBelow = offset(decided, log.commands(partition));
        Map<String, SourcePosition> firstUndecided = new HashMap<>();
        long[] undecided = new long[1];
        log.readSources(partition, sent -> {
            if (sent.offset() < decidedBelow) {
                replay.decided(sent.commandId(), sent.source());
            } else {
                undecided[0]++;
                firstUndecided.merge(
                        sent.source().stream(), sent.source(), (one, other) -> one.isAfter(other) ? other : one);
            }
        });
        Map<TopicPartition, Long> knownBelow = new HashMap<>();
        for (TopicPartition source : log.sources()) {
            var reached = new SourcePosition(
                    log.topicId(source), source.partition(), offset(reacted, source) - 1, Integer.MAX_VALUE);
            SourcePosition first = firstUndecided.get(reached.stream());
            SourcePosition bound = first == null || first.isAfter(reached) ? reached : before(first);
            if (bound.offset() >= 0) {
                replay.decided(bound);
            }
            knownBelow.put(source, bound.offset() + 1);
        }
        log.decideCauses(replay, knownBelow);
        return undecided[0];
    }

    private static SourcePosition before(SourcePosition position) {
        return position.index() > 0
                ? new SourcePosition(position.topicId(), position.partition(), position.offset(), position.index() - 1)
                : new SourcePosition(
                        position.topicId(), position.partition(), position.offset() - 1, Integer.MAX_VALUE);
    }

    /** As Streams would create it; it checks the number of partitions of a topic that is there, and so does this. */
    private void createChangelog() {
        var streams = new StreamsConfig(settings.deciderStreams());
        int replication = streams.getInt(StreamsConfig.REPLICATION_FACTOR_CONFIG);
        Map<String, String> configuration = new TreeMap<>();
        streams.originalsWithPrefix(StreamsConfig.TOPIC_PREFIX)
                .forEach((name, value) -> configuration.put(name, String.valueOf(value)));
        configuration.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        configuration.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
        try {
            StoreLog.answer(admin.createTopics(Set.of(new NewTopic(
                                    log.changelogTopic(),
                                    Optional.of(log.partitions()),
                                    replication < 0 ? Optional.empty() : Optional.of((short) replication))
                            .configs(configuration)))
                    .all());
        } catch (TopicExistsException e) {
            int partitions = log.changelogPartitions().orElse(0);
            if (partitions != log.partitions()) {
                throw new StoreRun.Refused(
                        log.changelogTopic() + " has " + partitions + " partitions, not " + log.partitions());
            }
        }
        // The controller has created it; the other brokers hear of it a moment later.
        if (!await(VISIBLE_WAIT, () -> log.changelogPartitions().isPresent())) {
            throw new StoreRun.Refused(log.changelogTopic() + " was created but the brokers do not show it");
        }
    }

    /** Gives whether anything had to be written. */
    private boolean write(int partition, Replay<C, S, V, E> replay) {
        boolean empty = log.stored(partition, 0).isEmpty() && !replay.contents().isEmpty();
        if (empty) {
            try (Producer<String, byte[]> producer = new KafkaProducer<>(
                    settings.transactionalProducer("rebuild"), new StringSerializer(), new ByteArraySerializer())) {
                producer.initTransactions();
                producer.beginTransaction();
                // What a send failed with, the commit fails with.
                replay.contents().forEach((key, value) -> {
                    var _ = producer.send(new ProducerRecord<>(log.changelogTopic(), partition, key, value));
                });
                producer.commitTransaction();
            }
        }
        List<StoreDifference> differences = log.compare(replay, log.stored(partition, replay.position()));
        if (!differences.isEmpty()) {
            throw new StoreRun.Refused(
                    "%s partition %d holds something else than its events say, %,d keys differ, the first: %s%n%s"
                            .formatted(
                                    log.changelogTopic(),
                                    partition,
                                    differences.size(),
                                    differences.getFirst(),
                                    "The generation is in use, or its rebuild began before the last events: rebuild the next one"));
        }
        return empty;
    }

    private static boolean await(Duration atMost, BooleanSupplier condition) {
        long begunNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begunNs > atMost.toNanos()) {
                return false;
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
        return true;
    }
}
