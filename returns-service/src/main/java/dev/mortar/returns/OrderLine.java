package dev.mortar.returns;

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
        serials = List.copyOf(serials);
        lots = List.copyOf(lots);
    }

    /** What was paid for the line; never less than nothing, however large the discount. */
    Money paid() {
        Money goods = new Money(Math.multiplyExact(unitPrice.amount(), quantity), unitPrice.currency()).minus(discount);
        Money paid = taxIncluded ? goods : goods.plus(tax);
        return new Money(Math.max(0, paid.amount()), paid.currency());
    }
}
