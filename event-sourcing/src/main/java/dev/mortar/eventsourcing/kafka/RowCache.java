package dev.mortar.eventsourcing.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a local store as values; those read or written lately stay in memory, absent ones as well. One thread
 * writes, any thread reads.
 *
 * <p>A reader sees what it would see in the store: a row never goes back to an older value, and a write that fails
 * leaves nothing here. Three rules see to that:
 *
 * <ol>
 *   <li>The writer writes to the store first, and then puts every row that it changed here, known or not.
 *   <li>A reader puts a row here only together with reading it from the store, while nobody else can put that row. If
 *       the writer overtakes it in the store, the writer's value comes here after the reader's.
 *   <li>Rows are in two generations and the younger is asked first. The writer puts a whole batch into one generation.
 *       When the younger is full it becomes the older one, and the older is forgotten.
 * </ol>
 */
final class RowCache implements Changes.Below {

    /** Of the heap, for rows counted as the bytes they are in the store. As values they take about three times that. */
    private static final int HEAP_SHARE = 16;

    private static final int ROW_OVERHEAD_BYTES = 100;

    private final LocalStore store;
    private final long bytesMax;
    private volatile Generations generations = new Generations(new Generation(), new Generation());

    private record Generations(Generation young, Generation old) {}

    /** A value, or null for an absent row. */
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

    /** @param bytesMax of all rows, as they are in the store */
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

    /** Changes, and the bytes they become. */
    record Written(Changes changes, Map<String, byte @Nullable []> bytes) {
        static Written of(Changes changes) {
            Map<String, byte @Nullable []> bytes = new HashMap<>();
            changes.all().forEach((key, change) -> bytes.put(key, change.bytes()));
            return new Written(changes, bytes);
        }
    }

    /** Writes changes to the store, all or none. */
    void write(List<Written> written) {
        // Neighbours go into the store faster one after the other.
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
