package dev.mortar.order;

import dev.mortar.values.Money;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of an order, with everything a later refund is computed from.
 *
 * @param lineId unique in its order
 * @param sku exactly as the retailer writes it: case and spaces within count
 * @param title of the article as sold, or null
 * @param quantity in units of {@code unit}, greater than 0
 * @param unitPrice of one unit, before discount
 * @param discount on the whole line
 * @param tax on the whole line
 * @param taxIncluded true when price and discount include the tax
 * @param sellerId in a marketplace; null when the retailer itself sells
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
        serials = List.copyOf(serials);
        lots = List.copyOf(lots);
    }

    /** What the shopper pays for the line. */
    Money total() {
        Money discounted = unitPrice.times(quantity).minus(discount);
        return taxIncluded ? discounted : discounted.plus(tax);
    }

    /**
     * The part of the line that ends after {@code gone} units have, with its share of discount and tax. Whatever
     * becomes of the units of a line, they end one after the other, so the parts add up to the line. Which serial
     * numbers are in a part is not known, so only the whole line keeps them.
     */
    OrderLine part(long gone, long units) {
        if (gone == 0 && units == quantity) {
            return this;
        }
        return new OrderLine(
                lineId,
                sku,
                title,
                units,
                unit,
                unitPrice,
                discount.share(gone, gone + units, quantity),
                tax.share(gone, gone + units, quantity),
                taxIncluded,
                List.of(),
                List.of(),
                sellerId);
    }

    LineQuantity units(long units) {
        return new LineQuantity(lineId, sku, units);
    }
}
