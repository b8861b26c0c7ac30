package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.GiftCard.Card;
import dev.mortar.eventsourcing.kafka.GiftCard.Command;
import dev.mortar.eventsourcing.kafka.GiftCard.Event;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreReplayTest {
    private static final int PARTITIONS = 2;
    private static final ServiceDefinition<Command, Card, Card, Event> DEFINITION = GiftCard.definition();
    private static final AvroSerializer<SpecificRecord> SERIALIZER = TestSerdes.events("replay-test");
    private static final AvroDeserializer<SpecificRecord> DESERIALIZER = TestSerdes.deserializer("replay-test");

    private long nowMs = Instant.parse("2026-05-30T08:00:00Z").toEpochMilli();
    private final SimulatedKafka kafka = new SimulatedKafka(PARTITIONS, () -> this.nowMs);
    private final Fold<Command, Card, Card, Event> fold = new Fold<>(DEFINITION, DESERIALIZER, Duration.ofHours(24));
    private final Producer<String, byte[]> producer =
            SimulatedProducer.of(kafka, "giftcard-decider-0", new SimulatedProducer.Fate() {});
    private final MemoryLocalStore store = new MemoryLocalStore();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Consumer<String, byte[]> log =
            new SimulatedConsumer(kafka, () -> new Random(1), 5, true).asConsumer();
    private final Follower<Command, Card, Card, Event> follower =
            new Follower<>(DEFINITION, "", PARTITIONS, fold, store, log, new Follower.Listener() {});
    private long commands;

    @BeforeEach
    void trade() {
        producer.initTransactions();
        follower.start();
        for (int i = 0; i < 50; i++) {
            charge("card-" + i % 7);
        }
        follow();
    }

    private void charge(String card) {
        TopicPartition log = new TopicPartition(DEFINITION.commandsTopic(), kafka.home(card));
        UUID id = new UUID(1, ++commands);
        Actor actor = Actor.system("test");
        var headers = new CommandHeaders(id, actor, null, id.toString(), null, null, null, "hash", null, null);
        kafka.append(DEFINITION.record("", new Command.Charge(card, commands), headers));
        var contract = new LaneBatch.Contract("", "commands-1", PARTITIONS, SERIALIZER, SERIALIZER);
        LaneBatch<Command, Card, Card, Event> batch = new LaneBatch<>(DEFINITION, contract, fold, new RowCache(store));
        assertThat(batch.add(kafka.committed(log).getLast(), null)).isNull();
        producer.beginTransaction();
        batch.records().forEach(producer::send);
        producer.commitTransaction();
        kafka.writeMarkers();
        follow();
    }

    private void follow() {
        for (int i = 0; i < 20; i++) {
            follower.step(SimulatedConsumer.AT_ONCE);
        }
    }

    private boolean isSame(LocalStore checkpoint, LocalStore fresh) {
        return new StoreReplay<>(DEFINITION, "", fold, new PrintStream(said, true, StandardCharsets.UTF_8))
                .isSame(
                        checkpoint,
                        PARTITIONS,
                        fresh,
                        new SimulatedConsumer(kafka, () -> new Random(2), 9, true).asConsumer());
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aCheckpointIsTheFoldOfTheLogUpToItsOffsetsHoweverFarTheLogGoesOn(@TempDir Path folder) {
        MemoryLocalStore checkpoint = store.copy();
        charge("card-1");
        charge("a card of later");

        try (LocalStore fresh = new RocksLocalStore(folder.resolve("fresh"))) {
            assertThat(isSame(checkpoint, fresh)).as(said()).isTrue();
            assertThat(fresh.get("s|a card of later")).isNull();
        }
        assertThat(said()).contains("100 records folded").containsPattern("entries +7 same +0 different");
    }

    @Test
    void aCheckpointOnDiskIsReadAsItIs(@TempDir Path folder) {
        try (RocksLocalStore onDisk = new RocksLocalStore(folder.resolve("store"))) {
            store.range("", "~", Integer.MAX_VALUE).forEach(row -> onDisk.write(Map.of(row.key(), row.value())));
            onDisk.checkpoint(folder.resolve("checkpoint"));
        }
        try (LocalStore checkpoint = RocksLocalStore.readOnly(folder.resolve("checkpoint"))) {
            assertThat(isSame(checkpoint, new MemoryLocalStore())).as(said()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"e|card-3", "s|card-3", "p|1", "w|0", "d|", "v|", "i|", "h|"})
    void everyKindOfRowThatIsMissingIsFound(String prefix) {
        String key = store.range(prefix, prefix + "~", 1).getFirst().key();
        store.write(Collections.singletonMap(key, null));

        assertThat(isSame(store, new MemoryLocalStore())).isFalse();
        assertThat(said()).contains("is not the fold").contains(key).contains("store: nothing");
    }

    @Test
    void aChangedRowAndOneTooManyAreFound() {
        byte[] other = new Row.OfView<>(GiftCard.Card.class)
                .write(new Row<>("", 7, Instant.EPOCH, new GiftCard.Card(1, false, true)));
        store.write(Map.of("e|card-3", other, "e|card-9", new byte[0]));

        assertThat(isSame(store, new MemoryLocalStore())).isFalse();
        assertThat(said())
                .containsPattern("entries +6 same +2 different")
                .contains("store: sequence 7 {\"amount\":1")
                .contains("log:   nothing");
    }

    @Test
    void aMarkElsewhereIsFound() {
        String mark = store.range("m|0|", "m|0}", 1).getFirst().key();
        store.write(Map.of(mark, new byte[Long.BYTES + Integer.BYTES]));

        assertThat(isSame(store, new MemoryLocalStore())).isFalse();
        assertThat(said()).contains(mark);
    }

    @Test
    void twentyDifferencesAreShown() {
        for (int i = 0; i < 25; i++) {
            store.write(Map.of("e|z%02d".formatted(i), new byte[0]));
        }
        assertThat(isSame(store, new MemoryLocalStore())).isFalse();
        assertThat(said()).contains("e|z19").doesNotContain("e|z20").contains("and 5 more");
    }

    @Test
    void answersThatExpiredAreNotMissed() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            var replies = new TopicPartition(DEFINITION.repliesTopic(), partition);
            kafka.expire(replies, kafka.stableEnd(replies));
        }
        MemoryLocalStore fresh = new MemoryLocalStore();

        assertThat(isSame(store, fresh)).as(said()).isTrue();
        assertThat(fresh.range("r|", "r}", 10)).isEmpty();
        assertThat(store.range("r|", "r}", 100)).hasSize(50);
    }

    @Test
    void aLogThatEndsBeforeTheCheckpointTellsNothing() {
        SimulatedKafka other = new SimulatedKafka(PARTITIONS, () -> nowMs);
        StoreReplay<Command, Card, Card, Event> replay =
                new StoreReplay<>(DEFINITION, "", fold, new PrintStream(said, true, StandardCharsets.UTF_8));

        assertThatExceptionOfType(StoreReplay.CannotTell.class)
                .isThrownBy(() -> replay.isSame(
                        store,
                        PARTITIONS,
                        new MemoryLocalStore(),
                        new SimulatedConsumer(other, () -> new Random(2), 9, true).asConsumer()))
                .withMessageContaining("does not reach");
    }

    @Test
    void aDirectoryWithoutOffsetsTellsNothing() {
        assertThatExceptionOfType(StoreReplay.CannotTell.class)
                .isThrownBy(() -> isSame(new MemoryLocalStore(), new MemoryLocalStore()));
    }
}
