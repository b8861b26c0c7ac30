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
 * Rows that a lane has committed and its follower has not folded yet. A lane reads the overlay before the store. A row
 * leaves it only when it is in the store. For one thread.
 */
final class Overlay {
    private final Map<String, OverlayRow> rows = new HashMap<>();
    private final Deque<Batch> batches = new ArrayDeque<>();
    private long committed;

    private record OverlayRow(Changes.Change<?> change, long batch) {}

    /** The keys that a transaction changed, and its last record in each partition. */
    private record Batch(long number, Set<String> keys, Map<TopicPartition, Long> lastOffsets) {}

    @SuppressWarnings("unchecked") // A key always has the same form.
    <T> @Nullable T get(String key, Form<T> form, Changes.Below store) {
        OverlayRow row = rows.get(key);
        return row == null ? store.get(key, form) : (T) row.change.value();
    }

    SortedSet<String> keys(String from, String to, int limit, LocalStore store) {
        SortedSet<String> keys = new TreeSet<>();
        // Reads more rows, because the overlay may remove some of them.
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

    /** Adds the changes of a transaction, and its last offset in each log that the follower reads. */
    void committed(Map<String, Changes.Change<?>> changes, Map<TopicPartition, Long> lastOffsets) {
        Batch batch = new Batch(++committed, Set.copyOf(changes.keySet()), Map.copyOf(lastOffsets));
        changes.forEach((key, change) -> rows.put(key, new OverlayRow(change, batch.number)));
        batches.addLast(batch);
    }

    /** Drops the transactions that the follower has folded, given its next offset in a partition. */
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
