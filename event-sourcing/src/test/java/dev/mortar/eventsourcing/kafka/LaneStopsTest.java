package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.GiftCard.Card;
import dev.mortar.eventsourcing.kafka.GiftCard.Command;
import dev.mortar.eventsourcing.kafka.GiftCard.Event;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The headers of commands, and the commands that a lane stops at: the real lane over a simulated log. */
class LaneStopsTest {
    private static final ServiceDefinition<Command, Card, Card, Event> DEFINITION = GiftCard.definition();
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String OF_PARTITION_0 = card(0);
    private static final String OF_PARTITION_1 = card(1);

    private final long nowMs = Instant.parse("2026-05-30T08:00:00Z").toEpochMilli();
    private final SimulatedKafka kafka = new SimulatedKafka(2, () -> this.nowMs);
    private final Random random = new Random(1);
    private Instance instance = new Instance();
    private long commands;

    private static String card(int partition) {
        SimulatedKafka kafka = new SimulatedKafka(2, () -> 0);
        String card = "card";
        while (kafka.home(card) != partition) {
            card += "+";
        }
        return card;
    }

    @Test
    void aDecisionHasASpanOfItsOwnInTheTraceOfItsCommand() {
        CommandHeaders traced = headers(null, TRACE);
        send(new Command.Charge(OF_PARTITION_0, 1), traced.toHeaders(1));
        send(new Command.Charge(OF_PARTITION_0, 2), headers(null, TRACE).toHeaders(1));
        send(new Command.Charge(OF_PARTITION_0, 3), headers(null, null).toHeaders(1));
        send(new Command.Charge(OF_PARTITION_0, 4), headers(null, "made up").toHeaders(1));
        instance.run();

        List<@Nullable String> traces = events(0).stream()
                .map(event -> CommandHeaders.text(event.headers(), "traceparent"))
                .toList();
        assertThat(traces).hasSize(4);
        assertThat(traces.subList(0, 2))
                .doesNotHaveDuplicates()
                .doesNotContain(TRACE)
                .allMatch(
                        trace -> trace != null && trace.matches("00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01"));
        assertThat(traces.subList(2, 4)).containsOnlyNulls();

        // The same command on another log: a transaction that is done again has the same span.
        LaneStopsTest other = new LaneStopsTest();
        other.send(new Command.Charge(OF_PARTITION_0, 1), traced.toHeaders(1));
        other.instance.run();
        assertThat(CommandHeaders.text(other.events(0).getFirst().headers(), "traceparent"))
                .isEqualTo(traces.getFirst());
    }

    @Test
    void aCommandOfANewerReleaseIsLeftToInstancesThatKnowIt() {
        charge(OF_PARTITION_0, 1);
        send(new Command.Charge(OF_PARTITION_0, 2), headers(null, null).toHeaders(2));
        charge(OF_PARTITION_0, 3);
        charge(OF_PARTITION_1, 4);
        instance.run();

        assertThat(amounts(0)).as("what came before it is decided").containsExactly(1L);
        assertThat(amounts(1)).as("other partitions go on").containsExactly(4L);
        assertThat(deadLetters(0)).isEmpty();
        assertThat(instance.newer).singleElement().asString().contains("the command at 1", "version 2");
        assertThat(instance.lane.stopped().all()).containsOnlyKeys(0);

        instance = new Instance(GiftCard.definition().commandVersion(2));
        instance.run();
        assertThat(amounts(0)).as("the newer release decides it").containsExactly(1L, 2L, 3L);
        assertThat(instance.newer).isEmpty();
    }

    @Test
    void aCommandWithoutAVersionHasTheFirstAndOneWithNonsenseIsUnreadable() {
        Headers old = headers(null, null).toHeaders(1);
        old.remove("command-version");
        send(new Command.Charge(OF_PARTITION_0, 1), old);
        Headers nonsense = headers(null, null).toHeaders(1);
        nonsense.remove("command-version");
        CommandHeaders.add(nonsense, "command-version", "new");
        send(new Command.Charge(OF_PARTITION_0, 2), nonsense);
        charge(OF_PARTITION_0, 3);
        instance.run();

        assertThat(amounts(0)).containsExactly(1L, 3L);
        assertThat(deadLetters(0)).singleElement().asString().startsWith("unreadable command");
    }

    @Test
    void aPoisonedCommandStopsItsPartitionUntilItIsParked() {
        charge(OF_PARTITION_0, 1);
        long poison =
                send(new Command.Crash(OF_PARTITION_0), headers("hash", null).toHeaders(1));
        charge(OF_PARTITION_0, 2);
        charge(OF_PARTITION_1, 3);
        instance.run();
        assertThat(amounts(0)).as("what came before it is decided").containsExactly(1L);
        assertThat(amounts(1)).as("other partitions go on").containsExactly(3L);
        assertThat(instance.lane.stopped().all().values()).singleElement().satisfies(at -> {
            assertThat(at.partition()).isZero();
            assertThat(at.offset()).isEqualTo(poison);
            assertThat(at.why()).contains("a bug");
        });

        instance = new Instance();
        instance.run();
        assertThat(instance.lane.stopped().all()).as("after a restart as well").containsOnlyKeys(0);
        assertThat(amounts(0)).containsExactly(1L);
        assertThat(deadLetters(0)).isEmpty();
        assertThat(instance.answered).isEmpty();

        var done = instance.lane.stopped().park(0, poison, "BUG_7", new Actor(Actor.Type.ASSOCIATE, "a-7", null));
        instance.run();
        assertThat(done).isCompleted();
        assertThat(instance.lane.stopped().all()).isEmpty();
        assertThat(amounts(0)).containsExactly(1L, 2L);
        assertThat(deadLetters(0))
                .singleElement()
                .asString()
                .startsWith("parked by an operator: BUG_7 (ASSOCIATE a-7)")
                .contains("a bug");
        assertThat(instance.answered)
                .singleElement()
                .satisfies(answer -> assertThat(
                                Objects.requireNonNull(answer.refusal()).name())
                        .isEqualTo("ParkedCommand"));

        instance = new Instance();
        instance.run();
        assertThat(instance.lane.stopped().all()).as("nothing is left of it").isEmpty();
        assertThat(deadLetters(0)).hasSize(1);
    }

    @Test
    void aProcessThatSendsAParkedCommandAgainRepeatsIt() {
        var source = new CommandHeaders.SourcePosition("source", 0, 7, 0);
        CommandHeaders fromAnEvent = new CommandHeaders(
                new UUID(1, 1), Actor.system("test"), null, "c", null, null, null, null, source, null);
        long poison = send(new Command.Crash(OF_PARTITION_0), fromAnEvent.toHeaders(1));
        instance.run();
        var done = instance.lane.stopped().park(0, poison, "BUG_7", Actor.system("operator"));
        instance.run();
        assertThat(done).isCompleted();

        send(new Command.Crash(OF_PARTITION_0), fromAnEvent.toHeaders(1));
        charge(OF_PARTITION_0, 1);
        instance.run();
        assertThat(instance.lane.stopped().all()).isEmpty();
        assertThat(amounts(0)).containsExactly(1L);
        assertThat(deadLetters(0)).hasSize(1);
    }

    @Test
    void onlyTheCommandAtWhichAPartitionIsStoppedIsParked() {
        charge(OF_PARTITION_0, 1);
        long poison =
                send(new Command.Crash(OF_PARTITION_0), headers(null, null).toHeaders(1));
        send(new Command.Charge(OF_PARTITION_1, 2), headers(null, null).toHeaders(2));
        instance.run();

        var another = instance.lane.stopped().park(0, poison - 1, "BUG_7", Actor.system("operator"));
        var newer = instance.lane.stopped().park(1, 0, "BUG_7", Actor.system("operator"));
        instance.run();

        assertThat(another).isCompletedExceptionally();
        assertThat(another.exceptionNow()).isInstanceOf(StoppedPartitions.NotStoppedHere.class);
        assertThat(newer).as("a newer release knows what it means").isCompletedExceptionally();
        assertThat(instance.lane.stopped().all()).containsOnlyKeys(0, 1);
        assertThat(deadLetters(0)).isEmpty();
        assertThat(deadLetters(1)).isEmpty();
    }

    @Test
    void aParkIsCommittedOrNotAnsweredAndCanBeAskedForAgain() {
        long poison =
                send(new Command.Crash(OF_PARTITION_0), headers(null, null).toHeaders(1));
        charge(OF_PARTITION_0, 1);
        instance.run();

        instance.commitIsLost = true;
        var lost = instance.lane.stopped().park(0, poison, "BUG_7", Actor.system("operator"));
        instance.run();
        assertThat(lost).isCompletedExceptionally();
        assertThat(deadLetters(0)).isEmpty();

        instance.commitIsLost = false;
        instance.run();
        assertThat(instance.lane.stopped().all()).containsOnlyKeys(0);
        var done = instance.lane.stopped().park(0, poison, "BUG_7", Actor.system("operator"));
        instance.run();
        assertThat(done).isCompleted();
        assertThat(deadLetters(0)).hasSize(1);
        assertThat(amounts(0)).containsExactly(1L);
    }

    private void charge(String card, long amount) {
        send(new Command.Charge(card, amount), headers(null, null).toHeaders(1));
    }

    private long send(Command command, Headers headers) {
        return kafka.append(new ProducerRecord<>(
                DEFINITION.commandsTopic(), null, null, command.cardId(), Json.write(Command.class, command), headers));
    }

    private CommandHeaders headers(@Nullable String requestHash, @Nullable String traceparent) {
        UUID id = new UUID(0, ++commands);
        return new CommandHeaders(
                id, Actor.system("test"), null, id.toString(), null, null, null, requestHash, null, traceparent);
    }

    private List<ConsumerRecord<String, byte[]>> events(int partition) {
        return kafka.committed(new TopicPartition(DEFINITION.eventsTopic(), partition));
    }

    private List<Long> amounts(int partition) {
        return events(partition).stream()
                .map(instance.fold::read)
                .map(event -> ((Event.Charged) event.event()).amount())
                .toList();
    }

    private List<@Nullable String> deadLetters(int partition) {
        return kafka.committed(new TopicPartition(DEFINITION.deadLettersTopic(), partition)).stream()
                .map(letter -> CommandHeaders.text(letter.headers(), DeadLetter.CAUSE))
                .toList();
    }

    /** One process that owns the lane of both partitions. */
    private final class Instance implements Lane.Cluster, Lane.Answers, Follower.Listener {
        static final AvroSerializer<SpecificRecord> SERIALIZER = TestSerdes.events("lane-stops-test");
        static final AvroDeserializer<SpecificRecord> DESERIALIZER = TestSerdes.deserializer("lane-stops-test");

        final Fold<Command, Card, Card, Event> fold;
        final Follower<Command, Card, Card, Event> follower;
        final Lane<Command, Card, Card, Event> lane;
        boolean commitIsLost;
        final List<String> newer = new ArrayList<>();
        final List<Answer> answered = new ArrayList<>();

        Instance() {
            this(DEFINITION);
        }

        Instance(ServiceDefinition<Command, Card, Card, Event> definition) {
            MemoryLocalStore store = new MemoryLocalStore();
            fold = new Fold<>(definition, DESERIALIZER, Duration.ofHours(24));
            var log = new SimulatedConsumer(kafka, () -> random, 10, true).asConsumer();
            follower = new Follower<>(definition, "", 2, fold, store, log, this);
            follower.start();
            var contract = new LaneBatch.Contract("", "commands-1", 2, SERIALIZER, SERIALIZER);
            var commands = new SimulatedConsumer(kafka, () -> random, 10, true).asConsumer();
            var sender = SimulatedProducer.plain(kafka);
            var timers = new LaneTimers<>(definition, "", sender, () -> nowMs, UUID::randomUUID);
            var metrics = new LaneMetrics(new SimpleMeterRegistry(), "giftcard");
            LongSupplier nanoTime = () -> nowMs * 1_000_000;
            var parts = new Lane.Parts<>(
                    definition, contract, fold, store, follower, this, commands, this, timers, metrics, nanoTime);
            lane = new Lane<>(parts, List.of(0, 1));
        }

        /** Until nothing happens any more. */
        void run() {
            for (int i = 0; i < 100; i++) {
                follower.step(SimulatedConsumer.AT_ONCE);
                lane.step(SimulatedConsumer.AT_ONCE);
                kafka.writeMarkers();
            }
        }

        @Override
        public boolean owns() {
            return true;
        }

        @Override
        public Producer<String, byte[]> producer() {
            return SimulatedProducer.of(kafka, "giftcard-decider-0", new SimulatedProducer.Fate() {
                @Override
                public void committing(Runnable commit) {
                    if (commitIsLost) {
                        throw new TimeoutException("the commit is not answered");
                    }
                    commit.run();
                }
            });
        }

        @Override
        public Map<TopicPartition, Long> ends(Collection<TopicPartition> logs) {
            return kafka.ends(logs);
        }

        @Override
        public void newer(String why) {
            newer.add(why);
        }

        @Override
        public boolean isAwaited(Answer answer) {
            return true;
        }

        @Override
        public void decided(Answer answer, @Nullable Reply reply) {
            // The follower tells it too.
        }

        @Override
        public void answered(int partition, Answer answer) {
            answered.add(answer);
        }
    }
}
