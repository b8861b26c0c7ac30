package dev.mortar.pickup;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.pickup.Fulfilment.Method;
import dev.mortar.pickup.Pickup.*;
import dev.mortar.pickup.PickupCommand.*;
import dev.mortar.pickup.PickupEvent.*;
import dev.mortar.pickup.PickupRejection.*;
import dev.mortar.values.EndReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules that give every task an end: the store accepts or rejects it, things become overdue, and a timer ends each
 * open pickup. All times are compared with the clock of the log.
 */
final class TaskRules {

    /** A courier is overdue this long after the goods were ready. */
    static final int COURIER_OVERDUE_DAYS = 2;

    /** A delivery that no courier fetched is cancelled this long after the goods were ready. */
    static final int COURIER_END_DAYS = 7;

    /** A task is at risk this long before its goods should be picked. */
    static final int AT_RISK_MINUTES = 30;

    /** A shopper can move the pickup deadline by at most this. */
    static final int SHOPPER_EXTENSION_MAX_DAYS = 2;

    /** Extended or not, goods are kept at most this long after they were ready. */
    static final int KEPT_MAX_DAYS = 30;

    private TaskRules() {}

    static Decision<PickupEvent> accept(Pickup pickup, AcceptTask command) {
        return switch (pickup) {
            case Requested open -> accepted(new PickupAccepted(open.fulfilment()));
            case Rejected open -> accepted(new PickupAccepted(open.fulfilment()));
            case Accepted _, Picking _ -> accepted();
            case Unknown _, Ready _, Ended _ -> PickupDecider.wrongState(pickup, command);
        };
    }

    static Decision<PickupEvent> reject(Pickup pickup, RejectTask command) {
        return switch (pickup) {
            case Requested open -> accepted(new PickupTaskRejected(open.fulfilment(), command.reason()));
            case Accepted open -> accepted(new PickupTaskRejected(open.fulfilment(), command.reason()));
            case Picking open -> accepted(new PickupTaskRejected(open.fulfilment(), command.reason()));
            case Rejected open when open.reason() == command.reason() -> accepted();
            case Unknown _, Rejected _, Ready _, Ended _ -> PickupDecider.wrongState(pickup, command);
        };
    }

    /** Moves the deadline of ready goods. The first in the log stands: the extension or the expiry. */
    static Decision<PickupEvent> extend(Ready ready, Instant deadline, ExtendDeadline command, Instant now) {
        String id = command.fulfilmentId();
        Instant until = command.until();
        if (ready.extensions() > 0 && until.equals(deadline)) {
            return accepted();
        }
        if (command.byShopper() && ready.extendedByShopper()) {
            return rejected(new AlreadyExtended(id, deadline));
        }
        if (!until.isAfter(now) || !until.isAfter(deadline)) {
            return rejected(new DeadlineNotLater(id, "until", deadline));
        }
        Instant limit = command.byShopper()
                ? deadline.plus(Duration.ofDays(SHOPPER_EXTENSION_MAX_DAYS))
                : ready.readyAt().plus(Duration.ofDays(KEPT_MAX_DAYS));
        return until.isAfter(limit)
                ? rejected(new DeadlineTooLate(id, "until", limit))
                : accepted(new PickupDeadlineExtended(
                        ready.fulfilment(), until, deadline, ready.extensions() + 1, command.byShopper()));
    }

    /** Everything that is due now: the end alone, or the delays and the reminder. */
    static Decision<PickupEvent> checkDeadline(Open pickup, Instant now) {
        Instant endsAt = endsAt(pickup);
        if (endsAt != null && !now.isBefore(endsAt)) {
            return accepted(end(pickup));
        }
        List<PickupEvent> due = new ArrayList<>();
        stillToCome(pickup).entrySet().stream()
                .filter(each -> !now.isBefore(each.getValue()))
                .sorted(Map.Entry.comparingByValue())
                .forEach(each -> due.add(new PickupOverdue(pickup.fulfilment(), each.getKey(), each.getValue())));
        if (pickup instanceof Ready ready) {
            Instant deadline = ready.pickupDeadline();
            Instant remindAt = ready.remindAt();
            if (deadline != null && remindAt != null && !now.isBefore(remindAt)) {
                due.add(new PickupReminderDue(
                        ready.fulfilment(),
                        ready.goods().remaining(),
                        deadline,
                        ready.code().issue(),
                        ready.code().keyId(),
                        ready.extensions()));
            }
        }
        return accepted(due);
    }

    /** When {@link #checkDeadline} has the next event; null if it has none. */
    static @Nullable Instant nextDue(Open pickup) {
        Instant endsAt = endsAt(pickup);
        Instant remindAt = pickup instanceof Ready ready ? ready.remindAt() : null;
        return Stream.of(
                        endsAt == null ? List.<Instant>of() : List.of(endsAt),
                        stillToCome(pickup).values(),
                        remindAt == null ? List.<Instant>of() : List.of(remindAt))
                .flatMap(Collection::stream)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** Whether the store is late now: it did not accept, pick or stage the goods in time. */
    static boolean isOverdue(Open pickup, Instant now) {
        return !(pickup instanceof Ready) && dueAt(pickup).values().stream().anyMatch(dueAt -> !now.isBefore(dueAt));
    }

    /** Whether the goods have to be picked soon and are not ready. */
    static boolean isAtRisk(Open pickup, Instant now) {
        Instant pickBy = pickup.goods().times().pickBy();
        return !(pickup instanceof Ready)
                && pickBy != null
                && now.isBefore(pickBy)
                && !pickBy.isAfter(now.plus(Duration.ofMinutes(AT_RISK_MINUTES)));
    }

    /** When the pickup ends if nothing else happens. */
    private static @Nullable Instant endsAt(Open pickup) {
        return switch (pickup) {
            case Ready ready when ready.pickupDeadline() instanceof Instant deadline -> deadline;
            case Ready ready -> ready.readyAt().plus(Duration.ofDays(COURIER_END_DAYS));
            case Requested _, Accepted _, Picking _, Rejected _ ->
                pickup.goods().times().endBy();
        };
    }

    private static PickupEvent end(Open pickup) {
        return switch (pickup) {
            case Ready ready
            when ready.pickupDeadline() instanceof Instant deadline ->
                new PickupExpired(
                        ready.fulfilment(),
                        ready.goods().remaining(),
                        deadline,
                        ready.code().issue(),
                        ready.extensions());
            case Ready ready -> PickupDecider.cancelled(ready, EndReason.NOT_FETCHED);
            case Requested _, Accepted _, Picking _, Rejected _ ->
                PickupDecider.cancelled(pickup, EndReason.NOT_PICKED_IN_TIME);
        };
    }

    /** What can still be recorded as overdue, and when. */
    private static Map<OverdueKind, Instant> stillToCome(Open pickup) {
        Map<OverdueKind, Instant> dueAt = dueAt(pickup);
        dueAt.keySet().removeAll(pickup.goods().overdue());
        return dueAt;
    }

    /** What is expected of the store or the courier in this state, and until when. */
    private static Map<OverdueKind, Instant> dueAt(Open pickup) {
        TaskTimes times = pickup.goods().times();
        Map<OverdueKind, Instant> dueAt = new EnumMap<>(OverdueKind.class);
        switch (pickup) {
            case Requested _ -> {
                putIfSet(dueAt, OverdueKind.ACCEPT, times.acceptBy());
                putIfSet(dueAt, OverdueKind.PICK, times.pickBy());
                putIfSet(dueAt, OverdueKind.PROMISE, times.promisedAt());
            }
            case Accepted _, Picking _, Rejected _ -> {
                putIfSet(dueAt, OverdueKind.PICK, times.pickBy());
                putIfSet(dueAt, OverdueKind.PROMISE, times.promisedAt());
            }
            case Ready ready -> {
                if (ready.fulfilment().method() == Method.DELIVERY) {
                    dueAt.put(OverdueKind.COURIER, ready.readyAt().plus(Duration.ofDays(COURIER_OVERDUE_DAYS)));
                }
            }
        }
        return dueAt;
    }

    private static void putIfSet(Map<OverdueKind, Instant> dueAt, OverdueKind kind, @Nullable Instant at) {
        if (at != null) {
            dueAt.put(kind, at);
        }
    }
}
