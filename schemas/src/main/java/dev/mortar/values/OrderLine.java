package dev.mortar.values;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of an order, with everything that a later refund needs. Amounts are for the whole line, except
 * {@code unitPrice}.
 *
 * @param lineId unique in its order
 * @param sku exactly as the retailer writes it; case and inner spaces are significant
 * @param title of the article as sold, or null
 * @param quantity in units of {@code unit}, greater than 0
 * @param unitPrice of one unit, before discount
 * @param taxIncluded true if price and discount include the tax; false if the tax is added
 * @param sellerId in a marketplace; null if the retailer itself sells
 */
public record OrderLine(
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
    /** @throws IllegalArgumentException when the quantity is below 1 */
    public OrderLine {
        if (quantity < 1) {
            throw new IllegalArgumentException("quantity must be greater than 0: " + quantity);
        }
        serials = List.copyOf(serials);
        lots = List.copyOf(lots);
    }

    /** The price that the shopper pays for the line. */
    public Money total() {
        return total(0, quantity);
    }

    /** The price that the shopper pays for the units after the first {@code from}, up to {@code to}. */
    public Money total(long from, long to) {
        Money goods = unitPrice.times(to - from).minus(discount.share(from, to, quantity));
        return taxIncluded ? goods : goods.plus(tax.share(from, to, quantity));
    }

    /**
     * Some units of the line with their share of discount and tax. The units are counted in the order in which they
     * end, so the parts add up to the line. The serial numbers and lots of a part are not known, so only the whole line
     * keeps them.
     *
     * @param gone number of units of the line that ended before these
     */
    public OrderLine part(long gone, long units) {
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

    /** This part of a line and another one as one line. */
    public OrderLine plus(OrderLine other) {
        return new OrderLine(
                lineId,
                sku,
                title,
                quantity + other.quantity,
                unit,
                unitPrice,
                discount.plus(other.discount),
                tax.plus(other.tax),
                taxIncluded,
                List.of(),
                List.of(),
                sellerId);
    }

    public LineQuantity units(long units) {
        return new LineQuantity(lineId, sku, units);
    }
}
