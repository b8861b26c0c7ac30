package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.NameBasedId;
import dev.mortar.eventsourcing.kafka.CommandHeaders.SourcePosition;
import dev.mortar.eventsourcing.kafka.GiftCard.Card;
import dev.mortar.eventsourcing.kafka.GiftCard.Command;
import dev.mortar.eventsourcing.kafka.GiftCard.Event;
import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.EventMeta;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTest {

    private static final int RUNS = 8;
    private static final int STEPS = 120;
    private static final List<String> CARDS = List.of("card-of-1", "card-of-2", "card-of-3", "card|4");
    private static final String TOPIC_ID = "topic-id";

    private final ServiceDefinition<Command, Card, Card, Event> definition = GiftCard.definition();

    @Test
    void leavesWhatTheDeciderLeft() {
        long first = Long.getLong("mortar.seed", 1);
        for (long seed = first; seed < first + RUNS; seed++) {
            try (var driver = new DeciderTestDriver<>(definition)) {
                drive(driver, new Random(seed));
                Replay<Command, Card, Card, Event> replay = driver.replayed();

                assertThat(replay.events()).as("events, -Dmortar.seed=%s", seed).isPositive();
                assertThat(differences(replay.contents(), driver.stored()))
                        .as("-Dmortar.seed=%s", seed)
                        .isEmpty();
                assertThat(replay.contents().keySet().stream().map(key -> key.substring(0, 2)))
                        .as("kinds of keys, -Dmortar.seed=%s", seed)
                        .contains("e|", "s|", "p|");
            }
        }
    }

    private static void drive(DeciderTestDriver<Command, Card, Card, Event> driver, Random random) {
        Instant now = DeciderScenario.NOON;
        for (int step = 0; step < STEPS; step++) {
            now = now.plus(Duration.ofMinutes(random.nextInt(15)));
            driver.at(now);
            String card = CARDS.get(random.nextInt(CARDS.size()));
            switch (random.nextInt(4)) {
                case 0 -> driver.when(new Command.Expire(card));
                case 1 -> driver.whenReacting(new Command.Charge(card, random.nextInt(3)));
                default -> driver.when(new Command.Charge(card, random.nextInt(3)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"e|card-of-5", "s|card-of-5", "p|", "d|"})
    void findsAChangedALostAndAForeignValueUnderEveryKindOfKey(String prefix) {
        try (var driver = new DeciderTestDriver<>(definition)) {
            driver.when(new Command.Charge("card-of-5", 5));
            Map<String, byte[]> stored = driver.stored();
            Map<String, byte[]> events = driver.replayed().contents();
            String key = stored.keySet().stream()
                    .filter(each -> each.startsWith(prefix))
                    .findAny()
                    .orElseThrow();
            byte[] value = Objects.requireNonNull(stored.get(key));
            assertThat(differences(events, stored)).isEmpty();

            assertDifference(events, with(stored, key, null), key);
            assertDifference(events, with(stored, key + "1", value), key + "1");
            assertDifference(events, with(stored, key, changed(value)), key);
        }
    }

    private static byte[] changed(byte[] value) {
        byte[] changed = Arrays.copyOf(value, Math.max(1, value.length));
        // In JSON it makes another amount, in a number another number.
        int at = new String(value, StandardCharsets.ISO_8859_1).lastIndexOf('5');
        changed[at < 0 ? changed.length - 1 : at]++;
        return changed;
    }

    @Test
    void theFormOfAnEntryIsNoDifference() {
        Map<String, byte[]> events = Map.of("e|a", json("{\"amount\":5,\"expired\":false,\"known\":true}"));

        assertThat(differences(events, Map.of("e|a", json("{ \"known\": true, \"expired\": false, \"amount\": 5 }"))))
                .isEmpty();
        assertThat(differences(events, Map.of("e|a", json("{\"amount\":5}"))))
                .singleElement()
                .asString()
                .contains("e|a", "\"known\":true", "{\"amount\":5}");
        assertThat(differences(events, Map.of("e|a", json("no JSON")))).hasSize(1);
    }

    @Test
    void theStoreHasToKnowTheSourcesOfItsEventsAndMayKnowLaterOnes() {
        var replay = new Replay<>(definition);
        UUID cause = UUID.randomUUID();
        UUID command = NameBasedId.of(cause, "giftcard-process/2");
        replay.add("a", charged("a", command, cause, 0, 1, 1, 1));
        replay.unplaced().forEach(caused -> replay.decided(caused, TOPIC_ID, 3, 70));
        String key = "o|" + TOPIC_ID + "|3";

        assertDifference(replay.contents(), with(replay.contents(), key, null), key);
        assertDifference(replay.contents(), with(replay.contents(), key, position(69, 9)), key);
        assertDifference(replay.contents(), with(replay.contents(), key, position(70, 1)), key);
        assertThat(differences(replay.contents(), with(replay.contents(), key, position(70, 2))))
                .isEmpty();
        assertThat(differences(replay.contents(), with(replay.contents(), key, position(71, 0))))
                .isEmpty();
        assertThat(replay.unplaced()).isEmpty();
    }

    @Test
    void theDeadlineOfAnEntryThatNobodyReadGoesWithIt() {
        Map<String, byte[]> contents = new HashMap<>();
        var store = DeciderStore.inMemory(contents);
        var stored = new StoredState<>(definition, store);
        stored.save("a", stored.entries(), new Card(5, false, true), 1, 1);
        store.flush();
        assertThat(contents.keySet()).anyMatch(key -> key.startsWith("d|"));

        stored.save("a", stored.entries(), new Card(0, true, true), 2, 2);
        store.flush();

        assertThat(contents.keySet()).noneMatch(key -> key.startsWith("d|"));
    }

    @Test
    void theHighestPositionOfASourceCounts() {
        var replay = new Replay<>(definition);
        replay.decided(new SourcePosition(TOPIC_ID, 0, 5, 1));
        replay.decided(new SourcePosition(TOPIC_ID, 0, 5, 0));
        replay.decided(new SourcePosition(TOPIC_ID, 0, 4, 9));

        assertThat(replay.contents()).containsOnlyKeys("o|" + TOPIC_ID + "|0");
        assertThat(replay.contents().values()).containsExactly(position(5, 1));
    }

    @Test
    void eventsOfOneCommandAreSavedTogether() {
        var replay = new Replay<>(definition);
        UUID command = UUID.randomUUID();

        replay.add("a", charged("a", command, null, 0, 2, 1, 1));
        assertThat(replay.contents()).isEmpty();
        assertThat(replay.position()).isEqualTo(1);
        replay.add("a", charged("a", command, null, 1, 2, 2, 2));
        assertThat(replay.contents()).containsKeys("e|a", "s|a", "p|");
        assertThat(replay.aggregates()).isEqualTo(1);
    }

    @Test
    void aDamagedLogIsNotFolded() {
        UUID command = UUID.randomUUID();
        assertRefused(charged("a", command, null, 0, 1, 2, 1), "sequence");
        assertRefused(charged("a", command, null, 0, 1, 1, 2), "position");
        assertRefused(charged("a", command, null, 1, 2, 1, 1), "event 0");
        var replay = new Replay<>(definition);
        replay.add("a", charged("a", command, null, 0, 2, 1, 1));
        assertThatThrownBy(() -> replay.add("a", charged("a", UUID.randomUUID(), null, 1, 2, 2, 2)))
                .hasMessageContaining("The log is damaged");
    }

    private void assertRefused(SpecificRecord event, String why) {
        assertThatThrownBy(() -> new Replay<>(definition).add("a", event))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("The log is damaged")
                .hasMessageContaining(why);
    }

    private SpecificRecord charged(
            String card, UUID command, @Nullable UUID cause, int index, int count, long sequence, long position) {
        return Objects.requireNonNull(definition.writer)
                .write(
                        new Event.Charged(card, 5),
                        EventMeta.newBuilder()
                                .setEventId(NameBasedId.of(command, Integer.toString(index)))
                                .setIndex(index)
                                .setCount(count)
                                .setSequence(sequence)
                                .setPosition(position)
                                .setOccurredAt(DeciderScenario.NOON)
                                .setRecordedAt(DeciderScenario.NOON)
                                .setCommandId(command)
                                .setCausationId(cause)
                                .setCorrelationId("c")
                                .setActor(Actor.newBuilder()
                                        .setType(ActorType.SYSTEM)
                                        .setId("test")
                                        .setLocationId(null)
                                        .build())
                                .build());
    }

    private static void assertDifference(Map<String, byte[]> events, Map<String, byte[]> store, String key) {
        assertThat(differences(events, store)).extracting(StoreDifference::key).containsExactly(key);
    }

    private static List<StoreDifference> differences(Map<String, byte[]> events, Map<String, byte[]> store) {
        return StoreDifference.between(events, store, Card.class);
    }

    private static Map<String, byte[]> with(Map<String, byte[]> store, String key, byte @Nullable [] value) {
        Map<String, byte[]> changed = new HashMap<>(store);
        if (value == null) {
            changed.remove(key);
        } else {
            changed.put(key, value);
        }
        return changed;
    }

    private static byte[] position(long offset, int index) {
        return ByteBuffer.allocate(12).putLong(offset).putInt(index).array();
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
