package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.kafka.GiftCard.Card;
import dev.mortar.eventsourcing.kafka.GiftCard.CardExpired;
import dev.mortar.eventsourcing.kafka.GiftCard.Command;
import dev.mortar.eventsourcing.kafka.GiftCard.Event;
import dev.mortar.eventsourcing.testkit.Approved;
import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.schemas.Money;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a lane decides the commands of its log, one after the other. */
class LaneDecisionTest {
    private static final String ID = "card-of-5";

    private final DeciderTestDriver<Command, Card, Card, Event> driver = new DeciderTestDriver<>(GiftCard.definition());

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void decidesAndReplies() {
        var outcome = driver.when(new Command.Charge(ID, 5));

        outcome.then(new Event.Charged(ID, 5));
        assertThat(outcome.reply(Card.class)).isEqualTo(new Card(5, false, true));
    }

    @Test
    void countsSequencesByAggregateAndPositionsByPartition() {
        List<Recorded<Event>> first = driver.when(new Command.Charge(ID, 5)).recorded();
        List<Recorded<Event>> other = driver.when(new Command.Charge("b", 1)).recorded();
        List<Recorded<Event>> second = driver.when(new Command.Charge(ID, 2)).recorded();

        assertThat(first).extracting(Recorded::sequence, Recorded::position).containsExactly(tuple(1, 1));
        assertThat(other).extracting(Recorded::sequence, Recorded::position).containsExactly(tuple(1, 2));
        assertThat(second).extracting(Recorded::sequence, Recorded::position).containsExactly(tuple(2, 3));
    }

    private static org.assertj.core.groups.Tuple tuple(long sequence, long position) {
        return new org.assertj.core.groups.Tuple(sequence, position);
    }

    @Test
    void answersARepeatedRequestFromMemory() {
        UUID id = UUID.randomUUID();
        driver.when(new Command.Charge(ID, 5), id).then(new Event.Charged(ID, 5));

        driver.when(new Command.Charge(ID, 5), id).thenRepeated();
    }

    @Test
    void aRepeatShowsThePresentState() {
        UUID id = UUID.randomUUID();
        driver.when(new Command.Charge(ID, 5), id);
        driver.when(new Command.Charge(ID, 2));

        assertThat(driver.when(new Command.Charge(ID, 5), id).reply(Card.class)).isEqualTo(new Card(7, false, true));
    }

    @Test
    void answersARepeatedRequestFromMemoryWhenTheBrokersClockWentBack() {
        UUID id = UUID.randomUUID();
        driver.when(new Command.Charge(ID, 5), id).then(new Event.Charged(ID, 5));

        driver.at(DeciderScenario.NOON.minusSeconds(1));
        driver.when(new Command.Charge(ID, 5), id).thenRepeated();
    }

    @Test
    void refusesACallerWhoDoesNotOwnTheObject() {
        Actor owner = new Actor(Actor.Type.SHOPPER, "owner of " + ID, null);
        Actor other = new Actor(Actor.Type.SHOPPER, "other", null);
        Set<Grant> own = Set.of(Grant.SHOPPER_OWN);
        driver.whenCalledBy(other, own, new Command.Charge(ID, 5)).then(new Event.Charged(ID, 5));

        driver.whenCalledBy(other, own, new Command.Charge(ID, 1)).thenRejected(new Refusal.Forbidden());
        driver.whenCalledBy(other, Set.of(), new Command.Charge(ID, 1)).thenRejected(new Refusal.Forbidden());
        driver.whenCalledBy(owner, own, new Command.Charge(ID, 1)).then(new Event.Charged(ID, 1));
    }

    @Test
    void recordsWhoSpokeForTheActor() {
        Actor shopper = new Actor(Actor.Type.SHOPPER, "c1", null, "online-shop");

        assertThat(driver.whenCalledBy(shopper, Set.of(Grant.SERVICE_FOR), new Command.Charge(ID, 5))
                        .recorded())
                .extracting(Recorded::actor)
                .containsExactly(shopper);
    }

    @Test
    void keepsSpacesInTheActorsOfCommands() {
        for (Actor actor :
                List.of(new Actor(Actor.Type.TILL, "Till 7", "shop 1"), new Actor(Actor.Type.SYSTEM, "100%20", null))) {
            assertThat(CommandHeaders.parseActor(CommandHeaders.actorText(actor)))
                    .isEqualTo(actor);
        }
    }

    @Test
    void refusesAnotherRequestUnderTheSameKey() {
        UUID id = UUID.randomUUID();
        driver.when(new Command.Charge(ID, 5), id).then(new Event.Charged(ID, 5));

        driver.when(new Command.Charge(ID, 6), id).thenRejected(new Refusal.KeyReused());
        driver.when(new Command.Charge(ID, 5), id).thenRepeated();
    }

    @Test
    void decidesOnlyAtTheSequenceThatTheRequestNames() {
        driver.when(new Command.Charge(ID, 5));

        driver.whenAtSequence(2, new Command.Charge(ID, 1)).thenRejected(new Refusal.SequenceMismatch(2, 1));
        driver.whenAtSequence(1, new Command.Charge(ID, 1)).then(new Event.Charged(ID, 1));
    }

    @Test
    void forgetsARequestAfterADay() {
        UUID id = UUID.randomUUID();
        List<Recorded<Event>> first = driver.when(new Command.Charge(ID, 0), id).recorded();

        driver.at(DeciderScenario.NOON.plus(Duration.ofHours(25)));
        List<Recorded<Event>> again = driver.when(new Command.Charge(ID, 0), id).recorded();

        assertThat(first).extracting(Recorded::event).containsExactly(new Event.Charged(ID, 0));
        assertThat(again).extracting(Recorded::event).containsExactly(new Event.Charged(ID, 0));
        assertThat(again.getFirst().eventId()).isNotEqualTo(first.getFirst().eventId());
    }

    @Test
    void decidesAnEventOfAProcessOnceForEver() {
        driver.whenReacting(new Command.Charge(ID, 5), 10).then(new Event.Charged(ID, 5));
        driver.whenReacting(new Command.Charge(ID, 7), 12).then(new Event.Charged(ID, 7));

        driver.at(DeciderScenario.NOON.plus(Duration.ofHours(1)));
        driver.whenReacting(new Command.Charge(ID, 5), 10).thenRepeated();
        driver.whenReacting(new Command.Charge(ID, 6), 11).thenRepeated();
        driver.whenReacting(new Command.Charge(ID, 1), 13).then(new Event.Charged(ID, 1));
    }

    @Test
    void replyOfARejectionCarriesItsData() {
        driver.when(new Command.Charge(ID, 5));
        driver.eventsOfTimersAt(GiftCard.EXPIRES_AT.plusSeconds(1));

        UUID id = UUID.randomUUID();
        driver.when(new Command.Charge(ID, 5), id).thenRejected(new CardExpired(ID));
        driver.when(new Command.Charge(ID, 5), id).thenRejected(new CardExpired(ID));
    }

    @Test
    void aRejectionNobodyWaitsForIsADeadLetter() {
        driver.when(new Command.Charge(ID, 5));
        driver.eventsOfTimersAt(GiftCard.EXPIRES_AT.plusSeconds(1));

        driver.whenReacting(new Command.Charge(ID, 5), 10).thenDeadLetter("CardExpired");
        driver.whenReacting(new Command.Charge(ID, 5), 10).thenRepeated();
    }

    @Test
    void timersOnlySendCommandsThatAreJudgedByTheLogsClock() {
        driver.when(new Command.Charge(ID, 5));

        assertThat(driver.eventsOfTimersAt(GiftCard.EXPIRES_AT.minusSeconds(5))).isEmpty();
        assertThat(driver.eventsOfTimersAt(GiftCard.EXPIRES_AT.plusSeconds(1))).containsExactly(new Event.Expired(ID));
        assertThat(driver.eventsOfTimersAt(GiftCard.EXPIRES_AT.plusSeconds(60))).isEmpty();
    }

    @Test
    void timersAreNotHeldUpByAnOldCommand() {
        driver.at(GiftCard.EXPIRES_AT.minus(Duration.ofHours(2)));
        driver.when(new Command.Charge(ID, 5));

        driver.whenAppendedAt(GiftCard.EXPIRES_AT.minus(Duration.ofHours(9)), new Command.Charge("other", 0));

        assertThat(driver.eventsOfTimersAt(GiftCard.EXPIRES_AT.plusSeconds(1))).containsExactly(new Event.Expired(ID));
    }

    @Test
    void whatCannotBeReadIsPutAside() {
        var headers = new RecordHeaders();
        driver.whenBytes(ID, "{}".getBytes(StandardCharsets.UTF_8), headers).thenDeadLetter("command-id is missing");

        CommandHeaders.ofTimer("test", UUID.randomUUID()).toHeaders(1).forEach(headers::add);
        driver.whenBytes(ID, "not json".getBytes(StandardCharsets.UTF_8), headers)
                .thenDeadLetter("unreadable");
        driver.whenBytes(ID, "{\"type\":\"Unheard\"}".getBytes(StandardCharsets.UTF_8), headers)
                .thenDeadLetter("unreadable");
        driver.whenBytes(ID, null, headers).thenDeadLetter("must have a key and a value");
        driver.whenBytes(
                        "another",
                        "{\"type\":\"Charge\",\"cardId\":\"x\",\"amount\":1}".getBytes(StandardCharsets.UTF_8),
                        headers)
                .thenDeadLetter("the key is not the aggregate's id");
        driver.when(new Command.Charge(ID, 5)).then(new Event.Charged(ID, 5));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"occurred-at, +900000000-01-01T00:00:00Z", "expected-sequence, many", "source, here"})
    void headersThatCannotBeFollowedPutACommandAside(String name, String text) {
        var headers = CommandHeaders.ofTimer("test", UUID.randomUUID()).toHeaders(1);
        headers.add(name, text.getBytes(StandardCharsets.UTF_8));

        driver.whenBytes(
                        ID,
                        "{\"type\":\"Charge\",\"cardId\":\"%s\",\"amount\":5}"
                                .formatted(ID)
                                .getBytes(StandardCharsets.UTF_8),
                        headers)
                .thenDeadLetter("unreadable");
        driver.when(new Command.Charge(ID, 5)).then(new Event.Charged(ID, 5));
    }

    @Test
    void aRequestThatCannotBeReadIsAnswered() {
        var headers = CommandHeaders.ofTimer("test", UUID.randomUUID()).toHeaders(1);
        headers.add("request-hash", "hash".getBytes(StandardCharsets.UTF_8));

        var outcome = driver.whenBytes(ID, "not json".getBytes(StandardCharsets.UTF_8), headers);

        outcome.thenDeadLetter("unreadable");
        outcome.thenRejected(new Refusal.UnreadableCommand());
    }

    @Test
    void aBugStopsThePartition() {
        assertThatThrownBy(() -> driver.when(new Command.Crash(ID))).hasMessageContaining("a bug");
    }

    @Test
    void publishesTheStatesThatAViewShows() {
        var definition = GiftCard.definition()
                .view(
                        View.ofState("left", Card.class),
                        "giftcard.left",
                        (key, card, sequence, changedAt) -> new Money(card.amount(), "EUR"));
        var views = new ViewTestDriver<>(definition);
        try (var decider = new DeciderTestDriver<>(definition)) {
            decider.when(new Command.Charge(ID, 5));
            decider.when(new Command.Charge("b", 1));
            decider.whenReacting(new Command.Charge(ID, 2));

            views.given(ID, new Event.Charged(ID, 5)).given("b", new Event.Charged("b", 1));
            views.given(ID, new Event.Charged(ID, 2));
            assertThat(decider.published("giftcard.left"))
                    .isEqualTo(views.published("giftcard.left"))
                    .extracting(ViewTestDriver.State::value)
                    .containsExactly(new Money(5L, "EUR"), new Money(1L, "EUR"), new Money(7L, "EUR"));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyDriveLeavesTheFoldOfItsLog(long seed) {
        Random random = new Random(seed);
        Instant now = DeciderScenario.NOON;
        for (int step = 0; step < 120; step++) {
            now = now.plus(Duration.ofMinutes(random.nextInt(600)));
            driver.at(now);
            String card = "card-of-" + random.nextInt(4);
            switch (random.nextInt(4)) {
                case 0 -> driver.when(new Command.Expire(card));
                case 1 -> driver.whenReacting(new Command.Charge(card, random.nextInt(3)));
                default -> driver.when(new Command.Charge(card, random.nextInt(3)));
            }
        }
    }

    @Test
    void aMarkOfAllSourcesAfterTheLastCommandIsFoldedTheSameInAnyOrder() {
        driver.whenReacting(new Command.Charge(ID, 0));
        driver.at(DeciderScenario.NOON.plus(Duration.ofHours(7)));
        List<ConsumerRecord<String, byte[]>> events = driver.kafka.committed(new TopicPartition("giftcard.events", 0));
        List<ConsumerRecord<String, byte[]>> replies =
                driver.kafka.committed(new TopicPartition("giftcard.replies", 0));
        MemoryLocalStore store = new MemoryLocalStore();
        Changes changes = new Changes(store::get);

        replies.forEach(reply -> driver.fold.reply(reply, changes));
        events.forEach(event -> driver.fold.event(event, changes, (view, row) -> {}));

        new RowCache(store).write(List.of(RowCache.Written.of(changes)));
        assertThat(replies).isNotEmpty();
        assertThat(store.range("m|", "m}", 2))
                .singleElement()
                .satisfies(mark -> assertThat(mark.value()).isEqualTo(driver.store.get(mark.key())));
        assertThat(store.get("o|0|topic-id-of-a-source|0")).isNotNull();
    }

    @Test
    void aTopicThatWasMadeAgainHasAMarkOfItsOwn() {
        PartitionRows rows = new PartitionRows(0, new Changes(new MemoryLocalStore()::get));
        rows.mark(new Mark("made again", 5, 1, List.of()));
        // Replies are folded later than events, and these are of the topic before.
        rows.mark(new Mark("before", 99, 0, List.of()));
        rows.mark(new Mark("made again", 3, 1, List.of()));

        assertThat(rows.mark("made again")).isEqualTo(new Mark("made again", 5, 1, List.of()));
    }

    @Test
    void anEventThatIsTooLargeToBeWrittenMakesADeadLetter() {
        String id = "x".repeat(9 << 20);

        driver.when(new Command.Charge(id, 5)).thenDeadLetter("bytes; the maximum is");
        driver.when(new Command.Charge(ID, 5)).then(new Event.Charged(ID, 5));
    }

    @Test
    void aDriveFailsWhenTheStoreIsNotTheFoldOfTheLog() {
        var wrong = new DeciderTestDriver<>(GiftCard.definition());
        wrong.when(new Command.Charge(ID, 5));
        wrong.store.write(Map.of("e|" + ID, Json.write(Card.class, new Card(6, false, true))));

        assertThatThrownBy(wrong::close).hasMessageContaining("e|" + ID);
    }

    @Test
    void anEventThatComesAgainDoesNotFitTheStore() {
        driver.when(new Command.Charge(ID, 5));
        ConsumerRecord<String, byte[]> again =
                driver.kafka.committed(new TopicPartition("giftcard.events", 0)).getFirst();

        assertThatThrownBy(() -> driver.fold.event(again, new Changes(driver.store::get), (view, row) -> {}))
                .isInstanceOf(Fold.LogDoesNotFit.class)
                .hasMessageContaining("position 1");
    }

    @Test
    void theDefinitionIsAsApproved() {
        Approved.matches("definition.txt", GiftCard.definition().describe());
    }
}
