package dev.mortar.notification;

import dev.mortar.values.Money;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.eventsourcing.Process;
import dev.mortar.notification.NotificationCommand.RequestNotification;
import dev.mortar.notification.NotificationCommand.SupersedeNotification;
import dev.mortar.notification.NotificationContent.CodeIssue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What other services' events call for. A guest is told nothing, for nobody knows who it is; a till sale is not
 * confirmed by mail, the shopper has the receipt; goods for a courier are not called ready. A no-show is told by the
 * expired pickup, and lines left at the counter by the handover; the order does not tell them again.
 */
final class NotificationProcess implements Process<NotificationProcess.Incoming, NotificationCommand> {

    /** Events of other services, and what repeats of notifications call for, in this service's words. */
    sealed interface Incoming {

        /** The retailer stands by an order. */
        record OrderConfirmed(
                UUID eventId,
                String orderId,
                @Nullable String customerId,
                boolean tillSale,
                List<NotificationLine> lines,
                List<NotificationLine> rejectedLines,
                Money total)
                implements Incoming {}

        /** An order was refused. */
        record OrderRejected(
                UUID eventId,
                String orderId,
                @Nullable String customerId,
                @Nullable EndReason reason,
                List<NotificationLine> lines)
                implements Incoming {}

        /** An order ended without anything handed over. */
        record OrderCancelled(
                UUID eventId,
                String orderId,
                @Nullable String customerId,
                @Nullable EndReason reason,
                List<NotificationLine> lines)
                implements Incoming {}

        /**
         * Some lines ended without being handed over.
         *
         * @param amount what the shopper no longer pays
         * @param withHandover true when the rest of the fulfilment was handed over at the same time
         */
        record OrderLinesCancelled(
                UUID eventId,
                String orderId,
                String fulfilmentId,
                @Nullable String customerId,
                @Nullable EndReason reason,
                List<NotificationLine> lines,
                Money amount,
                boolean withHandover)
                implements Incoming {}

        /** The goods lie staged. */
        record PickupReady(
                UUID eventId,
                Pickup pickup,
                List<NotificationLine> lines,
                List<NotificationLine> missing,
                @Nullable Instant pickupDeadline,
                CodeIssue code)
                implements Incoming {}

        /** The pickup deadline is near. */
        record PickupReminderDue(
                UUID eventId, Pickup pickup, List<NotificationLine> lines, Instant pickupDeadline, CodeIssue code)
                implements Incoming {}

        /** Earlier codes are void. */
        record PickupCodeReissued(
                UUID eventId,
                Pickup pickup,
                List<NotificationLine> lines,
                @Nullable Instant pickupDeadline,
                CodeIssue code)
                implements Incoming {}

        /**
         * The goods were given.
         *
         * @param codeIssue issue that was shown, or null
         * @param lastCodeIssue last issue there was, or null when pickup-service did not tell it yet
         */
        record PickupHandedOver(
                UUID eventId,
                Pickup pickup,
                List<NotificationLine> handedOver,
                List<NotificationLine> notTaken,
                @Nullable Integer codeIssue,
                @Nullable Integer lastCodeIssue)
                implements Incoming {}

        /**
         * Nobody fetched the goods.
         *
         * @param lastCodeIssue last issue there was, or null when pickup-service did not tell it yet
         */
        record PickupExpired(
                UUID eventId,
                Pickup pickup,
                List<NotificationLine> lines,
                Instant pickupDeadline,
                @Nullable Integer lastCodeIssue)
                implements Incoming {}

        /**
         * Goods go back on the shelf.
         *
         * @param whole true when none are left to hand over
         * @param lastCodeIssue last issue there was, or null when there was none or pickup-service did not tell it yet
         */
        record PickupCancelled(
                Pickup pickup, boolean whole, @Nullable Integer lastCodeIssue) implements Incoming {}

        /** Goods came back. */
        record ReturnAccepted(
                UUID eventId,
                String orderId,
                @Nullable String customerId,
                String locationId,
                List<NotificationLine> lines,
                Money refund)
                implements Incoming {}

        /** A notification is to be sent again. */
        record NotificationRepeated(String repeatId, NotificationContent content) implements Incoming {}

        /** A notification that was repeated is out of date. */
        record NotificationSuperseded(List<String> repeatIds) implements Incoming {}
    }

    /** What every event of a pickup names. */
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
                e.tillSale()
                        ? List.of()
                        : aboutOrder(
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
                e.whole() ? supersedeCalls(e.pickup(), orFirst(e.lastCodeIssue())) : List.of();
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
        boolean toldByPickup =
                e.reason() == EndReason.NO_SHOW || (e.reason() == EndReason.NOT_TAKEN && e.withHandover());
        if (customerId == null || toldByPickup) {
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

    /** Mails that would show an earlier code are superseded: this one says all they say. */
    private static List<NotificationCommand> reissued(Incoming.PickupCodeReissued e) {
        String customerId = e.pickup().customerId();
        if (customerId == null || e.pickup().method() == FulfilmentMethod.DELIVERY) {
            return List.of();
        }
        List<NotificationCommand> commands =
                new ArrayList<>(supersedeCalls(e.pickup(), e.code().issue() - 1));
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
        // Goods that leave on somebody's word may leave while the mail with a newer code is still to be sent.
        Integer last = e.lastCodeIssue() == null ? e.codeIssue() : e.lastCodeIssue();
        List<NotificationCommand> commands = new ArrayList<>(supersedeCalls(e.pickup(), orFirst(last)));
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
        List<NotificationCommand> commands = new ArrayList<>(supersedeCalls(e.pickup(), orFirst(e.lastCodeIssue())));
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

    private static int orFirst(@Nullable Integer issue) {
        return issue == null ? FIRST_ISSUE : issue;
    }

    /** Every call to fetch the goods that shows the code up to this issue. */
    private static List<NotificationCommand> supersedeCalls(Pickup pickup, int lastIssue) {
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
