package dev.mortar.eventsourcing.kafka;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Changes to the rows of a {@link LocalStore} that are not written yet. All other rows are read from below. */
final class Changes {

    private final Function<String, byte @Nullable []> below;
    private final Map<String, byte @Nullable []> changes = new LinkedHashMap<>();

    Changes(Function<String, byte @Nullable []> below) {
        this.below = below;
    }

    byte @Nullable [] get(String key) {
        byte[] changed = changes.get(key);
        return changed != null || changes.containsKey(key) ? changed : below.apply(key);
    }

    void put(String key, byte @Nullable [] value) {
        changes.put(key, value);
    }

    /** All changes by key; null stands for a removed row. */
    Map<String, byte @Nullable []> all() {
        return Collections.unmodifiableMap(changes);
    }
}
