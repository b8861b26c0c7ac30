package dev.mortar.notification;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.eventsourcing.testkit.DeciderScenario.scenario;
import static dev.mortar.notification.Examples.CUSTOMER;
import static dev.mortar.notification.Examples.DEADLINE;
import static dev.mortar.notification.NotificationDecider.CLAIM_SECONDS;
import static dev.mortar.notification.NotificationDecider.CONTACT_WAIT_SECONDS;
import static dev.mortar.notification.NotificationDecider.FIRST_DUE_AGAIN_SECONDS;
import static dev.mortar.notification.NotificationDecider.FIRST_RETRY_SECONDS;
import static dev.mortar.notification.NotificationDecider.MAX_ATTEMPTS;
import static dev.mortar.notification.NotificationDecider.MAX_REPEATS;
import static dev.mortar.notification.NotificationDecider.MAX_RETRY_SECONDS;
import static dev.mortar.notification.NotificationDecider.MAX_TIMES_DUE;
import static dev.mortar.notification.NotificationDecider.NOT_CLAIMED;
import static dev.mortar.notification.NotificationDecider.OUTCOME_UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.notification.NotificationCommand.*;
import dev.mortar.notification.NotificationContent.Repeat;
import dev.mortar.notification.NotificationEvent.*;
import dev.mortar.notification.NotificationRejection.*;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class NotificationDeciderTest {

    private static final String ID = "n-1";
    private static final NotificationRequested REQUESTED = new NotificationRequested(ID, Examples.ready(), NOON);
    private static final NotificationSending CLAIMED = new NotificationSending(ID, CUSTOMER, 1, NOON);
    private static final NotificationSent SENT = new NotificationSent(ID, CUSTOMER, 1);
    private static final NotificationSuppressed SUPERSEDED =
            new NotificationSuppressed(ID, CUSTOMER, SuppressionReason.SUPERSEDED);
    private static final NotificationFailed GIVEN_UP = new NotificationFailed(ID, CUSTOMER, 1, "SMTP 550");
    private static final ClaimSend CLAIM = new ClaimSend(ID, 1);

    private static DeciderScenario<NotificationCommand, Notification, NotificationEvent> notification() {
        return scenario(new NotificationDecider());
    }

    @Nested
    class Requesting {
        private final RequestNotification request = new RequestNotification(ID, Examples.ready());

        @Test
        void isAccepted() {
            notification().when(request).then(REQUESTED);
        }

        @Test
        void againChangesNothingInAnyState() {
            notification().given(REQUESTED).when(request).thenNothing();
            notification().given(REQUESTED, CLAIMED).when(request).thenNothing();
            notification().given(REQUESTED, CLAIMED, SENT).when(request).thenNothing();
            notification().given(REQUESTED, CLAIMED, GIVEN_UP).when(request).thenNothing();
            notification().given(REQUESTED, SUPERSEDED).when(request).thenNothing();
        }
    }

    @Nested
    class Claiming {
        @Test
        void isGrantedOnce() {
            notification()
                    .given(REQUESTED)
                    .when(CLAIM)
                    .then(CLAIMED)
                    .when(CLAIM)
                    .thenRejected(new AttemptNotDue(ID, 1));
        }

        @Test
        void isRefusedWhenTheNotificationHasEnded() {
            AttemptNotDue notDue = new AttemptNotDue(ID, 1);
            notification().given(REQUESTED, CLAIMED, SENT).when(CLAIM).thenRejected(notDue);
            notification().given(REQUESTED, CLAIMED, GIVEN_UP).when(CLAIM).thenRejected(notDue);
            notification().given(REQUESTED, SUPERSEDED).when(CLAIM).thenRejected(notDue);
        }

        @Test
        void isRefusedForAnAttemptThatIsNotDue() {
            notification().given(REQUESTED).when(new ClaimSend(ID, 2)).thenRejected(new AttemptNotDue(ID, 2));
        }

        @Test
        void isRefusedWhenNothingWasRequested() {
            notification().when(CLAIM).thenRejected(new UnknownNotification(ID));
        }

        @Test
        void isRefusedUntilTheRetryIsDue() {
            Instant retryAt = NOON.plusSeconds(FIRST_RETRY_SECONDS);
            var failedOnce = notification()
                    .given(REQUESTED, CLAIMED, new NotificationAttemptFailed(ID, CUSTOMER, 1, "SMTP 451", retryAt));
            ClaimSend second = new ClaimSend(ID, 2);
            failedOnce.at(retryAt.minusMillis(1)).when(second).thenRejected(new AttemptNotDue(ID, 2));
            failedOnce.at(retryAt).when(second).then(new NotificationSending(ID, CUSTOMER, 2, retryAt));
        }

        @Test
        void suppressesAPickupMailAfterThePickupDeadline() {
            notification()
                    .given(REQUESTED)
                    .at(DEADLINE.minusMillis(1))
                    .when(CLAIM)
                    .then(new NotificationSending(ID, CUSTOMER, 1, DEADLINE.minusMillis(1)));
            notification().given(REQUESTED).at(DEADLINE).when(CLAIM).then(SUPERSEDED);
        }

        @Test
        void isGrantedForOtherMailsAfterThePickupDeadline() {
            Instant muchLater = NOON.plusSeconds(1_000_000);
            notification()
                    .given(new NotificationRequested(ID, Examples.confirmed(), NOON))
                    .at(muchLater)
                    .when(CLAIM)
                    .then(new NotificationSending(ID, CUSTOMER, 1, muchLater));
        }
    }

    @Nested
    class Superseding {
        private final SupersedeNotification supersede = new SupersedeNotification(ID);

        @Test
        void endsAnUnsentNotification() {
            notification()
                    .given(REQUESTED)
                    .when(supersede)
                    .then(SUPERSEDED)
                    .when(CLAIM)
                    .thenRejected(new AttemptNotDue(ID, 1));
        }

        @Test
        void endsANotificationAfterAFailedAttempt() {
            notification()
                    .given(REQUESTED, CLAIMED)
                    .when(supersede)
                    .then(SUPERSEDED)
                    .when(new RecordFailure(ID, 1, "SMTP 451", false))
                    .thenNothing()
                    .when(new ClaimSend(ID, 2))
                    .thenRejected(new AttemptNotDue(ID, 2));
        }

        @Test
        void cannotStopARunningAttempt() {
            notification()
                    .given(REQUESTED, CLAIMED)
                    .when(supersede)
                    .then(SUPERSEDED)
                    .when(new RecordSent(ID, 1))
                    .then(SENT);
        }

        @Test
        void preventsRepeatsAfterTheEndAndAgainChangesNothing() {
            notification().given(REQUESTED, SUPERSEDED).when(supersede).thenNothing();
            NotificationSuperseded outOfDate = new NotificationSuperseded(ID, CUSTOMER, List.of());
            notification()
                    .given(REQUESTED, CLAIMED, SENT)
                    .when(supersede)
                    .then(outOfDate)
                    .when(supersede)
                    .thenNothing();
            notification()
                    .given(REQUESTED, CLAIMED, GIVEN_UP)
                    .when(supersede)
                    .then(outOfDate)
                    .when(new RecordSent(ID, 1))
                    .then(SENT)
                    .when(supersede)
                    .thenNothing();
        }

        @Test
        void changesNothingWhenNothingWasRequested() {
            notification().when(supersede).thenNothing();
        }
    }

    @Nested
    class Suppressing {
        @Test
        void recordsTheReason() {
            notification()
                    .given(REQUESTED)
                    .when(new SuppressNotification(ID, SuppressionReason.NO_CONSENT))
                    .then(new NotificationSuppressed(ID, CUSTOMER, SuppressionReason.NO_CONSENT))
                    .when(new SuppressNotification(ID, SuppressionReason.NO_CONTACT))
                    .thenNothing();
        }
    }

    @Nested
    class FindingNoContact {
        private final SuppressNotification unknown = new SuppressNotification(ID, SuppressionReason.NO_CONTACT);
        private final Instant hourLater = NOON.plusSeconds(CONTACT_WAIT_SECONDS);

        @Test
        void isSuppressedAfterAnHour() {
            var scenario = notification().given(new NotificationRequested(ID, Examples.confirmed(), NOON));
            int times = 1;
            Instant now = NOON;
            while (now.isBefore(hourLater)) {
                scenario = scenario.at(now).when(unknown).thenNothing();
                now = now.plus(NotificationDecider.untilDueAgain(times++));
                scenario = scenario.at(now).when(new CheckDue(ID)).then(new NotificationDue(ID, CUSTOMER, 1, now));
            }
            assertThat(times).isLessThan(MAX_TIMES_DUE);
            scenario.at(now).when(unknown).then(new NotificationSuppressed(ID, CUSTOMER, SuppressionReason.NO_CONTACT));
        }

        @Test
        void letsASenderClaimWhenTheContactComes() {
            Instant later = hourLater.minusSeconds(1);
            notification()
                    .given(REQUESTED)
                    .at(NOON)
                    .when(unknown)
                    .thenNothing()
                    .at(later)
                    .when(unknown)
                    .thenNothing()
                    .when(CLAIM)
                    .then(new NotificationSending(ID, CUSTOMER, 1, later));
        }

        @Test
        void countsTheHourFromTheRequestEvenAfterAFailedAttempt() {
            Instant retryAt = NOON.plusSeconds(FIRST_RETRY_SECONDS);
            var failedOnce = notification()
                    .given(REQUESTED, CLAIMED, new NotificationAttemptFailed(ID, CUSTOMER, 1, "SMTP 451", retryAt));
            failedOnce.at(hourLater.minusMillis(1)).when(unknown).thenNothing();
            failedOnce
                    .at(hourLater)
                    .when(unknown)
                    .then(new NotificationSuppressed(ID, CUSTOMER, SuppressionReason.NO_CONTACT));
        }

        @Test
        void endsAtOnceWhenTheContactIsErasedDuringTheSend() {
            notification()
                    .given(REQUESTED, CLAIMED)
                    .when(unknown)
                    .then(new NotificationSuppressed(ID, CUSTOMER, SuppressionReason.NO_CONTACT));
        }
    }

    @Nested
    class Repeating {
        private final RepeatNotification repeat = new RepeatNotification(ID, "n-2");

        private NotificationRepeated repeated(String repeatId, int number) {
            return new NotificationRepeated(ID, repeatId, Examples.ready().repeated(new Repeat(ID, number)));
        }

        @Test
        void causesANewNotificationWithTheSameContent() {
            NotificationSuppressed unknown = new NotificationSuppressed(ID, CUSTOMER, SuppressionReason.NO_CONTACT);
            for (var over : List.of(
                    notification().given(REQUESTED, CLAIMED, SENT),
                    notification().given(REQUESTED, CLAIMED, GIVEN_UP),
                    notification().given(REQUESTED, unknown))) {
                over.when(repeat).then(repeated("n-2", 1)).when(repeat).thenNothing();
            }
        }

        @Test
        void isCountedAndLimited() {
            var scenario = notification().given(REQUESTED, CLAIMED, SENT);
            for (int number = 1; number <= MAX_REPEATS; number++) {
                String repeatId = "repeat-" + number;
                scenario = scenario.when(new RepeatNotification(ID, repeatId)).then(repeated(repeatId, number));
            }
            scenario.when(repeat).thenRejected(new TooManyRepeats(ID, MAX_REPEATS));
        }

        @Test
        void isRefusedWhenNothingWasRequestedOrItHasNotEnded() {
            notification().when(repeat).thenRejected(new UnknownNotification(ID));
            notification().given(REQUESTED).when(repeat).thenRejected(new NotificationNotOver(ID));
            notification().given(REQUESTED, CLAIMED).when(repeat).thenRejected(new NotificationNotOver(ID));
        }

        @Test
        void isRefusedWhenTheContentIsOutOfDate() {
            NotificationOutOfDate outOfDate = new NotificationOutOfDate(ID);
            SupersedeNotification handedOver = new SupersedeNotification(ID);
            notification().given(REQUESTED, SUPERSEDED).when(repeat).thenRejected(outOfDate);
            notification()
                    .given(REQUESTED, CLAIMED, SENT)
                    .givenCommands(handedOver)
                    .when(repeat)
                    .thenRejected(outOfDate);
            notification()
                    .given(REQUESTED, CLAIMED, SENT)
                    .at(DEADLINE)
                    .when(repeat)
                    .thenRejected(outOfDate);
        }

        @Test
        void isSupersededTogetherWithTheFirst() {
            notification()
                    .given(REQUESTED, CLAIMED, SENT, repeated("n-2", 1), repeated("n-3", 2))
                    .when(new SupersedeNotification(ID))
                    .then(new NotificationSuperseded(ID, CUSTOMER, List.of("n-2", "n-3")));
        }

        @Test
        void isRefusedForARepeat() {
            NotificationRequested again =
                    new NotificationRequested("n-2", Examples.ready().repeated(new Repeat(ID, 1)), NOON);
            notification()
                    .given(
                            again,
                            new NotificationSending("n-2", CUSTOMER, 1, NOON),
                            new NotificationSent("n-2", CUSTOMER, 1))
                    .when(new RepeatNotification("n-2", "n-3"))
                    .thenRejected(new RepeatOfRepeat("n-2", ID))
                    .when(new SupersedeNotification("n-2"))
                    .thenNothing();
        }
    }

    @Nested
    class RecordingSent {
        private final RecordSent sent = new RecordSent(ID, 1);

        @Test
        void endsTheNotification() {
            notification()
                    .given(REQUESTED, CLAIMED)
                    .when(sent)
                    .then(SENT)
                    .when(sent)
                    .thenNothing();
        }

        @Test
        void isAcceptedAfterTheClaimHasLapsed() {
            Instant lapsed = NOON.plusSeconds(CLAIM_SECONDS);
            NotificationAttemptFailed unknown = new NotificationAttemptFailed(ID, CUSTOMER, 1, OUTCOME_UNKNOWN, lapsed);
            NotificationDue due = new NotificationDue(ID, CUSTOMER, 2, lapsed);
            notification().given(REQUESTED, CLAIMED, unknown, due).when(sent).then(SENT);
            notification()
                    .given(REQUESTED, CLAIMED, unknown, due, new NotificationSending(ID, CUSTOMER, 2, lapsed))
                    .when(sent)
                    .then(SENT)
                    .when(new RecordSent(ID, 2))
                    .thenNothing();
            notification().given(REQUESTED, CLAIMED, GIVEN_UP).when(sent).then(SENT);
        }

        @Test
        void isRefusedWhenNoSuchAttemptWasMade() {
            AttemptNotDue notDue = new AttemptNotDue(ID, 1);
            notification().when(sent).thenRejected(new UnknownNotification(ID));
            notification().given(REQUESTED).when(sent).thenRejected(notDue);
            notification().given(REQUESTED, SUPERSEDED).when(sent).thenRejected(notDue);
            notification().given(REQUESTED, CLAIMED).when(new RecordSent(ID, 2)).thenRejected(new AttemptNotDue(ID, 2));
        }
    }

    @Nested
    class RecordingAFailure {
        @Test
        void doublesTheWaitUpToAMaximumAndThenGivesUp() {
            var scenario = notification().given(new NotificationRequested(ID, Examples.confirmed(), NOON));
            Instant now = NOON;
            for (int attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
                long wait = Math.min((long) FIRST_RETRY_SECONDS << (attempt - 1), MAX_RETRY_SECONDS);
                Instant retryAt = now.plusSeconds(wait);
                scenario = scenario.at(now)
                        .givenCommands(new ClaimSend(ID, attempt))
                        .when(new RecordFailure(ID, attempt, "SMTP 451", false))
                        .then(new NotificationAttemptFailed(ID, CUSTOMER, attempt, "SMTP 451", retryAt));
                now = retryAt;
            }
            scenario.at(now)
                    .givenCommands(new ClaimSend(ID, MAX_ATTEMPTS))
                    .when(new RecordFailure(ID, MAX_ATTEMPTS, "SMTP 451", false))
                    .then(new NotificationFailed(ID, CUSTOMER, MAX_ATTEMPTS, "SMTP 451"));
        }

        @Test
        void allowsOneMoreAttemptAfterAnUnknownOutcome() {
            RecordFailure unknown = new RecordFailure(ID, 1, OUTCOME_UNKNOWN, false);
            Instant retryAt = NOON.plusSeconds(FIRST_RETRY_SECONDS);
            notification()
                    .given(REQUESTED, CLAIMED)
                    .when(unknown)
                    .then(new NotificationAttemptFailed(ID, CUSTOMER, 1, OUTCOME_UNKNOWN, retryAt))
                    .at(retryAt)
                    .givenCommands(new ClaimSend(ID, 2))
                    .when(new RecordFailure(ID, 2, OUTCOME_UNKNOWN, false))
                    .then(new NotificationFailed(ID, CUSTOMER, 2, OUTCOME_UNKNOWN));
        }

        @Test
        void givesUpAtOnceAfterAPermanentFailure() {
            notification()
                    .given(REQUESTED, CLAIMED)
                    .when(new RecordFailure(ID, 1, "SMTP 550", true))
                    .then(GIVEN_UP);
        }

        @Test
        void againOrTooLateChangesNothing() {
            RecordFailure failure = new RecordFailure(ID, 1, "SMTP 451", false);
            notification()
                    .given(REQUESTED, CLAIMED)
                    .givenCommands(failure)
                    .when(failure)
                    .thenNothing();
            notification().given(REQUESTED, CLAIMED, SENT).when(failure).thenNothing();
            notification().given(REQUESTED, CLAIMED, GIVEN_UP).when(failure).thenNothing();
        }

        @Test
        void isRefusedWhenNothingWasRequested() {
            notification().when(new RecordFailure(ID, 1, "SMTP 451", false)).thenRejected(new UnknownNotification(ID));
        }
    }

    @Nested
    class TheTimer {
        private final CheckDue check = new CheckDue(ID);

        @Test
        void makesARetryDue() {
            Instant retryAt = NOON.plusSeconds(FIRST_RETRY_SECONDS);
            var failedOnce = notification()
                    .given(REQUESTED, CLAIMED, new NotificationAttemptFailed(ID, CUSTOMER, 1, "SMTP 451", retryAt));
            assertThat(NotificationDecider.deadline(failedOnce.state())).isEqualTo(new Deadline<>(retryAt, check));
            failedOnce.at(retryAt.minusMillis(1)).when(check).thenNothing();
            failedOnce
                    .at(retryAt)
                    .when(check)
                    .then(new NotificationDue(ID, CUSTOMER, 2, retryAt))
                    .when(check)
                    .thenNothing();
        }

        @Test
        void makesAnUnclaimedAttemptDueAgainAndFinallyGivesUp() {
            var scenario = notification().given(new NotificationRequested(ID, Examples.confirmed(), NOON));
            for (int times = 1; times < MAX_TIMES_DUE; times++) {
                Instant checkAt = checkAt(scenario.state());
                scenario = scenario.at(checkAt).when(check).then(new NotificationDue(ID, CUSTOMER, 1, checkAt));
            }
            scenario.at(checkAt(scenario.state()))
                    .when(check)
                    .then(new NotificationFailed(ID, CUSTOMER, 0, NOT_CLAIMED));
        }

        @Test
        void firstWaitsForAClaim() {
            notification()
                    .given(REQUESTED)
                    .at(NOON.plusSeconds(FIRST_DUE_AGAIN_SECONDS).minusMillis(1))
                    .when(check)
                    .thenNothing();
        }

        @Test
        void letsAClaimLapseOnceAndFailsOnTheSecondLapse() {
            Instant lapsed = NOON.plusSeconds(CLAIM_SECONDS);
            var lapsedOnce = notification()
                    .given(REQUESTED, CLAIMED)
                    .at(lapsed)
                    .when(check)
                    .then(
                            new NotificationAttemptFailed(ID, CUSTOMER, 1, OUTCOME_UNKNOWN, lapsed),
                            new NotificationDue(ID, CUSTOMER, 2, lapsed))
                    .givenCommands(new ClaimSend(ID, 2));
            lapsedOnce
                    .at(lapsed.plusSeconds(CLAIM_SECONDS))
                    .when(check)
                    .then(new NotificationFailed(ID, CUSTOMER, 2, OUTCOME_UNKNOWN));
        }

        @Test
        void leavesARunningClaimAlone() {
            notification()
                    .given(REQUESTED, CLAIMED)
                    .at(NOON.plusSeconds(CLAIM_SECONDS).minusMillis(1))
                    .when(check)
                    .thenNothing();
        }

        @Test
        void suppressesAStaleNotification() {
            notification().given(REQUESTED).at(DEADLINE).when(check).then(SUPERSEDED);
        }

        @Test
        void hasNoDeadlineWhenTheNotificationHasEnded() {
            for (List<? extends NotificationEvent> over : List.of(
                    List.of(REQUESTED, CLAIMED, SENT),
                    List.of(REQUESTED, SUPERSEDED),
                    List.of(REQUESTED, CLAIMED, GIVEN_UP))) {
                var scenario = notification().given(over).at(NOON.plusSeconds(1_000_000));
                scenario.when(check).thenNothing();
                assertThat(NotificationDecider.deadline(scenario.state())).isNull();
            }
            notification().when(check).thenNothing();
        }

        private Instant checkAt(Notification state) {
            return Objects.requireNonNull(NotificationDecider.deadline(state)).at();
        }
    }
}
