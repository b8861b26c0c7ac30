package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.http.Forwarder;
import dev.mortar.eventsourcing.http.QueryRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;

/**
 * Queries the rows of views. A key is served by one instance; asked elsewhere, {@link OwnedElsewhere} is thrown, and
 * while partitions move, {@link KafkaUnavailable}.
 */
public final class Views {

    /** How long a query waits for the sequence it was told to show. */
    private static final Duration MIN_SEQUENCE_WAIT = Duration.ofSeconds(2);

    private final ServiceDefinition<?, ?, ?, ?> definition;
    private final HostInfo self;
    private final Map<String, List<Runnable>> watchers = new ConcurrentHashMap<>();

    private volatile @Nullable KafkaStreams streams;

    Views(ServiceDefinition<?, ?, ?, ?> definition, HostInfo self) {
        this.definition = definition;
        this.self = self;
    }

    void connect(KafkaStreams running) {
        streams = running;
    }

    /** Called by the topology after a row changed. */
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
        List<Row<R>> rows = new ArrayList<>();
        int prefix = partitionKey.length() + 1;
        // '}' follows '|' directly, so this is the end of the partition key's rows.
        try (KeyValueIterator<String, byte[]> found =
                store(view, partitionKey).range(partitionKey + "|" + fromRow, partitionKey + "}")) {
            while (found.hasNext() && rows.size() < limit) {
                KeyValue<String, byte[]> next = found.next();
                rows.add(Row.read(view.rowType(), next.key.substring(prefix), next.value));
            }
        } catch (StreamsException e) {
            throw moving(e);
        }
        return rows;
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

    /** True when this instance serves the key. */
    public boolean local(View<?, ?> view, String partitionKey) {
        return owner(view, partitionKey).equals(self);
    }

    /**
     * The host and port that serve the key.
     *
     * @throws KafkaUnavailable while it is not known
     */
    public HostInfo owner(View<?, ?> view, String partitionKey) {
        KafkaStreams running = running();
        try {
            KeyQueryMetadata metadata = running.queryMetadataForKey(
                    ViewTopology.storeName(definition, view),
                    partitionKey,
                    (topic, key, value, partitions) ->
                            ViewTopology.BY_PARTITION_KEY.partitions(topic, key + "|", value, partitions));
            if (metadata == null || metadata.equals(KeyQueryMetadata.NOT_AVAILABLE)) {
                throw moving(null);
            }
            return metadata.activeHost();
        } catch (IllegalStateException | StreamsException e) {
            throw moving(e);
        }
    }

    /**
     * Asks the instance that serves the key on behalf of this one's request.
     *
     * @param pathAndQuery what to get there
     * @throws KafkaUnavailable when it does not answer
     */
    public ResponseEntity<byte[]> forward(View<?, ?> view, String partitionKey, String pathAndQuery, Duration waitFor) {
        HostInfo owner = owner(view, partitionKey);
        try {
            return Forwarder.get(owner.host() + ":" + owner.port(), pathAndQuery, waitFor);
        } catch (IOException e) {
            throw moving(e);
        }
    }

    private <R> Optional<Row<R>> read(View<?, R> view, String partitionKey, String row) {
        try {
            byte[] stored = store(view, partitionKey).get(partitionKey + "|" + row);
            return stored == null ? Optional.empty() : Optional.of(Row.read(view.rowType(), row, stored));
        } catch (StreamsException e) {
            throw moving(e);
        }
    }

    private ReadOnlyKeyValueStore<String, byte[]> store(View<?, ?> view, String partitionKey) {
        HostInfo owner = owner(view, partitionKey);
        if (!owner.equals(self)) {
            throw new OwnedElsewhere(owner.host() + ":" + owner.port());
        }
        try {
            return running()
                    .store(StoreQueryParameters.fromNameAndType(
                            ViewTopology.storeName(definition, view), QueryableStoreTypes.keyValueStore()));
        } catch (StreamsException | IllegalStateException e) {
            throw moving(e);
        }
    }

    private KafkaStreams running() {
        KafkaStreams running = streams;
        if (running == null) {
            throw moving(null);
        }
        return Objects.requireNonNull(running);
    }

    private static KafkaUnavailable moving(@Nullable Throwable cause) {
        return new KafkaUnavailable("The view is not ready to be queried", cause);
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
