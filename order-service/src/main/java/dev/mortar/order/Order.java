package dev.mortar.order;

import dev.mortar.values.EndReason;
import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The state of an order. */
sealed interface Order {

    /** No order with this id exists. */
    record Unplaced() implements Order {}

    /** An order that exists. */
    sealed interface Known extends Order {
        OrderContents contents();

        /** True once the order is no longer PLACED and every event of that decision is applied. */
        default boolean decided() {
            return switch (this) {
                case Placed placed -> false;
                case Confirmed confirmed -> !confirmed.betweenEvents();
                case Rejected rejected -> true;
                case Cancelled cancelled -> true;
                case Completed completed -> true;
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
    record Rejected(OrderContents contents, EndReason reason, List<Shortage> shortages) implements Known {
        public Rejected {
            shortages = List.copyOf(shortages);
        }
    }

    /** Cancelled before anything was handed over. */
    record Cancelled(OrderContents contents, EndReason reason) implements Known {}

    /** No unit is open, and at least one was handed over. */
    record Completed(OrderContents contents) implements Known {}

    /** The state after the event. */
    static Order evolve(Order order, OrderEvent event) {
        return switch (event) {
            case OrderEvent.OrderPlaced e -> new Placed(OrderContents.of(e), e.decideBy());
            case OrderEvent.SaleRecorded e -> new Confirmed(OrderContents.of(e));
            case OrderEvent.FulfilmentReserved e ->
                with(order, contents(order).with(e.fulfilmentId(), new FulfilmentProgress.Reserved()));
            case OrderEvent.FulfilmentRejected e ->
                with(
                        order,
                        contents(order)
                                .with(e.fulfilmentId(), new FulfilmentProgress.Rejected(e.reason(), e.shortages())));
            case OrderEvent.OrderConfirmed e -> new Confirmed(contents(order).confirmed(e));
            case OrderEvent.OrderRejected e -> new Rejected(contents(order).rejected(e), e.reason(), e.shortages());
            case OrderEvent.OrderCancellationRequested e ->
                with(order, contents(order).with(Cancellation.requested(e, contents(order))));
            case OrderEvent.OrderCancellationRefused e ->
                with(
                        order,
                        contents(order)
                                .changeCancellation(
                                        e.cancellationId(), cancellation -> cancellation.refused(e.fulfilmentId())));
            case OrderEvent.OrderLinesCancelled e -> with(order, contents(order).linesCancelled(e));
            case OrderEvent.OrderCancelled e -> new Cancelled(contents(order).cancelledWhole(), e.reason());
            case OrderEvent.FulfilmentHandedOver e ->
                with(order, contents(order).handedOver(e));
            case OrderEvent.OrderCompleted e -> new Completed(contents(order));
            case OrderEvent.OrderReturned e -> with(order, contents(order).returned(e));
        };
    }

    /**
     * The contents of an order that exists.
     *
     * @throws IllegalStateException if it does not exist; the log is then broken
     */
    static OrderContents contents(Order order) {
        return switch (order) {
            case Known known -> known.contents();
            case Unplaced unplaced ->
                throw new IllegalStateException("an order must begin with OrderPlaced or SaleRecorded");
        };
    }

    /** The published name of the state: PLACED, CONFIRMED, REJECTED, CANCELLED or COMPLETED. */
    static String name(Order order) {
        return switch (order) {
            case Unplaced unplaced ->
                throw new IllegalStateException("an order must begin with OrderPlaced or SaleRecorded");
            case Placed placed -> "PLACED";
            case Confirmed confirmed -> "CONFIRMED";
            case Rejected rejected -> "REJECTED";
            case Cancelled cancelled -> "CANCELLED";
            case Completed completed -> "COMPLETED";
        };
    }

    private static Order with(Order order, OrderContents contents) {
        return switch (order) {
            case Unplaced unplaced ->
                throw new IllegalStateException("an order must begin with OrderPlaced or SaleRecorded");
            case Placed placed -> new Placed(contents, placed.decideBy());
            case Confirmed confirmed -> new Confirmed(contents);
            case Rejected rejected -> new Rejected(contents, rejected.reason(), rejected.shortages());
            case Cancelled cancelled -> new Cancelled(contents, cancelled.reason());
            case Completed completed -> new Completed(contents);
        };
    }
}
