package dev.mortar.inventory;

import java.time.DayOfWeek;

/**
 * One opening on a day of the week; a day that is not listed is closed.
 *
 * @param opens first minute it is open, local time as HH:MM
 * @param closes first minute it is closed again, local time as HH:MM; 24:00 for the end of the day; at or before
 *     {@code opens}: on the next day
 */
record OpeningHours(DayOfWeek day, String opens, String closes) {}
