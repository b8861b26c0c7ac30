package dev.mortar.eventsourcing.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Caches the rows of a local store as values, also the absence of a row. One thread writes, any thread reads.
 *
 * <p>A row never goes back to an older value, and a failed write leaves nothing in the cache:
 *
 * <ol>
 *   <li>The writer writes to the store first. Then it puts every changed row into the cache, whether cached before or
 *       not.
 *   <li>A reader reads a row from the store and caches it in one atomic step for that key. If the writer changes the
 *       row meanwhile, it caches its value after the reader.
 *   <li>The cache has a young and an old generation, and readers ask the young one first. The writer puts a whole batch
 *       into one generation. A full young generation becomes the old one, and the former old one is dropped.
 * </ol>
 */
final class RowCache implements Changes.Below {
    /** The cache may hold 1/16 of the heap in stored bytes. As values the rows take about three times as much. */
    private static final int HEAP_SHARE = 16;

    private static final int ROW_OVERHEAD_BYTES = 100;

    private final LocalStore store;
    private final long bytesMax;
    private volatile Generations generations = new Generations(new Generation(), new Generation());

    private record Generations(Generation young, Generation old) {}

    private record Kept(@Nullable Object value, int bytes) {}

    private static final class Generation {
        private final Map<String, Kept> rows = new ConcurrentHashMap<>();
        private final LongAdder bytes = new LongAdder();

        void put(String key, Kept kept) {
            Kept before = rows.put(key, kept);
            bytes.add(kept.bytes - (before == null ? 0 : before.bytes));
        }
    }

    RowCache(LocalStore store) {
        this(store, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    /** @param bytesMax limit for all rows, in stored bytes */
    RowCache(LocalStore store, long bytesMax) {
        this.store = store;
        this.bytesMax = bytesMax;
    }

    @Override
    @SuppressWarnings("unchecked") // A key always has the same form.
    public <T> @Nullable T get(String key, Form<T> form) {
        Generations now = generations;
        Kept kept = now.young.rows.get(key);
        if (kept == null) {
            kept = now.young.rows.computeIfAbsent(key, _ -> {
                Kept older = now.old.rows.get(key);
                return older == null ? load(key, form) : older;
            });
            now.young.bytes.add(kept.bytes);
            turn(now);
        }
        return (T) kept.value;
    }

    private <T> Kept load(String key, Form<T> form) {
        byte[] bytes = store.get(key);
        return bytes == null ? kept(key, null, 0) : kept(key, form.read(bytes), bytes.length);
    }

    private static Kept kept(String key, @Nullable Object value, int bytes) {
        return new Kept(value, ROW_OVERHEAD_BYTES + key.length() + bytes);
    }

    record Written(Changes changes, Map<String, byte @Nullable []> bytes) {
        static Written of(Changes changes) {
            Map<String, byte @Nullable []> bytes = new HashMap<>();
            changes.all().forEach((key, change) -> bytes.put(key, change.bytes()));
            return new Written(changes, bytes);
        }
    }

    void write(List<Written> written) {
        // The store writes sorted keys faster.
        Map<String, byte @Nullable []> all = new TreeMap<>();
        written.forEach(each -> all.putAll(each.bytes()));
        store.write(all);
        synchronized (this) {
            Generation young = generations.young;
            for (Written each : written) {
                each.changes().all().forEach((key, change) -> {
                    if (change.form().isReadByKey()) {
                        byte[] bytes = each.bytes().get(key);
                        young.put(key, kept(key, change.value(), bytes == null ? 0 : bytes.length));
                    }
                });
            }
        }
        turn(generations);
    }

    private void turn(Generations full) {
        if (full.young.bytes.sum() > bytesMax / 2) {
            synchronized (this) {
                if (generations == full) {
                    generations = new Generations(new Generation(), full.young);
                }
            }
        }
    }
}
