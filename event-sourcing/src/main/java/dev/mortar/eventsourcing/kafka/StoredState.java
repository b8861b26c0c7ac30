package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.WorkingSet;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How aggregates lie in a decider's store. Deciding and replaying both load and save through it, so that the same
 * events leave the same bytes.
 */
final class StoredState<C, S, V, E> {

    private final ServiceDefinition<C, S, V, E> definition;
    private final Rows store;
    private final Form<V> form;

    /** Where the rows lie. */
    interface Rows {
        <V> @Nullable V entry(String key, Form<V> form);

        <V> void putEntry(String key, Form<V> form, @Nullable V value);

        void putDeadline(Instant at, String entryKey);

        void removeDeadline(Instant at, String entryKey);

        void putSequence(String aggregateId, long sequence);

        void putPosition(long position);
    }

    StoredState(ServiceDefinition<C, S, V, E> definition, Rows store) {
        this.definition = definition;
        this.store = store;
        this.form = new Form.OfJson<>(definition.entryType);
    }

    /** A working set over the store. */
    WorkingSet<V> entries() {
        return WorkingSet.over(this::entry);
    }

    @Nullable
    V entry(String key) {
        return store.entry(key, form);
    }

    /**
     * Puts what the events of one command changed; the store is flushed by whoever calls.
     *
     * @param entries what the state was loaded over
     * @param sequence of the aggregate's last event
     * @param position of the partition's last event
     */
    void save(String aggregateId, WorkingSet<V> entries, S after, long sequence, long position) {
        definition.storage.save(aggregateId, entries, after).changes().forEach((key, value) -> {
            // Looked up first: what nobody has read yet is not in the store any more once it is overwritten.
            V before = entries.original(key);
            store.putEntry(key, form, value);
            moveDeadline(key, before, value);
        });
        store.putSequence(aggregateId, sequence);
        store.putPosition(position);
    }

    private void moveDeadline(String key, @Nullable V before, @Nullable V after) {
        Deadline<C> old = before == null ? null : definition.deadlines.apply(before);
        Deadline<C> next = after == null ? null : definition.deadlines.apply(after);
        if (old != null && next != null && old.at().equals(next.at())) {
            return;
        }
        if (old != null) {
            store.removeDeadline(old.at(), key);
        }
        if (next != null) {
            store.putDeadline(next.at(), key);
        }
    }
}
