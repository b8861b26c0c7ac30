package dev.mortar.order;

import dev.mortar.values.OrderLine;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Shortage;
import dev.mortar.values.Channel;
import dev.mortar.values.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What order-service can be asked to do. Ids, prices and times of the world come in with the command. */
sealed interface OrderCommand {

    String orderId();

    /**
     * A shopper orders, online or in a store.
     *
     * @param locationId where the order is taken; null for an online order
     * @param decideWithin how long the reservations may stay unanswered
     */
    record PlaceOrder(
            String orderId,
            Channel channel,
            @Nullable String channelId,
            @Nullable String customerId,
            Acceptance acceptance,
            List<OrderLine> lines,
            List<Fulfilment> fulfilments,
            @Nullable String paymentReference,
            @Nullable String locationId,
            Duration decideWithin)
            implements OrderCommand {}

    /**
     * A till reports a sale: the goods are gone already, whatever the book says.
     *
     * @param soldAt by the clock of the till
     */
    record RecordSale(
            String orderId,
            @Nullable String channelId,
            @Nullable String customerId,
            List<OrderLine> lines,
            @Nullable String paymentReference,
            String locationId,
            String tillId,
            String receiptNumber,
            Instant soldAt)
            implements OrderCommand {}

    /** The goods of a fulfilment are set aside. */
    record AcceptFulfilment(String orderId, String fulfilmentId) implements OrderCommand {}

    /** The goods of a fulfilment could not be set aside. */
    record RejectFulfilment(String orderId, String fulfilmentId, EndReason reason, List<Shortage> shortages)
            implements OrderCommand {}

    /** Goods that were set aside for a fulfilment are gone. */
    record ReportShortfall(String orderId, String fulfilmentId, EndReason reason) implements OrderCommand {
        /** A command from before the reason was told has none. */
        public ReportShortfall(String orderId, String fulfilmentId, @Nullable EndReason reason) {
            this.orderId = orderId;
            this.fulfilmentId = fulfilmentId;
            this.reason = reason == null ? EndReason.STOCK_SHORTFALL : reason;
        }
    }

    /** The time in which reservations must be answered may be over. */
    record RejectUnanswered(String orderId) implements OrderCommand {}

    /**
     * The shopper or the retailer wants the order, or some of it, no more.
     *
     * @param lines what to cancel; empty for everything that is left
     */
    record CancelOrder(String orderId, String cancellationId, EndReason reason, List<Wanted> lines)
            implements OrderCommand {

        /** A line to cancel; a null quantity stands for all that is left of it. */
        record Wanted(String lineId, @Nullable Long quantity) {}
    }

    /**
     * Lines of a fulfilment were cancelled where it is picked.
     *
     * @param cancellationId the request it answers; null when the store cancelled
     * @param whole true when nothing of the fulfilment is left
     */
    record RecordCancellation(
            String orderId,
            String fulfilmentId,
            @Nullable String cancellationId,
            EndReason reason,
            List<LineQuantity> lines,
            boolean whole)
            implements OrderCommand {}

    /** A request for cancellation came too late for a fulfilment. */
    record RecordCancellationRefusal(String orderId, String cancellationId, String fulfilmentId)
            implements OrderCommand {}

    /**
     * Units of a line could not be picked.
     *
     * @param missing greater than 0
     */
    record RecordShortPick(String orderId, String fulfilmentId, String lineId, long missing) implements OrderCommand {}

    /**
     * A fulfilment was given to the shopper or the courier; what was not given goes back on the shelf.
     *
     * @param handedOverAt by the clock of whoever saw it
     */
    record RecordHandover(String orderId, String fulfilmentId, Instant handedOverAt, List<LineQuantity> handedOver)
            implements OrderCommand {}

    /** Nobody came for a fulfilment. */
    record RecordNoShow(String orderId, String fulfilmentId) implements OrderCommand {}

    /** Goods came back and were accepted. */
    record RecordReturn(String orderId, String returnId, List<LineQuantity> lines, Money refund)
            implements OrderCommand {}
}
