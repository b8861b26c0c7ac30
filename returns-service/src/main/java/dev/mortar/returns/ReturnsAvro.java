package dev.mortar.returns;

import dev.mortar.eventsourcing.kafka.EventBinder;
import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.returns.ReturnsProcess.Incoming;
import dev.mortar.schemas.inventory.InventoryLevel;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.values.Money;
import java.util.List;

/** Events as they lie in the topics. Enums have the same symbols here and there; a test says so. */
final class ReturnsAvro {

    /** The events of returns. */
    static final EventBinder<ReturnsEvent> EVENTS = EventBinder.of(ReturnsEvent.class, "dev.mortar.schemas.returns");

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
