package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.eventsourcing.kafka.GiftCard.Card;
import dev.mortar.eventsourcing.kafka.GiftCard.Command;
import dev.mortar.eventsourcing.kafka.GiftCard.Event;
import dev.mortar.eventsourcing.kafka.SimulatedKafka.Entry;
import dev.mortar.eventsourcing.kafka.SimulatedService.Harm;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The real lanes, followers and folds of several instances over one simulated log. {@code -Dmortar.seed=N} runs one
 * seed.
 */
class LaneTest {
    private static final int PARTITIONS = 2;
    private static final int SEEDS = 300;
    private static final int STEPS = 600;
    private static final Instant START = Instant.parse("2025-05-30T08:00:00Z");
    private static final Duration REMEMBERED = Duration.ofHours(24);
    private static final Duration CLOCK_BEHIND = Duration.ofMinutes(90);
    private static final ServiceDefinition<Command, Card, Card, Event> DEFINITION = GiftCard.definition();
    private static final AvroSerializer<SpecificRecord> SERIALIZER = TestSerdes.events("lane-test");
    private static final AvroDeserializer<SpecificRecord> DESERIALIZER = TestSerdes.deserializer("lane-test");

    static LongStream seeds() {
        String one = System.getProperty("mortar.seed");
        return one == null ? LongStream.range(0, SEEDS) : LongStream.of(Long.parseLong(one));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyCommandHasItsEffectOnceWhateverHappens(long seed) {
        World world = new World(seed);
        world.run();
        world.check();
    }

    @Test
    void theRunsMeetWhatTheyAreFor() {
        List<World> worlds = LongStream.range(0, 20).mapToObj(World::new).toList();
        worlds.forEach(World::run);
        assertThat(worlds).anyMatch(world -> world.crashes > 3);
        assertThat(worlds).anyMatch(world -> world.harmed > 3);
        assertThat(worlds).anyMatch(world -> world.repeats > 3);
        assertThat(worlds).anyMatch(world -> world.bothOwned > 3);
        assertThat(worlds).anyMatch(world -> world.expiries > 0);
        assertThat(worlds).anyMatch(world -> world.strangeStores > 0);
    }

    @Test
    void aDeadlineIsKeptByTheBrokersClockOnceWhoeverOwnsTheLane() {
        World world = new World(7);
        world.append(new World.Sent(new Command.Charge("card-1", 30), World.headers(new UUID(0, 1), "hash", null)));
        world.settle();
        assertThat(world.expired()).isEmpty();

        // This instance's clock is behind, so only a command that it sends can show that the time has come.
        world.service.setClock(0, -CLOCK_BEHIND.toMillis());
        world.nowMs = GiftCard.EXPIRES_AT.toEpochMilli() + 1_000;
        world.settleWhileTimePasses();
        assertThat(world.expired()).containsExactly("card-of-30");

        world.service.crash(0, world.random);
        world.settleWhileTimePasses();
        assertThat(world.expired()).containsExactly("card-of-30");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("fewSeeds")
    void aRequestThatIsDecidedAgainAfterItsTimeIsRememberedAgain(long seed) {
        World world = new World(seed);
        var request = new World.Sent(new Command.Charge("card-1", 3), World.headers(new UUID(0, 1), "hash", null));
        world.append(request);
        world.settle();
        world.nowMs += REMEMBERED.plusSeconds(1).toMillis();
        world.append(request);
        // The follower may get the event and its reply at once.
        world.decide();
        world.settle();
        // The next owner knows what its follower folded.
        world.service.crash(0, world.random);
        world.append(request);
        world.settle();

        assertThat(world.kafka.committed(DEFINITION.eventsTopic())).hasSize(2);
    }

    static LongStream fewSeeds() {
        return LongStream.range(0, 10);
    }

    /** The commands that a new owner finds may be so old that they expire before its next full mark. */
    @Test
    void theBacklogOfATakeoverIsMarkedEvenIfItHasNoEffect() {
        World world = new World(1);
        var first = new World.Sent(
                new Command.Charge("card-1", 30),
                World.headers(new UUID(0, 1), null, new SourcePosition("source", 0, 1, 0)));
        world.append(first);
        world.settle();
        for (int repeat = 0; repeat < 30; repeat++) {
            world.append(first);
        }
        world.crashBoth();
        world.settle();

        world.nowMs += Duration.ofDays(8).toMillis();
        world.append(new World.Sent(
                new Command.Charge("card-1", 5),
                World.headers(new UUID(0, 2), null, new SourcePosition("source", 0, 2, 0))));
        assertThat(world.service.expire()).isTrue();
        world.crashBoth();
        world.settle();

        assertThat(world.service.problems()).isEmpty();
        assertThat(world.kafka.committed(DEFINITION.eventsTopic())).hasSize(2);
    }

    @Test
    void aStoreThatIsAheadOfATruncatedLogIsNoticed() {
        World world = new World(1);
        world.append(new World.Sent(new Command.Charge("card-1", 30), World.headers(new UUID(0, 1), "hash", null)));
        world.settle();
        var events = new TopicPartition(DEFINITION.eventsTopic(), world.kafka.home("card-1"));
        world.kafka.truncate(events, 0);

        assertThatThrownBy(() -> world.service.follow(0, world.random)).isInstanceOf(Fold.LogDoesNotFit.class);
    }

    @Test
    void aLogThatGoesOnDifferentlyIsNoticed() {
        World world = new World(1);
        world.append(new World.Sent(new Command.Charge("card-1", 30), World.headers(new UUID(0, 1), "hash", null)));
        world.settle();
        var events = new TopicPartition(DEFINITION.eventsTopic(), world.kafka.home("card-1"));
        Entry event = world.kafka.entry(events, 0);
        world.kafka.append(
                new ProducerRecord<>(events.topic(), events.partition(), event.key(), event.value(), event.headers()));

        assertThatThrownBy(() -> world.service.follow(0, world.random)).isInstanceOf(Fold.LogDoesNotFit.class);
    }

    /** A service of two instances, its clients, and all that can go wrong. */
    private static final class World {
        private final long seed;
        final Random random;
        long nowMs = START.toEpochMilli();
        final SimulatedKafka kafka = new SimulatedKafka(PARTITIONS, () -> this.nowMs);
        final SimulatedService<Command, Card, Card, Event> service;
        private final List<Sent> sent = new ArrayList<>();
        private final Map<String, Long> sourceOffsets = new HashMap<>();
        /** The first command that may come again. */
        private int repeatable;

        private int crashes;
        private int harmed;
        private int repeats;
        private int bothOwned;
        private int expiries;
        private int strangeStores;
        private long commands;

        /** A command as a client sent it, perhaps several times. */
        record Sent(Command command, CommandHeaders headers) {}

        World(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            service = new SimulatedService<>(
                    DEFINITION,
                    new SimulatedService.Environment(
                            kafka,
                            SERIALIZER,
                            DESERIALIZER,
                            REMEMBERED,
                            () -> new UUID(random.nextLong(), random.nextLong()),
                            answer -> {},
                            Set.of()));
            service.setClock(0, -CLOCK_BEHIND.toMillis());
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            settle();
        }

        private void step() {
            nowMs += random.nextInt(50);
            if (random.nextInt(20) == 0) {
                nowMs += random.nextLong(Duration.ofHours(2).toMillis());
                service.timePassed();
            }
            if (random.nextInt(200) == 0) {
                letDaysPass();
                expiries += service.expire() ? 1 : 0;
            }
            int i = random.nextInt(SimulatedService.INSTANCES);
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3 -> send();
                case 4 -> resend();
                case 5 -> harm(i);
                case 6, 7, 8, 9, 10 -> service.follow(i, random);
                case 11 -> {
                    if (kafka.hasUnfinished()) {
                        kafka.coordinate(random);
                    }
                }
                default -> service.decide(i, random);
            }
        }

        /** In days, the lane decides everything, and requests are forgotten: a request again is another command. */
        private void letDaysPass() {
            settle();
            nowMs += Duration.ofDays(random.nextBoolean() ? 8 : 15).toMillis();
            service.timePassed();
            settle();
            service.setClock(0, -CLOCK_BEHIND.toMillis());
            repeatable = sent.size();
        }

        private void harm(int i) {
            switch (random.nextInt(12)) {
                case 0, 1 -> {
                    crashes++;
                    service.crash(i, random);
                }
                case 2 -> service.giveToOther();
                case 3, 4 -> {
                    bothOwned++;
                    service.giveToBoth();
                }
                case 5, 6, 7 -> {
                    harmed++;
                    Harm[] harms = Harm.values();
                    service.harm(harms[random.nextInt(harms.length)], random);
                }
                case 8 -> strangeStores += service.startWithStrangeStore(i, random) ? 1 : 0;
                default -> {}
            }
        }

        void crashBoth() {
            service.crash(0, random);
            service.crash(1, random);
        }

        private void send() {
            String card = "card-" + random.nextInt(6);
            // An expiry that comes too early gives no event.
            Command command = random.nextInt(5) == 0
                    ? new Command.Expire(card)
                    : new Command.Charge(card, 1 + random.nextInt(100));
            UUID id = new UUID(seed, ++commands);
            CommandHeaders headers;
            if (random.nextBoolean()) {
                headers = headers(id, "hash-" + commands, null);
            } else {
                int partition = random.nextInt(2);
                long offset = sourceOffsets.merge(card + partition, 1L, Long::sum);
                // One source partition for each card: a source is told of in its order.
                headers = headers(id, null, new SourcePosition("source-" + card, partition, offset, 0));
            }
            Sent latest = new Sent(command, headers);
            sent.add(latest);
            append(latest);
        }

        /** A client asks again, or a process reads again: anything from some command on, in the old order. */
        private void resend() {
            if (sent.size() > repeatable) {
                repeats++;
                int from = sent.size() - 1 - random.nextInt(Math.min(sent.size() - repeatable, 8));
                new ArrayList<>(sent.subList(from, sent.size())).forEach(this::append);
            }
        }

        void append(Sent each) {
            kafka.append(DEFINITION.record("", each.command(), each.headers()));
        }

        /** One owner, no more faults, until nothing happens any more. */
        void settle() {
            service.endFaults();
            for (boolean moved = true; moved; ) {
                moved = kafka.hasUnfinished();
                if (moved) {
                    kafka.coordinate(random);
                }
                for (int i = 0; i < SimulatedService.INSTANCES; i++) {
                    if (service.follows(i)) {
                        service.follow(i, random);
                        moved = true;
                    }
                    if (service.decides(i)) {
                        service.decide(i, random);
                        moved = true;
                    }
                }
            }
        }

        /** The owner decides what there is, and no follower moves. */
        void decide() {
            while (service.decides(0) || kafka.hasUnfinished()) {
                service.decide(0, random);
                while (kafka.hasUnfinished()) {
                    kafka.coordinate(random);
                }
            }
        }

        void settleWhileTimePasses() {
            for (int seconds = 0; seconds < 300; seconds++) {
                nowMs += 1_000;
                service.timePassed();
                for (int i = 0; i < SimulatedService.INSTANCES; i++) {
                    service.follow(i, random);
                    service.decide(i, random);
                }
                while (kafka.hasUnfinished()) {
                    kafka.coordinate(random);
                }
            }
        }

        List<String> expired() {
            return kafka.committed(DEFINITION.eventsTopic()).stream()
                    .filter(event -> read(event) instanceof Event.Expired)
                    .map(event -> String.valueOf(event.key()))
                    .toList();
        }

        void check() {
            String as = "seed " + seed;
            Map<String, Long> amounts = new HashMap<>();
            Set<UUID> distinct = new HashSet<>();
            for (Sent each : sent) {
                if (distinct.add(each.headers().commandId()) && each.command() instanceof Command.Charge charge) {
                    amounts.merge(charge.cardId(), charge.amount(), Long::sum);
                }
            }
            Map<String, Long> logged = new HashMap<>();
            Map<String, Long> sequences = new HashMap<>();
            Map<Integer, Long> positions = new HashMap<>();
            for (Entry event : kafka.committed(DEFINITION.eventsTopic())) {
                String card = String.valueOf(event.key());
                EventMeta meta =
                        EventRecords.metaOf(Objects.requireNonNull(DESERIALIZER.deserialize("", event.value())));
                assertThat(meta.getPosition()).as(as).isEqualTo(positions.merge(event.partition(), 1L, Long::sum));
                assertThat(meta.getSequence()).as(as).isEqualTo(sequences.merge(card, 1L, Long::sum));
                if (read(event) instanceof Event.Charged charged) {
                    logged.merge(card, charged.amount(), Long::sum);
                }
            }
            assertThat(logged).as("%s: every command once", as).isEqualTo(amounts);
            assertThat(service.problems()).as(as).isEmpty();
        }

        private static Event read(Entry event) {
            return new Fold<>(DEFINITION, DESERIALIZER, REMEMBERED)
                    .read(event.asConsumerRecord())
                    .event();
        }

        static CommandHeaders headers(UUID id, @Nullable String hash, @Nullable SourcePosition source) {
            return new CommandHeaders(
                    id, Actor.system("test"), null, id.toString(), null, null, null, hash, source, null);
        }
    }
}
