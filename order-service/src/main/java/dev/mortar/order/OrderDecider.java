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
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The rules of an order. This decider decides a cancellation until the order is confirmed. From then on pickup-service
 * decides it, because it hands the goods over, and this decider records its answers.
 */
final class OrderDecider implements Decider<OrderCommand, Order, OrderEvent> {

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
            case RecordReducedReservation c -> LossRules.recordReducedReservation(order, c);
            case RecordStoreRejection c -> LossRules.recordStoreRejection(order, c, now);
            case RecordOverdue c -> LossRules.recordOverdue(order, c, now);
            case DecideSourcing c -> decideSourcing(order, c, now);
            case MoveFulfilment c -> MoveRules.move(order, c, now);
            case CheckDue c -> checkDue(order, c, now);
            case CancelOrder c -> CancelRules.cancel(order, c);
            case RecordCancellation c -> FulfilmentRules.recordCancellation(order, c, now);
            case RecordCancellationRefusal c -> FulfilmentRules.recordRefusal(order, c);
            case RecordShortPick c -> LossRules.recordShortPick(order, c, now);
            case RecordHandover c -> FulfilmentRules.recordHandover(order, c);
            case RecordDelivery c -> ParcelRules.recordDelivery(order, c);
            case RecordUndelivered c -> ParcelRules.recordUndelivered(order, c);
            case RecordLoss c -> ParcelRules.recordLoss(order, c);
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
        boolean nothingToReserve = command.order().unsourced().isEmpty()
                && command.order().fulfilments().stream().allMatch(Fulfilment::carriedOut);
        Instant decideBy = now.plus(command.decideWithin());
        Draft placed = Draft.of(order)
                .then(new OrderPlaced(
                        command.orderId(),
                        command.order(),
                        total(command.order().lines()),
                        nothingToReserve ? null : decideBy,
                        now));
        return (nothingToReserve ? confirm(placed, placed.contents(), now) : RunRules.place(placed, decideBy))
                .accepted();
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
                boolean isOpen = before instanceof Waiting || before instanceof Reserved;
                if (before.getClass() == answer.getClass() || !isOpen || fulfilment.carriedOut()) {
                    yield accepted();
                }
                boolean looksAgain = answer instanceof Rejected && RunRules.mayRun(placed.contents(), fulfilment, now);
                // A single answer decides the order at once. If there are several, an event records each.
                if (placed.contents().fulfilments().size() == 1
                        && !placed.contents().isSourcing()
                        && !looksAgain) {
                    OrderContents answered = command instanceof RecordReservation c
                            ? placed.contents().reserved(fulfilmentId, c.readyAt(), c.acceptBy())
                            : placed.contents().with(fulfilmentId, answer);
                    yield decideOrder(Draft.of(order), answered, now).accepted();
                }
                Instant readyAt = command instanceof RecordReservation c ? c.readyAt() : null;
                Instant acceptBy = command instanceof RecordReservation c ? c.acceptBy() : null;
                Draft answered = Draft.of(order)
                        .then(
                                answer instanceof Rejected(EndReason reason, List<Shortage> shortages)
                                        ? new FulfilmentRejected(command.orderId(), fulfilmentId, reason, shortages)
                                        : new FulfilmentReserved(command.orderId(), fulfilmentId, readyAt, acceptBy));
                if (looksAgain && answer instanceof Rejected refused) {
                    RunRules.Need need = new RunRules.Need(
                            fulfilment,
                            SourcingRun.Trigger.RESERVATION_REFUSED,
                            placed.contents()
                                    .of(fulfilment)
                                    .last(placed.contents().open(fulfilment)),
                            refused.reason(),
                            null);
                    yield RunRules.again(answered, need, Objects.requireNonNull(placed.decideBy()))
                            .accepted();
                }
                yield decideOrder(answered, answered.contents(), now).accepted();
            }
            case Order.Confirmed confirmed -> {
                Fulfilment fulfilment = confirmed.contents().fulfilment(fulfilmentId);
                if (fulfilment == null) {
                    yield FulfilmentRules.unknownFulfilment(confirmed.contents(), fulfilmentId);
                }
                yield switch (answer) {
                    case Rejected(EndReason reason, List<Shortage> shortages) ->
                        RunRules.refused(confirmed, fulfilment, reason, shortages, now);
                    default -> {
                        RecordReservation reserved = (RecordReservation) command;
                        yield RunRules.reserved(confirmed, fulfilment, reserved.readyAt(), reserved.acceptBy());
                    }
                };
            }
            // The order is already decided, and that decision releases the reservation.
            case Order.Rejected _, Order.Cancelled _, Order.Completed _ -> accepted();
        };
    }

    private static Decision<OrderEvent> decideSourcing(Order order, DecideSourcing command, Instant now) {
        if (!(order instanceof Order.Known known)) {
            return FulfilmentRules.unknown(command);
        }
        SourcingRun run = known.contents().run(command.runId());
        if (run == null) {
            return rejected(new UnknownRun(command.orderId(), command.runId()));
        }
        boolean isPlaced = order instanceof Order.Placed;
        if (!run.isOpen() || !(isPlaced || order instanceof Order.Confirmed)) {
            return accepted();
        }
        OrderRejection mistake = RunRules.mistake(run, command);
        if (mistake != null) {
            return rejected(mistake);
        }
        Draft decided = RunRules.decided(Draft.of(order), run, command);
        if (isPlaced) {
            return decideOrder(decided, decided.contents(), now).accepted();
        }
        return (command.shares().isEmpty() ? RunRules.withoutSource(decided, run) : decided).accepted();
    }

    private static Draft decideOrder(Draft draft, OrderContents answered, Instant now) {
        if (!answered.fulfilmentsThatAre(Waiting.class).isEmpty() || answered.isSourcing()) {
            return draft;
        }
        boolean confirmed = switch (answered.requested().acceptance()) {
            case WHOLE ->
                answered.fulfilmentsThatAre(Rejected.class).isEmpty()
                        && answered.unsourced().findAny().isEmpty();
            case PER_FULFILMENT -> !answered.fulfilmentsThatAre(Reserved.class).isEmpty();
        };
        return confirmed
                ? confirm(draft, answered, now)
                : draft.then(rejection(answered, reason(answered), shortages(answered)));
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
    static List<Fulfilment> fulfilmentsToRelease(OrderContents contents) {
        return contents.fulfilmentsThat(fulfilment -> !fulfilment.carriedOut()
                && (contents.progress(fulfilment) instanceof Waiting
                        || contents.progress(fulfilment) instanceof Reserved));
    }

    /** OUT_OF_STOCK if any fulfilment was rejected for it; otherwise the first fulfilment's reason. */
    private static EndReason reason(OrderContents contents) {
        List<EndReason> reasons = Stream.concat(
                        rejections(contents).map(Rejected::reason),
                        contents.runs().stream()
                                .filter(run -> !run.units().isEmpty())
                                .map(OrderDecider::reason))
                .toList();
        return reasons.contains(EndReason.OUT_OF_STOCK) ? EndReason.OUT_OF_STOCK : reasons.getFirst();
    }

    private static EndReason reason(SourcingRun withoutSource) {
        return withoutSource.outcome() == SourcingRun.Outcome.NOT_ANSWERED_IN_TIME
                ? EndReason.NOT_ANSWERED_IN_TIME
                : withoutSource.request().reason();
    }

    private static List<Shortage> shortages(OrderContents contents) {
        return rejections(contents)
                .flatMap(rejected -> rejected.shortages().stream())
                .toList();
    }

    private static Stream<Rejected> rejections(OrderContents contents) {
        return contents.fulfilments().stream()
                .map(FulfilmentContents::progress)
                .filter(Rejected.class::isInstance)
                .map(Rejected.class::cast);
    }

    /** Confirms the fulfilments that were not rejected, and hands over those that are carried out. */
    private static Draft confirm(Draft draft, OrderContents contents, Instant carriedOutAt) {
        List<Fulfilment> rejected = contents.fulfilmentsThatAre(Rejected.class);
        List<Fulfilment> accepted = contents.fulfilmentsThatAre(Reserved.class);
        List<OrderLine> lines = contents.linesOf(accepted);
        Draft confirmed = draft.then(new OrderConfirmed(
                contents.orderId(),
                contents.requested().channel(),
                contents.requested().customerId(),
                lines,
                accepted,
                rejected,
                contents.lines(Stream.concat(contents.partsOf(rejected), contents.unsourced())),
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

    private static Decision<OrderEvent> checkDue(Order order, CheckDue command, Instant now) {
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
                draft = RunLimits.endOpen(draft);
                yield decideOrder(draft, draft.contents(), now).accepted();
            }
            case Order.Confirmed _ -> RunLimits.checkDue(Draft.of(order), now).accepted();
            case Order.Rejected _, Order.Cancelled _, Order.Completed _ -> accepted();
        };
    }

    /** If the shopper has carried goods out, they stay sold even if the other fulfilments are rejected. */
    static boolean isPartlyCarriedOut(OrderContents contents) {
        return !contents.fulfilmentsThat(Fulfilment::carriedOut).isEmpty();
    }

    private static Decision<OrderEvent> recordBrokenReservation(
            Order order, RecordBrokenReservation command, Instant now) {
        return switch (order) {
            case Order.Confirmed confirmed
            when confirmed.contents().fulfilment(command.fulfilmentId()) instanceof Fulfilment fulfilment
                    && confirmed.contents().progress(fulfilment) instanceof SetAside ->
                RunRules.refused(confirmed, fulfilment, command.reason(), List.of(), now);
            case Order.Confirmed _ -> LossRules.recordBrokenReservation(order, command);
            case Order.Unplaced _ -> FulfilmentRules.unknown(command);
            // In an unconfirmed order, a shortfall rejects the fulfilment.
            case Order.Placed placed ->
                recordAnswer(order, command.fulfilmentId(), command, new Rejected(command.reason(), List.of()), now);
            case Order.Rejected _, Order.Cancelled _, Order.Completed _ -> accepted();
        };
    }
}
