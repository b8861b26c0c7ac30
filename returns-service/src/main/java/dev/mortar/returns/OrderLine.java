package dev.mortar.returns;

import dev.mortar.values.Money;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line that left, as it was sold; amounts are those of the whole line.
 *
 * @param title as it was sold, or null
 * @param quantity in units of {@code unit}, greater than 0
 * @param unitPrice price of one unit before discount
 * @param taxIncluded true when unit price and discount include the tax; false when it comes on top
 * @param sellerId seller in a marketplace, or null when the retailer itself sells
 */
record OrderLine(
        String lineId,
        String sku,
        @Nullable String title,
        long quantity,
        Unit unit,
        Money unitPrice,
        Money discount,
        Money tax,
        boolean taxIncluded,
        List<String> serials,
        List<String> lots,
        @Nullable String sellerId) {

    OrderLine {
        if (quantity < 1) {
            throw new IllegalArgumentException("quantity must be greater than 0: " + quantity);
        }
        if (discount.amount() > unitPrice.times(quantity).amount()) {
            throw new IllegalArgumentException("discount must not be above the price of the line: " + discount);
        }
        serials = List.copyOf(serials);
        lots = List.copyOf(lots);
    }

    /** What was paid for the line. */
    Money paid() {
        return paid(0, quantity);
    }

    /** What was paid for the units of the line after the first {@code from} and up to {@code to}. */
    Money paid(long from, long to) {
        Money goods = unitPrice.times(to - from).minus(discount.share(from, to, quantity));
        return taxIncluded ? goods : goods.plus(tax.share(from, to, quantity));
    }
}
