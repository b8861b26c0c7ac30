package dev.mortar.audit;

import dev.mortar.schemas.Money;
import dev.mortar.schemas.notification.NotificationLine;
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
import java.util.List;
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

    /** What the shopper does not get of it, by goods. */
    static Map<String, Long> droppedOf(LoggedEvent trigger) {
        return switch (trigger.event()) {
            case OrderConfirmed event -> Sums.linesByGoods(event.getRejectedLines());
            case PickupReady event -> Sums.pickedByGoods(event.getMissing());
            case PickupHandedOver event -> Sums.pickedByGoods(event.getNotTaken());
            case NotificationRepeated event -> told(event.getDroppedLines());
            default -> Map.of();
        };
    }

    private static Map<String, Long> told(List<NotificationLine> lines) {
        return Sums.sum(lines, line -> Goods.key(line.getSku(), line.getUnit()), NotificationLine::getQuantity);
    }

    /** What it is about, by goods. */
    static Map<String, Long> articlesOf(LoggedEvent trigger) {
        return switch (trigger.event()) {
            case OrderConfirmed event -> Sums.linesByGoods(event.getLines());
            case OrderRejected event -> Sums.linesByGoods(event.getLines());
            case OrderCancelled event -> Sums.linesByGoods(event.getLines());
            case PickupReady event -> Sums.pickedByGoods(event.getLines());
            case PickupReminderDue event -> Sums.pickedByGoods(event.getLines());
            case PickupCodeReissued event -> Sums.pickedByGoods(event.getLines());
            case PickupHandedOver event -> Sums.pickedByGoods(event.getHandedOver());
            case PickupExpired event -> Sums.pickedByGoods(event.getLines());
            case ReturnAccepted event -> Sums.returnedByGoods(event.getLines());
            case OrderLinesCancelled event -> Sums.linesByGoods(event.getCancelledLines());
            case NotificationRepeated event -> told(event.getLines());
            default -> Map.of();
        };
    }
}
