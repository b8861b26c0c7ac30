package dev.mortar.returns;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Rejection;
import java.time.Instant;
import java.util.List;

/** Why returns-service refuses. */
sealed interface ReturnsRejection extends Rejection {

    /** Nothing of the order has left, or there is no such order: nothing can come back. */
    record NothingHasLeft(String orderId) implements ReturnsRejection {
        @Override
        public Kind kind() {
            return Kind.NOT_FOUND;
        }

        @Override
        public String message() {
            return "Nothing of order " + orderId + " has been handed over.";
        }
    }

    /** A return without lines. */
    record NothingBroughtBack() implements ReturnsRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "A return needs at least one line.";
        }
    }

    /** Nobody said where the goods go. */
    record DispositionMissing(List<String> lineIds) implements ReturnsRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "Every line needs a disposition: RESTOCK, DAMAGED or RETURN_TO_VENDOR.";
        }
    }

    /** Lines that are not of this order, or have not left yet. */
    record UnknownLines(String orderId, List<String> lineIds) implements ReturnsRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "No such lines of order " + orderId + " have been handed over.";
        }
    }

    /** Somebody may override the return window, but not anybody. */
    record OverrideNotByAssociate(Actor.Type actorType) implements ReturnsRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "Only a named associate may override the return window.";
        }
    }

    /** More was brought back than is still out. */
    record MoreThanRemains(List<Excess> lines) implements ReturnsRejection {

        /**
         * A line of which too much was brought back, in its unit.
         *
         * @param remaining handed over and not yet returned
         */
        record Excess(String lineId, long requested, long remaining, long handedOver) {}

        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "More was brought back than remains of what was handed over.";
        }
    }

    /** The return window is over and nobody overrode it. */
    record ReturnWindowOver(List<Closed> lines) implements ReturnsRejection {

        /** A line that could come back until then. */
        record Closed(String lineId, Instant returnableUntil) {}

        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "The return window is over; an associate may override it with a reason.";
        }
    }

    /** The returns of one order are bounded. */
    record TooManyReturnedLines(String orderId, int limit) implements ReturnsRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "The returns of an order hold at most " + limit + " lines.";
        }
    }

    /**
     * A fulfilment tells of a line that left already or is in another currency than the order. Order-service never says
     * so; if it does, a person has to look.
     */
    record PurchaseContradicts(String orderId, String fulfilmentId, String lineId) implements ReturnsRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "Line " + lineId + " of fulfilment " + fulfilmentId + " contradicts what has left before.";
        }
    }
}
