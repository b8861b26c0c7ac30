package dev.mortar.audit;

import static dev.mortar.audit.Invariant.NOTIFICATION_AS_AGREED;
import static dev.mortar.audit.Invariant.NOTIFICATION_FITS_TRIGGER;
import static dev.mortar.audit.Invariant.NOTIFICATION_NOT_AFTER_ERASURE;
import static dev.mortar.audit.Invariant.NOTIFICATION_NOT_LATE;
import static dev.mortar.audit.Invariant.NOTIFICATION_ONCE;
import static dev.mortar.audit.Invariant.NOTIFICATION_SENT_ONCE;
import static dev.mortar.audit.Invariant.NOTIFICATION_TRANSITIONS;
import static dev.mortar.audit.Invariant.REPEATS_FIRST;

import dev.mortar.schemas.notification.NotificationAttemptFailed;
import dev.mortar.schemas.notification.NotificationDue;
import dev.mortar.schemas.notification.NotificationFailed;
import dev.mortar.schemas.notification.NotificationRepeated;
import dev.mortar.schemas.notification.NotificationRequested;
import dev.mortar.schemas.notification.NotificationSending;
import dev.mortar.schemas.notification.NotificationSent;
import dev.mortar.schemas.notification.NotificationSuperseded;
import dev.mortar.schemas.notification.NotificationSuppressed;
import dev.mortar.schemas.notification.SuppressionReason;
import dev.mortar.schemas.notification.Template;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupCodeReissued;
import dev.mortar.schemas.pickup.PickupExpired;
import dev.mortar.schemas.pickup.PickupHandedOver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Notifications: once for each trigger, claimed before they are sent, never late, never to the erased. */
final class NotificationAudit {
    private static final int UNKNOWN_OUTCOMES_MAX = 2;
    private static final String OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN";
    private static final int REPEATS_MAX = 3;
    /** How long a notification waits for a contact. */
    static final Duration CONTACT_WAIT = Duration.ofHours(1);
    /** How long a claim to send stands before it lapses. */
    static final Duration CLAIM = Duration.ofMinutes(5);

    private final AuditRules rules;
    private final Findings findings;
    private final Streams<Notification> notifications = new Streams<>();
    /** What is kept of those that were sent, the same of all: whatever still comes of one is wrong. */
    private final Notification sent = Notification.ended(Phase.SENT);

    private final Map<String, Calls> calls = new HashMap<>();
    private final Map<String, Contact> contacts = new HashMap<>();
    private final Repeats repeats;

    NotificationAudit(AuditRules rules, Findings findings) {
        this.rules = rules;
        this.findings = findings;
        repeats = new Repeats(findings, REPEATS_FIRST, List.of("customerId"), Map.of());
    }

    /**
     * What is known last of how a person can be reached.
     *
     * @param at when it was told
     * @param reachable false without an address, or when the person was erased
     * @param agreed whether the person agreed to be told
     */
    record Contact(Instant at, boolean erased, boolean reachable, boolean agreed) {}

    /** Earlier issues of the code are void from then on. */
    private record Reissue(int codeIssue, Instant at) {}

    /** A call that was claimed, and the code it shows. */
    private record Call(LoggedEvent claim, int codeIssue) {}

    /** Calls to fetch the goods of a fulfilment, and its end. */
    private static final class Calls {
        /** Those made before the end was heard of: how partitions interleave must not change what is checked. */
        List<Call> claims = List.of();

        List<Reissue> reissues = List.of();

        @Nullable
        Instant endedAt;

        @Nullable
        Place end;
    }

    private enum Phase {
        WAITING,
        SENDING,
        SENT,
        FAILED,
        SUPPRESSED
    }

    private static final class Notification {
        @Nullable
        LoggedEvent requested;

        @Nullable
        LoggedEvent claim;

        final @Nullable Object @Nullable [] about;
        Phase phase = Phase.WAITING;
        int attempt;
        int unknownOutcomes;
        boolean suppressedWhileSending;

        @Nullable
        Instant retryAt;

        @Nullable
        String calledFor;

        int codeIssue;

        Notification(@Nullable Object @Nullable [] about) {
            this.about = about;
        }

        static Notification ended(Phase phase) {
            var notification = new Notification(null);
            notification.end(phase);
            return notification;
        }

        void end(Phase phase) {
            this.phase = phase;
            requested = null;
            claim = null;
        }
    }

    void contact(String customerId, Contact contact) {
        contacts.put(customerId, contact);
    }

    void accept(LoggedEvent logged) {
        var id = (String) logged.event().get(1);
        if (logged.event() instanceof NotificationRequested event) {
            requested(logged, event);
            return;
        }
        var known = notifications.get(id);
        if (known == null) {
            // What supersedes a call to fetch goods may come before the call, and then stands for it.
            boolean early = logged.event() instanceof NotificationSuppressed;
            findings.check(
                    NOTIFICATION_TRANSITIONS,
                    early,
                    () -> logged.type() + " of notification " + id + ", which was never requested",
                    logged);
            var notification = new Notification(repeats.of(logged.event()));
            notification.end(early ? Phase.SUPPRESSED : Phase.WAITING);
            notifications.put(id, notification);
            return;
        }
        var notification = known == sent ? Notification.ended(Phase.SENT) : known;
        notifications.put(id, notification);
        if (notification.about != null) {
            repeats.check(notification.about, logged);
        }
        switch (logged.event()) {
            case NotificationDue event -> {
                step(
                        notification,
                        logged,
                        notification.phase == Phase.WAITING && event.getAttempt() == notification.attempt + 1);
                var claim = notification.claim;
                boolean lapsed = EventType.meta(logged).getIndex() > 0;
                findings.check(
                        NOTIFICATION_TRANSITIONS,
                        !lapsed
                                || (claim != null
                                        && !recordedAt(logged)
                                                .isBefore(recordedAt(claim).plus(CLAIM))),
                        () -> "The claim is said to have lapsed before " + CLAIM + " were over",
                        claim,
                        logged);
                notification.retryAt = null;
            }
            case NotificationSending event -> sending(notification, logged, event);
            case NotificationAttemptFailed event -> {
                step(
                        notification,
                        logged,
                        notification.phase == Phase.SENDING && event.getAttempt() == notification.attempt);
                notification.phase = Phase.WAITING;
                notification.retryAt = event.getRetryAt();
                if (event.getCause().equals(OUTCOME_UNKNOWN)) {
                    notification.unknownOutcomes++;
                }
            }
            case NotificationSent event -> {
                // Believed whenever it was claimed, also when the claim has lapsed or the notification was given up.
                boolean claimed = notification.phase == Phase.SENDING
                        || notification.phase == Phase.WAITING
                        || notification.phase == Phase.FAILED
                        || notification.suppressedWhileSending;
                findings.check(
                        NOTIFICATION_SENT_ONCE,
                        notification.phase != Phase.SENT,
                        () -> "Notification " + id + " is sent a second time",
                        logged);
                var claim = notification.claim;
                step(
                        notification,
                        logged,
                        notification.phase == Phase.SENT
                                || (claimed && event.getAttempt() >= 1 && event.getAttempt() <= notification.attempt));
                var contact = claim == null ? null : heardOf(event.getCustomerId(), recordedAt(claim));
                findings.check(
                        NOTIFICATION_NOT_AFTER_ERASURE,
                        contact == null || !contact.erased,
                        () -> "Customer " + event.getCustomerId() + " was erased: " + contact,
                        claim,
                        logged);
                findings.check(
                        NOTIFICATION_AS_AGREED,
                        contact == null || contact.erased || (contact.reachable && contact.agreed),
                        () -> "Customer " + event.getCustomerId() + " is told, and is known as " + contact,
                        claim,
                        logged);
                notifications.put(id, sent);
            }
            case NotificationFailed event -> {
                step(
                        notification,
                        logged,
                        notification.phase == Phase.SENDING
                                || notification.phase == Phase.WAITING
                                || notification.suppressedWhileSending);
                notification.end(Phase.FAILED);
            }
            case NotificationSuppressed event -> {
                step(notification, logged, notification.phase == Phase.WAITING || notification.phase == Phase.SENDING);
                suppressed(notification, logged, event);
                notification.suppressedWhileSending = notification.phase == Phase.SENDING;
                notification.phase = Phase.SUPPRESSED;
                notification.requested = null;
            }
            case NotificationRepeated event -> {
                isOver(notification, logged);
                findings.check(
                        NOTIFICATION_TRANSITIONS,
                        event.getRepeat() >= 1 && event.getRepeat() <= REPEATS_MAX,
                        () -> "Notification " + id + " is repeated for the time " + event.getRepeat(),
                        logged);
                var call = isCall(event.getTemplate()) ? calls.get(event.getFulfilmentId()) : null;
                var endedAt = call == null ? null : call.endedAt;
                findings.check(
                        NOTIFICATION_NOT_LATE,
                        endedAt == null || !recordedAt(logged).isAfter(endedAt.plus(rules.slack())),
                        () -> "A call to fetch goods is repeated, they were gone at " + endedAt,
                        logged);
                notifications.put(id, known);
            }
            case NotificationSuperseded event -> {
                isOver(notification, logged);
                notifications.put(id, known);
            }
            default -> {}
        }
    }

    private void isOver(Notification notification, LoggedEvent logged) {
        step(
                notification,
                logged,
                notification.phase == Phase.SENT
                        || notification.phase == Phase.FAILED
                        || notification.phase == Phase.SUPPRESSED);
    }

    private static boolean isCall(Template template) {
        return switch (template) {
            case PICKUP_READY, PICKUP_REMINDER, PICKUP_CODE_REISSUED -> true;
            case UNKNOWN,
                    ORDER_CONFIRMED,
                    ORDER_REJECTED,
                    ORDER_CANCELLED,
                    PICKUP_HANDED_OVER,
                    PICKUP_EXPIRED,
                    RETURN_ACCEPTED,
                    ORDER_LINES_CANCELLED -> false;
        };
    }

    private void requested(LoggedEvent logged, NotificationRequested event) {
        var id = event.getNotificationId();
        var known = notifications.get(id);
        boolean first = known == null;
        var phase = known == null ? Phase.WAITING : known.phase;
        findings.check(
                NOTIFICATION_ONCE,
                first,
                () -> "Notification " + id + " is requested although it is " + phase,
                known == null ? null : known.requested,
                logged);
        findings.check(
                NOTIFICATION_FITS_TRIGGER,
                event.getRepeatOf() != null
                        || event.getTriggerEventId()
                                .equals(EventType.meta(logged).getCausationId()),
                () -> "Its trigger is " + event.getTriggerEventId() + ", its cause "
                        + EventType.meta(logged).getCausationId(),
                logged);
        if (first) {
            var notification = new Notification(repeats.of(event));
            notification.requested = logged;
            notification.calledFor = isCall(event.getTemplate()) ? event.getFulfilmentId() : null;
            notification.codeIssue = event.getCodeIssue() == null ? 0 : event.getCodeIssue();
            notifications.put(id, notification);
        }
    }

    private void sending(Notification notification, LoggedEvent logged, NotificationSending event) {
        boolean late = notification.phase == Phase.SUPPRESSED;
        findings.check(
                NOTIFICATION_NOT_LATE,
                !late,
                () -> "Claimed although it was suppressed: " + event.getNotificationId(),
                logged);
        step(
                notification,
                logged,
                late || (notification.phase == Phase.WAITING && event.getAttempt() == notification.attempt + 1));
        findings.check(
                NOTIFICATION_SENT_ONCE,
                notification.unknownOutcomes < UNKNOWN_OUTCOMES_MAX && notification.phase != Phase.SENT,
                () -> "Claimed again after " + notification.unknownOutcomes + " attempts of unknown outcome",
                notification.claim,
                logged);
        var retryAt = notification.retryAt;
        findings.check(
                NOTIFICATION_TRANSITIONS,
                retryAt == null || !recordedAt(logged).isBefore(retryAt),
                () -> "Claimed before " + retryAt + ", when it was to be tried again",
                notification.claim,
                logged);
        notification.retryAt = null;
        notification.attempt = event.getAttempt();
        notification.claim = logged;
        if (!late) {
            notification.phase = Phase.SENDING;
        }
        if (notification.calledFor != null) {
            var call = calls.computeIfAbsent(notification.calledFor, _ -> new Calls());
            var claims = new ArrayList<>(call.claims);
            claims.add(new Call(logged, notification.codeIssue));
            call.claims = claims;
            inTime(call);
        }
    }

    private void suppressed(Notification notification, LoggedEvent logged, NotificationSuppressed event) {
        var at = recordedAt(logged);
        var contact = heardOf(event.getCustomerId(), at);
        boolean justified = switch (event.getReason()) {
            case NO_CONTACT -> contact == null || !contact.reachable;
            case NO_CONSENT -> contact == null || (contact.reachable && !contact.agreed);
            case SUPERSEDED -> isOutOfDate(notification, at);
            case UNKNOWN -> false;
        };
        findings.check(
                NOTIFICATION_AS_AGREED,
                justified,
                () -> "Suppressed for " + event.getReason() + "; the customer is known as " + contact,
                notification.requested,
                logged);
        var requested = notification.requested;
        findings.check(
                NOTIFICATION_AS_AGREED,
                event.getReason() != SuppressionReason.NO_CONTACT
                        || notification.phase == Phase.SENDING
                        || requested == null
                        || !at.isBefore(recordedAt(requested).plus(CONTACT_WAIT)),
                () -> "Given up for want of a contact before " + CONTACT_WAIT + " were over",
                requested,
                logged);
    }

    /** Whether a shopper can be reached, by what is known last. */
    boolean canReach(String customerId) {
        var contact = contacts.get(customerId);
        return contact != null && contact.reachable;
    }

    /** Whether a call to fetch goods is not to be made any more. */
    private boolean isOutOfDate(Notification notification, Instant at) {
        var call = notification.calledFor == null ? null : calls.get(notification.calledFor);
        return (call != null
                        && (call.end != null
                                || call.reissues.stream()
                                        .anyMatch(reissue -> reissue.codeIssue > notification.codeIssue)))
                || (notification.calledFor != null
                        && notification.requested != null
                        && notification.requested.event() instanceof NotificationRequested event
                        && event.getPickupDeadline() != null
                        && !at.isBefore(event.getPickupDeadline()));
    }

    /** The contact that the sender had to know at a time; null when it may not have heard of the newest yet. */
    private @Nullable Contact heardOf(String customerId, Instant at) {
        var contact = contacts.get(customerId);
        return contact != null && at.isAfter(contact.at.plus(rules.contactLag())) ? contact : null;
    }

    private static Instant recordedAt(LoggedEvent logged) {
        return EventType.meta(logged).getRecordedAt();
    }

    private void step(Notification notification, LoggedEvent logged, boolean legal) {
        findings.check(
                NOTIFICATION_TRANSITIONS,
                legal,
                () -> logged.type() + " of a notification that is " + notification.phase + " at attempt "
                        + notification.attempt,
                notification.requested,
                notification.claim,
                logged);
    }

    /**
     * Hears of new codes and of the ends of pickups: from then on nobody is told an old one or called to fetch them.
     */
    void hear(LoggedEvent logged) {
        switch (logged.event()) {
            case PickupCodeReissued event -> {
                var call = calls.computeIfAbsent(event.getFulfilmentId(), _ -> new Calls());
                var reissues = new ArrayList<>(call.reissues);
                reissues.add(new Reissue(event.getCodeIssue(), recordedAt(logged)));
                call.reissues = reissues;
                inTime(call);
            }
            case PickupHandedOver event -> ended(event.getFulfilmentId(), logged);
            case PickupExpired event -> ended(event.getFulfilmentId(), logged);
            case PickupCancelled event -> {
                if (event.getWhole()) {
                    ended(event.getFulfilmentId(), logged);
                }
            }
            default -> {}
        }
    }

    private void ended(String fulfilmentId, LoggedEvent logged) {
        var call = calls.computeIfAbsent(fulfilmentId, _ -> new Calls());
        if (call.end == null) {
            call.end = logged.place();
            call.endedAt = EventType.meta(logged).getRecordedAt();
            inTime(call);
        }
    }

    /**
     * Whichever of the two came last, the claim has to be older than the end, or younger by no more than the service
     * may lag behind: what it has not heard of yet it cannot heed.
     */
    private void inTime(Calls call) {
        if (call.claims.isEmpty()) {
            return;
        }
        var open = new ArrayList<Call>();
        for (var claimed : call.claims) {
            var at = recordedAt(claimed.claim);
            boolean isVoid = call.reissues.stream()
                    .anyMatch(reissue ->
                            reissue.codeIssue > claimed.codeIssue && at.isAfter(reissue.at.plus(rules.slack())));
            boolean isOver = call.endedAt != null && at.isAfter(call.endedAt.plus(rules.slack()));
            if (call.endedAt == null && !isVoid) {
                open.add(claimed);
                continue;
            }
            findings.check(
                    NOTIFICATION_NOT_LATE,
                    !isVoid && !isOver,
                    () -> "Called to fetch goods at " + at
                            + (isVoid
                                    ? " by issue " + claimed.codeIssue + " of the code, issued anew were "
                                            + call.reissues
                                    : ", which ended at " + call.endedAt + ": " + call.end),
                    claimed.claim);
        }
        call.claims = open.isEmpty() ? List.of() : open;
    }

    /** What is kept of every notification. */
    Streams<?> streams() {
        return notifications;
    }
}
