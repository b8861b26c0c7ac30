package dev.mortar.order;

import dev.mortar.eventsourcing.FieldName;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.ParcelReturnLine;
import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events of an order. The contract, {@code order.avdl}, explains every field. */
sealed interface OrderEvent {

    String orderId();

    /** A shopper placed an order. */
    record OrderPlaced(
            String orderId,
            RequestedOrder order,
            Money total,
            @Nullable Instant decideBy,
            @FieldName("meta.recordedAt") Instant placedAt)
            implements OrderEvent {}

    /** A till reported a sale. */
    record SaleRecorded(
            String orderId,
            TillSale sale,
            Money total,
            @FieldName("meta.recordedAt") Instant recordedAt) implements OrderEvent {}

    /** The order looks for the locations of some units: a run begins. */
    record SourcingRequested(
            String orderId,
            String runId,
            int attempt,
            @Nullable String channelId,
            SourcingRun.Trigger trigger,
            FulfilmentMethod method,
            List<LinePart> parts,
            @Nullable String replaces,
            boolean held,
            @Nullable Cell cell,
            @Nullable String nearLocationId,
            List<String> excluded,
            @Nullable Instant latestReadyAt,
            int splitMax,
            boolean mayMove,
            Instant decideBy,
            EndReason reason,
            @Nullable String cancellationId,
            @Nullable String destinationId)
            implements OrderEvent {}

    /** A run has an outcome. */
    record SourcingDecided(
            String orderId,
            String runId,
            SourcingRun.Outcome outcome,
            @Nullable String rulesId,
            int rulesRevision,
            @Nullable Instant copyAsOf,
            List<SourcingCandidate> candidates,
            List<SourcingCandidate.LeftOut> leftOut,
            long score)
            implements OrderEvent {}

    /** A location was chosen for some units. */
    record FulfilmentAdded(
            String orderId,
            String runId,
            Channel channel,
            Fulfilment fulfilment,
            List<OrderLine> lines,
            @Nullable Instant latestReadyAt,
            Instant decideBy)
            implements OrderEvent {}

    /** An added fulfilment of a confirmed order is confirmed. */
    record FulfilmentConfirmed(
            String orderId,
            String runId,
            Channel channel,
            @Nullable String customerId,
            Fulfilment fulfilment,
            List<OrderLine> lines,
            @Nullable String cancellationId)
            implements OrderEvent {}

    /** An added fulfilment is not used. */
    record FulfilmentWithdrawn(String orderId, String runId, Fulfilment fulfilment, SourcingRun.Withdrawal reason)
            implements OrderEvent {}

    /** One fulfilment of several was reserved. */
    record FulfilmentReserved(
            String orderId,
            String fulfilmentId,
            @Nullable Instant readyAt,
            @Nullable Instant acceptBy) implements OrderEvent {}

    /** One fulfilment of several was rejected. */
    record FulfilmentRejected(String orderId, String fulfilmentId, EndReason reason, List<Shortage> shortages)
            implements OrderEvent {}

    /** The order was confirmed. */
    record OrderConfirmed(
            String orderId,
            Channel channel,
            @Nullable String customerId,
            List<OrderLine> lines,
            List<Fulfilment> fulfilments,
            List<Fulfilment> rejectedFulfilments,
            List<OrderLine> rejectedLines,
            Money total)
            implements OrderEvent {}

    /** The order was rejected. */
    record OrderRejected(
            String orderId,
            @Nullable String customerId,
            EndReason reason,
            List<Shortage> shortages,
            List<OrderLine> lines,
            List<Fulfilment> fulfilments)
            implements OrderEvent {}

    /** The cancellation of lines of a confirmed order was requested; pickup-service decides. */
    record OrderCancellationRequested(
            String orderId, String cancellationId, EndReason reason, List<Cancellation.Part> parts, boolean unlessReady)
            implements OrderEvent {}

    /** Pickup-service refused to cancel a fulfilment. */
    record OrderCancellationRefused(String orderId, String cancellationId, String fulfilmentId) implements OrderEvent {}

    /** Units of some lines were cancelled. The order continues with the remaining units. */
    record OrderLinesCancelled(
            String orderId,
            @Nullable String customerId,
            String fulfilmentId,
            EndReason reason,
            List<LineQuantity> lines,
            Money amount,
            @Nullable String cancellationId,
            List<OrderLine> cancelledLines,
            @Nullable String runId)
            implements OrderEvent {}

    /** The order ended before anything was handed over. */
    record OrderCancelled(
            String orderId,
            @Nullable String customerId,
            EndReason reason,
            List<Fulfilment> reservedFulfilments,
            List<OrderLine> lines)
            implements OrderEvent {}

    /** The goods of a fulfilment were handed over. */
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
            implements OrderEvent {}

    /** A parcel of a fulfilment reached the shopper. */
    record FulfilmentDelivered(
            String orderId,
            String fulfilmentId,
            @Nullable String customerId,
            String parcelId,
            Instant deliveredAt,
            List<LineQuantity> lines)
            implements OrderEvent {}

    /** A parcel of a fulfilment came back undelivered. */
    record FulfilmentUndelivered(
            String orderId,
            String fulfilmentId,
            @Nullable String customerId,
            String parcelId,
            String returnedTo,
            List<ParcelReturnLine> lines)
            implements OrderEvent {}

    /** A parcel of a fulfilment was lost. */
    record FulfilmentLost(
            String orderId,
            String fulfilmentId,
            @Nullable String customerId,
            String parcelId,
            List<OrderLine> lines,
            Money amount,
            @Nullable String paymentReference)
            implements OrderEvent {}

    /** No unit of the order is open, and at least one was handed over. */
    record OrderCompleted(
            String orderId, @Nullable String customerId, List<LineQuantity> handedOver, List<LineQuantity> cancelled)
            implements OrderEvent {}

    /** The shopper returned goods of the order. */
    record OrderReturned(String orderId, String returnId, List<LineQuantity> lines, Money refund, boolean whole)
            implements OrderEvent {}
}
