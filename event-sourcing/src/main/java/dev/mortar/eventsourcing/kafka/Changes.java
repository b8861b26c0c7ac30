package dev.mortar.eventsourcing.kafka;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Unwritten changes to the rows of a {@link LocalStore}, over the rows below. Values are turned into bytes only when
 * they are written, even if a row changes several times.
 */
final class Changes {
    private final Below below;
    private final Map<String, Change<?>> changes = new LinkedHashMap<>();

    interface Below {
        /** The value under a key, or null. A key always has the same form. */
        <T> @Nullable T get(String key, Form<T> form);
    }

    /** The new value of a row; null removes it. */
    record Change<T>(Form<T> form, @Nullable T value) {
        byte @Nullable [] bytes() {
            return value == null ? null : form.write(value);
        }
    }

    Changes(Below below) {
        this.below = below;
    }

    Changes(Function<String, byte @Nullable []> store) {
        this(new Below() {
            @Override
            public <T> @Nullable T get(String key, Form<T> form) {
                byte[] bytes = store.apply(key);
                return bytes == null ? null : form.read(bytes);
            }
        });
    }

    @SuppressWarnings("unchecked") // A key always has the same form.
    <T> @Nullable T get(String key, Form<T> form) {
        Change<?> changed = changes.get(key);
        return changed == null ? below.get(key, form) : (T) changed.value();
    }

    <T> void put(String key, Form<T> form, @Nullable T value) {
        changes.put(key, new Change<>(form, value));
    }

    boolean removes(String key) {
        Change<?> change = changes.get(key);
        return change != null && change.value() == null;
    }

    void putAll(Changes more) {
        changes.putAll(more.changes);
    }

    Map<String, Change<?>> all() {
        return Collections.unmodifiableMap(changes);
    }
}
