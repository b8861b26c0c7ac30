package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;
import static dev.mortar.audit.Order.Phase.*;

import dev.mortar.audit.Order.Phase;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.LinePart;
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
import java.util.stream.Stream;
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
        step(FulfilmentReserved.class, this::fulfilmentReserved, PLACED, CONFIRMED);
        step(FulfilmentRejected.class, this::fulfilmentRejected, PLACED, CONFIRMED);
        // SourcingAudit judges the contents of these.
        step(SourcingRequested.class, (_, _) -> {}, PLACED, CONFIRMED);
        step(SourcingDecided.class, (_, _) -> {}, PLACED, CONFIRMED);
        step(FulfilmentAdded.class, (_, _) -> {}, PLACED, CONFIRMED);
        step(FulfilmentConfirmed.class, (_, _) -> {}, CONFIRMED);
        step(FulfilmentWithdrawn.class, (_, _) -> {}, CONFIRMED);
        step(OrderConfirmed.class, this::confirmed, PLACED);
        step(OrderRejected.class, this::rejected, PLACED);
        step(OrderCancellationRequested.class, this::cancellationRequested, CONFIRMED);
        step(OrderCancellationRefused.class, (_, _) -> {}, CONFIRMED, COMPLETED, CANCELLED);
        step(OrderLinesCancelled.class, this::linesCancelled, CONFIRMED);
        step(OrderCancelled.class, this::cancelled, PLACED, CONFIRMED);
        step(FulfilmentHandedOver.class, this::handedOver, CONFIRMED);
        step(OrderCompleted.class, this::completed, CONFIRMED);
        step(OrderReturned.class, this::returned, CONFIRMED, COMPLETED);
        // ParcelStory judges the contents of these.
        step(FulfilmentDelivered.class, (_, _) -> {}, CONFIRMED, COMPLETED);
        step(FulfilmentUndelivered.class, (_, _) -> {}, CONFIRMED, COMPLETED);
        step(FulfilmentLost.class, this::lost, CONFIRMED, COMPLETED);
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
            boolean isCovered = order.places.coverLines();
            check(PARTS_COVER_LINES, isCovered, "The parts in %s are not the lines %s", fulfilments, lines);
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
            var order = new Order(logged(), event);
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
        return IntStream.range(0, fulfilments.size())
                        .allMatch(i -> fulfilments.get(i).getFulfilmentId().equals(event.getOrderId() + '-' + (i + 1)))
                && lineIds(event).equals(ordered.keySet())
                && ordered.size() == event.getLines().size()
                && event.getTotal().getAmount() == Sums.paid(event.getLines())
                && (event.getDecideBy() == null)
                        == (event.getUnsourced().isEmpty()
                                && fulfilments.stream()
                                        .allMatch(each -> each.getMethod() == FulfilmentMethod.CARRY_OUT));
    }

    private void fulfilmentReserved(Order order, FulfilmentReserved event) {
        var id = event.getFulfilmentId();
        var answered = order.rejected.contains(id) ? order.rejected : order.reserved;
        once(ORDER_TRANSITIONS, answered.add(id), id, "answered");
    }

    private void fulfilmentRejected(Order order, FulfilmentRejected event) {
        var id = event.getFulfilmentId();
        order.reserved.remove(id);
        once(ORDER_TRANSITIONS, !order.moved.contains(id) && order.rejected.add(id), id, "answered");
        isRejectedForAReason(order, order.refused.contains(id));
    }

    private void isRejectedForAReason(Order order, boolean isRefused) {
        var decideBy = order.decideBy;
        boolean isOverdue = decideBy != null && !logged().recordedAt().isBefore(decideBy);
        boolean isAnswer =
                logged().hasCause() || order.runs.values().stream().anyMatch(run -> run.isDecidedBy(logged()));
        boolean isJustified = isAnswer ? isRefused : isOverdue;
        var sentence = "Rejected when inventory had refused %s, and the deadline was %s";
        check(ORDER_REFUSED_FOR_A_REASON, isJustified, sentence, order.refused, decideBy);
    }

    private void confirmed(Order order, OrderConfirmed event) {
        check(ORDER_CONFIRMED_AS_PLACED, isAsPlaced(order, event), "The order placed was not %s", event);
        order.confirm(logged(), event);
    }

    private static boolean isAsPlaced(Order order, OrderConfirmed event) {
        var fulfilments = new ArrayList<>(event.getFulfilments());
        fulfilments.addAll(event.getRejectedFulfilments());
        var live = live(order);
        var rejected = new ArrayList<>(order.withoutSource());
        boolean isWhole = rejected.isEmpty() && event.getRejectedFulfilments().isEmpty();
        rejected.addAll(ids(event.getRejectedFulfilments()));
        return Sums.sameLines(event.getLines(), order.places.linesOf(ids(event.getFulfilments())))
                && Sums.sameLines(event.getRejectedLines(), order.places.linesOf(rejected))
                && fulfilments.size() == live.size()
                && unpromised(fulfilments).containsAll(unpromised(live))
                && order.runs.values().stream().allMatch(run -> run.outcome != null)
                && (isWhole || order.acceptance == Acceptance.PER_FULFILMENT)
                && ids(event.getRejectedFulfilments()).equals(order.rejected)
                && !event.getFulfilments().isEmpty()
                && event.getTotal().getAmount() == Sums.paid(event.getLines());
    }

    /** The fulfilments that have not lost all their units to a run. */
    private static List<Fulfilment> live(Order order) {
        return order.fulfilments.stream()
                .filter(each -> !order.moved.contains(each.getFulfilmentId()))
                .toList();
    }

    private void rejected(Order order, OrderRejected event) {
        namesAllLines(event.getLines(), order.lines);
        endsReservations(order, ids(event.getFulfilments()), order.refused);
        var refused = new HashSet<>(order.rejected);
        refused.addAll(order.refused);
        refused.removeAll(order.moved);
        boolean isOneEnough = order.acceptance == Acceptance.WHOLE;
        isRejectedForAReason(order, !refused.isEmpty() && (isOneEnough || refused.containsAll(ids(live(order)))));
        order.end(REJECTED);
    }

    private void namesAllLines(List<OrderLine> named, List<OrderLine> expected) {
        boolean isSame = Sums.sameLines(named, expected);
        check(ORDER_LINES_ADD_UP, isSame, "%s names %s; the order has %s", logged().type(), named, expected);
    }

    /** @param optional reservations that need not be named, because they ended or were never made */
    private void endsReservations(Order order, Set<String> named, Set<String> optional) {
        var reservable = live(order).stream()
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
                .forEach(part -> part.getLines().forEach(line -> {
                    isOpen(order, part.getFulfilmentId(), line.getLineId(), line.getQuantity());
                    order.asked.add(Order.key(part.getFulfilmentId(), line.getSku()));
                }));
    }

    private void isOpen(Order order, String fulfilmentId, String lineId, long units) {
        long open = order.places.open(fulfilmentId, lineId);
        boolean isOpen = units > 0 && units <= open;
        check(ORDER_LINES_ADD_UP, isOpen, "Line %s has %s units left; %s were named", lineId, open, units);
    }

    private void linesCancelled(Order order, OrderLinesCancelled event) {
        var lines = Sums.byLine(event.getLines());
        long amount = event.getAmount().getAmount();
        order.amount -= amount;
        var place = event.getRunId() == null ? event.getFulfilmentId() : event.getRunId();
        long share = order.places.paid(place, lines);
        same(ORDER_SHARES, "The amount taken off for the cancelled units", amount, share);
        lines.forEach((lineId, units) -> isOpen(order, place, lineId, units));
        order.cancelled = Sums.plus(order.cancelled, lines);
        order.places.close(place, lines);
    }

    private void cancelled(Order order, OrderCancelled event) {
        boolean isPlaced = order.phase == PLACED;
        var sentence = "An order that is %s is cancelled by event %s";
        var cause = logged().meta().getCausationId();
        order.endedAtPickup = !isPlaced && order.isAtPickup();
        boolean isLegal = isPlaced ? cause == null : cause != null || !order.endedAtPickup;
        check(ORDER_TRANSITIONS, isLegal, sentence, order.phase, cause);
        var named = ids(event.getReservedFulfilments());
        boolean isOpen = order.left.isEmpty() && (isPlaced || named.isEmpty());
        check(ORDER_LINES_ADD_UP, isOpen, "Cancelled with %s handed over; it ends %s", order.left, named);
        if (isPlaced) {
            endsReservations(order, named, Set.of());
        }
        var open = new HashSet<>(order.places.ids());
        if (isPlaced) {
            open.removeAll(order.rejected);
            open.removeAll(order.withoutSource());
        }
        namesAllLines(event.getLines(), order.places.linesOf(open));
        order.end(CANCELLED);
    }

    private void handedOver(Order order, FulfilmentHandedOver event) {
        var id = event.getFulfilmentId();
        once(ORDER_TRANSITIONS, order.handedOver.add(id), id, "handed over");
        var sentence = "Lines %s are not the share of the confirmed lines %s";
        check(ORDER_SHARES, isShare(order, event), sentence, event.getLines(), order.lines);
        var lines = Sums.byLine(event.getLines());
        lines.forEach((lineId, units) -> isOpen(order, id, lineId, units));
        order.left = Sums.plus(order.left, lines);
        order.places.close(id, lines);
    }

    private static boolean isShare(Order order, FulfilmentHandedOver event) {
        var fulfilment = Order.fulfilment(order.fulfilments, event.getFulfilmentId());
        if (fulfilment == null) {
            return false;
        }
        var lineIds = event.getLines().stream().map(OrderLine::getLineId).collect(Collectors.toSet());
        return fulfilment.getMethod() == event.getMethod()
                && fulfilment.getLocationId().equals(event.getLocationId())
                && lineIds.size() == event.getLines().size()
                && event.getLines().stream().allMatch(part -> order.places.isShare(event.getFulfilmentId(), part));
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

    private void lost(Order order, FulfilmentLost event) {
        order.lost = Map.copyOf(Sums.plus(order.lost, Sums.byLine(event.getLines())));
        boolean isRight = Sums.within(Sums.plus(order.lost, order.returned), order.left);
        var sentence = "Lost are %s and returned %s of %s";
        check(ORDER_LINES_ADD_UP, isRight, sentence, order.lost, order.returned, order.left);
    }

    /** Whether units of one of these lines were handed over and have neither come back nor been lost. */
    boolean isAnyLeft(String orderId, Collection<String> lineIds) {
        var order = orders.get(orderId);
        return order != null
                && lineIds.stream()
                        .anyMatch(id -> order.left.getOrDefault(id, 0L)
                                        - order.returned.getOrDefault(id, 0L)
                                        - order.lost.getOrDefault(id, 0L)
                                > 0);
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

    /** Whether an order needs no answer about a reservation any more. */
    boolean isAnswered(String orderId, String fulfilmentId) {
        var order = orders.get(orderId);
        return order != null && order.phase != PLACED && order.added(fulfilmentId) != Run.Progress.WAITING;
    }

    /** Whether pickup-service does not know a fulfilment, because the order added it and has not confirmed it. */
    boolean isUnconfirmed(String orderId, String fulfilmentId) {
        var order = orders.get(orderId);
        return order != null && order.isUnconfirmed(fulfilmentId);
    }

    /** Whether an order has looked for another location while a fulfilment kept its units, or has ended. */
    boolean hasLookedElsewhere(String orderId, String fulfilmentId) {
        var order = orders.get(orderId);
        return order != null
                && (isOver(orderId, fulfilmentId)
                        || order.runs.values().stream()
                                .anyMatch(run -> run.isHeld() && fulfilmentId.equals(run.request.getReplaces())));
    }

    /** Whether nothing can happen to a fulfilment any more, by the events of its order. */
    boolean isOver(String orderId, String fulfilmentId) {
        var order = orders.get(orderId);
        if (order == null) {
            return false;
        }
        var added = order.added(fulfilmentId);
        return switch (order.phase) {
            case REJECTED, CANCELLED, COMPLETED -> true;
            case PLACED -> order.rejected.contains(fulfilmentId) || order.moved.contains(fulfilmentId);
            case CONFIRMED ->
                order.rejected.contains(fulfilmentId)
                        || ((added == null || !added.isOpen()) && order.places.nothingOpen(fulfilmentId));
        };
    }

    /** Whether an order ever asked pickup to cancel units of each of these SKUs in a fulfilment. */
    boolean hasAskedToCancel(String orderId, String fulfilmentId, Collection<String> skus) {
        var order = orders.get(orderId);
        return order != null && skus.stream().allMatch(sku -> order.asked.contains(Order.key(fulfilmentId, sku)));
    }

    /** Inventory refused a fulfilment, or broke its reservation. */
    void refused(String orderId, String fulfilmentId) {
        var order = orders.get(orderId);
        if (order != null && (order.phase == PLACED || order.phase == CONFIRMED)) {
            order.refused.add(fulfilmentId);
        }
    }

    /** The fulfilments without the times that inventory may promise. CapacityAudit judges those. */
    static List<Fulfilment> unpromised(List<Fulfilment> fulfilments) {
        return fulfilments.stream()
                .map(each -> Fulfilment.newBuilder(each)
                        .setPromisedAt(null)
                        .setAcceptBy(null)
                        .build())
                .toList();
    }

    private static Set<String> ids(List<Fulfilment> fulfilments) {
        return fulfilments.stream().map(Fulfilment::getFulfilmentId).collect(Collectors.toSet());
    }

    private static Set<String> lineIds(OrderPlaced event) {
        return Stream.concat(
                        event.getFulfilments().stream().flatMap(each -> each.getLineIds().stream()),
                        event.getUnsourced().stream()
                                .flatMap(each -> each.getParts().stream().map(LinePart::getLineId)))
                .collect(Collectors.toSet());
    }
}
