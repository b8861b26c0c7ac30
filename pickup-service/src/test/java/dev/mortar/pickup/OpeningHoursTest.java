package dev.mortar.pickup;

import static java.time.DayOfWeek.FRIDAY;
import static java.time.DayOfWeek.MONDAY;
import static java.time.DayOfWeek.SATURDAY;
import static java.time.DayOfWeek.SUNDAY;
import static java.time.DayOfWeek.THURSDAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.pickup.OpeningHours.OfDate;
import dev.mortar.pickup.OpeningHours.OfDay;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * 2026-12-25 is a Friday. Oslo's clocks change from 02:00 to 03:00 on 2027-03-28 and from 03:00 to 02:00 on 2027-10-31.
 */
class OpeningHoursTest {

    private static final ZoneId OSLO = ZoneId.of("Europe/Oslo");
    private static final List<OfDay> WORKDAYS = IntStream.rangeClosed(1, 5)
            .mapToObj(day -> weekly(DayOfWeek.of(day), "09:00", "18:00"))
            .toList();

    private static OfDay weekly(DayOfWeek day, String opens, String closes) {
        return new OfDay(day, LocalTime.parse(opens), LocalTime.parse(closes));
    }

    private static OfDate on(String date, String opens, String closes) {
        return new OfDate(LocalDate.parse(date), LocalTime.parse(opens), LocalTime.parse(closes));
    }

    private static OfDate closed(String date) {
        return new OfDate(LocalDate.parse(date), null, null);
    }

    private static OpeningHours oslo(List<OfDay> week, OfDate... exceptions) {
        return new OpeningHours(OSLO, week, List.of(exceptions));
    }

    private static Instant at(String local) {
        return LocalDateTime.parse(local).atZone(OSLO).toInstant();
    }

    @Nested
    class OfAWeek {

        private final OpeningHours hours = oslo(WORKDAYS);

        @Test
        void keepsADeadlineWhileItIsOpen() {
            for (String open : List.of("2026-12-21T09:00", "2026-12-21T12:34", "2026-12-21T18:00")) {
                assertThat(hours.deadline(at(open))).isEqualTo(at(open));
            }
        }

        @Test
        void movesADeadlineWhenItIsClosed() {
            assertThat(hours.deadline(at("2026-12-21T08:59"))).isEqualTo(at("2026-12-21T18:00"));
            assertThat(hours.deadline(at("2026-12-21T18:00").plusMillis(1))).isEqualTo(at("2026-12-22T18:00"));
            assertThat(hours.deadline(at("2026-12-19T12:00"))).isEqualTo(at("2026-12-21T18:00"));
        }

        @Test
        void movesOnlyToTheEndOfTheNextOpening() {
            var twice = oslo(List.of(weekly(MONDAY, "09:00", "12:00"), weekly(MONDAY, "13:00", "18:00")));
            assertThat(twice.deadline(at("2026-12-20T12:00"))).isEqualTo(at("2026-12-21T12:00"));
            assertThat(twice.deadline(at("2026-12-21T12:30"))).isEqualTo(at("2026-12-21T18:00"));
        }

        @Test
        void keepsEveryDeadlineWhenHoursAreUnknown() {
            assertThat(oslo(List.of(), closed("2026-12-25")).deadline(at("2026-12-25T12:00")))
                    .isEqualTo(at("2026-12-25T12:00"));
        }

        @Test
        void isOpenAtMidnightWhenAlwaysOpen() {
            var always = oslo(Stream.of(DayOfWeek.values())
                    .map(day -> weekly(day, "00:00", "00:00"))
                    .toList());
            for (String any : List.of("2026-12-21T00:00", "2026-12-27T23:59", "2027-03-28T03:00", "2027-10-31T02:30")) {
                assertThat(always.deadline(at(any))).isEqualTo(at(any));
            }
        }
    }

    @Nested
    class PastMidnight {

        private final OpeningHours nights =
                oslo(List.of(weekly(FRIDAY, "18:00", "02:00"), weekly(SUNDAY, "18:00", "02:00")));

        @Test
        void isOpenOnTheMorningOfTheNextDay() {
            for (String open : List.of("2026-12-26T00:00", "2026-12-26T02:00", "2026-12-28T01:59")) {
                assertThat(nights.deadline(at(open))).isEqualTo(at(open));
            }
        }

        @Test
        void movesADeadlineToTheMorningOfTheNextDay() {
            assertThat(nights.deadline(at("2026-12-26T02:01"))).isEqualTo(at("2026-12-28T02:00"));
            assertThat(nights.deadline(at("2026-12-28T02:01"))).isEqualTo(at("2027-01-02T02:00"));
        }
    }

    @Nested
    class OnSingleDates {

        @Test
        void isClosed() {
            var hours = oslo(WORKDAYS, closed("2026-12-24"), closed("2026-12-25"));
            assertThat(hours.deadline(at("2026-12-23T18:00"))).isEqualTo(at("2026-12-23T18:00"));
            assertThat(hours.deadline(at("2026-12-24T12:00"))).isEqualTo(at("2026-12-28T18:00"));
        }

        @Test
        void isOpenAtOtherHours() {
            var hours = oslo(
                    WORKDAYS,
                    on("2026-12-24", "09:00", "12:00"),
                    on("2026-12-24", "13:00", "14:00"),
                    on("2026-12-26", "20:00", "03:00"));
            assertThat(hours.deadline(at("2026-12-24T12:30"))).isEqualTo(at("2026-12-24T14:00"));
            assertThat(hours.deadline(at("2026-12-24T15:00"))).isEqualTo(at("2026-12-25T18:00"));
            assertThat(hours.deadline(at("2026-12-25T19:00"))).isEqualTo(at("2026-12-27T03:00"));
        }

        @Test
        void theNightBeforeAClosedDateEndsAsUsual() {
            var hours = oslo(List.of(weekly(THURSDAY, "18:00", "02:00")), closed("2026-12-25"));
            assertThat(hours.deadline(at("2026-12-25T01:00"))).isEqualTo(at("2026-12-25T01:00"));
            assertThat(hours.deadline(at("2026-12-25T03:00"))).isEqualTo(at("2027-01-01T02:00"));
        }

        @Test
        void isClosedForWeeks() {
            assertThat(closedFor(45).deadline(at("2026-12-01T12:00"))).isEqualTo(at("2027-01-15T18:00"));
            assertThat(closedFor(100).deadline(at("2026-12-01T12:00"))).isEqualTo(at("2026-12-01T12:00"));
        }

        private static OpeningHours closedFor(int days) {
            return oslo(
                    WORKDAYS,
                    LocalDate.parse("2026-12-01")
                            .datesUntil(LocalDate.parse("2026-12-01").plusDays(days))
                            .map(date -> closed(date.toString()))
                            .toArray(OfDate[]::new));
        }
    }

    @Nested
    class WhenClocksChange {

        @Test
        void hoursAreLocalTimes() {
            var hours = oslo(WORKDAYS);
            assertThat(hours.deadline(Instant.parse("2027-03-26T18:00:00Z"))).isEqualTo("2027-03-29T16:00:00Z");
            assertThat(hours.deadline(Instant.parse("2027-10-29T18:00:00Z"))).isEqualTo("2027-11-01T17:00:00Z");
        }

        @Test
        void aSkippedTimeMovesOn() {
            var hours = oslo(List.of(weekly(SATURDAY, "18:00", "02:30")));
            assertThat(hours.deadline(at("2027-03-27T12:00"))).isEqualTo(at("2027-03-28T03:30"));
        }

        @Test
        void aSkippedOpeningIsLeftOut() {
            var hours = oslo(List.of(weekly(SUNDAY, "02:15", "03:00"), weekly(MONDAY, "09:00", "18:00")));
            assertThat(hours.deadline(at("2027-03-28T01:00"))).isEqualTo(at("2027-03-29T18:00"));
        }

        @Test
        void ofARepeatedTimeTheFirstCounts() {
            var hours = oslo(List.of(weekly(SATURDAY, "18:00", "02:30")));
            assertThat(hours.deadline(at("2027-10-30T12:00"))).isEqualTo("2027-10-31T00:30:00Z");
        }
    }

    /** To repeat a failure, pass its seed in {@code -Dmortar.seed=<seed>}. */
    @Nested
    class UnderRandomHours {

        private static final int WEEKS = 200;
        private static final int DEADLINES_PER_WEEK = 10;
        private static final List<ZoneId> ZONES = Stream.of(
                        "Europe/Oslo",
                        "America/New_York",
                        "Australia/Lord_Howe",
                        "America/St_Johns",
                        "Asia/Kolkata",
                        "Pacific/Apia",
                        "Africa/Casablanca",
                        "UTC")
                .map(ZoneId::of)
                .toList();

        @Test
        void aDeadlineOnlyMovesToTheNextOpening() {
            long seed = Long.getLong("mortar.seed", System.nanoTime());
            Random random = new Random(seed);
            int moved = 0;
            for (int i = 0; i < WEEKS; i++) {
                OpeningHours hours = randomHours(random);
                for (int j = 0; j < DEADLINES_PER_WEEK; j++) {
                    Instant plain = Instant.parse("2026-10-01T00:00:00Z").plusSeconds(random.nextInt(400 * 86_400));
                    Instant deadline = hours.deadline(plain);
                    String name = "seed " + seed + ": " + plain + " of " + hours;
                    assertThat(deadline).as(name).isAfterOrEqualTo(plain);
                    assertThat(Duration.between(plain, deadline).toDays())
                            .as(name)
                            .isLessThanOrEqualTo(OpeningHours.SEARCH_DAYS_MAX + 1L);
                    assertThat(hours.deadline(deadline)).as(name).isEqualTo(deadline);
                    assertThat(deadline).as(name).isEqualTo(expectedDeadline(hours, plain));
                    moved += deadline.equals(plain) ? 0 : 1;
                }
            }
            assertThat(moved).as("deadlines that moved under seed " + seed).isPositive();
        }

        /** Finds the deadline independently: steps through the local time minute by minute. */
        private static Instant expectedDeadline(OpeningHours hours, Instant plain) {
            if (hours.week().isEmpty() || isOpen(hours, plain) || isOpen(hours, plain.minusNanos(1))) {
                return plain;
            }
            Instant minute = plain.truncatedTo(ChronoUnit.MINUTES);
            LocalDate lastDate = plain.atZone(hours.timeZone()).toLocalDate().plusDays(OpeningHours.SEARCH_DAYS_MAX);
            while (!isOpen(hours, minute)) {
                minute = minute.plusSeconds(60);
                if (minute.atZone(hours.timeZone()).toLocalDate().isAfter(lastDate)) {
                    return plain;
                }
            }
            while (isOpen(hours, minute)) {
                minute = minute.plusSeconds(60);
            }
            return minute;
        }

        private static boolean isOpen(OpeningHours hours, Instant at) {
            LocalDateTime local = at.atZone(hours.timeZone()).toLocalDateTime();
            LocalTime time = local.toLocalTime();
            LocalDate today = local.toLocalDate();
            return openings(hours, today)
                            .anyMatch(each -> !time.isBefore(each.opens())
                                    && (!each.closes().isAfter(each.opens()) || time.isBefore(each.closes())))
                    || openings(hours, today.minusDays(1))
                            .anyMatch(each -> !each.closes().isAfter(each.opens()) && time.isBefore(each.closes()));
        }

        private static Stream<OfDay> openings(OpeningHours hours, LocalDate date) {
            List<OfDate> ofDate = hours.exceptions().stream()
                    .filter(each -> each.date().equals(date))
                    .toList();
            return ofDate.isEmpty()
                    ? hours.week().stream().filter(each -> each.day() == date.getDayOfWeek())
                    : ofDate.stream()
                            .filter(each -> each.opens() != null && each.closes() != null)
                            .map(each -> new OfDay(date.getDayOfWeek(), each.opens(), each.closes()));
        }

        /**
         * Random openings that neither touch each other nor lie in hours in which clocks change, so every local time is
         * unambiguous. Some end after midnight, before the clocks of these zones change.
         */
        private static OpeningHours randomHours(Random random) {
            List<OfDay> week = new ArrayList<>();
            for (DayOfWeek day : DayOfWeek.values()) {
                if (random.nextInt(3) > 0) {
                    week.add(new OfDay(day, morning(random), time(12, random.nextInt(60))));
                }
                if (random.nextInt(3) > 0) {
                    week.add(new OfDay(day, time(13, random.nextInt(60)), evening(random)));
                }
            }
            List<OfDate> exceptions = new ArrayList<>();
            LocalDate date = LocalDate.parse("2026-10-01");
            while (exceptions.size() < 60) {
                date = date.plusDays(1 + random.nextInt(random.nextBoolean() ? 1 : 30));
                if (random.nextInt(4) > 0) {
                    exceptions.add(new OfDate(date, null, null));
                } else {
                    exceptions.add(new OfDate(date, morning(random), time(11, random.nextInt(60))));
                    exceptions.add(new OfDate(date, time(14, random.nextInt(60)), evening(random)));
                }
            }
            return new OpeningHours(ZONES.get(random.nextInt(ZONES.size())), week, exceptions);
        }

        private static LocalTime morning(Random random) {
            return time(6 + random.nextInt(4), random.nextInt(60));
        }

        /** From 18:00 to 00:29 of the next day. */
        private static LocalTime evening(Random random) {
            return LocalTime.of(18, 0).plusMinutes(random.nextInt(6 * 60 + 30));
        }

        private static LocalTime time(int hour, int minute) {
            return LocalTime.of(hour, minute);
        }
    }

    /** Around a change of the clock there is no expected value, but the limits of a deadline hold there, too. */
    @Test
    void aDeadlineIsValidAroundEveryClockChange() {
        long seed = Long.getLong("mortar.seed", System.nanoTime());
        Random random = new Random(seed);
        for (String id : ZoneId.getAvailableZoneIds().stream().sorted().toList()) {
            ZoneId zone = ZoneId.of(id);
            var change = zone.getRules().nextTransition(Instant.parse("2026-10-01T00:00:00Z"));
            Instant around = change == null ? Instant.parse("2026-10-01T00:00:00Z") : change.getInstant();
            List<OfDay> week = Stream.of(DayOfWeek.values())
                    .map(day -> new OfDay(
                            day, LocalTime.ofSecondOfDay(random.nextInt(86_400)), LocalTime.of(random.nextInt(24), 30)))
                    .toList();
            var hours = new OpeningHours(zone, week, List.of());
            for (int i = 0; i < 50; i++) {
                Instant plain = around.plusSeconds(random.nextInt(172_800) - 86_400);
                Instant deadline = hours.deadline(plain);
                String name = "seed " + seed + ": " + plain + " of " + hours;
                assertThat(deadline).as(name).isBetween(plain, plain.plus(Duration.ofDays(3)));
                assertThat(hours.deadline(deadline)).as(name).isEqualTo(deadline);
            }
        }
    }
}
