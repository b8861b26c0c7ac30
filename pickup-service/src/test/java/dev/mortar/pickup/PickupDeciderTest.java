package dev.mortar.pickup;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.pickup.Examples.DEADLINE;
import static dev.mortar.pickup.Examples.DELIVERY;
import static dev.mortar.pickup.Examples.ID;
import static dev.mortar.pickup.Examples.KEY;
import static dev.mortar.pickup.Examples.LINES;
import static dev.mortar.pickup.Examples.MUGS;
import static dev.mortar.pickup.Examples.PICKUP;
import static dev.mortar.pickup.Examples.READY;
import static dev.mortar.pickup.Examples.READY_FOR_COURIER;
import static dev.mortar.pickup.Examples.REMINDER;
import static dev.mortar.pickup.Examples.REQUEST;
import static dev.mortar.pickup.Examples.REQUESTED;
import static dev.mortar.pickup.Examples.STARTED;
import static dev.mortar.pickup.Examples.TEA;
import static dev.mortar.pickup.Examples.THREE_DAYS;
import static dev.mortar.pickup.Examples.pickup;
import static dev.mortar.pickup.Examples.readyDelivery;
import static dev.mortar.pickup.Examples.readyPickup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.pickup.Fulfilment.Method;
import dev.mortar.pickup.Pickup.State;
import dev.mortar.pickup.PickupCommand.*;
import dev.mortar.pickup.PickupEvent.*;
import dev.mortar.pickup.PickupRejection.*;
import dev.mortar.pickup.Proof.NamedOverride;
import dev.mortar.values.EndReason;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PickupDeciderTest {

    private static final Proof RIGHT_CODE = new Proof.Code(KEY, 1);
    private static final Proof WRONG_CODE = new Proof.WrongCode();
    private static final Actor OVERRIDING = new Actor(Actor.Type.ASSOCIATE, "associate-5", PICKUP.locationId());
    private static final NamedOverride OVERRIDE =
            new NamedOverride("associate-5", NamedOverride.Reason.CODE_NOT_AT_HAND);
    private static final PickupHandedOver ALL_HANDED_OVER =
            new PickupHandedOver(PICKUP, NOON, LINES, List.of(), 1, null, null, null, 1, null, 0, List.of(), NOON);
    private static final PickupExpired EXPIRED = new PickupExpired(PICKUP, LINES, DEADLINE, 1, 0);
    private static final PickupCancelled CANCELLED = cancelledByStore(1);

    private static PickupCancelled cancelledByStore(@Nullable Integer lastCodeIssue) {
        return new PickupCancelled(PICKUP, null, LINES, true, EndReason.CANCELLED_BY_RETAILER, lastCodeIssue, 0);
    }

    private static PickupCodeReissued reissued(int issue) {
        return new PickupCodeReissued(PICKUP, LINES, DEADLINE, issue, KEY, 0);
    }

    private static HandOver handOver(Proof proof) {
        return new HandOver(ID, proof, null, null, null);
    }

    private static HandOver handOver(Proof proof, LineQuantity... taken) {
        return new HandOver(ID, proof, List.of(taken), null, null);
    }

    private static ReportShort mugsMissing(long missing) {
        return new ReportShort(ID, "1", missing, ShortReason.NOT_FOUND);
    }

    private static DeciderScenario<PickupCommand, Pickup, PickupEvent> picking() {
        return pickup().given(REQUESTED, STARTED);
    }

    private static DeciderScenario<PickupCommand, Pickup, PickupEvent> lockedPickup() {
        return readyPickup().given(new PickupCodeRejected(PICKUP, 5, true));
    }

    @Nested
    class Request {

        @Test
        void isAccepted() {
            pickup().when(REQUEST).then(REQUESTED);
        }

        @Test
        void isAcceptedOnlyOnce() {
            pickup().given(REQUESTED).when(REQUEST).thenNothing();
            readyPickup().when(REQUEST).thenNothing();
            readyPickup().given(ALL_HANDED_OVER).when(REQUEST).thenNothing();
            readyPickup().given(EXPIRED).when(REQUEST).thenNothing();
        }
    }

    @Nested
    class StartingToPick {

        @Test
        void isAccepted() {
            pickup().given(REQUESTED).when(new StartPicking(ID)).then(STARTED);
        }

        @Test
        void changesNothingWhenPickingHasStarted() {
            picking().when(new StartPicking(ID)).thenNothing();
        }

        @Test
        void isRejectedWithoutAPickupOrAfterPicking() {
            pickup().when(new StartPicking(ID)).thenRejected(new UnknownPickup(ID));
            readyPickup().when(new StartPicking(ID)).thenRejected(new WrongState(ID, State.READY));
            readyPickup().given(CANCELLED).when(new StartPicking(ID)).thenRejected(new WrongState(ID, State.CANCELLED));
        }
    }

    @Nested
    class ShortLines {

        @Test
        void removesTheMissingUnits() {
            PickupLineShort twoMissing = new PickupLineShort(PICKUP, "1", "MUG 12", 2, ShortReason.NOT_FOUND);

            picking()
                    .when(mugsMissing(2))
                    .then(twoMissing)
                    .when(new MarkReady(ID, "A-12", THREE_DAYS, KEY, null))
                    .then(new PickupReady(
                            PICKUP,
                            List.of(MUGS.withQuantity(1), TEA),
                            "A-12",
                            NOON,
                            DEADLINE,
                            1,
                            KEY,
                            List.of(MUGS.withQuantity(2))));
        }

        @Test
        void cancelsThePickupWhenNoUnitRemains() {
            picking()
                    .given(new PickupLineShort(PICKUP, "2", "tea-500", 500, ShortReason.DAMAGED))
                    .when(mugsMissing(3))
                    .then(
                            new PickupLineShort(PICKUP, "1", "MUG 12", 3, ShortReason.NOT_FOUND),
                            new PickupCancelled(PICKUP, null, List.of(), true, EndReason.SHORT_PICK, null, 0));
        }

        @Test
        void isRejectedForMoreThanRemains() {
            picking().when(mugsMissing(4)).thenRejected(new MoreThanLeft(ID, "1", 4, 3));
            picking().givenCommands(mugsMissing(2)).when(mugsMissing(2)).thenRejected(new MoreThanLeft(ID, "1", 2, 1));
        }

        @Test
        void isRejectedForAnUnknownLine() {
            picking().when(new ReportShort(ID, "9", 1, ShortReason.NOT_FOUND)).thenRejected(new UnknownLine(ID, "9"));
        }

        @Test
        void isRejectedUnlessPicking() {
            pickup().when(mugsMissing(1)).thenRejected(new UnknownPickup(ID));
            pickup().given(REQUESTED).when(mugsMissing(1)).thenRejected(new WrongState(ID, State.REQUESTED));
            readyPickup().when(mugsMissing(1)).thenRejected(new WrongState(ID, State.READY));
        }
    }

    @Nested
    class Staging {

        private final MarkReady markReady = new MarkReady(ID, "A-12", THREE_DAYS, KEY, null);

        @Test
        void makesThePickupReadyUntilItsDeadline() {
            picking().when(markReady).then(READY);
        }

        @Test
        void acceptsADeadlineOfOneSecond() {
            picking()
                    .when(new MarkReady(ID, null, Duration.ofSeconds(1), KEY, null))
                    .then(new PickupReady(PICKUP, LINES, null, NOON, NOON.plusSeconds(1), 1, KEY, List.of()));
        }

        @Test
        void movesADeadlineToTheNextOpening() {
            // The plain deadline is Thursday noon, three days after Monday noon.
            OpeningHours fridays = new OpeningHours(
                    ZoneId.of("Asia/Kolkata"),
                    List.of(new OpeningHours.OfDay(DayOfWeek.FRIDAY, LocalTime.of(10, 0), LocalTime.of(21, 30))),
                    List.of());
            Instant closes = Instant.parse("2026-06-05T16:00:00Z");
            picking()
                    .when(new MarkReady(ID, "A-12", THREE_DAYS, KEY, fridays))
                    .then(new PickupReady(PICKUP, LINES, "A-12", NOON, closes, 1, KEY, List.of()))
                    .at(NOON.plusSeconds(60))
                    .when(new MarkReady(ID, "A-12", THREE_DAYS, KEY, fridays))
                    .thenNothing();
            pickup().given(Examples.requested(DELIVERY), new PickupEvent.PickingStarted(DELIVERY))
                    .when(new MarkReady(ID, "D-1", THREE_DAYS, KEY, fridays))
                    .then(READY_FOR_COURIER);
        }

        @Test
        void setsNoDeadlineForACourier() {
            pickup().given(Examples.requested(DELIVERY), new PickupEvent.PickingStarted(DELIVERY))
                    .when(new MarkReady(ID, "D-1", THREE_DAYS, KEY, null))
                    .then(READY_FOR_COURIER);
        }

        @Test
        void changesNothingWhenRepeated() {
            readyPickup().at(NOON.plusSeconds(60)).when(markReady).thenNothing();
        }

        @Test
        void isRejectedWithOtherDetailsOrInAnotherState() {
            readyPickup()
                    .when(new MarkReady(ID, "B-1", THREE_DAYS, KEY, null))
                    .thenRejected(new WrongState(ID, State.READY));
            readyPickup()
                    .when(new MarkReady(ID, "A-12", Duration.ofHours(1), KEY, null))
                    .thenRejected(new WrongState(ID, State.READY));
            pickup().given(REQUESTED).when(markReady).thenRejected(new WrongState(ID, State.REQUESTED));
            pickup().when(markReady).thenRejected(new UnknownPickup(ID));
            readyPickup().given(EXPIRED).when(markReady).thenRejected(new WrongState(ID, State.EXPIRED));
        }
    }

    @Nested
    class TheShoppersVisit {

        private final Instant one = NOON.plus(Duration.ofHours(1));
        private final CustomerArrived arrivedInBay4 = new CustomerArrived(PICKUP, "4", NOON);

        @Test
        void isRecordedInEveryOpenState() {
            pickup().given(REQUESTED).when(new NoteOnTheWay(ID, one)).then(new CustomerOnTheWay(PICKUP, one));
            picking().when(new NoteOnTheWay(ID, null)).then(new CustomerOnTheWay(PICKUP, null));
            readyPickup().when(new NoteArrival(ID, "4")).then(arrivedInBay4);
            readyPickup().when(new NoteArrival(ID, null)).then(new CustomerArrived(PICKUP, null, NOON));
        }

        @Test
        void isRecordedAgainOnlyWhenItChanges() {
            readyPickup()
                    .given(new CustomerOnTheWay(PICKUP, one))
                    .when(new NoteOnTheWay(ID, one))
                    .thenNothing()
                    .when(new NoteOnTheWay(ID, NOON))
                    .then(new CustomerOnTheWay(PICKUP, NOON))
                    .when(new NoteArrival(ID, "4"))
                    .then(arrivedInBay4)
                    .when(new NoteArrival(ID, "4"))
                    .thenNothing()
                    .when(new NoteOnTheWay(ID, one))
                    .thenNothing()
                    .when(new NoteArrival(ID, "5"))
                    .then(new CustomerArrived(PICKUP, "5", NOON));
        }

        @Test
        void isRejectedForEndedPickupsAndDeliveries() {
            pickup().when(new NoteOnTheWay(ID, null)).thenRejected(new UnknownPickup(ID));
            readyPickup()
                    .given(EXPIRED)
                    .when(new NoteOnTheWay(ID, null))
                    .thenRejected(new WrongState(ID, State.EXPIRED));
            readyPickup()
                    .given(ALL_HANDED_OVER)
                    .when(new NoteArrival(ID, "4"))
                    .thenRejected(new WrongState(ID, State.HANDED_OVER));
            readyDelivery().when(new NoteOnTheWay(ID, null)).thenRejected(new WrongMethod(ID, Method.DELIVERY));
            readyDelivery().when(new NoteArrival(ID, "4")).thenRejected(new WrongMethod(ID, Method.DELIVERY));
        }
    }

    @Nested
    class Handover {

        @Test
        void needsTheValidCode() {
            readyPickup().when(handOver(RIGHT_CODE)).then(ALL_HANDED_OVER);
        }

        @Test
        void keepsTheTimeInTheCommand() {
            Instant earlier = NOON.minusSeconds(90);

            readyPickup()
                    .when(new HandOver(ID, RIGHT_CODE, null, null, earlier))
                    .then(new PickupHandedOver(
                            PICKUP, earlier, LINES, List.of(), 1, null, null, null, 1, null, 0, List.of(), NOON));
        }

        @Test
        void listsUnitsNotTaken() {
            readyPickup()
                    .when(handOver(RIGHT_CODE, new LineQuantity("1", 2)))
                    .then(new PickupHandedOver(
                            PICKUP,
                            NOON,
                            List.of(MUGS.withQuantity(2)),
                            List.of(MUGS.withQuantity(1), TEA),
                            1,
                            null,
                            null,
                            null,
                            1,
                            null,
                            0,
                            List.of(),
                            NOON));
        }

        @Test
        void listsEverythingAsNotTakenWhenTheShopperRefuses() {
            readyPickup()
                    .when(new HandOver(ID, RIGHT_CODE, List.of(), NotTakenReason.DAMAGED, null))
                    .then(new PickupHandedOver(
                            PICKUP,
                            NOON,
                            List.of(),
                            LINES,
                            1,
                            null,
                            null,
                            null,
                            1,
                            NotTakenReason.DAMAGED,
                            0,
                            List.of(),
                            NOON))
                    .when(handOver(RIGHT_CODE))
                    .thenRejected(new WrongState(ID, State.HANDED_OVER));
        }

        @Test
        void hasNoReasonWhenEverythingIsTaken() {
            readyPickup()
                    .when(new HandOver(
                            ID,
                            RIGHT_CODE,
                            List.of(new LineQuantity("1", 3), new LineQuantity("2", 500)),
                            NotTakenReason.OTHER,
                            null))
                    .then(ALL_HANDED_OVER);
        }

        @Test
        void addsUpALineListedTwice() {
            readyPickup()
                    .when(handOver(RIGHT_CODE, new LineQuantity("1", 2), new LineQuantity("1", 2)))
                    .thenRejected(new MoreThanLeft(ID, "1", 4, 3));
        }

        @Test
        void isRejectedForUnknownLinesOrTooManyUnits() {
            readyPickup().when(handOver(RIGHT_CODE, new LineQuantity("9", 1))).thenRejected(new UnknownLine(ID, "9"));
            readyPickup()
                    .when(handOver(WRONG_CODE, new LineQuantity("2", 501)))
                    .thenRejected(new MoreThanLeft(ID, "2", 501, 500));
        }

        @Test
        void isRejectedUnlessReady() {
            pickup().when(handOver(RIGHT_CODE)).thenRejected(new UnknownPickup(ID));
            pickup().given(REQUESTED).when(handOver(OVERRIDE)).thenRejected(new WrongState(ID, State.REQUESTED));
            picking().when(handOver(RIGHT_CODE)).thenRejected(new WrongState(ID, State.PICKING));
        }

        @Test
        void happensOnce() {
            readyPickup()
                    .given(ALL_HANDED_OVER)
                    .when(handOver(RIGHT_CODE))
                    .thenRejected(new WrongState(ID, State.HANDED_OVER))
                    .when(handOver(OVERRIDE))
                    .thenRejected(new WrongState(ID, State.HANDED_OVER));
        }

        @Test
        void neverFollowsExpiryOrCancellation() {
            readyPickup().given(EXPIRED).when(handOver(RIGHT_CODE)).thenRejected(new WrongState(ID, State.EXPIRED));
            readyPickup().given(CANCELLED).when(handOver(OVERRIDE)).thenRejected(new WrongState(ID, State.CANCELLED));
        }

        @Test
        void countsWrongCodesAndLocksAtTheFifth() {
            DeciderScenario<PickupCommand, Pickup, PickupEvent> scenario = readyPickup();
            for (int attempt = 1; attempt <= 4; attempt++) {
                scenario = scenario.when(handOver(WRONG_CODE)).then(new PickupCodeRejected(PICKUP, attempt, false));
            }
            scenario.when(handOver(WRONG_CODE))
                    .then(new PickupCodeRejected(PICKUP, 5, true))
                    .when(handOver(RIGHT_CODE))
                    .thenRejected(new PickupCodeLocked(ID, 5))
                    .when(handOver(WRONG_CODE))
                    .thenRejected(new PickupCodeLocked(ID, 5));
        }

        @Test
        void acceptsTheRightCodeAfterFourWrongOnes() {
            readyPickup()
                    .given(new PickupCodeRejected(PICKUP, 4, false))
                    .when(handOver(RIGHT_CODE))
                    .then(ALL_HANDED_OVER);
        }

        @Test
        void rejectsCodesOfAnotherIssueOrKey() {
            readyPickup()
                    .given(new PickupCodeReissued(PICKUP, LINES, DEADLINE, 2, KEY, 0))
                    .when(handOver(RIGHT_CODE))
                    .then(new PickupCodeRejected(PICKUP, 1, false))
                    .when(handOver(new Proof.Code(KEY, 3)))
                    .then(new PickupCodeRejected(PICKUP, 2, false))
                    .when(handOver(new Proof.Code("k2", 2)))
                    .then(new PickupCodeRejected(PICKUP, 3, false))
                    .when(handOver(new Proof.Code(KEY, 2)))
                    .then(new PickupHandedOver(
                            PICKUP, NOON, LINES, List.of(), 2, null, null, null, 2, null, 0, List.of(), NOON));
        }

        @Test
        void acceptsAnOverrideEvenWhenLocked() {
            PickupHandedOver overridden = new PickupHandedOver(
                    PICKUP,
                    NOON,
                    LINES,
                    List.of(),
                    null,
                    OVERRIDING,
                    OVERRIDE.reason(),
                    null,
                    1,
                    null,
                    0,
                    List.of(),
                    NOON);

            readyPickup().when(handOver(OVERRIDE)).then(overridden);
            lockedPickup().when(handOver(OVERRIDE)).then(overridden);
        }

        @Test
        void acceptsACourierOnlyForADelivery() {
            readyDelivery()
                    .when(handOver(RIGHT_CODE))
                    .thenRejected(new WrongMethod(ID, Method.DELIVERY))
                    .when(handOver(new Proof.Courier("courier-2")))
                    .then(new PickupHandedOver(
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
                            NOON));
            readyPickup()
                    .when(handOver(new Proof.Courier("courier-2")))
                    .thenRejected(new WrongMethod(ID, Method.PICKUP));
        }

        @Test
        void isAcceptedAtTheDeadlineAndRejectedAfterIt() {
            readyPickup()
                    .at(DEADLINE)
                    .when(handOver(RIGHT_CODE))
                    .then(new PickupHandedOver(
                            PICKUP, DEADLINE, LINES, List.of(), 1, null, null, null, 1, null, 0, List.of(), DEADLINE));
            readyPickup()
                    .at(DEADLINE.plusMillis(1))
                    .when(handOver(RIGHT_CODE))
                    .thenRejected(new PickupDeadlinePassed(ID, DEADLINE))
                    .when(handOver(OVERRIDE))
                    .thenRejected(new PickupDeadlinePassed(ID, DEADLINE));
        }
    }

    @Nested
    class HandoverAndExpiryAtTheDeadline {

        @Test
        void theFirstInTheLogWins() {
            readyPickup()
                    .at(DEADLINE)
                    .givenCommands(handOver(RIGHT_CODE))
                    .when(new CheckDeadline(ID))
                    .thenNothing();
            readyPickup()
                    .at(DEADLINE)
                    .givenCommands(new CheckDeadline(ID))
                    .when(handOver(RIGHT_CODE))
                    .thenRejected(new WrongState(ID, State.EXPIRED));
        }
    }

    @Nested
    class Reissue {

        private final PickupCodeReissued secondIssue = new PickupCodeReissued(PICKUP, LINES, DEADLINE, 2, "k2", 0);

        @Test
        void issuesACodeFromTheCurrentKeyAndUnlocks() {
            lockedPickup()
                    .when(new ReissueCode(ID, "k2"))
                    .then(secondIssue)
                    .when(handOver(new Proof.Code("k2", 2)))
                    .then(new PickupHandedOver(
                            PICKUP, NOON, LINES, List.of(), 2, null, null, null, 2, null, 0, List.of(), NOON));
        }

        @Test
        void countsWrongAttemptsFromZeroAgain() {
            lockedPickup().given(secondIssue).when(handOver(WRONG_CODE)).then(new PickupCodeRejected(PICKUP, 1, false));
        }

        @Test
        void issuesANewCodeEachTime() {
            readyPickup()
                    .given(secondIssue)
                    .when(new ReissueCode(ID, "k2"))
                    .then(new PickupCodeReissued(PICKUP, LINES, DEADLINE, 3, "k2", 0));
        }

        @Test
        void isRejectedAfterTheLastIssue() {
            readyPickup()
                    .given(new PickupCodeReissued(PICKUP, LINES, DEADLINE, PickupCode.MAX_ISSUE, KEY, 0))
                    .when(new ReissueCode(ID, KEY))
                    .thenRejected(new NoMoreCodes(ID, PickupCode.MAX_ISSUE));
        }

        @Test
        void isRejectedUnlessReadyForAShopper() {
            pickup().when(new ReissueCode(ID, KEY)).thenRejected(new UnknownPickup(ID));
            picking().when(new ReissueCode(ID, KEY)).thenRejected(new WrongState(ID, State.PICKING));
            readyPickup().given(EXPIRED).when(new ReissueCode(ID, KEY)).thenRejected(new WrongState(ID, State.EXPIRED));
            readyDelivery().when(new ReissueCode(ID, KEY)).thenRejected(new WrongMethod(ID, Method.DELIVERY));
        }
    }

    /** The last event of a pickup contains the last issue of its code. */
    @Nested
    class TheLastCodeIssue {

        @Test
        void isInAHandoverWithAnyProof() {
            readyPickup()
                    .given(reissued(2), reissued(3))
                    .when(handOver(OVERRIDE))
                    .then(new PickupHandedOver(
                            PICKUP,
                            NOON,
                            LINES,
                            List.of(),
                            null,
                            OVERRIDING,
                            OVERRIDE.reason(),
                            null,
                            3,
                            null,
                            0,
                            List.of(),
                            NOON));
            readyPickup()
                    .given(reissued(2))
                    .when(handOver(new Proof.Code(KEY, 2)))
                    .then(new PickupHandedOver(
                            PICKUP, NOON, LINES, List.of(), 2, null, null, null, 2, null, 0, List.of(), NOON));
        }

        @Test
        void isInAnExpiry() {
            readyPickup()
                    .given(reissued(2))
                    .at(DEADLINE)
                    .when(new CheckDeadline(ID))
                    .then(new PickupExpired(PICKUP, LINES, DEADLINE, 2, 0));
        }

        @Test
        void isInACancellationByStoreOrOrder() {
            readyPickup()
                    .given(reissued(2))
                    .when(new CancelPickup(ID, EndReason.CANCELLED_BY_RETAILER))
                    .then(cancelledByStore(2));
            readyPickup()
                    .given(reissued(2))
                    .when(new AnswerCancellation(
                            ID, "c1", EndReason.CANCELLED_BY_SHOPPER, List.of(new LineQuantity("2", 500)), false))
                    .then(new PickupCancelled(PICKUP, "c1", List.of(TEA), false, EndReason.CANCELLED_BY_SHOPPER, 2, 0));
        }
    }

    @Nested
    class CancellationByTheStore {

        private final CancelPickup cancel = new CancelPickup(ID, EndReason.CANCELLED_BY_RETAILER);

        @Test
        void cancelsEveryOpenPickup() {
            pickup().given(REQUESTED).when(cancel).then(cancelledByStore(null));
            picking().when(cancel).then(cancelledByStore(null));
            readyPickup().when(cancel).then(CANCELLED);
            lockedPickup().when(cancel).then(CANCELLED);
        }

        @Test
        void coversTheRemainingUnits() {
            picking()
                    .givenCommands(mugsMissing(1))
                    .when(cancel)
                    .then(new PickupCancelled(
                            PICKUP,
                            null,
                            List.of(MUGS.withQuantity(2), TEA),
                            true,
                            EndReason.CANCELLED_BY_RETAILER,
                            null,
                            0));
        }

        @Test
        void changesNothingWhenCancelled() {
            readyPickup().given(CANCELLED).when(cancel).thenNothing();
        }

        @Test
        void isRejectedAfterAnotherEnd() {
            pickup().when(cancel).thenRejected(new UnknownPickup(ID));
            readyPickup().given(ALL_HANDED_OVER).when(cancel).thenRejected(new WrongState(ID, State.HANDED_OVER));
            readyPickup().given(EXPIRED).when(cancel).thenRejected(new WrongState(ID, State.EXPIRED));
        }
    }

    @Nested
    class CancellationOfTheOrder {

        private AnswerCancellation cancelAll(String cancellationId) {
            return answer(cancellationId, new LineQuantity("1", 3), new LineQuantity("2", 500));
        }

        private AnswerCancellation answer(String cancellationId, LineQuantity... lines) {
            return new AnswerCancellation(ID, cancellationId, EndReason.CANCELLED_BY_SHOPPER, List.of(lines), false);
        }

        private AnswerCancellation unlessReady(EndReason reason, LineQuantity... lines) {
            return new AnswerCancellation(ID, "c1", reason, List.of(lines), true);
        }

        private PickupCancelled cancelled(String cancellationId, boolean whole, PickupLine... lines) {
            return new PickupCancelled(
                    PICKUP, cancellationId, List.of(lines), whole, EndReason.CANCELLED_BY_SHOPPER, 1, 0);
        }

        private PickupCancelled cancelledBeforeReady(PickupLine... lines) {
            return new PickupCancelled(PICKUP, "c1", List.of(lines), true, EndReason.CANCELLED_BY_SHOPPER, null, 0);
        }

        private PickupCancellationRefused refused(RefusalReason reason) {
            return new PickupCancellationRefused(PICKUP, "c1", reason);
        }

        @Test
        void cancelsAnOpenPickup() {
            pickup().given(REQUESTED).when(cancelAll("c1")).then(cancelledBeforeReady(MUGS, TEA));
            readyPickup().when(cancelAll("c1")).then(cancelled("c1", true, MUGS, TEA));
        }

        @Test
        void ofSomeUnitsKeepsTheOthers() {
            readyPickup()
                    .when(answer("c1", new LineQuantity("1", 2)))
                    .then(cancelled("c1", false, MUGS.withQuantity(2)))
                    .when(handOver(RIGHT_CODE))
                    .then(new PickupHandedOver(
                            PICKUP,
                            NOON,
                            List.of(MUGS.withQuantity(1), TEA),
                            List.of(),
                            1,
                            null,
                            null,
                            null,
                            1,
                            null,
                            0,
                            List.of(),
                            NOON));
        }

        @Test
        void ofTheRemainingUnitsCancelsThePickup() {
            readyPickup()
                    .given(cancelled("c1", false, TEA))
                    .when(answer("c2", new LineQuantity("1", 3)))
                    .then(cancelled("c2", true, MUGS));
        }

        @Test
        void coversTheRemainingUnitsWhenSomeWentMissing() {
            picking()
                    .givenCommands(mugsMissing(2))
                    .when(cancelAll("c1"))
                    .then(cancelledBeforeReady(MUGS.withQuantity(1), TEA));
            picking().givenCommands(mugsMissing(3)).when(cancelAll("c1")).then(cancelledBeforeReady(TEA));
        }

        @Test
        void isAnsweredOnce() {
            readyPickup()
                    .given(cancelled("c1", false, MUGS.withQuantity(2)))
                    .when(answer("c1", new LineQuantity("1", 2)))
                    .thenNothing();
            readyPickup()
                    .given(ALL_HANDED_OVER, refused(RefusalReason.HANDED_OVER))
                    .when(cancelAll("c1"))
                    .thenNothing();
            readyPickup()
                    .given(cancelled("c1", true, MUGS, TEA))
                    .when(cancelAll("c1"))
                    .thenNothing();
        }

        @Test
        void isRefusedAfterTheEnd() {
            readyPickup().given(ALL_HANDED_OVER).when(cancelAll("c1")).then(refused(RefusalReason.HANDED_OVER));
            readyPickup().given(EXPIRED).when(cancelAll("c1")).then(refused(RefusalReason.EXPIRED));
            readyPickup().given(CANCELLED).when(cancelAll("c1")).then(refused(RefusalReason.CANCELLED));
        }

        @Test
        void isRefusedIfTheGoodsAreReadyAndStayThen() {
            AnswerCancellation some = unlessReady(EndReason.MOVED, new LineQuantity("1", 1));
            readyPickup()
                    .when(some)
                    .then(refused(RefusalReason.READY))
                    .when(some)
                    .thenNothing()
                    .when(handOver(RIGHT_CODE))
                    .then(ALL_HANDED_OVER);
            readyPickup()
                    .when(unlessReady(EndReason.MOVED, new LineQuantity("9", 1)))
                    .then(refused(RefusalReason.READY));
            readyPickup().given(ALL_HANDED_OVER).when(some).then(refused(RefusalReason.HANDED_OVER));
        }

        @ParameterizedTest
        @EnumSource(names = {"MOVED", "NO_SOURCE"})
        void isAcceptedForItsReasonBeforeTheGoodsAreReady(EndReason reason) {
            AnswerCancellation all = unlessReady(reason, new LineQuantity("1", 3), new LineQuantity("2", 500));
            PickupCancelled cancelled = new PickupCancelled(PICKUP, "c1", LINES, true, reason, null, 0);
            pickup().given(REQUESTED).when(all).then(cancelled);
            picking().when(all).then(cancelled).when(all).thenNothing();
        }

        @Test
        void isRejectedForUnknownLinesOrTooManyUnits() {
            readyPickup()
                    .when(answer("c1", new LineQuantity("1", 1), new LineQuantity("9", 1)))
                    .then(refused(RefusalReason.UNKNOWN_LINES));
            picking()
                    .givenCommands(mugsMissing(3))
                    .when(answer("c1", new LineQuantity("1", 3)))
                    .then(refused(RefusalReason.UNKNOWN_LINES));
        }

        @Test
        void ofAnUnknownPickupIsRejected() {
            pickup().when(cancelAll("c1")).thenRejected(new UnknownPickup(ID));
        }
    }

    @Nested
    class Deadlines {

        private final PickupReminderDue reminderDue = new PickupReminderDue(PICKUP, LINES, DEADLINE, 1, KEY, 0);

        @Test
        void remindAQuarterOfThePickupTimeBeforeButAtMostADay() {
            assertThat(Pickup.Ready.remindAt(NOON, DEADLINE)).isEqualTo(REMINDER);
            assertThat(Pickup.Ready.remindAt(NOON, NOON.plus(Duration.ofDays(14))))
                    .isEqualTo(NOON.plus(Duration.ofDays(13)));
            assertThat(Pickup.Ready.remindAt(NOON, NOON.plusSeconds(1))).isEqualTo(NOON.plusMillis(750));
        }

        @Test
        void changeNothingBeforeTheirTime() {
            readyPickup()
                    .at(REMINDER.minusMillis(1))
                    .when(new CheckDeadline(ID))
                    .thenNothing();
        }

        @Test
        void remindOnce() {
            readyPickup()
                    .at(REMINDER)
                    .when(new CheckDeadline(ID))
                    .then(reminderDue)
                    .at(DEADLINE.minusMillis(1))
                    .when(new CheckDeadline(ID))
                    .thenNothing();
        }

        @Test
        void expireThePickupAtTheDeadline() {
            readyPickup()
                    .given(reminderDue)
                    .at(DEADLINE)
                    .when(new CheckDeadline(ID))
                    .then(EXPIRED);
        }

        @Test
        void expireWithoutALateReminder() {
            readyPickup()
                    .at(DEADLINE.plusSeconds(5))
                    .when(new CheckDeadline(ID))
                    .then(EXPIRED)
                    .when(new CheckDeadline(ID))
                    .thenNothing();
        }

        @Test
        void remindOfTheValidCodeAndTheRemainingGoods() {
            readyPickup()
                    .given(
                            new PickupCodeReissued(PICKUP, LINES, DEADLINE, 2, "k2", 0),
                            new PickupCancelled(
                                    PICKUP, "c1", List.of(TEA), false, EndReason.CANCELLED_BY_SHOPPER, 2, 0))
                    .at(REMINDER)
                    .when(new CheckDeadline(ID))
                    .then(new PickupReminderDue(PICKUP, List.of(MUGS), DEADLINE, 2, "k2", 0));
        }

        @Test
        void changeNothingUnlessReadyForAShopper() {
            pickup().when(new CheckDeadline(ID)).thenNothing();
            picking().when(new CheckDeadline(ID)).thenNothing();
            readyDelivery()
                    .at(NOON.plus(Duration.ofDays(1)))
                    .when(new CheckDeadline(ID))
                    .thenNothing();
            readyPickup()
                    .given(ALL_HANDED_OVER)
                    .at(DEADLINE)
                    .when(new CheckDeadline(ID))
                    .thenNothing();
        }
    }

    @Test
    void anEventThatCannotFollowIsABug() {
        assertThatThrownBy(() -> pickup().given(READY))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("PickupReady of order-7-1 cannot follow Unknown");
        assertThatThrownBy(() -> picking().given(ALL_HANDED_OVER))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("PickupHandedOver of order-7-1 cannot follow Picking");
    }
}
