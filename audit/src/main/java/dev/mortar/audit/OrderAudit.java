package dev.mortar.audit;

import static dev.mortar.audit.Invariant.ORDER_CONFIRMED_AS_PLACED;
import static dev.mortar.audit.Invariant.ORDER_DECIDED_IN_TIME;
import static dev.mortar.audit.Invariant.ORDER_LINES_ADD_UP;
import static dev.mortar.audit.Invariant.ORDER_PLACED_ONCE;
import static dev.mortar.audit.Invariant.ORDER_TRANSITIONS;
import static dev.mortar.audit.Invariant.ORDER_WELL_FORMED;
import static dev.mortar.audit.Invariant.QUANTITIES_POSITIVE;
import static dev.mortar.audit.Invariant.RECEIPT_ONCE;

import dev.mortar.schemas.Channel;
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
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Orders: placed once, only legal steps, every unit accounted for. */
final class OrderAudit {
    private final Findings findings;
    private final Map<String, Order> orders = new HashMap<>();
    private final Map<String, String> ordersByReceipt = new HashMap<>();

    OrderAudit(Findings findings) {
        this.findings = findings;
    }

    enum Phase {
        PLACED,
        CONFIRMED,
        REJECTED,
        CANCELLED,
        COMPLETED
    }

    /** An order; once it has ended only what returns and late answers need is kept. */
    static final class Order {
        final String orderId;
        final Channel channel;

        @Nullable
        LoggedEvent placed;

        @Nullable
        LoggedEvent confirmed;

        Phase phase = Phase.PLACED;
        /** By line: what the order stands by and what became of it. */
        Map<String, Long> ordered;

        Map<String, Long> left = new HashMap<>();
        Map<String, Long> cancelled = new HashMap<>();
        Map<String, Long> returned = new HashMap<>();
        Set<String> reserved = new HashSet<>();
        Set<String> rejected = new HashSet<>();
        Set<String> handedOver = new HashSet<>();
        long amount;
        long cancelledAmount;
        boolean wholeBack;

        Order(String orderId, Channel channel, Map<String, Long> ordered, long amount) {
            this.orderId = orderId;
            this.channel = channel;
            this.ordered = ordered;
            this.amount = amount;
        }

        boolean isDecided() {
            return phase != Phase.PLACED;
        }

        boolean isOver() {
            return phase == Phase.REJECTED || phase == Phase.CANCELLED || phase == Phase.COMPLETED;
        }

        /** What of a line is neither handed over nor cancelled. */
        long open(String lineId) {
            return ordered.getOrDefault(lineId, 0L)
                    - left.getOrDefault(lineId, 0L)
                    - cancelled.getOrDefault(lineId, 0L);
        }

        private void close() {
            placed = null;
            confirmed = null;
            reserved = Set.of();
            rejected = Set.of();
            handedOver = Set.of();
        }
    }

    @Nullable
    Order find(String orderId) {
        return orders.get(orderId);
    }

    boolean isDecided(String orderId) {
        var order = orders.get(orderId);
        return order != null && order.isDecided();
    }

    /** Whether nothing of a fulfilment is left to happen, as far as the order knows. */
    boolean isOver(String orderId, String fulfilmentId) {
        var order = orders.get(orderId);
        if (order == null || order.isOver()) {
            return order != null;
        }
        if (order.handedOver.contains(fulfilmentId) || order.rejected.contains(fulfilmentId)) {
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
                    order.reserved.remove(event.getFulfilmentId());
                    answered(order, order.rejected, event.getFulfilmentId(), logged);
                }
            }
            case OrderConfirmed event -> confirmed(logged, event);
            case OrderRejected event -> {
                var order = step(logged, event.getOrderId(), Phase.PLACED);
                if (order != null) {
                    accounts(order, Sums.linesById(event.getLines()), order.ordered, "rejects", logged);
                    order.phase = Phase.REJECTED;
                    order.close();
                }
            }
            case OrderCancellationRequested event -> {
                var order = step(logged, event.getOrderId(), Phase.CONFIRMED);
                if (order != null) {
                    for (var part : event.getParts()) {
                        for (var line : part.getLines()) {
                            findings.check(
                                    ORDER_LINES_ADD_UP,
                                    line.getQuantity() > 0
                                            && line.getQuantity() <= order.ordered.getOrDefault(line.getLineId(), 0L),
                                    () -> "Asks to cancel " + line.getQuantity() + " of line " + line.getLineId()
                                            + ", of which there were "
                                            + order.ordered.getOrDefault(line.getLineId(), 0L),
                                    order.confirmed,
                                    logged);
                        }
                    }
                }
            }
            case OrderCancellationRefused event ->
                step(logged, event.getOrderId(), Phase.CONFIRMED, Phase.COMPLETED, Phase.CANCELLED);
            case OrderLinesCancelled event -> {
                var order = step(logged, event.getOrderId(), Phase.PLACED, Phase.CONFIRMED);
                if (order != null) {
                    order.cancelledAmount += event.getAmount().getAmount();
                    findings.check(
                            ORDER_LINES_ADD_UP,
                            event.getAmount().getAmount() >= 0 && order.cancelledAmount <= order.amount,
                            () -> "Takes off " + order.cancelledAmount + " in all of an order over " + order.amount,
                            order.confirmed,
                            logged);
                    spend(order, order.cancelled, Sums.byId(event.getLines()), "cancels", logged);
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
                    spend(order, order.left, Sums.linesById(event.getLines()), "hands over", logged);
                }
            }
            case OrderCompleted event -> completed(logged, event);
            case OrderReturned event -> {
                var order = step(logged, event.getOrderId(), Phase.CONFIRMED, Phase.COMPLETED);
                if (order != null) {
                    Sums.addAll(order.returned, Sums.byId(event.getLines()), 1);
                    order.wholeBack = order.returned.equals(order.left);
                    findings.check(
                            ORDER_LINES_ADD_UP,
                            Sums.within(order.returned, order.left) && event.getWhole() == order.wholeBack,
                            () -> "Returned " + order.returned + " of " + order.left + ", whole: " + event.getWhole(),
                            logged);
                }
            }
            default -> {}
        }
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
        var order = new Order(id, event.getChannel(), ordered, event.getTotal().getAmount());
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
            asPlaced = Sums.linesById(all).equals(Sums.linesById(placed.getLines()))
                    && both.equals(ids(placed.getFulfilments()))
                    && both.size() == stands.size() + fellOut.size()
                    && linesOf(event.getFulfilments())
                            .equals(Sums.linesById(event.getLines()).keySet())
                    && (fellOut.isEmpty() || placed.getAcceptance() == Acceptance.PER_FULFILMENT)
                    && fellOut.containsAll(order.rejected)
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
        boolean open = order.phase == Phase.PLACED;
        var expected = new HashSet<String>();
        if (open && order.placed != null && order.placed.event() instanceof OrderPlaced placed) {
            placed.getFulfilments().stream()
                    .filter(fulfilment -> fulfilment.getMethod() != FulfilmentMethod.CARRY_OUT)
                    .map(Fulfilment::getFulfilmentId)
                    .forEach(expected::add);
        }
        var named = ids(event.getReservedFulfilments());
        findings.check(
                ORDER_LINES_ADD_UP,
                order.left.isEmpty()
                        && Sums.within(Sums.linesById(event.getLines()), order.ordered)
                        && (open ? expected.containsAll(named) : named.isEmpty()),
                () -> "Cancels " + Sums.linesById(event.getLines()) + " of " + order.ordered + " with " + order.left
                        + " handed over, and ends the reservations " + named,
                order.placed,
                order.confirmed,
                logged);
        order.phase = Phase.CANCELLED;
        order.close();
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
        order.phase = Phase.COMPLETED;
        order.close();
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

    private void accounts(
            Order order, Map<String, Long> named, Map<String, Long> expected, String verb, LoggedEvent logged) {
        findings.check(
                ORDER_LINES_ADD_UP,
                named.equals(expected),
                () -> "It " + verb + ' ' + named + ", the order has " + expected,
                order.placed,
                logged);
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
        return legal ? order : null;
    }

    /** Orders that still wait though their time to be decided is over. */
    void finish(Instant asOf, AuditRules rules) {
        for (var order : orders.values()) {
            if (order.placed != null && order.placed.event() instanceof OrderPlaced placed) {
                var decideBy = placed.getDecideBy();
                findings.check(
                        ORDER_DECIDED_IN_TIME,
                        decideBy == null || decideBy.plus(rules.slack()).isAfter(asOf),
                        () -> "order-service has not decided order " + order.orderId + ", which was due by " + decideBy,
                        order.placed);
            } else {
                findings.holds(ORDER_DECIDED_IN_TIME);
            }
        }
    }

    /** How every order stands, by order id. */
    /** Every order that there is. */
    Set<String> ids() {
        return orders.keySet();
    }

    /** How far an order is, by the name of its state; empty when there is none. */
    String phase(String orderId) {
        var order = orders.get(orderId);
        return order == null ? "" : order.phase.name();
    }

    Map<String, AuditState.OrderState> state() {
        var state = new TreeMap<String, AuditState.OrderState>();
        for (var order : orders.values()) {
            state.put(
                    order.orderId,
                    new AuditState.OrderState(
                            order.phase.name(),
                            new TreeMap<>(order.ordered),
                            new TreeMap<>(order.left),
                            new TreeMap<>(order.cancelled),
                            new TreeMap<>(order.returned)));
        }
        return state;
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
