package dev.mortar.notification;

import static dev.mortar.notification.Template.*;

import dev.mortar.eventsourcing.FieldName;
import dev.mortar.eventsourcing.Process;
import dev.mortar.notification.NotificationCommand.*;
import dev.mortar.notification.NotificationContent.CodeIssue;
import dev.mortar.notification.NotificationProcess.Incoming.*;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

    /** What did not happen in time. */
    enum OverdueKind {
        ACCEPT,
        PICK,
        PROMISE,
        COURIER,
        DELIVERY
    }

    /** The events that this service reacts to, in its own terms. */
    sealed interface Incoming {

        record OrderConfirmed(
                OfOrder of, List<NotificationLine> lines, List<NotificationLine> rejectedLines, Money total)
                implements Incoming {}

        record OrderRejected(OfOrder of, EndReason reason, List<NotificationLine> lines) implements Incoming {}

        /** An order was cancelled before any goods were handed over. */
        record OrderCancelled(OfOrder of, EndReason reason, List<NotificationLine> lines) implements Incoming {}

        /**
         * Some lines of an order were cancelled.
         *
         * @param lines the cancelled units
         * @param amount the amount that the shopper no longer pays
         * @param index above 0 if the rest of the fulfilment was handed over at the same time
         */
        record OrderLinesCancelled(
                OfOrder of,
                String fulfilmentId,
                EndReason reason,
                @FieldName("cancelledLines") List<NotificationLine> lines,
                Money amount,
                @FieldName("meta.index") int index)
                implements Incoming {}

        /** Units of a confirmed order now leave another location. */
        record FulfilmentConfirmed(OfOrder of, Fulfilment fulfilment, List<NotificationLine> lines)
                implements Incoming {}

        /** The goods are not ready although they were promised for this time, or something else is late. */
        record PickupOverdue(Pickup pickup, OverdueKind kind) implements Incoming {}

        /** The shopper has more time to fetch the goods. */
        record PickupDeadlineExtended(Pickup pickup, Instant pickupDeadline, int extensions) implements Incoming {}

        record PickupReady(
                Pickup pickup,
                List<NotificationLine> lines,
                List<NotificationLine> missing,
                @Nullable Instant pickupDeadline,
                CodeIssue code)
                implements Incoming {}

        record PickupReminderDue(
                Pickup pickup, List<NotificationLine> lines, Instant pickupDeadline, CodeIssue code, int extensions)
                implements Incoming {}

        /** A new pickup code was issued; earlier codes are void. */
        record PickupCodeReissued(
                Pickup pickup,
                List<NotificationLine> lines,
                @Nullable Instant pickupDeadline,
                CodeIssue code,
                int extensions)
                implements Incoming {}

        record PickupHandedOver(
                Pickup pickup,
                List<NotificationLine> handedOver,
                List<NotificationLine> notTaken,
                int lastCodeIssue,
                int extensions,
                List<Parcel> parcels)
                implements Incoming {}

        /** The shopper did not pick the goods up in time. */
        record PickupExpired(
                Pickup pickup, List<NotificationLine> lines, Instant pickupDeadline, int lastCodeIssue, int extensions)
                implements Incoming {}

        /**
         * All or some goods of a pickup were cancelled.
         *
         * @param whole true when no goods remain to hand over
         * @param lastCodeIssue last issue of the code, or null if there was none
         */
        record PickupCancelled(
                Pickup pickup, boolean whole, @Nullable Integer lastCodeIssue, int extensions) implements Incoming {}

        /** A courier delivered one parcel. */
        record ParcelDelivered(Pickup pickup, List<NotificationLine> lines) implements Incoming {}

        /** A courier could not deliver a parcel in one attempt. */
        record DeliveryAttemptFailed(
                Pickup pickup, @Nullable Instant nextAttemptAt) implements Incoming {}

        /** A parcel was lost; the shopper gets the amount back. */
        record FulfilmentLost(OfOrder of, String fulfilmentId, List<NotificationLine> lines, Money amount)
                implements Incoming {}

        record ReturnAccepted(OfOrder of, String locationId, List<NotificationLine> lines, Money refund)
                implements Incoming {}

        record NotificationRepeated(String repeatId, NotificationContent content) implements Incoming {}

        /** A repeated notification is out of date. */
        record NotificationSuperseded(List<String> repeatIds) implements Incoming {}
    }

    /** The fields that every event of an order or a return has. */
    record OfOrder(
            @FieldName("meta.eventId") UUID eventId,
            String orderId,
            @Nullable String customerId) {}

    /** The fields that every event of a pickup has. */
    record Pickup(
            @FieldName("meta.eventId") UUID eventId,
            String fulfilmentId,
            String orderId,
            String locationId,
            @Nullable String customerId,
            FulfilmentMethod method) {}

    /**
     * A parcel that a courier took.
     *
     * @param trackingReference its reference at the carrier, or null
     */
    record Parcel(@Nullable String trackingReference) {}

    /**
     * A fulfilment of an order.
     *
     * @param promisedAt when the goods should be ready, or null
     */
    record Fulfilment(
            String fulfilmentId,
            FulfilmentMethod method,
            String locationId,
            @Nullable Instant promisedAt) {

        private Pickup pickup(OfOrder of) {
            return new Pickup(of.eventId(), fulfilmentId, of.orderId(), locationId, of.customerId(), method);
        }
    }

    private static final int FIRST_ISSUE = 1;

    @Override
    public List<NotificationCommand> react(Incoming event) {
        return switch (event) {
            case OrderConfirmed e ->
                aboutOrder(ORDER_CONFIRMED, e.of(), null, null, e.lines(), e.rejectedLines(), e.total(), null);
            case OrderRejected e ->
                aboutOrder(ORDER_REJECTED, e.of(), null, null, e.lines(), List.of(), null, e.reason());
            case OrderCancelled e when e.reason() == EndReason.NO_SHOW -> List.of();
            case OrderCancelled e ->
                aboutOrder(ORDER_CANCELLED, e.of(), null, null, e.lines(), List.of(), null, e.reason());
            case OrderLinesCancelled e when isInPickupMail(e) -> List.of();
            case OrderLinesCancelled e ->
                aboutOrder(
                        ORDER_LINES_CANCELLED,
                        e.of(),
                        e.fulfilmentId(),
                        null,
                        e.lines(),
                        List.of(),
                        e.amount(),
                        e.reason());
            case FulfilmentConfirmed(var of, var to, var lines) ->
                aboutPickup(FULFILMENT_MOVED, to.pickup(of), lines, List.of(), to.promisedAt(), null, 0);
            case PickupOverdue(var pickup, var kind) ->
                kind == OverdueKind.PROMISE
                        ? aboutPickup(PICKUP_DELAYED, pickup, List.of(), List.of(), null, null, 0)
                        : List.of();
            case PickupReady(var pickup, var lines, var missing, var deadline, var code) ->
                endingDelay(pickup, aboutPickup(PICKUP_READY, pickup, lines, missing, deadline, code, 0));
            case PickupReminderDue(var pickup, var lines, var deadline, var code, var extensions) ->
                aboutPickup(PICKUP_REMINDER, pickup, lines, List.of(), deadline, code, extensions);
            case PickupDeadlineExtended(var pickup, var deadline, var extensions) ->
                replacingDeadline(
                        pickup,
                        extensions - 1,
                        aboutPickup(PICKUP_EXTENDED, pickup, List.of(), List.of(), deadline, null, extensions));
            // The new mail contains all that the mails with earlier codes say.
            case PickupCodeReissued(var pickup, var lines, var deadline, var code, var extensions) ->
                superseding(
                        pickup,
                        code.issue() - 1,
                        extensions,
                        aboutPickup(PICKUP_CODE_REISSUED, pickup, lines, List.of(), deadline, code, extensions));
            // A handover by override may come before the mail with the newest code is sent.
            case PickupHandedOver(
                    var pickup,
                    var lines,
                    var notTaken,
                    var lastCodeIssue,
                    var extensions,
                    var parcels) ->
                superseding(
                        pickup,
                        lastCodeIssue,
                        extensions,
                        lines.isEmpty()
                                ? List.of()
                                : aboutPickup(
                                        PICKUP_HANDED_OVER,
                                        pickup,
                                        lines,
                                        notTaken,
                                        null,
                                        null,
                                        extensions,
                                        trackingReferences(parcels)));
            case PickupExpired(var pickup, var lines, var deadline, var lastCodeIssue, var extensions) ->
                superseding(
                        pickup,
                        lastCodeIssue,
                        extensions,
                        aboutPickup(PICKUP_EXPIRED, pickup, lines, List.of(), deadline, null, extensions));
            case PickupCancelled e when !e.whole() -> List.of();
            case PickupCancelled e ->
                e.lastCodeIssue() == null
                        ? endingDelay(e.pickup(), List.of())
                        : superseding(e.pickup(), e.lastCodeIssue(), e.extensions(), List.of());
            case ParcelDelivered(var pickup, var lines) ->
                aboutPickup(PARCEL_DELIVERED, pickup, lines, List.of(), null, null, 0);
            case DeliveryAttemptFailed(var pickup, var nextAttemptAt) ->
                aboutPickup(DELIVERY_FAILED, pickup, List.of(), List.of(), nextAttemptAt, null, 0);
            case FulfilmentLost(var of, var fulfilmentId, var lines, var amount) ->
                aboutOrder(PARCEL_LOST, of, fulfilmentId, null, lines, List.of(), amount, null);
            case ReturnAccepted e ->
                aboutOrder(RETURN_ACCEPTED, e.of(), null, e.locationId(), e.lines(), List.of(), e.refund(), null);
            case NotificationRepeated e -> List.of(new RequestNotification(e.repeatId(), e.content()));
            case NotificationSuperseded e ->
                e.repeatIds().stream()
                        .<NotificationCommand>map(SupersedeNotification::new)
                        .toList();
        };
    }

    private static boolean isInPickupMail(OrderLinesCancelled e) {
        return e.reason() == EndReason.NO_SHOW || (e.reason() == EndReason.NOT_TAKEN && e.index() > 0);
    }

    /** Supersedes the mail that the goods are late: they are ready, or there are none any more. */
    private static List<NotificationCommand> endingDelay(Pickup pickup, List<NotificationCommand> followedBy) {
        String customerId = pickup.customerId();
        if (customerId == null) {
            return followedBy;
        }
        List<NotificationCommand> commands = new ArrayList<>();
        commands.add(new SupersedeNotification(NotificationId.ofDelay(pickup.fulfilmentId(), customerId)));
        commands.addAll(followedBy);
        return commands;
    }

    /** Supersedes every mail that calls the shopper to fetch the goods with a code up to this issue. */
    private static List<NotificationCommand> superseding(
            Pickup pickup, int lastIssue, int extensions, List<NotificationCommand> followedBy) {
        String customerId = pickup.customerId();
        if (customerId == null || pickup.method() == FulfilmentMethod.DELIVERY) {
            return followedBy;
        }
        List<NotificationCommand> commands = new ArrayList<>();
        commands.add(new SupersedeNotification(NotificationId.ofReady(pickup.fulfilmentId(), customerId)));
        addMailsWithDeadline(commands, pickup.fulfilmentId(), extensions, customerId);
        for (int issue = FIRST_ISSUE + 1; issue <= lastIssue; issue++) {
            commands.add(new SupersedeNotification(NotificationId.ofReissue(pickup.fulfilmentId(), issue, customerId)));
        }
        commands.addAll(followedBy);
        return commands;
    }

    /** Supersedes the mails that say little more than an earlier deadline; those with a code stay. */
    private static List<NotificationCommand> replacingDeadline(
            Pickup pickup, int extensionsBefore, List<NotificationCommand> followedBy) {
        String customerId = pickup.customerId();
        if (customerId == null) {
            return followedBy;
        }
        List<NotificationCommand> commands = new ArrayList<>();
        addMailsWithDeadline(commands, pickup.fulfilmentId(), extensionsBefore, customerId);
        commands.addAll(followedBy);
        return commands;
    }

    private static void addMailsWithDeadline(
            List<NotificationCommand> commands, String fulfilmentId, int extensions, String customerId) {
        commands.add(new SupersedeNotification(NotificationId.ofReminder(fulfilmentId, 0, customerId)));
        for (int extension = 1; extension <= extensions; extension++) {
            commands.add(new SupersedeNotification(NotificationId.ofReminder(fulfilmentId, extension, customerId)));
            commands.add(new SupersedeNotification(NotificationId.ofExtension(fulfilmentId, extension, customerId)));
        }
    }

    private static List<NotificationCommand> aboutOrder(
            Template template,
            OfOrder of,
            @Nullable String fulfilmentId,
            @Nullable String locationId,
            List<NotificationLine> lines,
            List<NotificationLine> droppedLines,
            @Nullable Money amount,
            @Nullable EndReason reason) {
        String customerId = of.customerId();
        if (customerId == null) {
            return List.of();
        }
        NotificationContent content = new NotificationContent(
                of.eventId(),
                customerId,
                template,
                of.orderId(),
                fulfilmentId,
                null,
                locationId,
                lines,
                droppedLines,
                amount,
                null,
                null,
                reason,
                List.of(),
                null);
        return List.of(new RequestNotification(NotificationId.ofEvent(of.eventId(), customerId, template), content));
    }

    private static List<String> trackingReferences(List<Parcel> parcels) {
        return parcels.stream()
                .map(Parcel::trackingReference)
                .filter(Objects::nonNull)
                .toList();
    }

    private static List<NotificationCommand> aboutPickup(
            Template template,
            Pickup pickup,
            List<NotificationLine> lines,
            List<NotificationLine> droppedLines,
            @Nullable Instant pickupDeadline,
            @Nullable CodeIssue code,
            int extensions) {
        return aboutPickup(template, pickup, lines, droppedLines, pickupDeadline, code, extensions, List.of());
    }

    /** A mail that calls to the pickup is not for goods that a courier fetches. */
    private static List<NotificationCommand> aboutPickup(
            Template template,
            Pickup pickup,
            List<NotificationLine> lines,
            List<NotificationLine> droppedLines,
            @Nullable Instant pickupDeadline,
            @Nullable CodeIssue code,
            int extensions,
            List<String> trackingReferences) {
        String customerId = pickup.customerId();
        if (customerId == null || (template.callsToPickup() && pickup.method() == FulfilmentMethod.DELIVERY)) {
            return List.of();
        }
        NotificationContent content = new NotificationContent(
                pickup.eventId(),
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
                trackingReferences,
                null);
        return List.of(
                new RequestNotification(NotificationId.ofPickup(content, pickup.fulfilmentId(), extensions), content));
    }
}
