package dev.mortar.returns;

import dev.mortar.values.Channel;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events of the returns of one order. */
sealed interface ReturnsEvent {

    /** The order whose goods are returned. */
    String orderId();

    /**
     * Goods were handed over. From now on they can be returned.
     *
     * @param customerId opaque id of the shopper, or null for a guest
     * @param handedOverAt by the clock of the store or the till
     * @param returnableUntil last instant to return them, by the broker's clock
     * @param paymentReference reference at the payment provider, or null
     */
    record PurchaseRecorded(
            String orderId,
            String fulfilmentId,
            @Nullable String customerId,
            Channel channel,
            String locationId,
            Instant handedOverAt,
            Instant returnableUntil,
            List<PurchasedLine> lines,
            @Nullable String paymentReference)
            implements ReturnsEvent {

        public PurchaseRecorded {
            lines = List.copyOf(lines);
        }
    }

    /**
     * A return was accepted.
     *
     * @param customerId opaque id of the shopper, or null for a guest
     * @param accepted the return, with location, time and refund
     */
    record ReturnAccepted(String orderId, @Nullable String customerId, Return accepted) implements ReturnsEvent {}

    /**
     * The payment provider has to pay a refund.
     *
     * @param amount greater than 0
     * @param paymentReference reference at the payment provider, or null
     */
    record RefundRequested(
            String orderId,
            String returnId,
            Money amount,
            @Nullable String paymentReference) implements ReturnsEvent {}
}
