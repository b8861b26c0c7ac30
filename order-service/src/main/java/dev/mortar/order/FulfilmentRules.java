package dev.mortar.order;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.order.FulfilmentProgress.*;
import dev.mortar.order.OrderCommand.*;
import dev.mortar.order.OrderEvent.*;
import dev.mortar.order.OrderRejection.*;
import dev.mortar.values.EndReason;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.OrderLine;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the fulfilments of a confirmed order: its decider records what pickup-service and returns-service
 * decided. A report that contradicts the order is rejected, and a person has to look at it.
 */
final class FulfilmentRules {

    private FulfilmentRules() {}

    // Reports of pickup-service.

    static Decision<OrderEvent> recordCancellation(Order order, RecordCancellation command) {
        return ifOpen(order, command, command.fulfilmentId(), (contents, fulfilment) -> {
            // If pickup-service reports the whole fulfilment, all its open units end, even those not in the lines.
            List<LineQuantity> lines = command.whole() ? contents.open(fulfilment) : command.lines();
            return cancelLines(order, fulfilment, command.reason(), sumByLine(lines), command.cancellationId());
        });
    }

    static Decision<OrderEvent> recordShortPick(Order order, RecordShortPick command) {
        return ifOpen(order, command, command.fulfilmentId(), (contents, fulfilment) -> {
            OrderLine line = contents.line(command.lineId());
            return line == null
                    ? rejected(new UnknownLine("lineId", command.lineId()))
                    : cancelLines(
                            order, fulfilment, EndReason.SHORT_PICK, List.of(line.units(command.missing())), null);
        });
    }

    static Decision<OrderEvent> recordNoShow(Order order, RecordNoShow command) {
        return ifOpen(
                order,
                command,
                command.fulfilmentId(),
                (contents, fulfilment) ->
                        cancelLines(order, fulfilment, EndReason.NO_SHOW, contents.open(fulfilment), null));
    }

    static Decision<OrderEvent> recordHandover(Order order, RecordHandover command) {
        if (order instanceof Order.Known known
                && known.contents().fulfilment(command.fulfilmentId()) instanceof Fulfilment fulfilment
                && known.contents().progress(fulfilment) instanceof Cancelled
                && !command.handedOver().isEmpty()) {
            // Goods left after their fulfilment was cancelled: a person has to look at this.
            return rejected(new FulfilmentNotOpen(command.fulfilmentId(), "CANCELLED"));
        }
        return ifOpen(order, command, command.fulfilmentId(), (contents, fulfilment) -> {
            List<LineQuantity> taken = sumByLine(command.handedOver());
            OrderRejection excess = checkUnits(contents, fulfilment, taken);
            if (excess != null) {
                return rejected(excess);
            }
            if (taken.isEmpty()) {
                return cancelLines(order, fulfilment, EndReason.NOT_TAKEN, contents.open(fulfilment), null);
            }
            Draft draft = Draft.of(order).then(handover(contents, fulfilment, taken, command.handedOverAt()));
            List<LineQuantity> notTaken = draft.contents().open(fulfilment);
            if (!notTaken.isEmpty()) {
                draft = draft.then(linesCancelled(draft.contents(), fulfilment, EndReason.NOT_TAKEN, notTaken, null));
            }
            return completeIfClosed(draft).accepted();
        });
    }

    static Decision<OrderEvent> recordRefusal(Order order, RecordCancellationRefusal command) {
        return switch (order) {
            case Order.Unplaced _ -> unknown(command);
            case Order.Known known -> {
                Cancellation cancellation = known.contents().cancellation(command.cancellationId());
                yield cancellation != null && cancellation.awaits(command.fulfilmentId())
                        ? accepted(new OrderCancellationRefused(
                                command.orderId(), command.cancellationId(), command.fulfilmentId()))
                        : accepted();
            }
        };
    }

    private interface OpenFulfilment {
        Decision<OrderEvent> decide(OrderContents contents, Fulfilment fulfilment);
    }

    /** Applies the rule to an open fulfilment of a confirmed order. If the fulfilment has ended, nothing happens. */
    private static Decision<OrderEvent> ifOpen(
            Order order, OrderCommand command, String fulfilmentId, OpenFulfilment rule) {
        return switch (order) {
            case Order.Unplaced _ -> unknown(command);
            case Order.Known known -> {
                Fulfilment fulfilment = known.contents().fulfilment(fulfilmentId);
                if (fulfilment == null) {
                    yield unknownFulfilment(known.contents(), fulfilmentId);
                }
                if (order instanceof Order.Placed) {
                    yield rejected(new FulfilmentNotOpen(fulfilmentId, "not confirmed"));
                }
                yield known.contents().progress(fulfilment) instanceof Reserved
                        ? rule.decide(known.contents(), fulfilment)
                        : accepted();
            }
        };
    }

    private static Decision<OrderEvent> cancelLines(
            Order order,
            Fulfilment fulfilment,
            EndReason reason,
            List<LineQuantity> lines,
            @Nullable String cancellationId) {
        OrderContents contents = Order.contents(order);
        OrderRejection excess = checkUnits(contents, fulfilment, lines);
        if (excess != null) {
            return rejected(excess);
        }
        if (lines.isEmpty()) {
            return accepted();
        }
        Draft ended = Draft.of(order).then(linesCancelled(contents, fulfilment, reason, lines, cancellationId));
        return ended.contents().nothingOpen() && !ended.contents().anyHandedOver()
                ? accepted(cancelled(contents, reason, List.of()))
                : completeIfClosed(ended).accepted();
    }

    static OrderCancelled cancelled(OrderContents contents, EndReason reason, List<Fulfilment> reserved) {
        List<OrderLine> lines = contents.linesOf(
                contents.fulfilmentsThat(fulfilment -> !(contents.progress(fulfilment) instanceof Rejected)));
        return new OrderCancelled(contents.orderId(), contents.requested().customerId(), reason, reserved, lines);
    }

    private static OrderLinesCancelled linesCancelled(
            OrderContents contents,
            Fulfilment fulfilment,
            EndReason reason,
            List<LineQuantity> lines,
            @Nullable String cancellationId) {
        return new OrderLinesCancelled(
                contents.orderId(),
                contents.requested().customerId(),
                fulfilment.fulfilmentId(),
                reason,
                lines,
                contents.amount(lines),
                cancellationId,
                lines.stream().map(contents::part).toList());
    }

    static FulfilmentHandedOver handover(
            OrderContents contents, Fulfilment fulfilment, List<LineQuantity> units, Instant at) {
        return new FulfilmentHandedOver(
                contents.orderId(),
                fulfilment.fulfilmentId(),
                contents.requested().customerId(),
                contents.requested().channel(),
                fulfilment.method(),
                fulfilment.locationId(),
                at,
                units.stream().map(contents::part).toList(),
                contents.requested().paymentReference());
    }

    /** Completes the order if no unit is open and at least one was handed over. */
    static Draft completeIfClosed(Draft draft) {
        OrderContents contents = draft.contents();
        return contents.nothingOpen() && contents.anyHandedOver()
                ? draft.then(new OrderCompleted(
                        contents.orderId(),
                        contents.requested().customerId(),
                        contents.handedOver(),
                        contents.cancelled()))
                : draft;
    }

    // Reports of returns-service.

    static Decision<OrderEvent> recordReturn(Order order, RecordReturn command) {
        return switch (order) {
            case Order.Unplaced _ -> unknown(command);
            case Order.Known known -> {
                OrderContents contents = known.contents();
                if (contents.returnIds().contains(command.returnId())) {
                    yield accepted();
                }
                List<LineQuantity> lines = sumByLine(command.lines());
                for (LineQuantity units : lines) {
                    OrderLine line = contents.line(units.lineId());
                    if (line == null) {
                        yield rejected(new UnknownLine("lines", units.lineId()));
                    }
                    long possible = contents.progress(line).handedOver()
                            - contents.progress(line).returned();
                    if (units.quantity() > possible) {
                        yield rejected(new TooManyUnits(line.lineId(), units.quantity(), possible));
                    }
                }
                boolean whole = contents.returned(command.returnId(), lines).lines().values().stream()
                        .allMatch(progress -> progress.returned() == progress.handedOver());
                yield accepted(
                        new OrderReturned(command.orderId(), command.returnId(), lines, command.refund(), whole));
            }
        };
    }

    // Reports that contradict the order. They are rejected, and a person has to look at them.

    static Decision<OrderEvent> unknown(OrderCommand command) {
        return rejected(new UnknownOrder(command.orderId()));
    }

    static Decision<OrderEvent> unknownFulfilment(OrderContents contents, String fulfilmentId) {
        return rejected(new UnknownFulfilment(contents.orderId(), fulfilmentId));
    }

    private static @Nullable OrderRejection checkUnits(
            OrderContents contents, Fulfilment fulfilment, List<LineQuantity> lines) {
        for (LineQuantity units : lines) {
            OrderLine line = contents.line(units.lineId());
            if (line == null || !fulfilment.lineIds().contains(units.lineId())) {
                return new UnknownLine("lines", units.lineId());
            }
            if (units.quantity() > contents.open(line)) {
                return new TooManyUnits(line.lineId(), units.quantity(), contents.open(line));
            }
        }
        return null;
    }

    /** Adds up the quantities of each line. */
    private static List<LineQuantity> sumByLine(Collection<LineQuantity> lines) {
        Map<String, LineQuantity> sums = new LinkedHashMap<>();
        for (LineQuantity units : lines) {
            sums.merge(
                    units.lineId(),
                    units,
                    (one, other) -> new LineQuantity(one.lineId(), one.sku(), one.quantity() + other.quantity()));
        }
        return List.copyOf(sums.values());
    }
}
