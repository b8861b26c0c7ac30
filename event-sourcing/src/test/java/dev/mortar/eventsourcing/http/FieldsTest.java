package dev.mortar.eventsourcing.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", " a", "a ", "a|b", "a\nb", "half a \ud83d pair", "\u2003a"})
    void refusesWhatIsNoId(String id) {
        assertRefuses("field", () -> Fields.id("field", id));
    }

    @Test
    void takesIdsOfAHundredCharacters() {
        assertThat(Fields.id("field", "x".repeat(100))).hasSize(100);
        assertRefuses("field", () -> Fields.id("field", "x".repeat(101)));
        assertThat(Fields.optionalId("field", null)).isNull();
    }

    @Test
    void theIdOfAPersonIsOpaque() {
        assertThat(Fields.personId("customerId", "17850")).isEqualTo("17850");
        assertThat(Fields.optionalPersonId("customerId", null)).isNull();
        assertRefuses("customerId", () -> Fields.personId("customerId", "anna@example.com"));
        assertRefuses("customerId", () -> Fields.optionalPersonId("customerId", "+47 900 12 345"));
        assertRefuses("customerId", () -> Fields.personId("customerId", "c1\u200b"));
    }

    @Test
    void namesTheEntryThatIsWrong() {
        assertThat(Fields.ids("ids", null)).isEmpty();
        assertThat(Fields.ids("ids", List.of())).isEmpty();
        assertRefuses("ids[1]", () -> Fields.ids("ids", List.of("a", " ")));
        assertRefuses("ids[1]", () -> Fields.ids("ids", Arrays.asList("a", null)));
        assertRefuses("ids", () -> Fields.ids("ids", Collections.nCopies(1_001, "a")));
    }

    @Test
    void aListHasEntriesAndABound() {
        assertThat(Fields.list("list", List.of(1, 2), 2)).containsExactly(1, 2);
        assertRefuses("list", () -> Fields.list("list", null, 2));
        assertRefuses("list", () -> Fields.list("list", List.of(), 2));
        assertRefuses("list", () -> Fields.list("list", List.of(1, 2, 3), 2));
        assertRefuses("list[0]", () -> Fields.list("list", Collections.singletonList(null), 2));
    }

    @Test
    void aQuantityIsAtLeastOneAndNotAbsurd() {
        assertThat(Fields.quantity("quantity", Fields.QUANTITY_MAX)).isEqualTo(1_000_000_000);
        assertRefuses("quantity", () -> Fields.quantity("quantity", 0L));
        assertRefuses("quantity", () -> Fields.quantity("quantity", Fields.QUANTITY_MAX + 1));
        assertRefuses("quantity", () -> Fields.quantity("quantity", null));
    }

    @Test
    void aTimeIsKeptInMicrosecondsAndWithinReason() {
        assertThat(Fields.time("at", Instant.parse("2026-06-01T09:15:00.1234567Z")))
                .isEqualTo(Instant.parse("2026-06-01T09:15:00.123456Z"));
        assertThat(Fields.optionalTime("at", null)).isNull();
        assertRefuses("at", () -> Fields.time("at", null));
        assertRefuses("at", () -> Fields.time("at", Instant.parse("1999-12-31T23:59:59Z")));
        assertRefuses("at", () -> Fields.optionalTime("at", Instant.parse("2200-01-01T00:00:01Z")));
    }

    private static void assertRefuses(String field, ThrowingCallable check) {
        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(check)
                .extracting(BadRequest::field)
                .isEqualTo(field);
    }
}
