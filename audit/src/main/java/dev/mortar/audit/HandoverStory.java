package dev.mortar.audit;

import static dev.mortar.audit.ExpectedSteps.Step.*;
import static dev.mortar.audit.Invariant.*;

import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.inventory.StockCommitted;
import dev.mortar.schemas.inventory.StockSold;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import dev.mortar.schemas.returns.*;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** From the confirmed order to the recorded purchase: the goods leave, and stock, order and returns book it. */
final class HandoverStory extends Story {
    HandoverStory(Findings findings, ExpectedSteps steps) {
        super(findings, steps);
        on(OrderConfirmed.class, this::confirmed);
        on(SaleRecorded.class, event -> confirmed(Order.confirmed(event)));
        on(PickupRequested.class, this::requested);
        on(PickupHandedOver.class, this::pickupHandedOver);
        on(FulfilmentHandedOver.class, this::fulfilmentHandedOver);
        on(StockCommitted.class, this::committed);
        on(StockSold.class, this::sold);
        on(PurchaseRecorded.class, this::recorded);
    }

    private void confirmed(OrderConfirmed event) {
        for (var fulfilment : event.getFulfilments()) {
            var id = fulfilment.getFulfilmentId();
            var lines = Sums.byLine(event.getLines());
            lines.keySet().retainAll(fulfilment.getLineIds());
            if (fulfilment.getMethod() == FulfilmentMethod.CARRY_OUT) {
                steps.expectWithoutCause(CARRY_OUT, id, lines, logged().appendedAt(), () -> false);
            } else {
                steps.expect(REQUEST_PICKUP, id + ' ' + fulfilment.getLocationId(), lines);
            }
        }
    }

    private void requested(PickupRequested event) {
        var step = steps.take(
                REQUEST_PICKUP, event.getFulfilmentId() + ' ' + event.getLocationId(), Sums.byLine(event.getLines()));
        if (step != null && step.since().event() instanceof OrderConfirmed confirmed) {
            check(PICKUP_FOLLOWS_ORDER, isAsConfirmed(event, confirmed), "The order did not confirm %s", event);
        }
    }

    private static boolean isAsConfirmed(PickupRequested pickup, OrderConfirmed order) {
        var goods = new HashMap<String, String>();
        order.getLines().forEach(line -> goods.put(line.getLineId(), Sums.goods(line)));
        return pickup.getLines().stream().allMatch(line -> Sums.goods(line).equals(goods.get(line.getLineId())))
                && order.getFulfilments().stream()
                        .anyMatch(fulfilment -> fulfilment.getFulfilmentId().equals(pickup.getFulfilmentId())
                                && fulfilment.getMethod() == pickup.getMethod()
                                && Objects.equals(fulfilment.getPromisedAt(), pickup.getPromisedAt()));
    }

    private void pickupHandedOver(PickupHandedOver event) {
        var id = event.getFulfilmentId();
        steps.expect(BOOK_HANDOVER, id, Sums.byGoods(event.getHandedOver()));
        if (!event.getHandedOver().isEmpty()) {
            steps.expect(REPORT_HANDOVER, id, Sums.byLine(event.getHandedOver()));
        }
    }

    private void fulfilmentHandedOver(FulfilmentHandedOver event) {
        var id = event.getFulfilmentId();
        var lines = Sums.byLine(event.getLines());
        if (event.getMethod() == FulfilmentMethod.CARRY_OUT) {
            var step = steps.removeWithoutCause(CARRY_OUT, id);
            same(HANDOVER_REPORTED, "The confirmed quantity of " + id, step == null ? null : step.content(), lines);
            steps.expect(BOOK_SALE, id, Sums.byGoods(event.getLines()));
        } else {
            steps.take(REPORT_HANDOVER, id, lines);
        }
        var purchase = new HashMap<>(lines);
        event.getLines().forEach(line -> Sums.add(purchase, "paid " + line.getLineId(), Sums.paid(line)));
        steps.expect(RECORD_PURCHASE, id, purchase);
    }

    private void committed(StockCommitted event) {
        var step = steps.take(BOOK_HANDOVER, event.getFulfilmentId(), Sums.byGoods(event.getHandedOver()));
        if (step != null && step.since().event() instanceof PickupHandedOver left) {
            movedWhenItHappened(left.getHandedOverAt(), event.getMovedAt());
        }
    }

    private void sold(StockSold event) {
        var sold = Sums.plus(Sums.byGoods(event.getSold()), Sums.byGoods(event.getAlreadyCounted()));
        var step = steps.take(BOOK_SALE, event.getFulfilmentId(), sold);
        if (step != null && step.since().event() instanceof FulfilmentHandedOver left) {
            same(SALE_BOOKED, "The time of the sale", event.getSoldAt(), left.getHandedOverAt());
        }
    }

    private void recorded(PurchaseRecorded event) {
        var lines = event.getLines().stream().map(PurchasedLine::getLine).toList();
        Map<String, Long> purchase = Sums.byLine(lines);
        event.getLines()
                .forEach(line -> Sums.add(
                        purchase,
                        "paid " + line.getLine().getLineId(),
                        line.getPaid().getAmount()));
        var step = steps.take(RECORD_PURCHASE, event.getFulfilmentId(), purchase);
        if (step != null && step.since().event() instanceof FulfilmentHandedOver left) {
            boolean isSame = Sums.sameLines(lines, left.getLines());
            check(PURCHASE_RECORDED, isSame, "Recorded are %s; handed over were %s", lines, left.getLines());
        }
    }
}
