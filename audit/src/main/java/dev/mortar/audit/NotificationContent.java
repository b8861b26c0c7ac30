package dev.mortar.audit;

import dev.mortar.schemas.Money;
import dev.mortar.schemas.notification.NotificationRepeated;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import dev.mortar.schemas.returns.ReturnAccepted;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * The content of a notification, as its trigger determines it.
 *
 * @param amount the amount that was paid or goes back, or null
 * @param reason name of the reason for which something ended, or null
 * @param goods the quantities that it is about, by goods
 * @param dropped the quantities that the shopper does not get, by goods
 */
record NotificationContent(
        @Nullable Money amount, @Nullable String reason, Map<String, Long> goods, Map<String, Long> dropped) {
    private static final Map<Class<?>, Function<SpecificRecord, NotificationContent>> BY_TRIGGER = new HashMap<>();

    static {
        on(OrderConfirmed.class, event -> of(event.getTotal(), null, event.getLines(), event.getRejectedLines()));
        on(OrderRejected.class, event -> of(null, event.getReason(), event.getLines(), List.of()));
        on(OrderCancelled.class, event -> of(null, event.getReason(), event.getLines(), List.of()));
        on(
                OrderLinesCancelled.class,
                event -> of(event.getAmount(), event.getReason(), event.getCancelledLines(), List.of()));
        on(PickupReady.class, event -> of(null, null, event.getLines(), event.getMissing()));
        on(PickupReminderDue.class, event -> of(null, null, event.getLines(), List.of()));
        on(PickupCodeReissued.class, event -> of(null, null, event.getLines(), List.of()));
        on(PickupHandedOver.class, event -> of(null, null, event.getHandedOver(), event.getNotTaken()));
        on(PickupExpired.class, event -> of(null, null, event.getLines(), List.of()));
        on(ReturnAccepted.class, event -> of(event.getRefund(), null, event.getLines(), List.of()));
        on(
                NotificationRepeated.class,
                event -> of(event.getAmount(), event.getReason(), event.getLines(), event.getDroppedLines()));
        var triggers = EventType.named(Set.of("NotificationRequested"))
                .iterator()
                .next()
                .causes();
        if (!BY_TRIGGER.keySet().stream()
                .map(Class::getSimpleName)
                .collect(Collectors.toSet())
                .equals(triggers)) {
            throw new IllegalStateException("The content of a notification has to be known of " + triggers);
        }
    }

    private static <E extends SpecificRecord> void on(Class<E> trigger, Function<E, NotificationContent> content) {
        BY_TRIGGER.put(trigger, event -> content.apply(trigger.cast(event)));
    }

    private static NotificationContent of(
            @Nullable Money amount,
            @Nullable Enum<?> reason,
            List<? extends SpecificRecord> lines,
            List<? extends SpecificRecord> dropped) {
        return new NotificationContent(
                amount, reason == null ? null : reason.name(), Sums.byGoods(lines), Sums.byGoods(dropped));
    }

    /** The content that a notification of this trigger has to have. */
    static NotificationContent of(LoggedEvent trigger) {
        return Objects.requireNonNull(BY_TRIGGER.get(trigger.event().getClass()))
                .apply(trigger.event());
    }
}
