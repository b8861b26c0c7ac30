package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;

import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.returns.*;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The promises about returns: no more units come back than left, and no more money goes back than was paid. */
final class ReturnAudit extends Auditor {
    private final Aggregates<Purchases> orders = new Aggregates<>();

    ReturnAudit(Findings findings) {
        super(findings);
        on(PurchaseRecorded.class, this::recorded);
        on(ReturnAccepted.class, this::accepted);
        on(RefundRequested.class, this::refundRequested);
        requireCompleteness("returns-service", "");
    }

    /** The lines of an order that left, and their returns. */
    private static final class Purchases {
        private List<Bought> lines = List.of();
        private Set<String> returns = Set.of();
        private @Nullable String customerId;
        private @Nullable String paymentReference;
        /** A return whose refund has to be requested in the same command. */
        private @Nullable LoggedEvent unrefunded;
    }

    /** A line of one fulfilment. */
    private static final class Bought {
        final String lineId;
        final String sku;
        final Unit unit;
        final long quantity;
        final long unitPrice;
        final long discount;
        final long taxOnTop;
        final long paid;
        final String currency;
        final Instant returnableUntil;
        long returned;
        long refunded;

        Bought(PurchasedLine purchased, Instant returnableUntil) {
            var line = purchased.getLine();
            lineId = line.getLineId().intern();
            sku = line.getSku().intern();
            unit = line.getUnit();
            quantity = line.getQuantity();
            unitPrice = line.getUnitPrice().getAmount();
            discount = line.getDiscount().getAmount();
            taxOnTop = line.getTaxIncluded() ? 0 : line.getTax().getAmount();
            paid = purchased.getPaid().getAmount();
            currency = purchased.getPaid().getCurrency().intern();
            this.returnableUntil = returnableUntil;
        }

        /** Takes back so many units, and gives the amount that was paid for them. */
        long takeBack(long units) {
            long before = returned;
            returned += units;
            return unitPrice * units - share(discount, before) + share(taxOnTop, before);
        }

        private long share(long amount, long before) {
            return new Money(amount, currency).share(before, returned, quantity).amount();
        }
    }

    private Purchases purchases() {
        return orders.getOrPut((String) logged().event().get(1), Purchases::new);
    }

    @Override
    void afterEach(LoggedEvent logged) {
        var order = purchases();
        if (logged.isLastOfCommand()
                && order.unrefunded != null
                && order.unrefunded.event() instanceof ReturnAccepted accepted) {
            context(order.unrefunded);
            same(
                    REFUND_REQUESTED,
                    "The refund without a request",
                    accepted.getRefund().getAmount(),
                    0);
            order.unrefunded = null;
        }
    }

    private void recorded(PurchaseRecorded event) {
        var order = purchases();
        order.customerId = order.customerId == null ? event.getCustomerId() : order.customerId;
        order.paymentReference = order.paymentReference == null ? event.getPaymentReference() : order.paymentReference;
        var lines = new ArrayList<>(order.lines);
        event.getLines().forEach(line -> lines.add(new Bought(line, event.getReturnableUntil())));
        order.lines = List.copyOf(lines);
    }

    private void accepted(ReturnAccepted event) {
        var order = purchases();
        var id = event.getReturnId();
        order.returns = order.returns.isEmpty() ? new HashSet<>(2) : order.returns;
        once(RETURN_ONCE, order.returns.add(id), id, "accepted");
        same(REPEATS_FIRST, "The customer of the return", event.getCustomerId(), order.customerId);
        event.getLines().forEach(line -> returned(order, line, isOverridden(event)));
        var refund = event.getRefund();
        var refunds = event.getLines().stream().map(ReturnedLine::getRefund).toList();
        boolean isSum = refunds.stream().mapToLong(each -> each.getAmount()).sum() == refund.getAmount()
                && refunds.stream().allMatch(each -> each.getCurrency().equals(refund.getCurrency()));
        check(REFUND_REQUESTED, isSum, "The refund is %s; the refunds of its lines are %s", refund, refunds);
        order.unrefunded = logged();
    }

    private static boolean isOverridden(ReturnAccepted event) {
        var by = event.getOverriddenBy();
        return by != null
                && by.getType() == ActorType.ASSOCIATE
                && !by.getId().isBlank()
                && event.getOverrideReason() != null;
    }

    private void returned(Purchases order, ReturnedLine line, boolean isOverridden) {
        var parts = order.lines.stream()
                .filter(part -> part.lineId.equals(line.getLineId()))
                .toList();
        long bought = sum(parts, part -> part.quantity);
        long returned = sum(parts, part -> part.returned);
        long quantity = line.getQuantity();
        boolean isBought = quantity > 0
                && returned + quantity <= bought
                && parts.stream().allMatch(part -> part.sku.equals(line.getSku()) && part.unit == line.getUnit());
        var tooMany = "%s come back; %s units were handed over, and %s of them came back before";
        check(RETURN_WITHIN_PURCHASE, isBought, tooMany, line, bought, returned);
        if (parts.isEmpty()) {
            return;
        }
        var at = logged().recordedAt();
        boolean isInTime = isOverridden || parts.stream().anyMatch(part -> !at.isAfter(part.returnableUntil));
        var late = "Accepted at %s, returnable until %s, and no associate is named who allowed it";
        check(RETURN_IN_WINDOW, isInTime, late, at, parts.getLast().returnableUntil);
        var refund = line.getRefund();
        var currency = parts.getFirst().currency;
        long paid = sum(parts, part -> part.paid);
        long refunded = sum(parts, part -> part.refunded);
        boolean isPaid = refund.getAmount() >= 0
                && refunded + refund.getAmount() <= paid
                && refund.getCurrency().equals(currency);
        var tooMuch = "The refund of a line is %s; before it %s of %s %s went back";
        check(REFUND_WITHIN_PAID, isPaid, tooMuch, refund, refunded, paid, currency);
        long rest = quantity;
        long share = 0;
        for (var part : parts) {
            long taken = Math.min(rest, part.quantity - part.returned);
            if (taken > 0) {
                share += part.takeBack(taken);
                rest -= taken;
            }
        }
        same(REFUND_SHARE, "The refund of the returned units", refund.getAmount(), share);
        parts.getFirst().refunded += refund.getAmount();
    }

    private static long sum(List<Bought> parts, ToLongFunction<Bought> of) {
        return parts.stream().mapToLong(of).sum();
    }

    private void refundRequested(RefundRequested event) {
        var order = purchases();
        var due = order.unrefunded;
        context(due);
        boolean isDue = due != null
                && due.event() instanceof ReturnAccepted accepted
                && accepted.getReturnId().equals(event.getReturnId())
                && accepted.getRefund().equals(event.getAmount())
                && Objects.equals(event.getPaymentReference(), order.paymentReference);
        check(REFUND_REQUESTED, isDue, "The accepted return does not ask for this refund: %s", event);
        order.unrefunded = null;
    }

    Aggregates<?> aggregates() {
        return orders;
    }

    /** The state of every line that left, by order and line. */
    Map<String, Map<String, AuditState.ReturnState>> state() {
        var state = new TreeMap<String, Map<String, AuditState.ReturnState>>();
        orders.each((orderId, order) -> {
            var lines = new TreeMap<String, AuditState.ReturnState>();
            for (var part : order.lines) {
                lines.merge(
                        part.lineId,
                        new AuditState.ReturnState(part.quantity, part.returned, part.paid, part.refunded),
                        AuditState.ReturnState::plus);
            }
            state.put(orderId, lines);
        });
        return state;
    }
}
