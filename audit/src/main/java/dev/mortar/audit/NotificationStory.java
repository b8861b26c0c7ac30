package dev.mortar.audit;

import static dev.mortar.audit.ExpectedSteps.Step.REQUEST_NOTIFICATION;
import static dev.mortar.audit.ExpectedSteps.Step.SEND_NOTIFICATION;
import static dev.mortar.audit.Invariant.*;

import dev.mortar.schemas.EndReason;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.notification.*;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import dev.mortar.schemas.returns.ReturnAccepted;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** From a trigger to the notification that was sent, failed or was suppressed. */
final class NotificationStory extends Story {
    private final NotificationAudit notifications;
    private Instant asOf = Instant.MAX;

    NotificationStory(Findings findings, ExpectedSteps steps, NotificationAudit notifications) {
        super(findings, steps);
        this.notifications = notifications;
        on(OrderConfirmed.class, event -> expect(event.getCustomerId(), Template.ORDER_CONFIRMED));
        on(OrderRejected.class, event -> expect(event.getCustomerId(), Template.ORDER_REJECTED));
        on(OrderCancelled.class, this::cancelled);
        on(OrderLinesCancelled.class, this::linesCancelled);
        on(PickupReady.class, this::ready);
        on(PickupReminderDue.class, event -> expect(event.getCustomerId(), Template.PICKUP_REMINDER));
        on(PickupCodeReissued.class, event -> expect(event.getCustomerId(), Template.PICKUP_CODE_REISSUED));
        on(PickupHandedOver.class, this::handedOver);
        on(PickupExpired.class, event -> expect(event.getCustomerId(), Template.PICKUP_EXPIRED));
        on(ReturnAccepted.class, event -> expect(event.getCustomerId(), Template.RETURN_ACCEPTED));
        on(NotificationRepeated.class, event -> expect(event.getCustomerId(), event.getTemplate()));
        on(NotificationRequested.class, this::requested);
        on(NotificationDue.class, event -> expectSending(event.getNotificationId(), event.getCustomerId()));
        on(NotificationSending.class, this::sending);
        on(NotificationAttemptFailed.class, this::attemptFailed);
        on(NotificationSent.class, event -> ended(event.getNotificationId()));
        on(NotificationFailed.class, event -> ended(event.getNotificationId()));
        on(NotificationSuppressed.class, event -> ended(event.getNotificationId()));
    }

    private void cancelled(OrderCancelled event) {
        if (event.getReason() != EndReason.NO_SHOW) {
            expect(event.getCustomerId(), Template.ORDER_CANCELLED);
        }
    }

    private void linesCancelled(OrderLinesCancelled event) {
        // The expired pickup announces a no-show. The handover of the other goods announces those that were not taken.
        boolean isAnnounced = event.getReason() == EndReason.NO_SHOW
                || (event.getReason() == EndReason.NOT_TAKEN && logged().meta().getIndex() > 0);
        if (!isAnnounced) {
            expect(event.getCustomerId(), Template.ORDER_LINES_CANCELLED);
        }
    }

    private void ready(PickupReady event) {
        if (event.getMethod() != FulfilmentMethod.DELIVERY) {
            expect(event.getCustomerId(), Template.PICKUP_READY);
        }
    }

    private void handedOver(PickupHandedOver event) {
        if (!event.getHandedOver().isEmpty()) {
            expect(event.getCustomerId(), Template.PICKUP_HANDED_OVER);
        }
    }

    private void expect(@Nullable String customerId, Template template) {
        if (customerId != null) {
            steps.expect(REQUEST_NOTIFICATION, customerId + ' ' + template, Map.of());
        }
    }

    private void requested(NotificationRequested event) {
        var step = steps.take(REQUEST_NOTIFICATION, event.getCustomerId() + ' ' + event.getTemplate(), null);
        var trigger = event.getTriggerEventId();
        check(NOTIFICATION_ONCE, step != null, "Trigger %s needs no notification, or has it already", trigger);
        if (step != null) {
            var content = NotificationContent.of(step.since());
            boolean isSame = Objects.equals(event.getAmount(), content.amount())
                    && Sums.byGoods(event.getLines()).equals(content.goods())
                    && Sums.byGoods(event.getDroppedLines()).equals(content.dropped());
            check(NOTIFICATION_FITS_TRIGGER, isSame, "The content of the trigger is %s", content);
            var reason = event.getReason() == null ? null : event.getReason().name();
            boolean fits = Objects.equals(reason, content.reason()) && fitsRepeat(event, step.since());
            var sentence = "The trigger has another reason than %s, or is not repeat %s of %s";
            check(NOTIFICATION_FITS_TRIGGER, fits, sentence, event.getReason(), event.getRepeat(), event.getRepeatOf());
        }
        expectSending(event.getNotificationId(), event.getCustomerId());
    }

    private static boolean fitsRepeat(NotificationRequested event, LoggedEvent trigger) {
        return trigger.event() instanceof NotificationRepeated repeated
                ? repeated.getRepeatId().equals(event.getNotificationId())
                        && repeated.getNotificationId().equals(event.getRepeatOf())
                        && Objects.equals(repeated.getRepeat(), event.getRepeat())
                        && repeated.getTriggerEventId().equals(event.getTriggerEventId())
                : event.getRepeatOf() == null && event.getRepeat() == null;
    }

    /** Expects the sending, which may wait while the customer has no contact. */
    private void expectSending(String notificationId, String customerId) {
        var from = logged().appendedAt();
        var until = from.plus(NotificationAudit.CONTACT_WAIT).plus(NotificationAudit.CONTACT_WAIT);
        steps.expectWithoutCause(
                SEND_NOTIFICATION,
                notificationId,
                Map.of(),
                from,
                () -> asOf.isBefore(until) && !notifications.canReach(customerId));
    }

    private void sending(NotificationSending event) {
        expectSending(event.getNotificationId(), logged().appendedAt().plus(NotificationAudit.CLAIM));
    }

    private void attemptFailed(NotificationAttemptFailed event) {
        expectSending(event.getNotificationId(), event.getRetryAt());
    }

    private void expectSending(String notificationId, Instant from) {
        steps.expectWithoutCause(SEND_NOTIFICATION, notificationId, Map.of(), from, () -> false);
    }

    private void ended(String notificationId) {
        if (steps.removeWithoutCause(SEND_NOTIFICATION, notificationId) != null) {
            findings.holds(NOTHING_OWED);
        }
    }

    @Override
    void finish(Instant now) {
        asOf = now;
    }
}
