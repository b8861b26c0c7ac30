package dev.mortar.pickup;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.pickup.Examples.DEADLINE;
import static dev.mortar.pickup.Examples.DELIVERY;
import static dev.mortar.pickup.Examples.KEY;
import static dev.mortar.pickup.Examples.LINES;
import static dev.mortar.pickup.Examples.MUGS;
import static dev.mortar.pickup.Examples.PICKUP;
import static dev.mortar.pickup.Examples.PROMISED;
import static dev.mortar.pickup.Examples.READY;
import static dev.mortar.pickup.Examples.READY_FOR_COURIER;
import static dev.mortar.pickup.Examples.REQUESTED;
import static dev.mortar.pickup.Examples.STARTED;
import static dev.mortar.pickup.Examples.TEA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.testkit.EventContractTest;
import dev.mortar.pickup.Fulfilment.Method;
import dev.mortar.pickup.PickupEvent.*;
import dev.mortar.pickup.PickupProcess.Incoming;
import dev.mortar.pickup.Proof.NamedOverride;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.LineQuantity;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.inventory.Day;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.schemas.inventory.LocationType;
import dev.mortar.schemas.inventory.OpeningException;
import dev.mortar.schemas.order.CancellationPart;
import dev.mortar.schemas.order.OrderCancellationRequested;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class PickupContractTest extends EventContractTest<PickupEvent> {

    PickupContractTest() {
        super(PickupDefinition.EVENTS, PickupEvent.class, NOON);
    }

    @Override
    protected List<PickupEvent> samples() {
        return List.of(
                REQUESTED,
                STARTED,
                new PickupLineShort(PICKUP, "1", "MUG 12", 2, ShortReason.DAMAGED),
                READY,
                new PickupReminderDue(PICKUP, LINES, DEADLINE, 1, KEY),
                new PickupCodeReissued(PICKUP, LINES, DEADLINE, 2, "k2"),
                new CustomerOnTheWay(PICKUP, PROMISED),
                new CustomerArrived(PICKUP, "4", NOON),
                new PickupCodeRejected(PICKUP, 5, true),
                new PickupHandedOver(PICKUP, NOON, List.of(MUGS), List.of(TEA), 1, null, null, null, 2, null),
                new PickupExpired(PICKUP, LINES, DEADLINE, 2),
                new PickupCancelled(PICKUP, "c1", List.of(TEA), false, EndReason.CANCELLED_BY_SHOPPER, 2),
                new PickupCancellationRefused(PICKUP, "c1", RefusalReason.HANDED_OVER),
                READY_FOR_COURIER,
                new PickupEvent.PickupRequested(
                        new Fulfilment("o-1", "o", "s", null, Method.CURBSIDE), Channel.POS, LINES, null, NOON),
                new CustomerOnTheWay(PICKUP, null),
                new CustomerArrived(PICKUP, null, NOON),
                new PickupHandedOver(
                        PICKUP,
                        NOON,
                        LINES,
                        List.of(),
                        null,
                        new dev.mortar.eventsourcing.Actor(
                                dev.mortar.eventsourcing.Actor.Type.ASSOCIATE, "associate-5", PICKUP.locationId()),
                        NamedOverride.Reason.CODE_LOCKED,
                        null,
                        3,
                        null),
                new PickupHandedOver(
                        PICKUP, NOON, List.of(), LINES, 1, null, null, null, 1, NotTakenReason.WRONG_ARTICLE),
                new PickupHandedOver(DELIVERY, NOON, LINES, List.of(), null, null, null, "courier-2", 1, null),
                new PickupCancelled(PICKUP, null, List.of(), true, EndReason.SHORT_PICK, null),
                new PickupReady(PICKUP, List.of(MUGS), null, NOON, DEADLINE, 1, KEY, List.of(TEA)));
    }

    @Test
    void readsAConfirmedOrder() {
        OrderConfirmed confirmed = new OrderConfirmed(
                meta(NOON),
                "order-7",
                dev.mortar.schemas.Channel.STORE,
                "customer-9",
                List.of(new OrderLine(
                        "1",
                        "MUG 12",
                        "Red mug",
                        3L,
                        Unit.EACH,
                        new Money(500L, "EUR"),
                        new Money(0L, "EUR"),
                        new Money(0L, "EUR"),
                        true,
                        List.of(),
                        List.of(),
                        null)),
                List.of(new dev.mortar.schemas.order.Fulfilment(
                        "order-7-1", FulfilmentMethod.PICKUP, "store-3", List.of("1"), PROMISED, null)),
                List.of(),
                List.of(),
                new Money(1_500L, "EUR"));

        assertThat(read(PickupDefinition.INCOMING, confirmed))
                .isEqualTo(new Incoming.OrderConfirmed(
                        "order-7",
                        "customer-9",
                        Channel.STORE,
                        List.of(MUGS),
                        List.of(new Incoming.Part(
                                "order-7-1",
                                dev.mortar.values.FulfilmentMethod.PICKUP,
                                "store-3",
                                List.of("1"),
                                PROMISED))));
    }

    @Test
    void readsTheOpeningHoursOfALocation() {
        assertThat(read(PickupDefinition.OPENING_HOURS, location(Day.FRIDAY)))
                .isEqualTo(new OpeningHours(
                        ZoneId.of("Europe/Oslo"),
                        List.of(new OpeningHours.OfDay(DayOfWeek.FRIDAY, LocalTime.of(8, 0), LocalTime.MIDNIGHT)),
                        List.of(
                                new OpeningHours.OfDate(LocalDate.parse("2026-12-25"), null, null),
                                new OpeningHours.OfDate(
                                        LocalDate.parse("2026-12-31"), LocalTime.of(18, 0), LocalTime.of(2, 0)))));
    }

    @Test
    void unknownOpeningHoursFail() {
        assertThatThrownBy(() -> read(PickupDefinition.OPENING_HOURS, location(Day.UNKNOWN)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static InventoryLocation location(Day day) {
        return new InventoryLocation(
                "store-3",
                7L,
                "Oslo S",
                LocationType.STORE,
                59.9,
                10.7,
                "Europe/Oslo",
                List.of(new dev.mortar.schemas.inventory.OpeningHours(day, "08:00", "24:00")),
                List.of(
                        new OpeningException("2026-12-25", null, null),
                        new OpeningException("2026-12-31", "18:00", "02:00")));
    }

    @Test
    void readsARequestForCancellation() {
        OrderCancellationRequested requested = new OrderCancellationRequested(
                meta(NOON),
                "order-7",
                "c1",
                dev.mortar.schemas.EndReason.CANCELLED_BY_SHOPPER,
                List.of(new CancellationPart("order-7-1", List.of(new LineQuantity("1", "MUG 12", 2L)))));

        assertThat(read(PickupDefinition.INCOMING, requested))
                .isEqualTo(new Incoming.OrderCancellationRequested(
                        "c1",
                        EndReason.CANCELLED_BY_SHOPPER,
                        List.of(new Incoming.CancellationPart(
                                "order-7-1", List.of(new dev.mortar.pickup.LineQuantity("1", 2))))));
    }
}
