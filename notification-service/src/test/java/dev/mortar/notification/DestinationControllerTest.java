package dev.mortar.notification;

import static dev.mortar.notification.Examples.CUSTOMER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.AccessDenied;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.eventsourcing.Role;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.notification.DestinationController.DestinationRequest;
import dev.mortar.notification.NotificationDefinition.PublishedContact;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

class DestinationControllerTest {

    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();
    private static final Instant LONG_AGO = Instant.parse("2026-06-01T12:00:00Z");
    private static final Contact ADA = new Contact("Ada", null, null, "is", true, null, LONG_AGO);
    private static final DestinationRequest HOME = request("IS", "Laugavegur 1");
    private static final Caller SHOPPER = shopper(CUSTOMER);

    private final Map<String, Contact> topic = new HashMap<>(Map.of(CUSTOMER, ADA));
    private final Map<String, Erasure> erasures = new HashMap<>();
    private final List<@Nullable Contact> written = new ArrayList<>();

    /** Runs after each write, as another instance. */
    private Runnable otherInstance = () -> {};

    private final ContactChanges changes = new ContactChanges(topic::get, erasures::get, this::write);
    private final DestinationController controller = new DestinationController(changes);

    private void write(String customerId, @Nullable Contact contact) {
        written.add(contact);
        if (contact == null) {
            topic.remove(customerId);
        } else {
            var published = new PublishedContact(customerId, contact);
            topic.put(
                    customerId,
                    NotificationDefinition.CONTACT
                            .read(NotificationDefinition.CONTACT.write(published))
                            .contact());
        }
        otherInstance.run();
    }

    private Contact contact() {
        return Objects.requireNonNull(topic.get(CUSTOMER));
    }

    @Test
    void aDestinationIsPartOfTheContact() {
        Destination home = controller.put(CUSTOMER, "home", SHOPPER, HOME);
        Destination work = controller.put(CUSTOMER, "work", SHOPPER, request("NO", "Storgata 1", "c/o Ada"));

        Contact contact = contact();
        assertThat(contact.destinations()).containsExactly(home, work);
        assertThat(contact.name()).isEqualTo("Ada");
        assertThat(contact.changedAt()).isAfter(LONG_AGO);
        assertThat(contact.destination("work")).isEqualTo(work);
        assertThat(contact.toString() + home).doesNotContain("Ada", "Laugavegur");

        controller.delete(CUSTOMER, "home", SHOPPER);
        assertThat(contact().destinations()).containsExactly(work);
    }

    @Test
    void aRepeatWritesNothing() {
        controller.put(CUSTOMER, "home", SHOPPER, HOME);
        controller.put(CUSTOMER, "home", SHOPPER, HOME);
        assertThat(written).hasSize(1);

        controller.put(CUSTOMER, "home", SHOPPER, request("IS", "Laugavegur 2"));
        assertThat(contact().destinations()).hasSize(1);

        controller.delete(CUSTOMER, "home", SHOPPER);
        controller.delete(CUSTOMER, "home", SHOPPER);
        assertThat(written).hasSize(3);
    }

    @Test
    void aDestinationNeedsAContact() {
        topic.clear();

        assertRefused(HttpStatus.NOT_FOUND, "There is no contact of this customer. Set the contact first.");
        controller.delete(CUSTOMER, "home", SHOPPER);
        assertThat(written).isEmpty();
    }

    @Test
    void onlyTheShopperOrTheRetailerChangesADestination() {
        assertThatThrownBy(() -> controller.put(CUSTOMER, "home", shopper("customer-8"), HOME))
                .isInstanceOf(AccessDenied.class);
        assertThatThrownBy(() -> controller.delete(CUSTOMER, "home", shopper("customer-8")))
                .isInstanceOf(AccessDenied.class);
    }

    @Test
    void aShopperHasAtMostFiftyDestinations() {
        for (int i = 0; i < Contact.DESTINATIONS_MAX; i++) {
            controller.put(CUSTOMER, "d" + i, SHOPPER, HOME);
        }
        assertRefused(HttpStatus.CONFLICT, "The customer has 50 destinations. Delete one first.");
        controller.put(CUSTOMER, "d7", SHOPPER, request("IS", "Laugavegur 7"));
        assertThat(contact().destinations()).hasSize(50);
    }

    @Test
    void theTombstoneOfTheContactErasesItsDestinations() {
        controller.put(CUSTOMER, "home", SHOPPER, HOME);

        changes.erase(CUSTOMER);

        assertThat(topic).isEmpty();
        changes.change(CUSTOMER, before -> {
            assertThat(before).isNull();
            return ADA;
        });
        assertThat(contact().destinations()).isEmpty();
    }

    @Test
    void anotherInstanceThatWinsIsNamed() {
        otherInstance = () -> topic.put(CUSTOMER, ADA);

        assertRefused(
                HttpStatus.CONFLICT, "The contact was changed at the same time. Read it and send the request again.");
    }

    @Test
    void aChangeDoesNotBringBackAnErasedContact() {
        var erasure = new Erasure(
                CUSTOMER, LONG_AGO.plusSeconds(1), new Actor(Actor.Type.BACK_OFFICE, "b1", null), null, null);
        otherInstance = () -> erasures.put(CUSTOMER, erasure);

        assertRefused(
                HttpStatus.CONFLICT, "The contact was changed at the same time. Read it and send the request again.");
        assertThat(written).hasSize(2).endsWith((Contact) null);

        topic.put(CUSTOMER, ADA);
        assertRefused(HttpStatus.NOT_FOUND, "There is no contact of this customer. Set the contact first.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "is", "ISL", "XX", "UK"})
    void refusesAnUnknownCountry(String country) {
        assertInvalid("country", request(country, "Laugavegur 1"));
    }

    @Test
    void refusesAnAddressWithoutLinesOrWithOddOnes() {
        assertInvalid("addressLines", request("IS"));
        assertInvalid("addressLines", request("IS", "1", "2", "3", "4", "5", "6"));
        for (String line : List.of(" ", "a\nb", "a".repeat(201))) {
            assertInvalid("addressLines[1]", request("IS", "Laugavegur 1", line));
        }
        assertInvalid("addressLines", new DestinationRequest("Ada", missing(), null, "IS", null));
        assertInvalid("name", new DestinationRequest(" ", List.of("Laugavegur 1"), null, "IS", null));
        assertInvalid("postalCode", new DestinationRequest("Ada", List.of("Laugavegur 1"), " ", "IS", null));
        assertInvalid("instructions", new DestinationRequest("Ada", List.of("Laugavegur 1"), null, "IS", ""));
    }

    @SuppressWarnings("NullAway")
    private static List<String> missing() {
        return null;
    }

    private void assertRefused(HttpStatus status, String reason) {
        assertThatThrownBy(() -> controller.put(CUSTOMER, "another", SHOPPER, HOME))
                .asInstanceOf(InstanceOfAssertFactories.type(ResponseStatusException.class))
                .returns(status, ResponseStatusException::getStatusCode)
                .returns(reason, ResponseStatusException::getReason);
    }

    private static void assertInvalid(String field, DestinationRequest request) {
        assertThatThrownBy(() -> Fields.valid(VALIDATOR, request).destination("home"))
                .asInstanceOf(InstanceOfAssertFactories.type(BadRequest.class))
                .returns(field, BadRequest::field);
    }

    private static DestinationRequest request(String country, String... lines) {
        return new DestinationRequest("Ada", List.of(lines), "101", country, null);
    }

    private static Caller shopper(String id) {
        return new Caller(
                new Actor(Actor.Type.SHOPPER, id, null), Role.SHOPPER, Set.of(Grant.SHOPPER_OWN), Instant.MAX);
    }
}
