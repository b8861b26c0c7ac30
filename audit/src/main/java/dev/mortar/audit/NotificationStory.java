package dev.mortar.audit;

import static dev.mortar.audit.ExpectedSteps.Step.*;
import static dev.mortar.audit.Invariant.*;
import static dev.mortar.schemas.notification.Template.*;

import dev.mortar.schemas.EndReason;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.notification.*;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import dev.mortar.schemas.returns.ReturnAccepted;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** From a trigger to the notification that was sent, failed or was suppressed. */
final class NotificationStory extends Auditor {
    private static final Map<String, Trigger<?>> TRIGGERS = new HashMap<>();

    static {
        trigger(OrderConfirmed.class, ORDER_CONFIRMED, e -> content(e.getTotal(), e.getLines(), e.getRejectedLines()));
        trigger(OrderRejected.class, ORDER_REJECTED, e -> content(null, e.getLines(), List.of()));
        trigger(OrderCancelled.class, ORDER_CANCELLED, e -> content(null, e.getLines(), List.of()));
        trigger(
                OrderLinesCancelled.class,
                ORDER_LINES_CANCELLED,
                e -> content(e.getAmount(), e.getCancelledLines(), List.of()));
        trigger(FulfilmentConfirmed.class, FULFILMENT_MOVED, e -> content(null, e.getLines(), List.of()));
        trigger(PickupReady.class, PICKUP_READY, e -> content(null, e.getLines(), e.getMissing()));
        trigger(PickupReminderDue.class, PICKUP_REMINDER, e -> content(null, e.getLines(), List.of()));
        trigger(PickupCodeReissued.class, PICKUP_CODE_REISSUED, e -> content(null, e.getLines(), List.of()));
        trigger(PickupHandedOver.class, PICKUP_HANDED_OVER, e -> content(null, e.getHandedOver(), e.getNotTaken()));
        trigger(PickupExpired.class, PICKUP_EXPIRED, e -> content(null, e.getLines(), List.of()));
        trigger(PickupOverdue.class, PICKUP_DELAYED, _ -> content(null, List.of(), List.of()));
        trigger(PickupDeadlineExtended.class, PICKUP_EXTENDED, _ -> content(null, List.of(), List.of()));
        trigger(ParcelDelivered.class, PARCEL_DELIVERED, e -> content(null, e.getLines(), List.of()));
        trigger(DeliveryAttemptFailed.class, DELIVERY_FAILED, _ -> content(null, List.of(), List.of()));
        trigger(FulfilmentLost.class, PARCEL_LOST, e -> content(e.getAmount(), e.getLines(), List.of()));
        trigger(ReturnAccepted.class, RETURN_ACCEPTED, e -> content(e.getRefund(), e.getLines(), List.of()));
        trigger(NotificationRepeated.class, UNKNOWN, e -> content(e.getAmount(), e.getLines(), e.getDroppedLines()));
        var causes = EventType.named("NotificationRequested").causes();
        if (!TRIGGERS.keySet().equals(causes)) {
            throw new IllegalStateException("The content of a notification has to be known of " + causes);
        }
    }

    private final ExpectedSteps steps;
    private final NotificationAudit notifications;
    private Instant asOf = Instant.MAX;

    NotificationStory(Findings findings, ExpectedSteps steps, NotificationAudit notifications) {
        super(findings);
        this.steps = steps;
        this.notifications = notifications;
        TRIGGERS.values().forEach(this::expectAfter);
        on(NotificationRequested.class, this::requested);
        on(NotificationDue.class, event -> expectSending(event.getNotificationId(), event.getCustomerId()));
        on(
                NotificationSending.class,
                event -> expectSending(
                        event.getNotificationId(), logged().appendedAt().plus(NotificationAudit.CLAIM)));
        on(NotificationAttemptFailed.class, event -> expectSending(event.getNotificationId(), event.getRetryAt()));
        on(NotificationSent.class, event -> ended(event.getNotificationId()));
        on(NotificationFailed.class, event -> ended(event.getNotificationId()));
        on(NotificationSuppressed.class, event -> ended(event.getNotificationId()));
    }

    /** An event type that needs a notification of a template; UNKNOWN if the event names the template. */
    private record Trigger<E extends SpecificRecord>(Class<E> type, Template template, Function<E, Content> content) {
        Content of(LoggedEvent trigger) {
            return content.apply(type.cast(trigger.event()));
        }
    }

    /** The content that a trigger determines: the amount paid or given back, the goods, and those not delivered. */
    record Content(@Nullable Money amount, Map<String, Long> goods, Map<String, Long> dropped) {
        static Content of(LoggedEvent trigger) {
            return Objects.requireNonNull(TRIGGERS.get(trigger.type())).of(trigger);
        }
    }

    private static <E extends SpecificRecord> void trigger(
            Class<E> type, Template template, Function<E, Content> content) {
        TRIGGERS.put(type.getSimpleName(), new Trigger<>(type, template, content));
    }

    private static Content content(
            @Nullable Money amount, List<? extends SpecificRecord> lines, List<? extends SpecificRecord> dropped) {
        return new Content(amount, Sums.byGoods(lines), Sums.byGoods(dropped));
    }

    private <E extends SpecificRecord> void expectAfter(Trigger<E> trigger) {
        on(trigger.type, event -> {
            var customerId = logged().field("customerId");
            if (customerId != null && needsNotification(event)) {
                var template = event instanceof NotificationRepeated it ? it.getTemplate() : trigger.template;
                steps.expect(REQUEST_NOTIFICATION, customerId + " " + template, Map.of());
            }
        });
    }

    private static boolean needsNotification(SpecificRecord trigger) {
        return switch (trigger) {
            case OrderCancelled it -> it.getReason() != EndReason.NO_SHOW;
            // The expired pickup announces a no-show. The handover of other goods announces those that were not taken.
            case OrderLinesCancelled it ->
                it.getReason() != EndReason.NO_SHOW
                        && (it.getReason() != EndReason.NOT_TAKEN
                                || it.getMeta().getIndex() == 0);
            case PickupOverdue it -> it.getKind() == OverdueKind.PROMISE;
            case PickupReady it -> it.getMethod() != FulfilmentMethod.DELIVERY;
            case PickupHandedOver it -> !it.getHandedOver().isEmpty();
            default -> true;
        };
    }

    private void requested(NotificationRequested event) {
        var step = steps.take(REQUEST_NOTIFICATION, event.getCustomerId() + ' ' + event.getTemplate(), null);
        var trigger = event.getTriggerEventId();
        check(NOTIFICATION_ONCE, step != null, "Trigger %s needs no notification, or has it already", trigger);
        if (step != null) {
            var content = Content.of(step.since());
            boolean isSame = Objects.equals(event.getAmount(), content.amount)
                    && Sums.byGoods(event.getLines()).equals(content.goods)
                    && Sums.byGoods(event.getDroppedLines()).equals(content.dropped);
            check(NOTIFICATION_FITS_TRIGGER, isSame, "The content of the trigger is %s", content);
            boolean isSameReason =
                    Objects.equals(event.getReason(), step.since().field("reason"));
            boolean fits = isSameReason && fitsRepeat(event, step.since());
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
        BooleanSupplier isWaiting = () -> asOf.isBefore(until) && !notifications.canReach(customerId);
        steps.expect(SEND_NOTIFICATION, notificationId, Map.of(), from, isWaiting);
    }

    private void expectSending(String notificationId, Instant from) {
        steps.expect(SEND_NOTIFICATION, notificationId, Map.of(), from, () -> false);
    }

    private void ended(String notificationId) {
        if (steps.remove(SEND_NOTIFICATION, notificationId) != null) {
            findings.holds(NOTHING_OWED);
        }
    }

    @Override
    void finish(Instant now) {
        asOf = now;
    }
}
