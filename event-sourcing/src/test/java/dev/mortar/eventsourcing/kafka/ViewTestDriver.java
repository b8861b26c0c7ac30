package dev.mortar.eventsourcing.kafka;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;

/** A service's views on their real topology and Avro bytes: {@code driver.given(id, events)}, then look at rows. */
public final class ViewTestDriver<E> implements AutoCloseable {

    private final ServiceDefinition<?, ?, ?, E> definition;
    private final TopologyTestDriver driver;
    private final AvroSerializer<SpecificRecord> serializer = new AvroSerializer<>();
    private final AvroDeserializer<SpecificRecord> deserializer = new AvroDeserializer<>();
    private final TestInputTopic<String, byte[]> events;
    private final Map<String, Long> sequences = new HashMap<>();
    private long position;
    private Instant now = DeciderScenario.NOON;

    /** Drives the views from an empty log. */
    public ViewTestDriver(ServiceDefinition<?, ?, ?, E> definition) {
        this.definition = definition;
        serializer.configure(serde(definition, "TopicRecordNameStrategy"), false);
        deserializer.configure(serde(definition, "TopicRecordNameStrategy"), false);
        Properties configuration = new Properties();
        configuration.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        configuration.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:9092");
        configuration.put(
                StreamsConfig.STATE_DIR_CONFIG,
                java.nio.file.Path.of("target", "streams-" + UUID.randomUUID()).toString());
        driver = new TopologyTestDriver(topology(definition), configuration, now);
        events = driver.createInputTopic(
                definition.eventsTopic(),
                Serdes.String().serializer(),
                Serdes.ByteArray().serializer());
    }

    private static Map<String, String> serde(ServiceDefinition<?, ?, ?, ?> definition, String strategy) {
        return Map.of(
                "schema.registry.url",
                "mock://" + definition.noun,
                "specific.avro.reader",
                "true",
                "value.subject.name.strategy",
                strategy);
    }

    /** The topology as it runs, for golden files. */
    public static Topology topology(ServiceDefinition<?, ?, ?, ?> definition) {
        var stateSerializer = new AvroSerializer<SpecificRecord>();
        stateSerializer.configure(serde(definition, "TopicNameStrategy"), false);
        var deserializer = new AvroDeserializer<SpecificRecord>();
        deserializer.configure(serde(definition, "TopicRecordNameStrategy"), false);
        return ViewTopology.of(
                definition, new ViewTopology.Environment("", 1, stateSerializer, deserializer, (view, row) -> {}));
    }

    /** At this instant of the broker's clock. */
    public ViewTestDriver<E> at(Instant instant) {
        now = instant;
        return this;
    }

    /** After these events of an aggregate. */
    @SafeVarargs
    public final ViewTestDriver<E> given(String aggregateId, E... given) {
        for (E event : given) {
            long sequence = sequences.merge(aggregateId, 1L, Long::sum);
            pipe(aggregateId, event, sequence, ++position);
        }
        return this;
    }

    /** After an event that had been there before. */
    public ViewTestDriver<E> givenAgain(String aggregateId, E event, long sequence) {
        pipe(aggregateId, event, sequence, sequence);
        return this;
    }

    private void pipe(String aggregateId, E event, long sequence, long positionInPartition) {
        var command = new CommandHeaders(
                UUID.randomUUID(), Actor.system("test"), "test", null, null, null, null, null, null, null);
        EventMeta meta = EventRecords.meta(command, 0, 1, sequence, positionInPartition, now);
        SpecificRecord avro = Objects.requireNonNull(definition.writer).write(event, meta);
        events.pipeInput(new TestRecord<>(
                aggregateId,
                serializer.serialize(definition.eventsTopic(), avro),
                EventRecords.headers(definition.noun, aggregateId, avro, meta, command),
                now));
    }

    /** A row of a view. */
    public <R> Optional<R> row(View<?, R> view, String partitionKey, String row) {
        byte[] stored = driver.<String, byte[]>getKeyValueStore(ViewTopology.storeName(definition, view))
                .get(partitionKey + "|" + row);
        return stored == null
                ? Optional.empty()
                : Optional.of(Row.read(view.rowType(), row, stored).value());
    }

    /** All rows under a partition key, in the order of their names. */
    public <R> List<R> rows(View<?, R> view, String partitionKey) {
        List<R> rows = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> found = driver.<String, byte[]>getKeyValueStore(
                        ViewTopology.storeName(definition, view))
                .range(partitionKey + "|", partitionKey + "}")) {
            while (found.hasNext()) {
                KeyValue<String, byte[]> next = found.next();
                rows.add(Row.read(view.rowType(), next.key, next.value).value());
            }
        }
        return rows;
    }

    /** The states that views published to a compacted topic since the last look; a null value is a tombstone. */
    public List<KeyValue<String, SpecificRecord>> published(String topic) {
        List<KeyValue<String, SpecificRecord>> states = new ArrayList<>();
        var output = driver.createOutputTopic(
                topic, Serdes.String().deserializer(), Serdes.ByteArray().deserializer());
        while (!output.isEmpty()) {
            KeyValue<String, byte[]> next = output.readKeyValue();
            states.add(KeyValue.pair(next.key, deserializer.deserialize(topic, next.value)));
        }
        return states;
    }

    /** How many records went to the partitions of rows under another key. */
    public long moved() {
        return driver.createOutputTopic(
                        "test-routed-repartition",
                        Serdes.String().deserializer(),
                        Serdes.ByteArray().deserializer())
                .getQueueSize();
    }

    @Override
    public void close() {
        driver.close();
    }
}
