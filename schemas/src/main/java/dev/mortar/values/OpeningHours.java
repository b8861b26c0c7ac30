package dev.mortar.values;

import java.time.DayOfWeek;

/**
 * One opening on a day of the week. On a day that is not listed, the location is closed.
 *
 * @param opens first open minute, local time as HH:MM
 * @param closes first closed minute, local time as HH:MM; 24:00 is the end of the day; a time at or before
 *     {@code opens} is on the next day
 */
public record OpeningHours(DayOfWeek day, String opens, String closes) {}
