package dev.mortar.order;

import dev.mortar.eventsourcing.FieldName;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events of an order. The contract, {@code order.avdl}, explains every field. */
sealed interface OrderEvent {

    String orderId();

    /**
     * A shopper placed an order.
     *
     * @param decideBy last instant for the answers to the reservations; null if nothing has to be reserved
     * @param placedAt when the broker appended the command
     */
    record OrderPlaced(
            String orderId,
            RequestedOrder order,
            Money total,
            @Nullable Instant decideBy,
            @FieldName("meta.recordedAt") Instant placedAt)
            implements OrderEvent {}

    /**
     * A till reported a sale.
     *
     * @param recordedAt when the broker appended the command
     */
    record SaleRecorded(
            String orderId,
            TillSale sale,
            Money total,
            @FieldName("meta.recordedAt") Instant recordedAt) implements OrderEvent {}

    /** One fulfilment of several was reserved. */
    record FulfilmentReserved(String orderId, String fulfilmentId) implements OrderEvent {}

    /** One fulfilment of several was rejected. */
    record FulfilmentRejected(String orderId, String fulfilmentId, EndReason reason, List<Shortage> shortages)
            implements OrderEvent {
        public FulfilmentRejected {
            shortages = List.copyOf(shortages);
        }
    }

    /**
     * The order was confirmed.
     *
     * @param total what the shopper pays for the confirmed lines
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
     * The order was rejected.
     *
     * @param fulfilments fulfilments whose reservations end with the order
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

    /** The cancellation of lines of a confirmed order was requested; pickup-service decides. */
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
     * Units of some lines were cancelled. The order continues with the remaining units.
     *
     * @param amount what the shopper no longer pays
     * @param cancellationId the request that this answers; null if there was no request
     * @param cancelledLines the same quantities, with the cancelled units' share of discount and tax
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
     * The order ended before anything was handed over.
     *
     * @param reservedFulfilments fulfilments with open reservations, which end with the order
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
     * The goods of a fulfilment were handed over.
     *
     * @param lines the units handed over, with their share of discount and tax
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

    /** No unit of the order is open, and at least one was handed over. */
    record OrderCompleted(
            String orderId, @Nullable String customerId, List<LineQuantity> handedOver, List<LineQuantity> cancelled)
            implements OrderEvent {
        public OrderCompleted {
            handedOver = List.copyOf(handedOver);
            cancelled = List.copyOf(cancelled);
        }
    }

    /**
     * The shopper returned goods of the order.
     *
     * @param whole true if every unit that was handed over has been returned
     */
    record OrderReturned(String orderId, String returnId, List<LineQuantity> lines, Money refund, boolean whole)
            implements OrderEvent {
        public OrderReturned {
            lines = List.copyOf(lines);
        }
    }
}
