package dev.mortar.order;

import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The state of an order. */
sealed interface Order {

    /** Nothing is known under this id. */
    record Unplaced() implements Order {}

    /** An order that exists. */
    sealed interface Known extends Order {
        Contents contents();

        /** False while reservations are waited for, and between the events of the one decision that ends that. */
        default boolean decided() {
            return switch (this) {
                case Placed placed -> false;
                case Confirmed confirmed -> !confirmed.leavesAtOnce();
                case Rejected rejected -> true;
                case Cancelled cancelled -> true;
                case Completed completed -> true;
            };
        }
    }

    /**
     * Taken down; reservations are waited for.
     *
     * @param decideBy last instant for them to be answered; null when nothing is reserved
     */
    record Placed(Contents contents, @Nullable Instant decideBy) implements Known {}

    /** The retailer stands by it; something is still open. */
    record Confirmed(Contents contents) implements Known {

        /**
         * Goods that are carried out leave, and an order that is over is completed, in the decision that confirms it.
         */
        private boolean leavesAtOnce() {
            return contents.nothingOpen()
                    || contents.placed().fulfilments().stream()
                            .anyMatch(fulfilment -> fulfilment.carriedOut()
                                    && !contents.open(fulfilment).isEmpty());
        }
    }

    /** Refused. */
    record Rejected(Contents contents, EndReason reason, List<Shortage> shortages) implements Known {
        public Rejected {
            shortages = List.copyOf(shortages);
        }
    }

    /** Ended without anything handed over. */
    record Cancelled(Contents contents, EndReason reason) implements Known {}

    /** Nothing is open any more, and something was handed over. */
    record Completed(Contents contents) implements Known {}

    /** The state after the event. */
    static Order evolve(Order order, OrderEvent event) {
        return switch (event) {
            case OrderEvent.OrderPlaced e -> new Placed(Contents.of(e), e.decideBy());
            case OrderEvent.FulfilmentReserved e ->
                with(order, contents(order).with(e.fulfilmentId(), new FulfilmentProgress.Reserved()));
            case OrderEvent.FulfilmentRejected e ->
                with(
                        order,
                        contents(order)
                                .with(
                                        e.fulfilmentId(),
                                        new FulfilmentProgress.Rejected(e.reason(), e.shortages())));
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

    /** The contents of an order that exists; anything else means that the log is broken. */
    static Contents contents(Order order) {
        return switch (order) {
            case Known known -> known.contents();
            case Unplaced unplaced -> throw new IllegalStateException("an order begins with OrderPlaced");
        };
    }

    /** The state as other parties read it: PLACED, CONFIRMED, REJECTED, CANCELLED or COMPLETED. */
    static String name(Order order) {
        return switch (order) {
            case Unplaced unplaced -> throw new IllegalStateException("an order begins with OrderPlaced");
            case Placed placed -> "PLACED";
            case Confirmed confirmed -> "CONFIRMED";
            case Rejected rejected -> "REJECTED";
            case Cancelled cancelled -> "CANCELLED";
            case Completed completed -> "COMPLETED";
        };
    }

    private static Order with(Order order, Contents contents) {
        return switch (order) {
            case Unplaced unplaced -> throw new IllegalStateException("an order begins with OrderPlaced");
            case Placed placed -> new Placed(contents, placed.decideBy());
            case Confirmed confirmed -> new Confirmed(contents);
            case Rejected rejected -> new Rejected(contents, rejected.reason(), rejected.shortages());
            case Cancelled cancelled -> new Cancelled(contents, cancelled.reason());
            case Completed completed -> new Completed(contents);
        };
    }
}
