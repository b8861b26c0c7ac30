package dev.mortar.eventsourcing;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one aggregate that a command touches: each is read on first use, and what changed is written back
 * once. An aggregate as large as the stock of a location is never loaded whole. Immutable but for the memory of what
 * was read; not thread-safe.
 *
 * @param <V> entries
 */
public final class WorkingSet<V> {

    private final Function<String, @Nullable V> store;
    private final Map<String, @Nullable V> read;
    private final Map<String, @Nullable V> changes;

    private WorkingSet(
            Function<String, @Nullable V> store, Map<String, @Nullable V> read, Map<String, @Nullable V> changes) {
        this.store = store;
        this.read = read;
        this.changes = changes;
    }

    /** A working set over a store that answers null for an absent key. */
    public static <V> WorkingSet<V> over(Function<String, @Nullable V> store) {
        return new WorkingSet<>(store, new HashMap<>(), Map.of());
    }

    /** A working set over nothing, for tests and initial states. */
    public static <V> WorkingSet<V> empty() {
        return over(key -> null);
    }

    /** The entry as it is after all changes, or null. */
    public @Nullable V get(String key) {
        return changes.containsKey(key) ? changes.get(key) : original(key);
    }

    /** The entry as the store has it, or null. */
    public @Nullable V original(String key) {
        if (!read.containsKey(key)) {
            read.put(key, store.apply(key));
        }
        return read.get(key);
    }

    /** This working set with the entry set, or removed when the value is null. */
    public WorkingSet<V> with(String key, @Nullable V value) {
        Map<String, @Nullable V> changed = new LinkedHashMap<>(changes);
        changed.put(key, value);
        return new WorkingSet<>(store, read, changed);
    }

    /** What changed, in the order of first change; null stands for a removed entry. */
    public Map<String, @Nullable V> changes() {
        return java.util.Collections.unmodifiableMap(changes);
    }
}
