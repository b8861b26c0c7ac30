package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.WorkingSet;
import org.jspecify.annotations.Nullable;

/** How aggregates lie in the rows of their partition. Deciding and folding both load and save through it. */
final class StoredState<C, S, V, E> {

    private final ServiceDefinition<C, S, V, E> definition;
    private final PartitionRows rows;
    private final Form<Row<V>> form;

    StoredState(ServiceDefinition<C, S, V, E> definition, PartitionRows rows) {
        this.definition = definition;
        this.rows = rows;
        this.form = form(definition);
    }

    /** How entries lie in the store. */
    static <V> Form<Row<V>> form(ServiceDefinition<?, ?, V, ?> definition) {
        return new Row.OfView<>(definition.entryType);
    }

    /** A working set over the store. */
    WorkingSet<V> entries() {
        return WorkingSet.over(this::entry);
    }

    @Nullable
    V entry(String key) {
        Row<V> row = rows.entry(key, form);
        return row == null ? null : row.value();
    }

    /**
     * Puts the changes of an event.
     *
     * @param entries what the state was loaded over
     * @param changed is given every entry that changes
     */
    void save(Recorded<E> event, WorkingSet<V> entries, S after, Fold.EntryChanged<V> changed) {
        definition.storage.save(event.aggregateId(), entries, after).changes().forEach((key, value) -> {
            // Looked up first: what nobody has read yet is not in the store any more once it is overwritten.
            V before = entries.original(key);
            Row<V> row = value == null ? null : new Row<>("", event.sequence(), event.recordedAt(), value);
            rows.putEntry(key, form, row);
            moveDeadline(key, before, value);
            changed.changed(key, before, row);
        });
        rows.putSequence(event.aggregateId(), event.sequence());
        rows.putPosition(event.position());
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
