package dev.mortar.inventory;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * One opening on a single date in place of those of its weekday, or that the location is closed on it.
 *
 * @param opens as in {@link OpeningHours}, or null when it is closed
 * @param closes as in {@link OpeningHours}, or null when it is closed
 */
record OpeningException(
        LocalDate date, @Nullable String opens, @Nullable String closes) {}
