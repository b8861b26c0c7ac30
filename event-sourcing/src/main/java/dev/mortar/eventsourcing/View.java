package dev.mortar.eventsourcing;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rows that can be queried, under the keys that are asked for. Every instance has the rows of all partitions. A view
 * keeps as little as it can: entries are read where they lie, an index only names entries, and a history only names
 * places in the log.
 *
 * @param <R> the value of a row
 */
public sealed interface View<R> {

    /** Name of the view, part of the keys of its rows. */
    String name();

    /**
     * The key of a row: rows of one partition key lie together, in the order of their names. Ids hold no {@code |}, so
     * partition key and row name make up one store key.
     */
    record RowKey(String partitionKey, String row) {}

    /** Folds one event into one row; null removes it. */
    @FunctionalInterface
    interface EventFold<E, R> {
        @Nullable
        R fold(@Nullable R row, RowKey key, Recorded<E> event);
    }

    /**
     * Entries of aggregates as rows. They take no room of their own.
     *
     * @param entryType type of the service's entries
     * @param under the part between partition key and row name in an entry's key, for example {@code |l|}; empty when
     *     the entry's key is the partition key, and the row has no name
     * @param row the row that shows an entry; null when it shows none
     */
    record OfEntries<V, R>(String name, Class<V> entryType, String under, Function<V, @Nullable R> row)
            implements View<R> {

        /** Key of the entry that a row shows. */
        public String entryKey(RowKey key) {
            return key.partitionKey() + under + key.row();
        }

        /** Key of the row that shows an entry, or null when it belongs to another view. */
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
     * Entries by another key. The store keeps their keys only.
     *
     * @param version raised when the keys change; the store is then folded from the first event
     * @param key where an entry is found, given its own key and itself; null when it is not
     * @param row the row that shows an entry
     */
    record Index<V, R>(
            String name,
            int version,
            Class<V> entryType,
            BiFunction<String, V, @Nullable RowKey> key,
            Function<V, @Nullable R> row)
            implements View<R> {}

    /**
     * Events by any key, each under one name or several. The store keeps their offsets only.
     *
     * @param version raised when the keys change; the store is then folded from the first event
     */
    record OfEvents<E>(String name, int version, Function<Recorded<E>, List<RowKey>> keys)
            implements View<Recorded<E>> {}

    /**
     * Rows of their own, for facts that no entry holds.
     *
     * @param version raised when the shape of the rows changes; the store is then folded from the first event
     * @param rowType type of a row; rows are kept as JSON
     * @param keys which rows an event touches
     */
    record Folded<E, R>(
            String name, int version, Class<R> rowType, Function<Recorded<E>, List<RowKey>> keys, EventFold<E, R> fold)
            implements View<R> {}

    /** The state of each aggregate, under its id. */
    static <S> OfEntries<S, S> ofState(String name, Class<S> stateType) {
        return new OfEntries<>(name, stateType, "", Function.identity());
    }
}
