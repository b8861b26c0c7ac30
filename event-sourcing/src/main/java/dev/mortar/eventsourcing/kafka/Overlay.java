package dev.mortar.eventsourcing.kafka;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Rows that a lane committed and its instance's follower has not folded yet. It is asked before the store: a row leaves
 * it only when the store has it. One thread uses it.
 */
final class Overlay {

    private final Map<String, OverlayRow> rows = new HashMap<>();
    private final Deque<Batch> batches = new ArrayDeque<>();
    private long committed;

    private record OverlayRow(Changes.Change<?> change, long batch) {}

    /** The keys that a transaction changed, and its last record in each partition. */
    private record Batch(long number, Set<String> keys, Map<TopicPartition, Long> lastOffsets) {}

    /** The value under a key, from here or else from the store. */
    @SuppressWarnings("unchecked") // A key always has the same form.
    <T> @Nullable T get(String key, Form<T> form, Changes.Below store) {
        OverlayRow row = rows.get(key);
        return row == null ? store.get(key, form) : (T) row.change.value();
    }

    /** Keys in a range of what is committed, from here and from the store; at most as many as the limit. */
    SortedSet<String> keys(String from, String to, int limit, LocalStore store) {
        SortedSet<String> keys = new TreeSet<>();
        // As many more as may be removed here.
        store.range(from, to, limit + rows.size()).forEach(row -> keys.add(row.key()));
        rows.forEach((key, row) -> {
            if (key.compareTo(from) >= 0 && key.compareTo(to) < 0) {
                if (row.change.value() == null) {
                    keys.remove(key);
                } else {
                    keys.add(key);
                }
            }
        });
        while (keys.size() > limit) {
            keys.removeLast();
        }
        return keys;
    }

    /**
     * Takes what a transaction changed.
     *
     * @param lastOffsets of its records, by the partition of the log that the follower reads
     */
    void committed(Map<String, Changes.Change<?>> changes, Map<TopicPartition, Long> lastOffsets) {
        Batch batch = new Batch(++committed, Set.copyOf(changes.keySet()), Map.copyOf(lastOffsets));
        changes.forEach((key, change) -> rows.put(key, new OverlayRow(change, batch.number)));
        batches.addLast(batch);
    }

    /** Drops what the follower has folded, by the next offset it is to read of each partition. */
    void evict(ToLongFunction<TopicPartition> next) {
        while (!batches.isEmpty()) {
            Batch oldest = batches.getFirst();
            boolean folded = oldest.lastOffsets.entrySet().stream()
                    .allMatch(last -> next.applyAsLong(last.getKey()) > last.getValue());
            if (!folded) {
                return;
            }
            for (String key : oldest.keys) {
                rows.computeIfPresent(key, (same, row) -> row.batch == oldest.number ? null : row);
            }
            batches.removeFirst();
        }
    }

    int size() {
        return rows.size();
    }

    void clear() {
        rows.clear();
        batches.clear();
    }
}
