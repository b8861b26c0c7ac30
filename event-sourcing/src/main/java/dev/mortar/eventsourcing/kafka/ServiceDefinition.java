package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.Process;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.View.Folded;
import dev.mortar.eventsourcing.View.Index;
import dev.mortar.eventsourcing.View.OfEntries;
import dev.mortar.eventsourcing.View.OfEvents;
import dev.mortar.eventsourcing.WorkingSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the kit needs to know about a service: its noun (which names its topics), its decider, the storage of
 * its state, the Avro form of its events, its process and its views.
 *
 * @param <C> commands, a sealed interface of records
 * @param <S> state the decider works on
 * @param <V> stored entries; the state itself, unless an aggregate has several entries
 * @param <E> events, a sealed interface of records
 */
public final class ServiceDefinition<C, S, V, E> {
    @FunctionalInterface
    interface Saving<S, V> {
        WorkingSet<V> save(String aggregateId, WorkingSet<V> entries, S state);
    }

    record Listening<I, C>(List<String> topics, EventReader<I> reader, Process<I, C> process) {}

    /** Turns a row into the record of a compacted topic. */
    @FunctionalInterface
    public interface StateWriter<R> {
        SpecificRecord write(View.RowKey key, R row, long sequence, Instant changedAt);
    }

    /** A record of a compacted topic; a null value deletes the key. */
    record State(String topic, String key, @Nullable SpecificRecord value) {}

    /** Entries whose rows are also published to a compacted topic. */
    record Published<V, R>(OfEntries<V, R> view, String topic, StateWriter<R> writer) {
        /** The state that an entry publishes, or null if the entry belongs to another view. */
        @Nullable
        State state(String entryKey, @Nullable Row<V> entry) {
            View.RowKey key = view.rowKey(entryKey);
            if (key == null) {
                return null;
            }
            R row = entry == null ? null : view.row().apply(entry.value());
            return new State(
                    topic,
                    key.row().isEmpty() ? key.partitionKey() : key.partitionKey() + "|" + key.row(),
                    entry == null || row == null ? null : writer.write(key, row, entry.sequence(), entry.changedAt()));
        }
    }

    final String noun;
    final Decider<C, S, E> decider;
    final Class<C> commandType;
    final Class<V> entryType;
    final Function<C, String> aggregateId;
    private final BiFunction<String, WorkingSet<V>, S> loading;
    private final Saving<S, V> saving;
    final Form<Row<V>> entryForm;

    final List<OfEntries<V, ?>> entryViews = new ArrayList<>();
    final List<Published<V, ?>> published = new ArrayList<>();
    final List<Index<V, ?>> indexes = new ArrayList<>();
    final List<OfEvents<E>> eventViews = new ArrayList<>();
    final List<Folded<E, ?>> foldedViews = new ArrayList<>();
    /** The readers of compacted topics of which every instance keeps a full copy. */
    final Map<String, EventReader<?>> tables = new LinkedHashMap<>();

    int storeVersion = 1;
    int commandVersion = 1;
    private boolean hasDeadlines;
    BiFunction<C, S, @Nullable Object> reply = (command, state) -> state;
    Function<V, @Nullable Deadline<C>> deadlines = entry -> null;
    private @Nullable BiFunction<C, S, @Nullable Owner> owner;

    private @Nullable EventBinder<E> binder;

    @Nullable
    Listening<?, C> listening;

    private ServiceDefinition(
            String noun,
            Decider<C, S, E> decider,
            Class<C> commandType,
            Class<V> entryType,
            Function<C, String> aggregateId,
            BiFunction<String, WorkingSet<V>, S> loading,
            Saving<S, V> saving) {
        this.noun = noun;
        this.decider = decider;
        this.commandType = commandType;
        this.entryType = entryType;
        this.aggregateId = aggregateId;
        this.loading = loading;
        this.saving = saving;
        this.entryForm = new Row.OfView<>(entryType);
    }

    /** A service whose aggregates are stored whole, each as one entry under its id. */
    public static <C, S, E> ServiceDefinition<C, S, S, E> of(
            String noun,
            Decider<C, S, E> decider,
            Class<C> commandType,
            Class<S> stateType,
            Function<C, String> aggregateId) {
        return new ServiceDefinition<>(
                noun,
                decider,
                commandType,
                stateType,
                aggregateId,
                (id, entries) -> {
                    S state = entries.get(id);
                    return state == null ? decider.initialState() : state;
                },
                (id, entries, state) -> entries.with(id, state));
    }

    /**
     * A service whose aggregates have several entries: {@code load} makes the state over a working set, {@code entries}
     * returns the working set of a state.
     */
    public static <C, S, V, E> ServiceDefinition<C, S, V, E> ofEntries(
            String noun,
            Decider<C, S, E> decider,
            Class<C> commandType,
            Class<V> entryType,
            Function<C, String> aggregateId,
            BiFunction<String, WorkingSet<V>, S> load,
            Function<S, WorkingSet<V>> entries) {
        return new ServiceDefinition<>(
                noun, decider, commandType, entryType, aggregateId, load, (_, _, state) -> entries.apply(state));
    }

    /** A command as a record of {@code <noun>.commands}, with the prefix of the environment. */
    ProducerRecord<String, byte[]> record(String prefix, C command, CommandHeaders headers) {
        return new ProducerRecord<>(
                prefix + commandsTopic(),
                null,
                aggregateId.apply(command),
                Json.write(commandType, command),
                headers.toHeaders(commandVersion));
    }

    S load(String id, WorkingSet<V> entries) {
        return loading.apply(id, entries);
    }

    S load(String id, PartitionRows rows) {
        return load(id, entries(rows));
    }

    WorkingSet<V> entries(PartitionRows rows) {
        return WorkingSet.over(key -> {
            Row<V> row = rows.entry(key, entryForm);
            return row == null ? null : row.value();
        });
    }

    /** The entries with the changes of a state that was loaded over them. */
    WorkingSet<V> save(String id, WorkingSet<V> entries, S state) {
        return saving.save(id, entries, state);
    }

    /** Sets how events are written to and read from {@code <noun>.events}. */
    public ServiceDefinition<C, S, V, E> events(EventBinder<E> binder) {
        this.binder = binder;
        return this;
    }

    EventBinder<E> binder() {
        return Objects.requireNonNull(binder, "events() not defined");
    }

    EventReader<E> reader() {
        return binder().reader();
    }

    /** Sets the body of the reply to a command. The default is the new state. */
    public ServiceDefinition<C, S, V, E> reply(BiFunction<C, S, @Nullable Object> reply) {
        this.reply = reply;
        return this;
    }

    /**
     * Sets the owner of the object that a command names, or null if there is no such object. A command that creates an
     * object names the owner itself. Without this, no caller may send a command.
     */
    public ServiceDefinition<C, S, V, E> owner(BiFunction<C, S, @Nullable Owner> owner) {
        this.owner = owner;
        return this;
    }

    /** Whether the caller of a command may change its object. Processes and timers may. */
    boolean allows(CommandHeaders headers, C command, S state) {
        if (headers.grants() == null) {
            return true;
        }
        if (owner == null) {
            return false;
        }
        Owner found = owner.apply(command, state);
        return found == null || Grant.allows(headers.grants(), headers.actor(), found);
    }

    /** Sets the next deadline of an entry; null if it has none. */
    public ServiceDefinition<C, S, V, E> deadlines(Function<V, @Nullable Deadline<C>> deadlines) {
        this.deadlines = deadlines;
        this.hasDeadlines = true;
        return this;
    }

    /**
     * Sets the topics that the service's process reads.
     *
     * @throws IllegalArgumentException if the reader neither reads nor ignores one of their events
     */
    public <I> ServiceDefinition<C, S, V, E> listens(
            List<String> topics, EventReader<I> reader, Process<I, C> process) {
        reader.checkComplete(noun, topics);
        this.listening = new Listening<>(List.copyOf(topics), reader, process);
        return this;
    }

    /**
     * Sets the version of the entries. Raise it when their shape changes; the store is then folded again from the
     * events.
     */
    public ServiceDefinition<C, S, V, E> storeVersion(int storeVersion) {
        this.storeVersion = storeVersion;
        return this;
    }

    /**
     * Sets the version of the commands. Raise it when an earlier release would misread a new command; such an instance
     * then leaves its lanes to others when it reads one.
     */
    public ServiceDefinition<C, S, V, E> commandVersion(int commandVersion) {
        this.commandVersion = commandVersion;
        return this;
    }

    public ServiceDefinition<C, S, V, E> view(OfEntries<V, ?> view) {
        entryViews.add(view);
        return this;
    }

    /** Adds a view of entries whose rows are published to a compacted topic, under the row's key. */
    public <R> ServiceDefinition<C, S, V, E> view(OfEntries<V, R> view, String topic, StateWriter<R> writer) {
        published.add(new Published<>(view, topic, writer));
        return view(view);
    }

    public ServiceDefinition<C, S, V, E> view(Index<V, ?> view) {
        indexes.add(view);
        return this;
    }

    public ServiceDefinition<C, S, V, E> view(OfEvents<E> view) {
        eventViews.add(view);
        return this;
    }

    public ServiceDefinition<C, S, V, E> view(Folded<E, ?> view) {
        foldedViews.add(view);
        return this;
    }

    /** Adds a compacted topic that every instance keeps in memory; {@link StateTables} returns it. */
    public <R> ServiceDefinition<C, S, V, E> table(String topic, EventReader<R> reader) {
        tables.put(topic, reader);
        return this;
    }

    public String noun() {
        return noun;
    }

    /** The wiring as text, for an approval test. Other services and the store depend on it. */
    public String describe() {
        StringBuilder text = new StringBuilder("service " + noun + "\n");
        list(text, "topics", topics());
        list(text, "commands (" + commandType.getSimpleName() + ")", names(commandType));
        list(text, "events", binder == null ? List.of() : reader().types());
        list(text, "entries (" + entryType.getSimpleName() + ", version " + storeVersion + ")", names(entryType));
        list(text, "deadlines", hasDeadlines ? List.of("yes") : List.of());
        list(text, "process reads", listening == null ? List.of() : listening.topics());
        list(text, "views", describeViews());
        list(text, "tables", tables.keySet());
        return text.toString();
    }

    private List<String> describeViews() {
        List<String> views = new ArrayList<>();
        entryViews.forEach(view -> views.add(view.name() + " (entries)"
                + published.stream()
                        .filter(each -> each.view() == view)
                        .map(each -> ", published to " + each.topic())
                        .collect(Collectors.joining())));
        indexes.forEach(view -> views.add(view.name() + " (index, version " + view.version() + ")"));
        eventViews.forEach(view -> views.add(view.name() + " (events, version " + view.version() + ")"));
        foldedViews.forEach(view ->
                views.add(view.name() + " (" + view.rowType().getSimpleName() + ", version " + view.version() + ")"));
        return views;
    }

    private static void list(StringBuilder text, String title, Collection<String> lines) {
        text.append(title).append(lines.isEmpty() ? ": none" : ":").append('\n');
        lines.forEach(line -> text.append("  ").append(line).append('\n'));
    }

    /** The simple name of a type, or the names of its permitted records. */
    private static List<String> names(Class<?> type) {
        return type.isSealed()
                ? Stream.of(type.getPermittedSubclasses())
                        .flatMap(permitted -> names(permitted).stream())
                        .toList()
                : List.of(type.getSimpleName());
    }

    public boolean listens() {
        return listening != null;
    }

    List<String> topics() {
        return List.of(commandsTopic(), eventsTopic(), repliesTopic(), lanesTopic(), deadLettersTopic());
    }

    String commandsTopic() {
        return noun + ".commands";
    }

    String eventsTopic() {
        return noun + ".events";
    }

    String repliesTopic() {
        return noun + ".replies";
    }

    String lanesTopic() {
        return noun + ".lanes";
    }

    String deadLettersTopic() {
        return noun + ".dead-letters";
    }
}
