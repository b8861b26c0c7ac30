package dev.mortar.returns;

import dev.mortar.values.Channel;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened to the returns of one order. */
sealed interface ReturnsEvent {

    /** The order it is about. */
    String orderId();

    /**
     * Goods left: from now on they can come back.
     *
     * @param customerId opaque id of the shopper, or null for a guest
     * @param handedOverAt when the goods left by the clock of whoever saw it
     * @param returnableUntil last instant to bring them back, by the log's clock
     * @param paymentReference at the payment provider, or null
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
     * Goods came back and were accepted.
     *
     * @param customerId opaque id of the shopper, or null for a guest
     * @param accepted what came back, where, when, for how much
     */
    record ReturnAccepted(String orderId, @Nullable String customerId, Return accepted) implements ReturnsEvent {}

    /**
     * The payment provider is to pay money back.
     *
     * @param amount greater than 0
     * @param paymentReference at the payment provider, or null
     */
    record RefundRequested(
            String orderId,
            String returnId,
            Money amount,
            @Nullable String paymentReference) implements ReturnsEvent {}
}
