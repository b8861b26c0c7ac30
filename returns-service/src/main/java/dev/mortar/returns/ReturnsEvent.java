package dev.mortar.returns;

import dev.mortar.values.Money;
import org.jspecify.annotations.Nullable;

/** The events of the returns of one order. The contract, {@code returns.avdl}, explains every field. */
sealed interface ReturnsEvent {

    /** Goods were handed over. From now on they can be returned. */
    record PurchaseRecorded(Purchase purchase) implements ReturnsEvent {}

    /** A return was accepted. */
    record ReturnAccepted(String orderId, @Nullable String customerId, Return accepted) implements ReturnsEvent {}

    /** The payment provider has to pay a refund. */
    record RefundRequested(
            String orderId,
            String returnId,
            Money amount,
            @Nullable String paymentReference) implements ReturnsEvent {}
}
