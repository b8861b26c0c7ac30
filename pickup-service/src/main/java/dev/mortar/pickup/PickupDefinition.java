package dev.mortar.pickup;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.pickup.PickupCommand.CheckDeadline;
import dev.mortar.pickup.PickupEvent.PickupRequested;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What pickup-service is made of. */
public final class PickupDefinition {

    /** Each pickup as it stands, by fulfilment. */
    static final View<PickupEvent, Pickup> PICKUPS =
            View.ofState("pickups", 1, Pickup.class, new Pickup.Unknown(), Pickup::evolve);

    /** The open pickups of each location: its queue. A pickup leaves it when it ends. */
    static final View<PickupEvent, Pickup> QUEUES = View.of(
            "queues",
            1,
            Pickup.class,
            event -> List.of(new View.RowKey(event.event().fulfilment().locationId(), event.aggregateId())),
            (row, key, event) -> queued(row, event));

    /** When locations are open; every instance keeps a copy. */
    static final String LOCATIONS = "inventory.locations";

    private PickupDefinition() {}

    public static ServiceDefinition<PickupCommand, Pickup, Pickup, PickupEvent> definition() {
        return ServiceDefinition.of(
                        "pickup", new PickupDecider(), PickupCommand.class, Pickup.class, PickupCommand::fulfilmentId)
                .events(PickupAvro::write, PickupAvro.EVENTS)
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

    private static @Nullable Pickup queued(@Nullable Pickup row, Recorded<PickupEvent> event) {
        // Events follow the end of a pickup too: they must not bring its row back.
        if (row == null && !(event.event() instanceof PickupRequested)) {
            return null;
        }
        Pickup after = Pickup.evolve(row == null ? new Pickup.Unknown() : row, event.event());
        return after instanceof Pickup.Open ? after : null;
    }
}
