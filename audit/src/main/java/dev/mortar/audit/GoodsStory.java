package dev.mortar.audit;

import static dev.mortar.audit.ExpectedSteps.Step.*;
import static dev.mortar.audit.Invariant.*;
import static dev.mortar.audit.Sums.byGoods;
import static dev.mortar.audit.Sums.byLine;

import dev.mortar.audit.ExpectedSteps.Step;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import dev.mortar.schemas.returns.*;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * From the confirmed order to goods that leave, are cancelled or come back, and from one location to another: each step
 * of one service is followed by the others once.
 */
final class GoodsStory extends Auditor {
    private static final Map<Disposition, Step> BOOKINGS = Map.of(
            Disposition.RESTOCK, RESTOCK,
            Disposition.DAMAGED, BOOK_DAMAGED,
            Disposition.RETURN_TO_VENDOR, KEEP_FOR_VENDOR);

    /** The reasons for a run that pickup-service reports as the end of units. */
    private static final Set<SourcingTrigger> LOST =
            Set.of(SourcingTrigger.SHORT_PICK, SourcingTrigger.STOCK_SHORTFALL);

    private final ExpectedSteps steps;
    private final OrderAudit orders;
    private final StockAudit stock;

    GoodsStory(Findings findings, ExpectedSteps steps, OrderAudit orders, StockAudit stock) {
        super(findings);
        this.stock = stock;
        this.steps = steps;
        this.orders = orders;
        // The goods leave, and stock, order and returns book it.
        on(OrderConfirmed.class, this::confirmed);
        on(SaleRecorded.class, event -> confirmed(Order.confirmed(event)));
        on(FulfilmentConfirmed.class, this::moved);
        on(PickupRequested.class, this::pickupRequested);
        on(PickupHandedOver.class, this::pickupHandedOver);
        on(FulfilmentHandedOver.class, this::fulfilmentHandedOver);
        on(StockCommitted.class, this::committed);
        on(StockSold.class, this::sold);
        on(PurchaseRecorded.class, this::recorded);
        // A pickup answers each request for cancellation, and the order takes every ended unit off once.
        on(
                OrderCancellationRequested.class,
                event -> event.getParts()
                        .forEach(part ->
                                steps.expect(ANSWER_CANCELLATION, part.getFulfilmentId(), byLine(part.getLines()))));
        on(PickupCancelled.class, this::pickupCancelled);
        on(PickupCancellationRefused.class, event -> {
            steps.take(ANSWER_CANCELLATION, event.getFulfilmentId(), null);
            // An order that ended meanwhile reports no refusal.
            var order = event.getOrderId();
            steps.expect(REPORT_REFUSAL, event.getFulfilmentId(), Map.of(), () -> orders.isCancelled(order));
        });
        on(OrderCancellationRefused.class, event -> steps.take(REPORT_REFUSAL, event.getFulfilmentId(), null));
        on(PickupLineShort.class, event -> expectCancelled(Map.of(event.getLineId(), event.getMissing())));
        on(PickupExpired.class, event -> expectCancelled(byLine(event.getLines())));
        on(OrderLinesCancelled.class, this::linesCancelled);
        // Or the order looks for another location for them.
        on(SourcingRequested.class, event -> {
            if (LOST.contains(event.getTrigger())) {
                steps.take(CANCEL_LINES, "", byLine(event.getParts()));
            }
        });
        on(OrderCancelled.class, this::orderCancelled);
        // Returned goods are booked by their disposition.
        on(ReturnAccepted.class, this::accepted);
        on(StockRestocked.class, event -> {
            var goods = Sums.moved(event.getChanges(), event.getAlreadyCounted());
            var step = steps.take(RESTOCK, event.getReturnId() + ' ' + event.getLocationId(), goods);
            if (step != null) {
                steps.movedWhenItHappened(step.since().meta().getOccurredAt(), event.getMovedAt());
            }
        });
        on(DamagedStockReturned.class, event -> {
            var goods = Sums.changes(event.getChanges(), Quantities::getDamaged);
            steps.take(BOOK_DAMAGED, event.getReturnId() + ' ' + event.getLocationId(), goods);
        });
        on(VendorStockReturned.class, event -> {
            var goods = Sums.changes(event.getChanges(), Quantities::getToVendor);
            steps.take(KEEP_FOR_VENDOR, event.getReturnId() + ' ' + event.getLocationId(), goods);
        });
        on(OrderReturned.class, event -> {
            var about = event.getReturnId() + ' ' + event.getRefund().getAmount();
            steps.take(REPORT_RETURN, about, byLine(event.getLines()));
        });
        on(StockTransferredOut.class, event -> {
            var about = transfer(event.getTransferId(), event.getLocationId(), event.getToLocationId());
            var target = event.getToLocationId();
            var sender = event.getLocationId();
            var id = event.getTransferId();
            steps.expect(
                    EXPECT_TRANSFER,
                    about,
                    byGoods(event.getTransferred()),
                    () -> stock.isTransferClosed(target, sender, id));
        });
        on(TransferExpected.class, event -> {
            var about = transfer(event.getTransferId(), event.getFromLocationId(), event.getLocationId());
            steps.take(EXPECT_TRANSFER, about, byGoods(event.getSent()));
        });
        on(StockTransferredIn.class, this::transferredIn);
        on(TransferClosed.class, event -> {
            if (event.getReason() == TransferEndReason.RETURNED) {
                var about = transfer(event.getTransferId(), event.getFromLocationId(), event.getLocationId());
                steps.take(CLOSE_RETURNED, about, byGoods(event.getReturned()));
            }
        });
    }

    /** A fulfilment is confirmed after its order. If an old place had the units, it has let them go. */
    private void moved(FulfilmentConfirmed event) {
        expectLeaving(List.of(event.getFulfilment()), event.getLines());
        if (event.getCancellationId() != null) {
            steps.take(CANCEL_LINES, "", byLine(event.getLines()));
        }
    }

    private void confirmed(OrderConfirmed event) {
        expectLeaving(event.getFulfilments(), event.getLines());
    }

    private void expectLeaving(List<Fulfilment> fulfilments, List<OrderLine> all) {
        for (var fulfilment : fulfilments) {
            var id = fulfilment.getFulfilmentId();
            var lines = byLine(Sums.unitsOf(fulfilment, all));
            if (fulfilment.getMethod() == FulfilmentMethod.CARRY_OUT) {
                steps.expect(CARRY_OUT, id, lines);
            } else {
                steps.expect(REQUEST_PICKUP, id + ' ' + fulfilment.getLocationId(), lines);
            }
        }
    }

    private void pickupRequested(PickupRequested event) {
        var about = event.getFulfilmentId() + ' ' + event.getLocationId();
        var step = steps.take(REQUEST_PICKUP, about, byLine(event.getLines()));
        switch (step == null ? null : step.since().event()) {
            case OrderConfirmed it -> isAsConfirmed(event, it.getFulfilments(), it.getLines());
            case FulfilmentConfirmed it -> isAsConfirmed(event, List.of(it.getFulfilment()), it.getLines());
            case null, default -> {}
        }
    }

    private void isAsConfirmed(PickupRequested event, List<Fulfilment> fulfilments, List<OrderLine> lines) {
        var goods = new HashMap<String, String>();
        lines.forEach(line -> goods.put(line.getLineId(), Sums.goods(line)));
        boolean isAsConfirmed = event.getLines().stream()
                        .allMatch(line -> Sums.goods(line).equals(goods.get(line.getLineId())))
                && fulfilments.stream()
                        .anyMatch(fulfilment -> fulfilment.getFulfilmentId().equals(event.getFulfilmentId())
                                && fulfilment.getMethod() == event.getMethod()
                                && Objects.equals(fulfilment.getPromisedAt(), event.getPromisedAt())
                                && Objects.equals(fulfilment.getAcceptBy(), event.getAcceptBy())
                                && Objects.equals(fulfilment.getDestinationId(), event.getDestinationId()));
        check(PICKUP_FOLLOWS_ORDER, isAsConfirmed, "The order did not confirm %s", event);
    }

    private void pickupHandedOver(PickupHandedOver event) {
        var id = event.getFulfilmentId();
        steps.expect(BOOK_HANDOVER, id, byGoods(event.getHandedOver()));
        if (!event.getHandedOver().isEmpty()) {
            steps.expect(REPORT_HANDOVER, id, byLine(event.getHandedOver()));
        }
        if (!event.getNotTaken().isEmpty()) {
            expectCancelled(byLine(event.getNotTaken()));
        }
    }

    private void fulfilmentHandedOver(FulfilmentHandedOver event) {
        var id = event.getFulfilmentId();
        var lines = byLine(event.getLines());
        if (event.getMethod() == FulfilmentMethod.CARRY_OUT) {
            var step = steps.remove(CARRY_OUT, id);
            same(HANDOVER_REPORTED, "The confirmed quantity of " + id, step == null ? null : step.content(), lines);
            steps.expect(BOOK_SALE, id, byGoods(event.getLines()));
        } else {
            steps.take(REPORT_HANDOVER, id, lines);
        }
        event.getLines().forEach(line -> Sums.add(lines, "paid " + line.getLineId(), Sums.paid(line)));
        steps.expect(RECORD_PURCHASE, id, lines);
    }

    private void committed(StockCommitted event) {
        var step = steps.take(BOOK_HANDOVER, event.getFulfilmentId(), byGoods(event.getHandedOver()));
        if (step != null && step.since().event() instanceof PickupHandedOver left) {
            steps.movedWhenItHappened(left.getHandedOverAt(), event.getMovedAt());
        }
    }

    private void sold(StockSold event) {
        var sold = Sums.plus(byGoods(event.getSold()), byGoods(event.getAlreadyCounted()));
        var step = steps.take(BOOK_SALE, event.getFulfilmentId(), sold);
        if (step != null && step.since().event() instanceof FulfilmentHandedOver left) {
            same(SALE_BOOKED, "The time of the sale", event.getSoldAt(), left.getHandedOverAt());
        }
    }

    private void recorded(PurchaseRecorded event) {
        var lines = event.getLines().stream().map(PurchasedLine::getLine).toList();
        var purchase = byLine(lines);
        for (var line : event.getLines()) {
            var lineId = line.getLine().getLineId();
            Sums.add(purchase, "paid " + lineId, line.getPaid().getAmount());
        }
        var step = steps.take(RECORD_PURCHASE, event.getFulfilmentId(), purchase);
        if (step != null && step.since().event() instanceof FulfilmentHandedOver left) {
            boolean isSame = Sums.sameLines(lines, left.getLines());
            check(PURCHASE_RECORDED, isSame, "Recorded are %s; handed over were %s", lines, left.getLines());
        }
    }

    private void pickupCancelled(PickupCancelled event) {
        var lines = byLine(event.getLines());
        if (logged().hasCause()) {
            var step = steps.take(ANSWER_CANCELLATION, event.getFulfilmentId(), null);
            boolean isAnswer = step == null || Sums.within(lines, step.content());
            var sentence = "%s is cancelled; the order asks for %s";
            check(CANCELLATION_ANSWERED, isAnswer, sentence, lines, step == null ? Map.of() : step.content());
        }
        if (!lines.isEmpty()) {
            expectCancelled(lines);
        }
    }

    /** The pickup that is judged ended units; its order has to take them off. */
    private void expectCancelled(Map<String, Long> lines) {
        var orderId = (String) Objects.requireNonNull(logged().field("orderId"));
        var fulfilmentId = logged().key();
        steps.expect(CANCEL_LINES, "", lines, () -> orders.isOver(orderId, fulfilmentId));
    }

    private void linesCancelled(OrderLinesCancelled event) {
        var lines = byLine(event.getLines());
        // If no pickup had the units, the order ends them by itself.
        if (event.getRunId() == null && !orders.isUnconfirmed(event.getOrderId(), event.getFulfilmentId())) {
            steps.take(CANCEL_LINES, "", lines);
        }
        var named = event.getCancelledLines();
        boolean isSame = named.isEmpty() || byLine(named).equals(lines);
        check(ORDER_LINES_ADD_UP, isSame, "Cancelled are %s; the event describes %s", lines, named);
    }

    /** An order that is cancelled as a whole names all its lines; the last of them ended just now. */
    private void orderCancelled(OrderCancelled event) {
        var order = orders.orders.get(event.getOrderId());
        boolean isReported = logged().hasCause() && (order == null || order.endedAtPickup);
        var step = isReported ? steps.take(CANCEL_LINES, "", null) : null;
        if (step != null && order != null) {
            var ended = Sums.plus(order.cancelled, step.content());
            same(ORDER_LINES_ADD_UP, "The quantity of a whole cancellation", ended, order.ordered);
        }
    }

    private void accepted(ReturnAccepted event) {
        BOOKINGS.forEach((disposition, step) -> {
            var lines = event.getLines().stream().filter(line -> line.getDisposition() == disposition);
            var goods = byGoods(lines.toList());
            if (!goods.isEmpty()) {
                steps.expect(step, event.getReturnId() + ' ' + event.getLocationId(), goods);
            }
        });
        var about = event.getReturnId() + ' ' + event.getRefund().getAmount();
        steps.expect(REPORT_RETURN, about, byLine(event.getLines()));
    }

    private static String transfer(String id, String from, String to) {
        return id + ' ' + from + ' ' + to;
    }

    /** Goods that came back are not in transit to their target any more, unless it has ended the transfer. */
    private void transferredIn(StockTransferredIn event) {
        var id = event.getTransferId();
        var sender = event.getLocationId();
        var target = event.getReturnedFrom();
        if (target != null) {
            var goods = Sums.plus(byGoods(event.getAccepted()), byGoods(event.getDamaged()));
            steps.expect(
                    CLOSE_RETURNED,
                    transfer(id, sender, target),
                    goods,
                    () -> stock.isTransferClosed(target, sender, id));
        }
    }
}
