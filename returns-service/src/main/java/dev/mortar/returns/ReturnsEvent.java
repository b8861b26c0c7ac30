package dev.mortar.returns;

import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events of the returns of one order. The contract, {@code returns.avdl}, explains every field. */
sealed interface ReturnsEvent {

    /** Goods were handed over. From now on they can be returned. */
    record PurchaseRecorded(Purchase purchase) implements ReturnsEvent {}

    /** A parcel was delivered, so there is more time to return the goods of its fulfilment. */
    record ReturnWindowMoved(String orderId, String fulfilmentId, Instant returnableUntil, Instant previous)
            implements ReturnsEvent {}

    /** A parcel was lost. Its units cannot be returned. */
    record PurchaseLost(String orderId, String fulfilmentId, String parcelId, List<LineQuantity> lines)
            implements ReturnsEvent {}

    /** A return was accepted. */
    record ReturnAccepted(String orderId, @Nullable String customerId, Return accepted) implements ReturnsEvent {}

    /** The payment provider has to pay a refund. */
    record RefundRequested(
            String orderId,
            String returnId,
            Money amount,
            @Nullable String paymentReference) implements ReturnsEvent {}
}
