package dev.mortar.pickup;

import dev.mortar.values.Unit;
import org.jspecify.annotations.Nullable;

/**
 * A quantity of one line of the order, with the details that an associate needs.
 *
 * @param sku stock-keeping unit, exactly as the retailer writes it
 * @param title title of the article as it was sold, or null
 * @param quantity units of {@code unit}, greater than 0
 */
record PickupLine(String lineId, String sku, @Nullable String title, long quantity, Unit unit) {

    PickupLine withQuantity(long newQuantity) {
        return new PickupLine(lineId, sku, title, newQuantity, unit);
    }
}
