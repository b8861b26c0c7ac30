package dev.mortar.pickup;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.pickup.Examples.*;
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
import dev.mortar.schemas.inventory.Day;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.schemas.inventory.LocationType;
import dev.mortar.schemas.inventory.OpeningException;
import dev.mortar.schemas.order.CancellationPart;
import dev.mortar.schemas.order.FulfilmentConfirmed;
import dev.mortar.schemas.order.OrderCancellationRequested;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.values.Channel;
import dev.mortar.values.Disposition;
import dev.mortar.values.EndReason;
import dev.mortar.values.ParcelReturnLine;
import dev.mortar.values.ReturnCondition;
import java.time.DayOfWeek;
import java.time.Duration;
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
                // Its approved sample is from before tasks had an end.
                new PickupEvent.PickupRequested(
                        PICKUP, Channel.ONLINE, LINES, new TaskTimes(PROMISED, null, null, null), null, NOON),
                REQUESTED,
                new PickupAccepted(PICKUP),
                new PickupTaskRejected(PICKUP, TaskRejectionReason.TOO_BUSY),
                new PickupOverdue(PICKUP, OverdueKind.PROMISE, PROMISED),
                new PickupDeadlineExtended(PICKUP, DEADLINE.plusSeconds(3_600), DEADLINE, 1, true),
                STARTED,
                new PickupLineShort(PICKUP, "1", "MUG 12", 2, ShortReason.DAMAGED),
                READY,
                new PickupReminderDue(PICKUP, LINES, DEADLINE, 1, KEY, 0),
                new PickupCodeReissued(PICKUP, LINES, DEADLINE, 2, "k2", 0),
                new CustomerOnTheWay(PICKUP, PROMISED),
                new CustomerArrived(PICKUP, "4", NOON),
                new PickupCodeRejected(PICKUP, 5, true),
                new PickupHandedOver(
                        PICKUP, NOON, List.of(MUGS), List.of(TEA), 1, null, null, null, 2, null, 0, List.of(), NOON),
                new PickupExpired(PICKUP, LINES, DEADLINE, 2, 0),
                new PickupCancelled(PICKUP, "c1", List.of(TEA), false, EndReason.CANCELLED_BY_SHOPPER, 2, 0),
                new PickupCancellationRefused(PICKUP, "c1", RefusalReason.HANDED_OVER),
                new ParcelPacked(DELIVERY, MUG_PARCEL),
                new ParcelDelivered(DELIVERY, "p1", PROMISED, DeliveryProof.PHOTO, List.of(MUGS)),
                new DeliveryAttemptFailed(DELIVERY, "p1", 2, "NOBODY_HOME", DEADLINE),
                new ParcelReturned(
                        DELIVERY,
                        "p1",
                        "store-4",
                        List.of(new ParcelReturnLine(
                                "1", "MUG 12", 2, ReturnCondition.UNOPENED, Disposition.RETURN_TO_VENDOR)),
                        NOON),
                new ParcelLost(DELIVERY, "p1", ParcelLossReason.NO_NEWS, List.of(MUGS), NOON),
                new ParcelFound(DELIVERY, "p1", PROMISED, DeliveryProof.SAFE_PLACE),
                new ParcelPacked(DELIVERY, TEA_PARCEL),
                new DeliveryAttemptFailed(DELIVERY, "p1", 1, "NOBODY_HOME", null),
                new PickupOverdue(DELIVERY, OverdueKind.DELIVERY, DEADLINE),
                shipped(MUG_PARCEL, TEA_PARCEL),
                new PickupEvent.PickupRequested(DELIVERY, Channel.ONLINE, LINES, TIMES, "home-1", NOON),
                READY_FOR_COURIER,
                new PickupEvent.PickupRequested(
                        new Fulfilment("o-1", "o", "s", null, Method.CURBSIDE),
                        Channel.POS,
                        LINES,
                        new TaskTimes(null, null, NOON.plus(Duration.ofDays(1)), NOON.plus(Duration.ofDays(3))),
                        null,
                        NOON),
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
                        null,
                        0,
                        List.of(),
                        NOON),
                new PickupHandedOver(
                        PICKUP,
                        NOON,
                        List.of(),
                        LINES,
                        1,
                        null,
                        null,
                        null,
                        1,
                        NotTakenReason.WRONG_ARTICLE,
                        0,
                        List.of(),
                        NOON),
                new PickupHandedOver(
                        DELIVERY,
                        NOON,
                        LINES,
                        List.of(),
                        null,
                        null,
                        null,
                        "courier-2",
                        1,
                        null,
                        0,
                        List.of(new Parcel(ID + "-p1", LINES, "courier-2", null)),
                        NOON),
                new PickupCancelled(PICKUP, null, List.of(), true, EndReason.SHORT_PICK, null, 0),
                new PickupCancelled(PICKUP, "c1", LINES, true, EndReason.MOVED, null, 0),
                new PickupCancelled(PICKUP, "c1", LINES, true, EndReason.NO_SOURCE, null, 0),
                new PickupCancellationRefused(PICKUP, "c1", RefusalReason.READY),
                new PickupReady(PICKUP, List.of(MUGS), null, NOON, DEADLINE, 1, KEY, List.of(TEA)));
    }

    @Test
    void readsAConfirmedOrder() {
        OrderConfirmed confirmed = new OrderConfirmed(
                meta(NOON),
                "order-7",
                dev.mortar.schemas.Channel.STORE,
                "customer-9",
                List.of(line()),
                List.of(fulfilment()),
                List.of(),
                List.of(),
                new Money(1_500L, "EUR"));

        assertThat(read(PickupDefinition.INCOMING, confirmed))
                .isEqualTo(new Incoming.OrderConfirmed(
                        "order-7", "customer-9", Channel.STORE, List.of(MUGS), List.of(PART)));
    }

    @Test
    void readsAConfirmedFulfilment() {
        FulfilmentConfirmed confirmed = new FulfilmentConfirmed(
                meta(NOON),
                "order-7",
                "order-7-r1",
                dev.mortar.schemas.Channel.ONLINE,
                null,
                fulfilment(),
                List.of(line()),
                null);

        assertThat(read(PickupDefinition.INCOMING, confirmed))
                .isEqualTo(new Incoming.FulfilmentConfirmed("order-7", null, Channel.ONLINE, List.of(MUGS), PART));
    }

    private static final Incoming.Part PART = new Incoming.Part(
            "order-7-1",
            dev.mortar.values.FulfilmentMethod.PICKUP,
            "store-3",
            List.of("1"),
            List.of(),
            PROMISED,
            NOON,
            "home-1");

    private static OrderLine line() {
        return OrderLine.newBuilder()
                .setLineId("1")
                .setSku("MUG 12")
                .setTitle("Red mug")
                .setQuantity(3L)
                .setUnitPrice(new Money(500L, "EUR"))
                .setDiscount(new Money(0L, "EUR"))
                .setTax(new Money(0L, "EUR"))
                .build();
    }

    private static dev.mortar.schemas.order.Fulfilment fulfilment() {
        return dev.mortar.schemas.order.Fulfilment.newBuilder()
                .setFulfilmentId("order-7-1")
                .setMethod(FulfilmentMethod.PICKUP)
                .setLocationId("store-3")
                .setLineIds(List.of("1"))
                .setPromisedAt(PROMISED)
                .setAcceptBy(NOON)
                .setDestinationId("home-1")
                .build();
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
        return InventoryLocation.newBuilder()
                .setLocationId("store-3")
                .setSequence(7)
                .setName("Oslo S")
                .setType(LocationType.STORE)
                .setLatitude(59.9)
                .setLongitude(10.7)
                .setTimeZone("Europe/Oslo")
                .setOpeningHours(List.of(new dev.mortar.schemas.inventory.OpeningHours(day, "08:00", "24:00")))
                .setExceptions(List.of(
                        new OpeningException("2026-12-25", null, null),
                        new OpeningException("2026-12-31", "18:00", "02:00")))
                .build();
    }

    @Test
    void readsARequestForCancellation() {
        OrderCancellationRequested requested = new OrderCancellationRequested(
                meta(NOON),
                "order-7",
                "c1",
                dev.mortar.schemas.EndReason.CANCELLED_BY_SHOPPER,
                List.of(new CancellationPart("order-7-1", List.of(new LineQuantity("1", "MUG 12", 2L)))),
                true);

        assertThat(read(PickupDefinition.INCOMING, requested))
                .isEqualTo(new Incoming.OrderCancellationRequested(
                        "c1",
                        EndReason.CANCELLED_BY_SHOPPER,
                        List.of(new Incoming.CancellationPart(
                                "order-7-1", List.of(new dev.mortar.pickup.LineQuantity("1", 2)))),
                        true));
    }
}
