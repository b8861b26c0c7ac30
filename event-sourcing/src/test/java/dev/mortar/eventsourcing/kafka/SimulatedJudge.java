package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.SimulatedKafka.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Judges what a service has left in its log and its stores when faults have ended, every part has done its work and
 * nothing moves any more. It reads the log with a follower and a store of its own.
 */
final class SimulatedJudge {
    /** Two takeovers end a quarrel; a store that has to be folded again may give the lane to the other instance. */
    private static final int TAKEOVERS_WITHOUT_FAULTS_MAX = 5;

    private final ServiceDefinition<?, ?, ?, ?> definition;
    private final SimulatedKafka kafka;
    private final Duration remembered;
    private final List<String> problems = new ArrayList<>();

    /** @param remembered how long a request is known as a repeat */
    SimulatedJudge(ServiceDefinition<?, ?, ?, ?> definition, SimulatedKafka kafka, Duration remembered) {
        this.definition = definition;
        this.kafka = kafka;
        this.remembered = remembered;
    }

    /**
     * Stores that are not the fold of the log, commands that the log does not show to be decided, and a lane that found
     * no peace.
     *
     * @param fresh an instance with an empty store that has folded nothing
     * @param takeovers of the lane since faults have ended
     */
    List<String> problems(SimulatedInstance<?, ?, ?, ?> fresh, List<MemoryLocalStore> stores, int takeovers) {
        try {
            while (fresh.follows()) {
                fresh.follow();
            }
        } catch (RuntimeException e) {
            return List.of("its events cannot be folded: " + e);
        }
        stores.forEach(store -> {
            compare(rows(fresh.store), rows(store));
            compareAnswers(fresh.store, store);
        });
        undecided(fresh.store);
        if (takeovers > TAKEOVERS_WITHOUT_FAULTS_MAX) {
            problems.add("the lane was taken over " + takeovers + " times without a fault");
        }
        return problems;
    }

    private Map<String, byte[]> rows(MemoryLocalStore store) {
        Map<String, byte[]> rows = new HashMap<>();
        store.range("", "~", Integer.MAX_VALUE).forEach(row -> rows.put(row.key(), row.value()));
        // A fresh store has never seen the answers that have expired, nor a partition in which all have.
        String replies = "n|" + definition.repliesTopic() + "|";
        rows.keySet().removeIf(key -> key.startsWith("r|") || key.startsWith("t|") || key.startsWith(replies));
        return rows;
    }

    private void compare(Map<String, byte[]> expected, Map<String, byte[]> found) {
        Set<String> keys = new TreeSet<>(expected.keySet());
        keys.addAll(found.keySet());
        for (String key : keys) {
            if (!Arrays.equals(expected.get(key), found.get(key))) {
                problems.add("a store has for " + key + " " + text(found.get(key)) + ", a fold of the log "
                        + text(expected.get(key)));
            }
        }
    }

    /** Answers that have not expired and are young enough are remembered by every instance. */
    private void compareAnswers(MemoryLocalStore fresh, MemoryLocalStore store) {
        for (LocalStore.StoredRow row : fresh.range("r|", "r}", Integer.MAX_VALUE)) {
            Answer answer = Json.read(row.value(), Answer.class);
            int partition = Integer.parseInt(row.key().split("\\|")[1]);
            Instant recordedAt = new PartitionRows(partition, new Changes(fresh::get)).recordedAt();
            byte[] known = store.get(row.key());
            if (!answer.now().isBefore(recordedAt.minus(remembered)) && !Arrays.equals(known, row.value())) {
                problems.add("a store has for " + row.key() + " " + text(known) + ", the replies hold " + answer);
            }
        }
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "nothing" : new String(value, StandardCharsets.UTF_8);
    }

    private void undecided(LocalStore fresh) {
        Set<UUID> perhapsForgotten = new HashSet<>();
        for (Entry command : kafka.committed(definition.commandsTopic())) {
            CommandHeaders headers = CommandHeaders.parse(command.headers());
            if (kafka.nowMs() - command.timestampMs() > remembered.toMillis()) {
                perhapsForgotten.add(headers.commandId());
            }
            PartitionRows rows = new PartitionRows(command.partition(), new Changes(fresh::get));
            boolean decided = headers.source() != null
                    ? rows.hasDecided(headers.source())
                    : headers.requestHash() == null
                            || perhapsForgotten.contains(headers.commandId())
                            || rows.answer(headers.commandId()) != null;
            if (!decided) {
                problems.add("the log does not show that " + command.topic() + "/" + command.partition() + "/"
                        + command.offset() + " is decided");
            }
        }
    }
}
