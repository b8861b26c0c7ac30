package dev.mortar.order;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;
import static dev.mortar.order.FulfilmentRules.ifOpen;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.order.OrderCommand.*;
import dev.mortar.order.OrderEvent.*;
import dev.mortar.order.OrderRejection.UnknownLine;
import dev.mortar.order.SourcingRun.Trigger;
import dev.mortar.values.EndReason;
import dev.mortar.values.LinePart;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.OrderLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules for units that a location of a confirmed order no longer has, or does not work on. The order looks for
 * another location if it may. Otherwise it cancels the units, or asks pickup-service to cancel them.
 */
final class LossRules {

    private LossRules() {}

    static Decision<OrderEvent> recordShortPick(Order order, RecordShortPick command, Instant now) {
        return ifOpen(order, command, command.fulfilmentId(), (contents, fulfilment) -> {
            OrderLine line = contents.line(command.lineId());
            return line == null
                    ? rejected(new UnknownLine("lineId", command.lineId()))
                    : moveOrCancel(
                            order,
                            fulfilment,
                            Trigger.SHORT_PICK,
                            EndReason.SHORT_PICK,
                            List.of(line.units(command.missing())),
                            null,
                            now);
        });
    }

    /** The location no longer has these units. The order looks for another one; if it may not, it cancels them. */
    static Decision<OrderEvent> moveOrCancel(
            Order order,
            Fulfilment fulfilment,
            Trigger trigger,
            EndReason reason,
            List<LineQuantity> lines,
            @Nullable String cancellationId,
            Instant now) {
        OrderContents contents = Order.contents(order);
        if (lines.isEmpty()
                || FulfilmentRules.checkUnits(contents, fulfilment, lines) != null
                || !RunRules.mayRun(contents, fulfilment, now)) {
            return FulfilmentRules.cancelLines(order, fulfilment, reason, lines, cancellationId);
        }
        List<LinePart> units = contents.of(fulfilment).last(lines);
        return RunRules.again(
                        RunRules.keepOld(Draft.of(order), fulfilment),
                        new RunRules.Need(fulfilment, trigger, units, reason, cancellationId),
                        now.plus(RunRules.DECIDE_WITHIN))
                .accepted();
    }

    static Decision<OrderEvent> recordBrokenReservation(Order order, RecordBrokenReservation command) {
        return ifOpen(
                order,
                command,
                command.fulfilmentId(),
                (contents, fulfilment) -> askBecauseLost(
                        order, fulfilment, "shortfall", command.reason(), ofShortfall(contents, fulfilment)));
    }

    /** Inventory-service no longer has some of the reserved units. */
    static Decision<OrderEvent> recordReducedReservation(Order order, RecordReducedReservation command) {
        return ifOpen(
                order,
                command,
                command.fulfilmentId(),
                (contents, fulfilment) -> askBecauseLost(
                        order,
                        fulfilment,
                        "shortfall-" + command.reduction(),
                        command.reason(),
                        lost(ofShortfall(contents, fulfilment), command.lost())));
    }

    /**
     * The units that a shortfall may concern. A request to let them go to another location may still be refused, so it
     * does not count.
     */
    private static List<LineQuantity> ofShortfall(OrderContents contents, Fulfilment fulfilment) {
        return RunRules.isAsked(contents, fulfilment) ? contents.open(fulfilment) : contents.cancellable(fulfilment);
    }

    private static Decision<OrderEvent> askBecauseLost(
            Order order, Fulfilment fulfilment, String why, EndReason reason, List<LineQuantity> lines) {
        Draft draft = RunRules.isAsked(Order.contents(order), fulfilment)
                ? Draft.of(order)
                : RunRules.keepOld(Draft.of(order), fulfilment);
        return askToCancel(draft, fulfilment, why, reason, lines).accepted();
    }

    /** A store rejected its task. If the order may not look for another store, the task is cancelled. */
    static Decision<OrderEvent> recordStoreRejection(Order order, RecordStoreRejection command, Instant now) {
        return ifOpen(order, command, command.fulfilmentId(), (contents, fulfilment) -> {
            if (contents.heldRun(fulfilment) != null) {
                return accepted();
            }
            return mayLeave(contents, fulfilment, now)
                    ? lookElsewhere(order, fulfilment, Trigger.STORE_REJECTED, now)
                    : askBecauseRejected(Draft.of(order), fulfilment).accepted();
        });
    }

    /** A store did not accept its task or did not pick the goods in time. */
    static Decision<OrderEvent> recordOverdue(Order order, RecordOverdue command, Instant now) {
        return ifOpen(
                order,
                command,
                command.fulfilmentId(),
                (contents, fulfilment) -> contents.heldRun(fulfilment) == null && mayLeave(contents, fulfilment, now)
                        ? lookElsewhere(order, fulfilment, Trigger.OVERDUE, now)
                        : accepted());
    }

    /** Whether the order may look for another location for all open units; no request covers some of them already. */
    private static boolean mayLeave(OrderContents contents, Fulfilment fulfilment, Instant now) {
        return RunRules.mayRun(contents, fulfilment, now)
                && contents.cancellable(fulfilment).equals(contents.open(fulfilment));
    }

    private static Decision<OrderEvent> lookElsewhere(
            Order order, Fulfilment fulfilment, Trigger trigger, Instant now) {
        OrderContents contents = Order.contents(order);
        List<LinePart> units = contents.of(fulfilment).last(contents.open(fulfilment));
        return RunRules.again(
                        Draft.of(order),
                        new RunRules.Need(fulfilment, trigger, units, EndReason.NO_SOURCE, null),
                        now.plus(RunRules.DECIDE_WITHIN))
                .accepted();
    }

    static Draft askBecauseRejected(Draft draft, Fulfilment fulfilment) {
        return askToCancel(
                draft,
                fulfilment,
                "rejected",
                EndReason.NO_SOURCE,
                draft.contents().cancellable(fulfilment));
    }

    /** @param why tells this request from others about the fulfilment; the order asks once for each */
    private static Draft askToCancel(
            Draft draft, Fulfilment fulfilment, String why, EndReason reason, List<LineQuantity> lines) {
        String cancellationId = fulfilment.fulfilmentId() + "-" + why;
        return lines.isEmpty() || draft.contents().cancellation(cancellationId) != null
                ? draft
                : draft.then(new OrderCancellationRequested(
                        draft.contents().orderId(),
                        cancellationId,
                        reason,
                        List.of(new Cancellation.Part(fulfilment.fulfilmentId(), lines)),
                        false));
    }

    /** The lost units by line; the last line of a SKU loses its units first. */
    private static List<LineQuantity> lost(List<LineQuantity> units, List<RecordReducedReservation.LostUnits> lost) {
        List<LineQuantity> lines = new ArrayList<>();
        for (RecordReducedReservation.LostUnits missing : lost) {
            long left = missing.quantity();
            for (LineQuantity line : units.reversed()) {
                long taken = line.sku().equals(missing.sku()) ? Math.min(left, line.quantity()) : 0;
                if (taken > 0) {
                    lines.add(new LineQuantity(line.lineId(), line.sku(), taken));
                    left -= taken;
                }
            }
        }
        return lines;
    }
}
