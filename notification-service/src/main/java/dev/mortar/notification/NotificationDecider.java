package dev.mortar.notification;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.notification.Notification.*;
import dev.mortar.notification.NotificationCommand.*;
import dev.mortar.notification.NotificationContent.Repeat;
import dev.mortar.notification.NotificationEvent.*;
import dev.mortar.notification.NotificationRejection.*;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Decides that each mail is sent once.
 *
 * <p>{@link NotificationRequested} or {@link NotificationDue} tells senders that an attempt is due. Several senders may
 * read the event, several times. A sender claims the attempt with {@link ClaimSend}. The decider accepts one claim, and
 * only that sender may send. A sender that reads an old event finds the attempt claimed or the notification ended, and
 * sends nothing.
 *
 * <p>If a sender dies between its claim and the outcome, the claim lapses. Nobody knows whether that mail went out, so
 * it is sent once more. The second lapse ends in {@link NotificationFailed}.
 */
final class NotificationDecider implements Decider<NotificationCommand, Notification, NotificationEvent> {

    /** Cause when nobody knows whether the mail went out: the claim lapsed, or the mail server did not answer. */
    static final String OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN";

    /** Cause when no sender claimed an attempt that was due. */
    static final String NOT_CLAIMED = "NOT_CLAIMED";

    static final int MAX_ATTEMPTS = 12;

    /** A shopper may order first and give an address later. */
    static final int CONTACT_WAIT_SECONDS = 3_600;

    /** How often a notification can be repeated on request. */
    static final int MAX_REPEATS = 3;

    static final int MAX_UNKNOWN_OUTCOMES = 1;
    static final int MAX_TIMES_DUE = 12;
    static final int FIRST_RETRY_SECONDS = 10;
    static final int MAX_RETRY_SECONDS = 3_600;
    static final int FIRST_DUE_AGAIN_SECONDS = 15;
    static final int MAX_DUE_AGAIN_SECONDS = 14_400;

    /** Longer than an attempt can take ({@link NotificationSender}); otherwise a mail could be sent twice. */
    static final int CLAIM_SECONDS = 300;

    @Override
    public Notification initialState() {
        return new NotRequested();
    }

    @Override
    public Notification evolve(Notification state, NotificationEvent event) {
        return Notification.evolve(state, event);
    }

    @Override
    public Decision<NotificationEvent> decide(Notification state, NotificationCommand command, Instant now) {
        return switch (command) {
            case RequestNotification request -> request(state, request, now);
            case SupersedeNotification supersede -> supersede(state, supersede.notificationId());
            case ClaimSend claim -> claim(state, claim, now);
            case SuppressNotification suppress -> suppress(state, suppress, now);
            case RecordSent sent -> sent(state, sent);
            case RecordFailure failure -> failure(state, failure, now);
            case RepeatNotification repeat -> repeat(state, repeat, now);
            case CheckDue check -> checkDue(state, check.notificationId(), now);
        };
    }

    /** When the timer has to check the notification next; null when it has ended. */
    static @Nullable Deadline<NotificationCommand> deadline(Notification state) {
        return switch (state) {
            case Pending pending -> new Deadline<>(pending.checkAt(), new CheckDue(pending.notificationId()));
            case Sending sending -> new Deadline<>(claimLapsesAt(sending), new CheckDue(sending.notificationId()));
            case NotRequested _, Over _ -> null;
        };
    }

    /** How long senders have to claim a due attempt before the decider says again that it is due. */
    static Duration untilDueAgain(int timesDue) {
        return backOff(FIRST_DUE_AGAIN_SECONDS, MAX_DUE_AGAIN_SECONDS, timesDue);
    }

    private static Decision<NotificationEvent> request(Notification state, RequestNotification request, Instant now) {
        return switch (state) {
            case NotRequested _ ->
                accepted(new NotificationRequested(request.notificationId(), request.content(), now));
            case Pending _, Sending _, Over _ -> accepted();
        };
    }

    private static Decision<NotificationEvent> claim(Notification state, ClaimSend claim, Instant now) {
        String id = claim.notificationId();
        return switch (state) {
            case NotRequested _ -> rejected(new UnknownNotification(id));
            case Pending pending -> {
                boolean due = pending.timesDue() > 0 || !now.isBefore(pending.checkAt());
                if (!due || pending.attempt() != claim.attempt()) {
                    yield rejected(new AttemptNotDue(id, claim.attempt()));
                }
                String customerId = pending.content().customerId();
                yield isStale(pending.content(), now)
                        ? accepted(new NotificationSuppressed(id, customerId, SuppressionReason.SUPERSEDED))
                        : accepted(new NotificationSending(id, customerId, claim.attempt(), now));
            }
            case Sending _, Over _ -> rejected(new AttemptNotDue(id, claim.attempt()));
        };
    }

    /** A missing contact may still come: until the wait ends, the decider says again that the attempt is due. */
    private static Decision<NotificationEvent> suppress(
            Notification state, SuppressNotification suppress, Instant now) {
        String id = suppress.notificationId();
        SuppressionReason reason = suppress.reason();
        return switch (state) {
            case Pending pending
            when reason == SuppressionReason.NO_CONTACT
                    && now.isBefore(pending.requestedAt().plusSeconds(CONTACT_WAIT_SECONDS)) -> accepted();
            case Pending pending ->
                accepted(new NotificationSuppressed(id, pending.content().customerId(), reason));
            // A running attempt cannot be stopped, but there is no further attempt.
            case Sending sending ->
                accepted(new NotificationSuppressed(id, sending.content().customerId(), reason));
            case NotRequested _, Over _ -> accepted();
        };
    }

    private static Decision<NotificationEvent> supersede(Notification state, String id) {
        return switch (state) {
            case Pending pending ->
                accepted(new NotificationSuppressed(id, pending.content().customerId(), SuppressionReason.SUPERSEDED));
            case Sending sending ->
                accepted(new NotificationSuppressed(id, sending.content().customerId(), SuppressionReason.SUPERSEDED));
            // From now on it cannot be repeated, and its repeats must not be sent.
            case Over over
            when over.repeats().content() instanceof NotificationContent content && content.repeat() == null ->
                accepted(new NotificationSuperseded(
                        id, over.customerId(), over.repeats().ids()));
            case NotRequested _, Over _ -> accepted();
        };
    }

    private static Decision<NotificationEvent> repeat(Notification state, RepeatNotification repeat, Instant now) {
        String id = repeat.notificationId();
        return switch (state) {
            case NotRequested _ -> rejected(new UnknownNotification(id));
            case Pending _, Sending _ -> rejected(new NotificationNotOver(id));
            case Over over when over.repeats().ids().contains(repeat.repeatId()) -> accepted();
            case Over over -> {
                NotificationContent content = over.repeats().content();
                if (content == null || isStale(content, now)) {
                    yield rejected(new NotificationOutOfDate(id));
                }
                if (content.repeat() != null) {
                    yield rejected(new RepeatOfRepeat(id, content.repeat().of()));
                }
                int number = over.repeats().ids().size() + 1;
                yield number > MAX_REPEATS
                        ? rejected(new TooManyRepeats(id, MAX_REPEATS))
                        : accepted(new NotificationRepeated(
                                id, repeat.repeatId(), content.repeated(new Repeat(id, number))));
            }
        };
    }

    /** Accepts the outcome of any attempt that was made: a late outcome is better than an unknown one. */
    private static Decision<NotificationEvent> sent(Notification state, RecordSent sent) {
        String id = sent.notificationId();
        return switch (state) {
            case NotRequested _ -> rejected(new UnknownNotification(id));
            case Pending pending -> sent(sent, pending.content().customerId(), pending.attempt() - 1);
            case Sending sending -> sent(sent, sending.content().customerId(), sending.attempt());
            case Failed failed -> sent(sent, failed.customerId(), failed.attempts());
            case Suppressed suppressed -> sent(sent, suppressed.customerId(), suppressed.openAttempt());
            case Sent _ -> accepted();
        };
    }

    private static Decision<NotificationEvent> sent(RecordSent sent, String customerId, int lastAttempt) {
        return sent.attempt() <= lastAttempt
                ? accepted(new NotificationSent(sent.notificationId(), customerId, sent.attempt()))
                : rejected(new AttemptNotDue(sent.notificationId(), sent.attempt()));
    }

    private static Decision<NotificationEvent> failure(Notification state, RecordFailure failure, Instant now) {
        String id = failure.notificationId();
        return switch (state) {
            case NotRequested _ -> rejected(new UnknownNotification(id));
            case Sending sending
            when sending.attempt() == failure.attempt() -> {
                String customerId = sending.content().customerId();
                Duration wait = backOff(FIRST_RETRY_SECONDS, MAX_RETRY_SECONDS, failure.attempt());
                boolean unknownAgain =
                        failure.cause().equals(OUTCOME_UNKNOWN) && sending.unknownOutcomes() >= MAX_UNKNOWN_OUTCOMES;
                yield failure.permanent() || unknownAgain || failure.attempt() >= MAX_ATTEMPTS
                        ? accepted(new NotificationFailed(id, customerId, failure.attempt(), failure.cause()))
                        : accepted(new NotificationAttemptFailed(
                                id, customerId, failure.attempt(), failure.cause(), now.plus(wait)));
            }
            // The claim has lapsed or the notification has ended, so this outcome no longer matters.
            case Pending _, Sending _, Over _ -> accepted();
        };
    }

    private static Decision<NotificationEvent> checkDue(Notification state, String id, Instant now) {
        return switch (state) {
            case Pending pending when now.isBefore(pending.checkAt()) -> accepted();
            case Pending pending -> {
                String customerId = pending.content().customerId();
                if (isStale(pending.content(), now)) {
                    yield accepted(new NotificationSuppressed(id, customerId, SuppressionReason.SUPERSEDED));
                }
                yield pending.timesDue() >= MAX_TIMES_DUE
                        ? accepted(new NotificationFailed(id, customerId, pending.attempt() - 1, NOT_CLAIMED))
                        : accepted(new NotificationDue(id, customerId, pending.attempt(), now));
            }
            case Sending sending when now.isBefore(claimLapsesAt(sending)) -> accepted();
            case Sending sending -> {
                String customerId = sending.content().customerId();
                int attempt = sending.attempt();
                yield sending.unknownOutcomes() >= MAX_UNKNOWN_OUTCOMES || attempt >= MAX_ATTEMPTS
                        ? accepted(new NotificationFailed(id, customerId, attempt, OUTCOME_UNKNOWN))
                        : accepted(
                                new NotificationAttemptFailed(id, customerId, attempt, OUTCOME_UNKNOWN, now),
                                new NotificationDue(id, customerId, attempt + 1, now));
            }
            case NotRequested _, Over _ -> accepted();
        };
    }

    /** True when the mail would call the shopper to goods that are no longer kept. */
    private static boolean isStale(NotificationContent content, Instant now) {
        Instant deadline = content.pickupDeadline();
        return content.template().callsToPickup() && deadline != null && !now.isBefore(deadline);
    }

    private static Instant claimLapsesAt(Sending sending) {
        return sending.claimedAt().plusSeconds(CLAIM_SECONDS);
    }

    /** Doubles with each count, from the first to the maximum. */
    private static Duration backOff(int firstSeconds, int maxSeconds, int count) {
        int doublings = Math.min(Math.max(count, 1) - 1, 20);
        return Duration.ofSeconds(Math.min((long) firstSeconds << doublings, maxSeconds));
    }
}
