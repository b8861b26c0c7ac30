package dev.mortar.returns;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Rejection;
import java.time.Instant;
import java.util.List;

/** Why returns-service refuses. */
sealed interface ReturnsRejection extends Rejection {

    @Override
    default String message() {
        return switch (this) {
            case NothingHasLeft r -> "Nothing of order " + r.orderId() + " has been handed over.";
            case ReturnConflict r ->
                "Return " + r.booked().returnId()
                        + " was accepted with other content under the same key. Use another key.";
            case NothingBroughtBack _ -> "A return needs at least one line.";
            case DispositionMissing _ -> "Every line needs a disposition: RESTOCK, DAMAGED or RETURN_TO_VENDOR.";
            case UnknownLines r -> "No such lines of order " + r.orderId() + " have been handed over.";
            case OverrideNotByAssociate _ -> "Only a named associate may override the return window.";
            case MoreThanRemains _ -> "More was brought back than remains of what was handed over.";
            case ReturnWindowOver _ -> "The return window is over; an associate may override it with a reason.";
            case TooManyReturnedLines r -> "The returns of an order hold at most " + r.limit() + " lines.";
            case PurchaseContradicts r ->
                "Line " + r.lineId() + " of fulfilment " + r.fulfilmentId() + " contradicts what has left before.";
        };
    }

    /** Nothing of the order has left, or there is no such order: nothing can come back. */
    record NothingHasLeft(String orderId) implements ReturnsRejection, NotFound {}

    /** The return id follows from caller and key, and another return was accepted under it before. */
    record ReturnConflict(String orderId, Return booked) implements ReturnsRejection, Conflict {}

    /** A return without lines. */
    record NothingBroughtBack() implements ReturnsRejection, Unprocessable {}

    /** Nobody said where the goods go. */
    record DispositionMissing(List<String> lineIds) implements ReturnsRejection, Unprocessable {}

    /** Lines that are not of this order, or have not left yet. */
    record UnknownLines(String orderId, List<String> lineIds) implements ReturnsRejection, Unprocessable {}

    /** Somebody may override the return window, but not anybody. */
    record OverrideNotByAssociate(Actor.Type actorType) implements ReturnsRejection, Unprocessable {}

    /** More was brought back than is still out. */
    record MoreThanRemains(List<Excess> lines) implements ReturnsRejection, Conflict {

        /**
         * A line of which too much was brought back, in its unit.
         *
         * @param remaining handed over and not yet returned
         */
        record Excess(String lineId, long requested, long remaining, long handedOver) {}
    }

    /** The return window is over and nobody overrode it. */
    record ReturnWindowOver(List<Closed> lines) implements ReturnsRejection, Conflict {

        /** A line that could come back until then. */
        record Closed(String lineId, Instant returnableUntil) {}
    }

    /** The returns of one order are bounded. */
    record TooManyReturnedLines(String orderId, int limit) implements ReturnsRejection, Conflict {}

    /**
     * A fulfilment tells of a line that left already or is in another currency than the order. Order-service never says
     * so; if it does, a person has to look.
     */
    record PurchaseContradicts(String orderId, String fulfilmentId, String lineId)
            implements ReturnsRejection, Conflict {}
}
