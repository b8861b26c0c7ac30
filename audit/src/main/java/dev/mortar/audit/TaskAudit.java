package dev.mortar.audit;

import static dev.mortar.audit.ExpectedSteps.Step.REQUEST_PICKUP;
import static dev.mortar.audit.Invariant.*;

import dev.mortar.schemas.EndReason;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.pickup.*;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The promises about the time of tasks: each delay is recorded, and every task and every reservation ends. */
final class TaskAudit extends Auditor {
    private static final Duration PICK_BEFORE_PROMISE = Duration.ofMinutes(15);
    private static final Duration PICK_WITHOUT_PROMISE = Duration.ofHours(24);
    private static final Duration PICK_MIN = Duration.ofMinutes(15);
    private static final Duration END_AFTER_PICK_BY = Duration.ofDays(2);
    private static final Duration COURIER_OVERDUE = Duration.ofDays(2);
    private static final Duration COURIER_END = Duration.ofDays(7);

    private final Fulfilments fulfilments;
    private final ExpectedSteps steps;
    private final PickupAudit pickups;
    /** Tasks that have not ended, by fulfilment. */
    private final Map<String, Task> open = new HashMap<>();

    TaskAudit(Findings findings, Fulfilments fulfilments, ExpectedSteps steps, PickupAudit pickups) {
        super(findings);
        this.pickups = pickups;
        this.fulfilments = fulfilments;
        this.steps = steps;
        on(PickupRequested.class, this::requested);
        on(PickupAccepted.class, event -> of(event.getFulfilmentId(), task -> task.acceptBy = null));
        on(PickupTaskRejected.class, event -> of(event.getFulfilmentId(), task -> task.acceptBy = null));
        on(PickingStarted.class, event -> of(event.getFulfilmentId(), task -> task.acceptBy = null));
        on(PickupReady.class, event -> of(event.getFulfilmentId(), task -> ready(task, event)));
        on(
                PickupDeadlineExtended.class,
                event -> of(event.getFulfilmentId(), task -> task.endBy = event.getPickupDeadline()));
        on(PickupOverdue.class, event -> of(event.getFulfilmentId(), task -> overdue(task, event)));
        on(PickupHandedOver.class, event -> open.remove(event.getFulfilmentId()));
        on(PickupExpired.class, event -> open.remove(event.getFulfilmentId()));
        on(PickupCancelled.class, this::cancelled);
        requireCompleteness("pickup-service", """
                PickupLineShort PickupReminderDue PickupCodeReissued CustomerOnTheWay CustomerArrived
                PickupCodeRejected PickupCancellationRefused ParcelPacked DeliveryAttemptFailed ParcelDelivered
                ParcelReturned ParcelLost ParcelFound""");
    }

    /** A time is null if nothing can become overdue at it any more. */
    private static final class Task {
        private final LoggedEvent requested;
        private @Nullable Instant acceptBy;
        private @Nullable Instant pickBy;
        private @Nullable Instant promisedAt;
        private @Nullable Instant courierBy;
        private @Nullable Instant endBy;
        private EndReason endReason = EndReason.NOT_PICKED_IN_TIME;
        private final Set<OverdueKind> overdue = EnumSet.noneOf(OverdueKind.class);

        Task(LoggedEvent requested, PickupRequested event) {
            this.requested = requested;
            acceptBy = event.getAcceptBy();
            pickBy = event.getPickBy();
            promisedAt = event.getPromisedAt();
            endBy = event.getEndBy();
        }

        @Nullable
        Instant dueAt(OverdueKind kind) {
            return switch (kind) {
                case ACCEPT -> acceptBy;
                case PICK -> pickBy;
                case PROMISE -> promisedAt;
                case COURIER -> courierBy;
                // ParcelAudit judges the delay of a delivery, which comes after the end of its task.
                case UNKNOWN, DELIVERY -> null;
            };
        }
    }

    private void of(String fulfilmentId, Consumer<Task> handler) {
        var task = open.get(fulfilmentId);
        if (task != null) {
            context(task.requested);
            handler.accept(task);
        }
    }

    private void requested(PickupRequested event) {
        var id = event.getFulfilmentId();
        if (open.containsKey(id) || pickups.isEnded(id)) {
            return;
        }
        open.put(id, new Task(logged(), event));
        var at = logged().recordedAt();
        var promisedAt = event.getPromisedAt();
        var wished = promisedAt == null ? at.plus(PICK_WITHOUT_PROMISE) : promisedAt.minus(PICK_BEFORE_PROMISE);
        var earliest = at.plus(PICK_MIN);
        var pickBy = wished.isBefore(earliest) ? earliest : wished;
        boolean isRight = pickBy.equals(event.getPickBy())
                && pickBy.plus(END_AFTER_PICK_BY).equals(event.getEndBy());
        var sentence = "Promised at %s and requested at %s, to be picked by %s and to end by %s";
        check(TASK_ENDS, isRight, sentence, promisedAt, at, event.getPickBy(), event.getEndBy());
    }

    private void ready(Task task, PickupReady event) {
        boolean isDelivery = event.getMethod() == FulfilmentMethod.DELIVERY;
        var at = logged().recordedAt();
        task.acceptBy = null;
        task.pickBy = null;
        task.promisedAt = null;
        task.courierBy = isDelivery ? at.plus(COURIER_OVERDUE) : null;
        task.endBy = isDelivery ? at.plus(COURIER_END) : event.getPickupDeadline();
        task.endReason = isDelivery ? EndReason.NOT_FETCHED : EndReason.UNKNOWN;
    }

    private void overdue(Task task, PickupOverdue event) {
        var kind = event.getKind();
        var at = logged().recordedAt();
        var dueAt = task.dueAt(kind);
        boolean isFirst = task.overdue.add(kind);
        boolean isRight = isFirst && event.getDueAt().equals(dueAt) && !at.isBefore(event.getDueAt());
        var sentence = "%s is overdue since %s, recorded at %s; it is due at %s; recorded before: %s";
        check(TASK_OVERDUE, isRight, sentence, kind, event.getDueAt(), at, dueAt, !isFirst);
    }

    private void cancelled(PickupCancelled event) {
        of(event.getFulfilmentId(), task -> {
            var reason = event.getReason();
            if (reason == EndReason.NOT_PICKED_IN_TIME || reason == EndReason.NOT_FETCHED) {
                var at = logged().recordedAt();
                boolean isRight =
                        reason == task.endReason && event.getWhole() && task.endBy != null && !at.isBefore(task.endBy);
                var sentence = "Ended at %s because of %s; it ends at %s because of %s";
                check(TASK_ENDS, isRight, sentence, at, reason, task.endBy, task.endReason);
            }
        });
        if (event.getWhole()) {
            open.remove(event.getFulfilmentId());
        }
    }

    /** Tasks that should have ended, and confirmed reservations of which nothing would ever end. */
    @Override
    void finish(Instant asOf) {
        open.forEach((id, task) -> {
            context(task.requested);
            boolean isInTime =
                    task.endBy == null || task.endBy.plus(rules.slack()).isAfter(asOf);
            check(TASK_ENDS, isInTime, "pickup-service has not ended the task of %s by %s", id, task.endBy);
        });
        var owed = new HashSet<String>();
        steps.about(REQUEST_PICKUP).forEach(about -> owed.add(about.substring(0, about.lastIndexOf(' '))));
        for (var id : fulfilments.confirmed) {
            if (fulfilments.reserved.contains(id)) {
                var task = open.get(id);
                context(task == null ? null : task.requested);
                boolean ends = task == null ? pickups.isEnded(id) || owed.contains(id) : task.endBy != null;
                check(RESERVATION_HAS_DEADLINE, ends, "Nothing ends the reservation of %s", id);
            }
        }
    }
}
