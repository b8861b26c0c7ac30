package dev.mortar.returns;

import dev.mortar.values.OrderLine;
import dev.mortar.values.Money;

/**
 * A line that left.
 *
 * @param paid for all of it, discount and tax included
 */
record PurchasedLine(OrderLine line, Money paid) {}
