package dev.mortar.returns;

import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.kafka.EventBinder;
import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.returns.Returns.NothingHandedOver;
import dev.mortar.returns.Returns.Purchased;
import dev.mortar.returns.ReturnsCommand.*;
import dev.mortar.schemas.inventory.InventoryLevel;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.values.Unit;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parts of returns-service; the kit runs them. */
public final class ReturnsDefinition {

    /** The returns of each order of which goods were handed over, by order id. */
    static final View.OfEntries<Returns, Returns.Purchased> ORDERS = new View.OfEntries<>(
            "orders", Returns.class, "", state -> state instanceof Returns.Purchased purchased ? purchased : null);

    static final EventBinder<ReturnsEvent> EVENTS = EventBinder.of(ReturnsEvent.class, "dev.mortar.schemas.returns");

    static final EventReader<ReturnsProcess.Incoming> INCOMING =
            EventReader.of(ReturnsProcess.Incoming.class).ignoring("""
                    OrderPlaced SaleRecorded FulfilmentReserved FulfilmentRejected
                    SourcingRequested SourcingDecided FulfilmentAdded FulfilmentConfirmed FulfilmentWithdrawn
                    OrderConfirmed OrderRejected
                    OrderCancellationRequested OrderCancellationRefused OrderLinesCancelled OrderCancelled
                    OrderCompleted OrderReturned
                    """);

    /** Ids of the locations that can accept returns. */
    static final String LOCATIONS = "inventory.locations";

    /** The unit in which each location keeps each SKU, by {@code locationId|sku}. */
    static final String LEVELS = "inventory.levels";

    private ReturnsDefinition() {}

    public static ServiceDefinition<ReturnsCommand, Returns, Returns, ReturnsEvent> definition(Duration returnWindow) {
        return ServiceDefinition.of(
                        "returns", new ReturnsDecider(), ReturnsCommand.class, Returns.class, ReturnsCommand::orderId)
                .events(EVENTS)
                .storeVersion(3)
                .reply(ReturnsDefinition::reply)
                .owner((command, state) -> state instanceof Purchased purchased ? owner(purchased) : null)
                .listens(List.of("order.events"), INCOMING, new ReturnsProcess(returnWindow))
                .view(ORDERS)
                .table(
                        LOCATIONS,
                        EventReader.<String>create().on(InventoryLocation.class, InventoryLocation::getLocationId))
                .table(LEVELS, EventReader.<Unit>create().on(InventoryLevel.class, ReturnsDefinition::unit));
    }

    /** Any store accepts a return, so the order belongs to none. */
    static Owner owner(Purchased purchased) {
        return new Owner(purchased.customerId(), purchased.orderId(), Set.of(), null);
    }

    private static Unit unit(InventoryLevel level) {
        return Unit.valueOf(level.getUnit().name());
    }

    /** The reply to AcceptReturn is the return. The other commands have no reply, because no caller waits for it. */
    private static @Nullable Object reply(ReturnsCommand command, Returns state) {
        return switch (command) {
            case RecordPurchase _, MoveReturnWindow _, RecordLoss _, TakeBackParcel _ -> null;
            case AcceptReturn accept ->
                switch (state) {
                    case NothingHandedOver() -> null;
                    case Purchased purchased -> purchased.find(accept.returnId());
                };
        };
    }
}
