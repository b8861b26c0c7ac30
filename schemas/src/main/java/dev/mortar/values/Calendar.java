package dev.mortar.values;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When a location is open and when its couriers leave, by its own clock. A location without opening hours of the week
 * counts as open on every date without an exception.
 */
public record Calendar(
        ZoneId timeZone, List<OpeningHours> week, List<OpeningException> exceptions, List<String> dispatchTimes) {

    private static final String MIDNIGHT = "00:00";

    /** One opening. */
    private record Period(Instant opens, Instant closes) {}

    public boolean isOpen(Instant at) {
        return closing(at) != null;
    }

    /** True when the location is open from the first instant until just before the second. */
    public boolean isOpenThroughout(Instant from, Instant to) {
        for (Instant open = from; open.isBefore(to); ) {
            Instant closes = closing(open);
            if (closes == null) {
                return false;
            }
            open = closes;
        }
        return true;
    }

    /** The next instant at which couriers leave, at or after this one; this one if they leave at any time. */
    public Instant dispatch(Instant ready) {
        LocalDate date = ready.atZone(timeZone).toLocalDate();
        // A clock that is set forward moves a time, so the last of a date is not always the latest.
        return date.datesUntil(date.plusDays(2))
                .flatMap(each -> dispatchTimes.stream().map(time -> at(each, time)))
                .filter(leaving -> !leaving.isBefore(ready))
                .min(Comparator.naturalOrder())
                .orElse(ready);
    }

    /** When the opening at this instant ends; null if the location is closed. */
    private @Nullable Instant closing(Instant at) {
        LocalDate date = at.atZone(timeZone).toLocalDate();
        // An opening lasts at most a day, so it began the day before at the earliest.
        return Stream.of(date.minusDays(1), date)
                .flatMap(this::periods)
                .filter(period -> !at.isBefore(period.opens()) && at.isBefore(period.closes()))
                .map(Period::closes)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    /** The periods that begin on a date. */
    private Stream<Period> periods(LocalDate date) {
        List<OpeningException> ofDate =
                exceptions.stream().filter(each -> each.date().equals(date)).toList();
        if (!ofDate.isEmpty()) {
            return ofDate.stream()
                    .flatMap(each -> each.opens() == null || each.closes() == null
                            ? Stream.empty()
                            : Stream.of(period(date, each.opens(), each.closes())));
        }
        return week.isEmpty()
                ? Stream.of(period(date, MIDNIGHT, MIDNIGHT))
                : week.stream()
                        .filter(each -> each.day() == date.getDayOfWeek())
                        .map(each -> period(date, each.opens(), each.closes()));
    }

    private Period period(LocalDate date, String opens, String closes) {
        // HH:MM times sort as text.
        return closes.equals("24:00") || closes.compareTo(opens) <= 0
                ? new Period(at(date, opens), at(date.plusDays(1), closes))
                : new Period(at(date, opens), at(date, closes));
    }

    /** If the clock shows a time twice, the first one counts. If it skips a time, the time moves on by the skip. */
    private Instant at(LocalDate date, String time) {
        return date.atTime(time.equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(time))
                .atZone(timeZone)
                .toInstant();
    }
}
