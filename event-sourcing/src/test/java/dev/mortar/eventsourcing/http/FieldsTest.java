package dev.mortar.eventsourcing.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.eventsourcing.http.Fields.PersonId;
import dev.mortar.eventsourcing.http.Fields.Time;
import jakarta.validation.Valid;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {
    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();

    record Request(
            @Nullable @Id String id,
            @Nullable @PersonId String person,
            @Nullable @Time Instant at,
            @Nullable List<@NotNull @Id String> ids,
            @Nullable List<@NotNull @Valid Request> parts) {
        static Request ofId(String id) {
            return new Request(id, null, null, null, null);
        }

        static Request ofPerson(String id) {
            return new Request(null, id, null, null, null);
        }

        static Request at(String at) {
            return new Request(null, null, Instant.parse(at), null, null);
        }

        static Request ofIds(@Nullable String... ids) {
            return new Request(null, null, null, Arrays.asList(ids), null);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " a", "a ", "a|b", "a\nb", "half a \ud83d pair", "\u2003a"})
    void refusesWhatIsNoId(String id) {
        assertRefuses("id", Request.ofId(id));
        assertRefuses("person", Request.ofPerson(id));
        assertRefuses("ids[1]", Request.ofIds("a", id));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "85123a", "TEAPOT blue", "чай 250 г", "ğ&ş", "🍋"})
    void takesIds(String id) {
        assertTakes(Request.ofId(id));
        assertTakes(Request.ofPerson(id));
        assertTakes(Request.ofIds(id, id));
    }

    @Test
    void takesIdsOfAHundredCharacters() {
        assertTakes(Request.ofId("x".repeat(100)));
        assertRefuses("id", Request.ofId("x".repeat(101)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"anna@example.com", "+47 900 12 345", "ada@example.org", "+3545551234", "555-123-4567"})
    void theIdOfAPersonIsOpaque(String id) {
        assertRefuses("person", Request.ofPerson(id));
        assertTakes(Request.ofId(id));
    }

    @Test
    void aTimeIsWithinReason() {
        assertTakes(Request.at("2026-06-01T09:15:00.1234567Z"));
        assertTakes(Request.at("2200-01-01T00:00:00Z"));
        assertRefuses("at", Request.at("1999-12-31T23:59:59Z"));
        assertRefuses("at", Request.at("2200-01-01T00:00:01Z"));
    }

    @Test
    void namesTheFirstFieldThatIsWrongByItsPath() {
        assertTakes(new Request(null, null, null, null, null));
        assertRefuses("ids[1]", Request.ofIds("a", null));
        assertRefuses("parts[1]", new Request(null, null, null, null, Arrays.asList(Request.ofId("a"), null)));
        assertRefuses("parts[0].ids[1]", new Request(null, "a|b", null, null, List.of(Request.ofIds("a", "|"))));
    }

    private static void assertTakes(Request request) {
        assertThat(Fields.valid(VALIDATOR, request)).isSameAs(request);
    }

    private static void assertRefuses(String field, Request request) {
        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(() -> Fields.valid(VALIDATOR, request))
                .extracting(BadRequest::field)
                .isEqualTo(field);
    }
}
