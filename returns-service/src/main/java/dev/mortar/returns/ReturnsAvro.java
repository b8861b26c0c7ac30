package dev.mortar.returns;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.returns.ReturnsEvent.PurchaseRecorded;
import dev.mortar.returns.ReturnsEvent.RefundRequested;
import dev.mortar.returns.ReturnsEvent.ReturnAccepted;
import dev.mortar.returns.ReturnsProcess.Incoming;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.inventory.InventoryLevel;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.values.Money;
import java.util.List;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Events as they lie in the topics. Enums have the same symbols here and there; a test says so. */
final class ReturnsAvro {

    /** Own events. */
    static final EventReader<ReturnsEvent> EVENTS = EventReader.<ReturnsEvent>create()
            .on(dev.mortar.schemas.returns.PurchaseRecorded.class, ReturnsAvro::read)
            .on(dev.mortar.schemas.returns.ReturnAccepted.class, ReturnsAvro::read)
            .on(dev.mortar.schemas.returns.RefundRequested.class, ReturnsAvro::read);

    /** What order-service says. */
    static final EventReader<Incoming> INCOMING =
            EventReader.<Incoming>create().on(dev.mortar.schemas.order.FulfilmentHandedOver.class, ReturnsAvro::read);

    /** Ids of the locations inventory-service knows. */
    static final EventReader<String> LOCATIONS =
            EventReader.<String>create().on(InventoryLocation.class, InventoryLocation::getLocationId);

    /** The unit that a location keeps a SKU in. */
    static final EventReader<Unit> UNITS_KEPT = EventReader.<Unit>create()
            .on(InventoryLevel.class, level -> Unit.valueOf(level.getUnit().name()));

    private ReturnsAvro() {}

    static SpecificRecord write(ReturnsEvent event, EventMeta meta) {
        return switch (event) {
            case PurchaseRecorded purchase ->
                dev.mortar.schemas.returns.PurchaseRecorded.newBuilder()
                        .setMeta(meta)
                        .setOrderId(purchase.orderId())
                        .setFulfilmentId(purchase.fulfilmentId())
                        .setCustomerId(purchase.customerId())
                        .setChannel(dev.mortar.schemas.Channel.valueOf(
                                purchase.channel().name()))
                        .setLocationId(purchase.locationId())
                        .setHandedOverAt(purchase.handedOverAt())
                        .setReturnableUntil(purchase.returnableUntil())
                        .setLines(purchase.lines().stream()
                                .map(line -> new dev.mortar.schemas.returns.PurchasedLine(
                                        write(line.line()), write(line.paid())))
                                .toList())
                        .setPaymentReference(purchase.paymentReference())
                        .build();
            case ReturnAccepted(String orderId, String customerId, Return accepted) ->
                dev.mortar.schemas.returns.ReturnAccepted.newBuilder()
                        .setMeta(meta)
                        .setOrderId(orderId)
                        .setReturnId(accepted.returnId())
                        .setCustomerId(customerId)
                        .setLocationId(accepted.locationId())
                        .setLines(accepted.lines().stream()
                                .map(ReturnsAvro::write)
                                .toList())
                        .setRefund(write(accepted.refund()))
                        .setOverriddenBy(
                                accepted.override() == null
                                        ? null
                                        : write(accepted.override().actor()))
                        .setOverrideReason(
                                accepted.override() == null
                                        ? null
                                        : accepted.override().reason())
                        .build();
            case RefundRequested requested ->
                dev.mortar.schemas.returns.RefundRequested.newBuilder()
                        .setMeta(meta)
                        .setOrderId(requested.orderId())
                        .setReturnId(requested.returnId())
                        .setAmount(write(requested.amount()))
                        .setPaymentReference(requested.paymentReference())
                        .build();
        };
    }

    private static PurchaseRecorded read(dev.mortar.schemas.returns.PurchaseRecorded purchase) {
        return new PurchaseRecorded(
                purchase.getOrderId(),
                purchase.getFulfilmentId(),
                purchase.getCustomerId(),
                Channel.valueOf(purchase.getChannel().name()),
                purchase.getLocationId(),
                purchase.getHandedOverAt(),
                purchase.getReturnableUntil(),
                purchase.getLines().stream()
                        .map(line -> new PurchasedLine(read(line.getLine()), read(line.getPaid())))
                        .toList(),
                purchase.getPaymentReference());
    }

    private static ReturnAccepted read(dev.mortar.schemas.returns.ReturnAccepted accepted) {
        return new ReturnAccepted(
                accepted.getOrderId(),
                accepted.getCustomerId(),
                new Return(
                        accepted.getReturnId(),
                        accepted.getLocationId(),
                        accepted.getMeta().getRecordedAt(),
                        accepted.getLines().stream().map(ReturnsAvro::read).toList(),
                        read(accepted.getRefund()),
                        override(accepted)));
    }

    private static @Nullable WindowOverride override(dev.mortar.schemas.returns.ReturnAccepted accepted) {
        return accepted.getOverriddenBy() == null
                ? null
                : new WindowOverride(
                        read(accepted.getOverriddenBy()),
                        Objects.requireNonNullElse(accepted.getOverrideReason(), "UNKNOWN"));
    }

    private static RefundRequested read(dev.mortar.schemas.returns.RefundRequested requested) {
        return new RefundRequested(
                requested.getOrderId(),
                requested.getReturnId(),
                read(requested.getAmount()),
                requested.getPaymentReference());
    }

    private static Incoming.FulfilmentHandedOver read(dev.mortar.schemas.order.FulfilmentHandedOver left) {
        return new Incoming.FulfilmentHandedOver(
                left.getOrderId(),
                left.getFulfilmentId(),
                left.getCustomerId(),
                Channel.valueOf(left.getChannel().name()),
                left.getLocationId(),
                left.getHandedOverAt(),
                left.getMeta().getRecordedAt(),
                left.getLines().stream().map(ReturnsAvro::known).toList(),
                left.getPaymentReference());
    }

    /** Goods counted in a unit this release does not know must wait for one that does: they are restocked by it. */
    private static OrderLine known(dev.mortar.schemas.OrderLine line) {
        if (line.getUnit() == dev.mortar.schemas.Unit.UNKNOWN) {
            throw new IllegalArgumentException("line " + line.getLineId() + " is counted in an unknown unit");
        }
        return read(line);
    }

    private static dev.mortar.schemas.OrderLine write(OrderLine line) {
        return dev.mortar.schemas.OrderLine.newBuilder()
                .setLineId(line.lineId())
                .setSku(line.sku())
                .setTitle(line.title())
                .setQuantity(line.quantity())
                .setUnit(dev.mortar.schemas.Unit.valueOf(line.unit().name()))
                .setUnitPrice(write(line.unitPrice()))
                .setDiscount(write(line.discount()))
                .setTax(write(line.tax()))
                .setTaxIncluded(line.taxIncluded())
                .setSerials(line.serials())
                .setLots(line.lots())
                .setSellerId(line.sellerId())
                .build();
    }

    private static OrderLine read(dev.mortar.schemas.OrderLine line) {
        return new OrderLine(
                line.getLineId(),
                line.getSku(),
                line.getTitle(),
                line.getQuantity(),
                Unit.valueOf(line.getUnit().name()),
                read(line.getUnitPrice()),
                read(line.getDiscount()),
                read(line.getTax()),
                line.getTaxIncluded(),
                List.copyOf(line.getSerials()),
                List.copyOf(line.getLots()),
                line.getSellerId());
    }

    private static dev.mortar.schemas.returns.ReturnedLine write(ReturnedLine line) {
        return dev.mortar.schemas.returns.ReturnedLine.newBuilder()
                .setLineId(line.lineId())
                .setSku(line.sku())
                .setTitle(line.title())
                .setQuantity(line.quantity())
                .setUnit(dev.mortar.schemas.Unit.valueOf(line.unit().name()))
                .setReason(dev.mortar.schemas.returns.ReturnReason.valueOf(
                        line.reason().name()))
                .setCondition(dev.mortar.schemas.returns.ReturnCondition.valueOf(
                        line.condition().name()))
                .setDisposition(dev.mortar.schemas.returns.Disposition.valueOf(
                        line.disposition().name()))
                .setRefund(write(line.refund()))
                .build();
    }

    private static ReturnedLine read(dev.mortar.schemas.returns.ReturnedLine line) {
        return new ReturnedLine(
                line.getLineId(),
                line.getSku(),
                line.getTitle(),
                line.getQuantity(),
                Unit.valueOf(line.getUnit().name()),
                ReturnReason.valueOf(line.getReason().name()),
                ReturnCondition.valueOf(line.getCondition().name()),
                Disposition.valueOf(line.getDisposition().name()),
                read(line.getRefund()));
    }

    private static dev.mortar.schemas.Money write(Money money) {
        return new dev.mortar.schemas.Money(money.amount(), money.currency());
    }

    private static Money read(dev.mortar.schemas.Money money) {
        return new Money(money.getAmount(), money.getCurrency());
    }

    private static dev.mortar.schemas.Actor write(Actor actor) {
        return new dev.mortar.schemas.Actor(ActorType.valueOf(actor.type().name()), actor.id(), actor.locationId());
    }

    private static Actor read(dev.mortar.schemas.Actor actor) {
        return new Actor(Actor.Type.valueOf(actor.getType().name()), actor.getId(), actor.getLocationId());
    }
}
