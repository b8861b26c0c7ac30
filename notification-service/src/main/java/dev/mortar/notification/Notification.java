package dev.mortar.notification;

import dev.mortar.notification.NotificationEvent.*;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a notification. After its end, the state is kept for ever to recognise redeliveries. The content is kept
 * for repeats until it is out of date.
 *
 * <pre>
 * NotRequested → Pending ⇄ Sending → Sent | Failed
 *                Pending | Sending → Suppressed
 * </pre>
 */
public sealed interface Notification {

    record NotRequested() implements Notification {}

    /**
     * The next attempt is pending.
     *
     * @param attempt number of the next attempt
     * @param timesDue how many events said that the attempt is due; 0 before it is due
     * @param checkAt when the attempt is due, or when the decider says so again
     * @param unknownOutcomes claims that lapsed without an outcome
     */
    record Pending(
            String notificationId,
            NotificationContent content,
            int attempt,
            int timesDue,
            Instant checkAt,
            int unknownOutcomes,
            Instant requestedAt)
            implements Notification {}

    record Sending(
            String notificationId,
            NotificationContent content,
            int attempt,
            Instant claimedAt,
            int unknownOutcomes,
            Instant requestedAt)
            implements Notification {}

    sealed interface Over extends Notification {
        String customerId();

        Repeats repeats();
    }

    /**
     * The content to repeat, and the repeats so far.
     *
     * @param content null when it is out of date
     * @param ids ids of the repeats, oldest first
     */
    record Repeats(@Nullable NotificationContent content, List<String> ids) {

        private Repeats and(String id) {
            List<String> more = new ArrayList<>(ids);
            more.add(id);
            return new Repeats(content, more);
        }

        private Repeats outOfDate() {
            return new Repeats(null, ids);
        }
    }

    /** The mail server accepted the mail. */
    record Sent(String customerId, Repeats repeats) implements Over {}

    /**
     * The decider gave the notification up.
     *
     * @param attempts attempts made; the outcome of one may still be unknown, and it may have succeeded
     */
    record Failed(String customerId, int attempts, Repeats repeats) implements Over {}

    /**
     * The notification is not sent.
     *
     * @param openAttempt the claimed attempt that may still succeed, or 0
     */
    record Suppressed(String customerId, SuppressionReason reason, int openAttempt, Repeats repeats) implements Over {}

    /** The state after the event. */
    static Notification evolve(Notification state, NotificationEvent event) {
        return switch (event) {
            case NotificationRequested e ->
                new Pending(e.notificationId(), e.content(), 1, 1, dueAgainAt(e.at(), 1), 0, e.at());
            case NotificationDue e -> {
                Pending pending = in(Pending.class, state);
                int timesDue = pending.timesDue() + 1;
                yield new Pending(
                        e.notificationId(),
                        pending.content(),
                        e.attempt(),
                        timesDue,
                        dueAgainAt(e.at(), timesDue),
                        pending.unknownOutcomes(),
                        pending.requestedAt());
            }
            case NotificationSending e -> {
                Pending pending = in(Pending.class, state);
                yield new Sending(
                        e.notificationId(),
                        pending.content(),
                        e.attempt(),
                        e.at(),
                        pending.unknownOutcomes(),
                        pending.requestedAt());
            }
            case NotificationAttemptFailed e -> {
                Sending sending = in(Sending.class, state);
                int unknown = e.cause().equals(NotificationDecider.OUTCOME_UNKNOWN) ? 1 : 0;
                yield new Pending(
                        e.notificationId(),
                        sending.content(),
                        e.attempt() + 1,
                        0,
                        e.retryAt(),
                        sending.unknownOutcomes() + unknown,
                        sending.requestedAt());
            }
            case NotificationSent e -> new Sent(e.customerId(), repeats(state));
            case NotificationFailed e -> new Failed(e.customerId(), e.attempts(), repeats(state));
            case NotificationSuppressed e -> {
                Repeats repeats = repeats(state);
                int openAttempt = state instanceof Sending sending ? sending.attempt() : 0;
                boolean outOfDate = e.reason() == SuppressionReason.SUPERSEDED;
                yield new Suppressed(
                        e.customerId(), e.reason(), openAttempt, outOfDate ? repeats.outOfDate() : repeats);
            }
            case NotificationRepeated e ->
                with(in(Over.class, state), repeats(state).and(e.repeatId()));
            case NotificationSuperseded e ->
                with(in(Over.class, state), repeats(state).outOfDate());
        };
    }

    /** The content of a mail that calls the shopper to ready goods and is still true; null for any other. */
    static @Nullable NotificationContent callToPickup(Notification state) {
        NotificationContent content =
                state instanceof NotRequested ? null : repeats(state).content();
        return content != null && content.template().callsToPickup() && content.repeat() == null ? content : null;
    }

    private static Instant dueAgainAt(Instant at, int timesDue) {
        return at.plus(NotificationDecider.untilDueAgain(timesDue));
    }

    private static Repeats repeats(Notification state) {
        return switch (state) {
            case Pending pending -> new Repeats(pending.content(), List.of());
            case Sending sending -> new Repeats(sending.content(), List.of());
            case Over over -> over.repeats();
            case NotRequested _ -> throw new IllegalStateException("the event needs a requested notification");
        };
    }

    private static Notification with(Over over, Repeats repeats) {
        return switch (over) {
            case Sent sent -> new Sent(sent.customerId(), repeats);
            case Failed failed -> new Failed(failed.customerId(), failed.attempts(), repeats);
            case Suppressed suppressed ->
                new Suppressed(suppressed.customerId(), suppressed.reason(), suppressed.openAttempt(), repeats);
        };
    }

    private static <S extends Notification> S in(Class<S> needed, Notification state) {
        if (needed.isInstance(state)) {
            return needed.cast(state);
        }
        throw new IllegalStateException(
                "the event needs a notification that is " + needed.getSimpleName() + ", but the state is " + state);
    }
}
