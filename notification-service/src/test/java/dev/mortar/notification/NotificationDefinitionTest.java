package dev.mortar.notification;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.notification.Examples.CUSTOMER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.kafka.DeciderTestDriver;
import dev.mortar.eventsourcing.kafka.ViewTestDriver;
import dev.mortar.eventsourcing.testkit.Approved;
import dev.mortar.notification.NotificationCommand.*;
import dev.mortar.notification.NotificationContent.Repeat;
import dev.mortar.notification.NotificationEvent.*;
import dev.mortar.notification.NotificationRejection.AttemptNotDue;
import dev.mortar.notification.NotificationRejection.NotificationOutOfDate;
import dev.mortar.notification.NotificationStatus.State;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class NotificationDefinitionTest {

    private static final String ID = "n-1";
    private static final NotificationRequested REQUESTED = new NotificationRequested(ID, Examples.ready(), NOON);

    @Test
    void isAsApproved() {
        Approved.matches("definition.txt", NotificationDefinition.definition().describe());
    }

    @Test
    void grantsAClaimOnceWithRealStoresAndBytes() {
        try (var driver = new DeciderTestDriver<>(NotificationDefinition.definition())) {
            var outcome = driver.whenReacting(new RequestNotification(ID, Examples.ready()))
                    .then(REQUESTED)
                    .when(new ClaimSend(ID, 1));
            assertThat(outcome.reply(Notification.class))
                    .isEqualTo(new Notification.Sending(ID, Examples.ready(), 1, NOON, 0, NOON));
            driver.when(new ClaimSend(ID, 1)).thenRejected(new AttemptNotDue(ID, 1));
        }
    }

    @Test
    void countsRepeatsWithRealStoresAndBytes() {
        NotificationContent again = Examples.ready().repeated(new Repeat(ID, 1));
        try (var driver = new DeciderTestDriver<>(NotificationDefinition.definition())) {
            driver.whenReacting(new RequestNotification(ID, Examples.ready())).then(REQUESTED);
            driver.when(new ClaimSend(ID, 1)).then(new NotificationSending(ID, CUSTOMER, 1, NOON));
            driver.when(new RecordSent(ID, 1)).then(new NotificationSent(ID, CUSTOMER, 1));
            var outcome = driver.when(new RepeatNotification(ID, "n-2"));
            outcome.then(new NotificationRepeated(ID, "n-2", again));
            assertThat(outcome.reply(Notification.Over.class).repeats().ids()).containsExactly("n-2");
            driver.whenReacting(new SupersedeNotification(ID))
                    .then(new NotificationSuperseded(ID, CUSTOMER, List.of("n-2")));
            driver.when(new RepeatNotification(ID, "n-3")).thenRejected(new NotificationOutOfDate(ID));
        }
    }

    @Test
    void showsTheRepeatsOfANotification() {
        NotificationContent again = Examples.ready().repeated(new Repeat(ID, 1));
        var driver = new ViewTestDriver<>(NotificationDefinition.definition());
        driver.at(NOON)
                .given(
                        ID,
                        REQUESTED,
                        new NotificationSending(ID, CUSTOMER, 1, NOON),
                        new NotificationSent(ID, CUSTOMER, 1),
                        new NotificationRepeated(ID, "n-2", again))
                .given("n-2", new NotificationRequested("n-2", again, NOON));
        assertThat(driver.row(NotificationDefinition.BY_ID, ID, "")).hasValueSatisfying(status -> {
            assertThat(status.state()).isEqualTo(State.SENT);
            assertThat(status.repeats()).isEqualTo(1);
            assertThat(status.repeatOf()).isNull();
        });
        assertThat(driver.row(NotificationDefinition.BY_ID, "n-2", ""))
                .hasValueSatisfying(status -> assertThat(status.repeatOf()).isEqualTo(ID));
    }

    @Test
    void aPickupIsReadyWhileOneOfItsMailsIsTrue() {
        var driver = new ViewTestDriver<>(NotificationDefinition.definition());
        driver.at(NOON)
                .given(ID, REQUESTED, new NotificationSending(ID, CUSTOMER, 1, NOON))
                .given("n-2", new NotificationRequested("n-2", Examples.confirmed(), NOON))
                .given("n-3", new NotificationRequested("n-3", Examples.ready().repeated(new Repeat(ID, 1)), NOON));
        assertThat(driver.rows(NotificationDefinition.CALLS_TO_PICKUP, Examples.FULFILMENT))
                .containsExactly(Examples.ready());

        driver.given(ID, new NotificationSent(ID, CUSTOMER, 1));
        assertThat(driver.rows(NotificationDefinition.CALLS_TO_PICKUP, Examples.FULFILMENT))
                .containsExactly(Examples.ready());

        driver.given(ID, new NotificationSuperseded(ID, CUSTOMER, List.of()));
        assertThat(driver.rows(NotificationDefinition.CALLS_TO_PICKUP, Examples.FULFILMENT))
                .isEmpty();
    }

    @Test
    void aPickupThatEndsBeforeItsMailIsSentIsNotReady() {
        var driver = new ViewTestDriver<>(NotificationDefinition.definition());
        driver.at(NOON)
                .given(ID, REQUESTED, new NotificationSuppressed(ID, CUSTOMER, SuppressionReason.SUPERSEDED))
                .given(
                        "n-2",
                        new NotificationRequested("n-2", Examples.ready(), NOON),
                        new NotificationSuppressed("n-2", CUSTOMER, SuppressionReason.NO_CONSENT));

        assertThat(driver.rows(NotificationDefinition.CALLS_TO_PICKUP, Examples.FULFILMENT))
                .as("a shopper without consent fetches goods, too")
                .hasSize(1);
        driver.given("n-2", new NotificationSuperseded("n-2", CUSTOMER, List.of()));
        assertThat(driver.rows(NotificationDefinition.CALLS_TO_PICKUP, Examples.FULFILMENT))
                .isEmpty();
    }

    @Test
    void aGroupResetRequestsNothingAgain() {
        try (var driver = new DeciderTestDriver<>(NotificationDefinition.definition())) {
            driver.whenReacting(new RequestNotification(ID, Examples.ready()), 1)
                    .then(REQUESTED)
                    .whenReacting(new SupersedeNotification(ID), 2)
                    .then(new NotificationSuppressed(ID, CUSTOMER, SuppressionReason.SUPERSEDED))
                    .whenReacting(new RequestNotification(ID, Examples.ready()), 1)
                    .thenRepeated()
                    .when(new ClaimSend(ID, 1))
                    .thenRejected(new AttemptNotDue(ID, 1));
        }
    }

    @Test
    void theTimerMakesARetryDueAndLetsAClaimLapse() {
        Instant retryAt = NOON.plusSeconds(NotificationDecider.FIRST_RETRY_SECONDS);
        try (var driver = new DeciderTestDriver<>(NotificationDefinition.definition())) {
            driver.whenReacting(new RequestNotification(ID, Examples.ready())).then(REQUESTED);
            driver.when(new ClaimSend(ID, 1)).then(new NotificationSending(ID, CUSTOMER, 1, NOON));
            driver.when(new RecordFailure(ID, 1, "SMTP 451", false))
                    .then(new NotificationAttemptFailed(ID, CUSTOMER, 1, "SMTP 451", retryAt));
            assertThat(driver.eventsOfTimersAt(retryAt.minusSeconds(2))).isEmpty();
            assertThat(driver.eventsOfTimersAt(retryAt))
                    .singleElement()
                    .isInstanceOfSatisfying(
                            NotificationDue.class,
                            due -> assertThat(due.attempt()).isEqualTo(2));
        }
        try (var driver = new DeciderTestDriver<>(NotificationDefinition.definition())) {
            driver.whenReacting(new RequestNotification(ID, Examples.ready())).then(REQUESTED);
            driver.when(new ClaimSend(ID, 1)).then(new NotificationSending(ID, CUSTOMER, 1, NOON));
            assertThat(driver.eventsOfTimersAt(NOON.plusSeconds(NotificationDecider.CLAIM_SECONDS + 1)))
                    .hasSize(2)
                    .hasOnlyElementsOfTypes(NotificationAttemptFailed.class, NotificationDue.class);
        }
    }

    @Test
    void showsANotificationByIdAndByShopper() {
        var driver = new ViewTestDriver<>(NotificationDefinition.definition());
        driver.at(NOON)
                .given(ID, REQUESTED)
                .given(
                        "n-2",
                        new NotificationRequested("n-2", Examples.confirmed(), NOON),
                        new NotificationSending("n-2", CUSTOMER, 1, NOON),
                        new NotificationFailed("n-2", CUSTOMER, 1, "SMTP 550"));
        assertThat(driver.row(NotificationDefinition.BY_ID, ID, ""))
                .hasValueSatisfying(status -> assertThat(status.state()).isEqualTo(State.REQUESTED));
        assertThat(driver.rows(NotificationDefinition.BY_CUSTOMER, CUSTOMER))
                .extracting(NotificationStatus::notificationId, NotificationStatus::state, NotificationStatus::cause)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(ID, State.REQUESTED, null),
                        org.assertj.core.groups.Tuple.tuple("n-2", State.FAILED, "SMTP 550"));
    }

    @Test
    void followsANotificationStepByStep() {
        Instant retryAt = NOON.plusSeconds(10);
        var driver = new ViewTestDriver<>(NotificationDefinition.definition());
        driver.at(NOON)
                .given(
                        ID,
                        REQUESTED,
                        new NotificationSending(ID, CUSTOMER, 1, NOON),
                        new NotificationAttemptFailed(ID, CUSTOMER, 1, "CONNECTION", retryAt));
        assertThat(driver.row(NotificationDefinition.BY_ID, ID, "")).hasValueSatisfying(status -> {
            assertThat(status.state()).isEqualTo(State.WAITING_FOR_RETRY);
            assertThat(status.nextAttemptAt()).isEqualTo(retryAt);
            assertThat(status.cause()).isEqualTo("CONNECTION");
        });
        driver.at(retryAt)
                .given(
                        ID,
                        new NotificationDue(ID, CUSTOMER, 2, retryAt),
                        new NotificationSending(ID, CUSTOMER, 2, retryAt),
                        new NotificationSent(ID, CUSTOMER, 2));
        assertThat(driver.row(NotificationDefinition.BY_ID, ID, "")).hasValueSatisfying(status -> {
            assertThat(status.state()).isEqualTo(State.SENT);
            assertThat(status.attempts()).isEqualTo(2);
            assertThat(status.nextAttemptAt()).isNull();
            assertThat(status.cause()).isNull();
        });
    }
}
