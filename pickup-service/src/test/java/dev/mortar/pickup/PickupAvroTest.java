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

import dev.mortar.eventsourcing.testkit.EventSamples;
import dev.mortar.pickup.Fulfilment.Method;
import dev.mortar.pickup.PickupEvent.CustomerArrived;
import dev.mortar.pickup.PickupEvent.CustomerOnTheWay;
import dev.mortar.pickup.PickupEvent.EndReason;
import dev.mortar.pickup.PickupEvent.NotTakenReason;
import dev.mortar.pickup.PickupEvent.PickupCancellationRefused;
import dev.mortar.pickup.PickupEvent.PickupCancelled;
import dev.mortar.pickup.PickupEvent.PickupCodeReissued;
import dev.mortar.pickup.PickupEvent.PickupCodeRejected;
import dev.mortar.pickup.PickupEvent.PickupExpired;
import dev.mortar.pickup.PickupEvent.PickupHandedOver;
import dev.mortar.pickup.PickupEvent.PickupLineShort;
import dev.mortar.pickup.PickupEvent.PickupReady;
import dev.mortar.pickup.PickupEvent.PickupReminderDue;
import dev.mortar.pickup.PickupEvent.RefusalReason;
import dev.mortar.pickup.PickupEvent.ShortReason;
import dev.mortar.pickup.PickupProcess.Incoming;
import dev.mortar.pickup.Proof.NamedOverride;
import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.LineQuantity;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.inventory.Day;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.schemas.inventory.LocationType;
import dev.mortar.schemas.inventory.OpeningException;
import dev.mortar.schemas.order.CancellationPart;
import dev.mortar.schemas.order.OrderCancellationRequested;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.schemas.order.OrderEndReason;
import dev.mortar.values.Channel;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PickupAvroTest {

    private static final EventMeta META = new EventMeta(
            UUID.fromString("7f0e1c5c-0000-5000-8000-000000000001"),
            0,
            1,
            3L,
            17L,
            NOON.minusSeconds(1),
            NOON,
            UUID.fromString("7f0e1c5c-0000-5000-8000-000000000002"),
            null,
            null,
            "correlation-1",
            new Actor(ActorType.ASSOCIATE, "associate-5", "store-3"));

    /** First one event of every type in its first version, then other variants. */
    static Stream<PickupEvent> events() {
        PickupReady incomplete = new PickupReady(PICKUP, List.of(MUGS), null, NOON, DEADLINE, 1, KEY, List.of(TEA));
        return Stream.concat(firstVersions(), Stream.concat(secondVersions(), Stream.of(incomplete)));
    }

    /** Events whose second version added the last issue of the code. */
    static Stream<PickupEvent> secondVersions() {
        return Stream.of(
                new PickupHandedOver(PICKUP, NOON, List.of(MUGS), List.of(TEA), 2, null, null, null, 2, null),
                new PickupExpired(PICKUP, LINES, DEADLINE, 2),
                new PickupCancelled(PICKUP, "c1", List.of(TEA), false, EndReason.CANCELLED_BY_SHOPPER, 2));
    }

    private static Stream<PickupEvent> firstVersions() {
        return Stream.of(
                REQUESTED,
                STARTED,
                new PickupLineShort(PICKUP, "1", "MUG 12", 2, ShortReason.DAMAGED),
                READY,
                new PickupReminderDue(PICKUP, LINES, DEADLINE, 1, KEY),
                new PickupCodeReissued(PICKUP, LINES, DEADLINE, 2, "k2"),
                new CustomerOnTheWay(PICKUP, PROMISED),
                new CustomerArrived(PICKUP, "4", NOON),
                new PickupCodeRejected(PICKUP, 5, true),
                new PickupHandedOver(PICKUP, NOON, List.of(MUGS), List.of(TEA), 1, null, null, null, null, null),
                new PickupExpired(PICKUP, LINES, DEADLINE, null),
                new PickupCancelled(PICKUP, "c1", List.of(TEA), false, EndReason.CANCELLED_BY_SHOPPER, null),
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
                new PickupCancelled(PICKUP, null, List.of(), true, EndReason.NOTHING_FOUND, null));
    }

    static Stream<PickupEvent> oneOfEveryType() {
        return events().limit(PickupEvent.class.getPermittedSubclasses().length);
    }

    @ParameterizedTest
    @MethodSource("events")
    void anEventIsReadAsItWasWritten(PickupEvent event) {
        assertThat(PickupAvro.EVENTS.read(EventSamples.overTheWire(PickupAvro.EVENTS.write(event, META))))
                .isEqualTo(event);
    }

    @ParameterizedTest
    @MethodSource("oneOfEveryType")
    void anApprovedSampleIsStillRead(PickupEvent event) {
        assertThat(PickupAvro.EVENTS.read(EventSamples.approved(PickupAvro.EVENTS.write(event, META), 1)))
                .isEqualTo(event);
    }

    @ParameterizedTest
    @MethodSource("secondVersions")
    void anApprovedSampleOfTheSecondVersionIsStillRead(PickupEvent event) {
        assertThat(PickupAvro.EVENTS.read(EventSamples.approved(PickupAvro.EVENTS.write(event, META), 2)))
                .isEqualTo(event);
    }

    @Test
    void everyEventHasASampleAndAReader() {
        assertThat(oneOfEveryType().map(Object::getClass))
                .containsExactlyInAnyOrder(PickupEvent.class.getPermittedSubclasses());
        assertThat(PickupAvro.EVENTS.reader().types())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(PickupEvent.class.getPermittedSubclasses())
                        .map(type -> "dev.mortar.schemas.pickup." + type.getSimpleName())
                        .toList());
    }

    @Test
    void aConfirmedOrderIsReadWithoutCarriedOutLines() {
        OrderConfirmed confirmed = new OrderConfirmed(
                META,
                "order-7",
                dev.mortar.schemas.Channel.STORE,
                "customer-9",
                List.of(
                        orderLine("1", "MUG 12", "Red mug", 3, dev.mortar.schemas.Unit.EACH),
                        orderLine("2", "tea-500", null, 500, dev.mortar.schemas.Unit.GRAM),
                        orderLine("3", "bag", null, 1, dev.mortar.schemas.Unit.EACH)),
                List.of(
                        new dev.mortar.schemas.order.Fulfilment(
                                "order-7-1", FulfilmentMethod.PICKUP, "store-3", List.of("1", "2"), PROMISED, null),
                        new dev.mortar.schemas.order.Fulfilment(
                                "order-7-2", FulfilmentMethod.CARRY_OUT, "store-3", List.of("3"), null, null)),
                List.of(),
                List.of(),
                new Money(1_000L, "EUR"));

        assertThat(PickupAvro.INCOMING.read(confirmed))
                .isEqualTo(new Incoming.OrderConfirmed(
                        Channel.STORE, List.of(new Incoming.Part(PICKUP, LINES, PROMISED))));
    }

    @Test
    void readsTheOpeningHoursOfALocation() {
        assertThat(PickupAvro.LOCATIONS.read(location(Day.FRIDAY)))
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
        assertThatThrownBy(() -> PickupAvro.LOCATIONS.read(location(Day.UNKNOWN)))
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
    void anInconsistentOrderFails() {
        assertThatThrownBy(() -> PickupAvro.INCOMING.read(confirmed(FulfilmentMethod.UNKNOWN, "1")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PickupAvro.INCOMING.read(confirmed(FulfilmentMethod.PICKUP, "9")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a fulfilment names line 9, which the order does not have");
    }

    @Test
    void readsARequestForCancellation() {
        OrderCancellationRequested requested = new OrderCancellationRequested(
                META,
                "order-7",
                "c1",
                OrderEndReason.CANCELLED_BY_SHOPPER,
                List.of(new CancellationPart("order-7-1", List.of(new LineQuantity("1", "MUG 12", 2L)))));

        assertThat(PickupAvro.INCOMING.read(requested))
                .isEqualTo(new Incoming.OrderCancellationRequested(
                        "c1",
                        EndReason.CANCELLED_BY_SHOPPER,
                        List.of(new Incoming.CancellationPart(
                                "order-7-1", List.of(new dev.mortar.pickup.LineQuantity("1", 2))))));
    }

    private static OrderConfirmed confirmed(FulfilmentMethod method, String lineId) {
        return new OrderConfirmed(
                META,
                "order-7",
                dev.mortar.schemas.Channel.ONLINE,
                null,
                List.of(orderLine("1", "MUG 12", null, 1, dev.mortar.schemas.Unit.EACH)),
                List.of(new dev.mortar.schemas.order.Fulfilment(
                        "order-7-1", method, "store-3", List.of(lineId), null, null)),
                List.of(),
                List.of(),
                new Money(1_000L, "EUR"));
    }

    private static OrderLine orderLine(
            String lineId, String sku, @Nullable String title, long quantity, dev.mortar.schemas.Unit unit) {
        Money price = new Money(500L, "EUR");
        Money none = new Money(0L, "EUR");
        return new OrderLine(lineId, sku, title, quantity, unit, price, none, none, true, List.of(), List.of(), null);
    }
}
