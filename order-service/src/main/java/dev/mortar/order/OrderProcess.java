package dev.mortar.order;

import dev.mortar.eventsourcing.Process;
import dev.mortar.values.EndReason;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns events of inventory-, pickup- and returns-service into commands to an order. */
final class OrderProcess implements Process<OrderProcess.Incoming, OrderCommand> {

    /** Why inventory-service rejected a reservation. */
    enum ReservationRejectionReason {
        INSUFFICIENT_STOCK,
        LOCATION_UNKNOWN,
        ALREADY_RELEASED
    }

    /** The events of other services that matter to orders. */
    sealed interface Incoming {
        String orderId();

        record StockReserved(String orderId, String fulfilmentId) implements Incoming {}

        record StockReservationRejected(
                String orderId, String fulfilmentId, ReservationRejectionReason reason, List<Shortage> shortages)
                implements Incoming {}

        record ReservationBroken(String orderId, String fulfilmentId, boolean soldAtTill) implements Incoming {}

        record PickupLineShort(String orderId, String fulfilmentId, String lineId, long missing) implements Incoming {}

        record PickupHandedOver(
                String orderId, String fulfilmentId, Instant handedOverAt, List<LineQuantity> handedOver)
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
        return List.of(
                switch (event) {
                    case Incoming.StockReserved e -> new OrderCommand.RecordReservation(e.orderId(), e.fulfilmentId());
                    case Incoming.StockReservationRejected e ->
                        new OrderCommand.RecordReservationRejection(
                                e.orderId(), e.fulfilmentId(), reason(e.reason()), e.shortages());
                    case Incoming.ReservationBroken e ->
                        new OrderCommand.RecordBrokenReservation(
                                e.orderId(),
                                e.fulfilmentId(),
                                e.soldAtTill() ? EndReason.SOLD_AT_TILL : EndReason.STOCK_SHORTFALL);
                    case Incoming.PickupLineShort e ->
                        new OrderCommand.RecordShortPick(e.orderId(), e.fulfilmentId(), e.lineId(), e.missing());
                    case Incoming.PickupHandedOver e ->
                        new OrderCommand.RecordHandover(
                                e.orderId(), e.fulfilmentId(), e.handedOverAt(), e.handedOver());
                    case Incoming.PickupExpired e -> new OrderCommand.RecordNoShow(e.orderId(), e.fulfilmentId());
                    case Incoming.PickupCancelled e ->
                        new OrderCommand.RecordCancellation(
                                e.orderId(), e.fulfilmentId(), e.cancellationId(), e.reason(), e.lines(), e.whole());
                    case Incoming.PickupCancellationRefused e ->
                        new OrderCommand.RecordCancellationRefusal(e.orderId(), e.cancellationId(), e.fulfilmentId());
                    case Incoming.ReturnAccepted e ->
                        new OrderCommand.RecordReturn(e.orderId(), e.returnId(), e.lines(), e.refund());
                });
    }

    private static EndReason reason(ReservationRejectionReason reason) {
        return switch (reason) {
            case INSUFFICIENT_STOCK -> EndReason.OUT_OF_STOCK;
            case LOCATION_UNKNOWN -> EndReason.LOCATION_UNKNOWN;
            // Inventory-service released it because the order had ended or its time limit had passed.
            case ALREADY_RELEASED -> EndReason.NOT_ANSWERED_IN_TIME;
        };
    }
}
