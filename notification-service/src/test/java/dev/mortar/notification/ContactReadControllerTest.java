package dev.mortar.notification;

import static dev.mortar.notification.Examples.CUSTOMER;
import static dev.mortar.notification.Examples.FULFILMENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.AccessDenied;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.eventsourcing.Role;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.TooManyRequests;
import dev.mortar.eventsourcing.kafka.KafkaUnavailable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

class ContactReadControllerTest {

    private static final Contact ADA = new Contact(
            "Ada \u3000 Lovelace",
            "ada@example.org",
            null,
            "en",
            true,
            "red Lada",
            List.of(new Destination("home", "Ada Lovelace", List.of("Laugavegur 1"), "101", "IS", null)),
            Instant.parse("2026-06-01T12:00:00Z"));

    private final List<ContactRead> reads = new ArrayList<>();
    private final Map<String, Contact> contacts = Map.of(CUSTOMER, ADA);
    private final ContactReadController controller = new ContactReadController(
            contacts::get, id -> id.equals(FULFILMENT) ? List.of(Examples.ready()) : List.of(), reads::add, 3);

    @Test
    void recordsWhoReadsAContactAndWhy() {
        Caller office = caller(Actor.Type.BACK_OFFICE, "b1", null, Role.BACK_OFFICE, Grant.BACK_OFFICE);

        assertThat(controller
                        .contact(CUSTOMER, "ORDER_SUPPORT", "call-1", office)
                        .contact())
                .isEqualTo(ADA);

        assertThat(reads).singleElement().satisfies(read -> {
            assertThat(read.customerId()).isEqualTo(CUSTOMER);
            assertThat(read.actor()).isEqualTo(office.actor());
            assertThat(read.purpose()).isEqualTo(ContactPurpose.ORDER_SUPPORT);
            assertThat(read.fields())
                    .containsExactly("name", "email", "locale", "emailConsent", "vehicle", "destinations");
            assertThat(read.correlationId()).isEqualTo("call-1");
            assertThat(NotificationDefinition.CONTACT_READ.read(NotificationDefinition.CONTACT_READ.write(read)))
                    .isEqualTo(read);
            assertThat(read.toString()).doesNotContain("Ada", "Lovelace", "example.org", "Lada", "Laugavegur");
        });
    }

    @Test
    void aShopperReadsTheOwnContactWithoutNamingAPurpose() {
        controller.contact(CUSTOMER, null, null, shopper(CUSTOMER));

        assertThat(reads).singleElement().satisfies(read -> {
            assertThat(read.purpose()).isEqualTo(ContactPurpose.SELF);
            assertThat(read.correlationId()).isEqualTo(read.readId().toString());
        });
    }

    @Test
    void recordsThatALabelShowsADestination() {
        Caller packing = caller(Actor.Type.SYSTEM, "packing", null, Role.SERVICE, Grant.SERVICE);

        assertThat(controller.destination(CUSTOMER, "home", "DELIVERY", null, packing))
                .isEqualTo(ADA.destination("home"));

        assertThat(reads).singleElement().satisfies(read -> {
            assertThat(read.purpose()).isEqualTo(ContactPurpose.DELIVERY);
            assertThat(read.fields()).containsExactly("destination");
            assertThat(NotificationDefinition.CONTACT_READ.read(NotificationDefinition.CONTACT_READ.write(read)))
                    .isEqualTo(read);
        });
        assertThatThrownBy(() -> controller.destination(CUSTOMER, "home", null, null, packing))
                .isInstanceOf(BadRequest.class);
    }

    @Test
    void aForeignDestinationLooksLikeAnUnknownOne() {
        for (String id : List.of("home", "gone")) {
            Caller caller = shopper(id.equals("home") ? "customer-8" : CUSTOMER);
            assertThatThrownBy(() -> controller.destination(CUSTOMER, id, null, null, caller))
                    .asInstanceOf(InstanceOfAssertFactories.type(ResponseStatusException.class))
                    .returns(HttpStatus.NOT_FOUND, ResponseStatusException::getStatusCode)
                    .returns(
                            "There is no destination " + id + " of this customer.", ResponseStatusException::getReason);
        }
        assertThat(reads).isEmpty();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "CURIOSITY", "UNKNOWN", "SELF", "legal"})
    void everybodyElseHasToNameAPurpose(@Nullable String purpose) {
        Caller service = caller(Actor.Type.SYSTEM, "shop", null, Role.SERVICE, Grant.SERVICE);

        assertThatThrownBy(() -> controller.contact(CUSTOMER, purpose, null, service))
                .asInstanceOf(InstanceOfAssertFactories.type(BadRequest.class))
                .returns(HttpStatus.BAD_REQUEST, BadRequest::status)
                .returns("Mortar-Purpose", BadRequest::field)
                .hasToString(BadRequest.class.getName()
                        + ": must be one of [ORDER_SUPPORT, KERB_HANDOVER, RETURN, LEGAL, DELIVERY]");
        assertThat(reads).isEmpty();
    }

    @Test
    void onePersonReadsOnlySoManyContactsAnHour() {
        Caller office = caller(Actor.Type.BACK_OFFICE, "b1", null, Role.BACK_OFFICE, Grant.BACK_OFFICE);
        for (int i = 0; i < 3; i++) {
            controller.contact(CUSTOMER, "LEGAL", null, office);
        }

        assertThatThrownBy(() -> controller.contact(CUSTOMER, "LEGAL", null, office))
                .isInstanceOf(TooManyRequests.class);
        assertThat(reads).hasSize(3);
        controller.contact(CUSTOMER, null, null, shopper(CUSTOMER));
    }

    @Test
    void aForeignContactLooksLikeAnUnknownOne() {
        Throwable foreign = refusal(CUSTOMER, shopper("customer-8"));
        Throwable unknown = refusal("customer-8", shopper("customer-8"));

        assertThat(foreign).hasMessage(unknown.getMessage());
        assertThat(reads).isEmpty();
    }

    @Test
    void showsNoContactIfTheReadCannotBeRecorded() {
        var broken = new ContactReadController(
                contacts::get,
                _ -> List.of(Examples.ready()),
                _ -> {
                    throw new KafkaUnavailable("The record could not be written", null);
                },
                3);

        assertThatThrownBy(() -> broken.contact(CUSTOMER, null, null, shopper(CUSTOMER)))
                .isInstanceOf(KafkaUnavailable.class);
        assertThatThrownBy(() -> broken.recipient(FULFILMENT, null, associate("store-1")))
                .isInstanceOf(KafkaUnavailable.class);
    }

    @Test
    void anAssociateSeesFirstNameAndVehicleOfAReadyPickup() {
        var recipient = controller.recipient(FULFILMENT, null, associate("store-1"));

        assertThat(recipient).isEqualTo(new ContactReadController.RecipientResponse(FULFILMENT, "Ada", "red Lada"));
        assertThat(reads).singleElement().satisfies(read -> {
            assertThat(read.customerId()).isEqualTo(CUSTOMER);
            assertThat(read.purpose()).isEqualTo(ContactPurpose.KERB_HANDOVER);
            assertThat(read.fields()).containsExactly("firstName", "vehicle");
            assertThat(read.actor().locationId()).isEqualTo("store-1");
        });
    }

    @Test
    void anAssociateOfAnotherStoreSeesNothing() {
        assertThatThrownBy(() -> controller.recipient(FULFILMENT, null, associate("store-2")))
                .isInstanceOf(AccessDenied.class);
        assertThat(reads).isEmpty();
    }

    @Test
    void aPickupThatIsNotReadyHasNoRecipient() {
        assertThatThrownBy(() -> controller.recipient("order-2-1", null, associate("store-1")))
                .asInstanceOf(InstanceOfAssertFactories.type(ResponseStatusException.class))
                .returns(HttpStatus.NOT_FOUND, ResponseStatusException::getStatusCode);
        assertThat(reads).isEmpty();
    }

    private Throwable refusal(String customerId, Caller caller) {
        try {
            throw new AssertionError(controller.contact(customerId, null, null, caller));
        } catch (ResponseStatusException refused) {
            assertThat(refused.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
            return refused;
        }
    }

    private static Caller shopper(String id) {
        return caller(Actor.Type.SHOPPER, id, null, Role.SHOPPER, Grant.SHOPPER_OWN);
    }

    private static Caller associate(String store) {
        return caller(Actor.Type.ASSOCIATE, "a1", store, Role.ASSOCIATE, Grant.ASSOCIATE_STORE);
    }

    private static Caller caller(Actor.Type type, String id, @Nullable String store, Role role, Grant grant) {
        return new Caller(new Actor(type, id, store), role, Set.of(grant), Instant.MAX);
    }
}
