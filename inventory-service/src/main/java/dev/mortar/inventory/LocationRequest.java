package dev.mortar.inventory;

import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.inventory.StockEntry.Location;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The data of a location to register. */
record LocationRequest(
        @NotNull @Size(min = 1, max = 200) String name,
        @NotNull LocationType type,
        @NotNull @DecimalMin("-90") @DecimalMax("90") Double latitude,
        @NotNull @DecimalMin("-180") @DecimalMax("180") Double longitude,
        @NotNull String timeZone,
        @Nullable @Size(max = 28) List<@NotNull @Valid Hours> openingHours,
        @Nullable @Size(max = 366) List<@NotNull @Valid HoursOfDate> exceptions) {

    private static final String OPENS = "([01]\\d|2[0-3]):[0-5]\\d";
    private static final String CLOSES = OPENS + "|24:00";
    private static final int MINUTES_PER_DAY = 24 * 60;
    private static final int DAYS_PER_WEEK = 7;

    /** One opening on a day of the week. On a day that is not listed, the location is closed. */
    record Hours(
            @NotNull DayOfWeek day,

            @NotNull @Pattern(regexp = OPENS, message = "must be a local time as HH:MM")
            String opens,

            @NotNull @Pattern(regexp = CLOSES, message = "must be a local time as HH:MM, at most 24:00")
            String closes) {}

    /** One opening on one date, in place of the hours of its weekday. Without times the location is closed. */
    record HoursOfDate(
            @NotNull
            @Pattern(regexp = "2[01]\\d\\d-\\d\\d-\\d\\d", message = "must be a date as YYYY-MM-DD, from 2000 to 2199")
            String date,

            @Nullable @Pattern(regexp = OPENS, message = "must be a local time as HH:MM")
            String opens,

            @Nullable @Pattern(regexp = CLOSES, message = "must be a local time as HH:MM, at most 24:00")
            String closes) {}

    /** One opening from {@code from} until just before {@code to}, in minutes of local time. */
    private record Opening(String field, long from, long to) {

        /** @param day number of the day on which it opens */
        static Opening of(String field, long day, String opens, String closes) {
            if (opens.equals(closes)) {
                throw new BadRequest(field + ".closes", "is the same as opens; for a whole day use 00:00 to 24:00");
            }
            // HH:MM times sort as text.
            long closingDay = closes.compareTo(opens) < 0 ? day + 1 : day;
            return new Opening(
                    field, day * MINUTES_PER_DAY + minute(opens), closingDay * MINUTES_PER_DAY + minute(closes));
        }

        private static int minute(String time) {
            return time.equals("24:00")
                    ? MINUTES_PER_DAY
                    : LocalTime.parse(time).toSecondOfDay() / 60;
        }

        /** Number of the day on which it opens. */
        long day() {
            return Math.floorDiv(from, MINUTES_PER_DAY);
        }

        Opening plusDays(long days) {
            return new Opening(field, from + days * MINUTES_PER_DAY, to + days * MINUTES_PER_DAY);
        }

        void refuseOverlap(Opening other) {
            if (from < other.to && other.from < to) {
                throw new BadRequest(field + ".opens", "overlaps " + other.field);
            }
        }
    }

    /** The location; 422 when its time zone is unknown or its hours contradict each other. */
    Location location(String locationId) {
        // ZoneId.of also accepts offsets, which other readers of the location do not understand.
        if (!ZoneId.getAvailableZoneIds().contains(timeZone)) {
            throw new BadRequest("timeZone", "must be the IANA name of a time zone, such as Asia/Kolkata");
        }
        return new Location(locationId, name, type, latitude, longitude, timeZone, checkedHours(), checkedExceptions());
    }

    /** The opening hours of the week; 422 when two of them overlap. */
    List<OpeningHours> checkedHours() {
        List<Opening> week = week();
        for (int i = 0; i < week.size(); i++) {
            for (Opening earlier : week.subList(0, i)) {
                // Sunday night may overlap Monday morning.
                week.get(i).refuseOverlap(earlier);
                week.get(i).refuseOverlap(earlier.plusDays(DAYS_PER_WEEK));
                week.get(i).refuseOverlap(earlier.plusDays(-DAYS_PER_WEEK));
            }
        }
        return hours().stream()
                .map(each -> new OpeningHours(each.day(), each.opens(), each.closes()))
                .toList();
    }

    /**
     * The dates with other hours; 422 when a date is both open and closed, or when its hours overlap others of that
     * date, the day before or the day after.
     */
    List<OpeningException> checkedExceptions() {
        List<HoursOfDate> given = exceptions == null ? List.of() : exceptions;
        List<OpeningException> checked = new ArrayList<>();
        List<Opening> openings = new ArrayList<>();
        Map<LocalDate, List<Opening>> byDate = new HashMap<>();
        for (int i = 0; i < given.size(); i++) {
            String field = "exceptions[" + i + "]";
            OpeningException exception = exception(field, given.get(i));
            for (OpeningException earlier : checked) {
                if (earlier.date().equals(exception.date()) && (earlier.opens() == null || exception.opens() == null)) {
                    String other = "exceptions[" + checked.indexOf(earlier) + "]";
                    throw new BadRequest(
                            field + ".date", "is also in " + other + "; a closed date can have only one entry");
                }
            }
            checked.add(exception);
            List<Opening> ofDate = byDate.computeIfAbsent(exception.date(), date -> new ArrayList<>());
            if (exception.opens() != null && exception.closes() != null) {
                long day = exception.date().toEpochDay();
                Opening opening = Opening.of(field, day, exception.opens(), exception.closes());
                ofDate.add(opening);
                openings.add(opening);
            }
        }
        // Checked from the last: when two overlap, the error names the later entry.
        for (Opening opening : openings.reversed()) {
            for (long day = opening.day() - 1; day <= opening.day() + 1; day++) {
                for (Opening other : openings(LocalDate.ofEpochDay(day), byDate)) {
                    if (!other.equals(opening)) {
                        opening.refuseOverlap(other);
                    }
                }
            }
        }
        return checked;
    }

    private static OpeningException exception(String field, HoursOfDate given) {
        if ((given.opens() == null) != (given.closes() == null)) {
            throw new BadRequest(
                    field + (given.opens() == null ? ".opens" : ".closes"),
                    "is missing; give both opens and closes, or neither for a closed date");
        }
        try {
            return new OpeningException(LocalDate.parse(given.date()), given.opens(), given.closes());
        } catch (DateTimeParseException e) {
            throw new BadRequest(field + ".date", "does not exist in the calendar");
        }
    }

    /** The openings on a date: those of its exceptions if there are any, otherwise those of its weekday. */
    private List<Opening> openings(LocalDate date, Map<LocalDate, List<Opening>> byDate) {
        List<Opening> ofDate = byDate.get(date);
        int dayOfWeek = date.getDayOfWeek().getValue();
        return ofDate != null
                ? ofDate
                : week().stream()
                        .filter(opening -> opening.day() == dayOfWeek)
                        .map(opening -> opening.plusDays(date.toEpochDay() - dayOfWeek))
                        .toList();
    }

    /** The openings of a week whose Monday is day 1. */
    private List<Opening> week() {
        List<Opening> week = new ArrayList<>();
        for (int i = 0; i < hours().size(); i++) {
            Hours each = hours().get(i);
            week.add(Opening.of("openingHours[" + i + "]", each.day().getValue(), each.opens(), each.closes()));
        }
        return week;
    }

    private List<Hours> hours() {
        return openingHours == null ? List.of() : openingHours;
    }
}
