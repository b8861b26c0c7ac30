package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.schemas.EventMeta;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Folds the events of one partition, in their order, into what the decider's store has to hold after them. Keeps that
 * state in memory, not the events.
 */
final class Replay<C, S, V, E> {

    /**
     * Commands of the process that are remembered. It sends in the order of its sources, so the highest position of
     * each is among the last; what is older matters only to a source that has been silent since.
     */
    private static final int CAUSED_MAX = 100_000;

    private static final int COMMANDS_PER_EVENT_MAX = 1_000;

    private final ServiceDefinition<C, S, V, E> definition;
    private final EventReader<E> reader;
    private final Map<String, byte[]> contents = new HashMap<>();
    private final DeciderStore store = DeciderStore.inMemory(contents);
    private final StoredState<C, S, V, E> stored;
    /** Causation ids by command id, of commands whose source is not known yet. */
    private final Map<UUID, UUID> caused = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, UUID> eldest) {
            return size() > CAUSED_MAX;
        }
    };

    private @Nullable Underway<S, V> underway;
    private long events;

    /** A command some of whose events have been folded. */
    private record Underway<S, V>(UUID commandId, String aggregateId, WorkingSet<V> entries, S state, int folded) {}

    /** Commands of the process that have events, and the event that caused them. */
    record Caused(UUID eventId, Set<UUID> commandIds) {}

    Replay(ServiceDefinition<C, S, V, E> definition) {
        this.definition = definition;
        this.reader = Objects.requireNonNull(definition.reader, "events() not defined");
        this.stored = new StoredState<>(definition, store);
    }

    /**
     * Folds the next event. The state is saved after the last event of a command, as when it was decided.
     *
     * @throws IllegalStateException when the event cannot follow the one before it: the log itself is damaged
     * @throws IllegalArgumentException when the service has no word for the event
     */
    void add(String aggregateId, SpecificRecord avro) {
        EventMeta meta = EventRecords.metaOf(avro);
        E event = reader.read(avro);
        Underway<S, V> before = underway == null ? begin(aggregateId, meta) : underway;
        int index = before.folded();
        require(
                before.commandId().equals(meta.getCommandId())
                        && before.aggregateId().equals(aggregateId)
                        && meta.getIndex() == index,
                meta,
                "is not event " + index + " of command " + before.commandId());
        require(meta.getPosition() == store.position() + index + 1, meta, "follows position " + position());
        long sequence = store.sequence(aggregateId);
        require(meta.getSequence() == sequence + index + 1, meta, "follows sequence " + (sequence + index));
        S state = definition.decider.evolve(before.state(), event);
        events++;
        if (index + 1 < meta.getCount()) {
            underway = new Underway<>(before.commandId(), aggregateId, before.entries(), state, index + 1);
            return;
        }
        stored.save(aggregateId, before.entries(), state, meta.getSequence(), meta.getPosition());
        store.flush();
        underway = null;
        if (meta.getCausationId() != null) {
            caused.put(meta.getCommandId(), meta.getCausationId());
        }
    }

    private Underway<S, V> begin(String aggregateId, EventMeta meta) {
        WorkingSet<V> entries = stored.entries();
        return new Underway<>(
                meta.getCommandId(), aggregateId, entries, definition.storage.load(aggregateId, entries), 0);
    }

    private static void require(boolean holds, EventMeta meta, String otherwise) {
        if (!holds) {
            throw new IllegalStateException("The log is damaged: the event at position " + meta.getPosition()
                    + ", sequence " + meta.getSequence() + ", event id " + meta.getEventId() + " " + otherwise);
        }
    }

    /** Position of the last event folded, 0 before the first. */
    long position() {
        return store.position() + (underway == null ? 0 : underway.folded());
    }

    /** Takes the position as decided unless a later one of its source is. */
    void decided(SourcePosition source) {
        if (!store.hasDecided(source)) {
            store.putDecided(source);
            store.flush();
        }
    }

    /** Whether events of this command of the process are among those folded, the last 100,000 such commands. */
    boolean hasEventsOf(UUID commandId) {
        return caused.containsKey(commandId);
    }

    /** Takes the position as decided; it is that of a command of the process. */
    void decided(UUID commandId, SourcePosition source) {
        caused.remove(commandId);
        decided(source);
    }

    /** Commands whose source is not known yet, by the event that caused them. */
    Collection<Caused> unplaced() {
        Map<UUID, Caused> unplaced = new HashMap<>();
        caused.forEach((commandId, causationId) -> unplaced.computeIfAbsent(
                        causationId, _ -> new Caused(causationId, new HashSet<>()))
                .commandIds()
                .add(commandId));
        return unplaced.values();
    }

    /** Takes those commands as decided that the event at this place caused; their indexes follow from their ids. */
    void decided(Caused caused, String topicId, int partition, long offset) {
        int found = 0;
        for (int index = 0;
                index < COMMANDS_PER_EVENT_MAX && found < caused.commandIds().size();
                index++) {
            UUID commandId = NameBasedId.of(caused.eventId(), definition.noun + "-process/" + index);
            if (caused.commandIds().contains(commandId)) {
                found++;
                decided(commandId, new SourcePosition(topicId, partition, offset, index));
            }
        }
    }

    long events() {
        return events;
    }

    /** How many aggregates the events are about. */
    long aggregates() {
        return contents.keySet().stream().filter(key -> key.startsWith("s|")).count();
    }

    /** What the store has to hold, under the keys of {@link DeciderStore}. */
    Map<String, byte[]> contents() {
        return contents;
    }
}
