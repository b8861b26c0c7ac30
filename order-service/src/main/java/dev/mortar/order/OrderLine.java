package dev.mortar.order;

import java.math.BigInteger;
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
        Money price = new Money(Math.multiplyExact(unitPrice.amount(), quantity), unitPrice.currency());
        Money discounted = price.minus(discount);
        return taxIncluded ? discounted : discounted.plus(tax);
    }

    /**
     * The part of the line that ends after {@code gone} units have. At every point the units gone so far bear their
     * share of discount and tax by largest remainder, so the parts add up to the line and the last one takes the rest.
     * Which serial numbers are in a part is not known, so only the whole line keeps them.
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
                share(discount, gone, units),
                share(tax, gone, units),
                taxIncluded,
                List.of(),
                List.of(),
                sellerId);
    }

    LineQuantity units(long units) {
        return new LineQuantity(lineId, sku, units);
    }

    private Money share(Money whole, long gone, long units) {
        return new Money(shareOfFirst(whole, gone + units) - shareOfFirst(whole, gone), whole.currency());
    }

    /** Two parties, those units and the rest: the one with the larger remainder gets the odd minor unit. */
    private long shareOfFirst(Money whole, long units) {
        BigInteger twice = BigInteger.valueOf(whole.amount())
                .multiply(BigInteger.valueOf(units))
                .shiftLeft(1);
        BigInteger all = BigInteger.valueOf(quantity);
        return twice.add(all).divide(all.shiftLeft(1)).longValueExact();
    }
}
