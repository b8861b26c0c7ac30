package dev.mortar.audit;

import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.inventory.CapacityRule;
import dev.mortar.schemas.inventory.Day;
import dev.mortar.schemas.inventory.LocationRegistered;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The times of a registered location: whether it is open, when couriers leave, and how much it can prepare. */
final class Opening {
    private static final LocalTime MIDNIGHT = LocalTime.MIDNIGHT;

    private final LocationRegistered location;
    private final ZoneId zone;
    /** Whether it is open in a slot, by its start. Many orders ask for the same slots. */
    private final Map<Instant, Boolean> openSlots = new HashMap<>();

    Opening(LocationRegistered location) {
        this.location = location;
        zone = ZoneId.of(location.getTimeZone());
    }

    boolean limits(FulfilmentMethod method) {
        return location.getCapacity().stream().anyMatch(rule -> rule.getMethod() == method);
    }

    /** The number of fulfilments for a slot, 0 outside of the times of the rules; negative if there is no limit. */
    long limit(FulfilmentMethod method, Instant startsAt) {
        if (!limits(method)) {
            return -1;
        }
        for (var rule : location.getCapacity()) {
            if (rule.getMethod() == method && holds(rule, startsAt.atZone(zone))) {
                return rule.getOrdersPerSlot();
            }
        }
        return 0;
    }

    private static boolean holds(CapacityRule rule, ZonedDateTime start) {
        long minute = (start.getDayOfWeek().getValue() - 1) * 1_440L + start.getHour() * 60L + start.getMinute();
        long from = (rule.getDay().ordinal() - 1) * 1_440L + minutes(rule.getFrom());
        long length = minutes(rule.getTo()) - minutes(rule.getFrom());
        return Math.floorMod(minute - from, 7 * 1_440L) < (length > 0 ? length : length + 1_440);
    }

    private static long minutes(String time) {
        return Long.parseLong(time.substring(0, 2)) * 60 + Long.parseLong(time.substring(3));
    }

    /** Whether the location is open in every minute of a slot and of the closing buffer after it. */
    boolean isOpen(Instant startsAt, Instant endsAt) {
        return openSlots.computeIfAbsent(startsAt, _ -> isOpenThroughout(startsAt, endsAt));
    }

    private boolean isOpenThroughout(Instant startsAt, Instant endsAt) {
        var end = endsAt.plus(Duration.ofMinutes(location.getClosingBufferMinutes()));
        for (var at = startsAt; at.isBefore(end); at = at.plusSeconds(60)) {
            if (!isOpen(at)) {
                return false;
            }
        }
        return true;
    }

    private boolean isOpen(Instant at) {
        var date = at.atZone(zone).toLocalDate();
        return isOpen(date, at) || isOpen(date.minusDays(1), at);
    }

    /** Whether an opening that begins on a date covers an instant. */
    private boolean isOpen(LocalDate date, Instant at) {
        var exceptions = location.getExceptions().stream()
                .filter(each -> each.getDate().equals(date.toString()))
                .toList();
        if (!exceptions.isEmpty()) {
            return exceptions.stream()
                    .anyMatch(each -> each.getOpens() != null
                            && each.getCloses() != null
                            && covers(date, each.getOpens(), each.getCloses(), at));
        }
        if (location.getOpeningHours().isEmpty()) {
            return covers(date, "00:00", "24:00", at);
        }
        var day = Day.valueOf(date.getDayOfWeek().name());
        return location.getOpeningHours().stream()
                .anyMatch(each -> each.getDay() == day && covers(date, each.getOpens(), each.getCloses(), at));
    }

    private boolean covers(LocalDate date, String opens, String closes, Instant at) {
        boolean isNextDay = minutes(closes) <= minutes(opens) || closes.equals("24:00");
        var end = isNextDay ? date.plusDays(1) : date;
        return !at.isBefore(instant(date, opens)) && at.isBefore(instant(end, closes));
    }

    private Instant instant(LocalDate date, String time) {
        var local = time.equals("24:00") ? MIDNIGHT : LocalTime.parse(time);
        return date.atTime(local).atZone(zone).toInstant();
    }

    /** The instant at which goods of a slot are ready: its end, or for a delivery the next time that couriers leave. */
    Instant readyAt(FulfilmentMethod method, Instant endsAt) {
        List<String> times = location.getDispatchTimes();
        if (method != FulfilmentMethod.DELIVERY || times.isEmpty()) {
            return endsAt;
        }
        var date = endsAt.atZone(zone).toLocalDate();
        var next = Instant.MAX;
        for (int day = 0; day <= 1; day++) {
            for (var time : times) {
                var leaves = instant(date.plusDays(day), time);
                next = !leaves.isBefore(endsAt) && leaves.isBefore(next) ? leaves : next;
            }
        }
        return next;
    }
}
