package dev.mortar.pickup;

import static dev.mortar.eventsourcing.Grant.*;
import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.pickup.Examples.DEADLINE;
import static dev.mortar.pickup.Examples.DELIVERY;
import static dev.mortar.pickup.Examples.END_BY;
import static dev.mortar.pickup.Examples.ID;
import static dev.mortar.pickup.Examples.KEY;
import static dev.mortar.pickup.Examples.LINES;
import static dev.mortar.pickup.Examples.PICKUP;
import static dev.mortar.pickup.Examples.PICK_BY;
import static dev.mortar.pickup.Examples.PROMISED;
import static dev.mortar.pickup.Examples.READY;
import static dev.mortar.pickup.Examples.REMINDER;
import static dev.mortar.pickup.Examples.REQUEST;
import static dev.mortar.pickup.Examples.REQUESTED;
import static dev.mortar.pickup.Examples.STARTED;
import static dev.mortar.pickup.Examples.THREE_DAYS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.kafka.DeciderTestDriver;
import dev.mortar.eventsourcing.kafka.ViewTestDriver;
import dev.mortar.eventsourcing.testkit.Approved;
import dev.mortar.eventsourcing.testkit.ServiceArchitecture;
import dev.mortar.pickup.PickupCommand.*;
import dev.mortar.pickup.PickupEvent.*;
import dev.mortar.pickup.PickupRejection.UnknownPickup;
import dev.mortar.pickup.PickupRejection.WrongState;
import dev.mortar.values.Channel;
import dev.mortar.values.Disposition;
import dev.mortar.values.EndReason;
import dev.mortar.values.ParcelReturnLine;
import dev.mortar.values.ReturnCondition;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PickupDefinitionTest {

    private static final MarkReady MARK_READY = new MarkReady(ID, "A-12", THREE_DAYS, KEY, null);
    private static final HandOver HAND_OVER = new HandOver(ID, new Proof.Code(KEY, 1), null, null, null);
    private static final HandOver WRONG_CODE = new HandOver(ID, new Proof.WrongCode(), null, null, null);
    private static final PickupHandedOver HANDED_OVER =
            new PickupHandedOver(PICKUP, NOON, LINES, List.of(), 1, null, null, null, 1, null, 0, List.of(), NOON);

    private static final Parcel PARCEL = new Parcel("p1", LINES, "carrier-1", "T-1");

    private final DeciderTestDriver<PickupCommand, Pickup, Pickup, PickupEvent> driver =
            new DeciderTestDriver<>(PickupDefinition.definition());
    private final ViewTestDriver<PickupEvent> views = new ViewTestDriver<>(PickupDefinition.definition());

    @AfterEach
    void close() {
        driver.close();
    }

    private DeciderTestDriver<PickupCommand, Pickup, Pickup, PickupEvent> readyPickup() {
        return driver.whenReacting(REQUEST)
                .then(REQUESTED)
                .when(new StartPicking(ID))
                .then(STARTED)
                .when(MARK_READY)
                .then(READY);
    }

    @Test
    void isAsApproved() {
        Approved.matches("definition.txt", PickupDefinition.definition().describe());
    }

    @Test
    void theModelKnowsNoFramework() {
        ServiceArchitecture.check("dev.mortar.pickup", "Pickup");
    }

    @Test
    void aPickupGoesFromRequestToHandover() {
        readyPickup()
                .when(new NoteArrival(ID, "4"))
                .then(new PickupEvent.CustomerArrived(PICKUP, "4", NOON))
                .when(HAND_OVER)
                .then(HANDED_OVER)
                .when(HAND_OVER)
                .thenRejected(new WrongState(ID, Pickup.State.HANDED_OVER));
    }

    @Test
    void aForeignPickupLooksUnknownToAShopperAndIsForbiddenToOtherStores() {
        Actor foreign = new Actor(Actor.Type.SHOPPER, "customer-1", null);
        Actor elsewhere = new Actor(Actor.Type.ASSOCIATE, "a-1", "store-1");
        NoteOnTheWay onTheWay = new NoteOnTheWay(ID, null);
        driver.whenCalledBy(foreign, Set.of(SHOPPER_OWN), onTheWay).thenRejected(new UnknownPickup(ID));
        readyPickup();

        driver.whenCalledBy(foreign, Set.of(SHOPPER_OWN), onTheWay).thenRejected(new UnknownPickup(ID));
        driver.whenCalledBy(elsewhere, Set.of(ASSOCIATE_STORE, LEAD_STORE), HAND_OVER)
                .thenForbidden();
        driver.whenCalledBy(Actor.ofLink("order-7"), Set.of(LINK_OWN), new NoteArrival(ID, "4"))
                .then(new PickupEvent.CustomerArrived(PICKUP, "4", NOON));
        driver.whenCalledBy(new Actor(Actor.Type.ASSOCIATE, "a-1", "store-3"), Set.of(ASSOCIATE_STORE), HAND_OVER)
                .then(HANDED_OVER);
    }

    @Test
    void theCommandCarriesTheOpeningHours() {
        OpeningHours hours = new OpeningHours(
                ZoneId.of("Europe/Oslo"),
                List.of(new OpeningHours.OfDay(DayOfWeek.FRIDAY, LocalTime.of(18, 0), LocalTime.of(2, 0))),
                List.of(
                        new OpeningHours.OfDate(LocalDate.parse("2026-06-04"), null, null),
                        new OpeningHours.OfDate(
                                LocalDate.parse("2026-06-05"), LocalTime.of(9, 30), LocalTime.MIDNIGHT)));

        driver.whenReacting(REQUEST)
                .then(REQUESTED)
                .when(new StartPicking(ID))
                .then(STARTED)
                .when(new MarkReady(ID, "A-12", THREE_DAYS, KEY, hours))
                .then(new PickupEvent.PickupReady(
                        PICKUP, LINES, "A-12", NOON, Instant.parse("2026-06-05T22:00:00Z"), 1, KEY, List.of()));
    }

    @Test
    void theReplyIsTheStateAndARepeatedRequestGetsTheSame() {
        UUID request = UUID.randomUUID();
        readyPickup();

        var first = driver.when(WRONG_CODE, request);
        first.then(new PickupCodeRejected(PICKUP, 1, false));
        assertThat(first.reply(Pickup.Known.class))
                .isInstanceOfSatisfying(
                        Pickup.Ready.class,
                        ready -> assertThat(ready.wrongAttempts()).isEqualTo(1));

        var again = driver.when(WRONG_CODE, request);
        again.thenRepeated();
        assertThat(again.reply(Pickup.Known.class)).isEqualTo(first.reply(Pickup.Known.class));
    }

    @Test
    void aRedeliveredOrderEventIsDecidedOnce() {
        AnswerCancellation cancel = new AnswerCancellation(
                ID,
                "c1",
                EndReason.CANCELLED_BY_SHOPPER,
                List.of(new LineQuantity("1", 3), new LineQuantity("2", 500)),
                false);
        PickupCancelled cancelled =
                new PickupCancelled(PICKUP, "c1", LINES, true, EndReason.CANCELLED_BY_SHOPPER, null, 0);

        driver.whenReacting(REQUEST, 1)
                .then(REQUESTED)
                .whenReacting(REQUEST, 1)
                .thenRepeated()
                .whenReacting(cancel, 2)
                .then(cancelled)
                .whenReacting(cancel, 2)
                .thenRepeated();
    }

    @Test
    void aLateCancellationIsAnsweredAndIsNoDeadLetter() {
        readyPickup()
                .when(HAND_OVER)
                .then(HANDED_OVER)
                .whenReacting(new AnswerCancellation(
                        ID, "c1", EndReason.CANCELLED_BY_SHOPPER, List.of(new LineQuantity("1", 3)), false))
                .then(new PickupCancellationRefused(PICKUP, "c1", RefusalReason.HANDED_OVER));
    }

    @Test
    void aCancellationOfAnUnknownPickupIsADeadLetter() {
        driver.whenReacting(new AnswerCancellation(
                        "order-8-1", "c1", EndReason.CANCELLED_BY_SHOPPER, List.of(new LineQuantity("1", 3)), false))
                .thenDeadLetter("UnknownPickup");
    }

    @Test
    void timersRemindAndExpire() {
        readyPickup();

        assertThat(driver.eventsOfTimersAt(REMINDER))
                .containsExactly(new PickupReminderDue(PICKUP, LINES, DEADLINE, 1, KEY, 0));
        assertThat(driver.eventsOfTimersAt(DEADLINE)).containsExactly(new PickupExpired(PICKUP, LINES, DEADLINE, 1, 0));
        driver.when(HAND_OVER).thenRejected(new WrongState(ID, Pickup.State.EXPIRED));
    }

    @Test
    void timersTellWhatIsOverdueAndEndTheTask() {
        driver.whenReacting(REQUEST).then(REQUESTED);

        assertThat(driver.eventsOfTimersAt(PICK_BY))
                .containsExactly(new PickupOverdue(PICKUP, OverdueKind.PICK, PICK_BY));
        assertThat(driver.eventsOfTimersAt(PROMISED))
                .containsExactly(new PickupOverdue(PICKUP, OverdueKind.PROMISE, PROMISED));
        assertThat(driver.eventsOfTimersAt(END_BY))
                .containsExactly(new PickupCancelled(PICKUP, null, LINES, true, EndReason.NOT_PICKED_IN_TIME, null, 0));
    }

    private DeciderTestDriver<PickupCommand, Pickup, Pickup, PickupEvent> shippedPickup() {
        return driver.whenReacting(new RequestPickup(DELIVERY, Channel.ONLINE, LINES, PROMISED, null, "home-1"))
                .then(new PickupRequested(DELIVERY, Channel.ONLINE, LINES, Examples.TIMES, "home-1", NOON))
                .when(new StartPicking(ID))
                .then(new PickingStarted(DELIVERY))
                .when(new MarkReady(ID, "D-1", THREE_DAYS, KEY, null))
                .then(Examples.READY_FOR_COURIER)
                .when(new PackParcel(
                        ID, "p1", List.of(new LineQuantity("1", 3), new LineQuantity("2", 500)), "carrier-1", "T-1"))
                .then(new ParcelPacked(DELIVERY, PARCEL))
                .when(new HandOver(ID, new Proof.Courier("courier-2"), null, null, null))
                .then(Examples.shipped(PARCEL));
    }

    @Test
    void timersTellThatAParcelIsOverdueAndGiveItUp() {
        Instant overdueAt = NOON.plus(Duration.ofDays(10));
        Instant lostAt = NOON.plus(Duration.ofDays(30));
        shippedPickup();

        assertThat(driver.eventsOfTimersAt(overdueAt.minusSeconds(1))).isEmpty();
        assertThat(driver.eventsOfTimersAt(overdueAt))
                .containsExactly(new PickupOverdue(DELIVERY, OverdueKind.DELIVERY, overdueAt));
        assertThat(driver.eventsOfTimersAt(lostAt))
                .containsExactly(new ParcelLost(DELIVERY, "p1", ParcelLossReason.NO_NEWS, LINES, lostAt));
    }

    @Test
    void aCourierHasNewsOnlyOfItsOwnParcels() {
        DeliverParcel delivered = new DeliverParcel(ID, "p1", NOON, DeliveryProof.PHOTO);
        shippedPickup();

        driver.whenCalledBy(new Actor(Actor.Type.COURIER, "courier-3", null), Set.of(COURIER_OWN), delivered)
                .thenRejected(new UnknownPickup(ID));
        driver.whenCalledBy(new Actor(Actor.Type.COURIER, "courier-2", null), Set.of(COURIER_OWN), delivered)
                .then(new ParcelDelivered(DELIVERY, "p1", NOON, DeliveryProof.PHOTO, LINES));
    }

    @Test
    void theStoreThatAParcelCameBackToReportsIt() {
        ReturnParcel returned = new ReturnParcel(
                ID, "p1", "store-4", List.of(new ReturnLine("1", 3, ReturnCondition.UNOPENED, Disposition.RESTOCK)));
        shippedPickup();

        driver.whenCalledBy(new Actor(Actor.Type.ASSOCIATE, "a-1", "store-5"), Set.of(ASSOCIATE_STORE), returned)
                .thenForbidden();
        driver.whenCalledBy(new Actor(Actor.Type.ASSOCIATE, "a-1", "store-4"), Set.of(ASSOCIATE_STORE), returned)
                .then(new ParcelReturned(
                        DELIVERY,
                        "p1",
                        "store-4",
                        List.of(new ParcelReturnLine("1", "MUG 12", 3, ReturnCondition.UNOPENED, Disposition.RESTOCK)),
                        NOON));
    }

    @Test
    void noTimerFiresAfterAHandover() {
        readyPickup().when(HAND_OVER).then(HANDED_OVER);

        assertThat(driver.eventsOfTimersAt(DEADLINE)).isEmpty();
    }

    @Test
    void theViewShowsThePickupEvenAfterItsEnd() {
        views.given(ID, REQUESTED, STARTED, READY, HANDED_OVER);

        assertThat(views.row(PickupDefinition.PICKUPS, ID, ""))
                .hasValueSatisfying(pickup -> assertThat(pickup).isInstanceOf(Pickup.HandedOver.class));
    }

    @Test
    void theQueueOfALocationHoldsItsOpenPickups() {
        Fulfilment elsewhere = new Fulfilment("order-9-1", "order-9", "store-4", null, Fulfilment.Method.CURBSIDE);
        views.given(ID, REQUESTED, STARTED).given("order-9-1", Examples.requested(elsewhere));

        assertThat(views.rows(PickupDefinition.QUEUES, "store-3"))
                .singleElement()
                .isInstanceOf(Pickup.Picking.class);
        assertThat(views.rows(PickupDefinition.QUEUES, "store-4"))
                .singleElement()
                .isInstanceOf(Pickup.Requested.class);

        views.given(ID, READY, HANDED_OVER);
        assertThat(views.rows(PickupDefinition.QUEUES, "store-3")).isEmpty();
    }

    @Test
    void anEndedPickupDoesNotReturnToTheQueue() {
        views.given(
                ID,
                REQUESTED,
                STARTED,
                READY,
                HANDED_OVER,
                new PickupCancellationRefused(PICKUP, "c1", RefusalReason.HANDED_OVER));

        assertThat(views.rows(PickupDefinition.QUEUES, "store-3")).isEmpty();
    }
}
