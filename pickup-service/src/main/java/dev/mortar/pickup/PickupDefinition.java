package dev.mortar.pickup;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.pickup.PickupCommand.CheckDeadline;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parts of pickup-service; the kit runs them. */
public final class PickupDefinition {

    /** Current pickups, by fulfilment id. */
    static final View.OfEntries<Pickup, Pickup.Known> PICKUPS = new View.OfEntries<>(
            "pickups", Pickup.class, "", pickup -> pickup instanceof Pickup.Known known ? known : null);

    /** The queue of each location: its open pickups, by location id. An ended pickup is removed. */
    static final View.Index<Pickup, Pickup.Open> QUEUES = new View.Index<>(
            "queues",
            2,
            Pickup.class,
            PickupDefinition::queueRow,
            pickup -> pickup instanceof Pickup.Open open ? open : null);

    /** The opening hours of all locations; every instance keeps a copy. */
    static final String LOCATIONS = "inventory.locations";

    private PickupDefinition() {}

    public static ServiceDefinition<PickupCommand, Pickup, Pickup, PickupEvent> definition() {
        return ServiceDefinition.of(
                        "pickup", new PickupDecider(), PickupCommand.class, Pickup.class, PickupCommand::fulfilmentId)
                .events(PickupAvro.EVENTS)
                .deadlines(PickupDefinition::deadline)
                .listens(List.of("order.events"), PickupAvro.INCOMING, new PickupProcess())
                .view(PICKUPS)
                .view(QUEUES)
                .table(LOCATIONS, PickupAvro.LOCATIONS);
    }

    private static @Nullable Deadline<PickupCommand> deadline(Pickup pickup) {
        if (!(pickup instanceof Pickup.Ready ready)) {
            return null;
        }
        Instant due = ready.nextDue();
        return due == null
                ? null
                : new Deadline<>(
                        due, new CheckDeadline(ready.goods().fulfilment().fulfilmentId()));
    }

    private static View.@Nullable RowKey queueRow(String fulfilmentId, Pickup pickup) {
        return pickup instanceof Pickup.Open open
                ? new View.RowKey(open.goods().fulfilment().locationId(), fulfilmentId)
                : null;
    }
}
