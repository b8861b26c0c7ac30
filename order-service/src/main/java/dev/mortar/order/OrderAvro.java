package dev.mortar.order;

import dev.mortar.eventsourcing.kafka.EventBinder;
import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.order.OrderProcess.Incoming;
import dev.mortar.schemas.order.OrderSummary;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.Shortage;
import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** Reads and writes the events of orders, and reads those of other services in the terms of an order. */
final class OrderAvro {

    private OrderAvro() {}

    /** The events of orders. */
    static final EventBinder<OrderEvent> EVENTS = EventBinder.of(OrderEvent.class, "dev.mortar.schemas.order");

    /** The events of other services that concern an order. */
    static final EventReader<Incoming> INCOMING = EventReader.<Incoming>create()
            .on(
                    dev.mortar.schemas.inventory.StockReserved.class,
                    e -> new Incoming.StockReserved(e.getOrderId(), e.getReservationId()))
            .on(
                    dev.mortar.schemas.inventory.StockReservationRejected.class,
                    e -> new Incoming.StockReservationRejected(
                            e.getOrderId(), e.getReservationId(), reason(e.getReason()), shortages(e.getShortages())))
            .on(
                    dev.mortar.schemas.inventory.ReservationBroken.class,
                    e -> new Incoming.ReservationBroken(
                            e.getOrderId(),
                            e.getReservationId(),
                            e.getSoldAtTill() ? EndReason.SOLD_AT_TILL : EndReason.STOCK_SHORTFALL))
            .on(
                    dev.mortar.schemas.pickup.PickupLineShort.class,
                    e -> new Incoming.PickupLineShort(
                            e.getOrderId(), e.getFulfilmentId(), e.getLineId(), e.getMissing()))
            .on(
                    dev.mortar.schemas.pickup.PickupHandedOver.class,
                    e -> new Incoming.PickupHandedOver(
                            e.getOrderId(), e.getFulfilmentId(), e.getHandedOverAt(), picked(e.getHandedOver())))
            .on(
                    dev.mortar.schemas.pickup.PickupExpired.class,
                    e -> new Incoming.PickupExpired(e.getOrderId(), e.getFulfilmentId()))
            .on(
                    dev.mortar.schemas.pickup.PickupCancelled.class,
                    e -> new Incoming.PickupCancelled(
                            e.getOrderId(),
                            e.getFulfilmentId(),
                            e.getCancellationId(),
                            reason(e.getReason()),
                            picked(e.getLines()),
                            e.getWhole()))
            .on(
                    dev.mortar.schemas.pickup.PickupCancellationRefused.class,
                    e -> new Incoming.PickupCancellationRefused(
                            e.getOrderId(), e.getFulfilmentId(), e.getCancellationId()))
            .on(
                    dev.mortar.schemas.returns.ReturnAccepted.class,
                    e -> new Incoming.ReturnAccepted(
                            e.getOrderId(),
                            e.getReturnId(),
                            e.getLines().stream()
                                    .map(line -> new LineQuantity(line.getLineId(), line.getSku(), line.getQuantity()))
                                    .toList(),
                            money(e.getRefund())))
            .ignoring("""
                    LocationRegistered StockReceived ReservationConfirmed ReservationPicked StockReleased
                    ReservationVoided StockCommitted StockSold StockRestocked DamagedStockReturned
                    VendorStockReturned StockAdjusted StockCounted StockTransferredOut StockTransferredIn
                    StockShortfallDetected SafetyStockSet StockHeld StockHoldReleased StockHoldExpired
                    PickupRequested PickingStarted PickupReady PickupReminderDue PickupCodeReissued CustomerOnTheWay
                    CustomerArrived PickupCodeRejected
                    PurchaseRecorded RefundRequested
                    """);

    /** The unit in which a location keeps a SKU. */
    static final EventReader<Unit> UNITS_KEPT = EventReader.<Unit>create()
            .on(dev.mortar.schemas.inventory.InventoryLevel.class, level -> same(Unit.class, level.getUnit()));

    /** The record of {@code order.summaries}. */
    static SpecificRecord summary(OrderContents contents, String state, long sequence, Instant changedAt) {
        return OrderSummary.newBuilder()
                .setOrderId(contents.orderId())
                .setSequence(sequence)
                .setChannel(
                        same(dev.mortar.schemas.Channel.class, contents.placed().channel()))
                .setCustomerId(contents.placed().customerId())
                .setState(state)
                .setTotal(avro(contents.total()))
                .setPlacedAt(contents.placedAt())
                .setChangedAt(changedAt)
                .build();
    }

    private static EndReason reason(dev.mortar.schemas.inventory.ReservationRejectionReason reason) {
        return switch (reason) {
            case INSUFFICIENT_STOCK -> EndReason.OUT_OF_STOCK;
            case LOCATION_UNKNOWN -> EndReason.LOCATION_UNKNOWN;
            // Inventory-service released it because the order had ended or its time limit had passed.
            case ALREADY_RELEASED -> EndReason.NOT_ANSWERED_IN_TIME;
            case UNKNOWN -> throw new IllegalArgumentException("unknown reason for a rejected reservation");
        };
    }

    private static EndReason reason(dev.mortar.schemas.pickup.PickupEndReason reason) {
        return switch (reason) {
            case CANCELLED_BY_SHOPPER -> EndReason.CANCELLED_BY_SHOPPER;
            case CANCELLED_BY_RETAILER -> EndReason.CANCELLED_BY_RETAILER;
            case STOCK_SHORTFALL -> EndReason.STOCK_SHORTFALL;
            case NOTHING_FOUND -> EndReason.SHORT_PICK;
            case SOLD_AT_TILL -> EndReason.SOLD_AT_TILL;
            case UNKNOWN -> throw new IllegalArgumentException("unknown reason for a cancelled pickup");
        };
    }

    /** The constant of the same name. */
    private static <T extends Enum<T>> T same(Class<T> type, Enum<?> constant) {
        return Enum.valueOf(type, constant.name());
    }

    private static Money money(dev.mortar.schemas.Money money) {
        return new Money(money.getAmount(), money.getCurrency());
    }

    private static dev.mortar.schemas.Money avro(Money money) {
        return new dev.mortar.schemas.Money(money.amount(), money.currency());
    }

    private static List<LineQuantity> picked(List<dev.mortar.schemas.pickup.PickupLine> lines) {
        return lines.stream()
                .map(line -> new LineQuantity(line.getLineId(), line.getSku(), line.getQuantity()))
                .toList();
    }

    private static List<Shortage> shortages(List<dev.mortar.schemas.Shortage> shortages) {
        return shortages.stream()
                .map(shortage -> new Shortage(shortage.getSku(), shortage.getRequested(), shortage.getAvailable()))
                .toList();
    }
}
