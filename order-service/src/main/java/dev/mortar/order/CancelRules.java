package dev.mortar.order;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.order.OrderCommand.CancelOrder;
import dev.mortar.order.OrderEvent.OrderCancellationRequested;
import dev.mortar.order.OrderRejection.*;
import dev.mortar.values.LineQuantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The rules of requests to cancel. An unconfirmed order is cancelled at once. For a confirmed one, pickup-service is
 * asked.
 */
final class CancelRules {

    /** Limit of cancellation requests per order. The state keeps every request to recognise repeats. */
    static final int CANCELLATIONS_MAX = 50;

    /** Limit of lines in all requests of an order. The state contains them and must fit into one Kafka record. */
    static final int LINES_IN_CANCELLATIONS_MAX = 2_000;

    private CancelRules() {}

    static Decision<OrderEvent> cancel(Order order, CancelOrder command) {
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
                command.lines().isEmpty() && !OrderDecider.isPartlyCarriedOut(placed.contents())
                        ? accepted(FulfilmentRules.cancelled(
                                placed.contents(),
                                command.reason(),
                                OrderDecider.fulfilmentsToRelease(placed.contents())))
                        : rejected(new NotConfirmedYet(command.orderId()));
            case Order.Confirmed confirmed -> requestCancellation(confirmed, command);
            case Order.Rejected rejected -> rejectEnded(command, rejected);
            case Order.Cancelled cancelled -> command.lines().isEmpty() ? accepted() : rejectEnded(command, cancelled);
            case Order.Completed completed -> rejectEnded(command, completed);
        };
    }

    private static Decision<OrderEvent> rejectEnded(CancelOrder command, Order.Known order) {
        return rejected(new OrderEnded(command.orderId(), order.name()));
    }

    private static Decision<OrderEvent> requestCancellation(Order.Confirmed order, CancelOrder command) {
        OrderContents contents = order.contents();
        if (contents.cancellations().size() >= CANCELLATIONS_MAX
                || contents.linesInCancellations() > LINES_IN_CANCELLATIONS_MAX) {
            return rejected(new TooManyCancellations(command.orderId(), CANCELLATIONS_MAX));
        }
        Map<String, List<LineQuantity>> cancellable = contents.cancellable();
        Map<String, List<LineQuantity>> byFulfilment = new LinkedHashMap<>();
        Draft draft = Draft.of(order);
        if (command.lines().isEmpty()) {
            draft = RunRules.cancelAll(draft, command.reason());
            byFulfilment.putAll(cancellable);
        }
        for (int i = 0; i < command.lines().size(); i++) {
            CancelOrder.LineToCancel requested = command.lines().get(i);
            if (contents.line(requested.lineId()) == null) {
                return rejected(new UnknownLine("lines[" + i + "].lineId", requested.lineId()));
            }
            long possible = ofLine(cancellable, requested.lineId())
                    .mapToLong(units -> units.getValue().quantity())
                    .sum();
            long units = requested.quantity() == null ? Math.max(1, possible) : requested.quantity();
            if (units > possible) {
                return rejected(new NotCancellable("lines[" + i + "].quantity", requested.lineId(), units, possible));
            }
            addToRequest(byFulfilment, ofLine(cancellable, requested.lineId()), units);
        }
        if (byFulfilment.isEmpty()) {
            // Earlier requests already cover every open unit.
            return draft.accepted();
        }
        for (String fulfilmentId : byFulfilment.keySet()) {
            draft = RunRules.keepOld(draft, Objects.requireNonNull(contents.fulfilment(fulfilmentId)));
        }
        List<Cancellation.Part> parts = byFulfilment.entrySet().stream()
                .map(part -> new Cancellation.Part(part.getKey(), part.getValue()))
                .toList();
        return draft.then(new OrderCancellationRequested(
                        command.orderId(), command.cancellationId(), command.reason(), parts, false))
                .accepted();
    }

    /** The units of a line that can be cancelled, by fulfilment. */
    private static Stream<Map.Entry<String, LineQuantity>> ofLine(
            Map<String, List<LineQuantity>> cancellable, String lineId) {
        return cancellable.entrySet().stream()
                .flatMap(each -> each.getValue().stream()
                        .filter(units -> units.lineId().equals(lineId))
                        .map(units -> Map.entry(each.getKey(), units)));
    }

    /** Adds units of one line, those of its first fulfilment first. */
    private static void addToRequest(
            Map<String, List<LineQuantity>> byFulfilment, Stream<Map.Entry<String, LineQuantity>> ofLine, long units) {
        long left = units;
        for (Map.Entry<String, LineQuantity> each : ofLine.toList()) {
            LineQuantity line = each.getValue();
            long taken = Math.min(left, line.quantity());
            if (taken > 0) {
                byFulfilment
                        .computeIfAbsent(each.getKey(), id -> new ArrayList<>())
                        .add(new LineQuantity(line.lineId(), line.sku(), taken));
            }
            left -= taken;
        }
    }
}
