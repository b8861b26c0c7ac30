package dev.mortar.order;

import dev.mortar.order.FulfilmentContents.Part;
import dev.mortar.order.OrderEvent.SourcingRequested;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A search for the locations of some units. Immutable.
 *
 * @param outcome null until it is decided
 * @param units those that no fulfilment has
 */
record SourcingRun(SourcingRequested request, @Nullable Outcome outcome, List<Part> units) {

    /** Why the order looks for a location. */
    enum Trigger {
        PLACED,
        RESERVATION_REFUSED,
        STOCK_SHORTFALL,
        SHORT_PICK,
        STORE_REJECTED,
        OVERDUE,
        SHOPPER_MOVE
    }

    enum Outcome {
        PLANNED,
        NO_SOURCE,
        NOT_ANSWERED_IN_TIME,
        /** The units no longer need a location. */
        NOT_NEEDED
    }

    /** Why an added fulfilment is not used. */
    enum Withdrawal {
        OLD_PLACE_KEPT,
        NOT_ANSWERED_IN_TIME,
        CANCELLED_BY_SHOPPER,
        CANCELLED_BY_RETAILER
    }

    static String id(String orderId, int number) {
        return orderId + "-r" + number;
    }

    String runId() {
        return request.runId();
    }

    /** Id of the request to cancel the old fulfilment, once another location has reserved the units. */
    String moveId() {
        return request.replaces() + "-" + runId();
    }

    SourcingRun with(Outcome newOutcome) {
        return new SourcingRun(request, newOutcome, newOutcome == Outcome.PLANNED ? List.of() : units);
    }

    /** Adds the progress of all its open units. */
    SourcingRun changeOpen(LongFunction<LineProgress> change) {
        return new SourcingRun(
                request,
                outcome,
                units.stream().map(part -> part.plus(change.apply(part.open()))).toList());
    }

    boolean isOpen() {
        return outcome == null;
    }
}
