package dev.mortar.order;

/**
 * A quantity of one line of an order.
 *
 * @param quantity in the unit of the line, greater than 0
 */
record LineQuantity(String lineId, String sku, long quantity) {}
