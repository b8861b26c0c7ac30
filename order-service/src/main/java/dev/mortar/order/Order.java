package dev.mortar.order;

import dev.mortar.order.OrderEvent.*;
import dev.mortar.values.EndReason;
import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The state of an order. */
sealed interface Order {

    /** No order with this id exists. */
    record Unplaced() implements Order {}

    sealed interface Known extends Order {
        OrderContents contents();

        /** The published name of the state. */
        default String name() {
            return switch (this) {
                case Placed _ -> "PLACED";
                case Confirmed _ -> "CONFIRMED";
                case Rejected _ -> "REJECTED";
                case Cancelled _ -> "CANCELLED";
                case Completed _ -> "COMPLETED";
            };
        }

        /** True once the order is no longer PLACED and every event of that decision is applied. */
        default boolean decided() {
            return switch (this) {
                case Placed _ -> false;
                case Confirmed confirmed -> !confirmed.betweenEvents();
                case Rejected _, Cancelled _, Completed _ -> true;
            };
        }
    }

    /**
     * Placed; at least one reservation is unanswered.
     *
     * @param decideBy last instant for the answers; null if nothing has to be reserved
     */
    record Placed(OrderContents contents, @Nullable Instant decideBy) implements Known {}

    /** Confirmed; at least one unit is open. */
    record Confirmed(OrderContents contents) implements Known {

        /**
         * True between the events of the confirming decision: it still hands over carried-out goods or completes the
         * order.
         */
        private boolean betweenEvents() {
            return contents.nothingOpen()
                    || contents.requested().fulfilments().stream()
                            .anyMatch(fulfilment -> fulfilment.carriedOut()
                                    && !contents.open(fulfilment).isEmpty());
        }
    }

    /** Rejected; nothing was handed over. */
    record Rejected(OrderContents contents, EndReason reason, List<Shortage> shortages) implements Known {}

    /** Cancelled before anything was handed over. */
    record Cancelled(OrderContents contents, EndReason reason) implements Known {}

    /** No unit is open, and at least one was handed over. */
    record Completed(OrderContents contents) implements Known {}

    /** The state after the event. */
    static Order evolve(Order order, OrderEvent event) {
        return switch (event) {
            case OrderPlaced e -> new Placed(OrderContents.of(e), e.decideBy());
            case SaleRecorded e -> new Confirmed(OrderContents.of(e));
            case FulfilmentReserved e ->
                with(order, before -> before.reserved(e.fulfilmentId(), e.readyAt(), e.acceptBy()));
            case FulfilmentRejected e ->
                with(
                        order,
                        before -> before.with(
                                e.fulfilmentId(), new FulfilmentProgress.Rejected(e.reason(), e.shortages())));
            case SourcingRequested e -> with(order, before -> RunChanges.requested(before, e));
            case SourcingDecided e -> {
                boolean reject = order instanceof Placed && e.outcome() != SourcingRun.Outcome.PLANNED;
                yield with(order, before -> RunChanges.decided(before, e, reject));
            }
            case FulfilmentAdded e -> with(order, before -> RunChanges.added(before, e));
            case FulfilmentConfirmed e -> with(order, before -> RunChanges.confirmed(before, e));
            case FulfilmentWithdrawn e ->
                with(
                        order,
                        before -> before.with(
                                e.fulfilment().fulfilmentId(), new FulfilmentProgress.Withdrawn(e.reason())));
            case OrderConfirmed e -> new Confirmed(contents(order).confirmed(e));
            case OrderRejected e -> new Rejected(contents(order).rejected(e), e.reason(), e.shortages());
            case OrderCancellationRequested e -> with(order, before -> before.with(Cancellation.requested(e, before)));
            case OrderCancellationRefused e ->
                with(
                        order,
                        before -> before.changeCancellation(
                                e.cancellationId(), cancellation -> cancellation.refused(e.fulfilmentId())));
            case OrderLinesCancelled e -> with(order, before -> before.linesCancelled(e));
            case OrderCancelled e -> new Cancelled(contents(order).cancelledWhole(), e.reason());
            case FulfilmentHandedOver e -> change(order, e.fulfilmentId(), each -> each.handedOver(e));
            case FulfilmentDelivered e -> change(order, e.fulfilmentId(), each -> each.ended(ParcelEnd.of(e)));
            case FulfilmentUndelivered e -> change(order, e.fulfilmentId(), each -> each.ended(ParcelEnd.of(e)));
            case FulfilmentLost e -> change(order, e.fulfilmentId(), each -> each.ended(ParcelEnd.of(e)));
            case OrderCompleted _ -> new Completed(contents(order));
            case OrderReturned e -> with(order, before -> before.returned(e.returnId(), e.lines()));
        };
    }

    /**
     * The order, which exists.
     *
     * @throws IllegalStateException if it does not exist; the log is then broken
     */
    static Known known(Order order) {
        if (order instanceof Known known) {
            return known;
        }
        throw new IllegalStateException("an order must begin with OrderPlaced or SaleRecorded");
    }

    static OrderContents contents(Order order) {
        return known(order).contents();
    }

    private static Order change(Order order, String fulfilmentId, UnaryOperator<FulfilmentContents> change) {
        return with(order, before -> before.change(fulfilmentId, change));
    }

    private static Order with(Order order, UnaryOperator<OrderContents> change) {
        OrderContents contents = change.apply(known(order).contents());
        return switch (known(order)) {
            case Placed placed -> new Placed(contents, placed.decideBy());
            case Confirmed _ -> new Confirmed(contents);
            case Rejected rejected -> new Rejected(contents, rejected.reason(), rejected.shortages());
            case Cancelled cancelled -> new Cancelled(contents, cancelled.reason());
            case Completed _ -> new Completed(contents);
        };
    }
}
