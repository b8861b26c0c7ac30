package dev.mortar.order;

import dev.mortar.values.OrderLine;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Shortage;
import dev.mortar.values.Channel;
import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.order.FulfilmentProgress.Cancelled;
import dev.mortar.order.FulfilmentProgress.Rejected;
import dev.mortar.order.FulfilmentProgress.Reserved;
import dev.mortar.order.FulfilmentProgress.Waiting;
import dev.mortar.order.OrderCommand.AcceptFulfilment;
import dev.mortar.order.OrderCommand.CancelOrder;
import dev.mortar.order.OrderCommand.PlaceOrder;
import dev.mortar.order.OrderCommand.RecordCancellation;
import dev.mortar.order.OrderCommand.RecordCancellationRefusal;
import dev.mortar.order.OrderCommand.RecordHandover;
import dev.mortar.order.OrderCommand.RecordNoShow;
import dev.mortar.order.OrderCommand.RecordReturn;
import dev.mortar.order.OrderCommand.RecordSale;
import dev.mortar.order.OrderCommand.RecordShortPick;
import dev.mortar.order.OrderCommand.RejectFulfilment;
import dev.mortar.order.OrderCommand.RejectUnanswered;
import dev.mortar.order.OrderCommand.ReportShortfall;
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
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of an order. Until it is confirmed the order itself decides a cancellation; from then on pickup-service
 * does, which hands over, and the order only takes down what pickup-service says.
 */
final class OrderDecider implements Decider<OrderCommand, Order, OrderEvent> {

    /** The state remembers every request, so that none is made twice; more than these nobody needs. */
    static final int CANCELLATIONS_MAX = 50;

    /** Together they are part of the order's state, which has to fit into a record. */
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
            case RecordSale c -> sell(order, c, now);
            case AcceptFulfilment c -> answer(order, c.fulfilmentId(), c, new Reserved(), now);
            case RejectFulfilment c ->
                answer(order, c.fulfilmentId(), c, new Rejected(c.reason(), c.shortages()), now);
            case ReportShortfall c -> fallShort(order, c, now);
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

    /** Events decided so far and the state they lead to. */
    private record Draft(Order order, List<OrderEvent> events) {
        static Draft of(Order order) {
            return new Draft(order, List.of());
        }

        Draft then(OrderEvent event) {
            List<OrderEvent> more = new ArrayList<>(events);
            more.add(event);
            return new Draft(Order.evolve(order, event), more);
        }

        Contents contents() {
            return Order.contents(order);
        }

        Decision<OrderEvent> accepted() {
            return Decision.accepted(events);
        }
    }

    // Placing an order, recording a sale.

    private static Decision<OrderEvent> place(Order order, PlaceOrder command, Instant now) {
        if (order instanceof Order.Known known) {
            Booked booked = Booked.of(known.contents());
            return booked.equals(Booked.of(command))
                    ? Decision.accepted()
                    : Decision.rejected(new OrderRejection.OrderConflict(command.orderId(), booked));
        }
        OrderRejection mistake = OrderRules.mistake(command);
        if (mistake != null) {
            return Decision.rejected(mistake);
        }
        boolean nothingToReserve = command.fulfilments().stream().allMatch(Fulfilment::carriedOut);
        Draft placed = Draft.of(order)
                .then(new OrderPlaced(
                        command.orderId(),
                        command.channel(),
                        command.channelId(),
                        command.customerId(),
                        command.acceptance(),
                        command.lines(),
                        command.fulfilments(),
                        total(command.lines()),
                        command.paymentReference(),
                        command.locationId(),
                        null,
                        null,
                        nothingToReserve ? null : now.plus(command.decideWithin()),
                        now));
        return (nothingToReserve ? confirm(placed, now) : placed).accepted();
    }

    private static Decision<OrderEvent> sell(Order order, RecordSale command, Instant now) {
        if (order instanceof Order.Known known) {
            Booked booked = Booked.of(known.contents());
            return booked.equals(Booked.of(command))
                    ? Decision.accepted()
                    : Decision.rejected(new OrderRejection.ReceiptConflict(
                            command.orderId(), command.tillId(), command.receiptNumber(), booked));
        }
        OrderRejection mistake = OrderRules.mistake(command.lines());
        if (mistake != null) {
            return Decision.rejected(mistake);
        }
        Draft placed = Draft.of(order)
                .then(new OrderPlaced(
                        command.orderId(),
                        Channel.POS,
                        command.channelId(),
                        command.customerId(),
                        Acceptance.WHOLE,
                        command.lines(),
                        List.of(Fulfilment.overTheTill(command)),
                        total(command.lines()),
                        command.paymentReference(),
                        command.locationId(),
                        command.tillId(),
                        command.receiptNumber(),
                        null,
                        now));
        return confirm(placed, command.soldAt()).accepted();
    }

    private static Money total(List<OrderLine> lines) {
        return lines.stream().map(OrderLine::total).reduce(Money::plus).orElseThrow();
    }

    // The answers of inventory-service, and the order's own decision when all are there.

    private static Decision<OrderEvent> answer(
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
                // The only answer of an order decides it; of several answers each is remembered by an event.
                if (placed.contents().fulfilments().size() == 1) {
                    Contents answered = placed.contents().with(fulfilmentId, answer);
                    yield decideOrder(Draft.of(order), answered, now).accepted();
                }
                Draft answered = Draft.of(order)
                        .then(
                                answer instanceof Rejected(EndReason reason, List<Shortage> shortages)
                                        ? new FulfilmentRejected(command.orderId(), fulfilmentId, reason, shortages)
                                        : new FulfilmentReserved(command.orderId(), fulfilmentId));
                yield decideOrder(answered, answered.contents(), now).accepted();
            }
            // The order was decided without it; what it reserved is released by that decision.
            case Order.Confirmed confirmed -> Decision.accepted();
            case Order.Rejected rejected -> Decision.accepted();
            case Order.Cancelled cancelled -> Decision.accepted();
            case Order.Completed completed -> Decision.accepted();
        };
    }

    private static Draft decideOrder(Draft draft, Contents answered, Instant now) {
        if (!answered.fulfilmentsThatAre(Waiting.class).isEmpty()) {
            return draft;
        }
        boolean stands = switch (answered.placed().acceptance()) {
            case WHOLE -> answered.fulfilmentsThatAre(Rejected.class).isEmpty();
            case PER_FULFILMENT -> !answered.fulfilmentsThatAre(Reserved.class).isEmpty();
        };
        return stands ? confirm(draft, now) : draft.then(rejection(answered, reason(answered), shortages(answered)));
    }

    private static OrderRejected rejection(Contents contents, EndReason reason, List<Shortage> shortages) {
        return new OrderRejected(
                contents.orderId(),
                contents.placed().customerId(),
                reason,
                shortages,
                contents.placed().lines(),
                withReservation(contents));
    }

    /** Fulfilments that are reserved, or may yet be when a late answer comes. */
    private static List<Fulfilment> withReservation(Contents contents) {
        return contents.fulfilmentsThat(fulfilment ->
                !fulfilment.carriedOut() && !(contents.progress(fulfilment) instanceof Rejected));
    }

    /** The reason of the first fulfilment that fell out, but lack of stock before all others. */
    private static EndReason reason(Contents contents) {
        List<EndReason> reasons = rejected(contents).map(Rejected::reason).toList();
        return reasons.contains(EndReason.OUT_OF_STOCK) ? EndReason.OUT_OF_STOCK : reasons.getFirst();
    }

    private static List<Shortage> shortages(Contents contents) {
        return rejected(contents)
                .flatMap(rejected -> rejected.shortages().stream())
                .toList();
    }

    private static Stream<Rejected> rejected(Contents contents) {
        return contents.placed().fulfilments().stream()
                .map(contents::progress)
                .filter(Rejected.class::isInstance)
                .map(Rejected.class::cast);
    }

    /** Confirms what did not fall out, and hands over what is carried out. */
    private static Draft confirm(Draft draft, Instant carriedOutAt) {
        Contents contents = draft.contents();
        List<Fulfilment> rejected = contents.fulfilmentsThatAre(Rejected.class);
        List<Fulfilment> standing = contents.fulfilmentsThat(fulfilment -> !rejected.contains(fulfilment));
        List<OrderLine> lines = contents.linesOf(standing);
        Draft confirmed = draft.then(new OrderConfirmed(
                contents.orderId(),
                contents.placed().channel(),
                contents.placed().customerId(),
                lines,
                standing,
                rejected,
                contents.linesOf(rejected),
                total(lines)));
        for (Fulfilment fulfilment : standing) {
            if (fulfilment.carriedOut()) {
                Contents before = confirmed.contents();
                confirmed = confirmed.then(handover(before, fulfilment, before.open(fulfilment), carriedOutAt));
            }
        }
        return settle(confirmed);
    }

    private static Decision<OrderEvent> rejectUnanswered(Order order, RejectUnanswered command, Instant now) {
        return switch (order) {
            case Order.Unplaced unplaced -> unknown(command);
            case Order.Placed placed -> {
                Contents contents = placed.contents();
                if (placed.decideBy() == null || now.isBefore(placed.decideBy())) {
                    yield Decision.accepted();
                }
                if (!isPartlyCarriedOut(contents)) {
                    yield Decision.accepted(rejection(contents, EndReason.NOT_ANSWERED_IN_TIME, List.of()));
                }
                Draft rest = Draft.of(order);
                for (Fulfilment waiting : contents.fulfilmentsThatAre(Waiting.class)) {
                    rest = rest.then(new FulfilmentRejected(
                            command.orderId(), waiting.fulfilmentId(), EndReason.NOT_ANSWERED_IN_TIME, List.of()));
                }
                yield decideOrder(rest, rest.contents(), now).accepted();
            }
            case Order.Confirmed confirmed -> Decision.accepted();
            case Order.Rejected rejected -> Decision.accepted();
            case Order.Cancelled cancelled -> Decision.accepted();
            case Order.Completed completed -> Decision.accepted();
        };
    }

    /** What the shopper has left with stays sold, whatever becomes of the rest. */
    private static boolean isPartlyCarriedOut(Contents contents) {
        return !contents.fulfilmentsThat(Fulfilment::carriedOut).isEmpty();
    }

    private static Decision<OrderEvent> fallShort(Order order, ReportShortfall command, Instant now) {
        return switch (order) {
            case Order.Confirmed confirmed -> {
                Contents contents = confirmed.contents();
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
            // Before the order is confirmed it counts as a rejection of the fulfilment; afterwards there is nothing
            // left.
            case Order.Unplaced unplaced -> unknown(command);
            case Order.Placed placed ->
                answer(
                        order,
                        command.fulfilmentId(),
                        command,
                        new Rejected(command.reason(), List.of()),
                        now);
            case Order.Rejected rejected -> Decision.accepted();
            case Order.Cancelled cancelled -> Decision.accepted();
            case Order.Completed completed -> Decision.accepted();
        };
    }

    // Cancelling on request.

    private static Decision<OrderEvent> cancel(Order order, CancelOrder command) {
        if (order instanceof Order.Known known) {
            Cancellation earlier = known.contents().cancellation(command.cancellationId());
            if (earlier != null) {
                return earlier.isOf(command)
                        ? Decision.accepted()
                        : Decision.rejected(new OrderRejection.CancellationConflict(command.orderId(), earlier));
            }
        }
        return switch (order) {
            case Order.Unplaced unplaced -> unknown(command);
            case Order.Placed placed ->
                command.lines().isEmpty() && !isPartlyCarriedOut(placed.contents())
                        ? Decision.accepted(
                                cancelled(placed.contents(), command.reason(), withReservation(placed.contents())))
                        : Decision.rejected(new OrderRejection.NotConfirmedYet(command.orderId()));
            case Order.Confirmed confirmed -> requestCancellation(confirmed.contents(), command);
            case Order.Rejected rejected -> ended(command, rejected);
            case Order.Cancelled cancelled ->
                command.lines().isEmpty() ? Decision.accepted() : ended(command, cancelled);
            case Order.Completed completed -> ended(command, completed);
        };
    }

    private static Decision<OrderEvent> ended(CancelOrder command, Order.Known order) {
        return Decision.rejected(new OrderRejection.OrderEnded(command.orderId(), Order.name(order)));
    }

    private static OrderCancelled cancelled(Contents contents, EndReason reason, List<Fulfilment> reserved) {
        List<OrderLine> lines = contents.linesOf(contents.fulfilmentsThat(
                fulfilment -> !(contents.progress(fulfilment) instanceof Rejected)));
        return new OrderCancelled(contents.orderId(), contents.placed().customerId(), reason, reserved, lines);
    }

    private static Decision<OrderEvent> requestCancellation(Contents contents, CancelOrder command) {
        if (contents.cancellations().size() >= CANCELLATIONS_MAX
                || contents.linesInCancellations() > LINES_IN_CANCELLATIONS_MAX) {
            return Decision.rejected(new OrderRejection.TooManyCancellations(command.orderId(), CANCELLATIONS_MAX));
        }
        Map<String, List<LineQuantity>> byFulfilment = new LinkedHashMap<>();
        if (command.lines().isEmpty()) {
            for (OrderLine line : contents.placed().lines()) {
                if (contents.cancellable(line) > 0) {
                    ask(byFulfilment, contents, line, contents.cancellable(line));
                }
            }
        }
        for (int i = 0; i < command.lines().size(); i++) {
            CancelOrder.Wanted wanted = command.lines().get(i);
            OrderLine line = contents.line(wanted.lineId());
            if (line == null) {
                return Decision.rejected(new OrderRejection.UnknownLine("lines[" + i + "].lineId", wanted.lineId()));
            }
            long cancellable = contents.cancellable(line);
            long units = wanted.quantity() == null ? Math.max(1, cancellable) : wanted.quantity();
            if (units > cancellable) {
                return Decision.rejected(new OrderRejection.NotCancellable(
                        "lines[" + i + "].quantity", line.lineId(), units, cancellable));
            }
            ask(byFulfilment, contents, line, units);
        }
        if (byFulfilment.isEmpty()) {
            // All that is open is being cancelled already.
            return Decision.accepted();
        }
        List<Cancellation.Part> parts = byFulfilment.entrySet().stream()
                .map(part -> new Cancellation.Part(part.getKey(), part.getValue()))
                .toList();
        return Decision.accepted(
                new OrderCancellationRequested(command.orderId(), command.cancellationId(), command.reason(), parts));
    }

    private static void ask(
            Map<String, List<LineQuantity>> byFulfilment, Contents contents, OrderLine line, long units) {
        byFulfilment
                .computeIfAbsent(contents.fulfilmentOf(line).fulfilmentId(), id -> new ArrayList<>())
                .add(line.units(units));
    }

    // What pickup-service says.

    private static Decision<OrderEvent> recordCancellation(Order order, RecordCancellation command) {
        return ifOpen(order, command, command.fulfilmentId(), (contents, fulfilment) -> {
            // Pickup-service knows best what is left: whole means that nothing is, however the lines add up.
            List<LineQuantity> lines = command.whole() ? contents.open(fulfilment) : command.lines();
            return cancelLines(order, fulfilment, command.reason(), together(lines), command.cancellationId());
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
            // Goods that left although their fulfilment had ended: somebody has to look at it.
            return Decision.rejected(new OrderRejection.FulfilmentNotOpen(command.fulfilmentId(), "CANCELLED"));
        }
        return ifOpen(order, command, command.fulfilmentId(), (contents, fulfilment) -> {
            List<LineQuantity> taken = together(command.handedOver());
            OrderRejection tooMany = tooMany(contents, fulfilment, taken);
            if (tooMany != null) {
                return Decision.rejected(tooMany);
            }
            if (taken.isEmpty()) {
                return cancelLines(order, fulfilment, EndReason.NOT_TAKEN, contents.open(fulfilment), null);
            }
            Draft left = Draft.of(order).then(handover(contents, fulfilment, taken, command.handedOverAt()));
            List<LineQuantity> notTaken = left.contents().open(fulfilment);
            if (!notTaken.isEmpty()) {
                left = left.then(linesCancelled(left.contents(), fulfilment, EndReason.NOT_TAKEN, notTaken, null));
            }
            return settle(left).accepted();
        });
    }

    private static Decision<OrderEvent> recordRefusal(Order order, RecordCancellationRefusal command) {
        return switch (order) {
            case Order.Unplaced unplaced -> unknown(command);
            case Order.Known known -> {
                Cancellation cancellation = known.contents().cancellation(command.cancellationId());
                yield cancellation != null && cancellation.waitsFor(command.fulfilmentId())
                        ? Decision.accepted(new OrderCancellationRefused(
                                command.orderId(), command.cancellationId(), command.fulfilmentId()))
                        : Decision.accepted();
            }
        };
    }

    private interface OpenFulfilment {
        Decision<OrderEvent> decide(Contents contents, Fulfilment fulfilment);
    }

    /** Decides about a fulfilment of a confirmed order; nothing is left to do when the fulfilment has ended. */
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
        Contents contents = Order.contents(order);
        OrderRejection tooMany = tooMany(contents, fulfilment, lines);
        if (tooMany != null) {
            return Decision.rejected(tooMany);
        }
        if (lines.isEmpty()) {
            return Decision.accepted();
        }
        Draft ended = Draft.of(order).then(linesCancelled(contents, fulfilment, reason, lines, cancellationId));
        return ended.contents().nothingOpen() && !ended.contents().anyHandedOver()
                ? Decision.accepted(cancelled(contents, reason, List.of()))
                : settle(ended).accepted();
    }

    private static OrderLinesCancelled linesCancelled(
            Contents contents,
            Fulfilment fulfilment,
            EndReason reason,
            List<LineQuantity> lines,
            @Nullable String cancellationId) {
        return new OrderLinesCancelled(
                contents.orderId(),
                contents.placed().customerId(),
                fulfilment.fulfilmentId(),
                reason,
                lines,
                contents.amount(lines),
                cancellationId,
                lines.stream().map(contents::part).toList());
    }

    private static FulfilmentHandedOver handover(
            Contents contents, Fulfilment fulfilment, List<LineQuantity> left, Instant at) {
        return new FulfilmentHandedOver(
                contents.orderId(),
                fulfilment.fulfilmentId(),
                contents.placed().customerId(),
                contents.placed().channel(),
                fulfilment.method(),
                fulfilment.locationId(),
                at,
                left.stream().map(contents::part).toList(),
                contents.placed().paymentReference());
    }

    /** Completes an order of which something was handed over and nothing is open. */
    private static Draft settle(Draft draft) {
        Contents contents = draft.contents();
        return contents.nothingOpen() && contents.anyHandedOver()
                ? draft.then(new OrderCompleted(
                        contents.orderId(),
                        contents.placed().customerId(),
                        contents.handedOver(),
                        contents.cancelled()))
                : draft;
    }

    // What returns-service says.

    private static Decision<OrderEvent> recordReturn(Order order, RecordReturn command) {
        return switch (order) {
            case Order.Unplaced unplaced -> unknown(command);
            case Order.Known known -> {
                Contents contents = known.contents();
                if (contents.returnIds().contains(command.returnId())) {
                    yield Decision.accepted();
                }
                List<LineQuantity> lines = together(command.lines());
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
                OrderReturned some =
                        new OrderReturned(command.orderId(), command.returnId(), lines, command.refund(), false);
                boolean whole = contents.returned(some).lines().values().stream()
                        .allMatch(progress -> progress.returned() == progress.handedOver());
                yield Decision.accepted(
                        new OrderReturned(some.orderId(), some.returnId(), some.lines(), some.refund(), whole));
            }
        };
    }

    // Refusals of what other services say: contradictions that somebody has to look at.

    private static Decision<OrderEvent> unknown(OrderCommand command) {
        return Decision.rejected(new OrderRejection.UnknownOrder(command.orderId()));
    }

    private static Decision<OrderEvent> unknownFulfilment(Contents contents, String fulfilmentId) {
        return Decision.rejected(new OrderRejection.UnknownFulfilment(contents.orderId(), fulfilmentId));
    }

    private static @Nullable OrderRejection tooMany(
            Contents contents, Fulfilment fulfilment, List<LineQuantity> lines) {
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

    /** Quantities of the same line added up. */
    private static List<LineQuantity> together(Collection<LineQuantity> lines) {
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
