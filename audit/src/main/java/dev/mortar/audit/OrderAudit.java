package dev.mortar.audit;

import static dev.mortar.audit.Invariant.ORDER_CONFIRMED_AS_PLACED;
import static dev.mortar.audit.Invariant.ORDER_DECIDED_IN_TIME;
import static dev.mortar.audit.Invariant.ORDER_LINES_ADD_UP;
import static dev.mortar.audit.Invariant.ORDER_PLACED_ONCE;
import static dev.mortar.audit.Invariant.ORDER_REFUSED_FOR_A_REASON;
import static dev.mortar.audit.Invariant.ORDER_SHARES;
import static dev.mortar.audit.Invariant.ORDER_TRANSITIONS;
import static dev.mortar.audit.Invariant.ORDER_WELL_FORMED;
import static dev.mortar.audit.Invariant.QUANTITIES_POSITIVE;
import static dev.mortar.audit.Invariant.RECEIPT_ONCE;
import static dev.mortar.audit.Invariant.REPEATS_FIRST;

import dev.mortar.audit.Order.Phase;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.order.Acceptance;
import dev.mortar.schemas.order.Fulfilment;
import dev.mortar.schemas.order.FulfilmentHandedOver;
import dev.mortar.schemas.order.FulfilmentRejected;
import dev.mortar.schemas.order.FulfilmentReserved;
import dev.mortar.schemas.order.OrderCancellationRefused;
import dev.mortar.schemas.order.OrderCancellationRequested;
import dev.mortar.schemas.order.OrderCancelled;
import dev.mortar.schemas.order.OrderCompleted;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.schemas.order.OrderLinesCancelled;
import dev.mortar.schemas.order.OrderPlaced;
import dev.mortar.schemas.order.OrderRejected;
import dev.mortar.schemas.order.OrderReturned;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Orders: placed once, only legal steps, every unit accounted for. */
final class OrderAudit {
    private final Findings findings;
    private final Repeats repeats;
    private final Streams<Order> orders = new Streams<>();
    private final Map<String, String> ordersByReceipt = new HashMap<>();

    OrderAudit(Findings findings) {
        this.findings = findings;
        repeats = new Repeats(findings, REPEATS_FIRST, List.of("customerId", "channel"), Map.of());
    }

    @Nullable
    Order find(String orderId) {
        return orders.get(orderId);
    }

    boolean isDecided(String orderId) {
        var order = orders.get(orderId);
        return order != null && order.isDecided();
    }

    boolean isCancelled(String orderId) {
        var order = orders.get(orderId);
        return order != null && order.phase == Phase.CANCELLED;
    }

    /** Whether nothing of a fulfilment is left to happen, as far as the order knows. */
    boolean isOver(String orderId, String fulfilmentId) {
        var order = orders.get(orderId);
        if (order == null || order.isOver()) {
            return order != null;
        }
        if (order.rejected.contains(fulfilmentId)) {
            return true;
        }
        if (order.confirmed != null && order.confirmed.event() instanceof OrderConfirmed event) {
            return event.getFulfilments().stream()
                    .filter(fulfilment -> fulfilment.getFulfilmentId().equals(fulfilmentId))
                    .flatMap(fulfilment -> fulfilment.getLineIds().stream())
                    .allMatch(lineId -> order.open(lineId) == 0);
        }
        return false;
    }

    void accept(LoggedEvent logged) {
        switch (logged.event()) {
            case OrderPlaced event -> placed(logged, event);
            case FulfilmentReserved event -> {
                var order = step(logged, event.getOrderId(), Phase.PLACED);
                if (order != null) {
                    boolean again = order.rejected.contains(event.getFulfilmentId());
                    answered(order, again ? order.rejected : order.reserved, event.getFulfilmentId(), logged);
                }
            }
            case FulfilmentRejected event -> {
                var order = step(logged, event.getOrderId(), Phase.PLACED);
                if (order != null) {
                    var id = event.getFulfilmentId();
                    order.reserved.remove(id);
                    answered(order, order.rejected, id, logged);
                    refusedForAReason(order, order.refused.contains(id), id, logged);
                }
            }
            case OrderConfirmed event -> confirmed(logged, event);
            case OrderRejected event -> {
                var order = step(logged, event.getOrderId(), Phase.PLACED);
                if (order != null) {
                    names(order, event.getLines(), order.lines(), "rejects", logged);
                    ends(order, ids(event.getFulfilments()), order.refused, logged);
                    var fell = new HashSet<>(order.rejected);
                    fell.addAll(order.refused);
                    boolean whole = order.placed != null
                            && order.placed.event() instanceof OrderPlaced placed
                            && placed.getAcceptance() == Acceptance.WHOLE;
                    refusedForAReason(
                            order,
                            whole ? !fell.isEmpty() : fell.containsAll(ids(order.fulfilments())),
                            "the order",
                            logged);
                    order.close(Phase.REJECTED);
                }
            }
            case OrderCancellationRequested event -> {
                var order = step(logged, event.getOrderId(), Phase.CONFIRMED);
                if (order != null) {
                    findings.check(
                            ORDER_TRANSITIONS,
                            !order.cancellations.contains(event.getCancellationId()),
                            () -> "Cancellation " + event.getCancellationId() + " is requested a second time",
                            logged);
                    order.cancellations = with(order.cancellations, event.getCancellationId());
                    for (var part : event.getParts()) {
                        for (var line : part.getLines()) {
                            long open = order.open(line.getLineId());
                            findings.check(
                                    ORDER_LINES_ADD_UP,
                                    line.getQuantity() > 0 && line.getQuantity() <= open,
                                    () -> "Asks to cancel " + line.getQuantity() + " of line " + line.getLineId()
                                            + ", of which " + open + " are left",
                                    order.confirmed,
                                    logged);
                        }
                    }
                }
            }
            case OrderCancellationRefused event ->
                step(logged, event.getOrderId(), Phase.CONFIRMED, Phase.COMPLETED, Phase.CANCELLED);
            case OrderLinesCancelled event -> {
                var order = step(logged, event.getOrderId(), Phase.CONFIRMED);
                if (order != null) {
                    var lines = Sums.byId(event.getLines());
                    order.cancelledAmount += event.getAmount().getAmount();
                    long share = 0;
                    for (var line : order.lines()) {
                        long units = lines.getOrDefault(line.getLineId(), 0L);
                        share += order.has(line, units) ? order.paid(line, units) : 0;
                    }
                    long right = share;
                    findings.check(
                            ORDER_SHARES,
                            event.getAmount().getAmount() == right,
                            () -> "Takes off " + event.getAmount() + ", the share of what ends is " + right,
                            order.confirmed,
                            logged);
                    spend(order, order.cancelled, lines, "cancels", logged);
                }
            }
            case OrderCancelled event -> cancelled(logged, event);
            case FulfilmentHandedOver event -> {
                var order = step(logged, event.getOrderId(), Phase.CONFIRMED);
                if (order != null) {
                    findings.check(
                            ORDER_TRANSITIONS,
                            order.handedOver.add(event.getFulfilmentId()),
                            () -> event.getFulfilmentId() + " is handed over a second time",
                            logged);
                    asConfirmed(order, event, logged);
                    spend(order, order.left, Sums.linesById(event.getLines()), "hands over", logged);
                }
            }
            case OrderCompleted event -> completed(logged, event);
            case OrderReturned event -> {
                var order = step(logged, event.getOrderId(), Phase.CONFIRMED, Phase.COMPLETED);
                if (order != null) {
                    var returned = new HashMap<>(order.returned);
                    Sums.addAll(returned, Sums.byId(event.getLines()), 1);
                    order.returned = Map.copyOf(returned);
                    boolean whole = returned.equals(order.left);
                    findings.check(
                            ORDER_LINES_ADD_UP,
                            Sums.within(returned, order.left) && event.getWhole() == whole,
                            () -> "Returned " + returned + " of " + order.left + ", whole: " + event.getWhole(),
                            logged);
                }
            }
            default -> {}
        }
        var meta = EventType.meta(logged);
        var order = orders.get(logged.key());
        if (order != null && order.phase == Phase.CONFIRMED && meta.getIndex() == meta.getCount() - 1) {
            findings.check(
                    ORDER_LINES_ADD_UP,
                    order.ordered.keySet().stream().anyMatch(lineId -> order.open(lineId) > 0),
                    () -> "Nothing of the order is left to hand over, and it goes on",
                    order.confirmed,
                    logged);
        }
    }

    /** The stock refused a fulfilment, or its reservation broke. */
    void refused(String orderId, String fulfilmentId) {
        var order = orders.get(orderId);
        if (order != null && order.phase == Phase.PLACED) {
            order.refused = with(order.refused, fulfilmentId);
        }
    }

    /** Few orders have any, so most keep the empty set. */
    private static Set<String> with(Set<String> some, String more) {
        var all = new HashSet<>(some);
        all.add(more);
        return all;
    }

    private void refusedForAReason(Order order, boolean refused, String what, LoggedEvent logged) {
        var meta = EventType.meta(logged);
        var decideBy = order.placed != null && order.placed.event() instanceof OrderPlaced placed
                ? placed.getDecideBy()
                : null;
        findings.check(
                ORDER_REFUSED_FOR_A_REASON,
                meta.getCausationId() != null
                        ? refused
                        : decideBy != null && !meta.getRecordedAt().isBefore(decideBy),
                () -> "At " + meta.getRecordedAt() + ' ' + what + " is rejected, refused by the stock were "
                        + order.refused + ", to be decided it was by " + decideBy,
                order.placed,
                logged);
    }

    /** Lines that an event repeats whole. */
    private void names(Order order, List<OrderLine> named, List<OrderLine> right, String verb, LoggedEvent logged) {
        findings.check(
                ORDER_LINES_ADD_UP,
                Sums.sameLines(named, right),
                () -> "It " + verb + ' ' + named + ", the order has " + right,
                order.placed,
                order.confirmed,
                logged);
    }

    /** @param excused reservations that need not be named, as they ended or were never made */
    private void ends(Order order, Set<String> named, Set<String> excused, LoggedEvent logged) {
        var reservable = order.reservable();
        var missing = new HashSet<>(reservable);
        missing.removeAll(named);
        findings.check(
                ORDER_LINES_ADD_UP,
                reservable.containsAll(named) && excused.containsAll(missing),
                () -> "It ends the reservations " + named + " where there may be " + reservable,
                order.placed,
                logged);
    }

    /** The lines a fulfilment leaves with, against those that were confirmed. */
    private void asConfirmed(Order order, FulfilmentHandedOver event, LoggedEvent logged) {
        var fulfilment = order.fulfilments().stream()
                .filter(each -> each.getFulfilmentId().equals(event.getFulfilmentId()))
                .findFirst()
                .orElse(null);
        var lines = new HashMap<String, OrderLine>();
        if (fulfilment != null) {
            order.lines().forEach(line -> lines.put(line.getLineId(), line));
            lines.keySet().retainAll(fulfilment.getLineIds());
        }
        findings.check(
                ORDER_SHARES,
                fulfilment != null
                        && fulfilment.getMethod() == event.getMethod()
                        && fulfilment.getLocationId().equals(event.getLocationId())
                        && event.getLines().stream().allMatch(left -> {
                            var line = lines.remove(left.getLineId());
                            return line != null && order.isShare(line, left);
                        }),
                () -> "What leaves " + event.getLocationId() + " by " + event.getMethod() + " is " + event.getLines()
                        + ", which is not the share of what was confirmed",
                order.confirmed,
                logged);
    }

    private void placed(LoggedEvent logged, OrderPlaced event) {
        var id = event.getOrderId();
        var earlier = orders.get(id);
        if (!findings.check(
                ORDER_PLACED_ONCE,
                earlier == null && EventType.meta(logged).getSequence() == 1,
                () -> "Order " + id + " is placed a second time",
                earlier == null ? null : earlier.placed,
                logged)) {
            return;
        }
        var till = event.getTillId();
        var receipt = event.getReceiptNumber();
        if (till != null && receipt != null) {
            var other = ordersByReceipt.put(till + '|' + receipt, id);
            findings.check(
                    RECEIPT_ONCE,
                    other == null || other.equals(id),
                    () -> "Receipt " + receipt + " of till " + till + " made order " + other + " before",
                    logged);
        }
        positive(event.getLines(), logged);
        var stands = new HashMap<String, String>();
        boolean each = true;
        boolean own = true;
        int number = 0;
        for (var fulfilment : event.getFulfilments()) {
            own &= fulfilment.getFulfilmentId().equals(id + '-' + ++number);
            for (var lineId : fulfilment.getLineIds()) {
                each &= stands.put(lineId, fulfilment.getFulfilmentId()) == null;
            }
        }
        var ordered = Sums.linesById(event.getLines());
        boolean carriedOut = event.getFulfilments().stream()
                .allMatch(fulfilment -> fulfilment.getMethod() == FulfilmentMethod.CARRY_OUT);
        boolean wellFormed = each
                && own
                && stands.keySet().equals(ordered.keySet())
                && ordered.size() == event.getLines().size()
                && event.getTotal().getAmount() == Sums.paid(event.getLines())
                && (event.getDecideBy() == null) == carriedOut;
        findings.check(
                ORDER_WELL_FORMED,
                wellFormed,
                () -> "Lines " + ordered.keySet() + " in fulfilments " + stands + ", total "
                        + event.getTotal().getAmount() + " where the lines come to " + Sums.paid(event.getLines())
                        + ", decided by " + event.getDecideBy(),
                logged);
        var order = new Order(event, repeats.of(event), ordered);
        order.placed = logged;
        orders.put(id, order);
    }

    private void positive(List<OrderLine> lines, LoggedEvent logged) {
        for (var line : lines) {
            findings.check(
                    QUANTITIES_POSITIVE,
                    line.getQuantity() > 0
                            && line.getUnitPrice().getAmount() >= 0
                            && line.getDiscount().getAmount() >= 0
                            && line.getTax().getAmount() >= 0
                            && Sums.paid(line) >= 0,
                    () -> "Line " + line.getLineId() + " has a quantity or an amount that means nothing: " + line,
                    logged);
        }
    }

    private void answered(Order order, Set<String> answered, String fulfilmentId, LoggedEvent logged) {
        findings.check(
                ORDER_TRANSITIONS,
                answered.add(fulfilmentId),
                () -> fulfilmentId + " is answered a second time",
                order.placed,
                logged);
    }

    private void confirmed(LoggedEvent logged, OrderConfirmed event) {
        var order = step(logged, event.getOrderId(), Phase.PLACED);
        if (order == null) {
            return;
        }
        var all = new ArrayList<>(event.getLines());
        all.addAll(event.getRejectedLines());
        var stands = ids(event.getFulfilments());
        var fellOut = ids(event.getRejectedFulfilments());
        boolean asPlaced = false;
        if (order.placed != null && order.placed.event() instanceof OrderPlaced placed) {
            var both = new HashSet<>(stands);
            both.addAll(fellOut);
            asPlaced = Sums.sameLines(all, placed.getLines())
                    && both.equals(ids(placed.getFulfilments()))
                    && areAmong(event.getFulfilments(), placed.getFulfilments())
                    && areAmong(event.getRejectedFulfilments(), placed.getFulfilments())
                    && both.size() == stands.size() + fellOut.size()
                    && linesOf(event.getFulfilments())
                            .equals(Sums.linesById(event.getLines()).keySet())
                    && (fellOut.isEmpty() || placed.getAcceptance() == Acceptance.PER_FULFILMENT)
                    && fellOut.equals(order.rejected)
                    && !stands.isEmpty();
        }
        findings.check(
                ORDER_CONFIRMED_AS_PLACED,
                asPlaced && event.getTotal().getAmount() == Sums.paid(event.getLines()),
                () -> "Stands by " + stands + " without " + fellOut + ", which is not what was placed; total "
                        + event.getTotal().getAmount() + " for lines over " + Sums.paid(event.getLines()),
                order.placed,
                logged);
        order.phase = Phase.CONFIRMED;
        order.confirmed = logged;
        order.placed = null;
        order.ordered = Sums.linesById(event.getLines());
        order.amount = event.getTotal().getAmount();
        order.reserved = stands;
    }

    private void cancelled(LoggedEvent logged, OrderCancelled event) {
        var order = step(logged, event.getOrderId(), Phase.PLACED, Phase.CONFIRMED);
        if (order == null) {
            return;
        }
        boolean placed = order.phase == Phase.PLACED;
        findings.check(
                ORDER_TRANSITIONS,
                placed == (EventType.meta(logged).getCausationId() == null),
                () -> placed
                        ? "Nobody asked to cancel the order, which is not confirmed"
                        : "The order is confirmed, and is cancelled without asking its pickups",
                order.placed,
                order.confirmed,
                logged);
        var named = ids(event.getReservedFulfilments());
        findings.check(
                ORDER_LINES_ADD_UP,
                order.left.isEmpty() && (placed || named.isEmpty()),
                () -> "Cancels the order with " + order.left + " handed over, and ends the reservations " + named,
                order.confirmed,
                logged);
        if (placed) {
            ends(order, named, Set.of(), logged);
        }
        var stands = new HashSet<String>();
        for (var fulfilment : order.fulfilments()) {
            if (!order.rejected.contains(fulfilment.getFulfilmentId())) {
                stands.addAll(fulfilment.getLineIds());
            }
        }
        var lines = order.lines().stream()
                .filter(line -> stands.contains(line.getLineId()))
                .toList();
        names(order, event.getLines(), lines, "cancels", logged);
        order.close(Phase.CANCELLED);
    }

    private void completed(LoggedEvent logged, OrderCompleted event) {
        var order = step(logged, event.getOrderId(), Phase.CONFIRMED);
        if (order == null) {
            return;
        }
        var sum = new HashMap<>(order.left);
        Sums.addAll(sum, order.cancelled, 1);
        findings.check(
                ORDER_LINES_ADD_UP,
                !order.left.isEmpty()
                        && sum.equals(order.ordered)
                        && Sums.byId(event.getHandedOver()).equals(order.left)
                        && Sums.byId(event.getCancelled()).equals(order.cancelled),
                () -> "Completed with " + Sums.byId(event.getHandedOver()) + " handed over and "
                        + Sums.byId(event.getCancelled()) + " cancelled; the events before it say " + order.left
                        + " and " + order.cancelled + " of " + order.ordered,
                order.confirmed,
                logged);
        order.close(Phase.COMPLETED);
    }

    private void spend(Order order, Map<String, Long> spent, Map<String, Long> more, String verb, LoggedEvent logged) {
        for (var entry : more.entrySet()) {
            long open = order.open(entry.getKey());
            findings.check(
                    ORDER_LINES_ADD_UP,
                    entry.getValue() > 0 && entry.getValue() <= open,
                    () -> "It " + verb + ' ' + entry.getValue() + " of line " + entry.getKey() + ", of which " + open
                            + " are left",
                    order.confirmed,
                    logged);
            Sums.add(spent, entry.getKey(), entry.getValue());
        }
    }

    /** The order of an event that takes one of these steps, or null when it may not. */
    private @Nullable Order step(LoggedEvent logged, String orderId, Phase... from) {
        var order = orders.get(orderId);
        boolean legal = false;
        for (var phase : from) {
            legal |= order != null && order.phase == phase;
        }
        findings.check(
                ORDER_TRANSITIONS,
                legal,
                () -> logged.type() + " of order " + orderId + ", which "
                        + (order == null ? "was never placed" : "is " + order.phase),
                order == null ? null : order.placed,
                order == null ? null : order.confirmed,
                logged);
        if (order != null && order.about != null) {
            repeats.check(order.about, logged);
        }
        return legal ? order : null;
    }

    /** Orders that still wait though their time to be decided is over. */
    void finish(Instant asOf, AuditRules rules) {
        orders.each((id, order) -> {
            if (order.placed != null && order.placed.event() instanceof OrderPlaced placed) {
                var decideBy = placed.getDecideBy();
                findings.check(
                        ORDER_DECIDED_IN_TIME,
                        decideBy == null || decideBy.plus(rules.slack()).isAfter(asOf),
                        () -> "order-service has not decided order " + id + ", which was due by " + decideBy,
                        order.placed);
            } else {
                findings.holds(ORDER_DECIDED_IN_TIME);
            }
        });
    }

    /** Every order that there is. */
    Streams<Order> streams() {
        return orders;
    }

    /** How every order stands, by order id. */
    Map<String, AuditState.OrderState> state() {
        var state = new TreeMap<String, AuditState.OrderState>();
        orders.each((id, order) -> state.put(
                id,
                new AuditState.OrderState(
                        order.phase.name(),
                        order.total(),
                        new TreeMap<>(order.ordered),
                        new TreeMap<>(order.left),
                        new TreeMap<>(order.cancelled),
                        new TreeMap<>(order.returned))));
        return state;
    }

    private static boolean areAmong(List<Fulfilment> some, List<Fulfilment> all) {
        return some.stream()
                .allMatch(one -> all.stream()
                        .anyMatch(other -> one.getFulfilmentId().equals(other.getFulfilmentId())
                                && one.getMethod() == other.getMethod()
                                && one.getLocationId().equals(other.getLocationId())
                                && one.getLineIds().equals(other.getLineIds())
                                && Objects.equals(one.getPromisedAt(), other.getPromisedAt())
                                && Objects.equals(one.getHoldId(), other.getHoldId())));
    }

    private static Set<String> ids(List<Fulfilment> fulfilments) {
        var ids = new HashSet<String>();
        fulfilments.forEach(fulfilment -> ids.add(fulfilment.getFulfilmentId()));
        return ids;
    }

    private static Set<String> linesOf(List<Fulfilment> fulfilments) {
        var ids = new HashSet<String>();
        fulfilments.forEach(fulfilment -> ids.addAll(fulfilment.getLineIds()));
        return ids;
    }
}
