package dev.mortar.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.inventory.LocationRequest.Hours;
import dev.mortar.inventory.LocationRequest.HoursOfDate;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 2026-12-25 is a Friday. */
class LocationRequestTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
            FRIDAY 18:00 02:00                                                     |
            FRIDAY 18:00 02:00 ; SATURDAY 02:00 06:00                              |
            SUNDAY 18:00 02:00 ; MONDAY 02:00 10:00                                |
            FRIDAY 00:00 24:00 ; SATURDAY 00:00 24:00                              |
            FRIDAY 18:00 00:00 ; SATURDAY 00:00 01:00                              |
            FRIDAY 08:00 12:00 ; FRIDAY 13:00 18:00                                |
            FRIDAY 08:00 12:00                                                     | 2026-12-25
            FRIDAY 08:00 12:00                                                     | 2026-12-25 10:00 14:00
            FRIDAY 08:00 12:00                                                     | 2026-12-25 10:00 14:00 ; 2026-12-25 15:00 16:00
            THURSDAY 18:00 02:00 ; FRIDAY 08:00 12:00                              | 2026-12-25 02:00 03:00
            SATURDAY 01:00 03:00                                                   | 2026-12-25 20:00 02:00 ; 2026-12-26 02:00 04:00
            """, delimiter = '|')
    void takesHours(String week, @Nullable String exceptions) {
        check(request(week, exceptions));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            FRIDAY 08:00 08:00                                 |                                             | openingHours[0].closes
            FRIDAY 00:00 00:00                                 |                                             | openingHours[0].closes
            FRIDAY 08:00 12:00 ; FRIDAY 11:59 18:00            |                                             | openingHours[1].opens
            FRIDAY 18:00 02:00 ; SATURDAY 01:59 06:00          |                                             | openingHours[1].opens
            SATURDAY 01:59 06:00 ; FRIDAY 18:00 02:00          |                                             | openingHours[1].opens
            MONDAY 01:00 10:00 ; SUNDAY 18:00 02:00            |                                             | openingHours[1].opens
            SUNDAY 18:00 02:00 ; MONDAY 01:00 10:00            |                                             | openingHours[1].opens
            FRIDAY 08:00 12:00 ; FRIDAY 08:00 12:00            |                                             | openingHours[1].opens
            FRIDAY 08:00 12:00                                 | 2026-12-25 10:00                            | exceptions[0].closes
            FRIDAY 08:00 12:00                                 | 2026-02-29                                  | exceptions[0].date
            FRIDAY 08:00 12:00                                 | 2026-12-25 ; 2026-12-25                     | exceptions[1].date
            FRIDAY 08:00 12:00                                 | 2026-12-25 ; 2026-12-25 10:00 14:00         | exceptions[1].date
            FRIDAY 08:00 12:00                                 | 2026-12-25 10:00 14:00 ; 2026-12-25         | exceptions[1].date
            FRIDAY 08:00 12:00                                 | 2026-12-25 10:00 10:00                      | exceptions[0].closes
            FRIDAY 08:00 12:00                                 | 2026-12-25 10:00 14:00 ; 2026-12-25 13:59 15:00 | exceptions[1].opens
            FRIDAY 08:00 12:00                                 | 2026-12-25 10:00 14:00 ; 2026-12-25 10:00 14:00 | exceptions[1].opens
            FRIDAY 08:00 12:00 ; SATURDAY 01:00 03:00          | 2026-12-25 20:00 02:00                      | exceptions[0].opens
            THURSDAY 18:00 02:00                               | 2026-12-25 01:59 03:00                      | exceptions[0].opens
            FRIDAY 08:00 12:00                                 | 2026-12-24 20:00 02:00 ; 2026-12-25 01:00 03:00 | exceptions[1].opens
            """, delimiter = '|')
    void refusesInvalidHours(String week, @Nullable String exceptions, String field) {
        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(() -> check(request(week, exceptions)))
                .satisfies(refused -> assertThat(refused.field()).isEqualTo(field))
                .satisfies(refused -> assertThat(refused.status().value()).isEqualTo(422));
    }

    @Test
    void namesTheMissingTime() {
        var request = request("FRIDAY 08:00 12:00", List.of(new HoursOfDate("2026-12-25", null, "14:00")));

        assertThatExceptionOfType(BadRequest.class)
                .isThrownBy(() -> check(request))
                .satisfies(refused -> assertThat(refused.field()).isEqualTo("exceptions[0].opens"));
    }

    @Test
    void limitsTheNumberOfExceptions() {
        try (ValidatorFactory validators = Validation.buildDefaultValidatorFactory()) {
            var many = Collections.nCopies(367, new HoursOfDate("2026-12-25", null, null));
            assertThat(validators.getValidator().validate(request("FRIDAY 08:00 12:00", many)))
                    .singleElement()
                    .satisfies(
                            violation -> assertThat(violation.getPropertyPath()).hasToString("exceptions"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "26-12-25,,",
        "1999-12-31,,",
        "2026-12-25,8:00,12:00",
        "2026-12-25,24:00,12:00",
        "2026-12-25,08:00,24:01"
    })
    void refusesDatesAndTimesInAnotherForm(String date, @Nullable String opens, @Nullable String closes) {
        try (ValidatorFactory validators = Validation.buildDefaultValidatorFactory()) {
            var exceptions = List.of(new HoursOfDate(date, opens, closes));
            assertThat(validators.getValidator().validate(request("FRIDAY 08:00 12:00", exceptions)))
                    .singleElement()
                    .satisfies(violation ->
                            assertThat(violation.getPropertyPath().toString()).startsWith("exceptions[0]."));
        }
    }

    private static void check(LocationRequest request) {
        assertThat(request.checkedHours()).isNotEmpty();
        request.checkedExceptions();
    }

    private static LocationRequest request(String week, @Nullable String exceptions) {
        List<HoursOfDate> ofDates = new ArrayList<>();
        for (String each : exceptions == null ? new String[0] : exceptions.split(" ; ")) {
            String[] words = each.strip().split(" ");
            ofDates.add(
                    new HoursOfDate(words[0], words.length > 1 ? words[1] : null, words.length > 2 ? words[2] : null));
        }
        return request(week, ofDates);
    }

    private static LocationRequest request(String week, List<HoursOfDate> exceptions) {
        List<Hours> hours = new ArrayList<>();
        for (String each : week.split(" ; ")) {
            String[] words = each.strip().split(" ");
            hours.add(new Hours(DayOfWeek.valueOf(words[0]), words[1], words[2]));
        }
        return new LocationRequest(
                "Pune",
                LocationType.STORE,
                18.5,
                73.9,
                "Asia/Kolkata",
                hours,
                exceptions,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
