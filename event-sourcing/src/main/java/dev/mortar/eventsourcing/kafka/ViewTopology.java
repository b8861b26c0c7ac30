package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.View.RowKey;
import dev.mortar.eventsourcing.kafka.ServiceDefinition.ViewDefinition;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.TopicNameExtractor;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Folds committed events into the rows of views. Views under the aggregate's own id are folded where the event lies;
 * the others get their events through one repartition topic.
 */
public final class ViewTopology {

    private static final String ORIGIN = "mortar-origin";

    /** Raised when events are moved to their rows in a way that an instance of before would misread. */
    private static final int ROUTING_VERSION = 1;

    private ViewTopology() {}

    /**
     * What the topology needs from where it runs.
     *
     * @param partitions partitions of every topic of the service
     * @param stateSerializer writes the states that views publish
     * @param changed told the view's name and the store key of each row that changed
     */
    public record Environment(
            String prefix,
            int partitions,
            Serializer<SpecificRecord> stateSerializer,
            Deserializer<SpecificRecord> deserializer,
            BiConsumer<String, String> changed) {

        int home(String partitionKey) {
            return BuiltInPartitioner.partitionForKey(EventRecords.key(partitionKey), partitions);
        }
    }

    /** Row keys and state records lie in the partition of what stands before the first {@code |}. */
    static final StreamPartitioner<String, Object> BY_PARTITION_KEY =
            (topic, key, value, partitions) -> java.util.Optional.of(Set.of(BuiltInPartitioner.partitionForKey(
                    EventRecords.key(key.indexOf('|') < 0 ? key : key.substring(0, key.indexOf('|'))), partitions)));

    /** The topology of a service's views, or of nothing when it has none. */
    public static <E> Topology of(ServiceDefinition<?, ?, ?, E> definition, Environment environment) {
        var builder = new StreamsBuilder();
        List<ViewDefinition<E, ?>> local =
                definition.views.stream().filter(v -> !v.view().routed()).toList();
        List<ViewDefinition<E, ?>> routed =
                definition.views.stream().filter(v -> v.view().routed()).toList();
        KStream<String, Event<E>> events = read(
                builder.stream(
                        environment.prefix() + definition.eventsTopic(),
                        Consumed.with(Serdes.String(), Serdes.ByteArray())
                                .withName("committed-events")
                                .withOffsetResetPolicy(org.apache.kafka.streams.AutoOffsetReset.earliest())),
                "read",
                definition,
                environment);
        if (!local.isEmpty()) {
            publish(fold(events, "fold-by-aggregate", local, definition, environment), local, "publish-by-aggregate");
        }
        if (!routed.isEmpty()) {
            KStream<String, byte[]> moved = events.process(
                            () -> new Router<>(definition, environment), Named.as("route"))
                    .repartition(Repartitioned.<String, byte[]>as("routed")
                            .withKeySerde(Serdes.String())
                            .withValueSerde(Serdes.ByteArray()));
            publish(
                    fold(
                            read(moved, "read-moved", definition, environment),
                            "fold-by-key",
                            routed,
                            definition,
                            environment),
                    routed,
                    "publish-by-key");
        }
        return builder.build();
    }

    /** An event, and the record it was read from: once, however many views take it. */
    private record Event<E>(Recorded<E> recorded, byte[] bytes, boolean moved) {}

    private static <E> KStream<String, Event<E>> read(
            KStream<String, byte[]> records,
            String name,
            ServiceDefinition<?, ?, ?, E> definition,
            Environment environment) {
        return records.process(() -> new Reader<>(definition, environment), Named.as(name));
    }

    private static <E> KStream<String, byte[]> fold(
            KStream<String, Event<E>> events,
            String name,
            List<ViewDefinition<E, ?>> views,
            ServiceDefinition<?, ?, ?, E> definition,
            Environment environment) {
        return events.process(
                new ProcessorSupplier<String, Event<E>, String, byte[]>() {
                    @Override
                    public Processor<String, Event<E>, String, byte[]> get() {
                        return new Folder<>(views, definition, environment);
                    }

                    @Override
                    public Set<StoreBuilder<?>> stores() {
                        Set<StoreBuilder<?>> stores = new LinkedHashSet<>();
                        for (ViewDefinition<E, ?> view : views) {
                            stores.add(Stores.keyValueStoreBuilder(
                                            Stores.persistentKeyValueStore(storeName(definition, view.view())),
                                            Serdes.String(),
                                            Serdes.ByteArray())
                                    .withCachingEnabled());
                        }
                        return stores;
                    }
                },
                Named.as(name));
    }

    private static <E> void publish(KStream<String, byte[]> states, List<ViewDefinition<E, ?>> views, String name) {
        if (views.stream().allMatch(view -> view.published() == null)) {
            return;
        }
        states.to(
                new StateTopic(),
                Produced.<String, byte[]>with(Serdes.String(), Serdes.ByteArray())
                        .withStreamPartitioner((topic, key, value, partitions) ->
                                BY_PARTITION_KEY.partitions(topic, key, value, partitions))
                        .withName(name));
    }

    /** A record rather than a lambda, so that the topology describes itself the same way each time. */
    private record StateTopic() implements TopicNameExtractor<String, byte[]> {
        @Override
        public String extract(String key, byte[] value, RecordContext context) {
            return Objects.requireNonNull(CommandHeaders.text(context.headers(), ORIGIN));
        }
    }

    static String storeName(ServiceDefinition<?, ?, ?, ?> definition, View<?, ?> view) {
        return definition.noun + "-" + view.name() + "-v" + view.version();
    }

    /** A sum, so that any raised version makes another application, which folds from the first event. */
    static int version(ServiceDefinition<?, ?, ?, ?> definition) {
        return ROUTING_VERSION
                + definition.views.stream().mapToInt(v -> v.view().version()).sum();
    }

    /** Reads events, those that were moved as what they were where they were written. */
    private static final class Reader<E> extends ContextualProcessor<String, byte[], String, Event<E>> {
        private final ServiceDefinition<?, ?, ?, E> definition;
        private final Environment environment;

        Reader(ServiceDefinition<?, ?, ?, E> definition, Environment environment) {
            this.definition = definition;
            this.environment = environment;
        }

        @Override
        public void process(Record<String, byte[]> record) {
            String origin = CommandHeaders.text(record.headers(), ORIGIN);
            Recorded<E> recorded;
            if (origin == null) {
                var metadata = context().recordMetadata().orElseThrow();
                recorded = read(record, record.key(), metadata.topic(), metadata.partition(), metadata.offset());
            } else {
                String[] parts = origin.split("/", 4);
                recorded = read(record, parts[3], parts[0], Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
            }
            context().forward(record.withValue(new Event<>(recorded, record.value(), origin != null)));
        }

        private Recorded<E> read(Record<String, byte[]> record, String key, String topic, int partition, long offset) {
            return EventRecords.read(
                    Objects.requireNonNull(definition.reader, "events() not defined"),
                    environment.deserializer(),
                    topic,
                    partition,
                    offset,
                    key,
                    record.headers(),
                    record.value());
        }
    }

    /**
     * Sends each event once to every partition in which a routed view has rows for it: the more rows it touches, the
     * larger it is, so it is not sent once for each.
     */
    private static final class Router<E> extends ContextualProcessor<String, Event<E>, String, byte[]> {
        private final ServiceDefinition<?, ?, ?, E> definition;
        private final Environment environment;

        Router(ServiceDefinition<?, ?, ?, E> definition, Environment environment) {
            this.definition = definition;
            this.environment = environment;
        }

        @Override
        public void process(Record<String, Event<E>> record) {
            Recorded<E> event = record.value().recorded();
            Map<Integer, String> targets = new LinkedHashMap<>();
            for (ViewDefinition<E, ?> view : definition.views) {
                if (view.view().routed()) {
                    view.view()
                            .keys()
                            .apply(event)
                            .forEach(key ->
                                    targets.putIfAbsent(environment.home(key.partitionKey()), key.partitionKey()));
                }
            }
            for (String target : targets.values()) {
                Record<String, byte[]> moved =
                        record.withKey(target).withValue(record.value().bytes()).withHeaders(record.headers());
                CommandHeaders.add(
                        moved.headers(),
                        ORIGIN,
                        event.topic() + "/" + event.partition() + "/" + event.offset() + "/" + event.aggregateId());
                context().forward(moved);
            }
        }
    }

    /** Folds an event into the rows it touches in this partition. */
    private static final class Folder<E> extends ContextualProcessor<String, Event<E>, String, byte[]> {
        private final List<ViewDefinition<E, ?>> views;
        private final ServiceDefinition<?, ?, ?, E> definition;
        private final Environment environment;

        Folder(List<ViewDefinition<E, ?>> views, ServiceDefinition<?, ?, ?, E> definition, Environment environment) {
            this.views = views;
            this.definition = definition;
            this.environment = environment;
        }

        @Override
        public void process(Record<String, Event<E>> record) {
            for (ViewDefinition<E, ?> view : views) {
                fold(view, record.value(), record.timestamp());
            }
        }

        private <R> void fold(ViewDefinition<E, R> definitionOfView, Event<E> read, long timestampMs) {
            Recorded<E> event = read.recorded();
            View<E, R> view = definitionOfView.view();
            KeyValueStore<String, byte[]> store = context().getStateStore(storeName(definition, view));
            for (RowKey key : view.keys().apply(event)) {
                if (read.moved()
                        && environment.home(key.partitionKey())
                                != context().taskId().partition()) {
                    continue;
                }
                String storeKey = key.partitionKey() + "|" + key.row();
                byte[] before = store.get(storeKey);
                if (before != null && Row.sequence(before) >= event.sequence()) {
                    continue;
                }
                R after = view.fold()
                        .fold(
                                before == null
                                        ? null
                                        : Row.read(view.rowType(), key.row(), before)
                                                .value(),
                                key,
                                event);
                if (after == null) {
                    store.delete(storeKey);
                } else {
                    store.put(storeKey, Row.write(view.rowType(), event.sequence(), event.recordedAt(), after));
                }
                environment.changed().accept(view.name(), storeKey);
                if (definitionOfView.published() != null) {
                    publish(definitionOfView.published(), key, after, event, timestampMs);
                }
            }
        }

        private <R> void publish(
                ServiceDefinition.Published<R> published,
                RowKey key,
                @Nullable R row,
                Recorded<E> event,
                long timestampMs) {
            String topic = environment.prefix() + published.topic();
            byte[] value = row == null
                    ? null
                    : environment
                            .stateSerializer()
                            .serialize(topic, published.writer().write(key, row, event.sequence(), event.recordedAt()));
            String recordKey = key.row().isEmpty() ? key.partitionKey() : key.partitionKey() + "|" + key.row();
            var state = new Record<>(recordKey, value, timestampMs);
            CommandHeaders.add(state.headers(), ORIGIN, topic);
            context().forward(state);
        }
    }
}
