package dev.mortar.inventory;

import java.time.DayOfWeek;

/**
 * The hours of one day of the week; a day that is not listed is closed.
 *
 * @param opens first minute it is open, local time as HH:MM
 * @param closes first minute it is closed again, local time as HH:MM; 24:00 for the end of the day
 */
record OpeningHours(DayOfWeek day, String opens, String closes) {}
