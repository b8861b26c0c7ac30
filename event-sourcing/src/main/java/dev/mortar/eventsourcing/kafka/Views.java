package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.http.QueryRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Queries the rows of views in this instance's local store, which holds those of all partitions. Until it is ready,
 * {@link KafkaUnavailable} is thrown.
 */
public final class Views {

    /** How long a query waits for the sequence it was told to show. */
    private static final Duration MIN_SEQUENCE_WAIT = Duration.ofSeconds(2);

    private final Map<String, List<Runnable>> watchers = new ConcurrentHashMap<>();

    private volatile @Nullable LocalStore store;

    /** Answers queries from this store; from none while it is null. */
    void connect(@Nullable LocalStore folded) {
        store = folded;
    }

    /** A row changed, by commands that are folded whole. */
    void changed(String view, String storeKey) {
        watchers.getOrDefault(view + "|" + storeKey, List.of()).forEach(Runnable::run);
    }

    /** The row, showing at least the sequence the request names if it comes in time. */
    public <R> Optional<Row<R>> get(View<?, R> view, String partitionKey, String row, QueryRequest request) {
        return request.minSequence() == 0
                ? read(view, partitionKey, row)
                : await(view, partitionKey, row, found -> found.sequence() >= request.minSequence(), MIN_SEQUENCE_WAIT);
    }

    /** Rows of a partition key in the byte order of their names, from a name on, inclusive. */
    public <R> List<Row<R>> list(View<?, R> view, String partitionKey, String fromRow, int limit) {
        // '}' follows '|' directly, so this is the end of the partition key's rows.
        String end = PartitionRows.viewKey(view.name(), partitionKey + "}");
        int prefix = key(view, partitionKey, "").length();
        return store().range(key(view, partitionKey, fromRow), end, limit).stream()
                .map(row -> Row.read(view.rowType(), row.key().substring(prefix), row.value()))
                .toList();
    }

    /** The row as soon as it satisfies the predicate, or as it is when the time is over. */
    public <R> Optional<Row<R>> await(
            View<?, R> view, String partitionKey, String row, Predicate<Row<R>> until, Duration atMost) {
        long deadlineNs = System.nanoTime() + atMost.toNanos();
        BlockingQueue<Boolean> changes = new LinkedBlockingQueue<>(1);
        Runnable signal = () -> changes.offer(true);
        try (Watch _ = new Watch(view.name() + "|" + partitionKey + "|" + row, signal)) {
            while (true) {
                Optional<Row<R>> found = read(view, partitionKey, row);
                long leftNs = deadlineNs - System.nanoTime();
                if (found.filter(until).isPresent()
                        || leftNs <= 0
                        || changes.poll(leftNs, TimeUnit.NANOSECONDS) == null) {
                    return found.filter(until).isPresent() ? found : read(view, partitionKey, row);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return read(view, partitionKey, row);
        }
    }

    /**
     * Tells of the row now, if there is one, and after each change, until closed. The consumer runs on a thread of its
     * own kind: it may block.
     */
    public <R> AutoCloseable watch(View<?, R> view, String partitionKey, String row, Consumer<Row<R>> consumer) {
        BlockingQueue<Boolean> changes = new LinkedBlockingQueue<>(1);
        changes.offer(true);
        read(view, partitionKey, row);
        var watch = new Watch(view.name() + "|" + partitionKey + "|" + row, () -> changes.offer(true));
        Thread teller = Thread.ofVirtual().name("watch-" + view.name()).start(() -> {
            try {
                long told = 0;
                while (true) {
                    changes.take();
                    Row<R> found = read(view, partitionKey, row).orElse(null);
                    if (found != null && found.sequence() > told) {
                        told = found.sequence();
                        consumer.accept(found);
                    }
                }
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            }
        });
        return () -> {
            watch.close();
            teller.interrupt();
        };
    }

    private <R> Optional<Row<R>> read(View<?, R> view, String partitionKey, String row) {
        byte[] stored = store().get(key(view, partitionKey, row));
        return stored == null ? Optional.empty() : Optional.of(Row.read(view.rowType(), row, stored));
    }

    private static String key(View<?, ?> view, String partitionKey, String row) {
        return PartitionRows.viewKey(view.name(), partitionKey + "|" + row);
    }

    private LocalStore store() {
        LocalStore connected = store;
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
