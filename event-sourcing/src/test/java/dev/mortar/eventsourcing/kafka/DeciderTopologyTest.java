package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.kafka.GiftCard.Card;
import dev.mortar.eventsourcing.kafka.GiftCard.CardExpired;
import dev.mortar.eventsourcing.kafka.GiftCard.Command;
import dev.mortar.eventsourcing.kafka.GiftCard.Event;
import dev.mortar.eventsourcing.testkit.Approved;
import dev.mortar.eventsourcing.testkit.DeciderScenario;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeciderTopologyTest {

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
    void answersARepeatedRequestFromMemoryWhenTheBrokersClockWentBack() {
        UUID id = UUID.randomUUID();
        driver.when(new Command.Charge(ID, 5), id).then(new Event.Charged(ID, 5));

        driver.at(DeciderScenario.NOON.minusSeconds(1));
        driver.when(new Command.Charge(ID, 5), id).thenRepeated();
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

        driver.when(new Command.Charge(ID, 6), id).thenRejected(new ReplyRecord.KeyReused());
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

        driver.when(new Command.Charge(ID, 5)).thenRejected(new CardExpired(ID));
    }

    @Test
    void aRejectionNobodyWaitsForIsADeadLetter() {
        driver.when(new Command.Charge(ID, 5));
        driver.eventsOfTimersAt(GiftCard.EXPIRES_AT.plusSeconds(1));

        driver.whenReacting(new Command.Charge(ID, 5)).thenDeadLetter("CardExpired");
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

        CommandHeaders.ofTimer("test", UUID.randomUUID()).toHeaders().forEach(headers::add);
        driver.whenBytes(ID, "not json".getBytes(StandardCharsets.UTF_8), headers)
                .thenDeadLetter("unreadable");
        driver.whenBytes(ID, "{\"type\":\"Unheard\"}".getBytes(StandardCharsets.UTF_8), headers)
                .thenDeadLetter("unreadable");
        driver.whenBytes(
                        "another",
                        "{\"type\":\"Charge\",\"cardId\":\"x\",\"amount\":1}".getBytes(StandardCharsets.UTF_8),
                        headers)
                .thenDeadLetter("the key is not the aggregate's id");
        driver.when(new Command.Charge(ID, 5)).then(new Event.Charged(ID, 5));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "reply-to, nowhere",
        "reply-to, |nobody",
        "reply-to, 1|in a partition there is not",
        "reply-to, -1|neither",
        "occurred-at, +900000000-01-01T00:00:00Z",
        "expected-sequence, many",
        "source, here"
    })
    void headersThatCannotBeFollowedPutACommandAside(String name, String text) {
        var headers = CommandHeaders.ofTimer("test", UUID.randomUUID()).toHeaders();
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
    void aBugStopsTheTask() {
        assertThatThrownBy(() -> driver.when(new Command.Crash(ID))).hasStackTraceContaining("a bug");
    }

    @Test
    void topologyIsAsApproved() {
        Approved.matches(
                "topologies/decider.txt",
                DeciderTestDriver.topology(GiftCard.definition()).describe().toString());
        Approved.matches(
                "topologies/views.txt",
                ViewTestDriver.topology(GiftCard.definition()).describe().toString());
    }
}
