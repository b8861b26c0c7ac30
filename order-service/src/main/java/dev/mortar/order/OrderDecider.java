package dev.mortar.order;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;

import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.order.FulfilmentProgress.*;
import dev.mortar.order.OrderCommand.*;
import dev.mortar.order.OrderEvent.*;
import dev.mortar.order.OrderRejection.*;
import dev.mortar.values.EndReason;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
            case RecordCancellation c -> FulfilmentRules.recordCancellation(order, c);
            case RecordCancellationRefusal c -> FulfilmentRules.recordRefusal(order, c);
            case RecordShortPick c -> FulfilmentRules.recordShortPick(order, c);
            case RecordHandover c -> FulfilmentRules.recordHandover(order, c);
            case RecordNoShow c -> FulfilmentRules.recordNoShow(order, c);
            case RecordReturn c -> FulfilmentRules.recordReturn(order, c);
        };
    }

    // Placing an order, recording a sale.

    private static Decision<OrderEvent> place(Order order, PlaceOrder command, Instant now) {
        if (order instanceof Order.Known known) {
            RequestedOrder earlier = known.contents().requested();
            return earlier.equals(command.order())
                    ? accepted()
                    : rejected(new OrderConflict(command.orderId(), earlier));
        }
        OrderRejection mistake = OrderRules.mistake(command.order());
        if (mistake != null) {
            return rejected(mistake);
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
                    ? accepted()
                    : rejected(new ReceiptConflict(
                            command.orderId(),
                            command.sale().tillId(),
                            command.sale().receiptNumber(),
                            earlier));
        }
        OrderRejection mistake = OrderRules.mistake(command.sale().lines());
        if (mistake != null) {
            return rejected(mistake);
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
            case Order.Unplaced _ -> FulfilmentRules.unknown(command);
            case Order.Placed placed -> {
                Fulfilment fulfilment = placed.contents().fulfilment(fulfilmentId);
                if (fulfilment == null) {
                    yield FulfilmentRules.unknownFulfilment(placed.contents(), fulfilmentId);
                }
                FulfilmentProgress before = placed.contents().progress(fulfilment);
                // A reserved fulfilment may still be rejected; a rejected one stays rejected.
                if (before.getClass() == answer.getClass() || before instanceof Rejected || fulfilment.carriedOut()) {
                    yield accepted();
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
            case Order.Confirmed _, Order.Rejected _, Order.Cancelled _, Order.Completed _ -> accepted();
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
        List<EndReason> reasons = rejections(contents).map(Rejected::reason).toList();
        return reasons.contains(EndReason.OUT_OF_STOCK) ? EndReason.OUT_OF_STOCK : reasons.getFirst();
    }

    private static List<Shortage> shortages(OrderContents contents) {
        return rejections(contents)
                .flatMap(rejected -> rejected.shortages().stream())
                .toList();
    }

    private static Stream<Rejected> rejections(OrderContents contents) {
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
            handedOver = handedOver.then(
                    FulfilmentRules.handover(before, fulfilment, before.open(fulfilment), carriedOutAt));
        }
        return FulfilmentRules.completeIfClosed(handedOver);
    }

    private static Decision<OrderEvent> rejectUnanswered(Order order, RejectUnanswered command, Instant now) {
        return switch (order) {
            case Order.Unplaced _ -> FulfilmentRules.unknown(command);
            case Order.Placed placed -> {
                OrderContents contents = placed.contents();
                if (placed.decideBy() == null || now.isBefore(placed.decideBy())) {
                    yield accepted();
                }
                if (!isPartlyCarriedOut(contents)) {
                    yield accepted(rejection(contents, EndReason.NOT_ANSWERED_IN_TIME, List.of()));
                }
                Draft draft = Draft.of(order);
                for (Fulfilment waiting : contents.fulfilmentsThatAre(Waiting.class)) {
                    draft = draft.then(new FulfilmentRejected(
                            command.orderId(), waiting.fulfilmentId(), EndReason.NOT_ANSWERED_IN_TIME, List.of()));
                }
                yield decideOrder(draft, draft.contents(), now).accepted();
            }
            case Order.Confirmed _, Order.Rejected _, Order.Cancelled _, Order.Completed _ -> accepted();
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
                    yield FulfilmentRules.unknownFulfilment(contents, command.fulfilmentId());
                }
                String cancellationId = command.fulfilmentId() + "-shortfall";
                List<LineQuantity> lines = contents.linesOf(List.of(fulfilment)).stream()
                        .filter(line -> contents.cancellable(line) > 0)
                        .map(line -> line.units(contents.cancellable(line)))
                        .toList();
                if (lines.isEmpty() || contents.cancellation(cancellationId) != null) {
                    yield accepted();
                }
                yield accepted(new OrderCancellationRequested(
                        command.orderId(),
                        cancellationId,
                        command.reason(),
                        List.of(new Cancellation.Part(command.fulfilmentId(), lines))));
            }
            case Order.Unplaced _ -> FulfilmentRules.unknown(command);
            // In an unconfirmed order, a shortfall rejects the fulfilment.
            case Order.Placed placed ->
                recordAnswer(order, command.fulfilmentId(), command, new Rejected(command.reason(), List.of()), now);
            case Order.Rejected _, Order.Cancelled _, Order.Completed _ -> accepted();
        };
    }

    // Requests to cancel.

    private static Decision<OrderEvent> cancel(Order order, CancelOrder command) {
        if (order instanceof Order.Known known) {
            Cancellation earlier = known.contents().cancellation(command.cancellationId());
            if (earlier != null) {
                return earlier.isRepeatedBy(command)
                        ? accepted()
                        : rejected(new CancellationConflict(command.orderId(), earlier));
            }
        }
        return switch (order) {
            case Order.Unplaced _ -> FulfilmentRules.unknown(command);
            case Order.Placed placed ->
                command.lines().isEmpty() && !isPartlyCarriedOut(placed.contents())
                        ? accepted(FulfilmentRules.cancelled(
                                placed.contents(), command.reason(), fulfilmentsToRelease(placed.contents())))
                        : rejected(new NotConfirmedYet(command.orderId()));
            case Order.Confirmed confirmed -> requestCancellation(confirmed.contents(), command);
            case Order.Rejected rejected -> rejectEnded(command, rejected);
            case Order.Cancelled cancelled -> command.lines().isEmpty() ? accepted() : rejectEnded(command, cancelled);
            case Order.Completed completed -> rejectEnded(command, completed);
        };
    }

    private static Decision<OrderEvent> rejectEnded(CancelOrder command, Order.Known order) {
        return rejected(new OrderEnded(command.orderId(), order.name()));
    }

    private static Decision<OrderEvent> requestCancellation(OrderContents contents, CancelOrder command) {
        if (contents.cancellations().size() >= CANCELLATIONS_MAX
                || contents.linesInCancellations() > LINES_IN_CANCELLATIONS_MAX) {
            return rejected(new TooManyCancellations(command.orderId(), CANCELLATIONS_MAX));
        }
        Map<String, List<LineQuantity>> byFulfilment = new LinkedHashMap<>();
        if (command.lines().isEmpty()) {
            contents.cancellable().forEach(units -> addToRequest(byFulfilment, contents, units));
        }
        for (int i = 0; i < command.lines().size(); i++) {
            CancelOrder.LineToCancel requested = command.lines().get(i);
            OrderLine line = contents.line(requested.lineId());
            if (line == null) {
                return rejected(new UnknownLine("lines[" + i + "].lineId", requested.lineId()));
            }
            long cancellable = contents.cancellable(line);
            long units = requested.quantity() == null ? Math.max(1, cancellable) : requested.quantity();
            if (units > cancellable) {
                return rejected(new NotCancellable("lines[" + i + "].quantity", line.lineId(), units, cancellable));
            }
            addToRequest(byFulfilment, contents, line.units(units));
        }
        if (byFulfilment.isEmpty()) {
            // Earlier requests already cover every open unit.
            return accepted();
        }
        List<Cancellation.Part> parts = byFulfilment.entrySet().stream()
                .map(part -> new Cancellation.Part(part.getKey(), part.getValue()))
                .toList();
        return accepted(
                new OrderCancellationRequested(command.orderId(), command.cancellationId(), command.reason(), parts));
    }

    private static void addToRequest(
            Map<String, List<LineQuantity>> byFulfilment, OrderContents contents, LineQuantity units) {
        byFulfilment
                .computeIfAbsent(contents.fulfilmentOf(units.lineId()).fulfilmentId(), id -> new ArrayList<>())
                .add(units);
    }
}
