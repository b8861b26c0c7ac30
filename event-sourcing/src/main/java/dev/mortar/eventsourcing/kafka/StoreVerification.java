package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Compares the store of a decider with the fold of its events, byte for byte.
 *
 * <p>The service may be running. Events and store change in one transaction, but they are two topics, so each partition
 * is compared at a cut: the changelog is read up to its last stable offset, where no transaction is there in part, and
 * says which position the store is at; the events are folded up to exactly that position. A store that is behind an
 * event which was committed before the changelog was read is a difference, and so is one that is ahead of the events.
 */
final class StoreVerification<C, S, V, E> {

    private static final int SHOWN_MAX = 20;

    private final StoreLog<C, S, V, E> log;
    private final PrintStream out;

    StoreVerification(StoreLog<C, S, V, E> log, PrintStream out) {
        this.log = log;
        this.out = out;
    }

    /**
     * True when all partitions are equal; prints what was compared and the differences.
     *
     * @throws StoreRun.Refused when there is no store of this version and generation
     */
    boolean run() {
        if (log.changelogPartitions().isEmpty()) {
            throw new StoreRun.Refused("there is no store " + log.store() + ", no topic " + log.changelogTopic());
        }
        long differences = 0;
        for (int partition = 0; partition < log.partitions(); partition++) {
            differences += compare(partition).size();
        }
        out.printf(
                "%s %s%n",
                log.store(),
                differences == 0 ? "equals its events" : "differs from its events in %,d keys".formatted(differences));
        return differences == 0;
    }

    private List<StoreDifference> compare(int partition) {
        long committed = log.lastPosition(partition);
        Map<String, byte[]> stored = log.stored(partition, committed);
        var store = DeciderStore.inMemory(stored);
        long begunNs = System.nanoTime();
        Replay<C, S, V, E> replay = log.replay(partition, Math.max(committed, store.position()));
        long foldedNs = System.nanoTime() - begunNs;
        log.readSources(partition, sent -> {
            if (replay.hasEventsOf(sent.commandId())) {
                replay.decided(sent.commandId(), sent.source());
            }
        });
        // What lies before the position that the store has decided cannot show that it should have decided more.
        Map<TopicPartition, Long> from = new HashMap<>();
        for (TopicPartition source : log.sources()) {
            SourcePosition highest = store.highestDecided(log.topicId(source), source.partition());
            from.put(source, highest == null ? 0 : highest.offset());
        }
        log.decideCauses(replay, from);
        List<StoreDifference> differences = log.compare(replay, stored);
        out.printf(
                "%s partition %d: %,d events folded, %,.0f events/s, %,d aggregates, %,d keys compared, %,d differences%n",
                log.store(),
                partition,
                replay.events(),
                replay.events() * 1e9 / foldedNs,
                replay.aggregates(),
                replay.contents().size(),
                differences.size());
        differences.stream().limit(SHOWN_MAX).forEach(each -> out.println("  " + each));
        if (differences.size() > SHOWN_MAX) {
            out.printf("  and %,d more%n", differences.size() - SHOWN_MAX);
        }
        return differences;
    }
}
