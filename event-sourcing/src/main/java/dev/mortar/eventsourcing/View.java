package dev.mortar.eventsourcing;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What can be queried: rows folded from committed events, keyed by what is asked. Every instance folds all rows, and a
 * row takes each event once.
 *
 * @param name name of the view, part of the keys of its rows in the store
 * @param version raised when the shape of the rows changes; the view is then folded anew from the log
 * @param rowType type of a row; rows are kept as JSON
 * @param keys which rows an event touches
 * @param fold the row after the event, given the row before it or null; null removes it
 */
public record View<E, R>(
        String name, int version, Class<R> rowType, Function<Recorded<E>, List<RowKey>> keys, Fold<E, R> fold) {

    /**
     * Where a row lies: rows of one partition key lie together, in the order of their names. Ids hold no {@code |}, so
     * partition key and row name make up one store key.
     */
    public record RowKey(String partitionKey, String row) {}

    /** Folds one event into one row. */
    @FunctionalInterface
    public interface Fold<E, R> {
        @Nullable
        R fold(@Nullable R row, RowKey key, Recorded<E> event);
    }

    /** One row for each aggregate: its state. */
    public static <S, E> View<E, S> ofState(
            String name, int version, Class<S> rowType, S initialState, BiFunction<S, E, S> evolve) {
        return new View<>(
                name,
                version,
                rowType,
                event -> List.of(new RowKey(event.aggregateId(), "")),
                (row, key, event) -> evolve.apply(row == null ? initialState : row, event.event()));
    }

    /** Rows of any shape under any key: the aggregate's id, or anything else that is asked for. */
    public static <E, R> View<E, R> of(
            String name, int version, Class<R> rowType, Function<Recorded<E>, List<RowKey>> keys, Fold<E, R> fold) {
        return new View<>(name, version, rowType, keys, fold);
    }
}
