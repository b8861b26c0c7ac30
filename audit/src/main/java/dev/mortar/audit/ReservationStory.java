package dev.mortar.audit;

import static dev.mortar.audit.ExpectedSteps.Step.*;
import static dev.mortar.audit.Invariant.*;

import dev.mortar.audit.ExpectedSteps.Step;
import dev.mortar.audit.Fulfilments.ReservationEnd;
import dev.mortar.schemas.EndReason;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.SkuQuantity;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/** From the placed order to the end of its reservations: inventory answers, the order decides, inventory follows. */
final class ReservationStory extends Auditor {
    /** The reason for which inventory releases goods, by the cause of the release. */
    private static final Map<Class<?>, ReleaseReason> REASONS = Map.of(
            OrderConfirmed.class, ReleaseReason.ORDER_REJECTED,
            OrderRejected.class, ReleaseReason.ORDER_REJECTED,
            OrderCancelled.class, ReleaseReason.ORDER_CANCELLED,
            PickupCancelled.class, ReleaseReason.PICKUP_CANCELLED,
            PickupExpired.class, ReleaseReason.PICKUP_EXPIRED,
            PickupLineShort.class, ReleaseReason.SHORT_PICK,
            FulfilmentWithdrawn.class, ReleaseReason.FULFILMENT_WITHDRAWN);

    private final ExpectedSteps steps;
    private final OrderAudit orders;
    private final Fulfilments fulfilments;
    /** Units of the last release that the reservation had lost before, by SKU. */
    private Map<String, Long> lostBefore = Map.of();

    ReservationStory(Findings findings, ExpectedSteps steps, OrderAudit orders, Fulfilments fulfilments) {
        super(findings);
        this.steps = steps;
        this.orders = orders;
        this.fulfilments = fulfilments;
        on(
                OrderPlaced.class,
                event -> event.getFulfilments().stream()
                        .filter(ReservationStory::isReserved)
                        .forEach(fulfilment -> expectAnswer(fulfilment, event.getLines())));
        on(FulfilmentAdded.class, event -> expectAnswer(event.getFulfilment(), event.getLines()));
        on(FulfilmentConfirmed.class, event -> {
            if (event.getCancellationId() == null) {
                decides((answered, _) -> answered.equals(event.getFulfilment().getFulfilmentId()));
            }
            confirmed(event.getFulfilment());
        });
        on(FulfilmentWithdrawn.class, event -> ended(List.of(event.getFulfilment())));
        on(StockReserved.class, event -> {
            fulfilments.reserved.add(event.getFulfilmentId());
            expectDecision(event.getOrderId(), event.getFulfilmentId());
        });
        on(StockReservationRejected.class, event -> {
            orders.refused(event.getOrderId(), event.getFulfilmentId());
            expectDecision(event.getOrderId(), event.getFulfilmentId());
        });
        on(ReservationBroken.class, this::broken);
        on(ReservationReduced.class, this::reduced);
        on(FulfilmentReserved.class, event -> decides((id, _) -> id.equals(event.getFulfilmentId())));
        on(
                FulfilmentRejected.class,
                event -> decides(
                        (answered, isSoldAtTill) -> event.getFulfilmentId().equals(answered)
                                && isSoldAtTill == (event.getReason() == EndReason.SOLD_AT_TILL)));
        on(
                OrderCancellationRequested.class,
                event -> decides((answered, isSoldAtTill) -> RejectionStory.isAboutRejection(event)
                        || (event.getParts().size() == 1
                                && event.getParts().getFirst().getFulfilmentId().equals(answered)
                                && isSoldAtTill == (event.getReason() == EndReason.SOLD_AT_TILL))));
        on(OrderConfirmed.class, this::orderConfirmed);
        on(OrderRejected.class, event -> {
            decides((answered, _) -> !answered.isEmpty());
            ended(event.getFulfilments());
        });
        on(OrderCancelled.class, event -> ended(event.getReservedFulfilments()));
        on(ReservationConfirmed.class, event -> steps.take(CONFIRM_RESERVATION, event.getFulfilmentId(), null));
        on(ReservationPicked.class, event -> steps.take(MARK_PICKED, event.getFulfilmentId(), null));
        on(ReservationVoided.class, event -> steps.take(RELEASE_RESERVATION, event.getFulfilmentId(), null));
        on(StockReleased.class, this::released);
        on(StockAdjusted.class, this::adjusted);
        on(PickupReady.class, event -> expect(MARK_PICKED, event.getFulfilmentId(), Map.of()));
        on(PickupLineShort.class, event -> {
            var id = event.getFulfilmentId();
            var missing = Map.of(event.getSku(), event.getMissing());
            expect(RELEASE_RESERVATION, id, missing);
            expect(ADJUST_SHORT_PICK, "", id, missing);
        });
        on(PickupHandedOver.class, event -> forget(event.getFulfilmentId()));
        on(PickupExpired.class, event -> {
            expect(RELEASE_RESERVATION, event.getFulfilmentId(), Sums.byGoods(event.getLines()));
            forget(event.getFulfilmentId());
        });
        on(PickupCancelled.class, event -> {
            if (!event.getLines().isEmpty()) {
                expect(RELEASE_RESERVATION, event.getFulfilmentId(), Sums.byGoods(event.getLines()));
            }
            if (event.getWhole()) {
                forget(event.getFulfilmentId());
            }
        });
    }

    private static boolean isReserved(Fulfilment fulfilment) {
        return fulfilment.getMethod() != FulfilmentMethod.CARRY_OUT;
    }

    private void expectAnswer(Fulfilment fulfilment, List<OrderLine> all) {
        var lines = Sums.unitsOf(fulfilment, all);
        var about = fulfilment.getFulfilmentId() + ' ' + fulfilment.getLocationId();
        steps.expect(ANSWER_FULFILMENT, about, Sums.byGoods(lines));
    }

    private void expectDecision(String orderId, String fulfilmentId) {
        if (orders.isAnswered(orderId, fulfilmentId)) {
            findings.holds(NOTHING_OWED);
        } else {
            steps.expect(DECIDE_ORDER, orderId, Map.of(), () -> orders.isAnswered(orderId, fulfilmentId));
        }
    }

    private void broken(ReservationBroken event) {
        var id = event.getFulfilmentId();
        var orderId = event.getOrderId();
        check(RESERVATION_FOLLOWS_ORDER, id.startsWith(orderId + '-'), "%s is not of order %s", id, orderId);
        orders.refused(orderId, id);
        steps.expect(DECIDE_ORDER, orderId, Map.of(), () -> orders.isOver(orderId, id));
    }

    private void reduced(ReservationReduced event) {
        var id = event.getFulfilmentId();
        var orderId = event.getOrderId();
        check(RESERVATION_FOLLOWS_ORDER, id.startsWith(orderId + '-'), "%s is not of order %s", id, orderId);
        var skus = event.getLost().stream().map(SkuQuantity::getSku).toList();
        // The order asks for nothing if it asked to cancel these units before.
        steps.expect(
                DECIDE_ORDER,
                orderId,
                Map.of(),
                () -> orders.isOver(orderId, id) || orders.hasAskedToCancel(orderId, id, skus));
    }

    /**
     * Checks that an order decides once because of an answer, about the fulfilment that was answered.
     *
     * @param fits whether the judged event fits the fulfilment id of the answer, and whether a till sold its goods
     */
    private void decides(BiPredicate<String, Boolean> fits) {
        var step = logged().hasCause() ? steps.remove(DECIDE_ORDER, logged().key()) : null;
        if (!logged().hasCause() || logged().meta().getIndex() > 0) {
            return;
        }
        var answer = step == null ? null : step.since();
        var answered = answer == null ? "" : String.valueOf(answer.field("fulfilmentId"));
        boolean isSoldAtTill = answer != null
                && switch (answer.event()) {
                    case ReservationBroken it -> it.getSoldAtTill();
                    case ReservationReduced it -> it.getSoldAtTill();
                    default -> false;
                };
        boolean isRight = fits.test(answered, isSoldAtTill);
        check(ORDER_TRANSITIONS, isRight, "%s does not follow from an answer about %s", logged().type(), answered);
    }

    private void orderConfirmed(OrderConfirmed event) {
        decides((answered, _) -> !answered.isEmpty());
        event.getFulfilments().stream().filter(ReservationStory::isReserved).forEach(this::confirmed);
        ended(event.getRejectedFulfilments());
    }

    private void confirmed(Fulfilment fulfilment) {
        var id = fulfilment.getFulfilmentId();
        check(CONFIRMED_IF_RESERVED, fulfilments.reserved.contains(id), "%s is confirmed and not reserved", id);
        fulfilments.confirmed.add(id);
        expect(CONFIRM_RESERVATION, id, Map.of());
    }

    /** The order ended these fulfilments, so their reservations have to be released. */
    private void ended(List<Fulfilment> ended) {
        for (var fulfilment : ended) {
            if (isReserved(fulfilment)) {
                expect(RELEASE_RESERVATION, fulfilment.getFulfilmentId(), Map.of());
            }
            forget(fulfilment.getFulfilmentId());
        }
    }

    private void forget(String fulfilmentId) {
        fulfilments.reserved.remove(fulfilmentId);
        fulfilments.confirmed.remove(fulfilmentId);
    }

    private void expect(Step step, String fulfilmentId, Map<String, Long> content) {
        expect(step, fulfilmentId, fulfilmentId, content);
    }

    /** Expects a step on a reservation, unless it ended for good; one that expired may be made again. */
    private void expect(Step step, String about, String fulfilmentId, Map<String, Long> content) {
        var ends = fulfilments.ended;
        if (ends.containsKey(fulfilmentId)) {
            findings.holds(NOTHING_OWED);
            return;
        }
        // A handover may come before its order's confirmation, but not before other events of its pickup.
        boolean mayBeCommitted = step == CONFIRM_RESERVATION;
        steps.expect(step, about, content, () -> {
            var end = ends.get(fulfilmentId);
            return end != null && (mayBeCommitted || end != ReservationEnd.COMMITTED);
        });
    }

    private void released(StockReleased event) {
        var id = event.getFulfilmentId();
        var reason = event.getReason();
        boolean hasCause = logged().hasCause();
        boolean isRight =
                hasCause != (reason == ReleaseReason.NOT_ANSWERED_IN_TIME) && id.startsWith(event.getOrderId() + '-');
        var sentence = "%s of order %s is released because of %s; it has a cause: %s";
        check(RESERVATION_FOLLOWS_ORDER, isRight, sentence, id, event.getOrderId(), reason, hasCause);
        if (!hasCause) {
            return;
        }
        var released = Sums.plus(Sums.byGoods(event.getReleased()), Sums.byGoods(event.getAlreadyLost()));
        lostBefore = Sums.inAnyUnit(Sums.byGoods(event.getAlreadyLost()));
        // A short pick names no unit.
        boolean isShortPick = reason == ReleaseReason.SHORT_PICK;
        var step = steps.take(RELEASE_RESERVATION, id, isShortPick ? Sums.inAnyUnit(released) : released);
        // Only pickups name quantities. An order always ends a reservation as a whole.
        boolean isAsCaused = step == null
                || ((event.getWhole() || !step.content().isEmpty())
                        && reason == REASONS.get(step.since().event().getClass()));
        check(RESERVATION_FOLLOWS_ORDER, isAsCaused, "%s are released because of %s", released, reason);
    }

    private void adjusted(StockAdjusted event) {
        if (event.getReason() != AdjustmentReason.SHORT_PICK && !logged().hasCause()) {
            return;
        }
        var missing = Sums.negative(Sums.moved(event.getChanges(), event.getAlreadyCounted()));
        var step = steps.take(ADJUST_SHORT_PICK, "", Sums.plus(Sums.inAnyUnit(missing), lostBefore));
        if (step != null && step.since().event() instanceof PickupLineShort pick) {
            steps.movedWhenItHappened(pick.getMeta().getOccurredAt(), event.getMovedAt());
            long found = pick.getReason() == ShortReason.DAMAGED ? pick.getMissing() : 0;
            long damaged = event.getChanges().stream()
                    .mapToLong(change -> change.getChange().getDamaged())
                    .sum();
            same(RESERVATION_FOLLOWS_ORDER, "The damaged quantity", damaged, found);
        }
    }
}
