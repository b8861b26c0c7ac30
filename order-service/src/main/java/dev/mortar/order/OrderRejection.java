package dev.mortar.order;

import dev.mortar.eventsourcing.Rejection;
import dev.mortar.values.FulfilmentMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rejections of order-service. A {@code field} is the path of the faulty field in the request body. */
sealed interface OrderRejection extends Rejection {

    @Override
    default String message() {
        return switch (this) {
            case UnknownOrder r -> "There is no order " + r.orderId() + ".";
            case OrderConflict r ->
                "Order " + r.orderId() + " was already placed under this key with different content. Use a new key.";
            case ReceiptConflict r ->
                "Receipt " + r.receiptNumber() + " of till " + r.tillId()
                        + " is already recorded with different content.";
            case DuplicateLine r -> "Line " + r.lineId() + " is listed twice in the order.";
            case UnknownLine r -> "The order has no line " + r.lineId() + ".";
            case LineNotInOneFulfilment r ->
                "Line " + r.lineId() + " is in " + r.fulfilments() + " fulfilments; put it in exactly one.";
            case PartsNotTheLine r ->
                "Line " + r.lineId() + " has " + r.quantity() + " units; its fulfilments have " + r.units()
                        + " of them.";
            case EmptyFulfilment r -> r.field() + " is empty; give the fulfilment at least one line.";
            case MixedCurrencies r ->
                "The order mixes currencies (" + String.join(", ", r.currencies()) + "); use one.";
            case DiscountAbovePrice r ->
                "Line " + r.lineId() + " has a discount of " + r.discount() + " on a price of " + r.price()
                        + " minor units; the discount cannot exceed the price.";
            case AmountTooLarge r -> "The amount at " + r.field() + " exceeds " + r.limit() + " minor units.";
            case CarryOutOutsideStore _ -> "CARRY_OUT is only for orders placed in a store (channel STORE).";
            case CarryOutInWholeOrder _ ->
                "An order with acceptance WHOLE cannot mix CARRY_OUT with other methods: if another fulfilment is"
                        + " rejected, the goods have already left. Use acceptance PER_FULFILMENT.";
            case CancellationConflict r ->
                "Cancellation " + r.booked().cancellationId()
                        + " was already requested under this key with different content. Use a new key.";
            case NotConfirmedYet _ ->
                "The order is not confirmed yet. Until then you can only cancel the whole order, and not if it has"
                        + " CARRY_OUT goods.";
            case OrderEnded r -> "The order is " + r.state() + " and can no longer be cancelled.";
            case NotCancellable r ->
                "Line " + r.lineId() + " has " + r.cancellable() + " units left to cancel; " + r.requested()
                        + " were requested.";
            case TooManyCancellations r ->
                "This order has reached its limit of " + r.limit() + " cancellations (fewer if they name many lines).";
            case UnknownFulfilment r -> "Order " + r.orderId() + " has no fulfilment " + r.fulfilmentId() + ".";
            case FulfilmentNotOpen r -> "Fulfilment " + r.fulfilmentId() + " is " + r.status() + ".";
            case MoveConflict r ->
                "Move " + r.moveId() + " was already requested under this key with different content. Use a new key.";
            case MoveInProgress r -> "Move " + r.moveId() + " of the fulfilment is still in progress.";
            case TooManyMoves r -> "An order can be moved at most " + r.limit() + " times.";
            case SameLocation r -> "The fulfilment is already at location " + r.locationId() + ".";
            case UnknownLocation r -> "There is no location " + r.locationId() + ".";
            case NotMovable r ->
                "A fulfilment of method " + r.method() + " cannot be moved; only PICKUP and CURBSIDE can.";
            case PlanNotTheUnits r -> "The plan of run " + r.runId() + " does not have exactly its units.";
            case UnknownRun r -> "Order " + r.orderId() + " has no run " + r.runId() + ".";
            case TooManyUnits r ->
                "Line " + r.lineId() + " has " + r.possible() + " units left; " + r.reported() + " were reported.";
        };
    }

    record UnknownOrder(String orderId) implements OrderRejection, NotFound {}

    /** The order id is derived from caller and key, and the caller already placed another order with this key. */
    record OrderConflict(String orderId, RequestedOrder booked) implements OrderRejection, Conflict {}

    /** The till already reported another sale with this receipt number. */
    record ReceiptConflict(
            String orderId,
            String tillId,
            String receiptNumber,
            @Nullable TillSale booked) implements OrderRejection, Conflict {}

    record DuplicateLine(String field, String lineId) implements OrderRejection, Unprocessable {}

    record UnknownLine(String field, String lineId) implements OrderRejection, Unprocessable {}

    record LineNotInOneFulfilment(String field, String lineId, int fulfilments)
            implements OrderRejection, Unprocessable {}

    /** The fulfilments of a line do not have exactly its units. */
    record PartsNotTheLine(String field, String lineId, long quantity, long units)
            implements OrderRejection, Unprocessable {}

    record EmptyFulfilment(String field) implements OrderRejection, Unprocessable {}

    record MixedCurrencies(String field, List<String> currencies) implements OrderRejection, Unprocessable {}

    record DiscountAbovePrice(String field, String lineId, long discount, long price)
            implements OrderRejection, Unprocessable {}

    record AmountTooLarge(String field, long limit) implements OrderRejection, Unprocessable {}

    record CarryOutOutsideStore(String field) implements OrderRejection, Unprocessable {}

    /** Carried-out goods leave before the other fulfilments of a WHOLE order are answered. */
    record CarryOutInWholeOrder(String field) implements OrderRejection, Unprocessable {}

    /** The cancellation id is derived from caller and key, and the caller used this key for another request. */
    record CancellationConflict(String orderId, Cancellation booked) implements OrderRejection, Conflict {}

    /** An unconfirmed order can only be cancelled whole, and not if it has goods that are carried out. */
    record NotConfirmedYet(String orderId) implements OrderRejection, Conflict {}

    record OrderEnded(String orderId, String state) implements OrderRejection, Conflict {}

    /** The request exceeds the open units of the line that no earlier request covers. */
    record NotCancellable(String field, String lineId, long requested, long cancellable)
            implements OrderRejection, Conflict {}

    /** The order has reached its limit of cancellation requests, or of lines in them. */
    record TooManyCancellations(String orderId, int limit) implements OrderRejection, Conflict {}

    /** Another service reported a fulfilment that the order does not have. */
    record UnknownFulfilment(String orderId, String fulfilmentId) implements OrderRejection, NotFound {}

    /** Another service reported goods of an unconfirmed order or of a fulfilment that has ended. */
    record FulfilmentNotOpen(String fulfilmentId, String status) implements OrderRejection, Conflict {}

    /** The move id is derived from caller and key, and the caller used this key for another move. */
    record MoveConflict(String orderId, String moveId) implements OrderRejection, Conflict {}

    /** The order already looks for another location for the fulfilment, or has asked one. */
    record MoveInProgress(String fulfilmentId, String moveId) implements OrderRejection, Conflict {}

    record TooManyMoves(String orderId, int limit) implements OrderRejection, Conflict {}

    record SameLocation(String field, String locationId) implements OrderRejection, Unprocessable {}

    record UnknownLocation(String field, String locationId) implements OrderRejection, Unprocessable {}

    /** Goods that a courier takes or the shopper has carried out do not wait at a store. */
    record NotMovable(String field, FulfilmentMethod method) implements OrderRejection, Unprocessable {}

    /** The sourcer sent a plan with other units than those of the run. */
    record PlanNotTheUnits(String runId) implements OrderRejection, Conflict {}

    /** The sourcer answered a run that the order does not have. */
    record UnknownRun(String orderId, String runId) implements OrderRejection, NotFound {}

    /** Another service reported more units of a line than remain. */
    record TooManyUnits(String lineId, long reported, long possible) implements OrderRejection, Conflict {}
}
