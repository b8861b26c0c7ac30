package dev.mortar.audit;

import static dev.mortar.schemas.FulfilmentMethod.PICKUP;

import dev.mortar.audit.Stories.Order;
import dev.mortar.schemas.EndReason;
import dev.mortar.schemas.inventory.ReleaseReason;
import dev.mortar.schemas.inventory.ReservationConfirmed;
import dev.mortar.schemas.inventory.ReservationPicked;
import dev.mortar.schemas.notification.NotificationRequested;
import dev.mortar.schemas.notification.NotificationSuperseded;
import dev.mortar.schemas.notification.Template;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** A log that keeps all promises: stories of the time of a task: rejected, late, extended, ended by a timer. */
final class TaskStories {

    private TaskStories() {}

    static void happenOn(Stories day) {
        rejected(day);
        late(day);
    }

    /** The store accepts, and then cannot do it. The order finds no other store. */
    private static void rejected(Stories day) {
        var order = Stories.order("o40", PICKUP, "A", 1);
        day.ordered(order);
        day.write(null, order.facts().event(PickupAccepted.class));
        day.picking(order);
        var rejecting = order.facts().with("reason", TaskRejectionReason.EQUIPMENT);
        var rejected = day.write(null, rejecting.event(PickupTaskRejected.class));
        day.cancel(order, rejected, EndReason.NO_SOURCE, EndReason.NO_SOURCE, true);
    }

    /** The goods are ready after the promised time. The shopper needs more time, and then fetches them. */
    private static void late(Stories day) {
        var order = Stories.order("o41", PICKUP, "A", 1);
        var customer = "customer-o41";
        var requested = (PickupRequested) promised(day, order).event();
        var promisedAt = Objects.requireNonNull(requested.getPromisedAt());
        var task = order.facts().with("lines", order.picks(1));
        overdue(day, order, OverdueKind.PICK, Objects.requireNonNull(requested.getPickBy()));
        day.picking(order);
        var delayed = overdue(day, order, OverdueKind.PROMISE, promisedAt);
        day.mail(delayed, Template.PICKUP_DELAYED);
        var deadline = day.now.plus(Duration.ofMinutes(10));
        var staged = task.with("pickupDeadline", deadline).with("codeIssue", 1).with("codeKeyId", "k1");
        var ready = day.write(null, staged.event(PickupReady.class));
        day.write(ready, staged.event(ReservationPicked.class));
        day.mail(ready, Template.PICKUP_READY);
        day.write(ready, superseded(day, Template.PICKUP_DELAYED, customer));
        var until = deadline.plus(Duration.ofDays(2));
        var extending = task.with("pickupDeadline", until)
                .with("previous", deadline)
                .with("extensions", 1)
                .with("byShopper", true);
        var extended = day.write(null, extending.event(PickupDeadlineExtended.class));
        day.mail(extended, Template.PICKUP_EXTENDED);
        day.now = deadline.plusSeconds(60);
        var given = staged.with("extensions", 1)
                .with("handedOverAt", day.now)
                .with("handedOver", order.picks(1))
                .with("lastCodeIssue", 1);
        var handedOver = day.write(null, given.with("pickupDeadline", null).event(PickupHandedOver.class));
        day.mail(handedOver, Template.PICKUP_HANDED_OVER);
        day.write(handedOver, superseded(day, Template.PICKUP_EXTENDED, customer));
        day.booked(order, handedOver, 1, 0);
        day.completed(order, handedOver, 1, 0);
    }

    /** An order that is confirmed, and promised in 20 minutes; gives its task. */
    static LoggedEvent promised(Stories day, Order order) {
        var promisedAt = day.now.plus(Duration.ofMinutes(20));
        var group =
                Fulfilment.newBuilder(order.group()).setPromisedAt(promisedAt).build();
        var facts = order.facts().with("fulfilments", List.of(group));
        var decideBy = day.now.plus(Duration.ofMinutes(30));
        var placed = day.write(
                null, facts.with("locationId", null).with("decideBy", decideBy).event(OrderPlaced.class));
        var confirmed = day.write(day.reserved(order, placed), facts.event(OrderConfirmed.class));
        day.mail(confirmed, Template.ORDER_CONFIRMED);
        day.write(confirmed, facts.event(ReservationConfirmed.class));
        var pickBy = day.now.plusMillis(1).plus(Duration.ofMinutes(15));
        var task = order.facts().with("lines", order.picks(1));
        return day.write(
                confirmed,
                task.with("promisedAt", promisedAt)
                        .with("pickBy", pickBy)
                        .with("endBy", pickBy.plus(Duration.ofDays(2)))
                        .event(PickupRequested.class));
    }

    static LoggedEvent overdue(Stories day, Order order, OverdueKind kind, Instant dueAt) {
        day.now = dueAt;
        var facts = order.facts().with("kind", kind).with("dueAt", dueAt);
        return day.write(null, facts.event(PickupOverdue.class));
    }

    /** A log of its own: a task that nobody works on ends by a timer. */
    static Stories forgotten() {
        var day = new Stories();
        day.register(Stories.OSLO);
        day.receive(Stories.OSLO, "A", 10);
        var order = Stories.order("o42", PICKUP, "A", 1);
        day.ordered(order);
        day.now = day.now.plus(Duration.ofDays(3));
        var cancelled = day.pickupCancelled(order, null, 1, true, EndReason.NOT_PICKED_IN_TIME);
        day.released(order, cancelled, ReleaseReason.PICKUP_CANCELLED);
        day.orderCancelled(order, cancelled, EndReason.NOT_PICKED_IN_TIME);
        return day;
    }

    private static NotificationSuperseded superseded(Stories day, Template template, String customer) {
        var id = day.events().stream()
                .filter(event -> event.event() instanceof NotificationRequested requested
                        && requested.getTemplate() == template
                        && customer.equals(requested.getCustomerId()))
                .findFirst()
                .orElseThrow()
                .key();
        return new NotificationSuperseded(null, id, customer, List.of());
    }
}
