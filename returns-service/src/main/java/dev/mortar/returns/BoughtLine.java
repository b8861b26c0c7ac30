package dev.mortar.returns;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A line that left, and how much of it came back. Quantities are in its unit.
 *
 * @param title as it was sold, or null
 * @param returnableUntil last instant to bring it back
 * @param paid for all that was handed over
 * @param returned at most what was handed over
 * @param refunded for what was returned; all that was paid when everything was
 */
record BoughtLine(
        String lineId,
        String sku,
        @Nullable String title,
        Unit unit,
        String fulfilmentId,
        Instant returnableUntil,
        long handedOver,
        Money paid,
        long returned,
        Money refunded) {

    /** A line of which nothing has come back. */
    static BoughtLine of(PurchasedLine purchased, String fulfilmentId, Instant returnableUntil) {
        OrderLine line = purchased.line();
        return new BoughtLine(
                line.lineId(),
                line.sku(),
                line.title(),
                line.unit(),
                fulfilmentId,
                returnableUntil,
                line.quantity(),
                purchased.paid(),
                0,
                Money.zero(purchased.paid().currency()));
    }

    /** What can still come back. */
    long remaining() {
        return handedOver - returned;
    }

    /**
     * What is refunded when so many more come back: the share of all that is back by then, less what was refunded
     * before. However a line is split into returns, the refunds add up to what was paid and never to a cent more.
     */
    Money refundFor(long quantity) {
        return paid.share(returned + quantity, handedOver).minus(refunded);
    }

    /** The line after this came back. */
    BoughtLine minus(ReturnedLine back) {
        return new BoughtLine(
                lineId,
                sku,
                title,
                unit,
                fulfilmentId,
                returnableUntil,
                handedOver,
                paid,
                returned + back.quantity(),
                refunded.plus(back.refund()));
    }
}
