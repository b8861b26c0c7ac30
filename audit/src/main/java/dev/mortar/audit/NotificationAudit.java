package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;

import dev.mortar.schemas.notification.*;
import dev.mortar.schemas.pickup.*;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * The promises about one notification: legal steps, sent once, and sent only to a shopper who agreed. And that no
 * shopper is called to pick up goods that are gone, or with an old pickup code. A call may follow the end of its pickup
 * by the slack, because notification-service may not know of the end yet.
 */
final class NotificationAudit extends Auditor {
    /** Time that a notification waits for a contact. */
    static final Duration CONTACT_WAIT = Duration.ofHours(1);
    /** Time after which a claim to send lapses. */
    static final Duration CLAIM = Duration.ofMinutes(5);

    private static final int UNKNOWN_OUTCOMES_MAX = 2;
    private static final int REPEATS_MAX = 3;
    private static final String OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN";

    final Aggregates<Notification> notifications = new Aggregates<>();
    /** The state of every notification that was sent, because nothing else is needed of one. */
    private final Notification sent = new Notification(null, Phase.SENT);

    private final Map<String, Contact> contacts = new HashMap<>();
    /** By fulfilment. */
    private final Map<String, Calls> calls = new HashMap<>();

    NotificationAudit(Findings findings) {
        super(findings);
        on(NotificationRequested.class, this::requested);
        known(NotificationDue.class, this::due);
        known(NotificationSending.class, this::sending);
        known(NotificationAttemptFailed.class, this::attemptFailed);
        known(NotificationSent.class, this::sent);
        known(NotificationFailed.class, this::failed);
        known(NotificationSuppressed.class, this::suppressed);
        known(NotificationRepeated.class, this::repeated);
        known(NotificationSuperseded.class, (notification, _) -> isOver(notification));
        on(PickupReady.class, event -> calls(event.getFulfilmentId()).isReady = true);
        on(
                PickupDeadlineExtended.class,
                event -> calls(event.getFulfilmentId()).extendedTo = event.getPickupDeadline());
        on(PickupCodeReissued.class, this::codeReissued);
        on(PickupHandedOver.class, event -> ended(event.getFulfilmentId(), true));
        on(PickupExpired.class, event -> ended(event.getFulfilmentId(), true));
        on(PickupCancelled.class, event -> ended(event.getFulfilmentId(), event.getWhole()));
        var services = Set.of("notification-service", "pickup-service");
        requireCompleteness(List.of(this), type -> services.contains(type.service()), """
                PickupRequested PickingStarted PickupLineShort PickupReminderDue PickupAccepted
                PickupTaskRejected PickupOverdue
                CustomerOnTheWay CustomerArrived PickupCodeRejected PickupCancellationRefused
                ParcelPacked DeliveryAttemptFailed ParcelDelivered ParcelReturned ParcelLost ParcelFound""");
    }

    /** The newest contact of a customer, and the time of its record. It is reachable if it has an address. */
    record Contact(Instant at, boolean isErased, boolean isReachable, boolean isAgreed) {}

    private enum Phase {
        WAITING,
        SENDING,
        SENT,
        FAILED,
        SUPPRESSED
    }

    static final class Notification {
        private @Nullable LoggedEvent requested;
        private @Nullable LoggedEvent claim;
        private final @Nullable String customerId;
        private Phase phase;
        private int attempt;
        private int unknownOutcomes;
        private boolean suppressedWhileSending;
        private @Nullable Instant retryAt;
        /** The fulfilment to whose goods it calls the shopper, or null. */
        private @Nullable String calledFor;

        /** The fulfilment whose delay it announces, or null. */
        private @Nullable String delayOf;

        private int codeIssue;

        Notification(@Nullable String customerId, Phase phase) {
            this.customerId = customerId;
            this.phase = phase;
        }

        boolean isIn(Phase... phases) {
            return List.of(phases).contains(phase);
        }
    }

    /** A new pickup code; the earlier ones are void from then on. */
    private record Reissue(int codeIssue, Instant at) {}

    /** A call to pick up goods that notification-service claimed to send, and the issue of its code. */
    private record Call(LoggedEvent claim, int codeIssue) {}

    /** The calls of one fulfilment. */
    private static final class Calls {
        /** The calls before the end came; the order of the partitions must not change what is checked. */
        private List<Call> open = List.of();

        private List<Reissue> reissues = List.of();
        private boolean isReady;
        /** The newest deadline, if it was extended. */
        private @Nullable Instant extendedTo;

        private @Nullable Instant endedAt;
    }

    /** Adds the newest contact of a customer; null if the customer was erased. Before the first event. */
    void contact(String customerId, Instant at, @Nullable CustomerContact contact) {
        boolean isReachable = contact != null && contact.getEmail() != null;
        boolean isAgreed = contact != null && contact.getEmailConsent();
        contacts.put(customerId, new Contact(at, contact == null, isReachable, isAgreed));
    }

    /** Whether a customer can be reached, by the newest contact. */
    boolean canReach(String customerId) {
        var contact = contacts.get(customerId);
        return contact != null && contact.isReachable;
    }

    /** The contact that notification-service had to know at a time; null if the newest may be unknown to it. */
    private @Nullable Contact knownContact(String customerId, Instant at) {
        var contact = contacts.get(customerId);
        return contact != null && at.isAfter(contact.at.plus(rules.contactLag())) ? contact : null;
    }

    /** Registers the handler of an event type that only a requested notification may have. */
    private <E extends SpecificRecord> void known(Class<E> type, BiConsumer<Notification, E> handler) {
        on(type, event -> {
            var id = (String) event.get(1);
            var known = notifications.get(id);
            var customerId = (String) logged().field("customerId");
            if (known == null) {
                // A newer event may suppress a call to pick up goods before the call is requested.
                boolean isEarly = type == NotificationSuppressed.class;
                check(NOTIFICATION_TRANSITIONS, isEarly, "%s of %s, which was never requested", logged().type(), id);
                var phase = isEarly ? Phase.SUPPRESSED : Phase.WAITING;
                notifications.put(id, new Notification(customerId, phase));
                return;
            }
            if (known.customerId != null) {
                same(REPEATS_FIRST, "customerId", customerId, known.customerId);
            }
            context(known.requested, known.claim);
            var notification = known == sent ? new Notification(null, Phase.SENT) : known;
            handler.accept(notification, event);
            notifications.put(id, notification.phase == Phase.SENT ? sent : notification);
        });
    }

    private void step(Notification notification, boolean isLegal) {
        var sentence = "%s of a notification that is %s at attempt %s";
        check(NOTIFICATION_TRANSITIONS, isLegal, sentence, logged().type(), notification.phase, notification.attempt);
    }

    private void isOver(Notification notification) {
        step(notification, notification.isIn(Phase.SENT, Phase.FAILED, Phase.SUPPRESSED));
    }

    private void requested(NotificationRequested event) {
        var id = event.getNotificationId();
        var known = notifications.get(id);
        context(known == null ? null : known.requested);
        once(NOTIFICATION_ONCE, known == null, id, "requested");
        var cause = logged().meta().getCausationId();
        var trigger = event.getTriggerEventId();
        boolean isCaused = event.getRepeatOf() != null || trigger.equals(cause);
        var sentence = "The notification names trigger %s; its cause is %s";
        check(NOTIFICATION_FITS_TRIGGER, isCaused, sentence, trigger, cause);
        if (known == null) {
            var notification = new Notification(event.getCustomerId(), Phase.WAITING);
            notification.requested = logged();
            notification.calledFor = isCall(event.getTemplate()) ? event.getFulfilmentId() : null;
            notification.delayOf = event.getTemplate() == Template.PICKUP_DELAYED ? event.getFulfilmentId() : null;
            notification.codeIssue = event.getCodeIssue() == null ? 0 : event.getCodeIssue();
            notifications.put(id, notification);
        }
    }

    private void due(Notification notification, NotificationDue event) {
        step(notification, notification.isIn(Phase.WAITING) && event.getAttempt() == notification.attempt + 1);
        var claim = notification.claim;
        var at = logged().recordedAt();
        boolean isAfterLapse = logged().meta().getIndex() > 0;
        boolean isLapsed = claim != null && !at.isBefore(claim.recordedAt().plus(CLAIM));
        check(NOTIFICATION_TRANSITIONS, !isAfterLapse || isLapsed, "The claim lapsed before %s were over", CLAIM);
        notification.retryAt = null;
    }

    private void sending(Notification notification, NotificationSending event) {
        boolean isLate = notification.isIn(Phase.SUPPRESSED);
        check(NOTIFICATION_NOT_LATE, !isLate, "%s is claimed although it is suppressed", event.getNotificationId());
        boolean isNext = notification.isIn(Phase.WAITING) && event.getAttempt() == notification.attempt + 1;
        step(notification, isLate || isNext);
        boolean mayBeSent = notification.unknownOutcomes < UNKNOWN_OUTCOMES_MAX && !notification.isIn(Phase.SENT);
        var again = "Claimed again after %s attempts of unknown outcome";
        check(NOTIFICATION_SENT_ONCE, mayBeSent, again, notification.unknownOutcomes);
        var retryAt = notification.retryAt;
        boolean isTime = retryAt == null || !logged().recordedAt().isBefore(retryAt);
        check(NOTIFICATION_TRANSITIONS, isTime, "Claimed before %s, the time of the next attempt", retryAt);
        notification.retryAt = null;
        notification.attempt = event.getAttempt();
        notification.claim = logged();
        if (!isLate) {
            notification.phase = Phase.SENDING;
        }
        if (notification.calledFor != null) {
            var called = calls(notification.calledFor);
            called.open = with(called.open, new Call(logged(), notification.codeIssue));
            checkOpen(called);
        }
    }

    private void attemptFailed(Notification notification, NotificationAttemptFailed event) {
        step(notification, notification.isIn(Phase.SENDING) && event.getAttempt() == notification.attempt);
        notification.phase = Phase.WAITING;
        notification.retryAt = event.getRetryAt();
        if (event.getCause().equals(OUTCOME_UNKNOWN)) {
            notification.unknownOutcomes++;
        }
    }

    private void sent(Notification notification, NotificationSent event) {
        // A sender may report late, after its claim lapsed or the notification failed.
        boolean isClaimed =
                notification.suppressedWhileSending || notification.isIn(Phase.SENDING, Phase.WAITING, Phase.FAILED);
        boolean isAgain = notification.isIn(Phase.SENT);
        once(NOTIFICATION_SENT_ONCE, !isAgain, event.getNotificationId(), "sent");
        boolean isAttempt = event.getAttempt() >= 1 && event.getAttempt() <= notification.attempt;
        step(notification, isAgain || (isClaimed && isAttempt));
        var claim = notification.claim;
        var customerId = event.getCustomerId();
        var contact = claim == null ? null : knownContact(customerId, claim.recordedAt());
        boolean isErased = contact != null && contact.isErased;
        check(NOTIFICATION_NOT_AFTER_ERASURE, !isErased, "Customer %s is erased: %s", customerId, contact);
        boolean isAgreed = contact == null || isErased || (contact.isReachable && contact.isAgreed);
        check(NOTIFICATION_AS_AGREED, isAgreed, "Customer %s did not agree: %s", customerId, contact);
        notification.phase = Phase.SENT;
    }

    private void failed(Notification notification, NotificationFailed event) {
        step(notification, notification.suppressedWhileSending || notification.isIn(Phase.SENDING, Phase.WAITING));
        notification.phase = Phase.FAILED;
        notification.requested = null;
        notification.claim = null;
    }

    private void suppressed(Notification notification, NotificationSuppressed event) {
        step(notification, notification.isIn(Phase.WAITING, Phase.SENDING));
        var at = logged().recordedAt();
        var requested = notification.requested;
        var contact = knownContact(event.getCustomerId(), at);
        var reason = event.getReason();
        boolean isJustified = switch (reason) {
            case NO_CONTACT -> contact == null || !contact.isReachable;
            case NO_CONSENT -> contact == null || (contact.isReachable && !contact.isAgreed);
            case SUPERSEDED -> isOutOfDate(notification, at);
            case UNKNOWN -> false;
        };
        check(NOTIFICATION_AS_AGREED, isJustified, "Suppressed because of %s; the contact is %s", reason, contact);
        boolean isWaitOver = reason != SuppressionReason.NO_CONTACT
                || notification.isIn(Phase.SENDING)
                || requested == null
                || !at.isBefore(requested.recordedAt().plus(CONTACT_WAIT));
        check(NOTIFICATION_AS_AGREED, isWaitOver, "Suppressed without a contact before %s were over", CONTACT_WAIT);
        notification.suppressedWhileSending = notification.isIn(Phase.SENDING);
        notification.phase = Phase.SUPPRESSED;
        notification.requested = null;
    }

    /** Whether a call must not be made any more, or the delay is over. */
    private boolean isOutOfDate(Notification notification, Instant at) {
        if (notification.delayOf != null) {
            var its = calls.get(notification.delayOf);
            return its != null && (its.isReady || its.endedAt != null);
        }
        if (notification.calledFor == null) {
            return false;
        }
        var its = calls.get(notification.calledFor);
        var requested = notification.requested;
        var deadline = requested != null && requested.event() instanceof NotificationRequested event
                ? event.getPickupDeadline()
                : null;
        return (deadline != null && !at.isBefore(deadline))
                || (its != null
                        && (its.endedAt != null
                                || isReplaced(deadline, its.extendedTo)
                                || its.reissues.stream().anyMatch(each -> each.codeIssue > notification.codeIssue)));
    }

    private static boolean isReplaced(@Nullable Instant deadline, @Nullable Instant extendedTo) {
        return deadline != null && extendedTo != null && deadline.isBefore(extendedTo);
    }

    private void repeated(Notification notification, NotificationRepeated event) {
        isOver(notification);
        int repeat = event.getRepeat();
        boolean isAllowed = repeat >= 1 && repeat <= REPEATS_MAX;
        check(NOTIFICATION_TRANSITIONS, isAllowed, "Repeat %s; at most %s are allowed", repeat, REPEATS_MAX);
        var its = isCall(event.getTemplate()) ? calls.get(event.getFulfilmentId()) : null;
        var endedAt = its == null ? null : its.endedAt;
        boolean isInTime = endedAt == null || !isLate(logged().recordedAt(), endedAt);
        check(NOTIFICATION_NOT_LATE, isInTime, "A call to pick up goods is repeated; they were gone at %s", endedAt);
    }

    private static boolean isCall(Template template) {
        return switch (template) {
            case PICKUP_READY, PICKUP_REMINDER, PICKUP_CODE_REISSUED, PICKUP_EXTENDED -> true;
            case UNKNOWN,
                    ORDER_CONFIRMED,
                    ORDER_REJECTED,
                    ORDER_CANCELLED,
                    PICKUP_HANDED_OVER,
                    PICKUP_EXPIRED,
                    PICKUP_DELAYED,
                    FULFILMENT_MOVED,
                    PARCEL_DELIVERED,
                    DELIVERY_FAILED,
                    PARCEL_LOST,
                    RETURN_ACCEPTED,
                    ORDER_LINES_CANCELLED -> false;
        };
    }

    private Calls calls(String fulfilmentId) {
        return calls.computeIfAbsent(fulfilmentId, _ -> new Calls());
    }

    private void codeReissued(PickupCodeReissued event) {
        var its = calls(event.getFulfilmentId());
        its.reissues = with(its.reissues, new Reissue(event.getCodeIssue(), logged().recordedAt()));
        checkOpen(its);
    }

    private void ended(String fulfilmentId, boolean isWhole) {
        var its = calls(fulfilmentId);
        if (isWhole && its.endedAt == null) {
            its.endedAt = logged().recordedAt();
            checkOpen(its);
        }
    }

    /** Checks the calls that are void or whose pickup has ended, whichever of the two events came last. */
    private void checkOpen(Calls its) {
        // Either event may come last, so the judged one is no evidence.
        var judged = logged();
        findings.judging(null);
        its.open = its.open.stream().filter(call -> isStillOpen(its, call)).toList();
        findings.judging(judged);
    }

    private boolean isStillOpen(Calls its, Call call) {
        var at = call.claim.recordedAt();
        boolean isVoid = its.reissues.stream().anyMatch(each -> each.codeIssue > call.codeIssue && isLate(at, each.at));
        if (its.endedAt == null && !isVoid) {
            return true;
        }
        context(call.claim);
        boolean isInTime = !isVoid && (its.endedAt == null || !isLate(at, its.endedAt));
        var sentence = "Called to pick up goods at %s with code %s; new codes: %s";
        check(NOTIFICATION_NOT_LATE, isInTime, sentence, at, call.codeIssue, its.reissues);
        return false;
    }

    private static <T> List<T> with(List<T> some, T more) {
        return Stream.concat(some.stream(), Stream.of(more)).toList();
    }

    private boolean isLate(Instant at, Instant since) {
        return at.isAfter(since.plus(rules.slack()));
    }
}
