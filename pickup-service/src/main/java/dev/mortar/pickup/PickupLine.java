package dev.mortar.pickup;

import dev.mortar.values.Unit;
import org.jspecify.annotations.Nullable;

/** A quantity of one line of the order, with the details that an associate needs. */
record PickupLine(String lineId, String sku, @Nullable String title, long quantity, Unit unit) {

    PickupLine withQuantity(long newQuantity) {
        return new PickupLine(lineId, sku, title, newQuantity, unit);
    }
}
