package dev.mortar.order;

import dev.mortar.eventsourcing.Process;
import dev.mortar.order.OrderCommand.*;
import dev.mortar.order.OrderProcess.Incoming.*;
import dev.mortar.values.EndReason;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.ParcelReturnLine;
import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns events of inventory-, pickup- and returns-service into commands to an order. */
final class OrderProcess implements Process<OrderProcess.Incoming, OrderCommand> {

    enum ReservationRejectionReason {
        INSUFFICIENT_STOCK,
        LOCATION_UNKNOWN,
        ALREADY_RELEASED,
        NO_CAPACITY
    }

    /** Kinds of delay. */
    enum OverdueKind {
        ACCEPT,
        PICK,
        PROMISE,
        COURIER,
        DELIVERY
    }

    /** The events of other services that matter to orders. */
    sealed interface Incoming {
        String orderId();

        record StockReserved(
                String orderId,
                String fulfilmentId,
                @Nullable Instant readyAt,
                @Nullable Instant acceptBy) implements Incoming {}

        record StockReservationRejected(
                String orderId, String fulfilmentId, ReservationRejectionReason reason, List<Shortage> shortages)
                implements Incoming {}

        record ReservationBroken(String orderId, String fulfilmentId, boolean soldAtTill) implements Incoming {}

        record ReservationReduced(
                String orderId,
                String fulfilmentId,
                int reduction,
                List<RecordReducedReservation.LostUnits> lost,
                boolean soldAtTill)
                implements Incoming {}

        record PickupTaskRejected(String orderId, String fulfilmentId) implements Incoming {}

        record PickupOverdue(String orderId, String fulfilmentId, OverdueKind kind) implements Incoming {}

        record PickupLineShort(String orderId, String fulfilmentId, String lineId, long missing) implements Incoming {}

        record PickupHandedOver(
                String orderId, String fulfilmentId, Instant handedOverAt, List<LineQuantity> handedOver)
                implements Incoming {}

        record ParcelDelivered(
                String orderId, String fulfilmentId, String parcelId, Instant deliveredAt, List<LineQuantity> lines)
                implements Incoming {}

        record ParcelReturned(
                String orderId, String fulfilmentId, String parcelId, String returnedTo, List<ParcelReturnLine> lines)
                implements Incoming {}

        record ParcelLost(String orderId, String fulfilmentId, String parcelId, List<LineQuantity> lines)
                implements Incoming {}

        record PickupExpired(String orderId, String fulfilmentId) implements Incoming {}

        record PickupCancelled(
                String orderId,
                String fulfilmentId,
                @Nullable String cancellationId,
                EndReason reason,
                List<LineQuantity> lines,
                boolean whole)
                implements Incoming {}

        record PickupCancellationRefused(String orderId, String fulfilmentId, String cancellationId)
                implements Incoming {}

        record ReturnAccepted(String orderId, String returnId, List<LineQuantity> lines, Money refund)
                implements Incoming {}
    }

    @Override
    public List<OrderCommand> react(Incoming event) {
        // The goods are picked or gone, or the pickup ends by itself: another location would not be sooner.
        if (event instanceof PickupOverdue overdue
                && overdue.kind() != OverdueKind.ACCEPT
                && overdue.kind() != OverdueKind.PICK) {
            return List.of();
        }
        return List.of(
                switch (event) {
                    case StockReserved e ->
                        new RecordReservation(e.orderId(), e.fulfilmentId(), e.readyAt(), e.acceptBy());
                    case StockReservationRejected e ->
                        new RecordReservationRejection(
                                e.orderId(), e.fulfilmentId(), reason(e.reason()), e.shortages());
                    case ReservationBroken e ->
                        new RecordBrokenReservation(e.orderId(), e.fulfilmentId(), shortfall(e.soldAtTill()));
                    case ReservationReduced e ->
                        new RecordReducedReservation(
                                e.orderId(), e.fulfilmentId(), e.reduction(), shortfall(e.soldAtTill()), e.lost());
                    case PickupTaskRejected e -> new RecordStoreRejection(e.orderId(), e.fulfilmentId());
                    case PickupOverdue e -> new RecordOverdue(e.orderId(), e.fulfilmentId());
                    case PickupLineShort e ->
                        new RecordShortPick(e.orderId(), e.fulfilmentId(), e.lineId(), e.missing());
                    case PickupHandedOver e ->
                        new RecordHandover(e.orderId(), e.fulfilmentId(), e.handedOverAt(), e.handedOver());
                    case ParcelDelivered e ->
                        new RecordDelivery(e.orderId(), e.fulfilmentId(), e.parcelId(), e.deliveredAt(), e.lines());
                    case ParcelReturned e ->
                        new RecordUndelivered(e.orderId(), e.fulfilmentId(), e.parcelId(), e.returnedTo(), e.lines());
                    case ParcelLost e -> new RecordLoss(e.orderId(), e.fulfilmentId(), e.parcelId(), e.lines());
                    case PickupExpired e -> new RecordNoShow(e.orderId(), e.fulfilmentId());
                    case PickupCancelled e ->
                        new RecordCancellation(
                                e.orderId(), e.fulfilmentId(), e.cancellationId(), e.reason(), e.lines(), e.whole());
                    case PickupCancellationRefused e ->
                        new RecordCancellationRefusal(e.orderId(), e.cancellationId(), e.fulfilmentId());
                    case ReturnAccepted e -> new RecordReturn(e.orderId(), e.returnId(), e.lines(), e.refund());
                });
    }

    private static EndReason shortfall(boolean soldAtTill) {
        return soldAtTill ? EndReason.SOLD_AT_TILL : EndReason.STOCK_SHORTFALL;
    }

    private static EndReason reason(ReservationRejectionReason reason) {
        return switch (reason) {
            case INSUFFICIENT_STOCK -> EndReason.OUT_OF_STOCK;
            case LOCATION_UNKNOWN -> EndReason.LOCATION_UNKNOWN;
            case NO_CAPACITY -> EndReason.PROMISE_NOT_POSSIBLE;
            // Inventory-service released it because the order had ended or its time limit had passed.
            case ALREADY_RELEASED -> EndReason.NOT_ANSWERED_IN_TIME;
        };
    }
}
