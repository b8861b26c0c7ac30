package dev.mortar.notification;

import dev.mortar.notification.NotificationEvent.NotificationAttemptFailed;
import dev.mortar.notification.NotificationEvent.NotificationDue;
import dev.mortar.notification.NotificationEvent.NotificationFailed;
import dev.mortar.notification.NotificationEvent.NotificationRequested;
import dev.mortar.notification.NotificationEvent.NotificationSending;
import dev.mortar.notification.NotificationEvent.NotificationSent;
import dev.mortar.notification.NotificationEvent.NotificationSuppressed;
import java.time.Instant;

/**
 * The state of a notification. Once it is over only what tells a repeat from something new is kept, for ever.
 *
 * <pre>
 * NotRequested → Pending ⇄ Sending → Sent | Failed
 *                Pending | Sending → Suppressed
 * </pre>
 */
public sealed interface Notification {

    /** Nothing has happened yet. */
    record NotRequested() implements Notification {}

    /**
     * Waits for its next attempt.
     *
     * @param attempt the next one
     * @param timesDue how often senders were told that it is due; 0 while it waits for its time
     * @param checkAt when it is due, or when senders are told again
     * @param unknownOutcomes claims that lapsed without an outcome
     */
    record Pending(
            String notificationId,
            NotificationContent content,
            int attempt,
            int timesDue,
            Instant checkAt,
            int unknownOutcomes)
            implements Notification {}

    /** A sender has claimed the attempt. */
    record Sending(
            String notificationId, NotificationContent content, int attempt, Instant claimedAt, int unknownOutcomes)
            implements Notification {}

    /** The mail server took it. */
    record Sent(String customerId) implements Notification {}

    /**
     * It was given up.
     *
     * @param attempts how many were made; one whose outcome is not known may yet turn out to have succeeded
     */
    record Failed(String customerId, int attempts) implements Notification {}

    /**
     * It is not sent.
     *
     * @param openAttempt the attempt that was claimed before and may yet succeed, or 0
     */
    record Suppressed(String customerId, SuppressionReason reason, int openAttempt) implements Notification {}

    /** The state after the event. */
    static Notification evolve(Notification state, NotificationEvent event) {
        return switch (event) {
            case NotificationRequested e ->
                new Pending(
                        e.notificationId(), e.content(), 1, 1, e.at().plus(NotificationDecider.untilDueAgain(1)), 0);
            case NotificationDue e -> {
                Pending pending = pending(state);
                int timesDue = pending.timesDue() + 1;
                yield new Pending(
                        e.notificationId(),
                        pending.content(),
                        e.attempt(),
                        timesDue,
                        e.at().plus(NotificationDecider.untilDueAgain(timesDue)),
                        pending.unknownOutcomes());
            }
            case NotificationSending e ->
                new Sending(
                        e.notificationId(),
                        pending(state).content(),
                        e.attempt(),
                        e.at(),
                        pending(state).unknownOutcomes());
            case NotificationAttemptFailed e -> {
                Sending sending = sending(state);
                int unknown = e.cause().equals(NotificationDecider.OUTCOME_UNKNOWN) ? 1 : 0;
                yield new Pending(
                        e.notificationId(),
                        sending.content(),
                        e.attempt() + 1,
                        0,
                        e.retryAt(),
                        sending.unknownOutcomes() + unknown);
            }
            case NotificationSent e -> new Sent(e.customerId());
            case NotificationFailed e -> new Failed(e.customerId(), e.attempts());
            case NotificationSuppressed e -> new Suppressed(e.customerId(), e.reason(), openAttempt(state));
        };
    }

    private static int openAttempt(Notification state) {
        return state instanceof Sending sending ? sending.attempt() : 0;
    }

    private static Pending pending(Notification state) {
        if (state instanceof Pending pending) {
            return pending;
        }
        throw new IllegalStateException("the event belongs to a pending notification, this is " + state);
    }

    private static Sending sending(Notification state) {
        if (state instanceof Sending sending) {
            return sending;
        }
        throw new IllegalStateException("the event belongs to a claimed notification, this is " + state);
    }
}
