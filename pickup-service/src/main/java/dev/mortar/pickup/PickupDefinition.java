package dev.mortar.pickup;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.kafka.EventBinder;
import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.pickup.PickupCommand.CheckDeadline;
import dev.mortar.pickup.PickupCommand.ReturnParcel;
import dev.mortar.schemas.inventory.InventoryLocation;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

    static final EventBinder<PickupEvent> EVENTS = EventBinder.of(PickupEvent.class, "dev.mortar.schemas.pickup");

    /** The opening hours of all locations; every instance keeps a copy. */
    static final String LOCATIONS = "inventory.locations";

    static final EventReader<PickupProcess.Incoming> INCOMING =
            EventReader.of(PickupProcess.Incoming.class).ignoring("""
                    OrderPlaced SaleRecorded FulfilmentReserved FulfilmentRejected OrderRejected
                    OrderCancellationRefused OrderLinesCancelled OrderCancelled FulfilmentHandedOver OrderCompleted
                    OrderReturned SourcingRequested SourcingDecided FulfilmentAdded FulfilmentWithdrawn
                    FulfilmentDelivered FulfilmentUndelivered FulfilmentLost
                    """);

    /** Reads {@code inventory.locations}. */
    static final EventReader<OpeningHours> OPENING_HOURS =
            EventReader.<OpeningHours>create().on(InventoryLocation.class, PickupDefinition::hours);

    private PickupDefinition() {}

    public static ServiceDefinition<PickupCommand, Pickup, Pickup, PickupEvent> definition() {
        return ServiceDefinition.of(
                        "pickup", new PickupDecider(), PickupCommand.class, Pickup.class, PickupCommand::fulfilmentId)
                .storeVersion(3)
                .events(EVENTS)
                .deadlines(PickupDefinition::deadline)
                .owner((command, pickup) -> pickup instanceof Pickup.Known known ? owner(command, known) : null)
                .listens(List.of("order.events"), INCOMING, new PickupProcess())
                .view(PICKUPS)
                .view(QUEUES)
                .table(LOCATIONS, OPENING_HOURS);
    }

    /** A returned parcel also belongs to the store that it came back to. */
    private static Owner owner(PickupCommand command, Pickup.Known pickup) {
        Owner owner = owner(pickup);
        if (!(command instanceof ReturnParcel returned)) {
            return owner;
        }
        Set<String> stores = new HashSet<>(owner.locationIds());
        stores.add(returned.returnedTo());
        return new Owner(owner.customerId(), owner.orderId(), stores, owner.actorId());
    }

    static Owner owner(Pickup.Known pickup) {
        Fulfilment fulfilment = pickup.fulfilment();
        String courierId =
                pickup instanceof Pickup.HandedOver ended ? ended.handover().courierId() : null;
        return new Owner(fulfilment.customerId(), fulfilment.orderId(), Set.of(fulfilment.locationId()), courierId);
    }

    private static OpeningHours hours(InventoryLocation location) {
        return new OpeningHours(
                ZoneId.of(location.getTimeZone()),
                location.getOpeningHours().stream()
                        .map(each -> new OpeningHours.OfDay(
                                DayOfWeek.valueOf(each.getDay().name()), time(each.getOpens()), time(each.getCloses())))
                        .toList(),
                location.getExceptions().stream()
                        .map(each -> new OpeningHours.OfDate(
                                LocalDate.parse(each.getDate()),
                                each.getOpens() == null ? null : time(each.getOpens()),
                                each.getCloses() == null ? null : time(each.getCloses())))
                        .toList());
    }

    /** 24:00 becomes 00:00, which ends the opening on the next day. */
    private static LocalTime time(String time) {
        return time.equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(time);
    }

    private static @Nullable Deadline<PickupCommand> deadline(Pickup pickup) {
        return switch (pickup) {
            case Pickup.Open open -> deadline(open, TaskRules.nextDue(open));
            case Pickup.HandedOver ended -> deadline(ended, ParcelRules.nextDue(ended));
            case Pickup.Unknown _, Pickup.Expired _, Pickup.Cancelled _ -> null;
        };
    }

    private static @Nullable Deadline<PickupCommand> deadline(Pickup.Known pickup, @Nullable Instant due) {
        return due == null
                ? null
                : new Deadline<>(due, new CheckDeadline(pickup.fulfilment().fulfilmentId()));
    }

    private static View.@Nullable RowKey queueRow(String fulfilmentId, Pickup pickup) {
        return pickup instanceof Pickup.Open open
                ? new View.RowKey(open.fulfilment().locationId(), fulfilmentId)
                : null;
    }
}
