package dev.mortar.order;

import dev.mortar.values.EndReason;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.Shortage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands of order-service. A command brings its ids, prices and times with it; the decider makes none. */
sealed interface OrderCommand {

    String orderId();

    /**
     * A shopper places an order, online or in a store.
     *
     * @param decideWithin how long the reservations may stay unanswered
     */
    record PlaceOrder(String orderId, RequestedOrder order, Duration decideWithin) implements OrderCommand {}

    /** A till reports a sale. The goods have left already, even if the recorded stock was too low. */
    record RecordSale(String orderId, TillSale sale) implements OrderCommand {}

    record RecordReservation(String orderId, String fulfilmentId) implements OrderCommand {}

    /** Inventory-service could not reserve the goods of a fulfilment. */
    record RecordReservationRejection(String orderId, String fulfilmentId, EndReason reason, List<Shortage> shortages)
            implements OrderCommand {}

    /** The reservation of a fulfilment was broken, because its goods are no longer in stock. */
    record RecordBrokenReservation(String orderId, String fulfilmentId, EndReason reason) implements OrderCommand {}

    /** The time limit for the answers to the reservations may have passed. */
    record RejectUnanswered(String orderId) implements OrderCommand {}

    /**
     * The shopper or the retailer cancels the order or some of its lines.
     *
     * @param lines lines to cancel; empty for all remaining units
     */
    record CancelOrder(String orderId, String cancellationId, EndReason reason, List<LineToCancel> lines)
            implements OrderCommand {

        /** A line to cancel. If the quantity is null, all its remaining units are cancelled. */
        record LineToCancel(String lineId, @Nullable Long quantity) {}
    }

    /**
     * Pickup-service cancelled lines of a fulfilment.
     *
     * @param cancellationId the request that this answers; null if the store cancelled
     * @param whole true if no unit of the fulfilment remains
     */
    record RecordCancellation(
            String orderId,
            String fulfilmentId,
            @Nullable String cancellationId,
            EndReason reason,
            List<LineQuantity> lines,
            boolean whole)
            implements OrderCommand {}

    /** Pickup-service refused to cancel a fulfilment: the request came too late. */
    record RecordCancellationRefusal(String orderId, String cancellationId, String fulfilmentId)
            implements OrderCommand {}

    /** The store could not pick some units of a line. */
    record RecordShortPick(String orderId, String fulfilmentId, String lineId, long missing) implements OrderCommand {}

    /**
     * The store handed a fulfilment over to the shopper or the courier. Units not handed over go back on the shelf.
     *
     * @param handedOverAt by the store's clock
     */
    record RecordHandover(String orderId, String fulfilmentId, Instant handedOverAt, List<LineQuantity> handedOver)
            implements OrderCommand {}

    /** The pickup deadline of a fulfilment passed and nobody came. */
    record RecordNoShow(String orderId, String fulfilmentId) implements OrderCommand {}

    record RecordReturn(String orderId, String returnId, List<LineQuantity> lines, Money refund)
            implements OrderCommand {}
}
