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
 * The opening hours of a location. If {@code closes} is not after {@code opens}, the opening ends on the next day.
 *
 * @param timeZone zone of all times
 * @param week openings by the day on which they begin; empty if they are unknown
 * @param exceptions openings on single dates, which replace those of the week
 */
record OpeningHours(ZoneId timeZone, List<OfDay> week, List<OfDate> exceptions) {

    /** The next opening is searched for this many days. If there is none, the deadline does not move. */
    static final int SEARCH_DAYS_MAX = 62;

    record OfDay(DayOfWeek day, LocalTime opens, LocalTime closes) {}

    /** One opening on a single date. Both times are null if the location is closed on that date. */
    record OfDate(
            LocalDate date,
            @Nullable LocalTime opens,
            @Nullable LocalTime closes) {}

    /** One opening, with start and end. */
    private record Period(Instant opens, Instant closes) {}

    /**
     * The last instant to pick goods up. If the location is open at the plain deadline, that is the plain deadline;
     * otherwise it is the end of the next opening. The instant of closing counts as open.
     *
     * @param plain the deadline before opening hours are considered
     */
    Instant deadline(Instant plain) {
        if (week.isEmpty()) {
            return plain;
        }
        LocalDate date = plain.atZone(timeZone).toLocalDate();
        // An opening lasts at most a day, so it began the day before at the earliest.
        return date.minusDays(1)
                .datesUntil(date.plusDays(SEARCH_DAYS_MAX + 1L))
                .flatMap(this::periods)
                .filter(period -> !period.closes().isBefore(plain))
                .min(Comparator.comparing(Period::opens))
                .filter(first -> first.opens().isAfter(plain))
                .map(Period::closes)
                .orElse(plain);
    }

    /** The periods that begin on a date. A period is left out if a change of the clock moves its start past its end. */
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

    /** If the clock shows a time twice, the first one counts. If it skips a time, the time moves on by the skip. */
    private Period period(LocalDate date, LocalTime opens, LocalTime closes) {
        LocalDate closingDate = closes.isAfter(opens) ? date : date.plusDays(1);
        return new Period(
                date.atTime(opens).atZone(timeZone).toInstant(),
                closingDate.atTime(closes).atZone(timeZone).toInstant());
    }
}
