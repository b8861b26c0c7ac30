package dev.mortar.returns;

import dev.mortar.eventsourcing.kafka.EventBinder;
import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.returns.ReturnsProcess.Incoming;
import dev.mortar.schemas.inventory.InventoryLevel;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.values.Channel;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Unit;
import java.util.List;

/** Reads and writes the events of returns, and reads those of other services in the terms of returns. */
final class ReturnsAvro {

    /** The events of returns. */
    static final EventBinder<ReturnsEvent> EVENTS = EventBinder.of(ReturnsEvent.class, "dev.mortar.schemas.returns");

    /** The events of order-service. */
    static final EventReader<Incoming> INCOMING = EventReader.<Incoming>create()
            .on(dev.mortar.schemas.order.FulfilmentHandedOver.class, ReturnsAvro::read)
            .ignoring("""
                    OrderPlaced FulfilmentReserved FulfilmentRejected OrderConfirmed OrderRejected
                    OrderCancellationRequested OrderCancellationRefused OrderLinesCancelled OrderCancelled
                    OrderCompleted OrderReturned
                    """);

    /** Ids of the locations that inventory-service knows. */
    static final EventReader<String> LOCATIONS =
            EventReader.<String>create().on(InventoryLocation.class, InventoryLocation::getLocationId);

    /** The unit in which a location keeps a SKU. */
    static final EventReader<Unit> UNITS_KEPT = EventReader.<Unit>create()
            .on(InventoryLevel.class, level -> Unit.valueOf(level.getUnit().name()));

    private ReturnsAvro() {}

    private static Incoming.FulfilmentHandedOver read(dev.mortar.schemas.order.FulfilmentHandedOver handover) {
        return new Incoming.FulfilmentHandedOver(
                handover.getOrderId(),
                handover.getFulfilmentId(),
                handover.getCustomerId(),
                Channel.valueOf(handover.getChannel().name()),
                handover.getLocationId(),
                handover.getHandedOverAt(),
                handover.getMeta().getRecordedAt(),
                handover.getLines().stream().map(ReturnsAvro::read).toList(),
                handover.getPaymentReference());
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

    private static Money read(dev.mortar.schemas.Money money) {
        return new Money(money.getAmount(), money.getCurrency());
    }
}
