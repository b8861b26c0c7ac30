package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.eventsourcing.kafka.GiftCard.Card;
import dev.mortar.eventsourcing.kafka.GiftCard.Command;
import dev.mortar.eventsourcing.kafka.GiftCard.Event;
import dev.mortar.eventsourcing.kafka.SimulatedKafka.Commit;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
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
    private static final Instant START = Instant.parse("2026-05-30T08:00:00Z");
    private static final Duration CLOCK_BEHIND = Duration.ofMinutes(90);
    private static final Duration REPLIES_LIVE = Duration.ofHours(20);
    private static final String TOPIC_ID = "commands-1";
    private static final ServiceDefinition<Command, Card, Card, Event> DEFINITION = GiftCard.definition();

    static LongStream seeds() {
        String one = System.getProperty("mortar.seed");
        return one == null ? LongStream.range(0, SEEDS) : LongStream.of(Long.parseLong(one));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyCommandHasItsEffectOnceWhateverHappens(long seed) {
        World world = new World(seed);
        for (int i = 0; i < STEPS; i++) {
            world.step();
        }
        world.settle();
        world.check();
    }

    @Test
    void theRunsMeetWhatTheyAreFor() {
        World[] worlds = LongStream.range(0, 20)
                .mapToObj(seed -> {
                    World world = new World(seed);
                    for (int i = 0; i < STEPS; i++) {
                        world.step();
                    }
                    world.settle();
                    return world;
                })
                .toArray(World[]::new);
        assertThat(worlds).anyMatch(world -> world.crashes > 3);
        assertThat(worlds).anyMatch(world -> world.unknownCommits > 3);
        assertThat(worlds).anyMatch(world -> world.repeats > 3);
        assertThat(worlds).anyMatch(world -> world.bothOwned > 3);
    }

    @Test
    void aDeadlineIsKeptByTheBrokersClockOnceWhoeverOwnsTheLane() {
        World world = new World(7);
        world.calm = true;
        world.append(new World.Sent(
                new Command.Charge("card-1", 30), World.headers(new UUID(0, 1), "hash", null), world.kafka.nowMs));
        world.settle();
        assertThat(world.expired()).isEmpty();

        // This instance's clock is behind, so only a command that it sends can show that the time has come.
        world.kafka.nowMs = GiftCard.EXPIRES_AT.toEpochMilli() + 1_000;
        world.settleWhileTimePasses();
        assertThat(world.expired()).containsExactly("card-of-30");

        world.crash(world.instances.getFirst());
        world.settleWhileTimePasses();
        assertThat(world.expired()).containsExactly("card-of-30");
    }

    /** Two instances, their clients, and all that can go wrong. */
    private static final class World {
        private final long seed;
        private final Random random;
        final SimulatedKafka kafka = new SimulatedKafka(PARTITIONS, START.toEpochMilli());
        final List<Instance> instances = new ArrayList<>();
        private final List<Sent> sent = new ArrayList<>();
        private final Map<String, Long> sourceOffsets = new HashMap<>();
        private int crashes;
        private int unknownCommits;
        private int repeats;
        private int bothOwned;
        boolean calm;
        private long commands;

        /** A command as a client sent it, perhaps several times. */
        record Sent(Command command, CommandHeaders headers, long atMs) {}

        World(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            instances.add(new Instance(new MemoryLocalStore()));
            instances.add(new Instance(new MemoryLocalStore()));
            instances.getFirst().assigned = true;
        }

        void step() {
            kafka.nowMs += random.nextInt(50);
            if (random.nextInt(20) == 0) {
                kafka.nowMs += random.nextLong(Duration.ofHours(2).toMillis());
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    kafka.expireBefore(
                            new TopicPartition(DEFINITION.repliesTopic(), partition),
                            kafka.nowMs - REPLIES_LIVE.toMillis());
                }
            }
            Instance instance = instances.get(random.nextInt(instances.size()));
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3 -> send();
                case 4 -> resend();
                case 5 -> {
                    if (random.nextInt(4) == 0) {
                        crash(instance);
                    }
                }
                case 6 -> {
                    if (random.nextInt(4) == 0) {
                        // The group moves the lane: for a while both may believe that they own it.
                        instance.assigned = !instance.assigned;
                        if (instances.stream().noneMatch(each -> each.assigned)) {
                            instances.get(1 - instances.indexOf(instance)).assigned = true;
                        }
                        bothOwned += instances.stream().allMatch(each -> each.assigned) ? 1 : 0;
                    }
                }
                case 7, 8, 9, 10, 11 -> instance.follow();
                default -> instance.lane.step(SimulatedKafka.AT_ONCE);
            }
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
            Sent latest = new Sent(command, headers, kafka.nowMs);
            sent.add(latest);
            append(latest);
        }

        /** A client asks again, or a process reads again: anything from some command on, in the old order. */
        private void resend() {
            if (!sent.isEmpty()) {
                repeats++;
                int from = sent.size() - 1 - random.nextInt(Math.min(sent.size(), 8));
                new ArrayList<>(sent.subList(from, sent.size())).forEach(this::append);
            }
        }

        void append(Sent each) {
            String key = each.command().cardId();
            kafka.append(
                    new TopicPartition(DEFINITION.commandsTopic(), kafka.home(key)),
                    key,
                    Json.write(Command.class, each.command()),
                    each.headers().toHeaders());
        }

        void crash(Instance instance) {
            crashes++;
            int index = instances.indexOf(instance);
            Instance next = new Instance(random.nextInt(3) == 0 ? instance.older : instance.store);
            next.assigned = instance.assigned;
            instances.set(index, next);
        }

        /** One owner, no more faults, until nothing happens any more. */
        void settle() {
            calm = true;
            instances.forEach(each -> each.assigned = false);
            instances.getFirst().assigned = true;
            instances.get(1).lane.giveUp();
            for (int i = 0; i < 2_000; i++) {
                instances.forEach(Instance::follow);
                instances.getFirst().lane.step(SimulatedKafka.AT_ONCE);
            }
        }

        void settleWhileTimePasses() {
            for (int i = 0; i < 300; i++) {
                kafka.nowMs += 1_000;
                instances.forEach(Instance::follow);
                instances.getFirst().lane.step(SimulatedKafka.AT_ONCE);
            }
        }

        List<String> expired() {
            List<String> expired = new ArrayList<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                kafka.committed(new TopicPartition(DEFINITION.eventsTopic(), partition)).stream()
                        .filter(record -> GiftCardEvents.read(record) instanceof Event.Expired)
                        .forEach(record -> expired.add(String.valueOf(record.key())));
            }
            return expired;
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
            for (int partition = 0; partition < PARTITIONS; partition++) {
                long position = 0;
                for (var record : kafka.committed(new TopicPartition(DEFINITION.eventsTopic(), partition))) {
                    EventMeta meta = EventRecords.metaOf(
                            Objects.requireNonNull(Instance.DESERIALIZER.deserialize("", record.value())));
                    assertThat(meta.getPosition()).as(as).isEqualTo(++position);
                    assertThat(meta.getSequence())
                            .as(as)
                            .isEqualTo(sequences.merge(String.valueOf(record.key()), 1L, Long::sum));
                    Event event = GiftCardEvents.read(record);
                    if (event instanceof Event.Charged charged) {
                        logged.merge(String.valueOf(record.key()), charged.amount(), Long::sum);
                    }
                }
            }
            assertThat(logged).as("%s: every command once", as).isEqualTo(amounts);
            MemoryLocalStore fresh = new MemoryLocalStore();
            Instance rebuilt = new Instance(fresh);
            for (int i = 0; i < 2_000; i++) {
                rebuilt.follow();
            }
            for (Instance instance : instances) {
                assertThat(rows(instance.store))
                        .as("%s: a store is the fold of the log", as)
                        .isEqualTo(rows(fresh));
            }
            for (Sent each : sent) {
                PartitionRows rows = new PartitionRows(kafka.home(each.command().cardId()), new Changes(fresh::get));
                SourcePosition source = each.headers().source();
                if (source == null && kafka.nowMs - each.atMs() > REPLIES_LIVE.toMillis() / 2) {
                    continue;
                }
                if (source == null) {
                    assertThat(rows.answer(each.headers().commandId()))
                            .as("%s: every request is answered", as)
                            .isNotNull();
                } else {
                    assertThat(rows.hasDecided(source))
                            .as("%s: every source is remembered", as)
                            .isTrue();
                }
            }
        }

        private static Map<String, String> rows(MemoryLocalStore store) {
            Map<String, String> rows = new HashMap<>();
            store.range("", "~", Integer.MAX_VALUE)
                    .forEach(row -> rows.put(row.key(), HexFormat.of().formatHex(row.value())));
            // A fresh store has never seen the answers that have expired.
            rows.keySet().removeIf(key -> key.startsWith("r|") || key.startsWith("t|"));
            return rows;
        }

        static CommandHeaders headers(UUID id, @Nullable String hash, @Nullable SourcePosition source) {
            return new CommandHeaders(
                    id, Actor.system("test"), id.toString(), null, null, null, null, hash, source, null);
        }

        /** One process: what is in memory goes with it, the store stays. */
        private final class Instance implements Lane.Cluster, Lane.Answers<Command, Card>, Follower.Told {
            static final AvroSerializer<SpecificRecord> SERIALIZER = new AvroSerializer<>();
            static final AvroDeserializer<SpecificRecord> DESERIALIZER = new AvroDeserializer<>();

            static {
                Map<String, String> serde = Map.of(
                        "schema.registry.url", "mock://lane-test",
                        "specific.avro.reader", "true",
                        "value.subject.name.strategy", "TopicRecordNameStrategy");
                SERIALIZER.configure(serde, false);
                DESERIALIZER.configure(serde, false);
            }

            final MemoryLocalStore store;
            MemoryLocalStore older;
            final Follower<Command, Card, Card, Event> follower;
            final Lane<Command, Card, Card, Event> lane;
            boolean assigned;

            Instance(MemoryLocalStore store) {
                this.store = store;
                this.older = store.copy();
                Fold<Command, Card, Card, Event> fold = new Fold<>(DEFINITION, DESERIALIZER);
                follower = new Follower<>(DEFINITION, "", PARTITIONS, fold, store, kafka.consumer(random, 7), this);
                follower.start();
                lane = new Lane<>(
                        new Lane.Parts<>(
                                DEFINITION,
                                new LaneBatch.Contract("", TOPIC_ID, PARTITIONS, SERIALIZER, SERIALIZER),
                                fold,
                                store,
                                follower,
                                this,
                                kafka.consumer(random, 5),
                                this,
                                new LaneTimers<>(
                                        DEFINITION,
                                        "",
                                        kafka.sender(),
                                        () -> kafka.nowMs - CLOCK_BEHIND.toMillis(),
                                        () -> new UUID(random.nextLong(), random.nextLong())),
                                () -> kafka.nowMs * 1_000_000),
                        IntStream.range(0, PARTITIONS).boxed().toList());
            }

            void follow() {
                if (random.nextInt(20) == 0) {
                    older = store.copy();
                }
                follower.step(SimulatedKafka.AT_ONCE);
            }

            @Override
            public boolean owns() {
                return assigned;
            }

            @Override
            public Producer<String, byte[]> producer() {
                return kafka.producer("giftcard-decider-0", () -> {
                    Commit how = calm || random.nextInt(8) != 0
                            ? Commit.DONE
                            : random.nextBoolean() ? Commit.LOST : Commit.DONE_AND_NOT_TOLD;
                    unknownCommits += how == Commit.DONE ? 0 : 1;
                    return how;
                });
            }

            @Override
            public Map<TopicPartition, Long> ends(Collection<TopicPartition> logs) {
                return kafka.ends(logs);
            }

            @Override
            public boolean isAwaited(Answer answer) {
                return true;
            }

            @Override
            public void decided(int partition, Command command, Answer answer, Card state) {
                assertThat(state.known() || command instanceof Command.Expire)
                        .as("seed %d: an answer shows its own effect", seed)
                        .isTrue();
            }

            @Override
            public void changed(String view, String storeKey) {
                // Nobody waits.
            }

            @Override
            public void answered(int partition, Answer answer) {
                assertThat(new PartitionRows(partition, new Changes(store::get)).position())
                        .as("seed %d: answered when its events are folded", seed)
                        .isGreaterThanOrEqualTo(answer.eventPosition());
            }
        }

        private static final class GiftCardEvents {
            static Event read(ConsumerRecord<String, byte[]> record) {
                return new Fold<>(DEFINITION, Instance.DESERIALIZER)
                        .read(
                                record.topic(),
                                record.partition(),
                                record.offset(),
                                String.valueOf(record.key()),
                                record.headers(),
                                record.value())
                        .event();
            }
        }
    }
}
