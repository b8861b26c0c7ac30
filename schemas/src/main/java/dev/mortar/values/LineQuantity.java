package dev.mortar.values;

/**
 * A quantity of one line of an order.
 *
 * @param quantity in the unit of the line, greater than 0
 */
public record LineQuantity(String lineId, String sku, long quantity) {}
