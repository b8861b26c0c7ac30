package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.DeadLetters.Place;
import dev.mortar.eventsourcing.kafka.Letter.State;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LettersTest {

    private static final String EVENTS = "till.events";
    private static final Actor OPERATOR = Actor.system("operator");

    private final Letters letters = new Letters();
    private long end;

    @Test
    void aLetterWaitsUntilItIsRetriedOrDiscarded() {
        Letter first = event("a", 10);
        Letter second = event("a", 11);
        Letter other = event("b", 12);
        assertThat(letters.waiting()).containsExactly(first, second, other);

        resolve(first, State.DISCARDED, "VOID");
        resolve(other, State.RETRIED, null);

        assertThat(letters.waiting()).containsExactly(second);
        assertThat(letters.waiting("till.events|a")).containsExactly(second);
        assertThat(letters.waiting("till.events|b")).isEmpty();
        assertThat(letters.waitingCount()).isOne();
        assertThat(letters.all())
                .extracting(Letter::state)
                .containsExactly(State.DISCARDED, State.WAITING, State.RETRIED);
        assertThat(letters.find(0, first.offset())).map(Letter::resolution).hasValueSatisfying(resolution -> {
            assertThat(resolution.by()).isEqualTo("SYSTEM operator");
            assertThat(resolution.reason()).isEqualTo("VOID");
        });
    }

    @Test
    void aRecordThatWasPutAsideTwiceIsOneLetter() {
        Letter first = event("a", 10);
        append(deadLetter("a", 10, "id-of-topic"));

        assertThat(letters.all()).containsExactly(first);
        resolve(first, State.RETRIED, null);
        assertThat(letters.waiting()).isEmpty();
    }

    @Test
    void aTopicMadeAnewHasOtherRecordsInTheSamePlaces() {
        event("a", 10);
        append(deadLetter("a", 10, "id-of-another-topic"));

        assertThat(letters.waitingCount()).isEqualTo(2);
    }

    @Test
    void whoComesFirstHasResolvedIt() {
        Letter letter = event("a", 10);
        resolve(letter, State.DISCARDED, "VOID");
        resolve(letter, State.RETRIED, null);

        assertThat(letters.find(0, letter.offset())).map(Letter::state).contains(State.DISCARDED);
    }

    @Test
    void whatIsNeitherLetterNorResolutionIsPassedOver() {
        append(record(null, "x".getBytes(StandardCharsets.UTF_8), new RecordHeaders()));
        Headers nonsense = new RecordHeaders();
        CommandHeaders.add(nonsense, DeadLetters.SOURCE, "nowhere");
        append(record("a", new byte[0], nonsense));
        Headers nothing = new RecordHeaders();
        CommandHeaders.add(nothing, DeadLetters.RESOLVED, "many");
        CommandHeaders.add(nothing, DeadLetters.RESOLVED_HOW, "RETRIED");
        CommandHeaders.add(nothing, DeadLetters.RESOLVED_BY, "SYSTEM operator");
        append(record("a", null, nothing));

        assertThat(letters.all()).isEmpty();
        assertThat(event("a", 10).state()).isEqualTo(State.WAITING);
    }

    @Test
    void aCommandIsShownByItsTypeAndStandsInTheLineOfItsAggregate() {
        Headers headers = DeadLetters.headers(
                CommandHeaders.ofTimer("giftcard", new UUID(0, 1)).toHeaders(1),
                new Place("giftcard.commands", 0, 7),
                "rejected");
        append(record("a", "{\"type\":\"Charge\"}".getBytes(StandardCharsets.UTF_8), headers));

        Letter letter = letters.all().getFirst();
        assertThat(letter.type()).isEqualTo("Charge");
        assertThat(letter.parkedName()).isNull();
        assertThat(letter.line()).isEqualTo("giftcard.commands|a");
    }

    @Test
    void everyKeyHasASourceOfItsOwnInWhichTheLettersOffsetCounts() {
        Letter first = event("a", 10);
        Letter other = event("b", 11);
        Letter second = event("a", 12);

        var ofFirst = DeadLetters.retrySource("topic", first);
        assertThat(DeadLetters.retrySource("topic", second).stream()).isEqualTo(ofFirst.stream());
        assertThat(DeadLetters.retrySource("topic", second).isAfter(ofFirst)).isTrue();
        assertThat(DeadLetters.retrySource("topic", other).stream()).isNotEqualTo(ofFirst.stream());
        assertThat(DeadLetters.retrySource("topic anew", first).stream()).isNotEqualTo(ofFirst.stream());
        assertThat(CommandHeaders.SourcePosition.parse(ofFirst.toString())).isEqualTo(ofFirst);
    }

    private Letter event(String key, long offset) {
        long place = append(deadLetter(key, offset, "id-of-topic"));
        return letters.find(0, place).orElseThrow();
    }

    private void resolve(Letter letter, State how, @Nullable String reason) {
        ProducerRecord<String, byte @Nullable []> resolved =
                DeadLetters.resolved("giftcard.dead-letters", letter, how, OPERATOR, reason);
        assertThat(resolved.partition()).isEqualTo(letter.partition());
        append(record(resolved.key(), resolved.value(), resolved.headers()));
    }

    private ConsumerRecord<String, byte @Nullable []> deadLetter(String key, long offset, String topicId) {
        Headers headers = DeadLetters.headers(null, new Place(EVENTS, 0, offset), "cause");
        CommandHeaders.add(headers, DeadLetters.SOURCE_TOPIC_ID, topicId);
        CommandHeaders.add(headers, ParkedKeys.PARKED, ParkedKeys.name(EVENTS, key));
        return record(key, new byte[] {1}, headers);
    }

    private ConsumerRecord<String, byte @Nullable []> record(
            @Nullable String key, byte @Nullable [] value, Headers headers) {
        return new ConsumerRecord<>(
                "giftcard.dead-letters",
                0,
                end,
                0,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                key,
                value,
                headers,
                Optional.empty());
    }

    private long append(ConsumerRecord<String, byte @Nullable []> record) {
        letters.learn(record);
        return end++;
    }
}
