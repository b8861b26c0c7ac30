package dev.mortar.inventory;

import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.inventory.StockEntry.Location;
import dev.mortar.values.CapacityRule;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.OpeningException;
import dev.mortar.values.OpeningHours;
import jakarta.validation.Valid;
import jakarta.validation.constraints.*;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
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
        @Nullable @Size(max = 366) List<@NotNull @Valid HoursOfDate> exceptions,
        @Nullable @Size(min = 1, max = 3) List<@NotNull FulfilmentMethod> methods,
        @Nullable Boolean onlineEnabled,
        @Nullable @Min(0) @Max(1_000_000) Integer priority,
        @Nullable @Min(0) @Max(LEAD_MINUTES_MAX) Integer leadMinutes,
        @Nullable @Min(0) @Max(CLOSING_BUFFER_MINUTES_MAX) Integer closingBufferMinutes,

        @Nullable @Size(max = 48)
        List<@NotNull @Pattern(regexp = OPENS, message = "must be a local time as HH:MM") String> dispatchTimes,

        @Nullable @Min(1) @Max(ACCEPT_WITHIN_MINUTES_MAX) Integer acceptWithinMinutes,
        @Nullable @Size(max = 500) List<@NotNull @Valid Capacity> capacity) {

    static final String OPENS = "([01]\\d|2[0-3]):[0-5]\\d";
    static final String CLOSES = OPENS + "|24:00";
    private static final int LEAD_MINUTES_MAX = 7 * 24 * 60;
    private static final int CLOSING_BUFFER_MINUTES_MAX = 12 * 60;
    private static final int ACCEPT_WITHIN_MINUTES_MAX = 24 * 60;
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

    /** How many fulfilments of a method can be booked for each slot that starts in these times. */
    record Capacity(
            @NotNull FulfilmentMethod method,
            @NotNull DayOfWeek day,

            @NotNull @Pattern(regexp = OPENS, message = "must be a local time as HH:MM")
            String from,

            @NotNull @Pattern(regexp = CLOSES, message = "must be a local time as HH:MM, at most 24:00")
            String to,

            @NotNull @Min(0) @Max(100_000) Integer ordersPerSlot) {}

    /** One opening from {@code from} until just before {@code to}, in minutes of local time. */
    private record Opening(String field, String start, long from, long to) {

        /** @param day number of the day on which it opens */
        static Opening of(String field, long day, String opens, String closes) {
            return of(field, "opens", "closes", day, opens, closes);
        }

        /**
         * @param start name of the field with the first minute
         * @param end name of the field with the first minute after it
         */
        static Opening of(String field, String start, String end, long day, String from, String to) {
            if (from.equals(to)) {
                throw new BadRequest(
                        field + "." + end, "is the same as " + start + "; for a whole day use 00:00 to 24:00");
            }
            // HH:MM times sort as text.
            long lastDay = to.compareTo(from) < 0 ? day + 1 : day;
            return new Opening(
                    field, start, day * MINUTES_PER_DAY + minute(from), lastDay * MINUTES_PER_DAY + minute(to));
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
            return new Opening(field, start, from + days * MINUTES_PER_DAY, to + days * MINUTES_PER_DAY);
        }

        void refuseOverlap(Opening other) {
            if (from < other.to && other.from < to) {
                throw new BadRequest(field + "." + start, "overlaps " + other.field);
            }
        }
    }

    /** The location; 422 when its time zone is unknown or its hours contradict each other. */
    Location location(String locationId) {
        // ZoneId.of also accepts offsets, which other readers of the location do not understand.
        if (!ZoneId.getAvailableZoneIds().contains(timeZone)) {
            throw new BadRequest("timeZone", "must be the IANA name of a time zone, such as Asia/Kolkata");
        }
        return new Location(
                locationId,
                name,
                type,
                latitude,
                longitude,
                timeZone,
                checkedHours(),
                checkedExceptions(),
                checkedOffer());
    }

    /** What the location offers; 422 when its parts contradict each other. */
    Offer checkedOffer() {
        Offer standard = Offer.DEFAULT;
        List<FulfilmentMethod> offered = methods == null ? standard.methods() : methods;
        for (int i = 0; i < offered.size(); i++) {
            checkMethod("methods[" + i + "]", offered.get(i));
            refuseRepeat("methods[" + i + "]", offered, i);
        }
        List<String> times = dispatchTimes == null ? standard.dispatchTimes() : dispatchTimes;
        for (int i = 0; i < times.size(); i++) {
            refuseRepeat("dispatchTimes[" + i + "]", times, i);
        }
        return new Offer(
                List.copyOf(offered),
                onlineEnabled == null ? standard.onlineEnabled() : onlineEnabled,
                priority == null ? standard.priority() : priority,
                leadMinutes == null ? standard.leadMinutes() : leadMinutes,
                closingBufferMinutes == null ? standard.closingBufferMinutes() : closingBufferMinutes,
                times.stream().sorted().toList(),
                acceptWithinMinutes,
                checkedCapacity(offered));
    }

    private List<CapacityRule> checkedCapacity(List<FulfilmentMethod> offered) {
        List<Capacity> given = capacity == null ? List.of() : capacity;
        Map<FulfilmentMethod, List<Opening>> weeks = new EnumMap<>(FulfilmentMethod.class);
        for (int i = 0; i < given.size(); i++) {
            Capacity each = given.get(i);
            String field = "capacity[" + i + "]";
            checkMethod(field + ".method", each.method());
            if (!offered.contains(each.method())) {
                throw new BadRequest(field + ".method", "is not in methods; the location does not offer it");
            }
            weeks.computeIfAbsent(each.method(), method -> new ArrayList<>())
                    .add(Opening.of(field, "from", "to", each.day().getValue(), each.from(), each.to()));
        }
        weeks.values().forEach(LocationRequest::refuseOverlaps);
        return given.stream()
                .map(each -> new CapacityRule(each.method(), each.day(), each.from(), each.to(), each.ordersPerSlot()))
                .toList();
    }

    /** 422 for goods that a shopper carries out: nobody reserves or prepares them. */
    static void checkMethod(String field, FulfilmentMethod method) {
        if (!Offer.METHODS.contains(method)) {
            throw new BadRequest(field, "must be one of " + Offer.METHODS);
        }
    }

    static void refuseRepeat(String field, List<?> all, int index) {
        if (all.subList(0, index).contains(all.get(index))) {
            throw new BadRequest(field, "is listed twice");
        }
    }

    private static void refuseOverlaps(List<Opening> week) {
        for (int i = 0; i < week.size(); i++) {
            for (Opening earlier : week.subList(0, i)) {
                // Sunday night may overlap Monday morning.
                week.get(i).refuseOverlap(earlier);
                week.get(i).refuseOverlap(earlier.plusDays(DAYS_PER_WEEK));
                week.get(i).refuseOverlap(earlier.plusDays(-DAYS_PER_WEEK));
            }
        }
    }

    /** The opening hours of the week; 422 when two of them overlap. */
    List<OpeningHours> checkedHours() {
        refuseOverlaps(week());
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
