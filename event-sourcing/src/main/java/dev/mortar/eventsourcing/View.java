package dev.mortar.eventsourcing;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rows that callers can query by key. Every instance has the rows of all partitions. A view of entries stores nothing
 * of its own, an index stores keys of entries, and a view of events stores offsets in the log.
 *
 * @param <R> the value of a row
 */
public sealed interface View<R> {
    /** Name of the view, part of the keys of its rows. */
    String name();

    /**
     * The key of a row. The rows of one partition key are stored together, sorted by name. Ids contain no {@code |}, so
     * the two parts can be joined.
     */
    record RowKey(String partitionKey, String row) {}

    /** Folds one event into one row; null removes it. */
    @FunctionalInterface
    interface EventFold<E, R> {
        @Nullable
        R fold(@Nullable R row, RowKey key, Recorded<E> event);
    }

    /**
     * Entries of aggregates as rows. The view stores nothing itself.
     *
     * @param under the part between partition key and row name in an entry's key, for example {@code |l|}; empty if the
     *     entry's key is the partition key and the row has no name
     * @param row makes the row of an entry; null if the entry has no row
     */
    record OfEntries<V, R>(String name, Class<V> entryType, String under, Function<V, @Nullable R> row)
            implements View<R> {
        /** Key of the entry from which a row is made. */
        public String entryKey(RowKey key) {
            return key.partitionKey() + under + key.row();
        }

        /** Key of the row of an entry, or null if the entry belongs to another view. */
        public @Nullable RowKey rowKey(String entryKey) {
            int end = entryKey.indexOf('|');
            if (under.isEmpty()) {
                return end < 0 ? new RowKey(entryKey, "") : null;
            }
            return end >= 0 && entryKey.startsWith(under, end)
                    ? new RowKey(entryKey.substring(0, end), entryKey.substring(end + under.length()))
                    : null;
        }
    }

    /**
     * Entries by another key. The store keeps only their keys.
     *
     * @param version raised when the keys change; the store is then folded from the first event
     * @param key the row key of an entry, given its own key; null if the index leaves it out
     */
    record Index<V, R>(
            String name,
            int version,
            Class<V> entryType,
            BiFunction<String, V, @Nullable RowKey> key,
            Function<V, @Nullable R> row)
            implements View<R> {}

    /**
     * Events by any keys. The store keeps only offsets. The version is raised when the keys change; see {@link Index}.
     */
    record OfEvents<E>(String name, int version, Function<Recorded<E>, List<RowKey>> keys)
            implements View<Recorded<E>> {}

    /**
     * Stored rows, for facts that no entry contains, as JSON. The version is raised when their shape changes; see
     * {@link Index}.
     *
     * @param keys the keys of the rows that an event changes
     */
    record Folded<E, R>(
            String name, int version, Class<R> rowType, Function<Recorded<E>, List<RowKey>> keys, EventFold<E, R> fold)
            implements View<R> {}

    /** The state of each aggregate, under its id. */
    static <S> OfEntries<S, S> ofState(String name, Class<S> stateType) {
        return new OfEntries<>(name, stateType, "", Function.identity());
    }
}
