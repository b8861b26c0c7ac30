package dev.mortar.pickup;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When a location is open. An opening whose {@code closes} is at or before its {@code opens} ends on the next day.
 *
 * @param timeZone zone of all times
 * @param week openings by the day on which they begin; empty when they are not known
 * @param exceptions openings on single dates in place of those of the week
 */
record OpeningHours(ZoneId timeZone, List<OfDay> week, List<OfDate> exceptions) {

    /** How far a deadline moves at most: a location that is closed for longer keeps the plain one. */
    static final int SEARCH_DAYS_MAX = 62;

    /** One opening on a day of the week. */
    record OfDay(DayOfWeek day, LocalTime opens, LocalTime closes) {}

    /** One opening on a single date; both times are null when the location is closed on it. */
    record OfDate(
            LocalDate date,
            @Nullable LocalTime opens,
            @Nullable LocalTime closes) {}

    /** From when to when a location is open. */
    private record Period(Instant opens, Instant closes) {}

    OpeningHours {
        week = List.copyOf(week);
        exceptions = List.copyOf(exceptions);
    }

    /**
     * The last instant to fetch goods: the plain deadline while the location is open, and the end of its next opening
     * when it is closed then. The instant at which it closes still counts as open.
     */
    Instant deadline(Instant plain) {
        if (week.isEmpty()) {
            return plain;
        }
        LocalDate date = plain.atZone(timeZone).toLocalDate();
        // An opening lasts a day at most, so the earliest that can still go on began the day before.
        return date.minusDays(1)
                .datesUntil(date.plusDays(SEARCH_DAYS_MAX + 1L))
                .flatMap(this::periods)
                .filter(period -> !period.closes().isBefore(plain))
                .min(Comparator.comparing(Period::opens))
                .filter(first -> first.opens().isAfter(plain))
                .map(Period::closes)
                .orElse(plain);
    }

    /** The periods that begin on a date. One whose end the clock jumps over before it begins does not take place. */
    private Stream<Period> periods(LocalDate date) {
        List<OfDate> ofDate =
                exceptions.stream().filter(each -> each.date().equals(date)).toList();
        Stream<Period> periods = ofDate.isEmpty()
                ? week.stream()
                        .filter(each -> each.day() == date.getDayOfWeek())
                        .map(each -> period(date, each.opens(), each.closes()))
                : ofDate.stream()
                        .flatMap(each -> each.opens() == null || each.closes() == null
                                ? Stream.empty()
                                : Stream.of(period(date, each.opens(), each.closes())));
        return periods.filter(period -> period.closes().isAfter(period.opens()));
    }

    /** A time that the clock shows twice is the first of both; one that it jumps over is as much later as it jumps. */
    private Period period(LocalDate date, LocalTime opens, LocalTime closes) {
        LocalDate closingDate = closes.isAfter(opens) ? date : date.plusDays(1);
        return new Period(
                date.atTime(opens).atZone(timeZone).toInstant(),
                closingDate.atTime(closes).atZone(timeZone).toInstant());
    }
}
