package dev.mortar.pickup;

/**
 * A quantity of a line.
 *
 * @param quantity in the unit of the line, greater than 0
 */
record LineQuantity(String lineId, long quantity) {}
