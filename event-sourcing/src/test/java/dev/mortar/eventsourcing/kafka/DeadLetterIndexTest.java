package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.DeadLetter.Resolution;
import dev.mortar.eventsourcing.kafka.DeadLetter.Source;
import dev.mortar.eventsourcing.kafka.DeadLetter.State;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLetterIndexTest {
    private static final String EVENTS = "till.events";

    private final DeadLetterIndex letters = new DeadLetterIndex();
    private long end;

    @Test
    void aLetterWaitsUntilItIsRetriedOrDiscarded() {
        DeadLetter first = event("a", 10);
        DeadLetter second = event("a", 11);
        DeadLetter other = event("b", 12);
        assertThat(letters.waiting()).containsExactly(first, second, other);

        resolve(first, State.DISCARDED, "VOID");
        resolve(other, State.RETRIED, null);

        assertThat(letters.waiting()).containsExactly(second);
        assertThat(letters.waiting("till.events|a")).containsExactly(second);
        assertThat(letters.waiting("till.events|b")).isEmpty();
        assertThat(letters.all())
                .extracting(DeadLetter::state)
                .containsExactly(State.DISCARDED, State.WAITING, State.RETRIED);
        assertThat(letters.find(first.id()).orElseThrow().resolution())
                .isEqualTo(new Resolution(State.DISCARDED, "SYSTEM operator", Instant.EPOCH, "VOID"));
    }

    @Test
    void aRecordThatWasPutAsideTwiceIsOneLetter() {
        DeadLetter first = event("a", 10);
        append(deadLetter("a", 10, "id-of-topic"));

        assertThat(letters.all()).containsExactly(first);
        resolve(first, State.RETRIED, null);
        assertThat(letters.waiting()).isEmpty();
    }

    @Test
    void aTopicThatWasCreatedAgainHasOtherRecordsAtTheSameOffsets() {
        event("a", 10);
        append(deadLetter("a", 10, "id-of-another-topic"));

        assertThat(letters.waiting()).hasSize(2);
    }

    @Test
    void theFirstResolutionCounts() {
        DeadLetter letter = event("a", 10);
        resolve(letter, State.DISCARDED, "VOID");
        resolve(letter, State.RETRIED, null);

        assertThat(letters.find(letter.id())).map(DeadLetter::state).contains(State.DISCARDED);
    }

    @Test
    void otherRecordsChangeNothing() {
        append(record(null, "x".getBytes(StandardCharsets.UTF_8), new RecordHeaders()));
        Headers nonsense = new RecordHeaders();
        CommandHeaders.add(nonsense, DeadLetter.SOURCE, "nowhere");
        append(record("a", new byte[0], nonsense));
        Headers nothing = new RecordHeaders();
        CommandHeaders.add(nothing, "dead-letter-resolved", "many");
        CommandHeaders.add(nothing, "dead-letter-resolved-how", "RETRIED");
        CommandHeaders.add(nothing, "dead-letter-resolved-by", "SYSTEM operator");
        append(record("a", null, nothing));

        assertThat(letters.all()).isEmpty();
        assertThat(event("a", 10).state()).isEqualTo(State.WAITING);
    }

    @Test
    void aCommandHasItsTypeAndTheSourceKeyOfItsAggregate() {
        Headers headers = DeadLetter.headers(
                CommandHeaders.ofTimer("giftcard", new UUID(0, 1)).toHeaders(1),
                new Source(null, "giftcard.commands", 0, 7),
                "rejected");
        append(record("a", "{\"type\":\"Charge\"}".getBytes(StandardCharsets.UTF_8), headers));

        DeadLetter letter = letters.all().getFirst();
        assertThat(letter.type()).isEqualTo("Charge");
        assertThat(letter.event()).isFalse();
        assertThat(letter.sourceKey()).isEqualTo("giftcard.commands|a");
    }

    @Test
    void everyKeyHasARetrySourceOfItsOwnInWhichTheOffsetOfTheLetterCounts() {
        DeadLetter first = event("a", 10);
        DeadLetter other = event("b", 11);
        DeadLetter second = event("a", 12);

        var ofFirst = first.retrySource("topic");
        assertThat(second.retrySource("topic").stream()).isEqualTo(ofFirst.stream());
        assertThat(second.retrySource("topic").isAfter(ofFirst)).isTrue();
        assertThat(other.retrySource("topic").stream()).isNotEqualTo(ofFirst.stream());
        assertThat(first.retrySource("topic created again").stream()).isNotEqualTo(ofFirst.stream());
        assertThat(CommandHeaders.SourcePosition.parse(ofFirst.toString())).isEqualTo(ofFirst);
    }

    private DeadLetter event(String key, long offset) {
        long place = append(deadLetter(key, offset, "id-of-topic"));
        return letters.find("0/" + place).orElseThrow();
    }

    private void resolve(DeadLetter letter, State how, @Nullable String reason) {
        ProducerRecord<String, byte[]> resolution = letter.resolved(
                        Resolution.now(how, Actor.system("operator"), reason))
                .resolution("giftcard.dead-letters");
        assertThat(resolution.partition()).isEqualTo(letter.partition());
        append(record(resolution.key(), resolution.value(), resolution.headers()));
    }

    private ConsumerRecord<String, byte[]> deadLetter(String key, long offset, String topicId) {
        Headers headers = DeadLetter.headers(null, new Source(topicId, EVENTS, 0, offset), "cause");
        CommandHeaders.add(headers, DeadLetter.PARKED_KEY, DeadLetter.sourceKey(EVENTS, key));
        return record(key, new byte[] {1}, headers);
    }

    private ConsumerRecord<String, byte[]> record(@Nullable String key, byte @Nullable [] value, Headers headers) {
        return new SimulatedKafka.Entry("giftcard.dead-letters", 0, end, 0, key, value, headers, null, false)
                .asConsumerRecord();
    }

    private long append(ConsumerRecord<String, byte[]> record) {
        letters.learn(record);
        return end++;
    }
}
