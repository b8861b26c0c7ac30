package dev.mortar.inventory;

import static java.util.stream.Collectors.toMap;

import dev.mortar.eventsourcing.FieldName;
import dev.mortar.eventsourcing.Process;
import dev.mortar.inventory.InventoryEvent.ReleaseReason;
import dev.mortar.values.FulfilmentMethod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns events into stock commands. Orders reserve, confirm and release. Pickups pick, commit and release. Carried-out
 * goods are sold, returned goods are taken back, and transfers from other locations are received.
 */
final class InventoryProcess implements Process<InventoryProcess.Incoming, InventoryCommand> {

    /** How long a reservation stays open after the last instant at which its order can be confirmed. */
    static final Duration RESERVATION_GRACE = Duration.ofMinutes(15);

    /** A line of an order. */
    record OrderLine(String lineId, SkuQuantity goods) {}

    /** A group of lines that leaves one location. */
    record Fulfilment(
            String fulfilmentId,
            String locationId,
            FulfilmentMethod method,
            List<String> lineIds,
            @Nullable String holdId) {}

    /** Why some units could not be picked. */
    enum ShortReason {
        NOT_FOUND,
        DAMAGED
    }

    /** Where returned goods go. */
    enum Disposition {
        RESTOCK,
        DAMAGED,
        RETURN_TO_VENDOR
    }

    /** Returned goods. */
    record ReturnedLine(SkuQuantity goods, Disposition disposition) {}

    /** The events that inventory reacts to, in its own terms. */
    sealed interface Incoming {

        /**
         * An order was placed.
         *
         * @param decideBy last instant to decide its reservations; null if nothing has to be reserved
         */
        record OrderPlaced(
                String orderId,
                Channel channel,
                List<OrderLine> lines,
                List<Fulfilment> fulfilments,
                @Nullable Instant decideBy)
                implements Incoming {}

        /** The order was confirmed with these fulfilments; the rejected ones are dropped. */
        record OrderConfirmed(
                String orderId,
                Channel channel,
                List<OrderLine> lines,
                List<Fulfilment> fulfilments,
                List<Fulfilment> rejectedFulfilments)
                implements Incoming {}

        /** The order was rejected. */
        record OrderRejected(String orderId, List<Fulfilment> fulfilments) implements Incoming {}

        /** The order was cancelled; these fulfilments have open reservations. */
        record OrderCancelled(String orderId, List<Fulfilment> reservedFulfilments) implements Incoming {}

        /** The goods of a fulfilment left, by the clock of the store or the till. */
        record FulfilmentHandedOver(
                String orderId,
                String fulfilmentId,
                String locationId,
                FulfilmentMethod method,
                Instant handedOverAt,
                List<SkuQuantity> lines)
                implements Incoming {}

        /** Some units could not be picked; {@code eventId} identifies this report. */
        record PickupLineShort(
                @FieldName("meta.eventId") UUID eventId,
                @FieldName("meta.occurredAt") Instant occurredAt,
                String orderId,
                String fulfilmentId,
                String locationId,
                String sku,
                long missing,
                ShortReason reason)
                implements Incoming {}

        /** The goods are staged. */
        record PickupReady(String orderId, String fulfilmentId, String locationId) implements Incoming {}

        /** The goods were handed over. */
        record PickupHandedOver(
                String orderId,
                String fulfilmentId,
                String locationId,
                Instant handedOverAt,
                List<SkuQuantity> handedOver)
                implements Incoming {}

        /** The shopper did not fetch the goods in time. */
        record PickupExpired(String orderId, String fulfilmentId, String locationId) implements Incoming {}

        /** All or some of a pickup was cancelled. */
        record PickupCancelled(
                String orderId, String fulfilmentId, String locationId, boolean whole, List<SkuQuantity> lines)
                implements Incoming {}

        /** A return was accepted. */
        record ReturnAccepted(
                String orderId,
                String returnId,
                String locationId,
                @FieldName("meta.occurredAt") Instant occurredAt,
                List<ReturnedLine> lines)
                implements Incoming {}

        /** Another location sent goods. */
        record StockTransferredOut(
                String transferId,
                String locationId,
                String toLocationId,
                Instant movedAt,
                List<SkuQuantity> transferred)
                implements Incoming {}
    }

    @Override
    public List<InventoryCommand> react(Incoming event) {
        return switch (event) {
            case Incoming.OrderPlaced e ->
                e.decideBy() == null ? List.of() : reserve(e, e.decideBy().plus(RESERVATION_GRACE));
            case Incoming.OrderConfirmed e ->
                Stream.concat(
                                reserved(e.fulfilments())
                                        .map(fulfilment -> new InventoryCommand.ConfirmReservation(
                                                fulfilment.locationId(),
                                                fulfilment.fulfilmentId(),
                                                e.orderId(),
                                                e.channel(),
                                                goods(fulfilment, e.lines()))),
                                // A fulfilment that was not answered in time may still have been reserved.
                                release(e.orderId(), e.rejectedFulfilments(), ReleaseReason.ORDER_REJECTED).stream())
                        .toList();
            case Incoming.OrderRejected e -> release(e.orderId(), e.fulfilments(), ReleaseReason.ORDER_REJECTED);
            case Incoming.OrderCancelled e ->
                release(e.orderId(), e.reservedFulfilments(), ReleaseReason.ORDER_CANCELLED);
            // Reserved goods leave with PickupHandedOver.
            case Incoming.FulfilmentHandedOver e ->
                e.method() == FulfilmentMethod.CARRY_OUT
                        ? List.of(new InventoryCommand.RecordSale(
                                e.locationId(), e.orderId(), e.fulfilmentId(), e.handedOverAt(), e.lines()))
                        : List.of();
            case Incoming.PickupLineShort e ->
                List.of(new InventoryCommand.ReportShortPick(
                        e.locationId(),
                        e.fulfilmentId(),
                        e.orderId(),
                        e.eventId().toString(),
                        e.occurredAt(),
                        e.sku(),
                        e.missing(),
                        e.reason() == ShortReason.DAMAGED));
            case Incoming.PickupReady e ->
                List.of(new InventoryCommand.MarkPicked(e.locationId(), e.fulfilmentId(), e.orderId()));
            case Incoming.PickupHandedOver e ->
                List.of(new InventoryCommand.CommitReservation(
                        e.locationId(), e.fulfilmentId(), e.orderId(), e.handedOverAt(), e.handedOver()));
            case Incoming.PickupExpired e ->
                List.of(new InventoryCommand.ReleaseReservation(
                        e.locationId(), e.fulfilmentId(), e.orderId(), ReleaseReason.PICKUP_EXPIRED));
            case Incoming.PickupCancelled e ->
                List.of(
                        e.whole()
                                ? new InventoryCommand.ReleaseReservation(
                                        e.locationId(), e.fulfilmentId(), e.orderId(), ReleaseReason.PICKUP_CANCELLED)
                                : new InventoryCommand.ReleasePart(
                                        e.locationId(),
                                        e.fulfilmentId(),
                                        e.orderId(),
                                        ReleaseReason.PICKUP_CANCELLED,
                                        e.lines()));
            case Incoming.ReturnAccepted e ->
                List.of(new InventoryCommand.TakeBack(
                        e.locationId(),
                        e.returnId(),
                        e.orderId(),
                        e.occurredAt(),
                        returned(e, Disposition.RESTOCK),
                        returned(e, Disposition.DAMAGED),
                        returned(e, Disposition.RETURN_TO_VENDOR)));
            case Incoming.StockTransferredOut e ->
                List.of(new InventoryCommand.ReceiveTransfer(
                        e.toLocationId(), e.transferId(), e.locationId(), e.movedAt(), e.transferred()));
        };
    }

    private static List<InventoryCommand> reserve(Incoming.OrderPlaced order, Instant expiresAt) {
        return reserved(order.fulfilments())
                .<InventoryCommand>map(fulfilment -> new InventoryCommand.ReserveStock(
                        fulfilment.locationId(),
                        fulfilment.fulfilmentId(),
                        order.orderId(),
                        order.channel(),
                        goods(fulfilment, order.lines()),
                        fulfilment.holdId(),
                        expiresAt))
                .toList();
    }

    /** Carried-out goods are never reserved. */
    private static Stream<Fulfilment> reserved(List<Fulfilment> fulfilments) {
        return fulfilments.stream().filter(fulfilment -> fulfilment.method() != FulfilmentMethod.CARRY_OUT);
    }

    private static List<SkuQuantity> returned(Incoming.ReturnAccepted event, Disposition disposition) {
        return event.lines().stream()
                .filter(line -> line.disposition() == disposition)
                .map(ReturnedLine::goods)
                .toList();
    }

    private static List<InventoryCommand> release(String orderId, List<Fulfilment> fulfilments, ReleaseReason reason) {
        return reserved(fulfilments)
                .<InventoryCommand>map(fulfilment -> new InventoryCommand.ReleaseReservation(
                        fulfilment.locationId(), fulfilment.fulfilmentId(), orderId, reason))
                .toList();
    }

    private static List<SkuQuantity> goods(Fulfilment fulfilment, List<OrderLine> lines) {
        Map<String, SkuQuantity> byId = lines.stream().collect(toMap(OrderLine::lineId, OrderLine::goods));
        return fulfilment.lineIds().stream()
                .map(lineId -> {
                    SkuQuantity goods = byId.get(lineId);
                    if (goods == null) {
                        throw new IllegalArgumentException(
                                "fulfilment " + fulfilment.fulfilmentId() + " names an unknown line: " + lineId);
                    }
                    return goods;
                })
                .toList();
    }
}
