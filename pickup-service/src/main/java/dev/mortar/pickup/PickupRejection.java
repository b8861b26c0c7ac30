package dev.mortar.pickup;

import dev.mortar.eventsourcing.Rejection;
import dev.mortar.pickup.Fulfilment.Method;
import java.time.Instant;

/** Why a command to a pickup is refused. */
sealed interface PickupRejection extends Rejection {

    @Override
    default String message() {
        return switch (this) {
            case UnknownPickup r -> "there is no pickup " + r.fulfilmentId();
            case WrongState r -> "the pickup is " + r.state();
            case UnknownLine r -> "the pickup has no line " + r.lineId();
            case MoreThanLeft r -> "of line " + r.lineId() + " only " + r.left() + " are left";
            case PickupCodeLocked r -> "the pickup code is locked after " + r.wrongAttempts() + " wrong attempts";
            case NoMoreCodes r -> "the pickup code was already issued " + r.maxIssue() + " times";
            case WrongMethod r ->
                r.method() == Method.DELIVERY
                        ? "a courier takes these goods, not the shopper"
                        : "the shopper takes these goods, not a courier";
            case PickupDeadlinePassed _ -> "the pickup deadline has passed";
        };
    }

    /** No pickup was requested for the fulfilment. */
    record UnknownPickup(String fulfilmentId) implements PickupRejection, NotFound {}

    /** The pickup is in another state than the command needs. */
    record WrongState(String fulfilmentId, Pickup.State state) implements PickupRejection, Conflict {}

    /** The pickup has no such line. */
    record UnknownLine(String fulfilmentId, String lineId) implements PickupRejection, Unprocessable {}

    /** More was reported or taken than is left of the line. */
    record MoreThanLeft(String fulfilmentId, String lineId, long requested, long left)
            implements PickupRejection, Conflict {}

    /** Too many wrong codes were shown; reissue the code or override by name. */
    record PickupCodeLocked(String fulfilmentId, int wrongAttempts) implements PickupRejection, Conflict {}

    /** The pickup code was reissued as often as it can be. */
    record NoMoreCodes(String fulfilmentId, int maxIssue) implements PickupRejection, Conflict {}

    /** A code for a courier, a courier for a shopper, or a shopper on the way to a delivery. */
    record WrongMethod(String fulfilmentId, Method method) implements PickupRejection, Conflict {}

    /** The last instant to fetch the goods has passed. */
    record PickupDeadlinePassed(String fulfilmentId, Instant pickupDeadline) implements PickupRejection, Conflict {}
}
