package dev.mortar.audit;

import static dev.mortar.audit.ExpectedSteps.Step.*;
import static dev.mortar.audit.Invariant.*;

import dev.mortar.audit.ExpectedSteps.Step;
import dev.mortar.schemas.EndReason;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/** From the placed order to the end of its reservations: inventory answers, the order decides, inventory follows. */
final class ReservationStory extends Story {
    /** The reason for which inventory releases goods, by the cause of the release. */
    private static final Map<Class<?>, ReleaseReason> REASONS = Map.of(
            OrderConfirmed.class, ReleaseReason.ORDER_REJECTED,
            OrderRejected.class, ReleaseReason.ORDER_REJECTED,
            OrderCancelled.class, ReleaseReason.ORDER_CANCELLED,
            PickupCancelled.class, ReleaseReason.PICKUP_CANCELLED,
            PickupExpired.class, ReleaseReason.PICKUP_EXPIRED,
            PickupLineShort.class, ReleaseReason.SHORT_PICK);

    private final OrderAudit orders;
    private final Fulfilments fulfilments;
    /** Fulfilments that were reserved and have not ended, and those of them whose order confirmed them. */
    private final Set<String> reserved = new HashSet<>();

    private final Set<String> confirmed = new HashSet<>();

    ReservationStory(Findings findings, ExpectedSteps steps, OrderAudit orders, Fulfilments fulfilments) {
        super(findings, steps);
        this.orders = orders;
        this.fulfilments = fulfilments;
        on(OrderPlaced.class, this::placed);
        on(StockReserved.class, this::stockReserved);
        on(StockReservationRejected.class, this::stockRejected);
        on(ReservationBroken.class, this::broken);
        on(FulfilmentReserved.class, event -> decides((id, _) -> id.equals(event.getFulfilmentId())));
        on(FulfilmentRejected.class, this::fulfilmentRejected);
        on(OrderCancellationRequested.class, this::cancellationRequested);
        on(OrderConfirmed.class, this::orderConfirmed);
        on(OrderRejected.class, this::orderRejected);
        on(OrderCancelled.class, event -> ended(event.getReservedFulfilments()));
        on(ReservationConfirmed.class, event -> steps.take(CONFIRM_RESERVATION, event.getFulfilmentId(), null));
        on(ReservationPicked.class, event -> steps.take(MARK_PICKED, event.getFulfilmentId(), null));
        on(ReservationVoided.class, event -> steps.take(RELEASE_RESERVATION, event.getFulfilmentId(), null));
        on(StockReleased.class, this::released);
        on(StockAdjusted.class, this::adjusted);
        on(PickupReady.class, event -> expect(MARK_PICKED, event.getFulfilmentId(), Map.of()));
        on(PickupLineShort.class, this::lineShort);
        on(PickupHandedOver.class, event -> forget(event.getFulfilmentId()));
        on(PickupExpired.class, this::expired);
        on(PickupCancelled.class, this::pickupCancelled);
    }

    /** Whether a fulfilment is reserved and confirmed, and its pickup has not ended. */
    boolean isReservedAndConfirmed(String fulfilmentId) {
        return reserved.contains(fulfilmentId) && confirmed.contains(fulfilmentId);
    }

    private void placed(OrderPlaced event) {
        fulfilments.placed(event, logged());
        for (var fulfilment : event.getFulfilments()) {
            if (fulfilment.getMethod() != FulfilmentMethod.CARRY_OUT) {
                steps.expect(ANSWER_FULFILMENT, fulfilment.getFulfilmentId(), Map.of());
            }
        }
    }

    private void stockReserved(StockReserved event) {
        reserved.add(event.getFulfilmentId());
        var step = steps.removeRepeating(ANSWER_FULFILMENT, event.getFulfilmentId());
        if (step != null && step.since().event() instanceof OrderPlaced placed) {
            var until = event.getExpiresAt();
            var decideBy = placed.getDecideBy();
            boolean isLongEnough = decideBy != null && !until.isBefore(decideBy);
            var sentence = "Reserved until %s; the order may be decided until %s";
            check(RESERVATION_DEADLINE, isLongEnough, sentence, until, decideBy);
        }
        expectDecision(event.getOrderId());
    }

    private void stockRejected(StockReservationRejected event) {
        steps.removeRepeating(ANSWER_FULFILMENT, event.getFulfilmentId());
        orders.refused(event.getOrderId(), event.getFulfilmentId());
        expectDecision(event.getOrderId());
    }

    private void expectDecision(String orderId) {
        if (orders.isDecided(orderId)) {
            findings.holds(NOTHING_OWED);
        } else {
            steps.expect(DECIDE_ORDER, orderId, Map.of(), () -> orders.isDecided(orderId));
        }
    }

    private void broken(ReservationBroken event) {
        var id = event.getFulfilmentId();
        var orderId = event.getOrderId();
        check(RESERVATION_FOLLOWS_ORDER, id.startsWith(orderId + '-'), "%s is not of order %s", id, orderId);
        orders.refused(orderId, id);
        steps.expect(DECIDE_ORDER, orderId, Map.of(), () -> orders.isOver(orderId, id));
    }

    /**
     * Checks that an order decides once because of an answer, about the fulfilment that was answered.
     *
     * @param fits whether the judged event fits the fulfilment id of the answer, and whether a till sold its goods
     */
    private void decides(BiPredicate<String, Boolean> fits) {
        if (!logged().hasCause()) {
            return;
        }
        var step = steps.remove(DECIDE_ORDER, logged().key());
        if (logged().meta().getIndex() > 0) {
            return;
        }
        var answer = step == null ? null : step.since();
        var answered = answer == null ? "" : String.valueOf(answer.field("fulfilmentId"));
        boolean isSoldAtTill = answer != null && answer.event() instanceof ReservationBroken it && it.getSoldAtTill();
        boolean isRight = fits.test(answered, isSoldAtTill);
        check(ORDER_TRANSITIONS, isRight, "%s does not follow from an answer about %s", logged().type(), answered);
    }

    private void fulfilmentRejected(FulfilmentRejected event) {
        decides((answered, isSoldAtTill) -> event.getFulfilmentId().equals(answered)
                && isSoldAtTill == (event.getReason() == EndReason.SOLD_AT_TILL));
    }

    private void cancellationRequested(OrderCancellationRequested event) {
        decides((answered, isSoldAtTill) -> event.getParts().size() == 1
                && event.getParts().getFirst().getFulfilmentId().equals(answered)
                && isSoldAtTill == (event.getReason() == EndReason.SOLD_AT_TILL));
    }

    private void orderConfirmed(OrderConfirmed event) {
        decides((answered, _) -> !answered.isEmpty());
        for (var fulfilment : event.getFulfilments()) {
            var id = fulfilment.getFulfilmentId();
            if (fulfilment.getMethod() != FulfilmentMethod.CARRY_OUT) {
                check(CONFIRMED_IF_RESERVED, reserved.contains(id), "%s is confirmed and not reserved", id);
                confirmed.add(id);
                expect(CONFIRM_RESERVATION, id, Map.of());
            }
        }
        ended(event.getRejectedFulfilments());
    }

    private void orderRejected(OrderRejected event) {
        decides((answered, _) -> !answered.isEmpty());
        ended(event.getFulfilments());
    }

    /** The order ended these fulfilments, so their reservations have to be released. */
    private void ended(List<Fulfilment> ended) {
        for (var fulfilment : ended) {
            if (fulfilment.getMethod() != FulfilmentMethod.CARRY_OUT) {
                expect(RELEASE_RESERVATION, fulfilment.getFulfilmentId(), Map.of());
            }
            forget(fulfilment.getFulfilmentId());
        }
    }

    private void forget(String fulfilmentId) {
        reserved.remove(fulfilmentId);
        confirmed.remove(fulfilmentId);
    }

    /** Expects a step on a reservation, unless it ended for good; one that expired may be made again. */
    private void expect(Step step, String fulfilmentId, Map<String, Long> content) {
        expect(step, fulfilmentId, fulfilmentId, content);
    }

    private void expect(Step step, String about, String fulfilmentId, Map<String, Long> content) {
        if (fulfilments.isOver(fulfilmentId)) {
            findings.holds(NOTHING_OWED);
            return;
        }
        // A handover may come before its order's confirmation, but not before other events of its pickup.
        boolean mayBeCommitted = step == CONFIRM_RESERVATION;
        steps.expect(
                step,
                about,
                content,
                () -> fulfilments.isOver(fulfilmentId) && (mayBeCommitted || !fulfilments.isCommitted(fulfilmentId)));
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
        var released = Sums.byGoods(event.getReleased());
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
        var step = steps.take(ADJUST_SHORT_PICK, "", Sums.inAnyUnit(missing));
        if (step != null && step.since().event() instanceof PickupLineShort pick) {
            movedWhenItHappened(pick.getMeta().getOccurredAt(), event.getMovedAt());
            long found = pick.getReason() == ShortReason.DAMAGED ? pick.getMissing() : 0;
            long damaged = event.getChanges().stream()
                    .mapToLong(change -> change.getChange().getDamaged())
                    .sum();
            same(RESERVATION_FOLLOWS_ORDER, "The damaged quantity", damaged, found);
        }
    }

    private void lineShort(PickupLineShort event) {
        var id = event.getFulfilmentId();
        var missing = Map.of(event.getSku(), event.getMissing());
        expect(RELEASE_RESERVATION, id, missing);
        expect(ADJUST_SHORT_PICK, "", id, missing);
    }

    private void expired(PickupExpired event) {
        expect(RELEASE_RESERVATION, event.getFulfilmentId(), Sums.byGoods(event.getLines()));
        forget(event.getFulfilmentId());
    }

    private void pickupCancelled(PickupCancelled event) {
        if (!event.getLines().isEmpty()) {
            expect(RELEASE_RESERVATION, event.getFulfilmentId(), Sums.byGoods(event.getLines()));
        }
        if (event.getWhole()) {
            forget(event.getFulfilmentId());
        }
    }
}
