package dev.mortar.order;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.order.FulfilmentProgress.*;
import dev.mortar.order.OrderCommand.*;
import dev.mortar.order.OrderEvent.*;
import dev.mortar.order.OrderRejection.*;
import dev.mortar.order.SourcingRun.Trigger;
import dev.mortar.values.EndReason;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the fulfilments of a confirmed order: its decider records what pickup-service and returns-service
 * decided. A report that contradicts the order is rejected, and a person has to look at it.
 */
final class FulfilmentRules {

    private FulfilmentRules() {}

    // Reports of pickup-service.

    static Decision<OrderEvent> recordCancellation(Order order, RecordCancellation command, Instant now) {
        return ifOpen(order, command, command.fulfilmentId(), (contents, fulfilment) -> {
            Draft moved = RunRules.moved(order, fulfilment, command.cancellationId());
            if (moved != null) {
                return moved.accepted();
            }
            // If pickup-service reports the whole fulfilment, all its open units end, even those not in the lines.
            List<LineQuantity> lines = sumByLine(command.whole() ? contents.open(fulfilment) : command.lines());
            EndReason reason = reason(contents, command);
            return looksAgain(command.reason(), reason)
                    ? LossRules.moveOrCancel(
                            order, fulfilment, Trigger.STOCK_SHORTFALL, reason, lines, command.cancellationId(), now)
                    : cancelLines(order, fulfilment, reason, lines, command.cancellationId());
        });
    }

    /** A request to let units go to another location may be answered after that location has lost them. */
    private static EndReason reason(OrderContents contents, RecordCancellation command) {
        if (command.reason() != EndReason.MOVED) {
            return command.reason();
        }
        return switch (RunRules.withdrawnMove(contents, command.cancellationId())) {
            case CANCELLED_BY_SHOPPER -> EndReason.CANCELLED_BY_SHOPPER;
            case CANCELLED_BY_RETAILER -> EndReason.CANCELLED_BY_RETAILER;
            case OLD_PLACE_KEPT, NOT_ANSWERED_IN_TIME -> EndReason.NO_SOURCE;
            case null -> EndReason.NO_SOURCE;
        };
    }

    private static boolean looksAgain(EndReason reported, EndReason reason) {
        return switch (reported) {
            case STOCK_SHORTFALL, SOLD_AT_TILL -> true;
            case MOVED -> reason == EndReason.NO_SOURCE;
            default -> false;
        };
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
                && (known.contents().progress(fulfilment) instanceof Cancelled
                        || known.contents().progress(fulfilment) instanceof Moved)
                && !command.handedOver().isEmpty()) {
            // Goods left after their fulfilment was cancelled or moved: a person has to look at this.
            return rejected(new FulfilmentNotOpen(
                    command.fulfilmentId(),
                    OrderResponse.status(known.contents().progress(fulfilment)).name()));
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
            Draft draft = RunRules.keepOld(Draft.of(order), fulfilment)
                    .then(handover(contents, fulfilment, taken, command.handedOverAt()));
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
                if (cancellation == null || !cancellation.awaits(command.fulfilmentId())) {
                    yield accepted();
                }
                Draft refused = Draft.of(order)
                        .then(new OrderCancellationRefused(
                                command.orderId(), command.cancellationId(), command.fulfilmentId()));
                Fulfilment fulfilment = known.contents().fulfilment(command.fulfilmentId());
                yield fulfilment != null && RunRules.isMove(known.contents(), fulfilment, command.cancellationId())
                        ? RunRules.keepOld(refused, fulfilment).accepted()
                        : refused.accepted();
            }
        };
    }

    interface OpenFulfilment {
        Decision<OrderEvent> decide(OrderContents contents, Fulfilment fulfilment);
    }

    /** Applies the rule to an open fulfilment of a confirmed order. If the fulfilment has ended, nothing happens. */
    static Decision<OrderEvent> ifOpen(Order order, OrderCommand command, String fulfilmentId, OpenFulfilment rule) {
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

    static Decision<OrderEvent> cancelLines(
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
        return lines.isEmpty()
                ? accepted()
                : cancel(RunRules.keepOld(Draft.of(order), fulfilment), fulfilment, reason, lines, cancellationId)
                        .accepted();
    }

    /** Cancels the open units of a fulfilment. */
    static Draft cancelOpen(Draft draft, Fulfilment fulfilment, EndReason reason) {
        List<LineQuantity> open = draft.contents().open(fulfilment);
        return open.isEmpty() ? draft : cancel(draft, fulfilment, reason, open, null);
    }

    private static Draft cancel(
            Draft draft,
            Fulfilment fulfilment,
            EndReason reason,
            List<LineQuantity> lines,
            @Nullable String cancellationId) {
        return cancel(draft, linesCancelled(draft.contents(), fulfilment, reason, lines, cancellationId));
    }

    /** Cancels the units of a run that no fulfilment has. */
    static Draft cancelUnits(Draft draft, SourcingRun run, EndReason reason) {
        OrderContents contents = draft.contents();
        List<OrderLine> cancelled = contents.lines(run.units().stream());
        return cancelled.isEmpty() || draft.order() instanceof Order.Cancelled
                ? draft
                : cancel(
                        draft,
                        linesCancelled(
                                contents,
                                Objects.requireNonNull(run.request().replaces(), run::runId),
                                reason,
                                contents.quantities(run.units().stream(), FulfilmentContents.Part::open),
                                null,
                                cancelled,
                                run.runId()));
    }

    /** If nothing was handed over and nothing is left, the whole order is cancelled instead. */
    private static Draft cancel(Draft draft, OrderLinesCancelled cancelled) {
        Draft ended = draft.then(cancelled);
        return ended.contents().nothingOpen() && !ended.contents().anyHandedOver()
                ? draft.then(cancelled(
                        draft.contents(),
                        cancelled.reason(),
                        List.of(),
                        draft.contents().parts().filter(part -> part.progress().rejected() == 0)))
                : completeIfClosed(ended);
    }

    /** Cancels an unconfirmed order, except the units that were refused. */
    static OrderCancelled cancelled(OrderContents contents, EndReason reason, List<Fulfilment> reserved) {
        List<Fulfilment> accepted =
                contents.fulfilmentsThat(fulfilment -> !(contents.progress(fulfilment) instanceof Rejected));
        return cancelled(
                contents,
                reason,
                reserved,
                Stream.concat(
                        contents.partsOf(accepted),
                        contents.unsourced().filter(part -> part.progress().rejected() == 0)));
    }

    private static OrderCancelled cancelled(
            OrderContents contents,
            EndReason reason,
            List<Fulfilment> reserved,
            Stream<FulfilmentContents.Part> units) {
        return new OrderCancelled(
                contents.orderId(), contents.requested().customerId(), reason, reserved, contents.lines(units));
    }

    private static OrderLinesCancelled linesCancelled(
            OrderContents contents,
            Fulfilment fulfilment,
            EndReason reason,
            List<LineQuantity> lines,
            @Nullable String cancellationId) {
        return linesCancelled(
                contents,
                fulfilment.fulfilmentId(),
                reason,
                lines,
                cancellationId,
                contents.next(fulfilment, lines),
                null);
    }

    private static OrderLinesCancelled linesCancelled(
            OrderContents contents,
            String fulfilmentId,
            EndReason reason,
            List<LineQuantity> lines,
            @Nullable String cancellationId,
            List<OrderLine> cancelled,
            @Nullable String runId) {
        return new OrderLinesCancelled(
                contents.orderId(),
                contents.requested().customerId(),
                fulfilmentId,
                reason,
                lines,
                cancelled.stream().map(OrderLine::total).reduce(Money::plus).orElseThrow(),
                cancellationId,
                cancelled,
                runId);
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
                contents.next(fulfilment, units),
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
                    long possible = contents.progress(line).handedOver() - contents.returned(line);
                    if (units.quantity() > possible) {
                        yield rejected(new TooManyUnits(line.lineId(), units.quantity(), possible));
                    }
                }
                OrderContents after = contents.returned(command.returnId(), lines);
                boolean whole = contents.handedOver().stream()
                        .allMatch(units -> units.quantity() == after.returned().getOrDefault(units.lineId(), 0L));
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

    static @Nullable OrderRejection checkUnits(
            OrderContents contents, Fulfilment fulfilment, List<LineQuantity> lines) {
        for (LineQuantity units : lines) {
            FulfilmentContents.Part part = contents.of(fulfilment).part(units.lineId());
            if (part == null) {
                return new UnknownLine("lines", units.lineId());
            }
            if (units.quantity() > part.open()) {
                return new TooManyUnits(units.lineId(), units.quantity(), part.open());
            }
        }
        return null;
    }

    /** Adds up the quantities of each line. */
    static List<LineQuantity> sumByLine(Collection<LineQuantity> lines) {
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
