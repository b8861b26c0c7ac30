package dev.mortar.returns;

/**
 * A line that left.
 *
 * @param paid for all of it, discount and tax included
 */
record PurchasedLine(OrderLine line, Money paid) {}
