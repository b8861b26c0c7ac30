package dev.mortar.notification;

import dev.mortar.values.Unit;
import org.jspecify.annotations.Nullable;

/**
 * An article in a notification.
 *
 * @param title title at the time of the sale, or null
 * @param quantity in units of {@code unit}, greater than 0
 */
public record NotificationLine(String sku, @Nullable String title, long quantity, Unit unit) {}
