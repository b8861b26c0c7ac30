package dev.mortar.order;

import dev.mortar.eventsourcing.Rejection;
import java.util.List;

/** Why order-service refuses a command. A {@code field} is the path of the request body that is wrong. */
sealed interface OrderRejection extends Rejection {

    @Override
    default String message() {
        return switch (this) {
            case UnknownOrder r -> "There is no order " + r.orderId() + ".";
            case OrderConflict r ->
                "Order " + r.orderId() + " was placed with other content under the same key. Use another key.";
            case ReceiptConflict r ->
                "Receipt " + r.receiptNumber() + " of till " + r.tillId() + " was recorded with other content.";
            case DuplicateLine r -> "Line " + r.lineId() + " stands twice in the order.";
            case UnknownLine r -> "The order has no line " + r.lineId() + ".";
            case LineNotInOneFulfilment r ->
                "Line " + r.lineId() + " stands in " + r.fulfilments()
                        + " fulfilments; it has to stand in exactly one.";
            case EmptyFulfilment _ -> "A fulfilment has at least one line.";
            case MixedCurrencies r -> "An order has one currency, not " + String.join(" and ", r.currencies()) + ".";
            case DiscountAbovePrice r -> "The discount on line " + r.lineId() + " is more than its price.";
            case AmountTooLarge r -> "The amount is above " + r.limit() + " minor units.";
            case CarryOutOutsideStore _ -> "CARRY_OUT is for orders taken in a store (channel STORE).";
            case CarryOutInWholeOrder _ ->
                "A WHOLE order with other fulfilments cannot hold CARRY_OUT: goods already carried out could not be"
                        + " taken back if the rest is rejected. Use acceptance PER_FULFILMENT.";
            case CancellationConflict r ->
                "Cancellation " + r.booked().cancellationId()
                        + " was requested with other content under the same key. Use another key.";
            case NotConfirmedYet _ ->
                "The order is not confirmed yet: it can only be cancelled whole, and not when part of it was carried"
                        + " out.";
            case OrderEnded r -> "The order is " + r.state() + ": nothing of it can be cancelled.";
            case NotCancellable r ->
                "Of line " + r.lineId() + " only " + r.cancellable() + " can be cancelled, not " + r.requested()
                        + ": the rest was handed over, has ended, or is being cancelled.";
            case TooManyCancellations r ->
                "No more cancellations of this order are taken: " + r.limit()
                        + " in all, fewer when they name many lines.";
            case UnknownFulfilment r -> "Order " + r.orderId() + " has no fulfilment " + r.fulfilmentId() + ".";
            case FulfilmentNotOpen r -> "Fulfilment " + r.fulfilmentId() + " is " + r.status() + ".";
            case TooManyUnits r ->
                "Of line " + r.lineId() + " there are " + r.possible() + ", not " + r.reported() + ".";
        };
    }

    /** There is no such order. */
    record UnknownOrder(String orderId) implements OrderRejection, NotFound {}

    /** The order id follows from caller and key, and another order was placed under it before. */
    record OrderConflict(String orderId, Booked booked) implements OrderRejection, Conflict {}

    /** The till reported another sale under this receipt number before. */
    record ReceiptConflict(String orderId, String tillId, String receiptNumber, Booked booked)
            implements OrderRejection, Conflict {}

    /** Two lines have the same id. */
    record DuplicateLine(String field, String lineId) implements OrderRejection, Unprocessable {}

    /** A line that the order does not have. */
    record UnknownLine(String field, String lineId) implements OrderRejection, Unprocessable {}

    /** A line leaves with no fulfilment, or with several. */
    record LineNotInOneFulfilment(String field, String lineId, int fulfilments)
            implements OrderRejection, Unprocessable {}

    /** A fulfilment without lines. */
    record EmptyFulfilment(String field) implements OrderRejection, Unprocessable {}

    /** Amounts of more than one currency. */
    record MixedCurrencies(String field, List<String> currencies) implements OrderRejection, Unprocessable {
        public MixedCurrencies {
            currencies = List.copyOf(currencies);
        }
    }

    /** A discount that is more than the price. */
    record DiscountAbovePrice(String field, String lineId, long discount, long price)
            implements OrderRejection, Unprocessable {}

    /** A line or an order that costs more than anything does. */
    record AmountTooLarge(String field, long limit) implements OrderRejection, Unprocessable {}

    /** Only who stands in the store can carry goods out. */
    record CarryOutOutsideStore(String field) implements OrderRejection, Unprocessable {}

    /** Goods that are carried out cannot wait for the rest of a WHOLE order. */
    record CarryOutInWholeOrder(String field) implements OrderRejection, Unprocessable {}

    /** The cancellation id follows from caller and key, and something else was requested under it before. */
    record CancellationConflict(String orderId, Cancellation booked) implements OrderRejection, Conflict {}

    /** Before it is confirmed an order can only be cancelled whole, and not when part of it was carried out. */
    record NotConfirmedYet(String orderId) implements OrderRejection, Conflict {}

    /** The order has ended: in state REJECTED, CANCELLED or COMPLETED. */
    record OrderEnded(String orderId, String state) implements OrderRejection, Conflict {}

    /** More of a line is to be cancelled than is open and not asked for already. */
    record NotCancellable(String field, String lineId, long requested, long cancellable)
            implements OrderRejection, Conflict {}

    /** Cancellation was requested more often, or of more lines, than an order keeps account of. */
    record TooManyCancellations(String orderId, int limit) implements OrderRejection, Conflict {}

    /** Another service speaks of a fulfilment that the order does not have. */
    record UnknownFulfilment(String orderId, String fulfilmentId) implements OrderRejection, NotFound {}

    /** Another service speaks of goods of an order that is not confirmed, or of a fulfilment that has ended. */
    record FulfilmentNotOpen(String fulfilmentId, String status) implements OrderRejection, Conflict {}

    /** More units of a line are reported than there can be. */
    record TooManyUnits(String lineId, long reported, long possible) implements OrderRejection, Conflict {}
}
