package dev.mortar.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.Fields;
import dev.mortar.notification.ContactController.ContactRequest;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.time.Instant;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ContactControllerTest {

    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    @Test
    void acceptsAFullAndAMinimalContact() {
        assertThat(new ContactRequest("Ada", "ada@example.org", "+3545551234", "is-is", true, "red Lada")
                        .contact(NOW, () -> false))
                .isEqualTo(new Contact("Ada", "ada@example.org", "+3545551234", "is-IS", true, "red Lada", NOW));
        assertThat(new ContactRequest(null, null, null, "en", false, null).contact(NOW, () -> false))
                .isEqualTo(new Contact(null, null, null, "en", false, null, NOW));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ada",
                "ada@",
                "@example.org",
                "ada@example.org\r\nBcc: x@example.org",
                "A <ada@example.org>",
                "a@b, c@d",
                " "
            })
    void refusesInvalidEmailAddresses(String email) {
        assertRefuses("email", new ContactRequest(null, email, null, "en", true, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ada@a..\u00e4.de", "ada@\u00e4\u200bb.de", "a\u3000b\u00e4@example.org", "ä@[1.2.3.4"})
    void refusesInvalidInternationalAddresses(String email) {
        assertThatThrownBy(() -> new ContactRequest(null, email, null, "en", true, null).contact(NOW, () -> true))
                .asInstanceOf(InstanceOfAssertFactories.type(BadRequest.class))
                .returns("email", BadRequest::field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"info@exämple.de", "p@пример.рф"})
    void acceptsADomainInAnyScript(String email) {
        assertThat(new ContactRequest(null, email, null, "en", true, null)
                        .contact(NOW, () -> false)
                        .email())
                .isEqualTo(email);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"v\u0140other.example\u013e@example.com", "почта@пример.рф", "x\u010d\u010aQUIT@example.com"})
    void acceptsALocalPartInAnyScriptOnlyIfTheMailServerDoes(String email) {
        ContactRequest request = new ContactRequest(null, email, null, "en", true, null);
        assertThat(request.contact(NOW, () -> true).email()).isEqualTo(email);
        assertRefuses("email", request);
    }

    @ParameterizedTest
    @CsvSource({"phone, 5551234", "phone, +0123", "phone, +1234567890123456"})
    void refusesInvalidTelephoneNumbers(String field, String phone) {
        assertRefuses(field, new ContactRequest(null, null, phone, "en", true, null));
    }

    @Test
    void refusesInvalidAndMissingFields() {
        assertRefuses("locale", new ContactRequest(null, null, null, "not_a_tag", true, null));
        assertRefuses("locale", new ContactRequest(null, null, null, "", true, null));
        assertRefuses("locale", read("{\"emailConsent\":true}"));
        assertRefuses("emailConsent", read("{\"locale\":\"en\"}"));
    }

    @Test
    void refusesTextsThatAreTooLongOrHaveSeveralLines() {
        assertRefuses("name", new ContactRequest("Ada\nLovelace", null, null, "en", true, null));
        assertRefuses("name", new ContactRequest("a".repeat(201), null, null, "en", true, null));
        assertRefuses("name", new ContactRequest(" \u3000", null, null, "en", true, null));
        assertRefuses("vehicle", new ContactRequest(null, null, null, "en", true, "v".repeat(101)));
    }

    @Test
    void aResponseIsTheContactUnderTheIdOfItsCustomer() {
        Contact contact = new Contact("Ada", null, "+3545551234", "is", true, "red Lada", NOW);
        assertThat(JsonMapper.shared()
                        .valueToTree(new ContactResponse("c1", contact))
                        .toString())
                .isEqualTo("{\"customerId\":\"c1\",\"name\":\"Ada\",\"email\":null,\"phone\":\"+3545551234\","
                        + "\"locale\":\"is\",\"emailConsent\":true,\"vehicle\":\"red Lada\",\"destinations\":[],"
                        + "\"changedAt\":\"2026-06-01T12:00:00Z\"}");
    }

    @Test
    void printsNoPersonalData() {
        Contact contact = new Contact("Ada", "ada@example.org", "+3545551234", "is", true, "red Lada", NOW);
        assertThat(contact.toString()).doesNotContain("Ada", "example", "555", "Lada");
    }

    private static ContactRequest read(String json) {
        return JsonMapper.shared().readValue(json, ContactRequest.class);
    }

    private static void assertRefuses(String field, ContactRequest request) {
        assertThatThrownBy(() -> Fields.valid(VALIDATOR, request).contact(NOW, () -> false))
                .asInstanceOf(InstanceOfAssertFactories.type(BadRequest.class))
                .returns(field, BadRequest::field)
                .extracting(Throwable::getMessage, InstanceOfAssertFactories.STRING)
                .as("the message never contains the sent value")
                .doesNotContain(String.valueOf(valueOf(request)));
    }

    private static @Nullable String valueOf(ContactRequest request) {
        return request.email() == null || request.email().isBlank() ? "\0" : request.email();
    }
}
