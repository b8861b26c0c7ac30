package dev.mortar.returns;

import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;

/** A line that was handed over. */
record PurchasedLine(OrderLine line, Money paid) {

    PurchasedLine {
        if (line.discount().amount() > line.unitPrice().times(line.quantity()).amount()) {
            throw new IllegalArgumentException("discount must not be above the price of the line: " + line.discount());
        }
    }
}
