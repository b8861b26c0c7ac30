package dev.mortar.returns;

import dev.mortar.values.OrderLine;
import dev.mortar.values.Money;
import java.time.Instant;

/**
 * A line that left, and how much of it came back. Quantities are in its unit.
 *
 * @param line quantity, discount and tax are those of what left
 * @param returnableUntil last instant to bring it back
 * @param returned at most what was handed over
 * @param refunded for what was returned; all that was paid when everything was
 */
record BoughtLine(OrderLine line, String fulfilmentId, Instant returnableUntil, long returned, Money refunded) {

    /** A line of which nothing has come back. */
    static BoughtLine of(OrderLine line, String fulfilmentId, Instant returnableUntil) {
        return new BoughtLine(
                line,
                fulfilmentId,
                returnableUntil,
                0,
                Money.zero(line.unitPrice().currency()));
    }

    String lineId() {
        return line.lineId();
    }

    long handedOver() {
        return line.quantity();
    }

    /** What can still come back. */
    long remaining() {
        return handedOver() - returned;
    }

    /**
     * What is refunded when so many more come back: units come back one after the other, so however a line is split
     * into returns, the refunds add up to what was paid.
     */
    Money refundFor(long quantity) {
        return line.total(returned, returned + quantity);
    }

    /** The line after this came back. */
    BoughtLine minus(ReturnedLine back) {
        return new BoughtLine(
                line, fulfilmentId, returnableUntil, returned + back.quantity(), refunded.plus(back.refund()));
    }
}
