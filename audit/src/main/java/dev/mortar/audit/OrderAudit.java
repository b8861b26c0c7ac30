package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;
import static dev.mortar.audit.Order.Phase.*;

import dev.mortar.audit.Order.Phase;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.order.*;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;

/** The promises about orders: an order is placed once, takes only legal steps, and accounts for every unit. */
final class OrderAudit extends Auditor {
    private final RepeatedFields repeated;
    final Aggregates<Order> orders = new Aggregates<>();
    private final Map<String, String> ordersByReceipt = new HashMap<>();

    OrderAudit(Findings findings) {
        super(findings);
        repeated = new RepeatedFields(findings, REPEATS_FIRST, Map.of(), "customerId", "channel");
        on(OrderPlaced.class, this::placed);
        on(SaleRecorded.class, this::sold);
        step(FulfilmentReserved.class, this::fulfilmentReserved, PLACED);
        step(FulfilmentRejected.class, this::fulfilmentRejected, PLACED);
        step(OrderConfirmed.class, this::confirmed, PLACED);
        step(OrderRejected.class, this::rejected, PLACED);
        step(OrderCancellationRequested.class, this::cancellationRequested, CONFIRMED);
        step(OrderCancellationRefused.class, (_, _) -> {}, CONFIRMED, COMPLETED, CANCELLED);
        step(OrderLinesCancelled.class, this::linesCancelled, CONFIRMED);
        step(OrderCancelled.class, this::cancelled, PLACED, CONFIRMED);
        step(FulfilmentHandedOver.class, this::handedOver, CONFIRMED);
        step(OrderCompleted.class, this::completed, CONFIRMED);
        step(OrderReturned.class, this::returned, CONFIRMED, COMPLETED);
        requireCompleteness("order-service", "");
    }

    /** Registers the handler of an event type that an order may have only in these phases. */
    private <E extends SpecificRecord> void step(Class<E> type, BiConsumer<Order, E> handler, Phase... from) {
        var phases = Set.of(from);
        on(type, event -> {
            var id = (String) event.get(1);
            var order = orders.get(id);
            if (order == null) {
                check(ORDER_TRANSITIONS, false, "Order %s was never placed", id);
                return;
            }
            context(order.event);
            boolean isLegal = phases.contains(order.phase);
            check(ORDER_TRANSITIONS, isLegal, "%s of order %s, which is %s", logged().type(), id, order.phase);
            repeated.check(order.first);
            if (isLegal) {
                handler.accept(order, event);
            }
        });
    }

    @Override
    void afterEach(LoggedEvent logged) {
        var order = orders.get(logged.key());
        if (order != null && order.phase == CONFIRMED && logged.isLastOfCommand()) {
            context(order.event);
            boolean isOpen = order.ordered.keySet().stream().anyMatch(lineId -> order.open(lineId) > 0);
            check(ORDER_LINES_ADD_UP, isOpen, "Every line is handed over or cancelled, and the order is not ended");
        }
    }

    private void placed(OrderPlaced event) {
        if (isFirst(event.getOrderId(), event.getLines())) {
            var order = new Order(logged(), event);
            var lines = event.getLines();
            var fulfilments = event.getFulfilments();
            var sentence = "Lines %s and fulfilments %s do not fit each other, total %s or deadline %s";
            boolean isRight = isWellFormed(event, order.ordered);
            check(ORDER_WELL_FORMED, isRight, sentence, lines, fulfilments, event.getTotal(), event.getDecideBy());
            orders.put(event.getOrderId(), order);
        }
    }

    private void sold(SaleRecorded event) {
        var id = event.getOrderId();
        if (isFirst(id, event.getLines())) {
            var other = ordersByReceipt.put(event.getTillId() + '|' + event.getReceiptNumber(), id);
            boolean isFirst = other == null || other.equals(id);
            var sentence = "Receipt %s of till %s made order %s before";
            check(RECEIPT_ONCE, isFirst, sentence, event.getReceiptNumber(), event.getTillId(), other);
            var order = new Order(logged(), Order.confirmed(event));
            boolean isRight = order.ordered.size() == event.getLines().size()
                    && event.getTotal().getAmount() == Sums.paid(event.getLines());
            check(ORDER_WELL_FORMED, isRight, "Lines %s do not fit total %s", event.getLines(), event.getTotal());
            orders.put(id, order);
        }
    }

    private boolean isFirst(String id, List<OrderLine> lines) {
        var earlier = orders.get(id);
        context(earlier == null ? null : earlier.event);
        for (var line : lines) {
            boolean isPositive = line.getQuantity() > 0
                    && line.getUnitPrice().getAmount() >= 0
                    && line.getDiscount().getAmount() >= 0
                    && line.getTax().getAmount() >= 0
                    && Sums.paid(line) >= 0;
            check(QUANTITIES_POSITIVE, isPositive, "A quantity or an amount is too small: %s", line);
        }
        return once(ORDER_PLACED_ONCE, earlier == null && logged().meta().getSequence() == 1, id, "placed");
    }

    private static boolean isWellFormed(OrderPlaced event, Map<String, Long> ordered) {
        var fulfilments = event.getFulfilments();
        long inFulfilments =
                fulfilments.stream().mapToLong(each -> each.getLineIds().size()).sum();
        return IntStream.range(0, fulfilments.size())
                        .allMatch(i -> fulfilments.get(i).getFulfilmentId().equals(event.getOrderId() + '-' + (i + 1)))
                && lineIds(fulfilments).equals(ordered.keySet())
                && inFulfilments == ordered.size()
                && ordered.size() == event.getLines().size()
                && event.getTotal().getAmount() == Sums.paid(event.getLines())
                && (event.getDecideBy() == null)
                        == fulfilments.stream().allMatch(each -> each.getMethod() == FulfilmentMethod.CARRY_OUT);
    }

    private void fulfilmentReserved(Order order, FulfilmentReserved event) {
        var id = event.getFulfilmentId();
        var answered = order.rejected.contains(id) ? order.rejected : order.reserved;
        once(ORDER_TRANSITIONS, answered.add(id), id, "answered");
    }

    private void fulfilmentRejected(Order order, FulfilmentRejected event) {
        var id = event.getFulfilmentId();
        order.reserved.remove(id);
        once(ORDER_TRANSITIONS, order.rejected.add(id), id, "answered");
        isRejectedForAReason(order, order.refused.contains(id));
    }

    private void isRejectedForAReason(Order order, boolean isRefused) {
        var decideBy = order.decideBy;
        boolean isOverdue = decideBy != null && !logged().recordedAt().isBefore(decideBy);
        boolean isJustified = logged().hasCause() ? isRefused : isOverdue;
        var sentence = "Rejected when inventory had refused %s, and the deadline was %s";
        check(ORDER_REFUSED_FOR_A_REASON, isJustified, sentence, order.refused, decideBy);
    }

    private void confirmed(Order order, OrderConfirmed event) {
        check(ORDER_CONFIRMED_AS_PLACED, isAsPlaced(order, event), "The order placed was not %s", event);
        order.confirm(logged(), event);
    }

    private static boolean isAsPlaced(Order order, OrderConfirmed event) {
        var lines = new ArrayList<>(event.getLines());
        lines.addAll(event.getRejectedLines());
        var fulfilments = new ArrayList<>(event.getFulfilments());
        fulfilments.addAll(event.getRejectedFulfilments());
        return Sums.sameLines(lines, order.lines)
                && fulfilments.size() == order.fulfilments.size()
                && fulfilments.containsAll(order.fulfilments)
                && lineIds(event.getFulfilments())
                        .equals(Sums.byLine(event.getLines()).keySet())
                && (event.getRejectedFulfilments().isEmpty() || order.acceptance == Acceptance.PER_FULFILMENT)
                && ids(event.getRejectedFulfilments()).equals(order.rejected)
                && !event.getFulfilments().isEmpty()
                && event.getTotal().getAmount() == Sums.paid(event.getLines());
    }

    private void rejected(Order order, OrderRejected event) {
        namesAllLines(event.getLines(), order.lines);
        endsReservations(order, ids(event.getFulfilments()), order.refused);
        var refused = new HashSet<>(order.rejected);
        refused.addAll(order.refused);
        boolean isOneEnough = order.acceptance == Acceptance.WHOLE;
        isRejectedForAReason(order, isOneEnough ? !refused.isEmpty() : refused.containsAll(ids(order.fulfilments)));
        order.end(REJECTED);
    }

    private void namesAllLines(List<OrderLine> named, List<OrderLine> expected) {
        boolean isSame = Sums.sameLines(named, expected);
        check(ORDER_LINES_ADD_UP, isSame, "%s names %s; the order has %s", logged().type(), named, expected);
    }

    /** @param optional reservations that need not be named, because they ended or were never made */
    private void endsReservations(Order order, Set<String> named, Set<String> optional) {
        var reservable = order.fulfilments.stream()
                .filter(each -> each.getMethod() != FulfilmentMethod.CARRY_OUT)
                .map(Fulfilment::getFulfilmentId)
                .filter(id -> !order.rejected.contains(id))
                .collect(Collectors.toSet());
        boolean areAll = reservable.containsAll(named)
                && reservable.stream().allMatch(id -> named.contains(id) || optional.contains(id));
        check(ORDER_LINES_ADD_UP, areAll, "The order ends the reservations %s; it may have %s", named, reservable);
    }

    private void cancellationRequested(Order order, OrderCancellationRequested event) {
        var id = event.getCancellationId();
        once(ORDER_TRANSITIONS, order.cancellations.add(id), id, "requested");
        event.getParts()
                .forEach(part -> part.getLines().forEach(line -> isOpen(order, line.getLineId(), line.getQuantity())));
    }

    private void isOpen(Order order, String lineId, long units) {
        long open = order.open(lineId);
        boolean isOpen = units > 0 && units <= open;
        check(ORDER_LINES_ADD_UP, isOpen, "Line %s has %s units left; %s were named", lineId, open, units);
    }

    private void linesCancelled(Order order, OrderLinesCancelled event) {
        var lines = Sums.byLine(event.getLines());
        long amount = event.getAmount().getAmount();
        order.amount -= amount;
        long share = order.lines.stream()
                .mapToLong(line -> order.paid(line, lines.getOrDefault(line.getLineId(), 0L)))
                .sum();
        same(ORDER_SHARES, "The amount taken off for the cancelled units", amount, share);
        lines.forEach((lineId, units) -> isOpen(order, lineId, units));
        order.cancelled = Sums.plus(order.cancelled, lines);
    }

    private void cancelled(Order order, OrderCancelled event) {
        boolean isPlaced = order.phase == PLACED;
        var sentence = "An order that is %s is cancelled by event %s";
        var cause = logged().meta().getCausationId();
        check(ORDER_TRANSITIONS, isPlaced == (cause == null), sentence, order.phase, cause);
        var named = ids(event.getReservedFulfilments());
        boolean isOpen = order.left.isEmpty() && (isPlaced || named.isEmpty());
        check(ORDER_LINES_ADD_UP, isOpen, "Cancelled with %s handed over; it ends %s", order.left, named);
        if (isPlaced) {
            endsReservations(order, named, Set.of());
        }
        var open = order.fulfilments.stream()
                .filter(fulfilment -> !order.rejected.contains(fulfilment.getFulfilmentId()))
                .toList();
        namesAllLines(event.getLines(), linesOf(order, lineIds(open)));
        order.end(CANCELLED);
    }

    private static List<OrderLine> linesOf(Order order, Collection<String> lineIds) {
        var lines = order.lines.stream();
        return lines.filter(line -> lineIds.contains(line.getLineId())).toList();
    }

    private void handedOver(Order order, FulfilmentHandedOver event) {
        var id = event.getFulfilmentId();
        once(ORDER_TRANSITIONS, order.handedOver.add(id), id, "handed over");
        var sentence = "Lines %s are not the share of the confirmed lines %s";
        check(ORDER_SHARES, isShare(order, event), sentence, event.getLines(), order.lines);
        var lines = Sums.byLine(event.getLines());
        lines.forEach((lineId, units) -> isOpen(order, lineId, units));
        order.left = Sums.plus(order.left, lines);
    }

    private static boolean isShare(Order order, FulfilmentHandedOver event) {
        var fulfilment = Order.fulfilment(order.fulfilments, event.getFulfilmentId());
        if (fulfilment == null) {
            return false;
        }
        var confirmed = linesOf(order, fulfilment.getLineIds()).stream()
                .collect(Collectors.toMap(OrderLine::getLineId, line -> line, (_, last) -> last));
        return fulfilment.getMethod() == event.getMethod()
                && fulfilment.getLocationId().equals(event.getLocationId())
                && event.getLines().stream().allMatch(part -> {
                    var line = confirmed.remove(part.getLineId());
                    return line != null && order.isShare(line, part);
                });
    }

    private void completed(Order order, OrderCompleted event) {
        var named = List.of(Sums.byLine(event.getHandedOver()), Sums.byLine(event.getCancelled()));
        var expected = List.of(order.left, order.cancelled);
        boolean isAll = Sums.plus(order.left, order.cancelled).equals(order.ordered) && !order.left.isEmpty();
        var sentence = "Handed over and cancelled are %s; by the events before it is %s of %s";
        check(ORDER_LINES_ADD_UP, isAll && named.equals(expected), sentence, named, expected, order.ordered);
        order.end(COMPLETED);
    }

    private void returned(Order order, OrderReturned event) {
        var returned = Map.copyOf(Sums.plus(order.returned, Sums.byLine(event.getLines())));
        order.returned = returned;
        boolean isRight = Sums.within(returned, order.left) && event.getWhole() == returned.equals(order.left);
        check(ORDER_LINES_ADD_UP, isRight, "Returned are %s of %s; whole: %s", returned, order.left, event.getWhole());
    }

    /** Orders that are not decided although their deadline is over. */
    @Override
    void finish(Instant asOf) {
        orders.each((id, order) -> {
            var decideBy = order.decideBy;
            context(order.event);
            boolean isInTime = decideBy == null || decideBy.plus(rules.slack()).isAfter(asOf);
            check(ORDER_DECIDED_IN_TIME, isInTime, "order-service has not decided %s by %s", id, decideBy);
        });
    }

    boolean isDecided(String orderId) {
        var order = orders.get(orderId);
        return order != null && order.phase != PLACED;
    }

    boolean isCancelled(String orderId) {
        var order = orders.get(orderId);
        return order != null && order.phase == CANCELLED;
    }

    /** Whether nothing can happen to a fulfilment any more, by the events of its order. */
    boolean isOver(String orderId, String fulfilmentId) {
        var order = orders.get(orderId);
        if (order == null) {
            return false;
        }
        var fulfilment = Order.fulfilment(order.fulfilments, fulfilmentId);
        return switch (order.phase) {
            case REJECTED, CANCELLED, COMPLETED -> true;
            case PLACED -> order.rejected.contains(fulfilmentId);
            case CONFIRMED ->
                order.rejected.contains(fulfilmentId)
                        || fulfilment == null
                        || fulfilment.getLineIds().stream().allMatch(lineId -> order.open(lineId) == 0);
        };
    }

    /** Inventory refused a fulfilment, or broke its reservation. */
    void refused(String orderId, String fulfilmentId) {
        var order = orders.get(orderId);
        if (order != null && order.phase == PLACED) {
            order.refused.add(fulfilmentId);
        }
    }

    private static Set<String> ids(List<Fulfilment> fulfilments) {
        return fulfilments.stream().map(Fulfilment::getFulfilmentId).collect(Collectors.toSet());
    }

    private static Set<String> lineIds(List<Fulfilment> fulfilments) {
        return fulfilments.stream().flatMap(each -> each.getLineIds().stream()).collect(Collectors.toSet());
    }
}
