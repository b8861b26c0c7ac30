package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A service's views, folded from Avro bytes as its follower folds them: {@code driver.given(id, events)}, then look at
 * rows. The events have to be a log that the service could have written.
 */
public final class ViewTestDriver<E> {
    private final Folding<?, ?, ?, E> folding;

    /** Views of an empty log. */
    public ViewTestDriver(ServiceDefinition<?, ?, ?, E> definition) {
        folding = new Folding<>(definition);
    }

    /** At this instant of the broker's clock. */
    public ViewTestDriver<E> at(Instant instant) {
        folding.now = instant;
        return this;
    }

    /** After these events of an aggregate. */
    @SafeVarargs
    public final ViewTestDriver<E> given(String aggregateId, E... given) {
        for (E event : given) {
            folding.fold(aggregateId, event);
        }
        return this;
    }

    /** A row of a view. */
    public <R> Optional<R> row(View<R> view, String partitionKey, String row) {
        return folding.views.get(view, partitionKey, row).map(Row::value);
    }

    /** All rows under a partition key, in the order of their names. */
    public <R> List<R> rows(View<R> view, String partitionKey) {
        return named(view, partitionKey).stream().map(Row::value).toList();
    }

    /** The same with their names. */
    public <R> List<Row<R>> named(View<R> view, String partitionKey) {
        return folding.views.list(view, partitionKey, "", Integer.MAX_VALUE);
    }

    /** The states that the decider publishes to a compacted topic with these events, oldest first. */
    public List<State> published(String topic) {
        return folding.published.getOrDefault(topic, List.of());
    }

    /** A record of a compacted topic; a null value is a tombstone. */
    public record State(String key, @Nullable SpecificRecord value) {
        /** The value as the record it is; fails for a tombstone. */
        public <R extends SpecificRecord> R as(Class<R> type) {
            return type.cast(Objects.requireNonNull(value, "a tombstone"));
        }
    }

    /** The fold of one partition. */
    private static final class Folding<C, S, V, E> {
        private final ServiceDefinition<C, S, V, E> definition;
        private final Fold<C, S, V, E> fold;
        private final LocalStore store = new MemoryLocalStore();
        private final AvroSerializer<SpecificRecord> events;
        private final AvroSerializer<SpecificRecord> states;
        private final AvroDeserializer<SpecificRecord> deserializer;
        private final Map<String, Long> sequences = new HashMap<>();
        private final Map<String, List<State>> published = new HashMap<>();
        private final List<Recorded<E>> log = new ArrayList<>();
        private final Views views = new Views();
        private long position;
        private Instant now = DeciderScenario.NOON;

        Folding(ServiceDefinition<C, S, V, E> definition) {
            this.definition = definition;
            events = TestSerdes.events(definition.noun);
            states = TestSerdes.states(definition.noun);
            deserializer = TestSerdes.deserializer(definition.noun);
            fold = new Fold<>(definition, deserializer, Duration.ofHours(24));
            views.connect(
                    store,
                    places -> Set.copyOf(places).stream()
                            .collect(Collectors.toMap(Function.identity(), place -> log.get((int) place.offset()))));
        }

        void fold(String aggregateId, E event) {
            long sequence = sequences.merge(aggregateId, 1L, Long::sum);
            var command = new CommandHeaders(
                    UUID.randomUUID(), Actor.system("test"), null, "test", null, null, null, null, null, null);
            EventMeta meta = EventRecords.meta(command, 0, 1, sequence, ++position, now);
            SpecificRecord avro = definition.binder().write(event, meta);
            String topic = definition.eventsTopic();
            byte[] bytes = Objects.requireNonNull(events.serialize(topic, avro));
            Headers headers = EventRecords.headers(definition.noun, aggregateId, avro, meta, command);
            publish(fold.read(topic, 0, position - 1, aggregateId, headers, bytes));
            Changes changes = new Changes(store::get);
            var record = new SimulatedKafka.Entry(
                    topic, 0, position - 1, now.toEpochMilli(), aggregateId, bytes, headers, null, false);
            log.add(fold.event(record.asConsumerRecord(), changes, (view, row) -> {}));
            new RowCache(store).write(List.of(RowCache.Written.of(changes)));
        }

        /** As a lane does it: over rows that the follower has not reached. */
        private void publish(Recorded<E> event) {
            PartitionRows rows = new PartitionRows(0, new Changes(store::get));
            fold.decided(
                    event,
                    null,
                    rows,
                    (key, before, after) -> definition.published.forEach(each -> {
                        ServiceDefinition.State state = each.state(key, after);
                        if (state != null) {
                            SpecificRecord read = state.value() == null
                                    ? null
                                    : deserializer.deserialize(
                                            state.topic(), states.serialize(state.topic(), state.value()));
                            published
                                    .computeIfAbsent(state.topic(), topic -> new ArrayList<>())
                                    .add(new State(state.key(), read));
                        }
                    }));
        }
    }
}
