package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.QueryRequest;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.View.RowKey;
import dev.mortar.eventsourcing.kafka.LocalStore.StoredRow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Queries the rows of views in this instance's local store, which has the rows of all partitions. All queries throw
 * {@link KafkaUnavailable} until the store is ready.
 */
public final class Views {
    private static final Duration MIN_SEQUENCE_WAIT = Duration.ofSeconds(2);

    private static final int PAGE_ROWS = 1_000;

    private final Map<String, List<Runnable>> watchers = new ConcurrentHashMap<>();

    private volatile @Nullable Connection connection;

    interface Events {
        Map<EventPlace, ? extends Recorded<?>> read(Collection<EventPlace> places);
    }

    private record Connection(LocalStore store, Events events) {}

    void connect(LocalStore store, Events events) {
        connection = new Connection(store, events);
    }

    void disconnect() {
        connection = null;
    }

    /** Wakes the queries that wait for a row. */
    void changed(String view, String storeKey) {
        watchers.getOrDefault(view + "|" + storeKey, List.of()).forEach(Runnable::run);
    }

    /** The row. Waits up to two seconds until it shows the minimum sequence of the request. */
    public <R> Optional<Row<R>> get(View<R> view, String partitionKey, String row, QueryRequest request) {
        return request.minSequence() == 0
                ? get(view, partitionKey, row)
                : await(view, partitionKey, row, found -> found.sequence() >= request.minSequence(), MIN_SEQUENCE_WAIT);
    }

    /** Waits until all rows show this event of an aggregate, two seconds at most. */
    public void awaitSequence(String aggregateId, long sequence) {
        String key = PartitionRows.sequenceKey(aggregateId);
        await(
                "|" + aggregateId,
                () -> Optional.ofNullable(store().get(key)).map(Form.NUMBER::read),
                found -> found >= sequence,
                MIN_SEQUENCE_WAIT);
    }

    public <R> Optional<Row<R>> get(View<R> view, String partitionKey, String row) {
        RowKey key = new RowKey(partitionKey, row);
        return shown(view, key, store().get(storeKey(view, key)));
    }

    /** All rows of a partition key, sorted by the bytes of their names. The store is read page by page. */
    public <R> Stream<Row<R>> all(View<R> view, String partitionKey) {
        return Stream.iterate(
                        list(view, partitionKey, "", PAGE_ROWS),
                        page -> !page.isEmpty(),
                        // The smallest name after the last row.
                        page -> list(view, partitionKey, page.getLast().name() + "\0", PAGE_ROWS))
                .flatMap(List::stream);
    }

    /** Rows of a partition key, sorted by the bytes of their names, from {@code fromRow} on. */
    public <R> List<Row<R>> list(View<R> view, String partitionKey, String fromRow, int limit) {
        String prefix = storeKey(view, new RowKey(partitionKey, ""));
        // The prefix ends with '|', and '}' is the next character.
        String end = prefix.substring(0, prefix.length() - 1) + "}";
        List<StoredRow> stored = store().range(prefix + fromRow, end, limit);
        if (view instanceof View.OfEvents<?>) {
            return events(prefix, stored);
        }
        return stored.stream()
                .flatMap(row ->
                        shown(view, new RowKey(partitionKey, row.key().substring(prefix.length())), row.value())
                                .stream())
                .toList();
    }

    private static String storeKey(View<?> view, RowKey key) {
        return switch (view) {
            case View.OfEntries<?, ?> of -> PartitionRows.entryKey(of.entryKey(key));
            case View.Index<?, ?> of -> PartitionRows.viewKey("i", of, key);
            case View.OfEvents<?> of -> PartitionRows.viewKey("h", of, key);
            case View.Folded<?, ?> of -> PartitionRows.viewKey("v", of, key);
        };
    }

    private <R> Optional<Row<R>> shown(View<R> view, RowKey key, byte @Nullable [] stored) {
        if (stored == null) {
            return Optional.empty();
        }
        return switch (view) {
            case View.OfEntries<?, R> of -> entry(of, key, stored);
            case View.Index<?, R> index -> indexed(index, key, stored);
            case View.Folded<?, R> of -> Optional.of(Row.read(of.rowType(), key.row(), stored));
            case View.OfEvents<?> _ ->
                this.<R>events("", List.of(new StoredRow(key.row(), stored))).stream()
                        .findFirst();
        };
    }

    private static <V, R> Optional<Row<R>> entry(View.OfEntries<V, R> view, RowKey key, byte[] stored) {
        return Row.read(view.entryType(), key.row(), stored).map(view.row());
    }

    private <V, R> Optional<Row<R>> indexed(View.Index<V, R> index, RowKey key, byte[] stored) {
        String entryKey = new String(stored, StandardCharsets.UTF_8);
        byte[] entry = store().get(PartitionRows.entryKey(entryKey));
        if (entry == null) {
            return Optional.empty();
        }
        Row<V> found = Row.read(index.entryType(), key.row(), entry);
        // The entry may have changed since the index was read.
        return key.equals(index.key().apply(entryKey, found.value())) ? found.map(index.row()) : Optional.empty();
    }

    @SuppressWarnings("unchecked") // A view of events is of the service's own events.
    private <R> List<Row<R>> events(String prefix, List<StoredRow> stored) {
        List<EventPlace> places =
                stored.stream().map(row -> EventPlace.read(row.value())).toList();
        Map<EventPlace, ? extends Recorded<?>> events = connected().events().read(places);
        List<Row<R>> rows = new ArrayList<>();
        for (int i = 0; i < stored.size(); i++) {
            Recorded<?> event = Objects.requireNonNull(events.get(places.get(i)));
            String name = stored.get(i).key().substring(prefix.length());
            rows.add(new Row<>(name, event.sequence(), event.recordedAt(), (R) event));
        }
        return rows;
    }

    /** The row as soon as it satisfies the predicate. After {@code atMost}, the current row, whether it does or not. */
    public <R> Optional<Row<R>> await(
            View<R> view, String partitionKey, String row, Predicate<Row<R>> until, Duration atMost) {
        return await(view.name() + "|" + partitionKey + "|" + row, () -> get(view, partitionKey, row), until, atMost);
    }

    private <T> Optional<T> await(String watched, Supplier<Optional<T>> read, Predicate<T> until, Duration atMost) {
        long deadlineNs = System.nanoTime() + atMost.toNanos();
        BlockingQueue<Boolean> changes = new LinkedBlockingQueue<>(1);
        try (Watch _ = new Watch(watched, () -> changes.offer(true))) {
            while (true) {
                Optional<T> found = read.get();
                long leftNs = deadlineNs - System.nanoTime();
                if (found.filter(until).isPresent()
                        || leftNs <= 0
                        || changes.poll(leftNs, TimeUnit.NANOSECONDS) == null) {
                    return found.filter(until).isPresent() ? found : read.get();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return read.get();
        }
    }

    private LocalStore store() {
        return connected().store();
    }

    private Connection connected() {
        Connection connected = connection;
        if (connected == null) {
            throw new KafkaUnavailable("The local store is not ready", null);
        }
        return connected;
    }

    private final class Watch implements AutoCloseable {
        private final String key;
        private final Runnable signal;

        Watch(String key, Runnable signal) {
            this.key = key;
            this.signal = signal;
            watchers.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>()).add(signal);
        }

        @Override
        public void close() {
            watchers.computeIfPresent(key, (k, signals) -> {
                signals.remove(signal);
                return signals.isEmpty() ? null : signals;
            });
        }
    }
}
