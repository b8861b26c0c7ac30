package dev.mortar.notification;

import dev.mortar.eventsourcing.FieldName;
import dev.mortar.eventsourcing.Process;
import dev.mortar.notification.NotificationCommand.RequestNotification;
import dev.mortar.notification.NotificationCommand.SupersedeNotification;
import dev.mortar.notification.NotificationContent.CodeIssue;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Turns other services' events into notifications. Some events cause none:
 *
 * <ul>
 *   <li>any event of a guest, because the shopper is unknown;
 *   <li>ready goods for a courier;
 *   <li>a no-show, because the expired pickup already causes one;
 *   <li>lines not taken at a handover, because the handover already names them.
 * </ul>
 */
final class NotificationProcess implements Process<NotificationProcess.Incoming, NotificationCommand> {

    /** The events that this service reacts to, in its own terms. */
    sealed interface Incoming {

        /** An order was confirmed. */
        record OrderConfirmed(
                @FieldName("meta.eventId") UUID eventId,
                String orderId,
                @Nullable String customerId,
                List<NotificationLine> lines,
                List<NotificationLine> rejectedLines,
                Money total)
                implements Incoming {}

        /** An order was rejected. */
        record OrderRejected(
                @FieldName("meta.eventId") UUID eventId,
                String orderId,
                @Nullable String customerId,
                EndReason reason,
                List<NotificationLine> lines)
                implements Incoming {}

        /** An order was cancelled before any goods were handed over. */
        record OrderCancelled(
                @FieldName("meta.eventId") UUID eventId,
                String orderId,
                @Nullable String customerId,
                EndReason reason,
                List<NotificationLine> lines)
                implements Incoming {}

        /**
         * Some lines of an order were cancelled.
         *
         * @param lines the cancelled units
         * @param amount the amount that the shopper no longer pays
         * @param index above 0 if the rest of the fulfilment was handed over at the same time
         */
        record OrderLinesCancelled(
                @FieldName("meta.eventId") UUID eventId,
                String orderId,
                String fulfilmentId,
                @Nullable String customerId,
                EndReason reason,
                @FieldName("cancelledLines") List<NotificationLine> lines,
                Money amount,
                @FieldName("meta.index") int index)
                implements Incoming {}

        /** The goods are staged. */
        record PickupReady(
                @FieldName("meta.eventId") UUID eventId,
                Pickup pickup,
                List<NotificationLine> lines,
                List<NotificationLine> missing,
                @Nullable Instant pickupDeadline,
                CodeIssue code)
                implements Incoming {}

        /** The pickup deadline is near. */
        record PickupReminderDue(
                @FieldName("meta.eventId") UUID eventId,
                Pickup pickup,
                List<NotificationLine> lines,
                Instant pickupDeadline,
                CodeIssue code)
                implements Incoming {}

        /** A new pickup code was issued; earlier codes are void. */
        record PickupCodeReissued(
                @FieldName("meta.eventId") UUID eventId,
                Pickup pickup,
                List<NotificationLine> lines,
                @Nullable Instant pickupDeadline,
                CodeIssue code)
                implements Incoming {}

        /** The goods were handed over. */
        record PickupHandedOver(
                @FieldName("meta.eventId") UUID eventId,
                Pickup pickup,
                List<NotificationLine> handedOver,
                List<NotificationLine> notTaken,
                int lastCodeIssue)
                implements Incoming {}

        /** The shopper did not pick the goods up in time. */
        record PickupExpired(
                @FieldName("meta.eventId") UUID eventId,
                Pickup pickup,
                List<NotificationLine> lines,
                Instant pickupDeadline,
                int lastCodeIssue)
                implements Incoming {}

        /**
         * All or some goods of a pickup were cancelled.
         *
         * @param whole true when no goods remain to hand over
         * @param lastCodeIssue last issue of the code, or null if there was none
         */
        record PickupCancelled(
                Pickup pickup, boolean whole, @Nullable Integer lastCodeIssue) implements Incoming {}

        /** A return was accepted. */
        record ReturnAccepted(
                @FieldName("meta.eventId") UUID eventId,
                String orderId,
                @Nullable String customerId,
                String locationId,
                List<NotificationLine> lines,
                Money refund)
                implements Incoming {}

        /** A notification was repeated. */
        record NotificationRepeated(String repeatId, NotificationContent content) implements Incoming {}

        /** A repeated notification is out of date. */
        record NotificationSuperseded(List<String> repeatIds) implements Incoming {}
    }

    /** The fields that every event of a pickup has. */
    record Pickup(
            String fulfilmentId,
            String orderId,
            String locationId,
            @Nullable String customerId,
            FulfilmentMethod method) {}

    private static final int FIRST_ISSUE = 1;

    @Override
    public List<NotificationCommand> react(Incoming event) {
        return switch (event) {
            case Incoming.OrderConfirmed e ->
                aboutOrder(
                        e.eventId(),
                        e.customerId(),
                        Template.ORDER_CONFIRMED,
                        e.orderId(),
                        null,
                        e.lines(),
                        e.rejectedLines(),
                        e.total(),
                        null);
            case Incoming.OrderRejected e ->
                aboutOrder(
                        e.eventId(),
                        e.customerId(),
                        Template.ORDER_REJECTED,
                        e.orderId(),
                        null,
                        e.lines(),
                        List.of(),
                        null,
                        e.reason());
            case Incoming.OrderCancelled e ->
                e.reason() == EndReason.NO_SHOW
                        ? List.of()
                        : aboutOrder(
                                e.eventId(),
                                e.customerId(),
                                Template.ORDER_CANCELLED,
                                e.orderId(),
                                null,
                                e.lines(),
                                List.of(),
                                null,
                                e.reason());
            case Incoming.OrderLinesCancelled e -> linesCancelled(e);
            case Incoming.PickupReady e -> ready(e);
            case Incoming.PickupReminderDue e -> reminder(e);
            case Incoming.PickupCodeReissued e -> reissued(e);
            case Incoming.PickupHandedOver e -> handedOver(e);
            case Incoming.PickupExpired e -> expired(e);
            case Incoming.PickupCancelled e ->
                e.whole()
                        ? supersedePickupMails(e.pickup(), e.lastCodeIssue() == null ? FIRST_ISSUE : e.lastCodeIssue())
                        : List.of();
            case Incoming.ReturnAccepted e ->
                aboutOrder(
                        e.eventId(),
                        e.customerId(),
                        Template.RETURN_ACCEPTED,
                        e.orderId(),
                        e.locationId(),
                        e.lines(),
                        List.of(),
                        e.refund(),
                        null);
            case Incoming.NotificationRepeated e -> List.of(new RequestNotification(e.repeatId(), e.content()));
            case Incoming.NotificationSuperseded e ->
                e.repeatIds().stream()
                        .<NotificationCommand>map(SupersedeNotification::new)
                        .toList();
        };
    }

    private static List<NotificationCommand> linesCancelled(Incoming.OrderLinesCancelled e) {
        String customerId = e.customerId();
        boolean inPickupMail = e.reason() == EndReason.NO_SHOW || (e.reason() == EndReason.NOT_TAKEN && e.index() > 0);
        if (customerId == null || inPickupMail) {
            return List.of();
        }
        return List.of(new RequestNotification(
                NotificationId.ofEvent(e.eventId(), customerId, Template.ORDER_LINES_CANCELLED),
                new NotificationContent(
                        e.eventId(),
                        customerId,
                        Template.ORDER_LINES_CANCELLED,
                        e.orderId(),
                        e.fulfilmentId(),
                        null,
                        null,
                        e.lines(),
                        List.of(),
                        e.amount(),
                        null,
                        null,
                        e.reason(),
                        null)));
    }

    private static List<NotificationCommand> ready(Incoming.PickupReady e) {
        String customerId = e.pickup().customerId();
        if (customerId == null || e.pickup().method() == FulfilmentMethod.DELIVERY) {
            return List.of();
        }
        return List.of(new RequestNotification(
                NotificationId.ofReady(e.pickup().fulfilmentId(), customerId),
                aboutPickup(
                        e.eventId(),
                        customerId,
                        Template.PICKUP_READY,
                        e.pickup(),
                        e.lines(),
                        e.missing(),
                        e.pickupDeadline(),
                        e.code())));
    }

    private static List<NotificationCommand> reminder(Incoming.PickupReminderDue e) {
        String customerId = e.pickup().customerId();
        if (customerId == null || e.pickup().method() == FulfilmentMethod.DELIVERY) {
            return List.of();
        }
        return List.of(new RequestNotification(
                NotificationId.ofReminder(e.pickup().fulfilmentId(), customerId),
                aboutPickup(
                        e.eventId(),
                        customerId,
                        Template.PICKUP_REMINDER,
                        e.pickup(),
                        e.lines(),
                        List.of(),
                        e.pickupDeadline(),
                        e.code())));
    }

    /** Supersedes the mails with earlier codes: the new mail contains all that they say. */
    private static List<NotificationCommand> reissued(Incoming.PickupCodeReissued e) {
        String customerId = e.pickup().customerId();
        if (customerId == null || e.pickup().method() == FulfilmentMethod.DELIVERY) {
            return List.of();
        }
        List<NotificationCommand> commands =
                new ArrayList<>(supersedePickupMails(e.pickup(), e.code().issue() - 1));
        commands.add(new RequestNotification(
                NotificationId.ofReissue(e.pickup().fulfilmentId(), e.code().issue(), customerId),
                aboutPickup(
                        e.eventId(),
                        customerId,
                        Template.PICKUP_CODE_REISSUED,
                        e.pickup(),
                        e.lines(),
                        List.of(),
                        e.pickupDeadline(),
                        e.code())));
        return List.copyOf(commands);
    }

    private static List<NotificationCommand> handedOver(Incoming.PickupHandedOver e) {
        String customerId = e.pickup().customerId();
        if (customerId == null) {
            return List.of();
        }
        // A handover by override may come before the mail with the newest code is sent.
        List<NotificationCommand> commands = new ArrayList<>(supersedePickupMails(e.pickup(), e.lastCodeIssue()));
        if (!e.handedOver().isEmpty()) {
            commands.add(new RequestNotification(
                    NotificationId.ofEvent(e.eventId(), customerId, Template.PICKUP_HANDED_OVER),
                    aboutPickup(
                            e.eventId(),
                            customerId,
                            Template.PICKUP_HANDED_OVER,
                            e.pickup(),
                            e.handedOver(),
                            e.notTaken(),
                            null,
                            null)));
        }
        return List.copyOf(commands);
    }

    private static List<NotificationCommand> expired(Incoming.PickupExpired e) {
        String customerId = e.pickup().customerId();
        if (customerId == null) {
            return List.of();
        }
        List<NotificationCommand> commands = new ArrayList<>(supersedePickupMails(e.pickup(), e.lastCodeIssue()));
        commands.add(new RequestNotification(
                NotificationId.ofEvent(e.eventId(), customerId, Template.PICKUP_EXPIRED),
                aboutPickup(
                        e.eventId(),
                        customerId,
                        Template.PICKUP_EXPIRED,
                        e.pickup(),
                        e.lines(),
                        List.of(),
                        e.pickupDeadline(),
                        null)));
        return List.copyOf(commands);
    }

    /** Supersedes every mail that calls the shopper to fetch the goods with a code up to this issue. */
    private static List<NotificationCommand> supersedePickupMails(Pickup pickup, int lastIssue) {
        String customerId = pickup.customerId();
        if (customerId == null || pickup.method() == FulfilmentMethod.DELIVERY) {
            return List.of();
        }
        List<NotificationCommand> commands = new ArrayList<>();
        commands.add(new SupersedeNotification(NotificationId.ofReady(pickup.fulfilmentId(), customerId)));
        commands.add(new SupersedeNotification(NotificationId.ofReminder(pickup.fulfilmentId(), customerId)));
        for (int issue = FIRST_ISSUE + 1; issue <= lastIssue; issue++) {
            commands.add(new SupersedeNotification(NotificationId.ofReissue(pickup.fulfilmentId(), issue, customerId)));
        }
        return commands;
    }

    private static List<NotificationCommand> aboutOrder(
            UUID eventId,
            @Nullable String customerId,
            Template template,
            String orderId,
            @Nullable String locationId,
            List<NotificationLine> lines,
            List<NotificationLine> droppedLines,
            @Nullable Money amount,
            @Nullable EndReason reason) {
        if (customerId == null) {
            return List.of();
        }
        return List.of(new RequestNotification(
                NotificationId.ofEvent(eventId, customerId, template),
                new NotificationContent(
                        eventId,
                        customerId,
                        template,
                        orderId,
                        null,
                        null,
                        locationId,
                        lines,
                        droppedLines,
                        amount,
                        null,
                        null,
                        reason,
                        null)));
    }

    private static NotificationContent aboutPickup(
            UUID eventId,
            String customerId,
            Template template,
            Pickup pickup,
            List<NotificationLine> lines,
            List<NotificationLine> droppedLines,
            @Nullable Instant pickupDeadline,
            @Nullable CodeIssue code) {
        return new NotificationContent(
                eventId,
                customerId,
                template,
                pickup.orderId(),
                pickup.fulfilmentId(),
                pickup.method(),
                pickup.locationId(),
                lines,
                droppedLines,
                null,
                pickupDeadline,
                code,
                null,
                null);
    }
}
