package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.View.RowKey;
import dev.mortar.eventsourcing.http.QueryRequest;
import dev.mortar.eventsourcing.kafka.LocalStore.StoredRow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
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
import org.jspecify.annotations.Nullable;

/**
 * Queries the rows of views in this instance's local store, which holds those of all partitions. Until it is ready,
 * {@link KafkaUnavailable} is thrown.
 */
public final class Views {

    /** How long a query waits for the sequence it was told to show. */
    private static final Duration MIN_SEQUENCE_WAIT = Duration.ofSeconds(2);

    private final Map<String, List<Runnable>> watchers = new ConcurrentHashMap<>();

    private volatile @Nullable Connection connection;

    /** Reads events of the service's log by their places. */
    interface Events {
        Map<EventPlace, ? extends Recorded<?>> read(Collection<EventPlace> places);
    }

    /** The store that answers queries, and the log that it was folded from. */
    private record Connection(LocalStore store, Events events) {}

    /** Answers queries from this store, and those for events from the log. */
    void connect(LocalStore store, Events events) {
        connection = new Connection(store, events);
    }

    /** Answers no query any more. */
    void disconnect() {
        connection = null;
    }

    /** A row changed, by commands that are folded whole. */
    void changed(String view, String storeKey) {
        watchers.getOrDefault(view + "|" + storeKey, List.of()).forEach(Runnable::run);
    }

    /** The row, showing at least the sequence the request names if it comes in time. */
    public <R> Optional<Row<R>> get(View<R> view, String partitionKey, String row, QueryRequest request) {
        return request.minSequence() == 0
                ? read(view, partitionKey, row)
                : await(view, partitionKey, row, found -> found.sequence() >= request.minSequence(), MIN_SEQUENCE_WAIT);
    }

    /** Waits until all rows show this event of an aggregate, or until the time is over. */
    public void awaitSequence(String aggregateId, long sequence) {
        String key = PartitionRows.sequenceKey(aggregateId);
        await(
                "|" + aggregateId,
                () -> Optional.ofNullable(store().get(key)).map(Form.NUMBER::read),
                found -> found >= sequence,
                MIN_SEQUENCE_WAIT);
    }

    /**
     * Rows of a partition key in the byte order of their names, from a name on, inclusive.
     *
     * @throws KafkaUnavailable when they are events, and the log cannot be read
     */
    @SuppressWarnings("unchecked") // A view of events is of the service's own events.
    public <R> List<Row<R>> list(View<R> view, String partitionKey, String fromRow, int limit) {
        return switch (view) {
            case View.OfEntries<?, R> of -> entries(of, partitionKey, fromRow, limit);
            case View.Index<?, R> index -> indexed(index, partitionKey, fromRow, limit);
            case View.OfEvents<?> _ -> (List<Row<R>>) (List<?>) events(view.name(), partitionKey, fromRow, limit);
            case View.Folded<?, R> of -> {
                String prefix = PartitionRows.viewKey(of.name(), partitionKey + "|");
                yield range(prefix, fromRow, limit).stream()
                        .map(row -> Row.read(of.rowType(), row.key().substring(prefix.length()), row.value()))
                        .toList();
            }
        };
    }

    /** Stored rows whose keys have this prefix, from a name on. */
    private List<StoredRow> range(String prefix, String fromRow, int limit) {
        // The prefix ends with '|', and '}' is the next character.
        String end = prefix.substring(0, prefix.length() - 1) + "}";
        return store().range(prefix + fromRow, end, limit);
    }

    private <V, R> List<Row<R>> entries(View.OfEntries<V, R> view, String partitionKey, String fromRow, int limit) {
        String prefix = PartitionRows.entryKey(view.entryKey(new RowKey(partitionKey, "")));
        List<Row<R>> rows = new ArrayList<>();
        for (StoredRow stored : range(prefix, fromRow, limit)) {
            String name = stored.key().substring(prefix.length());
            Row.read(view.entryType(), name, stored.value()).map(view.row()).ifPresent(rows::add);
        }
        return rows;
    }

    private <V, R> List<Row<R>> indexed(View.Index<V, R> index, String partitionKey, String fromRow, int limit) {
        String prefix = PartitionRows.indexKey(index.name(), partitionKey, "");
        List<Row<R>> rows = new ArrayList<>();
        for (StoredRow stored : range(prefix, fromRow, limit)) {
            RowKey key = new RowKey(partitionKey, stored.key().substring(prefix.length()));
            String entryKey = new String(stored.value(), StandardCharsets.UTF_8);
            byte[] entry = store().get(PartitionRows.entryKey(entryKey));
            if (entry != null) {
                Row<V> found = Row.read(index.entryType(), key.row(), entry);
                // The entry may have changed since its key was read.
                if (key.equals(index.key().apply(entryKey, found.value()))) {
                    found.map(index.row()).ifPresent(rows::add);
                }
            }
        }
        return rows;
    }

    private List<Row<Recorded<?>>> events(String view, String partitionKey, String fromRow, int limit) {
        String prefix = PartitionRows.placeKey(view, partitionKey, "");
        Map<String, EventPlace> places = new LinkedHashMap<>();
        range(prefix, fromRow, limit)
                .forEach(row -> places.put(row.key().substring(prefix.length()), EventPlace.read(row.value())));
        Map<EventPlace, ? extends Recorded<?>> events = connected().events().read(places.values());
        List<Row<Recorded<?>>> rows = new ArrayList<>();
        places.forEach((name, place) -> {
            Recorded<?> event = Objects.requireNonNull(events.get(place));
            rows.add(new Row<>(name, event.sequence(), event.recordedAt(), event));
        });
        return rows;
    }

    /** The row as soon as it satisfies the predicate, or as it is when the time is over. */
    public <R> Optional<Row<R>> await(
            View<R> view, String partitionKey, String row, Predicate<Row<R>> until, Duration atMost) {
        return await(view.name() + "|" + partitionKey + "|" + row, () -> read(view, partitionKey, row), until, atMost);
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

    private <R> Optional<Row<R>> read(View<R> view, String partitionKey, String row) {
        return switch (view) {
            case View.OfEntries<?, R> of -> entry(of, new RowKey(partitionKey, row));
            case View.Folded<?, R> of ->
                Optional.ofNullable(store().get(PartitionRows.viewKey(of.name(), partitionKey + "|" + row)))
                        .map(stored -> Row.read(of.rowType(), row, stored));
            case View.Index<?, R> _, View.OfEvents<?> _ ->
                list(view, partitionKey, row, 1).stream()
                        .filter(found -> found.name().equals(row))
                        .findFirst();
        };
    }

    private <V, R> Optional<Row<R>> entry(View.OfEntries<V, R> view, RowKey key) {
        byte[] stored = store().get(PartitionRows.entryKey(view.entryKey(key)));
        return stored == null
                ? Optional.empty()
                : Row.read(view.entryType(), key.row(), stored).map(view.row());
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

    /** Registers for the changes of one row. */
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
