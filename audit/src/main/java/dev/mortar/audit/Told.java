package dev.mortar.audit;

import dev.mortar.schemas.Money;
import dev.mortar.schemas.order.OrderCancelled;
import dev.mortar.schemas.order.OrderConfirmed;
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
            default -> null;
        };
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
            default -> Map.of();
        };
    }
}
