package dev.mortar.audit;

import static dev.mortar.audit.ExpectedSteps.Step.*;
import static dev.mortar.audit.Invariant.*;

import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import java.util.Map;

/** The cancellation of units: a pickup answers each request, and the order takes every ended unit off once. */
final class CancellationStory extends Story {
    private final OrderAudit orders;

    CancellationStory(Findings findings, ExpectedSteps steps, OrderAudit orders) {
        super(findings, steps);
        this.orders = orders;
        on(OrderCancellationRequested.class, this::requested);
        on(PickupCancelled.class, this::pickupCancelled);
        on(PickupCancellationRefused.class, this::refused);
        on(OrderCancellationRefused.class, event -> steps.take(REPORT_REFUSAL, event.getFulfilmentId(), null));
        on(PickupLineShort.class, this::lineShort);
        on(PickupExpired.class, this::expired);
        on(PickupHandedOver.class, this::handedOver);
        on(OrderLinesCancelled.class, this::linesCancelled);
        on(OrderCancelled.class, this::orderCancelled);
    }

    private void requested(OrderCancellationRequested event) {
        for (var part : event.getParts()) {
            steps.expect(ANSWER_CANCELLATION, part.getFulfilmentId(), Sums.byLine(part.getLines()));
        }
    }

    private void pickupCancelled(PickupCancelled event) {
        var lines = Sums.byLine(event.getLines());
        if (logged().hasCause()) {
            var step = steps.removeRepeating(ANSWER_CANCELLATION, event.getFulfilmentId());
            Map<String, Long> requested = step == null ? Map.of() : step.content();
            boolean isAnswer = step != null && Sums.within(lines, requested);
            check(CANCELLATION_ANSWERED, isAnswer, "%s is cancelled; the order asks for %s", lines, requested);
        }
        if (!lines.isEmpty()) {
            expectCancelledLines(event.getOrderId(), event.getFulfilmentId(), lines);
        }
    }

    private void refused(PickupCancellationRefused event) {
        steps.take(ANSWER_CANCELLATION, event.getFulfilmentId(), null);
        // An order that ended meanwhile reports no refusal.
        steps.expect(REPORT_REFUSAL, event.getFulfilmentId(), Map.of(), () -> orders.isCancelled(event.getOrderId()));
    }

    private void lineShort(PickupLineShort event) {
        expectCancelledLines(
                event.getOrderId(), event.getFulfilmentId(), Map.of(event.getLineId(), event.getMissing()));
    }

    private void expired(PickupExpired event) {
        expectCancelledLines(event.getOrderId(), event.getFulfilmentId(), Sums.byLine(event.getLines()));
    }

    private void handedOver(PickupHandedOver event) {
        if (!event.getNotTaken().isEmpty()) {
            expectCancelledLines(event.getOrderId(), event.getFulfilmentId(), Sums.byLine(event.getNotTaken()));
        }
    }

    private void expectCancelledLines(String orderId, String fulfilmentId, Map<String, Long> lines) {
        steps.expect(CANCEL_LINES, "", lines, () -> orders.isOver(orderId, fulfilmentId));
    }

    private void linesCancelled(OrderLinesCancelled event) {
        var lines = Sums.byLine(event.getLines());
        steps.take(CANCEL_LINES, "", lines);
        var named = event.getCancelledLines();
        boolean isSame = named.isEmpty() || Sums.byLine(named).equals(lines);
        check(ORDER_LINES_ADD_UP, isSame, "Cancelled are %s; the event describes %s", lines, named);
    }

    /** An order that is cancelled as a whole names all its lines; the last of them ended just now. */
    private void orderCancelled(OrderCancelled event) {
        if (!logged().hasCause()) {
            return;
        }
        var step = steps.take(CANCEL_LINES, "", null);
        var order = orders.find(event.getOrderId());
        if (step != null && order != null) {
            var ended = Sums.plus(order.cancelled, step.content());
            same(ORDER_LINES_ADD_UP, "The quantity of a whole cancellation", ended, order.ordered);
        }
    }
}
