package dev.mortar.values;

/**
 * Units of a line that came back undelivered.
 *
 * @param quantity in the unit of the line, greater than 0
 * @param disposition where the units go
 */
public record ParcelReturnLine(
        String lineId, String sku, long quantity, ReturnCondition condition, Disposition disposition) {

    /** The units without their condition. */
    public LineQuantity units() {
        return new LineQuantity(lineId, sku, quantity);
    }
}
