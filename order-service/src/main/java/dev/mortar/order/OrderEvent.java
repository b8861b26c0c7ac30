package dev.mortar.order;

import dev.mortar.values.OrderLine;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Shortage;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Channel;
import dev.mortar.eventsourcing.RecordedAt;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened to an order. The meaning of every field is in the contract, {@code order.avdl}. */
sealed interface OrderEvent {

    String orderId();

    /**
     * A shopper's order was taken down, or a till reported a sale.
     *
     * @param decideBy last instant for the reservations to be answered; null when nothing is reserved
     * @param placedAt when the broker appended the command
     */
    record OrderPlaced(
            String orderId,
            Channel channel,
            @Nullable String channelId,
            @Nullable String customerId,
            Acceptance acceptance,
            List<OrderLine> lines,
            List<Fulfilment> fulfilments,
            Money total,
            @Nullable String paymentReference,
            @Nullable String locationId,
            @Nullable String tillId,
            @Nullable String receiptNumber,
            @Nullable Instant decideBy,
            @RecordedAt Instant placedAt)
            implements OrderEvent {
        public OrderPlaced {
            lines = List.copyOf(lines);
            fulfilments = List.copyOf(fulfilments);
        }
    }

    /** One of several fulfilments is reserved. */
    record FulfilmentReserved(String orderId, String fulfilmentId) implements OrderEvent {}

    /** One of several fulfilments falls out. */
    record FulfilmentRejected(String orderId, String fulfilmentId, EndReason reason, List<Shortage> shortages)
            implements OrderEvent {
        public FulfilmentRejected {
            shortages = List.copyOf(shortages);
        }
    }

    /**
     * The retailer stands by the order.
     *
     * @param total what the shopper pays for the lines the order stands by
     */
    record OrderConfirmed(
            String orderId,
            Channel channel,
            @Nullable String customerId,
            List<OrderLine> lines,
            List<Fulfilment> fulfilments,
            List<Fulfilment> rejectedFulfilments,
            List<OrderLine> rejectedLines,
            Money total)
            implements OrderEvent {
        public OrderConfirmed {
            lines = List.copyOf(lines);
            fulfilments = List.copyOf(fulfilments);
            rejectedFulfilments = List.copyOf(rejectedFulfilments);
            rejectedLines = List.copyOf(rejectedLines);
        }
    }

    /**
     * The order was refused.
     *
     * @param fulfilments those whose reservations end with it
     */
    record OrderRejected(
            String orderId,
            @Nullable String customerId,
            EndReason reason,
            List<Shortage> shortages,
            List<OrderLine> lines,
            List<Fulfilment> fulfilments)
            implements OrderEvent {
        public OrderRejected {
            shortages = List.copyOf(shortages);
            lines = List.copyOf(lines);
            fulfilments = List.copyOf(fulfilments);
        }
    }

    /** Lines of a confirmed order are to be cancelled; pickup-service decides. */
    record OrderCancellationRequested(
            String orderId, String cancellationId, EndReason reason, List<Cancellation.Part> parts)
            implements OrderEvent {
        public OrderCancellationRequested {
            parts = List.copyOf(parts);
        }
    }

    /** Pickup-service refused to cancel a fulfilment. */
    record OrderCancellationRefused(String orderId, String cancellationId, String fulfilmentId) implements OrderEvent {}

    /**
     * Some lines ended without being handed over; the order goes on with the rest.
     *
     * @param amount what the shopper no longer pays
     * @param cancellationId the request it answers; null when nobody asked
     * @param cancelledLines the same quantities; discount and tax are those of what ended
     */
    record OrderLinesCancelled(
            String orderId,
            @Nullable String customerId,
            String fulfilmentId,
            EndReason reason,
            List<LineQuantity> lines,
            Money amount,
            @Nullable String cancellationId,
            List<OrderLine> cancelledLines)
            implements OrderEvent {
        public OrderLinesCancelled {
            lines = List.copyOf(lines);
            cancelledLines = List.copyOf(cancelledLines);
        }
    }

    /**
     * The order ended without anything handed over.
     *
     * @param reservedFulfilments those whose reservations are still open and end with it
     */
    record OrderCancelled(
            String orderId,
            @Nullable String customerId,
            EndReason reason,
            List<Fulfilment> reservedFulfilments,
            List<OrderLine> lines)
            implements OrderEvent {
        public OrderCancelled {
            reservedFulfilments = List.copyOf(reservedFulfilments);
            lines = List.copyOf(lines);
        }
    }

    /**
     * The goods of a fulfilment left.
     *
     * @param lines quantity, discount and tax are those of what left
     */
    record FulfilmentHandedOver(
            String orderId,
            String fulfilmentId,
            @Nullable String customerId,
            Channel channel,
            FulfilmentMethod method,
            String locationId,
            Instant handedOverAt,
            List<OrderLine> lines,
            @Nullable String paymentReference)
            implements OrderEvent {
        public FulfilmentHandedOver {
            lines = List.copyOf(lines);
        }
    }

    /** Nothing of the order is open any more, and something was handed over. */
    record OrderCompleted(
            String orderId, @Nullable String customerId, List<LineQuantity> handedOver, List<LineQuantity> cancelled)
            implements OrderEvent {
        public OrderCompleted {
            handedOver = List.copyOf(handedOver);
            cancelled = List.copyOf(cancelled);
        }
    }

    /**
     * Goods of the order came back.
     *
     * @param whole true when everything that was handed over has come back
     */
    record OrderReturned(String orderId, String returnId, List<LineQuantity> lines, Money refund, boolean whole)
            implements OrderEvent {
        public OrderReturned {
            lines = List.copyOf(lines);
        }
    }
}
