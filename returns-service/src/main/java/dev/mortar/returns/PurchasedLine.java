package dev.mortar.returns;

import dev.mortar.values.OrderLine;
import dev.mortar.values.Money;

/**
 * A line that was handed over.
 *
 * @param paid price of the whole line, less discount, plus tax
 */
record PurchasedLine(OrderLine line, Money paid) {}
