package dev.mortar.order;

import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.order.OrderProcess.Incoming;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.order.OrderSummary;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/**
 * Between the order's own words and the contract. An enum value this version does not know is read as UNKNOWN and has
 * no word here: reading it throws, and the record is parked.
 */
final class OrderAvro {

    private OrderAvro() {}

    /** The events of orders, as they are read back from the own log. */
    static final EventReader<OrderEvent> EVENTS = EventReader.<OrderEvent>create()
            .on(
                    dev.mortar.schemas.order.OrderPlaced.class,
                    e -> new OrderEvent.OrderPlaced(
                            e.getOrderId(),
                            same(Channel.class, e.getChannel()),
                            e.getChannelId(),
                            e.getCustomerId(),
                            same(Acceptance.class, e.getAcceptance()),
                            lines(e.getLines()),
                            fulfilments(e.getFulfilments()),
                            money(e.getTotal()),
                            e.getPaymentReference(),
                            e.getLocationId(),
                            e.getTillId(),
                            e.getReceiptNumber(),
                            e.getDecideBy(),
                            e.getMeta().getRecordedAt()))
            .on(
                    dev.mortar.schemas.order.FulfilmentReserved.class,
                    e -> new OrderEvent.FulfilmentReserved(e.getOrderId(), e.getFulfilmentId()))
            .on(
                    dev.mortar.schemas.order.FulfilmentRejected.class,
                    e -> new OrderEvent.FulfilmentRejected(
                            e.getOrderId(),
                            e.getFulfilmentId(),
                            same(EndReason.class, e.getReason()),
                            shortages(e.getShortages())))
            .on(
                    dev.mortar.schemas.order.OrderConfirmed.class,
                    e -> new OrderEvent.OrderConfirmed(
                            e.getOrderId(),
                            same(Channel.class, e.getChannel()),
                            e.getCustomerId(),
                            lines(e.getLines()),
                            fulfilments(e.getFulfilments()),
                            fulfilments(e.getRejectedFulfilments()),
                            lines(e.getRejectedLines()),
                            money(e.getTotal())))
            .on(
                    dev.mortar.schemas.order.OrderRejected.class,
                    e -> new OrderEvent.OrderRejected(
                            e.getOrderId(),
                            e.getCustomerId(),
                            same(EndReason.class, e.getReason()),
                            shortages(e.getShortages()),
                            lines(e.getLines()),
                            fulfilments(e.getFulfilments())))
            .on(
                    dev.mortar.schemas.order.OrderCancellationRequested.class,
                    e -> new OrderEvent.OrderCancellationRequested(
                            e.getOrderId(),
                            e.getCancellationId(),
                            same(EndReason.class, e.getReason()),
                            e.getParts().stream()
                                    .map(part ->
                                            new Cancellation.Part(part.getFulfilmentId(), quantities(part.getLines())))
                                    .toList()))
            .on(
                    dev.mortar.schemas.order.OrderCancellationRefused.class,
                    e -> new OrderEvent.OrderCancellationRefused(
                            e.getOrderId(), e.getCancellationId(), e.getFulfilmentId()))
            .on(
                    dev.mortar.schemas.order.OrderLinesCancelled.class,
                    e -> new OrderEvent.OrderLinesCancelled(
                            e.getOrderId(),
                            e.getCustomerId(),
                            e.getFulfilmentId(),
                            same(EndReason.class, e.getReason()),
                            quantities(e.getLines()),
                            money(e.getAmount()),
                            e.getCancellationId(),
                            lines(e.getCancelledLines())))
            .on(
                    dev.mortar.schemas.order.OrderCancelled.class,
                    e -> new OrderEvent.OrderCancelled(
                            e.getOrderId(),
                            e.getCustomerId(),
                            same(EndReason.class, e.getReason()),
                            fulfilments(e.getReservedFulfilments()),
                            lines(e.getLines())))
            .on(
                    dev.mortar.schemas.order.FulfilmentHandedOver.class,
                    e -> new OrderEvent.FulfilmentHandedOver(
                            e.getOrderId(),
                            e.getFulfilmentId(),
                            e.getCustomerId(),
                            same(Channel.class, e.getChannel()),
                            same(FulfilmentMethod.class, e.getMethod()),
                            e.getLocationId(),
                            e.getHandedOverAt(),
                            lines(e.getLines()),
                            e.getPaymentReference()))
            .on(
                    dev.mortar.schemas.order.OrderCompleted.class,
                    e -> new OrderEvent.OrderCompleted(
                            e.getOrderId(),
                            e.getCustomerId(),
                            quantities(e.getHandedOver()),
                            quantities(e.getCancelled())))
            .on(
                    dev.mortar.schemas.order.OrderReturned.class,
                    e -> new OrderEvent.OrderReturned(
                            e.getOrderId(),
                            e.getReturnId(),
                            quantities(e.getLines()),
                            money(e.getRefund()),
                            e.getWhole()));

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
                            money(e.getRefund())));

    /** An event as the contract has it. */
    /** The unit that a location keeps a SKU in. */
    static final EventReader<Unit> UNITS_KEPT = EventReader.<Unit>create()
            .on(dev.mortar.schemas.inventory.InventoryLevel.class, level -> same(Unit.class, level.getUnit()));

    static SpecificRecord write(OrderEvent event, EventMeta meta) {
        return switch (event) {
            case OrderEvent.OrderPlaced e ->
                dev.mortar.schemas.order.OrderPlaced.newBuilder()
                        .setMeta(meta)
                        .setOrderId(e.orderId())
                        .setChannel(same(dev.mortar.schemas.Channel.class, e.channel()))
                        .setChannelId(e.channelId())
                        .setCustomerId(e.customerId())
                        .setAcceptance(same(dev.mortar.schemas.order.Acceptance.class, e.acceptance()))
                        .setLines(avroLines(e.lines()))
                        .setFulfilments(avroFulfilments(e.fulfilments()))
                        .setTotal(avro(e.total()))
                        .setPaymentReference(e.paymentReference())
                        .setLocationId(e.locationId())
                        .setTillId(e.tillId())
                        .setReceiptNumber(e.receiptNumber())
                        .setDecideBy(e.decideBy())
                        .build();
            case OrderEvent.FulfilmentReserved e ->
                dev.mortar.schemas.order.FulfilmentReserved.newBuilder()
                        .setMeta(meta)
                        .setOrderId(e.orderId())
                        .setFulfilmentId(e.fulfilmentId())
                        .build();
            case OrderEvent.FulfilmentRejected e ->
                dev.mortar.schemas.order.FulfilmentRejected.newBuilder()
                        .setMeta(meta)
                        .setOrderId(e.orderId())
                        .setFulfilmentId(e.fulfilmentId())
                        .setReason(avro(e.reason()))
                        .setShortages(avroShortages(e.shortages()))
                        .build();
            case OrderEvent.OrderConfirmed e ->
                dev.mortar.schemas.order.OrderConfirmed.newBuilder()
                        .setMeta(meta)
                        .setOrderId(e.orderId())
                        .setChannel(same(dev.mortar.schemas.Channel.class, e.channel()))
                        .setCustomerId(e.customerId())
                        .setLines(avroLines(e.lines()))
                        .setFulfilments(avroFulfilments(e.fulfilments()))
                        .setRejectedFulfilments(avroFulfilments(e.rejectedFulfilments()))
                        .setRejectedLines(avroLines(e.rejectedLines()))
                        .setTotal(avro(e.total()))
                        .build();
            case OrderEvent.OrderRejected e ->
                dev.mortar.schemas.order.OrderRejected.newBuilder()
                        .setMeta(meta)
                        .setOrderId(e.orderId())
                        .setCustomerId(e.customerId())
                        .setReason(avro(e.reason()))
                        .setShortages(avroShortages(e.shortages()))
                        .setLines(avroLines(e.lines()))
                        .setFulfilments(avroFulfilments(e.fulfilments()))
                        .build();
            case OrderEvent.OrderCancellationRequested e ->
                dev.mortar.schemas.order.OrderCancellationRequested.newBuilder()
                        .setMeta(meta)
                        .setOrderId(e.orderId())
                        .setCancellationId(e.cancellationId())
                        .setReason(avro(e.reason()))
                        .setParts(e.parts().stream()
                                .map(part -> dev.mortar.schemas.order.CancellationPart.newBuilder()
                                        .setFulfilmentId(part.fulfilmentId())
                                        .setLines(avroQuantities(part.lines()))
                                        .build())
                                .toList())
                        .build();
            case OrderEvent.OrderCancellationRefused e ->
                dev.mortar.schemas.order.OrderCancellationRefused.newBuilder()
                        .setMeta(meta)
                        .setOrderId(e.orderId())
                        .setCancellationId(e.cancellationId())
                        .setFulfilmentId(e.fulfilmentId())
                        .build();
            case OrderEvent.OrderLinesCancelled e ->
                dev.mortar.schemas.order.OrderLinesCancelled.newBuilder()
                        .setMeta(meta)
                        .setOrderId(e.orderId())
                        .setCustomerId(e.customerId())
                        .setFulfilmentId(e.fulfilmentId())
                        .setReason(avro(e.reason()))
                        .setLines(avroQuantities(e.lines()))
                        .setAmount(avro(e.amount()))
                        .setCancellationId(e.cancellationId())
                        .setCancelledLines(avroLines(e.cancelledLines()))
                        .build();
            case OrderEvent.OrderCancelled e ->
                dev.mortar.schemas.order.OrderCancelled.newBuilder()
                        .setMeta(meta)
                        .setOrderId(e.orderId())
                        .setCustomerId(e.customerId())
                        .setReason(avro(e.reason()))
                        .setReservedFulfilments(avroFulfilments(e.reservedFulfilments()))
                        .setLines(avroLines(e.lines()))
                        .build();
            case OrderEvent.FulfilmentHandedOver e ->
                dev.mortar.schemas.order.FulfilmentHandedOver.newBuilder()
                        .setMeta(meta)
                        .setOrderId(e.orderId())
                        .setFulfilmentId(e.fulfilmentId())
                        .setCustomerId(e.customerId())
                        .setChannel(same(dev.mortar.schemas.Channel.class, e.channel()))
                        .setMethod(same(dev.mortar.schemas.FulfilmentMethod.class, e.method()))
                        .setLocationId(e.locationId())
                        .setHandedOverAt(e.handedOverAt())
                        .setLines(avroLines(e.lines()))
                        .setPaymentReference(e.paymentReference())
                        .build();
            case OrderEvent.OrderCompleted e ->
                dev.mortar.schemas.order.OrderCompleted.newBuilder()
                        .setMeta(meta)
                        .setOrderId(e.orderId())
                        .setCustomerId(e.customerId())
                        .setHandedOver(avroQuantities(e.handedOver()))
                        .setCancelled(avroQuantities(e.cancelled()))
                        .build();
            case OrderEvent.OrderReturned e ->
                dev.mortar.schemas.order.OrderReturned.newBuilder()
                        .setMeta(meta)
                        .setOrderId(e.orderId())
                        .setReturnId(e.returnId())
                        .setLines(avroQuantities(e.lines()))
                        .setRefund(avro(e.refund()))
                        .setWhole(e.whole())
                        .build();
        };
    }

    /** The record of {@code order.summaries}. */
    static SpecificRecord summary(Contents contents, String state, long sequence, Instant changedAt) {
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
            // It was released because the order had ended, or should have.
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

    private static dev.mortar.schemas.order.OrderEndReason avro(EndReason reason) {
        return same(dev.mortar.schemas.order.OrderEndReason.class, reason);
    }

    private static Money money(dev.mortar.schemas.Money money) {
        return new Money(money.getAmount(), money.getCurrency());
    }

    private static dev.mortar.schemas.Money avro(Money money) {
        return new dev.mortar.schemas.Money(money.amount(), money.currency());
    }

    private static List<OrderLine> lines(List<dev.mortar.schemas.OrderLine> lines) {
        return lines.stream()
                .map(line -> new OrderLine(
                        line.getLineId(),
                        line.getSku(),
                        line.getTitle(),
                        line.getQuantity(),
                        same(Unit.class, line.getUnit()),
                        money(line.getUnitPrice()),
                        money(line.getDiscount()),
                        money(line.getTax()),
                        line.getTaxIncluded(),
                        line.getSerials(),
                        line.getLots(),
                        line.getSellerId()))
                .toList();
    }

    private static List<dev.mortar.schemas.OrderLine> avroLines(List<OrderLine> lines) {
        return lines.stream()
                .map(line -> dev.mortar.schemas.OrderLine.newBuilder()
                        .setLineId(line.lineId())
                        .setSku(line.sku())
                        .setTitle(line.title())
                        .setQuantity(line.quantity())
                        .setUnit(same(dev.mortar.schemas.Unit.class, line.unit()))
                        .setUnitPrice(avro(line.unitPrice()))
                        .setDiscount(avro(line.discount()))
                        .setTax(avro(line.tax()))
                        .setTaxIncluded(line.taxIncluded())
                        .setSerials(line.serials())
                        .setLots(line.lots())
                        .setSellerId(line.sellerId())
                        .build())
                .toList();
    }

    private static List<Fulfilment> fulfilments(List<dev.mortar.schemas.order.Fulfilment> fulfilments) {
        return fulfilments.stream()
                .map(fulfilment -> new Fulfilment(
                        fulfilment.getFulfilmentId(),
                        same(FulfilmentMethod.class, fulfilment.getMethod()),
                        fulfilment.getLocationId(),
                        fulfilment.getLineIds(),
                        fulfilment.getPromisedAt(),
                        fulfilment.getHoldId()))
                .toList();
    }

    private static List<dev.mortar.schemas.order.Fulfilment> avroFulfilments(List<Fulfilment> fulfilments) {
        return fulfilments.stream()
                .map(fulfilment -> dev.mortar.schemas.order.Fulfilment.newBuilder()
                        .setFulfilmentId(fulfilment.fulfilmentId())
                        .setMethod(same(dev.mortar.schemas.FulfilmentMethod.class, fulfilment.method()))
                        .setLocationId(fulfilment.locationId())
                        .setLineIds(fulfilment.lineIds())
                        .setPromisedAt(fulfilment.promisedAt())
                        .setHoldId(fulfilment.holdId())
                        .build())
                .toList();
    }

    private static List<LineQuantity> quantities(List<dev.mortar.schemas.LineQuantity> quantities) {
        return quantities.stream()
                .map(units -> new LineQuantity(units.getLineId(), units.getSku(), units.getQuantity()))
                .toList();
    }

    private static List<LineQuantity> picked(List<dev.mortar.schemas.pickup.PickupLine> lines) {
        return lines.stream()
                .map(line -> new LineQuantity(line.getLineId(), line.getSku(), line.getQuantity()))
                .toList();
    }

    private static List<dev.mortar.schemas.LineQuantity> avroQuantities(List<LineQuantity> quantities) {
        return quantities.stream()
                .map(units -> new dev.mortar.schemas.LineQuantity(units.lineId(), units.sku(), units.quantity()))
                .toList();
    }

    private static List<Shortage> shortages(List<dev.mortar.schemas.Shortage> shortages) {
        return shortages.stream()
                .map(shortage -> new Shortage(shortage.getSku(), shortage.getRequested(), shortage.getAvailable()))
                .toList();
    }

    private static List<dev.mortar.schemas.Shortage> avroShortages(List<Shortage> shortages) {
        return shortages.stream()
                .map(shortage ->
                        new dev.mortar.schemas.Shortage(shortage.sku(), shortage.requested(), shortage.available()))
                .toList();
    }
}
