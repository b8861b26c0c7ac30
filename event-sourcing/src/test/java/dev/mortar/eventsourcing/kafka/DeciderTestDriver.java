package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.Rejection;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.schemas.registry.AvroDeserializer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A service's decider on the real lane, follower and Avro bytes, over a log and a store in memory:
 * {@code driver.at(now).when(command).then(events)}, as with {@link DeciderScenario}. After each command the follower
 * reaches the end of the log.
 */
public final class DeciderTestDriver<C, S, V, E> implements AutoCloseable {
    private static final String TOPIC_ID = "topic-id-of-a-source";
    private static final int PARTITION = 0;
    private static final int STEPS_MAX = 10_000;
    /** A deadline's command is sent again after this time, by the instance's clock. */
    private static final Duration TIMERS_RESEND = Duration.ofSeconds(5);

    private final ServiceDefinition<C, S, V, E> definition;
    private final AvroDeserializer<SpecificRecord> deserializer;
    final SimulatedKafka kafka = new SimulatedKafka(1, () -> this.nowMs);
    private long nowMs = DeciderScenario.NOON.toEpochMilli();
    private final Random oneByOne = new Random(0);
    /** What the driven instance has folded. */
    final LocalStore store = new MemoryLocalStore();

    private final Instance instance = new Instance();
    final Fold<C, S, V, E> fold;
    private final Follower<C, S, V, E> follower;
    private final Lane<C, S, V, E> lane;
    private long clockAheadMs;
    private int eventsSeen;
    private int deadLettersSeen;
    private long sourceOffset;

    /** Drives the decider from an empty log. */
    public DeciderTestDriver(ServiceDefinition<C, S, V, E> definition) {
        this.definition = definition;
        deserializer = TestSerdes.deserializer(definition.noun);
        fold = new Fold<>(definition, deserializer, Duration.ofHours(24));
        follower = follower(store, instance);
        var events = TestSerdes.events(definition.noun);
        var states = TestSerdes.states(definition.noun);
        var contract = new LaneBatch.Contract("", "topic-id-of-commands", 1, events, states);
        var commands = new SimulatedConsumer(kafka, () -> oneByOne, 1, true).asConsumer();
        var sender = SimulatedProducer.plain(kafka);
        var timers = new LaneTimers<>(definition, "", sender, () -> nowMs + clockAheadMs, UUID::randomUUID);
        var metrics = new LaneMetrics(new SimpleMeterRegistry(), definition.noun);
        LongSupplier nanoTime = () -> nowMs * 1_000_000;
        var parts = new Lane.Parts<>(
                definition, contract, fold, store, follower, instance, commands, instance, timers, metrics, nanoTime);
        lane = new Lane<>(parts, List.of(PARTITION));
    }

    private Follower<C, S, V, E> follower(LocalStore into, Follower.Listener told) {
        var log = new SimulatedConsumer(kafka, () -> oneByOne, 1, true).asConsumer();
        var started = new Follower<>(definition, "", 1, fold, into, log, told);
        started.start();
        return started;
    }

    /** The instance that owns the lane, and the request that waits on it. */
    private final class Instance implements Lane.Cluster, Lane.Answers, Follower.Listener {
        private @Nullable Answer answer;
        private @Nullable Object body;

        @Override
        public boolean owns() {
            return true;
        }

        @Override
        public Producer<String, byte[]> producer() {
            return SimulatedProducer.of(kafka, definition.noun + "-decider-0", new SimulatedProducer.Fate() {});
        }

        @Override
        public Map<TopicPartition, Long> ends(Collection<TopicPartition> logs) {
            return kafka.ends(logs);
        }

        @Override
        public boolean isAwaited(Answer decided) {
            return true;
        }

        @Override
        public void decided(Answer decided, @Nullable Reply reply) {
            answer = decided;
            body = reply == null ? null : reply.state();
        }

        @Override
        public void newer(String why) {
            throw new AssertionError(why);
        }

        @Override
        public void answered(int partition, Answer folded) {
            answer = folded;
        }
    }

    /** At this instant of the broker's clock; timers that are due run. */
    public DeciderTestDriver<C, S, V, E> at(Instant instant) {
        nowMs = instant.toEpochMilli();
        settle();
        return this;
    }

    /**
     * Moves time on and gives the events that due timers brought about. The instance's clock goes ahead of the broker's
     * so that every deadline's command is sent: the decider judges whether it has passed.
     */
    public List<E> eventsOfTimersAt(Instant instant) {
        clockAheadMs += TIMERS_RESEND.toMillis();
        at(instant);
        return committed().stream().map(Recorded::event).toList();
    }

    /** A command by HTTP, as a request of its own. */
    public Outcome when(C command) {
        return when(command, UUID.randomUUID());
    }

    /** A command by HTTP that the broker appended earlier than now: the decider was behind. */
    public Outcome whenAppendedAt(Instant appendedAt, C command) {
        long presentMs = nowMs;
        nowMs = appendedAt.toEpochMilli();
        CommandHeaders headers = request(command, UUID.randomUUID(), null);
        append(definition.aggregateId.apply(command), json(command), headers.toHeaders(1));
        nowMs = presentMs;
        return outcome(command, headers);
    }

    /** A command by HTTP under a command id. */
    public Outcome when(C command, UUID commandId) {
        return send(command, request(command, commandId, null));
    }

    /** A command by HTTP with {@code If-Match}. */
    public Outcome whenAtSequence(long expected, C command) {
        return send(command, request(command, UUID.randomUUID(), expected));
    }

    /** A command by HTTP of a caller with rights on the route. */
    public Outcome whenCalledBy(Actor actor, Set<Grant> grants, C command) {
        return send(command, headers(UUID.randomUUID(), actor, grants, hash(command), null, null));
    }

    /** A command of the process, caused by the next event of a source. */
    public Outcome whenReacting(C command) {
        return whenReacting(command, sourceOffset + 1);
    }

    /** A command of the process, caused by the event at an offset of a source. */
    public Outcome whenReacting(C command, long offset) {
        sourceOffset = Math.max(sourceOffset, offset);
        SourcePosition source = new SourcePosition(TOPIC_ID, 0, offset, 0);
        return send(command, headers(UUID.randomUUID(), Actor.system("test"), null, null, null, source));
    }

    /** Whatever bytes. */
    public Outcome whenBytes(String key, byte @Nullable [] value, Headers headers) {
        append(key, value, headers);
        return outcome(null, null);
    }

    private CommandHeaders request(C command, UUID commandId, @Nullable Long expectedSequence) {
        return headers(commandId, Actor.system("test"), null, hash(command), expectedSequence, null);
    }

    private String hash(C command) {
        return Integer.toHexString(new String(json(command), StandardCharsets.UTF_8).hashCode());
    }

    private static CommandHeaders headers(
            UUID commandId,
            Actor actor,
            @Nullable Set<Grant> grants,
            @Nullable String requestHash,
            @Nullable Long expectedSequence,
            @Nullable SourcePosition source) {
        String id = commandId.toString();
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        return new CommandHeaders(
                commandId, actor, grants, id, null, null, expectedSequence, requestHash, source, trace);
    }

    private byte[] json(C command) {
        return Json.write(definition.commandType, command);
    }

    private Outcome send(C command, CommandHeaders headers) {
        append(definition.aggregateId.apply(command), json(command), headers.toHeaders(1));
        return outcome(command, headers);
    }

    private void append(String key, byte @Nullable [] value, Headers headers) {
        kafka.append(new ProducerRecord<>(definition.commandsTopic(), PARTITION, null, key, value, headers));
    }

    private static TopicPartition partition(String topic) {
        return new TopicPartition(topic, PARTITION);
    }

    /** Steps lane and follower until both are at the end of what they read. */
    private void settle() {
        for (int step = 0; step < STEPS_MAX; step++) {
            boolean decided = lane.step(SimulatedConsumer.AT_ONCE);
            kafka.writeMarkers();
            boolean folded = follower.step(SimulatedConsumer.AT_ONCE) > 0;
            if (!decided && !folded) {
                assertThat(lane.stopped().all())
                        .as("partitions that are stopped")
                        .isEmpty();
                return;
            }
        }
        throw new AssertionError("lane and follower did not come to an end in " + STEPS_MAX + " steps");
    }

    private boolean isRemembered(CommandHeaders headers) {
        Answer earlier = new PartitionRows(PARTITION, new Changes(store::get)).answer(headers.commandId());
        return earlier != null && earlier.requestHash().equals(headers.requestHash());
    }

    private Outcome outcome(@Nullable C command, @Nullable CommandHeaders headers) {
        instance.answer = null;
        instance.body = null;
        boolean known = headers != null && isRemembered(headers);
        settle();
        Answer answer = instance.answer;
        Object body = instance.body;
        boolean repeated = known || answer != null && answer.repeated();
        if (command != null && headers != null && headers.requestHash() != null) {
            PartitionRows rows = new PartitionRows(PARTITION, new Changes(store::get));
            Object present =
                    definition.reply.apply(command, definition.load(definition.aggregateId.apply(command), rows));
            if (body != null) {
                assertThat(present).as("the owner's answer, from the store").isEqualTo(body);
            }
            body = present;
        }
        List<ConsumerRecord<String, byte[]>> dead = kafka.committed(partition(definition.deadLettersTopic()));
        List<String> causes = dead.stream()
                .skip(deadLettersSeen)
                .map(letter -> Objects.requireNonNull(DeadLetter.of(letter), "a dead letter is listed")
                        .cause())
                .toList();
        deadLettersSeen = dead.size();
        return new Outcome(committed(), answer, repeated, body, causes);
    }

    private List<Recorded<E>> committed() {
        List<ConsumerRecord<String, byte[]>> records = kafka.committed(partition(definition.eventsTopic()));
        List<Recorded<E>> read = records.subList(eventsSeen, records.size()).stream()
                .map(fold::read)
                .toList();
        eventsSeen = records.size();
        return read;
    }

    /** The states that were published to a compacted topic, oldest first. */
    List<ViewTestDriver.State> published(String topic) {
        return kafka.committed(partition(topic)).stream()
                .map(record -> new ViewTestDriver.State(
                        record.key(), deserializer.deserialize(topic, record.headers(), record.value())))
                .toList();
    }

    /** What a command brought about. */
    public final class Outcome {
        private final List<Recorded<E>> recorded;
        private final @Nullable Answer answer;
        private final boolean repeated;
        private final @Nullable Object body;
        private final List<String> deadLetterCauses;

        private Outcome(
                List<Recorded<E>> recorded,
                @Nullable Answer answer,
                boolean repeated,
                @Nullable Object body,
                List<String> deadLetterCauses) {
            this.recorded = recorded;
            this.answer = answer;
            this.repeated = repeated;
            this.body = body;
            this.deadLetterCauses = deadLetterCauses;
        }

        /** Accepted, with exactly these events in the log. */
        @SafeVarargs
        public final DeciderTestDriver<C, S, V, E> then(E... expected) {
            assertThat(deadLetterCauses).isEmpty();
            assertThat(answer == null ? null : answer.refusal()).isNull();
            assertThat(events()).containsExactly(expected);
            return DeciderTestDriver.this;
        }

        /** Refused for this reason, and nothing is in the log. */
        public DeciderTestDriver<C, S, V, E> thenRejected(Rejection reason) {
            assertThat(recorded).isEmpty();
            // As it travels: a number that was written as a long may be read as an int.
            assertThat(Objects.requireNonNull(answer, "no answer").refusal())
                    .asString()
                    .isEqualTo(String.valueOf(Refusal.of(reason)));
            return DeciderTestDriver.this;
        }

        /** Refused because the caller does not own the object. */
        public DeciderTestDriver<C, S, V, E> thenForbidden() {
            return thenRejected(new Refusal.Forbidden());
        }

        /** Recognised as a repeat: nothing new in the log. */
        public DeciderTestDriver<C, S, V, E> thenRepeated() {
            assertThat(recorded).isEmpty();
            assertThat(deadLetterCauses).isEmpty();
            assertThat(answer == null || repeated).isTrue();
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

        /** The definition's reply over the present state; fails when the command was refused. */
        public <T> T reply(Class<T> type) {
            assertThat(Objects.requireNonNull(answer, "no answer").refusal()).isNull();
            return type.cast(Objects.requireNonNull(body, "the definition replies nothing"));
        }
    }

    /** Ends the drive; whatever was driven, another follower has to fold the same rows from the log. */
    @Override
    public void close() {
        LocalStore fresh = new MemoryLocalStore();
        Follower<C, S, V, E> rebuilt = follower(fresh, new Instance());
        while (rebuilt.step(SimulatedConsumer.AT_ONCE) > 0) {
            // One record more is folded.
        }
        assertThat(rows(store))
                .as("rows of the store, compared with those that the log gives")
                .containsExactlyInAnyOrderEntriesOf(rows(fresh));
    }

    /** All rows but those of requests that need not be remembered any more. */
    private Map<String, String> rows(LocalStore store) {
        Changes changes = new Changes(store::get);
        PartitionRows partition = new PartitionRows(PARTITION, changes);
        Instant oldest = fold.rememberedSince(partition.recordedAt());
        if (oldest.isAfter(Instant.EPOCH)) {
            store.range(
                            PartitionRows.rememberedKey(PARTITION, Instant.EPOCH),
                            PartitionRows.rememberedKey(PARTITION, oldest),
                            Integer.MAX_VALUE)
                    .forEach(partition::forget);
        }
        new RowCache(store).write(List.of(RowCache.Written.of(changes)));
        Map<String, String> rows = new TreeMap<>();
        store.range("", "~", Integer.MAX_VALUE).forEach(row -> rows.put(row.key(), readable(row.value())));
        return rows;
    }

    private static String readable(byte[] value) {
        String text = new String(value, StandardCharsets.ISO_8859_1);
        return text.chars().allMatch(character -> character >= ' ')
                ? text
                : HexFormat.of().formatHex(value);
    }
}
