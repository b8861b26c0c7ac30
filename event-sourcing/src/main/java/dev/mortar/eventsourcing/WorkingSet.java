package dev.mortar.eventsourcing;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one aggregate that a command uses. Each is read on first use, and changed entries are written back
 * once, so a large aggregate (the stock of a location) is never loaded whole. Immutable, except for its cache of the
 * entries that were read. Not thread-safe.
 *
 * @param <V> entries
 */
public final class WorkingSet<V> {
    private final Function<String, @Nullable V> store;
    private final Map<String, @Nullable V> read;
    private final Map<String, @Nullable V> changes;
    private final boolean open;

    private WorkingSet(
            Function<String, @Nullable V> store,
            Map<String, @Nullable V> read,
            Map<String, @Nullable V> changes,
            boolean open) {
        this.store = store;
        this.read = read;
        this.changes = changes;
        this.open = open;
    }

    /** A working set over a store that answers null for an absent key. */
    public static <V> WorkingSet<V> over(Function<String, @Nullable V> store) {
        return new WorkingSet<>(store, new HashMap<>(), Map.of(), false);
    }

    /** A working set over nothing, for tests and initial states. */
    public static <V> WorkingSet<V> empty() {
        return over(key -> null);
    }

    /** The entry after all changes, or null. */
    public @Nullable V get(String key) {
        V changed = changes.get(key);
        return changed != null || changes.containsKey(key) ? changed : original(key);
    }

    public @Nullable V original(String key) {
        V known = read.get(key);
        if (known != null || read.containsKey(key)) {
            return known;
        }
        V found = store.apply(key);
        read.put(key, found);
        return found;
    }

    /** This working set with the entry set, or removed if the value is null. */
    public WorkingSet<V> with(String key, @Nullable V value) {
        if (open) {
            changes.put(key, value);
            return this;
        }
        return edited(set -> set.with(key, value));
    }

    /**
     * This working set after several changes, for the price of one copy. {@code edit} gets a set that {@link #with}
     * changes in place, and must not keep it.
     */
    public WorkingSet<V> edited(Consumer<WorkingSet<V>> edit) {
        Map<String, @Nullable V> edited = new LinkedHashMap<>(changes);
        edit.accept(new WorkingSet<>(store, read, edited, true));
        return new WorkingSet<>(store, read, edited, false);
    }

    /** The changed entries in the order of first change; null for a removed one. */
    public Map<String, @Nullable V> changes() {
        return Collections.unmodifiableMap(changes);
    }
}
