package dev.mortar.order;

import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.order.FulfilmentProgress.Cancelled;
import dev.mortar.order.FulfilmentProgress.Rejected;
import dev.mortar.order.FulfilmentProgress.Reserved;
import dev.mortar.order.FulfilmentProgress.Waiting;
import dev.mortar.order.OrderCommand.CancelOrder;
import dev.mortar.order.OrderCommand.PlaceOrder;
import dev.mortar.order.OrderCommand.RecordBrokenReservation;
import dev.mortar.order.OrderCommand.RecordCancellation;
import dev.mortar.order.OrderCommand.RecordCancellationRefusal;
import dev.mortar.order.OrderCommand.RecordHandover;
import dev.mortar.order.OrderCommand.RecordNoShow;
import dev.mortar.order.OrderCommand.RecordReservation;
import dev.mortar.order.OrderCommand.RecordReservationRejection;
import dev.mortar.order.OrderCommand.RecordReturn;
import dev.mortar.order.OrderCommand.RecordSale;
import dev.mortar.order.OrderCommand.RecordShortPick;
import dev.mortar.order.OrderCommand.RejectUnanswered;
import dev.mortar.order.OrderEvent.FulfilmentHandedOver;
import dev.mortar.order.OrderEvent.FulfilmentRejected;
import dev.mortar.order.OrderEvent.FulfilmentReserved;
import dev.mortar.order.OrderEvent.OrderCancellationRefused;
import dev.mortar.order.OrderEvent.OrderCancellationRequested;
import dev.mortar.order.OrderEvent.OrderCancelled;
import dev.mortar.order.OrderEvent.OrderCompleted;
import dev.mortar.order.OrderEvent.OrderConfirmed;
import dev.mortar.order.OrderEvent.OrderLinesCancelled;
import dev.mortar.order.OrderEvent.OrderPlaced;
import dev.mortar.order.OrderEvent.OrderRejected;
import dev.mortar.order.OrderEvent.OrderReturned;
import dev.mortar.order.OrderEvent.SaleRecorded;
import dev.mortar.values.EndReason;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of an order. This decider decides a cancellation until the order is confirmed. From then on pickup-service
 * decides it, because it hands the goods over, and this decider records its answers.
 */
final class OrderDecider implements Decider<OrderCommand, Order, OrderEvent> {

    /** Limit of cancellation requests per order. The state keeps every request to recognise repeats. */
    static final int CANCELLATIONS_MAX = 50;

    /** Limit of lines in all requests of an order. The state contains them and must fit into one Kafka record. */
    static final int LINES_IN_CANCELLATIONS_MAX = 2_000;

    @Override
    public Order initialState() {
        return new Order.Unplaced();
    }

    @Override
    public Order evolve(Order order, OrderEvent event) {
        return Order.evolve(order, event);
    }

    @Override
    public Decision<OrderEvent> decide(Order order, OrderCommand command, Instant now) {
        return switch (command) {
            case PlaceOrder c -> place(order, c, now);
            case RecordSale c -> recordSale(order, c, now);
            case RecordReservation c -> recordAnswer(order, c.fulfilmentId(), c, new Reserved(), now);
            case RecordReservationRejection c ->
                recordAnswer(order, c.fulfilmentId(), c, new Rejected(c.reason(), c.shortages()), now);
            case RecordBrokenReservation c -> recordBrokenReservation(order, c, now);
            case RejectUnanswered c -> rejectUnanswered(order, c, now);
            case CancelOrder c -> cancel(order, c);
            case RecordCancellation c -> recordCancellation(order, c);
            case RecordCancellationRefusal c -> recordRefusal(order, c);
            case RecordShortPick c -> recordShortPick(order, c);
            case RecordHandover c -> recordHandover(order, c);
            case RecordNoShow c -> recordNoShow(order, c);
            case RecordReturn c -> recordReturn(order, c);
        };
    }

    /** The events decided so far and the state after them. */
    private record Draft(Order order, List<OrderEvent> events) {
        static Draft of(Order order) {
            return new Draft(order, List.of());
        }

        Draft then(OrderEvent event) {
            List<OrderEvent> more = new ArrayList<>(events);
            more.add(event);
            return new Draft(Order.evolve(order, event), more);
        }

        OrderContents contents() {
            return Order.contents(order);
        }

        Decision<OrderEvent> accepted() {
            return Decision.accepted(events);
        }
    }

    // Placing an order, recording a sale.

    private static Decision<OrderEvent> place(Order order, PlaceOrder command, Instant now) {
        if (order instanceof Order.Known known) {
            RequestedOrder earlier = known.contents().requested();
            return earlier.equals(command.order())
                    ? Decision.accepted()
                    : Decision.rejected(new OrderRejection.OrderConflict(command.orderId(), earlier));
        }
        OrderRejection mistake = OrderRules.mistake(command.order());
        if (mistake != null) {
            return Decision.rejected(mistake);
        }
        boolean nothingToReserve = command.order().fulfilments().stream().allMatch(Fulfilment::carriedOut);
        Draft placed = Draft.of(order)
                .then(new OrderPlaced(
                        command.orderId(),
                        command.order(),
                        total(command.order().lines()),
                        nothingToReserve ? null : now.plus(command.decideWithin()),
                        now));
        return (nothingToReserve ? confirm(placed, now) : placed).accepted();
    }

    private static Decision<OrderEvent> recordSale(Order order, RecordSale command, Instant now) {
        if (order instanceof Order.Known known) {
            TillSale earlier = known.contents().sale();
            return command.sale().equals(earlier)
                    ? Decision.accepted()
                    : Decision.rejected(new OrderRejection.ReceiptConflict(
                            command.orderId(),
                            command.sale().tillId(),
                            command.sale().receiptNumber(),
                            earlier));
        }
        OrderRejection mistake = OrderRules.mistake(command.sale().lines());
        if (mistake != null) {
            return Decision.rejected(mistake);
        }
        Draft sold = Draft.of(order)
                .then(new SaleRecorded(
                        command.orderId(), command.sale(), total(command.sale().lines()), now));
        return handOverCarriedOut(sold, command.sale().soldAt()).accepted();
    }

    private static Money total(List<OrderLine> lines) {
        return lines.stream().map(OrderLine::total).reduce(Money::plus).orElseThrow();
    }

    // Answers of inventory-service; the last one decides the order.

    private static Decision<OrderEvent> recordAnswer(
            Order order, String fulfilmentId, OrderCommand command, FulfilmentProgress answer, Instant now) {
        return switch (order) {
            case Order.Unplaced unplaced -> unknown(command);
            case Order.Placed placed -> {
                Fulfilment fulfilment = placed.contents().fulfilment(fulfilmentId);
                if (fulfilment == null) {
                    yield unknownFulfilment(placed.contents(), fulfilmentId);
                }
                FulfilmentProgress before = placed.contents().progress(fulfilment);
                // A reserved fulfilment may still be rejected; a rejected one stays rejected.
                if (before.getClass() == answer.getClass() || before instanceof Rejected || fulfilment.carriedOut()) {
                    yield Decision.accepted();
                }
                // A single answer decides the order at once. If there are several, an event records each.
                if (placed.contents().fulfilments().size() == 1) {
                    OrderContents answered = placed.contents().with(fulfilmentId, answer);
                    yield decideOrder(Draft.of(order), answered, now).accepted();
                }
                Draft answered = Draft.of(order)
                        .then(
                                answer instanceof Rejected(EndReason reason, List<Shortage> shortages)
                                        ? new FulfilmentRejected(command.orderId(), fulfilmentId, reason, shortages)
                                        : new FulfilmentReserved(command.orderId(), fulfilmentId));
                yield decideOrder(answered, answered.contents(), now).accepted();
            }
            // The order is already decided, and that decision releases the reservation.
            case Order.Confirmed confirmed -> Decision.accepted();
            case Order.Rejected rejected -> Decision.accepted();
            case Order.Cancelled cancelled -> Decision.accepted();
            case Order.Completed completed -> Decision.accepted();
        };
    }

    private static Draft decideOrder(Draft draft, OrderContents answered, Instant now) {
        if (!answered.fulfilmentsThatAre(Waiting.class).isEmpty()) {
            return draft;
        }
        boolean confirmed = switch (answered.requested().acceptance()) {
            case WHOLE -> answered.fulfilmentsThatAre(Rejected.class).isEmpty();
            case PER_FULFILMENT -> !answered.fulfilmentsThatAre(Reserved.class).isEmpty();
        };
        return confirmed ? confirm(draft, now) : draft.then(rejection(answered, reason(answered), shortages(answered)));
    }

    private static OrderRejected rejection(OrderContents contents, EndReason reason, List<Shortage> shortages) {
        return new OrderRejected(
                contents.orderId(),
                contents.requested().customerId(),
                reason,
                shortages,
                contents.requested().lines(),
                fulfilmentsToRelease(contents));
    }

    /** Fulfilments that are reserved, or may still become so by a late answer. */
    private static List<Fulfilment> fulfilmentsToRelease(OrderContents contents) {
        return contents.fulfilmentsThat(
                fulfilment -> !fulfilment.carriedOut() && !(contents.progress(fulfilment) instanceof Rejected));
    }

    /** OUT_OF_STOCK if any fulfilment was rejected for it; otherwise the first fulfilment's reason. */
    private static EndReason reason(OrderContents contents) {
        List<EndReason> reasons = rejected(contents).map(Rejected::reason).toList();
        return reasons.contains(EndReason.OUT_OF_STOCK) ? EndReason.OUT_OF_STOCK : reasons.getFirst();
    }

    private static List<Shortage> shortages(OrderContents contents) {
        return rejected(contents)
                .flatMap(rejected -> rejected.shortages().stream())
                .toList();
    }

    private static Stream<Rejected> rejected(OrderContents contents) {
        return contents.requested().fulfilments().stream()
                .map(contents::progress)
                .filter(Rejected.class::isInstance)
                .map(Rejected.class::cast);
    }

    /** Confirms the fulfilments that were not rejected, and hands over those that are carried out. */
    private static Draft confirm(Draft draft, Instant carriedOutAt) {
        OrderContents contents = draft.contents();
        List<Fulfilment> rejected = contents.fulfilmentsThatAre(Rejected.class);
        List<Fulfilment> accepted = contents.fulfilmentsThat(fulfilment -> !rejected.contains(fulfilment));
        List<OrderLine> lines = contents.linesOf(accepted);
        Draft confirmed = draft.then(new OrderConfirmed(
                contents.orderId(),
                contents.requested().channel(),
                contents.requested().customerId(),
                lines,
                accepted,
                rejected,
                contents.linesOf(rejected),
                total(lines)));
        return handOverCarriedOut(confirmed, carriedOutAt);
    }

    private static Draft handOverCarriedOut(Draft draft, Instant carriedOutAt) {
        Draft handedOver = draft;
        for (Fulfilment fulfilment : draft.contents().fulfilmentsThat(Fulfilment::carriedOut)) {
            OrderContents before = handedOver.contents();
            handedOver = handedOver.then(handover(before, fulfilment, before.open(fulfilment), carriedOutAt));
        }
        return completeIfClosed(handedOver);
    }

    private static Decision<OrderEvent> rejectUnanswered(Order order, RejectUnanswered command, Instant now) {
        return switch (order) {
            case Order.Unplaced unplaced -> unknown(command);
            case Order.Placed placed -> {
                OrderContents contents = placed.contents();
                if (placed.decideBy() == null || now.isBefore(placed.decideBy())) {
                    yield Decision.accepted();
                }
                if (!isPartlyCarriedOut(contents)) {
                    yield Decision.accepted(rejection(contents, EndReason.NOT_ANSWERED_IN_TIME, List.of()));
                }
                Draft draft = Draft.of(order);
                for (Fulfilment waiting : contents.fulfilmentsThatAre(Waiting.class)) {
                    draft = draft.then(new FulfilmentRejected(
                            command.orderId(), waiting.fulfilmentId(), EndReason.NOT_ANSWERED_IN_TIME, List.of()));
                }
                yield decideOrder(draft, draft.contents(), now).accepted();
            }
            case Order.Confirmed confirmed -> Decision.accepted();
            case Order.Rejected rejected -> Decision.accepted();
            case Order.Cancelled cancelled -> Decision.accepted();
            case Order.Completed completed -> Decision.accepted();
        };
    }

    /** If the shopper has carried goods out, they stay sold even if the other fulfilments are rejected. */
    private static boolean isPartlyCarriedOut(OrderContents contents) {
        return !contents.fulfilmentsThat(Fulfilment::carriedOut).isEmpty();
    }

    private static Decision<OrderEvent> recordBrokenReservation(
            Order order, RecordBrokenReservation command, Instant now) {
        return switch (order) {
            case Order.Confirmed confirmed -> {
                OrderContents contents = confirmed.contents();
                Fulfilment fulfilment = contents.fulfilment(command.fulfilmentId());
                if (fulfilment == null) {
                    yield unknownFulfilment(contents, command.fulfilmentId());
                }
                String cancellationId = command.fulfilmentId() + "-shortfall";
                List<LineQuantity> lines = contents.linesOf(List.of(fulfilment)).stream()
                        .filter(line -> contents.cancellable(line) > 0)
                        .map(line -> line.units(contents.cancellable(line)))
                        .toList();
                if (lines.isEmpty() || contents.cancellation(cancellationId) != null) {
                    yield Decision.accepted();
                }
                yield Decision.accepted(new OrderCancellationRequested(
                        command.orderId(),
                        cancellationId,
                        command.reason(),
                        List.of(new Cancellation.Part(command.fulfilmentId(), lines))));
            }
            case Order.Unplaced unplaced -> unknown(command);
            // In an unconfirmed order, a shortfall rejects the fulfilment.
            case Order.Placed placed ->
                recordAnswer(order, command.fulfilmentId(), command, new Rejected(command.reason(), List.of()), now);
            case Order.Rejected rejected -> Decision.accepted();
            case Order.Cancelled cancelled -> Decision.accepted();
            case Order.Completed completed -> Decision.accepted();
        };
    }

    // Requests to cancel.

    private static Decision<OrderEvent> cancel(Order order, CancelOrder command) {
        if (order instanceof Order.Known known) {
            Cancellation earlier = known.contents().cancellation(command.cancellationId());
            if (earlier != null) {
                return earlier.isRepeatedBy(command)
                        ? Decision.accepted()
                        : Decision.rejected(new OrderRejection.CancellationConflict(command.orderId(), earlier));
            }
        }
        return switch (order) {
            case Order.Unplaced unplaced -> unknown(command);
            case Order.Placed placed ->
                command.lines().isEmpty() && !isPartlyCarriedOut(placed.contents())
                        ? Decision.accepted(
                                cancelled(placed.contents(), command.reason(), fulfilmentsToRelease(placed.contents())))
                        : Decision.rejected(new OrderRejection.NotConfirmedYet(command.orderId()));
            case Order.Confirmed confirmed -> requestCancellation(confirmed.contents(), command);
            case Order.Rejected rejected -> rejectEnded(command, rejected);
            case Order.Cancelled cancelled ->
                command.lines().isEmpty() ? Decision.accepted() : rejectEnded(command, cancelled);
            case Order.Completed completed -> rejectEnded(command, completed);
        };
    }

    private static Decision<OrderEvent> rejectEnded(CancelOrder command, Order.Known order) {
        return Decision.rejected(new OrderRejection.OrderEnded(command.orderId(), Order.name(order)));
    }

    private static OrderCancelled cancelled(OrderContents contents, EndReason reason, List<Fulfilment> reserved) {
        List<OrderLine> lines = contents.linesOf(
                contents.fulfilmentsThat(fulfilment -> !(contents.progress(fulfilment) instanceof Rejected)));
        return new OrderCancelled(contents.orderId(), contents.requested().customerId(), reason, reserved, lines);
    }

    private static Decision<OrderEvent> requestCancellation(OrderContents contents, CancelOrder command) {
        if (contents.cancellations().size() >= CANCELLATIONS_MAX
                || contents.linesInCancellations() > LINES_IN_CANCELLATIONS_MAX) {
            return Decision.rejected(new OrderRejection.TooManyCancellations(command.orderId(), CANCELLATIONS_MAX));
        }
        Map<String, List<LineQuantity>> byFulfilment = new LinkedHashMap<>();
        if (command.lines().isEmpty()) {
            for (OrderLine line : contents.requested().lines()) {
                if (contents.cancellable(line) > 0) {
                    addToRequest(byFulfilment, contents, line, contents.cancellable(line));
                }
            }
        }
        for (int i = 0; i < command.lines().size(); i++) {
            CancelOrder.LineToCancel requested = command.lines().get(i);
            OrderLine line = contents.line(requested.lineId());
            if (line == null) {
                return Decision.rejected(new OrderRejection.UnknownLine("lines[" + i + "].lineId", requested.lineId()));
            }
            long cancellable = contents.cancellable(line);
            long units = requested.quantity() == null ? Math.max(1, cancellable) : requested.quantity();
            if (units > cancellable) {
                return Decision.rejected(new OrderRejection.NotCancellable(
                        "lines[" + i + "].quantity", line.lineId(), units, cancellable));
            }
            addToRequest(byFulfilment, contents, line, units);
        }
        if (byFulfilment.isEmpty()) {
            // Earlier requests already cover every open unit.
            return Decision.accepted();
        }
        List<Cancellation.Part> parts = byFulfilment.entrySet().stream()
                .map(part -> new Cancellation.Part(part.getKey(), part.getValue()))
                .toList();
        return Decision.accepted(
                new OrderCancellationRequested(command.orderId(), command.cancellationId(), command.reason(), parts));
    }

    private static void addToRequest(
            Map<String, List<LineQuantity>> byFulfilment, OrderContents contents, OrderLine line, long units) {
        byFulfilment
                .computeIfAbsent(contents.fulfilmentOf(line).fulfilmentId(), id -> new ArrayList<>())
                .add(line.units(units));
    }

    // Reports of pickup-service.

    private static Decision<OrderEvent> recordCancellation(Order order, RecordCancellation command) {
        return ifOpen(order, command, command.fulfilmentId(), (contents, fulfilment) -> {
            // If pickup-service reports the whole fulfilment, all its open units end, even those not in the lines.
            List<LineQuantity> lines = command.whole() ? contents.open(fulfilment) : command.lines();
            return cancelLines(order, fulfilment, command.reason(), sumByLine(lines), command.cancellationId());
        });
    }

    private static Decision<OrderEvent> recordShortPick(Order order, RecordShortPick command) {
        return ifOpen(order, command, command.fulfilmentId(), (contents, fulfilment) -> {
            OrderLine line = contents.line(command.lineId());
            return line == null
                    ? Decision.rejected(new OrderRejection.UnknownLine("lineId", command.lineId()))
                    : cancelLines(
                            order, fulfilment, EndReason.SHORT_PICK, List.of(line.units(command.missing())), null);
        });
    }

    private static Decision<OrderEvent> recordNoShow(Order order, RecordNoShow command) {
        return ifOpen(
                order,
                command,
                command.fulfilmentId(),
                (contents, fulfilment) ->
                        cancelLines(order, fulfilment, EndReason.NO_SHOW, contents.open(fulfilment), null));
    }

    private static Decision<OrderEvent> recordHandover(Order order, RecordHandover command) {
        if (order instanceof Order.Known known
                && known.contents().fulfilment(command.fulfilmentId()) instanceof Fulfilment fulfilment
                && known.contents().progress(fulfilment) instanceof Cancelled
                && !command.handedOver().isEmpty()) {
            // Goods left after their fulfilment was cancelled: a person has to look at this.
            return Decision.rejected(new OrderRejection.FulfilmentNotOpen(command.fulfilmentId(), "CANCELLED"));
        }
        return ifOpen(order, command, command.fulfilmentId(), (contents, fulfilment) -> {
            List<LineQuantity> taken = sumByLine(command.handedOver());
            OrderRejection excess = checkUnits(contents, fulfilment, taken);
            if (excess != null) {
                return Decision.rejected(excess);
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

    private static Decision<OrderEvent> recordRefusal(Order order, RecordCancellationRefusal command) {
        return switch (order) {
            case Order.Unplaced unplaced -> unknown(command);
            case Order.Known known -> {
                Cancellation cancellation = known.contents().cancellation(command.cancellationId());
                yield cancellation != null && cancellation.awaits(command.fulfilmentId())
                        ? Decision.accepted(new OrderCancellationRefused(
                                command.orderId(), command.cancellationId(), command.fulfilmentId()))
                        : Decision.accepted();
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
            case Order.Unplaced unplaced -> unknown(command);
            case Order.Known known -> {
                Fulfilment fulfilment = known.contents().fulfilment(fulfilmentId);
                if (fulfilment == null) {
                    yield unknownFulfilment(known.contents(), fulfilmentId);
                }
                if (order instanceof Order.Placed) {
                    yield Decision.rejected(new OrderRejection.FulfilmentNotOpen(fulfilmentId, "not confirmed"));
                }
                yield known.contents().progress(fulfilment) instanceof Reserved
                        ? rule.decide(known.contents(), fulfilment)
                        : Decision.accepted();
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
            return Decision.rejected(excess);
        }
        if (lines.isEmpty()) {
            return Decision.accepted();
        }
        Draft ended = Draft.of(order).then(linesCancelled(contents, fulfilment, reason, lines, cancellationId));
        return ended.contents().nothingOpen() && !ended.contents().anyHandedOver()
                ? Decision.accepted(cancelled(contents, reason, List.of()))
                : completeIfClosed(ended).accepted();
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

    private static FulfilmentHandedOver handover(
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
    private static Draft completeIfClosed(Draft draft) {
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

    private static Decision<OrderEvent> recordReturn(Order order, RecordReturn command) {
        return switch (order) {
            case Order.Unplaced unplaced -> unknown(command);
            case Order.Known known -> {
                OrderContents contents = known.contents();
                if (contents.returnIds().contains(command.returnId())) {
                    yield Decision.accepted();
                }
                List<LineQuantity> lines = sumByLine(command.lines());
                for (LineQuantity units : lines) {
                    OrderLine line = contents.line(units.lineId());
                    if (line == null) {
                        yield Decision.rejected(new OrderRejection.UnknownLine("lines", units.lineId()));
                    }
                    long possible = contents.progress(line).handedOver()
                            - contents.progress(line).returned();
                    if (units.quantity() > possible) {
                        yield Decision.rejected(
                                new OrderRejection.TooManyUnits(line.lineId(), units.quantity(), possible));
                    }
                }
                OrderReturned partial =
                        new OrderReturned(command.orderId(), command.returnId(), lines, command.refund(), false);
                boolean whole = contents.returned(partial).lines().values().stream()
                        .allMatch(progress -> progress.returned() == progress.handedOver());
                yield Decision.accepted(new OrderReturned(
                        partial.orderId(), partial.returnId(), partial.lines(), partial.refund(), whole));
            }
        };
    }

    // Reports that contradict the order. They are rejected, and a person has to look at them.

    private static Decision<OrderEvent> unknown(OrderCommand command) {
        return Decision.rejected(new OrderRejection.UnknownOrder(command.orderId()));
    }

    private static Decision<OrderEvent> unknownFulfilment(OrderContents contents, String fulfilmentId) {
        return Decision.rejected(new OrderRejection.UnknownFulfilment(contents.orderId(), fulfilmentId));
    }

    private static @Nullable OrderRejection checkUnits(
            OrderContents contents, Fulfilment fulfilment, List<LineQuantity> lines) {
        for (LineQuantity units : lines) {
            OrderLine line = contents.line(units.lineId());
            if (line == null || !fulfilment.lineIds().contains(units.lineId())) {
                return new OrderRejection.UnknownLine("lines", units.lineId());
            }
            if (units.quantity() > contents.open(line)) {
                return new OrderRejection.TooManyUnits(line.lineId(), units.quantity(), contents.open(line));
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
