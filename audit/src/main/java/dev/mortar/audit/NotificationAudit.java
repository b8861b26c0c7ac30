package dev.mortar.audit;

import static dev.mortar.audit.Invariant.NOTIFICATION_FITS_TRIGGER;
import static dev.mortar.audit.Invariant.NOTIFICATION_NOT_AFTER_ERASURE;
import static dev.mortar.audit.Invariant.NOTIFICATION_NOT_LATE;
import static dev.mortar.audit.Invariant.NOTIFICATION_ONCE;
import static dev.mortar.audit.Invariant.NOTIFICATION_SENT_ONCE;
import static dev.mortar.audit.Invariant.NOTIFICATION_TRANSITIONS;

import dev.mortar.schemas.notification.NotificationAttemptFailed;
import dev.mortar.schemas.notification.NotificationDue;
import dev.mortar.schemas.notification.NotificationFailed;
import dev.mortar.schemas.notification.NotificationRequested;
import dev.mortar.schemas.notification.NotificationSending;
import dev.mortar.schemas.notification.NotificationSent;
import dev.mortar.schemas.notification.NotificationSuppressed;
import dev.mortar.schemas.notification.Template;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupExpired;
import dev.mortar.schemas.pickup.PickupHandedOver;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Notifications: once for each trigger, claimed before they are sent, never late, never to the erased. */
final class NotificationAudit {
    private static final int UNKNOWN_OUTCOMES_MAX = 2;

    private final AuditRules rules;
    private final Findings findings;
    private final Map<String, Notification> notifications = new HashMap<>();
    private final Set<Trigger> triggers = new HashSet<>();
    private final Map<String, Calls> calls = new HashMap<>();
    private final Map<String, Instant> erased = new HashMap<>();

    NotificationAudit(AuditRules rules, Findings findings) {
        this.rules = rules;
        this.findings = findings;
    }

    private record Trigger(UUID eventId, String customerId, String channel, Template template) {}

    /** Calls to fetch the goods of a fulfilment, and its end. */
    private static final class Calls {
        /** Those made before the end was heard of: how partitions interleave must not change what is checked. */
        List<LoggedEvent> claims = List.of();

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

        Phase phase = Phase.WAITING;
        int attempt;
        int unknownOutcomes;
        boolean suppressedWhileSending;

        @Nullable
        String calledFor;

        void end(Phase phase) {
            this.phase = phase;
            requested = null;
            claim = null;
        }
    }

    void erased(String customerId, Instant at) {
        erased.put(customerId, at);
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
            var notification = new Notification();
            notification.end(early ? Phase.SUPPRESSED : Phase.WAITING);
            notifications.put(id, notification);
            return;
        }
        var notification = known;
        switch (logged.event()) {
            case NotificationDue event -> {
                boolean unknownOutcome = notification.phase == Phase.SENDING;
                if (unknownOutcome) {
                    notification.unknownOutcomes++;
                }
                step(
                        notification,
                        logged,
                        (notification.phase == Phase.WAITING || unknownOutcome)
                                && event.getAttempt() >= notification.attempt
                                && event.getAttempt() <= notification.attempt + 1);
                notification.phase = Phase.WAITING;
            }
            case NotificationSending event -> sending(notification, logged, event);
            case NotificationAttemptFailed event -> {
                step(
                        notification,
                        logged,
                        notification.phase == Phase.SENDING && event.getAttempt() == notification.attempt);
                notification.phase = Phase.WAITING;
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
                var erasedAt = erased.get(event.getCustomerId());
                if (erasedAt != null) {
                    findings.check(
                            NOTIFICATION_NOT_AFTER_ERASURE,
                            claim == null
                                    || !EventType.meta(claim).getRecordedAt().isAfter(erasedAt.plus(rules.patience())),
                            () -> "Customer " + event.getCustomerId() + " was erased at " + erasedAt,
                            claim,
                            logged);
                } else {
                    findings.holds(NOTIFICATION_NOT_AFTER_ERASURE);
                }
                notification.suppressedWhileSending = false;
                notification.end(Phase.SENT);
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
                notification.suppressedWhileSending = notification.phase == Phase.SENDING;
                notification.phase = Phase.SUPPRESSED;
                notification.requested = null;
            }
            default -> {}
        }
    }

    private void requested(LoggedEvent logged, NotificationRequested event) {
        var id = event.getNotificationId();
        var trigger = new Trigger(
                event.getTriggerEventId(),
                event.getCustomerId(),
                event.getChannel().name(),
                event.getTemplate());
        var known = notifications.get(id);
        boolean first = known == null;
        var phase = known == null ? Phase.WAITING : known.phase;
        boolean alone = triggers.add(trigger);
        findings.check(
                NOTIFICATION_ONCE,
                first && alone,
                () -> first
                        ? "A second notification " + event.getTemplate() + " for customer " + event.getCustomerId()
                                + " and event " + event.getTriggerEventId()
                        : "Notification " + id + " is requested although it is " + phase,
                known == null ? null : known.requested,
                logged);
        findings.check(
                NOTIFICATION_FITS_TRIGGER,
                event.getTriggerEventId().equals(EventType.meta(logged).getCausationId()),
                () -> "Its trigger is " + event.getTriggerEventId() + ", its cause "
                        + EventType.meta(logged).getCausationId(),
                logged);
        if (first) {
            var notification = new Notification();
            notification.requested = logged;
            boolean call = switch (event.getTemplate()) {
                case PICKUP_READY, PICKUP_REMINDER, PICKUP_CODE_REISSUED -> true;
                case UNKNOWN,
                        ORDER_CONFIRMED,
                        ORDER_REJECTED,
                        ORDER_CANCELLED,
                        PICKUP_HANDED_OVER,
                        PICKUP_EXPIRED,
                        RETURN_ACCEPTED -> false;
            };
            notification.calledFor = call ? event.getFulfilmentId() : null;
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
        notification.attempt = event.getAttempt();
        notification.claim = logged;
        if (!late) {
            notification.phase = Phase.SENDING;
        }
        if (notification.calledFor != null) {
            var call = calls.computeIfAbsent(notification.calledFor, _ -> new Calls());
            var claims = new ArrayList<>(call.claims);
            claims.add(logged);
            call.claims = claims;
            inTime(call);
        }
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

    /** Hears of the ends of pickups: from then on nobody is called to fetch them. */
    void hear(LoggedEvent logged) {
        switch (logged.event()) {
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
        var endedAt = call.endedAt;
        if (endedAt == null) {
            return;
        }
        for (var claim : call.claims) {
            var claimedAt = EventType.meta(claim).getRecordedAt();
            findings.check(
                    NOTIFICATION_NOT_LATE,
                    !claimedAt.isAfter(endedAt.plus(rules.slack())),
                    () -> "Called to fetch goods at " + claimedAt + ", which ended at " + endedAt + ": " + call.end,
                    claim);
        }
        call.claims = List.of();
    }
}
