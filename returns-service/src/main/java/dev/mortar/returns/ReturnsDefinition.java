package dev.mortar.returns;

import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.returns.Returns.NothingHandedOver;
import dev.mortar.returns.Returns.Purchased;
import dev.mortar.returns.ReturnsCommand.AcceptReturn;
import dev.mortar.returns.ReturnsCommand.RecordPurchase;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What returns-service is made of. */
public final class ReturnsDefinition {

    /** What left and came back, one row for each order. */
    static final View.OfEntries<Returns, Returns> ORDERS = View.ofState("orders", Returns.class);

    /** Ids of the locations that can take goods back. */
    static final String LOCATIONS = "inventory.locations";

    /** The unit that each location keeps each SKU in, by {@code locationId|sku}. */
    static final String LEVELS = "inventory.levels";

    private ReturnsDefinition() {}

    public static ServiceDefinition<ReturnsCommand, Returns, Returns, ReturnsEvent> definition(Duration returnWindow) {
        return ServiceDefinition.of(
                        "returns", ReturnsDecider.RETURNS, ReturnsCommand.class, Returns.class, ReturnsCommand::orderId)
                .events(ReturnsAvro.EVENTS)
                .storeVersion(2)
                .reply(ReturnsDefinition::reply)
                .listens(List.of("order.events"), ReturnsAvro.INCOMING, new ReturnsProcess(returnWindow))
                .view(ORDERS)
                .table(LOCATIONS, ReturnsAvro.LOCATIONS)
                .table(LEVELS, ReturnsAvro.UNITS_KEPT);
    }

    /** Whoever brought goods back is told of that return; nobody waits for a purchase to be recorded. */
    private static @Nullable Object reply(ReturnsCommand command, Returns state) {
        return switch (command) {
            case RecordPurchase purchase -> null;
            case AcceptReturn accept ->
                switch (state) {
                    case NothingHandedOver() -> null;
                    case Purchased purchased -> purchased.find(accept.returnId());
                };
        };
    }
}
