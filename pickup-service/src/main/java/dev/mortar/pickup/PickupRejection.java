package dev.mortar.pickup;

import dev.mortar.eventsourcing.Rejection;
import dev.mortar.pickup.Fulfilment.Method;
import java.time.Instant;

/** Why a command to a pickup is refused. */
sealed interface PickupRejection extends Rejection {

    /** No pickup was requested for the fulfilment. */
    record UnknownPickup(String fulfilmentId) implements PickupRejection {
        @Override
        public Kind kind() {
            return Kind.NOT_FOUND;
        }

        @Override
        public String message() {
            return "there is no pickup " + fulfilmentId;
        }
    }

    /** The pickup is in another state than the command needs. */
    record WrongState(String fulfilmentId, Pickup.State state) implements PickupRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "the pickup is " + state;
        }
    }

    /** The pickup has no such line. */
    record UnknownLine(String fulfilmentId, String lineId) implements PickupRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "the pickup has no line " + lineId;
        }
    }

    /** More was reported or taken than is left of the line. */
    record MoreThanLeft(String fulfilmentId, String lineId, long requested, long left) implements PickupRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "of line " + lineId + " only " + left + " are left";
        }
    }

    /** Too many wrong codes were shown; reissue the code or override by name. */
    record PickupCodeLocked(String fulfilmentId, int wrongAttempts) implements PickupRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "the pickup code is locked after " + wrongAttempts + " wrong attempts";
        }
    }

    /** The pickup code was reissued as often as it can be. */
    record NoMoreCodes(String fulfilmentId, int maxIssue) implements PickupRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "the pickup code was already issued " + maxIssue + " times";
        }
    }

    /** A code for a courier, a courier for a shopper, or a shopper on the way to a delivery. */
    record WrongMethod(String fulfilmentId, Method method) implements PickupRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return method == Method.DELIVERY
                    ? "a courier takes these goods, not the shopper"
                    : "the shopper takes these goods, not a courier";
        }
    }

    /** The last instant to fetch the goods has passed. */
    record PickupDeadlinePassed(String fulfilmentId, Instant pickupDeadline) implements PickupRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "the pickup deadline has passed";
        }
    }
}
