package dev.mortar.values;

import java.time.DayOfWeek;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * How many fulfilments of a method can be booked for each slot that starts in these times.
 *
 * @param from local time as HH:MM
 * @param to local time as HH:MM, at most 24:00; a time at or before {@code from} is on the next day
 */
public record CapacityRule(FulfilmentMethod method, DayOfWeek day, String from, String to, int ordersPerSlot) {

    /** True when a slot that starts at this local time is in the times of the rule. */
    public boolean holds(ZonedDateTime start) {
        // HH:MM times sort as text.
        String time = start.toLocalTime().truncatedTo(ChronoUnit.MINUTES).toString();
        boolean overnight = to.compareTo(from) <= 0;
        boolean begun = start.getDayOfWeek() == day && time.compareTo(from) >= 0;
        return overnight
                ? begun || start.getDayOfWeek() == day.plus(1) && time.compareTo(to) < 0
                : begun && time.compareTo(to) < 0;
    }
}
