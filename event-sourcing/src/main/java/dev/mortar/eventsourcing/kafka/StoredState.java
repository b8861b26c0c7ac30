package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.WorkingSet;
import org.jspecify.annotations.Nullable;

/** How aggregates lie in the rows of their partition. Deciding and folding both load and save through it. */
final class StoredState<C, S, V, E> {

    private final ServiceDefinition<C, S, V, E> definition;
    private final PartitionRows rows;
    private final Form<V> form;

    StoredState(ServiceDefinition<C, S, V, E> definition, PartitionRows rows) {
        this.definition = definition;
        this.rows = rows;
        this.form = new Form.OfJson<>(definition.entryType);
    }

    /** A working set over the store. */
    WorkingSet<V> entries() {
        return WorkingSet.over(this::entry);
    }

    @Nullable
    V entry(String key) {
        return rows.entry(key, form);
    }

    /**
     * Puts the changes of an event.
     *
     * @param entries what the state was loaded over
     * @param sequence of the aggregate's last event
     * @param position of the partition's last event
     */
    void save(String aggregateId, WorkingSet<V> entries, S after, long sequence, long position) {
        definition.storage.save(aggregateId, entries, after).changes().forEach((key, value) -> {
            // Looked up first: what nobody has read yet is not in the store any more once it is overwritten.
            V before = entries.original(key);
            rows.putEntry(key, form, value);
            moveDeadline(key, before, value);
        });
        rows.putSequence(aggregateId, sequence);
        rows.putPosition(position);
    }

    private void moveDeadline(String key, @Nullable V before, @Nullable V after) {
        Deadline<C> old = before == null ? null : definition.deadlines.apply(before);
        Deadline<C> next = after == null ? null : definition.deadlines.apply(after);
        if (old != null && next != null && old.at().equals(next.at())) {
            return;
        }
        if (old != null) {
            rows.removeDeadline(old.at(), key);
        }
        if (next != null) {
            rows.putDeadline(next.at(), key);
        }
    }
}
