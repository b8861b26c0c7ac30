package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;

import dev.mortar.audit.AuditState.ReturnState;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.returns.PurchaseLost;
import dev.mortar.schemas.returns.PurchaseRecorded;
import dev.mortar.schemas.returns.PurchasedLine;
import dev.mortar.schemas.returns.RefundRequested;
import dev.mortar.schemas.returns.ReturnAccepted;
import dev.mortar.schemas.returns.ReturnWindowMoved;
import dev.mortar.schemas.returns.ReturnedLine;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The promises about returns: no more units come back than left, and no more money goes back than was paid. */
final class ReturnAudit extends Auditor {
    final Aggregates<Purchases> orders = new Aggregates<>();

    ReturnAudit(Findings findings) {
        super(findings);
        on(PurchaseRecorded.class, this::recorded);
        on(ReturnAccepted.class, this::accepted);
        on(RefundRequested.class, this::refundRequested);
        on(PurchaseLost.class, this::lost);
        on(ReturnWindowMoved.class, this::windowMoved);
        requireCompleteness("returns-service", "");
    }

    /** The lines of an order that left, and their returns. */
    static final class Purchases {
        private List<Bought> lines = List.of();
        private Set<String> returns = Set.of();
        private @Nullable String customerId;
        private @Nullable String paymentReference;
        /** A return whose refund has to be requested in the same command. */
        private @Nullable LoggedEvent unrefunded;
    }

    /** A line of one fulfilment. */
    private static final class Bought {
        final String fulfilmentId;
        final String lineId;
        final String sku;
        final Unit unit;
        final long quantity;
        final long unitPrice;
        final long discount;
        final long taxOnTop;
        final long paid;
        final String currency;
        /** The time to return it, from its purchase on. */
        final long windowMicros;

        Instant returnableUntil;
        long returned;
        long lost;
        long refunded;

        Bought(String fulfilmentId, PurchasedLine purchased, Instant recordedAt, Instant returnableUntil) {
            this.fulfilmentId = fulfilmentId;
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
            windowMicros = Aggregates.micros(returnableUntil) - Aggregates.micros(recordedAt);
            this.returnableUntil = returnableUntil;
        }

        /** Units that can still come back. */
        long left() {
            return quantity - returned - lost;
        }

        /** Takes back so many units, and gives the amount that was paid for them. */
        long takeBack(long units) {
            long before = returned;
            returned += units;
            return price(before, returned);
        }

        /** What was paid for the units from one number to another. */
        private long price(long from, long to) {
            return unitPrice * (to - from) - share(discount, from, to) + share(taxOnTop, from, to);
        }

        private long share(long amount, long from, long to) {
            return new Money(amount, currency).share(from, to, quantity).amount();
        }

        /** The last units are lost first. Their money went back with the loss. */
        ReturnState state() {
            return new ReturnState(quantity, returned, paid - price(quantity - lost, quantity), refunded);
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
                && order.unrefunded.event() instanceof ReturnAccepted it) {
            context(order.unrefunded);
            long refund = it.getRefund().getAmount();
            same(REFUND_REQUESTED, "The refund without a request", refund, 0L);
            order.unrefunded = null;
        }
    }

    private void recorded(PurchaseRecorded event) {
        var order = purchases();
        order.customerId = order.customerId == null ? event.getCustomerId() : order.customerId;
        order.paymentReference = order.paymentReference == null ? event.getPaymentReference() : order.paymentReference;
        var lines = event.getLines().stream()
                .map(line ->
                        new Bought(event.getFulfilmentId(), line, logged().recordedAt(), event.getReturnableUntil()));
        order.lines = Stream.concat(order.lines.stream(), lines).collect(Collectors.toUnmodifiableList());
    }

    private void accepted(ReturnAccepted event) {
        var order = purchases();
        var id = event.getReturnId();
        order.returns = order.returns.isEmpty() ? new HashSet<>(2) : order.returns;
        once(RETURN_ONCE, order.returns.add(id), id, "accepted");
        same(REPEATS_FIRST, "The customer of the return", event.getCustomerId(), order.customerId);
        var by = event.getOverriddenBy();
        boolean isOverridden = by != null
                && by.getType() == ActorType.ASSOCIATE
                && !by.getId().isBlank()
                && event.getOverrideReason() != null;
        event.getLines().forEach(line -> returned(order, line, isOverridden));
        var refund = event.getRefund();
        var refunds = event.getLines().stream().map(ReturnedLine::getRefund).toList();
        boolean isSum = refunds.stream().mapToLong(each -> each.getAmount()).sum() == refund.getAmount()
                && refunds.stream().allMatch(each -> each.getCurrency().equals(refund.getCurrency()));
        check(REFUND_REQUESTED, isSum, "The refund is %s; the refunds of its lines are %s", refund, refunds);
        order.unrefunded = logged();
    }

    private void returned(Purchases order, ReturnedLine line, boolean isOverridden) {
        var id = line.getLineId();
        // A return before fulfilments could share a line names none.
        var from = line.getFulfilmentId();
        var parts = order.lines.stream()
                .filter(part -> part.lineId.equals(id) && (from == null || part.fulfilmentId.equals(from)))
                .toList();
        var all = parts.stream().map(Bought::state).reduce(new ReturnState(0, 0, 0, 0), ReturnState::plus);
        long quantity = line.getQuantity();
        boolean isBought = quantity > 0
                && quantity <= parts.stream().mapToLong(Bought::left).sum()
                && parts.stream().allMatch(part -> part.sku.equals(line.getSku()) && part.unit == line.getUnit());
        var tooMany = "%s come back; %s units were handed over, and %s of them came back before, or others were lost";
        check(RETURN_WITHIN_PURCHASE, isBought, tooMany, line, all.bought(), all.returned());
        if (parts.isEmpty()) {
            return;
        }
        var at = logged().recordedAt();
        // A process accepts an undelivered parcel at any time.
        boolean isInTime = isOverridden
                || logged().hasCause()
                || parts.stream().anyMatch(part -> !at.isAfter(part.returnableUntil));
        var late = "Accepted at %s, returnable until %s, and no associate is named who allowed it";
        check(RETURN_IN_WINDOW, isInTime, late, at, parts.getLast().returnableUntil);
        var refund = line.getRefund();
        var currency = parts.getFirst().currency;
        boolean isPaid = refund.getAmount() >= 0
                && all.refunded() + refund.getAmount() <= all.paid()
                && refund.getCurrency().equals(currency);
        var tooMuch = "The refund of a line is %s; before it %s of %s %s went back";
        check(REFUND_WITHIN_PAID, isPaid, tooMuch, refund, all.refunded(), all.paid(), currency);
        long rest = quantity;
        long share = 0;
        for (var part : parts) {
            long taken = Math.min(rest, part.left());
            if (taken > 0) {
                share += part.takeBack(taken);
                rest -= taken;
            }
        }
        same(REFUND_SHARE, "The refund of the returned units", refund.getAmount(), share);
        parts.getFirst().refunded += refund.getAmount();
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

    private void lost(PurchaseLost event) {
        for (var line : event.getLines()) {
            var its = part(event.getOrderId(), event.getFulfilmentId(), line.getLineId());
            long left = its == null ? 0 : its.left();
            boolean isLeft = line.getQuantity() > 0 && line.getQuantity() <= left;
            check(RETURN_WITHIN_PURCHASE, isLeft, "%s are lost; %s units have not come back", line, left);
            if (its != null) {
                its.lost += line.getQuantity();
            }
        }
    }

    private void windowMoved(ReturnWindowMoved event) {
        var until = event.getReturnableUntil();
        var its = parts(event.getOrderId(), event.getFulfilmentId());
        boolean isLater = until.isAfter(event.getPrevious())
                && its.stream().allMatch(part -> part.returnableUntil.equals(event.getPrevious()));
        var sentence = "Returnable until %s instead of %s; the goods of %s are returnable until %s";
        var before = its.isEmpty() ? null : its.getFirst().returnableUntil;
        check(RETURN_IN_WINDOW, isLater, sentence, until, event.getPrevious(), event.getFulfilmentId(), before);
        its.forEach(part -> part.returnableUntil = until);
    }

    private List<Bought> parts(String orderId, String fulfilmentId) {
        var order = orders.get(orderId);
        return order == null
                ? List.of()
                : order.lines.stream()
                        .filter(part -> part.fulfilmentId.equals(fulfilmentId))
                        .toList();
    }

    private @Nullable Bought part(String orderId, String fulfilmentId, String lineId) {
        var its = parts(orderId, fulfilmentId).stream().filter(part -> part.lineId.equals(lineId));
        return its.findFirst().orElse(null);
    }

    /** Whether a unit of one of these lines can still come back. */
    boolean isAnyLeft(String orderId, String fulfilmentId, Set<String> lineIds) {
        return parts(orderId, fulfilmentId).stream().anyMatch(part -> lineIds.contains(part.lineId) && part.left() > 0);
    }

    /** Whether goods could be returned for longer if their time began with a delivery. */
    boolean isWindowMovedBy(String orderId, String fulfilmentId, Instant reportedAt) {
        return parts(orderId, fulfilmentId).stream()
                .anyMatch(
                        part -> reportedAt.plusNanos(1_000 * part.windowMicros).isAfter(part.returnableUntil));
    }

    /** The state of every line that left, by order and line. */
    Map<String, Map<String, ReturnState>> state() {
        return orders.view(order -> {
            var lines = new TreeMap<String, ReturnState>();
            order.lines.forEach(part -> lines.merge(part.lineId, part.state(), ReturnState::plus));
            return lines;
        });
    }
}
