package dev.mortar.returns;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Rejection;
import java.time.Instant;
import java.util.List;

/** The rejections of returns-service. If several lines are faulty, the message names the first and the data all. */
sealed interface ReturnsRejection extends Rejection {

    @Override
    default String message() {
        return switch (this) {
            case NothingHasLeft r -> "No goods of order " + r.orderId() + " have been handed over.";
            case ReturnConflict r ->
                "Return " + r.booked().returnId()
                        + " was already accepted under this key with different content. Use a new key.";
            case NothingBroughtBack _ -> "The return has no lines; give it at least one.";
            case DispositionMissing r ->
                "Line " + r.lineIds().getFirst() + " has no disposition; use RESTOCK, DAMAGED or RETURN_TO_VENDOR.";
            case UnknownLines r ->
                "Line " + r.lineIds().getFirst() + " of order " + r.orderId() + " has not been handed over.";
            case OverrideNotByAssociate r ->
                "Only an ASSOCIATE can override the return window; the actor is a " + r.actorType() + ".";
            case MoreThanRemains(List<MoreThanRemains.Excess> lines) ->
                "Line " + lines.getFirst().lineId() + " has " + lines.getFirst().remaining() + " units left to return; "
                        + lines.getFirst().requested() + " were requested.";
            case ReturnWindowOver(List<ReturnWindowOver.Closed> lines) ->
                "Line " + lines.getFirst().lineId() + " was returnable until "
                        + lines.getFirst().returnableUntil() + "; an associate can override this with a reason.";
            case TooManyReturnedLines r ->
                "Order " + r.orderId() + " can have at most " + r.limit() + " returned lines.";
            case PurchaseContradicts r ->
                "Line " + r.lineId() + " of fulfilment " + r.fulfilmentId()
                        + " was already handed over, or is in another currency than the order.";
        };
    }

    /** The order does not exist, or none of its goods have been handed over. */
    record NothingHasLeft(String orderId) implements ReturnsRejection, NotFound {}

    /** The return id is derived from caller and key, and the caller used this key for another return. */
    record ReturnConflict(String orderId, Return booked) implements ReturnsRejection, Conflict {}

    record NothingBroughtBack() implements ReturnsRejection, Unprocessable {}

    record DispositionMissing(List<String> lineIds) implements ReturnsRejection, Unprocessable {}

    /** Lines are not part of this order or have not been handed over. */
    record UnknownLines(String orderId, List<String> lineIds) implements ReturnsRejection, Unprocessable {}

    record OverrideNotByAssociate(Actor.Type actorType) implements ReturnsRejection, Unprocessable {}

    record MoreThanRemains(List<Excess> lines) implements ReturnsRejection, Conflict {

        record Excess(String lineId, long requested, long remaining, long handedOver) {}
    }

    record ReturnWindowOver(List<Closed> lines) implements ReturnsRejection, Conflict {

        record Closed(String lineId, Instant returnableUntil) {}
    }

    record TooManyReturnedLines(String orderId, int limit) implements ReturnsRejection, Conflict {}

    /**
     * A fulfilment reports a line that was already handed over, or that is in another currency than the order.
     * Order-service never does so; if it does, a person has to look at it.
     */
    record PurchaseContradicts(String orderId, String fulfilmentId, String lineId)
            implements ReturnsRejection, Conflict {}
}
