package dev.mortar.returns;

import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import java.time.Instant;

/**
 * A line that was handed over, with its returned units. Quantities are in its unit.
 *
 * @param line the units handed over, with their share of discount and tax
 * @param returnableUntil last instant to return it
 * @param returned units returned, at most the units handed over
 * @param refunded refund of the returned units; the whole price once all are returned
 * @param lost its last units, which a courier lost; nobody can return them
 */
record BoughtLine(
        OrderLine line, String fulfilmentId, Instant returnableUntil, long returned, Money refunded, long lost) {

    static BoughtLine of(OrderLine line, String fulfilmentId, Instant returnableUntil) {
        return new BoughtLine(
                line,
                fulfilmentId,
                returnableUntil,
                0,
                Money.zero(line.unitPrice().currency()),
                0);
    }

    String lineId() {
        return line.lineId();
    }

    /** Whether these returned units come from it. An old return names no fulfilment: its line had only one. */
    boolean isOf(ReturnedLine returned) {
        return lineId().equals(returned.lineId())
                && (returned.fulfilmentId() == null || returned.fulfilmentId().equals(fulfilmentId));
    }

    long handedOver() {
        return line.quantity();
    }

    /** Units that can still be returned. */
    long remaining() {
        return handedOver() - returned - lost;
    }

    /**
     * The refund for the next units of the line. Units are refunded in sequence, so the refunds add up to the price
     * paid, however the line is split into returns.
     */
    Money refundFor(long quantity) {
        return line.total(returned, returned + quantity);
    }

    BoughtLine afterReturn(ReturnedLine units) {
        return new BoughtLine(
                line, fulfilmentId, returnableUntil, returned + units.quantity(), refunded.plus(units.refund()), lost);
    }

    BoughtLine afterLoss(long units) {
        return new BoughtLine(line, fulfilmentId, returnableUntil, returned, refunded, lost + units);
    }

    BoughtLine returnableUntil(Instant later) {
        return new BoughtLine(line, fulfilmentId, later, returned, refunded, lost);
    }
}
