package dev.mortar.notification;

import static dev.mortar.notification.Examples.CUSTOMER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.Actor;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

class ErasuresTest {

    private static final Actor OFFICE = new Actor(Actor.Type.BACK_OFFICE, "b1", null);
    private static final Actor SHOPPER = new Actor(Actor.Type.SHOPPER, CUSTOMER, null, "online-shop");
    private static final String SHA_256 = "ab".repeat(32);
    private static final Instant LONG_AGO = Instant.parse("2026-06-01T12:00:00Z");

    private final Map<String, Contact> contacts = new HashMap<>();
    private final Map<String, Erasure> topic = new HashMap<>();
    private final Erasures erasures =
            new Erasures(contacts::get, topic::get, topic::values, erasure -> topic.put(erasure.customerId(), erasure));

    @Test
    void recordsWhoAsksAndWhenTheProofIsDue() {
        contacts.put(CUSTOMER, contact(LONG_AGO));

        Erasure asked = erasures.request(CUSTOMER, SHOPPER);

        assertThat(topic).containsExactly(Map.entry(CUSTOMER, asked));
        assertThat(asked.requestedBy()).isEqualTo(SHOPPER);
        assertThat(asked.requestedAt()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        assertThat(asked.proofDueAt()).isEqualTo(asked.requestedAt().plus(Duration.ofHours(24)));
        assertThat(asked.provedAt()).isNull();
        assertThat(NotificationDefinition.ERASURE.read(NotificationDefinition.ERASURE.write(asked)))
                .isEqualTo(asked);
        assertThat(ErasureController.ErasureResponse.of(asked).proofDueAt()).isEqualTo(asked.proofDueAt());
    }

    @Test
    void anUnknownContactMayBeOnItsWayHereSoItsErasureIsRecorded() {
        assertThat(erasures.request(CUSTOMER, OFFICE)).isEqualTo(topic.get(CUSTOMER));
    }

    @Test
    void aRepeatDoesNotPutOffTheProof() {
        topic.put(CUSTOMER, asked(LONG_AGO));

        assertThat(erasures.request(CUSTOMER, OFFICE)).isEqualTo(asked(LONG_AGO));
        assertThat(topic).containsEntry(CUSTOMER, asked(LONG_AGO));
    }

    @Test
    void aNewContactAndAProofMakeTheNextRequestANewOne() {
        topic.put(CUSTOMER, asked(LONG_AGO));
        contacts.put(CUSTOMER, contact(LONG_AGO.plusSeconds(1)));
        assertThat(erasures.request(CUSTOMER, OFFICE).requestedAt()).isAfter(LONG_AGO);

        contacts.clear();
        topic.put(CUSTOMER, asked(LONG_AGO).proved(LONG_AGO.plusSeconds(9), SHA_256));
        Erasure again = erasures.request(CUSTOMER, OFFICE);
        assertThat(again.requestedAt()).isAfter(LONG_AGO);
        assertThat(again.proofSha256()).isNull();
    }

    @Test
    void recordsAProof() {
        topic.put(CUSTOMER, asked(LONG_AGO));

        Erasure proved = erasures.prove(CUSTOMER, LONG_AGO, SHA_256);

        assertThat(topic).containsEntry(CUSTOMER, proved);
        assertThat(proved.proofSha256()).isEqualTo(SHA_256);
        assertThat(proved.provedAt()).isAfter(LONG_AGO);
        assertThat(NotificationDefinition.ERASURE.read(NotificationDefinition.ERASURE.write(proved)))
                .isEqualTo(proved);
    }

    @Test
    void aProofIsOfOneErasure() {
        assertRefused(HttpStatus.NOT_FOUND, LONG_AGO);
        topic.put(CUSTOMER, asked(LONG_AGO));
        assertRefused(HttpStatus.CONFLICT, LONG_AGO.minusSeconds(1));

        contacts.put(CUSTOMER, contact(LONG_AGO));
        assertRefused(HttpStatus.CONFLICT, LONG_AGO);
        contacts.put(CUSTOMER, contact(LONG_AGO.plusSeconds(1)));
        assertThat(erasures.prove(CUSTOMER, LONG_AGO, SHA_256).proofSha256()).isEqualTo(SHA_256);
    }

    @Test
    void countsTheErasuresWithoutAProofAfterADay() {
        topic.put("c1", asked("c1", LONG_AGO));
        topic.put("c2", asked("c2", LONG_AGO));
        topic.put("c3", asked("c3", LONG_AGO).proved(LONG_AGO, SHA_256));
        topic.put("c4", asked("c4", Instant.now().minus(Duration.ofHours(23))));
        topic.put("c5", asked("c5", Instant.now().minus(Duration.ofHours(25))));
        contacts.put("c1", contact(LONG_AGO));
        contacts.put("c2", contact(LONG_AGO.plusSeconds(1)));

        assertThat(erasures.overdue())
                .as("c1 has the contact still, c2 gave one again, c5 is late")
                .isEqualTo(2);
    }

    private void assertRefused(HttpStatus status, Instant requestedAt) {
        Map<String, Erasure> before = Map.copyOf(topic);
        assertThatThrownBy(() -> erasures.prove(CUSTOMER, requestedAt, SHA_256))
                .asInstanceOf(InstanceOfAssertFactories.type(ResponseStatusException.class))
                .returns(status, ResponseStatusException::getStatusCode);
        assertThat(topic).isEqualTo(before);
    }

    private static Erasure asked(Instant at) {
        return asked(CUSTOMER, at);
    }

    private static Erasure asked(String customerId, Instant at) {
        return new Erasure(customerId, at, OFFICE, null, null);
    }

    private static Contact contact(Instant changedAt) {
        return new Contact("Ada", null, null, "en", true, null, changedAt);
    }
}
