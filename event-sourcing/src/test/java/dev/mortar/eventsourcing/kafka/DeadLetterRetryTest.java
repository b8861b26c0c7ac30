package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.DeadLetter.Source;
import dev.mortar.eventsourcing.kafka.GiftCard.Card;
import dev.mortar.eventsourcing.kafka.GiftCard.Command;
import dev.mortar.eventsourcing.kafka.GiftCard.Event;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands that became dead letters, sent to the real decider again. */
class DeadLetterRetryTest {
    private static final String ID = "card-of-5";
    private static final UUID COMMAND_ID = UUID.fromString("11111111-2222-5333-8444-555555555555");

    private final DeciderTestDriver<Command, Card, Card, Event> driver = new DeciderTestDriver<>(GiftCard.definition());

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void aRetriedCommandIsDecidedAlthoughItsSourceHasGoneOnSince() {
        driver.whenReacting(new Command.Charge(ID, 7), 12).then(new Event.Charged(ID, 7));

        var again = again(3, charge(5), headers(null, "0/10/0"));
        driver.whenBytes(again.key(), again.value(), again.headers()).then(new Event.Charged(ID, 5));
    }

    @Test
    void aSecondRetryChangesNothing() {
        var first = again(3, charge(5), headers(null, "0/10/0"));
        var second = again(4, charge(6), headers(null, "0/11/0"));
        driver.whenBytes(first.key(), first.value(), first.headers()).then(new Event.Charged(ID, 5));
        driver.whenBytes(second.key(), second.value(), second.headers()).then(new Event.Charged(ID, 6));

        driver.whenBytes(first.key(), first.value(), first.headers()).thenRepeated();
        driver.whenBytes(second.key(), second.value(), second.headers()).thenRepeated();
    }

    @Test
    void aRetryLeavesTheEventsOwnSourceWhereItIs() {
        var again = again(300, charge(5), headers(null, "0/10/0"));
        driver.whenBytes(again.key(), again.value(), again.headers()).then(new Event.Charged(ID, 5));

        driver.whenReacting(new Command.Charge(ID, 7), 12).then(new Event.Charged(ID, 7));
    }

    @Test
    void aRetryThatIsRejectedAgainIsANewLetterThatRefersToTheFirst() {
        driver.when(new Command.Charge(ID, 5));
        driver.eventsOfTimersAt(GiftCard.EXPIRES_AT.plusSeconds(1));

        var again = again(3, charge(5), headers(null, "0/10/0"));
        CommandHeaders.add(again.headers(), DeadLetter.RETRY_OF, "0/3");
        driver.whenBytes(again.key(), again.value(), again.headers()).thenDeadLetter("CardExpired");

        assertThat(CommandHeaders.text(again.headers(), DeadLetter.SOURCE)).isNull();
        Headers ofNext = DeadLetter.headers(again.headers(), new Source(null, "giftcard.commands", 0, 9), "rejected");
        DeadLetter next = letter(8, charge(5), ofNext);
        assertThat(next.retryOf()).isEqualTo("0/3");
        assertThat(next.source().offset()).isEqualTo(9);
    }

    @Test
    void aCommandWhoseSenderWasToldThatItWasRefusedStaysUndone() {
        assertThatThrownBy(() -> again(3, charge(5), headers("hash", null)))
                .hasMessageContaining("its sender knows that");
    }

    @Test
    void whatTheDeciderCouldNotReadIsNotSentAgain() {
        assertThatThrownBy(() -> again(3, bytes("not json"), headers(null, null)))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> again(
                        3, bytes("{\"type\":\"Charge\",\"cardId\":\"another\",\"amount\":1}"), headers(null, null)))
                .hasMessageContaining("the key is not the aggregate's id");
        assertThatThrownBy(() ->
                        again(3, charge(5), DeadLetter.headers(null, new Source(null, "giftcard.commands", 0, 1), "")))
                .hasMessageContaining("command-id is missing");
    }

    private static Headers headers(@Nullable String requestHash, @Nullable String source) {
        var at = source == null ? null : CommandHeaders.SourcePosition.parse("topic-id-of-a-source/" + source);
        Actor actor = Actor.system("test");
        var command =
                new CommandHeaders(COMMAND_ID, actor, null, "correlation", null, null, null, requestHash, at, null);
        return DeadLetter.headers(command.toHeaders(1), new Source(null, "giftcard.commands", 0, 1), "cause");
    }

    private static ProducerRecord<String, byte[]> again(long offset, byte[] value, Headers headers) {
        return DeadLetterStore.command(
                GiftCard.definition(),
                "giftcard.commands",
                record(offset, value, headers),
                letter(offset, value, headers).retrySource("letters"));
    }

    private static DeadLetter letter(long offset, byte[] value, Headers headers) {
        return Objects.requireNonNull(DeadLetter.of(record(offset, value, headers)));
    }

    private static ConsumerRecord<String, byte[]> record(long offset, byte[] value, Headers headers) {
        return new SimulatedKafka.Entry("giftcard.dead-letters", 0, offset, 0, ID, value, headers, null, false)
                .asConsumerRecord();
    }

    private static byte[] charge(long amount) {
        return Json.write(Command.class, new Command.Charge(ID, amount));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
