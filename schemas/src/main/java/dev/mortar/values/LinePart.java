package dev.mortar.values;

/**
 * Consecutive units of one line of an order. The units of a line are numbered from 0.
 *
 * @param quantity in the unit of the line, greater than 0
 * @param firstUnit number of the first unit
 */
public record LinePart(String lineId, String sku, long quantity, long firstUnit) {

    /** The number after that of the last unit. */
    public long end() {
        return firstUnit + quantity;
    }
}
