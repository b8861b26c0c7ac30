package dev.mortar.pickup;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;

import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.pickup.Fulfilment.Method;
import dev.mortar.pickup.PickupCommand.RequestPickup;
import dev.mortar.pickup.PickupEvent.*;
import dev.mortar.values.Channel;
import dev.mortar.values.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A pickup of two lines for the tests. */
final class Examples {

    static final String ID = "order-7-1";
    static final String KEY = "k1";
    static final Duration THREE_DAYS = Duration.ofDays(3);
    static final Instant DEADLINE = NOON.plus(THREE_DAYS);
    static final Instant REMINDER = DEADLINE.minus(Duration.ofHours(18));
    static final Instant PROMISED = NOON.plus(Duration.ofHours(2));

    static final Instant PICK_BY = PROMISED.minus(Duration.ofMinutes(15));
    static final Instant END_BY = PICK_BY.plus(Duration.ofDays(2));
    static final TaskTimes TIMES = new TaskTimes(PROMISED, null, PICK_BY, END_BY);

    static final Fulfilment PICKUP = fulfilment(Method.PICKUP);
    static final Fulfilment DELIVERY = fulfilment(Method.DELIVERY);

    static final PickupLine MUGS = new PickupLine("1", "MUG 12", "Red mug", 3, Unit.EACH);
    static final PickupLine TEA = new PickupLine("2", "tea-500", null, 500, Unit.GRAM);
    static final List<PickupLine> LINES = List.of(MUGS, TEA);

    static final RequestPickup REQUEST = new RequestPickup(PICKUP, Channel.ONLINE, LINES, PROMISED, null, null);
    static final PickupRequested REQUESTED = requested(PICKUP);
    static final PickingStarted STARTED = new PickingStarted(PICKUP);
    static final PickupReady READY = new PickupReady(PICKUP, LINES, "A-12", NOON, DEADLINE, 1, KEY, List.of());
    static final PickupReady READY_FOR_COURIER = new PickupReady(DELIVERY, LINES, "D-1", NOON, null, 1, KEY, List.of());

    static final Parcel MUG_PARCEL = new Parcel("p1", List.of(MUGS), "carrier-1", "T-1");
    static final Parcel TEA_PARCEL = new Parcel("p2", List.of(TEA), "carrier-1", null);

    private Examples() {}

    /** A courier takes all goods in these parcels at noon. */
    static PickupHandedOver shipped(Parcel... parcels) {
        return new PickupHandedOver(
                DELIVERY, NOON, LINES, List.of(), null, null, null, "courier-2", 1, null, 0, List.of(parcels), NOON);
    }

    static PickupRequested requested(Fulfilment fulfilment) {
        return new PickupRequested(fulfilment, Channel.ONLINE, LINES, TIMES, null, NOON);
    }

    static Fulfilment fulfilment(Method method) {
        return new Fulfilment(ID, "order-7", "store-3", "customer-9", method);
    }

    static DeciderScenario<PickupCommand, Pickup, PickupEvent> pickup() {
        return DeciderScenario.scenario(new PickupDecider());
    }

    /** A pickup that was staged at noon and has a deadline in three days. */
    static DeciderScenario<PickupCommand, Pickup, PickupEvent> readyPickup() {
        return pickup().given(REQUESTED, STARTED, READY);
    }

    /** A delivery that was staged at noon for a courier. */
    static DeciderScenario<PickupCommand, Pickup, PickupEvent> readyDelivery() {
        return pickup().given(requested(DELIVERY), new PickingStarted(DELIVERY), READY_FOR_COURIER);
    }
}
