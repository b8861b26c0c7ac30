package dev.mortar.pickup;

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
import static dev.mortar.pickup.Examples.REMINDER;
import static dev.mortar.pickup.Examples.REQUESTED;
import static dev.mortar.pickup.Examples.STARTED;
import static dev.mortar.pickup.Examples.THREE_DAYS;
import static dev.mortar.pickup.Examples.pickup;
import static dev.mortar.pickup.Examples.readyDelivery;
import static dev.mortar.pickup.Examples.readyPickup;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.pickup.Fulfilment.Method;
import dev.mortar.pickup.Pickup.State;
import dev.mortar.pickup.PickupCommand.*;
import dev.mortar.pickup.PickupEvent.*;
import dev.mortar.pickup.PickupRejection.*;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Every task has an end: accepted, rejected, overdue, extended, ended by a timer. */
class TaskRulesTest {

    private static final Instant ACCEPT_BY = NOON.plus(Duration.ofMinutes(10));
    private static final PickupAccepted ACCEPTED = new PickupAccepted(PICKUP);
    private static final PickupTaskRejected TOO_BUSY = new PickupTaskRejected(PICKUP, TaskRejectionReason.TOO_BUSY);
    private static final PickupHandedOver HANDED_OVER =
            new PickupHandedOver(PICKUP, NOON, LINES, List.of(), 1, null, null, null, 1, null, 0, List.of(), NOON);
    private static final PickupOverdue PICK_OVERDUE = new PickupOverdue(PICKUP, OverdueKind.PICK, PICK_BY);
    private static final PickupOverdue PROMISE_MISSED = new PickupOverdue(PICKUP, OverdueKind.PROMISE, PROMISED);
    private static final PickupCancelled NOT_PICKED =
            new PickupCancelled(PICKUP, null, LINES, true, EndReason.NOT_PICKED_IN_TIME, null, 0);

    private final AcceptTask accept = new AcceptTask(ID);
    private final RejectTask reject = new RejectTask(ID, TaskRejectionReason.TOO_BUSY);
    private final CheckDeadline check = new CheckDeadline(ID);

    private static DeciderScenario<PickupCommand, Pickup, PickupEvent> requested() {
        return pickup().given(REQUESTED);
    }

    private static DeciderScenario<PickupCommand, Pickup, PickupEvent> toBeAccepted() {
        return pickup().given(new PickupRequested(
                PICKUP, Channel.ONLINE, LINES, new TaskTimes(PROMISED, ACCEPT_BY, PICK_BY, END_BY), null, NOON));
    }

    @Nested
    class TheTimes {

        @Test
        void areAQuarterOfAnHourBeforeThePromiseAndTwoDaysLater() {
            assertThat(TaskTimes.of(PROMISED, ACCEPT_BY, NOON))
                    .isEqualTo(new TaskTimes(PROMISED, ACCEPT_BY, PICK_BY, END_BY));
        }

        @Test
        void areADayWithoutAPromise() {
            Instant tomorrow = NOON.plus(Duration.ofHours(24));
            assertThat(TaskTimes.of(null, null, NOON))
                    .isEqualTo(new TaskTimes(null, null, tomorrow, tomorrow.plus(Duration.ofDays(2))));
        }

        @Test
        void leaveAQuarterOfAnHourToPick() {
            Instant soon = NOON.plus(Duration.ofMinutes(15));
            for (Instant promisedAt : List.of(NOON.minusSeconds(60), NOON, NOON.plus(Duration.ofMinutes(30)))) {
                assertThat(TaskTimes.of(promisedAt, null, NOON).pickBy()).isEqualTo(soon);
            }
        }
    }

    @Nested
    class Accepting {

        @Test
        void isAccepted() {
            requested().when(accept).then(ACCEPTED).when(new StartPicking(ID)).then(STARTED);
        }

        @Test
        void isPossibleAfterTheStoreRejected() {
            requested().given(TOO_BUSY).when(accept).then(ACCEPTED);
        }

        @Test
        void changesNothingWhenRepeatedOrPicking() {
            requested().given(ACCEPTED).when(accept).thenNothing();
            requested().given(STARTED).when(accept).thenNothing();
        }

        @Test
        void isRejectedWithoutAPickupOrLater() {
            pickup().when(accept).thenRejected(new UnknownPickup(ID));
            readyPickup().when(accept).thenRejected(new WrongState(ID, State.READY));
            requested().given(TOO_BUSY, NOT_PICKED).when(accept).thenRejected(new WrongState(ID, State.CANCELLED));
        }
    }

    @Nested
    class Rejecting {

        @Test
        void isAcceptedBeforeTheGoodsAreReady() {
            requested().when(reject).then(TOO_BUSY);
            requested().given(ACCEPTED).when(reject).then(TOO_BUSY);
            requested().given(STARTED).when(reject).then(TOO_BUSY);
        }

        @Test
        void changesNothingWhenRepeated() {
            requested().given(TOO_BUSY).when(reject).thenNothing();
        }

        @Test
        void isRejectedWithAnotherReasonOrLater() {
            requested()
                    .given(TOO_BUSY)
                    .when(new RejectTask(ID, TaskRejectionReason.CLOSED))
                    .thenRejected(new WrongState(ID, State.REJECTED));
            pickup().when(reject).thenRejected(new UnknownPickup(ID));
            readyPickup().when(reject).thenRejected(new WrongState(ID, State.READY));
            readyPickup().given(HANDED_OVER).when(reject).thenRejected(new WrongState(ID, State.HANDED_OVER));
        }

        @Test
        void stopsThePicking() {
            requested()
                    .given(STARTED, TOO_BUSY)
                    .when(new StartPicking(ID))
                    .thenRejected(new WrongState(ID, State.REJECTED))
                    .when(new MarkReady(ID, null, THREE_DAYS, KEY, null))
                    .thenRejected(new WrongState(ID, State.REJECTED))
                    .when(new ReportShort(ID, "1", 1, ShortReason.NOT_FOUND))
                    .thenRejected(new WrongState(ID, State.REJECTED));
        }

        @Test
        void waitsForTheOrder() {
            requested()
                    .given(TOO_BUSY)
                    .when(new AnswerCancellation(
                            ID,
                            ID + "-rejected",
                            EndReason.NO_SOURCE,
                            List.of(new LineQuantity("1", 3), new LineQuantity("2", 500)),
                            false))
                    .then(new PickupCancelled(PICKUP, ID + "-rejected", LINES, true, EndReason.NO_SOURCE, null, 0))
                    .when(accept)
                    .thenRejected(new WrongState(ID, State.CANCELLED));
        }
    }

    @Nested
    class Overdue {

        @Test
        void isRecordedAtItsTimeAndOnce() {
            requested()
                    .at(PICK_BY.minusMillis(1))
                    .when(check)
                    .thenNothing()
                    .at(PICK_BY)
                    .when(check)
                    .then(PICK_OVERDUE)
                    .when(check)
                    .thenNothing()
                    .at(PROMISED)
                    .when(check)
                    .then(PROMISE_MISSED)
                    .when(check)
                    .thenNothing();
        }

        @Test
        void isRecordedInOneGoIfTheTimerIsLate() {
            toBeAccepted()
                    .at(END_BY.minusMillis(1))
                    .when(check)
                    .then(new PickupOverdue(PICKUP, OverdueKind.ACCEPT, ACCEPT_BY), PICK_OVERDUE, PROMISE_MISSED);
        }

        @Test
        void concernsTheAcceptanceOnlyUntilTheStoreAnswers() {
            toBeAccepted().at(ACCEPT_BY).when(check).then(new PickupOverdue(PICKUP, OverdueKind.ACCEPT, ACCEPT_BY));
            toBeAccepted().given(ACCEPTED).at(ACCEPT_BY).when(check).thenNothing();
            toBeAccepted().given(STARTED).at(ACCEPT_BY).when(check).thenNothing();
            toBeAccepted().given(TOO_BUSY).at(ACCEPT_BY).when(check).thenNothing();
        }

        @Test
        void concernsThePromiseUntilTheGoodsAreReady() {
            requested().given(STARTED, TOO_BUSY).at(PROMISED).when(check).then(PICK_OVERDUE, PROMISE_MISSED);
            readyPickup().at(PROMISED).when(check).thenNothing();
        }

        @Test
        void concernsACourierTwoDaysAfterReady() {
            Instant dueAt = NOON.plus(Duration.ofDays(2));
            readyDelivery()
                    .at(dueAt.minusMillis(1))
                    .when(check)
                    .thenNothing()
                    .at(dueAt)
                    .when(check)
                    .then(new PickupOverdue(DELIVERY, OverdueKind.COURIER, dueAt))
                    .when(check)
                    .thenNothing();
        }
    }

    @Nested
    class TheQueue {

        @Test
        void knowsWhatIsLateAndWhatIsAtRisk() {
            Pickup.Open open = (Pickup.Open) requested().state();
            assertThat(TaskRules.isOverdue(open, PICK_BY.minusMillis(1))).isFalse();
            assertThat(TaskRules.isOverdue(open, PICK_BY)).isTrue();
            Instant atRisk = PICK_BY.minus(Duration.ofMinutes(30));
            assertThat(TaskRules.isAtRisk(open, atRisk.minusMillis(1))).isFalse();
            assertThat(TaskRules.isAtRisk(open, atRisk)).isTrue();
            assertThat(TaskRules.isAtRisk(open, PICK_BY)).isFalse();
        }

        @Test
        void knowsWhatIsNotAccepted() {
            assertThat(TaskRules.isOverdue((Pickup.Open) toBeAccepted().state(), ACCEPT_BY))
                    .isTrue();
            assertThat(TaskRules.isOverdue(
                            (Pickup.Open) toBeAccepted().given(ACCEPTED).state(), ACCEPT_BY))
                    .isFalse();
        }

        @Test
        void doesNotWorryAboutReadyGoods() {
            Pickup.Open ready = (Pickup.Open) readyPickup().state();
            assertThat(TaskRules.isOverdue(ready, PROMISED)).isFalse();
            assertThat(TaskRules.isAtRisk(ready, PICK_BY.minusSeconds(1))).isFalse();
        }
    }

    @Nested
    class TheEnd {

        @Test
        void comesForEveryTaskThatIsNotReady() {
            requested().at(END_BY.minusMillis(1)).when(check).then(PICK_OVERDUE, PROMISE_MISSED);
            requested().at(END_BY).when(check).then(NOT_PICKED).when(check).thenNothing();
            requested().given(ACCEPTED).at(END_BY).when(check).then(NOT_PICKED);
            requested().given(STARTED).at(END_BY).when(check).then(NOT_PICKED);
            requested().given(TOO_BUSY).at(END_BY).when(check).then(NOT_PICKED);
        }

        @Test
        void comesForADeliverySevenDaysAfterReady() {
            Instant end = NOON.plus(Duration.ofDays(7));
            PickupCancelled notFetched = new PickupCancelled(DELIVERY, null, LINES, true, EndReason.NOT_FETCHED, 1, 0);
            readyDelivery().at(end).when(check).then(notFetched).when(check).thenNothing();
        }

        @Test
        void coversWhatRemains() {
            requested()
                    .given(STARTED, new PickupLineShort(PICKUP, "1", "MUG 12", 3, ShortReason.NOT_FOUND))
                    .at(END_BY)
                    .when(check)
                    .then(new PickupCancelled(
                            PICKUP, null, List.of(Examples.TEA), true, EndReason.NOT_PICKED_IN_TIME, null, 0));
        }
    }

    @Nested
    class Extending {

        private final Instant until = DEADLINE.plus(Duration.ofDays(2));
        private final ExtendDeadline byShopper = new ExtendDeadline(ID, until, true);
        private final PickupDeadlineExtended extended = new PickupDeadlineExtended(PICKUP, until, DEADLINE, 1, true);

        @Test
        void isAcceptedOnceFromTheShopper() {
            readyPickup()
                    .when(byShopper)
                    .then(extended)
                    .when(new ExtendDeadline(ID, until.plusSeconds(1), true))
                    .thenRejected(new AlreadyExtended(ID, until))
                    .when(new ExtendDeadline(ID, until.plusSeconds(1), false))
                    .then(new PickupDeadlineExtended(PICKUP, until.plusSeconds(1), until, 2, false));
        }

        @Test
        void byTheStoreLeavesTheShoppersOwn() {
            readyPickup()
                    .when(new ExtendDeadline(ID, DEADLINE.plusSeconds(1), false))
                    .then(new PickupDeadlineExtended(PICKUP, DEADLINE.plusSeconds(1), DEADLINE, 1, false))
                    .when(byShopper)
                    .then(new PickupDeadlineExtended(PICKUP, until, DEADLINE.plusSeconds(1), 2, true));
        }

        @Test
        void changesNothingWhenRepeated() {
            readyPickup().given(extended).when(byShopper).thenNothing();
        }

        @Test
        void isLimited() {
            readyPickup()
                    .when(new ExtendDeadline(ID, until.plusMillis(1), true))
                    .thenRejected(new DeadlineTooLate(ID, "until", until));
            Instant month = NOON.plus(Duration.ofDays(30));
            readyPickup()
                    .when(new ExtendDeadline(ID, month.plusMillis(1), false))
                    .thenRejected(new DeadlineTooLate(ID, "until", month))
                    .when(new ExtendDeadline(ID, month, false))
                    .then(new PickupDeadlineExtended(PICKUP, month, DEADLINE, 1, false));
        }

        @Test
        void isRejectedUnlessLaterThanNowAndTheDeadline() {
            readyPickup()
                    .when(new ExtendDeadline(ID, DEADLINE, true))
                    .thenRejected(new DeadlineNotLater(ID, "until", DEADLINE));
            readyPickup().at(until).when(byShopper).thenRejected(new DeadlineNotLater(ID, "until", DEADLINE));
        }

        @Test
        void isRejectedUnlessReadyForAShopper() {
            pickup().when(byShopper).thenRejected(new UnknownPickup(ID));
            requested().when(byShopper).thenRejected(new WrongState(ID, State.REQUESTED));
            readyPickup().given(HANDED_OVER).when(byShopper).thenRejected(new WrongState(ID, State.HANDED_OVER));
            readyDelivery().when(byShopper).thenRejected(new WrongMethod(ID, Method.DELIVERY));
        }

        @Test
        void andExpiryAreDecidedInOneLog() {
            PickupExpired expired = new PickupExpired(PICKUP, LINES, DEADLINE, 1, 0);
            readyPickup()
                    .at(DEADLINE)
                    .when(check)
                    .then(expired)
                    .when(byShopper)
                    .thenRejected(new WrongState(ID, State.EXPIRED));
            readyPickup()
                    .at(DEADLINE)
                    .when(byShopper)
                    .then(extended)
                    .when(check)
                    .thenNothing();
        }

        @Test
        void makesTheReminderDueAgain() {
            Instant remindAt = until.minus(Duration.ofHours(24));
            readyPickup()
                    .given(new PickupReminderDue(PICKUP, LINES, DEADLINE, 1, KEY, 0), extended)
                    .at(REMINDER)
                    .when(check)
                    .thenNothing()
                    .at(remindAt)
                    .when(check)
                    .then(new PickupReminderDue(PICKUP, LINES, until, 1, KEY, 1))
                    .when(check)
                    .thenNothing()
                    .at(until)
                    .when(check)
                    .then(new PickupExpired(PICKUP, LINES, until, 1, 1));
        }
    }
}
