package dev.mortar.audit;

import dev.mortar.schemas.Money;
import dev.mortar.schemas.notification.NotificationRepeated;
import dev.mortar.schemas.order.OrderCancelled;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.schemas.order.OrderLinesCancelled;
import dev.mortar.schemas.order.OrderRejected;
import dev.mortar.schemas.pickup.PickupCodeReissued;
import dev.mortar.schemas.pickup.PickupExpired;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupReady;
import dev.mortar.schemas.pickup.PickupReminderDue;
import dev.mortar.schemas.returns.ReturnAccepted;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a shopper is told of an event. */
final class Told {
    private Told() {}

    /** What was paid or goes back. */
    static @Nullable Money amountOf(LoggedEvent trigger) {
        return switch (trigger.event()) {
            case OrderConfirmed event -> event.getTotal();
            case ReturnAccepted event -> event.getRefund();
            case OrderLinesCancelled event -> event.getAmount();
            case NotificationRepeated event -> event.getAmount();
            default -> null;
        };
    }

    /** By name, why something ended; null when nothing did or the reason is not told. */
    static @Nullable String reasonOf(LoggedEvent trigger) {
        var reason = switch (trigger.event()) {
            case OrderRejected event -> event.getReason();
            case OrderCancelled event -> event.getReason();
            case OrderLinesCancelled event -> event.getReason();
            case NotificationRepeated event -> event.getReason();
            default -> null;
        };
        return reason == null ? null : reason.name();
    }

    /** What the shopper does not get of it, by SKU. */
    static Map<String, Long> droppedOf(LoggedEvent trigger) {
        return switch (trigger.event()) {
            case OrderConfirmed event -> Sums.linesBySku(event.getRejectedLines());
            case PickupReady event -> Sums.pickedBySku(event.getMissing());
            case PickupHandedOver event -> Sums.pickedBySku(event.getNotTaken());
            case NotificationRepeated event -> Sums.sum(event.getDroppedLines(), l -> l.getSku(), l -> l.getQuantity());
            default -> Map.of();
        };
    }

    /** What it is about, by SKU. */
    static Map<String, Long> articlesOf(LoggedEvent trigger) {
        return switch (trigger.event()) {
            case OrderConfirmed event -> Sums.linesBySku(event.getLines());
            case OrderRejected event -> Sums.linesBySku(event.getLines());
            case OrderCancelled event -> Sums.linesBySku(event.getLines());
            case PickupReady event -> Sums.pickedBySku(event.getLines());
            case PickupReminderDue event -> Sums.pickedBySku(event.getLines());
            case PickupCodeReissued event -> Sums.pickedBySku(event.getLines());
            case PickupHandedOver event -> Sums.pickedBySku(event.getHandedOver());
            case PickupExpired event -> Sums.pickedBySku(event.getLines());
            case ReturnAccepted event -> Sums.sum(event.getLines(), l -> l.getSku(), l -> l.getQuantity());
            case OrderLinesCancelled event -> Sums.sum(event.getLines(), l -> l.getSku(), l -> l.getQuantity());
            case NotificationRepeated event -> Sums.sum(event.getLines(), l -> l.getSku(), l -> l.getQuantity());
            default -> Map.of();
        };
    }
}
