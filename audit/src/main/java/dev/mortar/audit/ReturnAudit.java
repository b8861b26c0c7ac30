package dev.mortar.audit;

import static dev.mortar.audit.Invariant.REFUND_REQUESTED;
import static dev.mortar.audit.Invariant.REFUND_SHARE;
import static dev.mortar.audit.Invariant.REFUND_WITHIN_PAID;
import static dev.mortar.audit.Invariant.REPEATS_FIRST;
import static dev.mortar.audit.Invariant.RETURN_IN_WINDOW;
import static dev.mortar.audit.Invariant.RETURN_ONCE;
import static dev.mortar.audit.Invariant.RETURN_WITHIN_PURCHASE;

import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.returns.PurchaseRecorded;
import dev.mortar.schemas.returns.PurchasedLine;
import dev.mortar.schemas.returns.RefundRequested;
import dev.mortar.schemas.returns.ReturnAccepted;
import dev.mortar.schemas.returns.ReturnedLine;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Returns: no unit and no cent more than left and was paid. */
final class ReturnAudit {
    private final Findings findings;
    private final Streams<Purchases> orders = new Streams<>();
    private final Names names = new Names();

    ReturnAudit(Findings findings) {
        this.findings = findings;
    }

    /** What left of an order and came back. */
    private static final class Purchases {
        List<Bought> lines = List.of();
        Set<String> returns = Set.of();

        @Nullable
        String customerId;

        @Nullable
        String paymentReference;

        /** A return whose refund is requested in the same command. */
        @Nullable
        LoggedEvent refundDue;
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

        Bought(PurchasedLine line, Instant returnableUntil, Names names) {
            lineId = names.shared(line.getLine().getLineId());
            sku = names.shared(line.getLine().getSku());
            unit = line.getLine().getUnit();
            quantity = line.getLine().getQuantity();
            unitPrice = line.getLine().getUnitPrice().getAmount();
            discount = line.getLine().getDiscount().getAmount();
            taxOnTop = line.getLine().getTaxIncluded()
                    ? 0
                    : line.getLine().getTax().getAmount();
            paid = line.getPaid().getAmount();
            currency = names.shared(line.getPaid().getCurrency());
            this.returnableUntil = returnableUntil;
        }

        /** Takes back so many units, and says what was paid for them. */
        long takeBack(long units) {
            long before = returned;
            returned += units;
            return unitPrice * units - share(discount, before) + share(taxOnTop, before);
        }

        private long share(long amount, long before) {
            return new Money(amount, currency).share(before, returned, quantity).amount();
        }
    }

    void accept(LoggedEvent logged) {
        var order = orders.getOrPut((String) logged.event().get(1), Purchases::new);
        var due = order.refundDue;
        switch (logged.event()) {
            case PurchaseRecorded event -> {
                if (order.customerId == null) {
                    order.customerId = event.getCustomerId();
                }
                if (order.paymentReference == null) {
                    order.paymentReference = event.getPaymentReference();
                }
                var lines = new ArrayList<>(order.lines);
                for (var line : event.getLines()) {
                    lines.add(new Bought(line, event.getReturnableUntil(), names));
                }
                order.lines = List.copyOf(lines);
            }
            case ReturnAccepted event -> accepted(order, logged, event);
            case RefundRequested event -> {
                findings.check(
                        REFUND_REQUESTED,
                        due != null
                                && due.event() instanceof ReturnAccepted accepted
                                && accepted.getReturnId().equals(event.getReturnId())
                                && accepted.getRefund().equals(event.getAmount())
                                && Objects.equals(event.getPaymentReference(), order.paymentReference),
                        () -> "Refund " + event.getAmount() + " of payment " + event.getPaymentReference()
                                + " for return " + event.getReturnId()
                                + (due == null ? ", for which none is due" : " is not what was accepted"),
                        due,
                        logged);
                order.refundDue = null;
            }
            default -> {}
        }
        var meta = EventType.meta(logged);
        var unrefunded = order.refundDue;
        if (unrefunded != null
                && meta.getIndex() == meta.getCount() - 1
                && unrefunded.event() instanceof ReturnAccepted accepted) {
            findings.check(
                    REFUND_REQUESTED,
                    accepted.getRefund().getAmount() == 0,
                    () -> "Nobody is asked to pay back " + accepted.getRefund(),
                    unrefunded);
            order.refundDue = null;
        }
    }

    private void accepted(Purchases order, LoggedEvent logged, ReturnAccepted event) {
        if (order.returns.isEmpty()) {
            order.returns = new HashSet<>(2);
        }
        findings.check(
                RETURN_ONCE,
                order.returns.add(event.getReturnId()),
                () -> "Return " + event.getReturnId() + " is accepted a second time",
                logged);
        var at = EventType.meta(logged).getRecordedAt();
        findings.check(
                REPEATS_FIRST,
                Objects.equals(event.getCustomerId(), order.customerId),
                () -> "Brought back by " + event.getCustomerId() + ", bought by " + order.customerId,
                logged);
        var by = event.getOverriddenBy();
        boolean overridden = by != null
                && by.getType() == ActorType.ASSOCIATE
                && !by.getId().isBlank()
                && event.getOverrideReason() != null;
        long sum = 0;
        for (var line : event.getLines()) {
            sum += line.getRefund().getAmount();
            line(order, line, at, overridden, logged);
        }
        long total = sum;
        findings.check(
                REFUND_REQUESTED,
                event.getRefund().getAmount() == total
                        && event.getLines().stream()
                                .allMatch(line -> line.getRefund()
                                        .getCurrency()
                                        .equals(event.getRefund().getCurrency())),
                () -> "The refund is " + event.getRefund() + ", its lines come to " + total,
                logged);
        order.refundDue = logged;
    }

    private void line(Purchases order, ReturnedLine line, Instant at, boolean overridden, LoggedEvent logged) {
        var parts = order.lines.stream()
                .filter(part -> part.lineId.equals(line.getLineId()))
                .toList();
        long bought = parts.stream().mapToLong(part -> part.quantity).sum();
        long returned = parts.stream().mapToLong(part -> part.returned).sum();
        long paid = parts.stream().mapToLong(part -> part.paid).sum();
        long refunded = parts.stream().mapToLong(part -> part.refunded).sum();
        long quantity = line.getQuantity();
        long refund = line.getRefund().getAmount();
        findings.check(
                RETURN_WITHIN_PURCHASE,
                quantity > 0
                        && returned + quantity <= bought
                        && parts.stream()
                                .allMatch(part -> part.sku.equals(line.getSku()) && part.unit == line.getUnit()),
                () -> quantity + " of line " + line.getLineId() + ' ' + line.getSku() + " come back; " + bought
                        + " left and " + returned + " came back before",
                logged);
        if (parts.isEmpty()) {
            return;
        }
        findings.check(
                RETURN_IN_WINDOW,
                overridden || parts.stream().anyMatch(part -> !at.isAfter(part.returnableUntil)),
                () -> "Accepted at " + at + ", returnable until " + parts.getLast().returnableUntil
                        + ", and nobody is named who overrode it",
                logged);
        findings.check(
                REFUND_WITHIN_PAID,
                refund >= 0
                        && refunded + refund <= paid
                        && line.getRefund().getCurrency().equals(parts.getFirst().currency),
                () -> refund + ' ' + line.getRefund().getCurrency() + " back on line " + line.getLineId() + " after "
                        + refunded + ", paid were " + paid + ' ' + parts.getFirst().currency,
                logged);
        long rest = quantity;
        long sum = 0;
        for (var part : parts) {
            long taken = Math.min(rest, part.quantity - part.returned);
            if (taken > 0) {
                sum += part.takeBack(taken);
                rest -= taken;
            }
        }
        long share = sum;
        findings.check(
                REFUND_SHARE,
                refund == share,
                () -> refund + " back for " + quantity + " of " + bought + " units where " + share
                        + " was paid for them" + "; paid were " + paid + ", " + refunded + " went back before for "
                        + returned,
                logged);
        parts.getFirst().refunded += refund;
    }

    /** What is kept of every order that left. */
    Streams<?> streams() {
        return orders;
    }

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
