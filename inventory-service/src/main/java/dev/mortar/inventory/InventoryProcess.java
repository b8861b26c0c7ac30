package dev.mortar.inventory;

import static java.util.stream.Collectors.toMap;

import dev.mortar.eventsourcing.FieldName;
import dev.mortar.eventsourcing.Process;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.ReleaseReason;
import dev.mortar.inventory.InventoryProcess.Incoming.*;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns events into stock commands. Orders and added fulfilments reserve, confirm and release. Pickups pick, commit and
 * release. Carried-out goods are sold, and returned goods are taken back. A transfer is expected where its goods go,
 * and ends there if they come back.
 */
final class InventoryProcess implements Process<InventoryProcess.Incoming, InventoryCommand> {

    /** How long a reservation stays open after the last instant at which its order can be confirmed. */
    static final Duration RESERVATION_GRACE = Duration.ofMinutes(15);

    record OrderLine(String lineId, SkuQuantity goods) {}

    /** A group of lines that leaves one location. */
    record Part(
            String fulfilmentId,
            String locationId,
            FulfilmentMethod method,
            List<String> lineIds,
            List<LinePart> parts,
            @Nullable String holdId,
            @Nullable Instant promisedAt) {

        private Fulfilment of(String orderId) {
            return new Fulfilment(locationId, fulfilmentId, orderId);
        }
    }

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
                List<Part> fulfilments,
                @Nullable Instant decideBy)
                implements Incoming {}

        /** The order was confirmed with these fulfilments; the rejected ones are dropped. */
        record OrderConfirmed(
                String orderId,
                Channel channel,
                List<OrderLine> lines,
                List<Part> fulfilments,
                List<Part> rejectedFulfilments)
                implements Incoming {}

        record OrderRejected(String orderId, List<Part> fulfilments) implements Incoming {}

        /** The order was cancelled; these fulfilments have open reservations. */
        record OrderCancelled(String orderId, List<Part> reservedFulfilments) implements Incoming {}

        /**
         * A location was chosen for units of an order.
         *
         * @param decideBy last instant for the answer to the reservation
         * @param latestReadyAt when the goods must be ready; null if any time will do
         */
        record FulfilmentAdded(
                String orderId,
                Channel channel,
                Part fulfilment,
                List<OrderLine> lines,
                Instant decideBy,
                @Nullable Instant latestReadyAt)
                implements Incoming {}

        /** An added fulfilment was confirmed. */
        record FulfilmentConfirmed(String orderId, Channel channel, Part fulfilment, List<OrderLine> lines)
                implements Incoming {}

        /** An added fulfilment is not used. */
        record FulfilmentWithdrawn(String orderId, Part fulfilment) implements Incoming {}

        /** The goods of a fulfilment left, by the clock of the store or the till. */
        record FulfilmentHandedOver(
                Fulfilment fulfilment, FulfilmentMethod method, Instant handedOverAt, List<SkuQuantity> lines)
                implements Incoming {}

        /** Some units could not be picked; {@code eventId} identifies this report. */
        record PickupLineShort(
                @FieldName("meta.eventId") UUID eventId,
                @FieldName("meta.occurredAt") Instant occurredAt,
                Fulfilment fulfilment,
                String sku,
                long missing,
                ShortReason reason)
                implements Incoming {}

        record PickupReady(Fulfilment fulfilment) implements Incoming {}

        record PickupHandedOver(Fulfilment fulfilment, Instant handedOverAt, List<SkuQuantity> handedOver)
                implements Incoming {}

        /** The shopper did not fetch the goods in time. */
        record PickupExpired(Fulfilment fulfilment) implements Incoming {}

        record PickupCancelled(Fulfilment fulfilment, boolean whole, List<SkuQuantity> lines) implements Incoming {}

        record ReturnAccepted(
                String orderId,
                String returnId,
                String locationId,
                @FieldName("meta.occurredAt") Instant occurredAt,
                List<ReturnedLine> lines)
                implements Incoming {}

        record StockTransferredOut(
                String transferId,
                String locationId,
                String toLocationId,
                Instant movedAt,
                List<SkuQuantity> transferred,
                @Nullable Instant expectedBy)
                implements Incoming {}

        /** Goods of a transfer arrived, or came back from {@code returnedFrom}. */
        record StockTransferredIn(
                String transferId,
                String fromLocationId,
                List<SkuQuantity> accepted,
                List<SkuQuantity> damaged,
                @Nullable String returnedFrom)
                implements Incoming {}
    }

    @Override
    public List<InventoryCommand> react(Incoming event) {
        return switch (event) {
            case OrderPlaced e ->
                e.decideBy() == null ? List.of() : reserve(e, e.decideBy().plus(RESERVATION_GRACE));
            case OrderConfirmed e -> confirm(e);
            case OrderRejected e -> release(e.orderId(), e.fulfilments(), ReleaseReason.ORDER_REJECTED);
            case OrderCancelled e -> release(e.orderId(), e.reservedFulfilments(), ReleaseReason.ORDER_CANCELLED);
            case FulfilmentAdded e ->
                List.of(new ReserveStock(
                        e.fulfilment().of(e.orderId()),
                        e.fulfilment().method(),
                        e.channel(),
                        goods(e.fulfilment(), e.lines()),
                        null,
                        e.decideBy().plus(RESERVATION_GRACE),
                        e.latestReadyAt()));
            case FulfilmentConfirmed(var orderId, var channel, var part, var lines) ->
                List.of(new ConfirmReservation(part.of(orderId), channel, goods(part, lines)));
            case FulfilmentWithdrawn(var orderId, var part) ->
                List.of(new ReleaseReservation(part.of(orderId), ReleaseReason.FULFILMENT_WITHDRAWN));
            case FulfilmentHandedOver e
            when e.method() == FulfilmentMethod.CARRY_OUT ->
                List.of(new RecordSale(e.fulfilment(), e.handedOverAt(), e.lines()));
            // Reserved goods leave with PickupHandedOver.
            case FulfilmentHandedOver _ -> List.of();
            case PickupLineShort e -> {
                boolean damaged = e.reason() == ShortReason.DAMAGED;
                String adjustmentId = e.eventId().toString();
                yield List.of(new ReportShortPick(
                        e.fulfilment(), adjustmentId, e.occurredAt(), e.sku(), e.missing(), damaged));
            }
            case PickupReady e -> List.of(new MarkPicked(e.fulfilment()));
            case PickupHandedOver e -> List.of(new CommitReservation(e.fulfilment(), e.handedOverAt(), e.handedOver()));
            case PickupExpired e -> List.of(new ReleaseReservation(e.fulfilment(), ReleaseReason.PICKUP_EXPIRED));
            case PickupCancelled e
            when e.whole() -> List.of(new ReleaseReservation(e.fulfilment(), ReleaseReason.PICKUP_CANCELLED));
            case PickupCancelled e ->
                List.of(new ReleasePart(e.fulfilment(), ReleaseReason.PICKUP_CANCELLED, e.lines()));
            case ReturnAccepted e ->
                List.of(new TakeBack(
                        e.locationId(),
                        e.returnId(),
                        e.orderId(),
                        e.occurredAt(),
                        returned(e, Disposition.RESTOCK),
                        returned(e, Disposition.DAMAGED),
                        returned(e, Disposition.RETURN_TO_VENDOR)));
            case StockTransferredOut e ->
                List.of(new ExpectTransfer(
                        e.toLocationId(),
                        e.transferId(),
                        e.locationId(),
                        e.transferred(),
                        Objects.requireNonNullElse(e.expectedBy(), e.movedAt().plus(TransferRules.TRAVEL))));
            case StockTransferredIn e
            when e.returnedFrom() != null ->
                List.of(new EndReturnedTransfer(
                        e.returnedFrom(),
                        e.transferId(),
                        e.fromLocationId(),
                        Stream.concat(e.accepted().stream(), e.damaged().stream())
                                .toList()));
            case StockTransferredIn _ -> List.of();
        };
    }

    private static List<InventoryCommand> reserve(OrderPlaced order, Instant expiresAt) {
        return commands(order.fulfilments(), part -> {
            List<SkuQuantity> goods = goods(part, order.lines());
            return new ReserveStock(
                    part.of(order.orderId()),
                    part.method(),
                    order.channel(),
                    goods,
                    part.holdId(),
                    expiresAt,
                    part.promisedAt());
        });
    }

    private static List<InventoryCommand> confirm(OrderConfirmed order) {
        List<InventoryCommand> confirmations = commands(order.fulfilments(), part -> {
            List<SkuQuantity> goods = goods(part, order.lines());
            return new ConfirmReservation(part.of(order.orderId()), order.channel(), goods);
        });
        // A fulfilment that was not answered in time may still have been reserved.
        List<InventoryCommand> releases =
                release(order.orderId(), order.rejectedFulfilments(), ReleaseReason.ORDER_REJECTED);
        return Stream.concat(confirmations.stream(), releases.stream()).toList();
    }

    private static List<InventoryCommand> release(String orderId, List<Part> parts, ReleaseReason reason) {
        return commands(parts, part -> new ReleaseReservation(part.of(orderId), reason));
    }

    /** A command for each part that is reserved; carried-out goods never are. */
    private static List<InventoryCommand> commands(List<Part> parts, Function<Part, InventoryCommand> command) {
        return parts.stream()
                .filter(part -> part.method() != FulfilmentMethod.CARRY_OUT)
                .map(command)
                .toList();
    }

    private static List<SkuQuantity> returned(ReturnAccepted event, Disposition disposition) {
        return event.lines().stream()
                .filter(line -> line.disposition() == disposition)
                .map(ReturnedLine::goods)
                .toList();
    }

    private static List<SkuQuantity> goods(Part part, List<OrderLine> lines) {
        Map<String, SkuQuantity> byId = lines.stream().collect(toMap(OrderLine::lineId, OrderLine::goods));
        Map<String, Long> units = part.parts().stream().collect(toMap(LinePart::lineId, LinePart::quantity));
        return part.lineIds().stream()
                .map(lineId -> {
                    SkuQuantity goods = byId.get(lineId);
                    if (goods == null) {
                        throw new IllegalArgumentException(
                                "fulfilment " + part.fulfilmentId() + " names an unknown line: " + lineId);
                    }
                    return goods.withQuantity(units.getOrDefault(lineId, goods.quantity()));
                })
                .toList();
    }
}
