package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.Rejection;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/**
 * A service's decider on its real topology, stores and Avro bytes, driven record by record:
 * {@code driver.at(now).when(command) .then(events)}, as with {@link DeciderScenario}.
 */
public final class DeciderTestDriver<C, S, V, E> implements AutoCloseable {

    private static final String TOPIC_ID = "topic-id-of-a-source";

    private final ServiceDefinition<C, S, V, E> definition;
    private final TopologyTestDriver driver;
    private final AvroDeserializer<SpecificRecord> deserializer;
    private final TestInputTopic<String, byte[]> commands;
    private final TestOutputTopic<String, byte[]> events;
    private final TestOutputTopic<String, byte[]> replies;
    private final TestOutputTopic<String, byte[]> deadLetters;
    private final List<TestRecord<String, byte[]>> history = new ArrayList<>();
    private Instant now = DeciderScenario.NOON;
    private long sourceOffset;

    /** Drives the topology from an empty log. */
    public DeciderTestDriver(ServiceDefinition<C, S, V, E> definition) {
        this.definition = definition;
        Map<String, String> serde = Map.of(
                "schema.registry.url", "mock://" + definition.noun,
                "specific.avro.reader", "true",
                "value.subject.name.strategy", "TopicRecordNameStrategy");
        deserializer = new AvroDeserializer<>();
        deserializer.configure(serde, false);
        driver = new TopologyTestDriver(topology(definition), configuration(), now);
        commands = driver.createInputTopic(
                definition.commandsTopic(),
                Serdes.String().serializer(),
                Serdes.ByteArray().serializer());
        events = output(definition.eventsTopic());
        replies = output(definition.repliesTopic());
        deadLetters = output(definition.deadLettersTopic());
    }

    /** The topology as it runs, for golden files. */
    public static <C, S, V, E> Topology topology(ServiceDefinition<C, S, V, E> definition) {
        var serializer = new AvroSerializer<SpecificRecord>();
        serializer.configure(
                Map.of(
                        "schema.registry.url",
                        "mock://" + definition.noun,
                        "value.subject.name.strategy",
                        "TopicRecordNameStrategy"),
                false);
        return DeciderTopology.of(
                definition,
                new DeciderTopology.Environment(
                        "",
                        1,
                        definition.commandsTopic(),
                        serializer,
                        partition -> OptionalLong.empty(),
                        Duration.ofHours(24),
                        UUID::randomUUID,
                        new SimpleMeterRegistry()));
    }

    private static Properties configuration() {
        Properties configuration = new Properties();
        configuration.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        configuration.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:9092");
        configuration.put(
                StreamsConfig.STATE_DIR_CONFIG,
                java.nio.file.Path.of("target", "streams-" + UUID.randomUUID()).toString());
        return configuration;
    }

    private TestOutputTopic<String, byte[]> output(String topic) {
        return driver.createOutputTopic(
                topic, Serdes.String().deserializer(), Serdes.ByteArray().deserializer());
    }

    /** At this instant of the broker's clock; timers that are due run. */
    public DeciderTestDriver<C, S, V, E> at(Instant instant) {
        Duration ahead = Duration.between(now, instant);
        now = instant;
        if (ahead.isPositive()) {
            driver.advanceWallClockTime(ahead);
        }
        return this;
    }

    /** Moves time on and gives the events that due timers brought about. */
    public List<E> eventsOfTimersAt(Instant instant) {
        at(instant);
        // The timer's command goes out with the first tick and comes back through the log.
        driver.advanceWallClockTime(Duration.ofSeconds(1));
        return committed().stream().map(Recorded::event).toList();
    }

    /** A command by HTTP, as a request of its own. */
    public Outcome when(C command) {
        return when(command, UUID.randomUUID());
    }

    /** A command by HTTP that the broker appended earlier than now: the decider was behind. */
    public Outcome whenAppendedAt(Instant appendedAt, C command) {
        Instant present = now;
        now = appendedAt;
        Outcome outcome = when(command);
        now = present;
        return outcome;
    }

    /** A command by HTTP under a command id. */
    public Outcome when(C command, UUID commandId) {
        byte[] json = Json.write(definition.commandType, command);
        send(command, headers(commandId, "0|" + commandId, Integer.toString(java.util.Arrays.hashCode(json)), null));
        return outcome(true);
    }

    /** A command of the process, caused by the next event of a source. */
    public Outcome whenReacting(C command) {
        return whenReacting(command, sourceOffset + 1);
    }

    /** A command of the process, caused by the event at an offset of a source. */
    public Outcome whenReacting(C command, long offset) {
        sourceOffset = Math.max(sourceOffset, offset);
        send(command, headers(UUID.randomUUID(), null, null, new SourcePosition(TOPIC_ID, 0, offset, 0)));
        return outcome(false);
    }

    /** Whatever bytes. */
    public Outcome whenBytes(@Nullable String key, byte[] value, Headers headers) {
        commands.pipeInput(new TestRecord<>(key, value, headers, now));
        return outcome(false);
    }

    private CommandHeaders headers(
            UUID commandId, @Nullable String replyTo, @Nullable String requestHash, @Nullable SourcePosition source) {
        return new CommandHeaders(
                commandId,
                Actor.system("test"),
                commandId.toString(),
                null,
                null,
                null,
                replyTo,
                requestHash,
                source,
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }

    private void send(C command, CommandHeaders headers) {
        commands.pipeInput(new TestRecord<>(
                definition.aggregateId.apply(command),
                Json.write(definition.commandType, command),
                headers.toHeaders(),
                now));
    }

    private Outcome outcome(boolean replied) {
        ReplyRecord reply = replied ? Json.read(replies.readValue(), ReplyRecord.class) : null;
        List<String> dead = new ArrayList<>();
        while (!deadLetters.isEmpty()) {
            dead.add(Objects.requireNonNull(
                    CommandHeaders.text(deadLetters.readRecord().headers(), DeadLetters.CAUSE)));
        }
        return new Outcome(committed(), reply, dead);
    }

    private List<Recorded<E>> committed() {
        List<Recorded<E>> read = new ArrayList<>();
        while (!events.isEmpty()) {
            TestRecord<String, byte[]> record = events.readRecord();
            history.add(record);
            read.add(EventRecords.read(
                    Objects.requireNonNull(definition.reader),
                    deserializer,
                    definition.eventsTopic(),
                    0,
                    0,
                    record.key(),
                    record.headers(),
                    record.value()));
        }
        return read;
    }

    /** What a command brought about. */
    public final class Outcome {
        private final List<Recorded<E>> recorded;
        private final @Nullable ReplyRecord reply;
        private final List<String> deadLetterCauses;

        private Outcome(List<Recorded<E>> recorded, @Nullable ReplyRecord reply, List<String> deadLetterCauses) {
            this.recorded = recorded;
            this.reply = reply;
            this.deadLetterCauses = deadLetterCauses;
        }

        /** Accepted, with exactly these events in the log. */
        @SafeVarargs
        public final DeciderTestDriver<C, S, V, E> then(E... expected) {
            assertThat(deadLetterCauses).isEmpty();
            assertThat(reply == null ? null : reply.rejection()).isNull();
            assertThat(events()).containsExactly(expected);
            return DeciderTestDriver.this;
        }

        /** Refused for this reason, and nothing is in the log. */
        public DeciderTestDriver<C, S, V, E> thenRejected(Rejection reason) {
            assertThat(recorded).isEmpty();
            // As it travels: a number that was written as a long may be read as an int.
            assertThat(Objects.requireNonNull(reply, "no reply"))
                    .asString()
                    .isEqualTo(ReplyRecord.rejected(reason).toString());
            return DeciderTestDriver.this;
        }

        /** Recognised as a repeat: nothing new in the log. */
        public DeciderTestDriver<C, S, V, E> thenRepeated() {
            assertThat(recorded).isEmpty();
            assertThat(deadLetterCauses).isEmpty();
            assertThat(reply == null || reply.repeated()).isTrue();
            return DeciderTestDriver.this;
        }

        /** Put aside, with a cause that holds the text. */
        public DeciderTestDriver<C, S, V, E> thenDeadLetter(String cause) {
            assertThat(recorded).isEmpty();
            assertThat(deadLetterCauses).singleElement().asString().contains(cause);
            return DeciderTestDriver.this;
        }

        /** The events, in the service's words. */
        public List<E> events() {
            return recorded.stream().map(Recorded::event).toList();
        }

        /** The events and their places. */
        public List<Recorded<E>> recorded() {
            return recorded;
        }

        /** The reply as the type the definition wrote; fails when the command was refused. */
        public <T> T reply(Class<T> type) {
            ReplyRecord answered = Objects.requireNonNull(reply, "no reply");
            assertThat(answered.rejection()).isNull();
            return Json.mapper().treeToValue(Objects.requireNonNull(answered.state()), type);
        }
    }

    /** What the store holds. */
    Map<String, byte[]> stored() {
        Map<String, byte[]> stored = new HashMap<>();
        KeyValueStore<String, byte[]> store = driver.getKeyValueStore(DeciderTopology.stateStore(definition));
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> stored.put(entry.key, entry.value));
        }
        return stored;
    }

    /** The fold of all events so far, as they lie in the log. */
    Replay<C, S, V, E> replayed() {
        committed();
        var replay = new Replay<>(definition);
        history.forEach(record -> replay.add(
                record.key(), deserializer.deserialize(definition.eventsTopic(), record.headers(), record.value())));
        return replay;
    }

    /** Ends the drive; whatever was driven, the store has to equal the fold of its events. */
    @Override
    public void close() {
        try {
            assertThat(StoreDifference.between(replayed().contents(), stored(), definition.entryType))
                    .as("what the store and the fold of its events differ in")
                    .isEmpty();
        } finally {
            driver.close();
        }
    }
}
