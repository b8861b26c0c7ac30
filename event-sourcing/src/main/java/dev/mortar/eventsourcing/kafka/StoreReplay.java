package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.kafka.LocalStore.StoredRow;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Checks a local store: folds the log from its beginning to exactly the offsets of a checkpoint, with the code of a
 * running service, and compares the two row by row, except the answers to requests, which expire in the log.
 *
 * @param prefix of the environment's topics
 * @param out gets the numbers of compared rows and the first differences
 */
record StoreReplay<C, S, V, E>(
        ServiceDefinition<C, S, V, E> definition, String prefix, Fold<C, S, V, E> fold, PrintStream out) {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int EMPTY_POLLS_MAX = 60;
    private static final int PAGE_ROWS = 1_000;
    private static final int DIFFERENCES_SHOWN_MAX = 20;
    private static final int CHARACTERS_SHOWN_MAX = 400;
    private static final String AFTER_ALL_KEYS = "~";

    /** The compared kinds of rows, by the first letter of their keys ({@link PartitionRows}). */
    private static final Map<String, String> KINDS = new TreeMap<>(Map.of(
            "e", "entries",
            "s", "sequences of aggregates",
            "p", "positions of partitions",
            "w", "times of the last events",
            "m", "marks",
            "o", "sources",
            "d", "deadlines",
            "v", "rows of views",
            "i", "rows of indexes",
            "h", "places of events"));

    static final class CannotTell extends RuntimeException {
        CannotTell(String reason) {
            super(reason);
        }
    }

    /**
     * True if the checkpoint is the fold of the log.
     *
     * @param partitions of each of the service's topics
     * @param fresh an empty store, into which the log is folded
     * @throws CannotTell when the log does not reach the checkpoint
     */
    boolean isSame(LocalStore checkpoint, int partitions, LocalStore fresh, Consumer<String, byte[]> consumer) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(prefix + definition.eventsTopic(), partition), 0L);
            ends.put(new TopicPartition(prefix + definition.repliesTopic(), partition), 0L);
        }
        for (StoredRow offset : checkpoint.range("n|", "n}", Integer.MAX_VALUE)) {
            String log = offset.key().substring("n|".length());
            int split = log.lastIndexOf('|');
            ends.put(
                    new TopicPartition(log.substring(0, split), Integer.parseInt(log.substring(split + 1))),
                    PartitionRows.PLACE.read(offset.value()).offset());
        }
        if (ends.values().stream().allMatch(end -> end == 0)) {
            throw new CannotTell("The directory has no offsets: it is not a checkpoint, or its store was still empty");
        }
        fold(ends, partitions, fresh, consumer);
        return compare(checkpoint, fresh);
    }

    private void fold(
            Map<TopicPartition, Long> ends, int partitions, LocalStore fresh, Consumer<String, byte[]> consumer) {
        Follower<C, S, V, E> follower =
                new Follower<>(definition, prefix, partitions, fold, fresh, consumer, new Follower.Listener() {});
        follower.start(ends);
        long records = 0;
        long beganNs = System.nanoTime();
        for (int empty = 0; !follower.hasReached(ends); ) {
            int polled = follower.step(POLL);
            records += polled;
            empty = polled == 0 ? empty + 1 : 0;
            if (empty > EMPTY_POLLS_MAX) {
                throw new CannotTell("The log does not reach the checkpoint, which ends at " + ends);
            }
        }
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        out.printf("%,d records folded in %.1f s, %,.0f records/s%n", records, seconds, records / seconds);
    }

    private boolean compare(LocalStore checkpoint, LocalStore fresh) {
        Map<String, Integer> same = new TreeMap<>();
        Map<String, Integer> different = new TreeMap<>();
        List<String> shown = new ArrayList<>();
        Iterator<StoredRow> inCheckpoint = rows(checkpoint);
        Iterator<StoredRow> inFresh = rows(fresh);
        StoredRow stored = next(inCheckpoint);
        StoredRow folded = next(inFresh);
        while (stored != null || folded != null) {
            int order = order(stored, folded);
            byte[] inStore = null;
            byte[] inLog = null;
            String key = "";
            if (order <= 0 && stored != null) {
                key = stored.key();
                inStore = stored.value();
                stored = next(inCheckpoint);
            }
            if (order >= 0 && folded != null) {
                key = folded.key();
                inLog = folded.value();
                folded = next(inFresh);
            }
            if (isCompared(key)) {
                boolean equal = Arrays.equals(inStore, inLog);
                (equal ? same : different).merge(kind(key), 1, Integer::sum);
                if (!equal && shown.size() < DIFFERENCES_SHOWN_MAX) {
                    shown.add("  %s%n    log:   %s%n    store: %s"
                            .formatted(key, shown(key, inLog), shown(key, inStore)));
                }
            }
        }
        KINDS.forEach((letter, name) -> out.printf(
                "  %-26s %,12d same %,10d different%n",
                name, same.getOrDefault(letter, 0), different.getOrDefault(letter, 0)));
        int differences =
                different.values().stream().mapToInt(Integer::intValue).sum();
        out.println(differences == 0 ? "The store is the fold of the log." : "The store is not the fold of the log:");
        shown.forEach(out::println);
        if (differences > shown.size()) {
            out.printf("  and %,d more%n", differences - shown.size());
        }
        return differences == 0;
    }

    private static int order(@Nullable StoredRow one, @Nullable StoredRow other) {
        if (one == null || other == null) {
            return one == null ? 1 : -1;
        }
        return Arrays.compareUnsigned(
                one.key().getBytes(StandardCharsets.UTF_8), other.key().getBytes(StandardCharsets.UTF_8));
    }

    private static String kind(String key) {
        return key.substring(0, Math.max(0, key.indexOf('|')));
    }

    /** Answers are not compared, because they expire in the log. Offsets are not, because the fold ended at them. */
    private static boolean isCompared(String key) {
        return !List.of("r", "t", "n").contains(kind(key));
    }

    private static String shown(String key, byte @Nullable [] value) {
        if (value == null) {
            return "nothing";
        }
        String text;
        try {
            text = switch (kind(key)) {
                case "s", "p", "w" -> Long.toString(ByteBuffer.wrap(value).getLong());
                case "m", "o" ->
                    "offset " + ByteBuffer.wrap(value).getLong() + ", index or epoch "
                            + ByteBuffer.wrap(value).getInt(Long.BYTES);
                case "d" -> "a deadline";
                case "h" -> EventPlace.read(value).toString();
                case "e", "v" -> "sequence " + Row.sequence(value) + " " + Row.json(value);
                default -> new String(value, StandardCharsets.UTF_8);
            };
        } catch (RuntimeException e) {
            text = HexFormat.of().formatHex(value);
        }
        return text.length() <= CHARACTERS_SHOWN_MAX ? text : text.substring(0, CHARACTERS_SHOWN_MAX) + "…";
    }

    /** All rows of a store in the order of their keys, read page by page. */
    private static Iterator<StoredRow> rows(LocalStore store) {
        return Stream.iterate(
                        store.range("", AFTER_ALL_KEYS, PAGE_ROWS),
                        page -> !page.isEmpty(),
                        page -> store.range(page.getLast().key() + "\0", AFTER_ALL_KEYS, PAGE_ROWS))
                .flatMap(List::stream)
                .iterator();
    }

    private static @Nullable StoredRow next(Iterator<StoredRow> rows) {
        return rows.hasNext() ? rows.next() : null;
    }
}
