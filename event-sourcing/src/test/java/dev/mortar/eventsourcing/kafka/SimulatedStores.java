package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;
import org.jspecify.annotations.Nullable;

/** The stores of a decider's partition in memory: what an instance sees, and what of it is not committed yet. */
final class SimulatedStores {

    /** When a remembered request was decided, and under which command id. */
    record Remembered(String key, long atMs) implements Comparable<Remembered> {
        @Override
        public int compareTo(Remembered other) {
            int byKey = key.compareTo(other.key);
            return byKey != 0 ? byKey : Long.compare(atMs, other.atMs);
        }
    }

    private final NavigableMap<String, byte[]> entries;
    private final NavigableMap<Remembered, byte[]> requests;
    private final Map<String, byte @Nullable []> changedEntries = new LinkedHashMap<>();
    private final Map<Remembered, byte[]> changedRequests = new LinkedHashMap<>();

    private final long rememberMs;
    private long newestRequestMs;

    private SimulatedStores(
            NavigableMap<String, byte[]> entries,
            NavigableMap<Remembered, byte[]> requests,
            long rememberMs,
            long newestRequestMs) {
        this.entries = entries;
        this.requests = requests;
        this.rememberMs = rememberMs;
        this.newestRequestMs = newestRequestMs;
    }

    /** @param remember for how long before the newest one a request is kept */
    static SimulatedStores empty(Duration remember) {
        return new SimulatedStores(new TreeMap<>(), new TreeMap<>(), remember.toMillis(), 0);
    }

    /** Restored from these, of which it is independent from now on. */
    SimulatedStores copy() {
        return new SimulatedStores(new TreeMap<>(entries), new TreeMap<>(requests), rememberMs, newestRequestMs);
    }

    boolean changed() {
        return !changedEntries.isEmpty() || !changedRequests.isEmpty();
    }

    /** Gives what changed since the last time to the durable stores, as a commit of the changelogs does. */
    void commitTo(SimulatedStores durable) {
        changedEntries.forEach((key, value) -> {
            if (value == null) {
                durable.entries.remove(key);
            } else {
                durable.entries.put(key, value);
            }
        });
        durable.requests.putAll(changedRequests);
        durable.newestRequestMs = newestRequestMs;
        forgetChanges();
    }

    void forgetChanges() {
        changedEntries.clear();
        changedRequests.clear();
    }

    void forgetRequests() {
        requests.clear();
    }

    NavigableMap<String, byte[]> entries() {
        return entries;
    }

    KeyValueStore<String, byte[]> entryStore() {
        return new Entries();
    }

    WindowStore<String, byte[]> requestStore() {
        return new Requests();
    }

    private abstract static class Store implements StateStore {
        @Override
        public String name() {
            return getClass().getSimpleName();
        }

        @Override
        public void init(StateStoreContext context, StateStore root) {
            // Nothing to restore from: the maps are there.
        }

        @Override
        public void close() {
            // Nothing to close.
        }

        @Override
        public boolean persistent() {
            return false;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        static UnsupportedOperationException unused() {
            return new UnsupportedOperationException("no decider needs it");
        }
    }

    private final class Entries extends Store implements KeyValueStore<String, byte[]> {
        @Override
        public byte @Nullable [] get(String key) {
            return entries.get(key);
        }

        @Override
        public void put(String key, byte @Nullable [] value) {
            if (value == null) {
                // As Kafka's stores do: what is put as nothing is gone, and no range shows it.
                entries.remove(key);
            } else {
                entries.put(key, value);
            }
            changedEntries.put(key, value);
        }

        @Override
        public byte @Nullable [] delete(String key) {
            byte[] before = entries.get(key);
            put(key, null);
            return before;
        }

        @Override
        public KeyValueIterator<String, byte[]> range(String from, String to) {
            return new Iterating<>(entries.subMap(from, true, to, true).entrySet().stream()
                    .map(entry -> new KeyValue<>(entry.getKey(), entry.getValue()))
                    .toList());
        }

        @Override
        public long approximateNumEntries() {
            return entries.size();
        }

        @Override
        public byte[] putIfAbsent(String key, byte[] value) {
            throw unused();
        }

        @Override
        public void putAll(List<KeyValue<String, byte[]>> all) {
            throw unused();
        }

        @Override
        public KeyValueIterator<String, byte[]> all() {
            throw unused();
        }
    }

    private final class Requests extends Store implements WindowStore<String, byte[]> {
        @Override
        public void put(String key, byte[] value, long atMs) {
            requests.put(new Remembered(key, atMs), value);
            newestRequestMs = Math.max(newestRequestMs, atMs);
            changedRequests.put(new Remembered(key, atMs), value);
        }

        @Override
        public WindowStoreIterator<byte[]> fetch(String key, long fromMs, long toMs) {
            // As Kafka's stores do: what the retention does not cover any more is not found.
            long keptMs = Math.max(fromMs, newestRequestMs - rememberMs + 1);
            if (keptMs > toMs) {
                return new Windows(List.of());
            }
            return new Windows(
                    requests
                            .subMap(new Remembered(key, keptMs), true, new Remembered(key, toMs), true)
                            .entrySet()
                            .stream()
                            .map(entry -> new KeyValue<>(entry.getKey().atMs(), entry.getValue()))
                            .toList());
        }

        @Override
        public byte[] fetch(String key, long atMs) {
            throw unused();
        }

        @Override
        public KeyValueIterator<Windowed<String>, byte[]> fetch(String from, String to, long fromMs, long toMs) {
            throw unused();
        }

        @Override
        public KeyValueIterator<Windowed<String>, byte[]> all() {
            throw unused();
        }

        @Override
        public KeyValueIterator<Windowed<String>, byte[]> fetchAll(long fromMs, long toMs) {
            throw unused();
        }
    }

    private static class Iterating<K> implements KeyValueIterator<K, byte[]> {
        private final Iterator<KeyValue<K, byte[]>> found;

        Iterating(List<KeyValue<K, byte[]>> found) {
            this.found = found.iterator();
        }

        @Override
        public void close() {
            // Nothing is held.
        }

        @Override
        public K peekNextKey() {
            throw Store.unused();
        }

        @Override
        public boolean hasNext() {
            return found.hasNext();
        }

        @Override
        public KeyValue<K, byte[]> next() {
            return found.next();
        }
    }

    private static final class Windows extends Iterating<Long> implements WindowStoreIterator<byte[]> {
        Windows(List<KeyValue<Long, byte[]>> found) {
            super(found);
        }
    }
}
