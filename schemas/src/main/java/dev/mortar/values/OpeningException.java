package dev.mortar.values;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the hours of the weekday on one date: by one opening, or by a closed day.
 *
 * @param opens as in {@link OpeningHours}, or null when closed
 * @param closes as in {@link OpeningHours}, or null when closed
 */
public record OpeningException(
        LocalDate date, @Nullable String opens, @Nullable String closes) {}
