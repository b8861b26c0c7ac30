package dev.mortar.order;

import dev.mortar.eventsourcing.Rejection;
import java.util.List;

/** Why order-service refuses a command. A {@code field} is the path of the request body that is wrong. */
sealed interface OrderRejection extends Rejection {

    /** There is no such order. */
    record UnknownOrder(String orderId) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.NOT_FOUND;
        }

        @Override
        public String message() {
            return "There is no order " + orderId + ".";
        }
    }

    /** The till reported another sale under this receipt number before. */
    record ReceiptConflict(String orderId, String tillId, String receiptNumber) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "Receipt " + receiptNumber + " of till " + tillId + " was recorded with other content.";
        }
    }

    /** Two lines have the same id. */
    record DuplicateLine(String field, String lineId) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "Line " + lineId + " stands twice in the order.";
        }
    }

    /** A line that the order does not have. */
    record UnknownLine(String field, String lineId) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "The order has no line " + lineId + ".";
        }
    }

    /** A line leaves with no fulfilment, or with several. */
    record LineNotInOneFulfilment(String field, String lineId, int fulfilments) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "Line " + lineId + " stands in " + fulfilments + " fulfilments; it has to stand in exactly one.";
        }
    }

    /** A fulfilment without lines. */
    record EmptyFulfilment(String field) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "A fulfilment has at least one line.";
        }
    }

    /** Amounts of more than one currency. */
    record MixedCurrencies(String field, List<String> currencies) implements OrderRejection {
        public MixedCurrencies {
            currencies = List.copyOf(currencies);
        }

        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "An order has one currency, not " + String.join(" and ", currencies) + ".";
        }
    }

    /** A discount that is more than the price. */
    record DiscountAbovePrice(String field, String lineId, long discount, long price) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "The discount on line " + lineId + " is more than its price.";
        }
    }

    /** A line or an order that costs more than anything does. */
    record AmountTooLarge(String field, long limit) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "The amount is above " + limit + " minor units.";
        }
    }

    /** Only who stands in the store can carry goods out. */
    record CarryOutOutsideStore(String field) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "CARRY_OUT is for orders taken in a store (channel STORE).";
        }
    }

    /** Goods that are carried out cannot wait for the rest of a WHOLE order. */
    record CarryOutInWholeOrder(String field) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.UNPROCESSABLE;
        }

        @Override
        public String message() {
            return "A WHOLE order with other fulfilments cannot hold CARRY_OUT: goods already carried out could not be"
                    + " taken back if the rest is rejected. Use acceptance PER_FULFILMENT.";
        }
    }

    /** Before it is confirmed an order can only be cancelled whole. */
    record NotConfirmedYet(String orderId) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "The order is not confirmed yet: it can only be cancelled whole.";
        }
    }

    /** The order has ended: in state REJECTED, CANCELLED or COMPLETED. */
    record OrderEnded(String orderId, String state) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "The order is " + state + ": nothing of it can be cancelled.";
        }
    }

    /** More of a line is to be cancelled than is open and not asked for already. */
    record NotCancellable(String field, String lineId, long requested, long cancellable) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "Of line " + lineId + " only " + cancellable + " can be cancelled, not " + requested
                    + ": the rest was handed over, has ended, or is being cancelled.";
        }
    }

    /** Cancellation was requested more often than an order keeps account of. */
    record TooManyCancellations(String orderId, int limit) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "Cancellation of this order was requested " + limit + " times: no more requests are taken.";
        }
    }

    /** Another service speaks of a fulfilment that the order does not have. */
    record UnknownFulfilment(String orderId, String fulfilmentId) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.NOT_FOUND;
        }

        @Override
        public String message() {
            return "Order " + orderId + " has no fulfilment " + fulfilmentId + ".";
        }
    }

    /** Another service speaks of goods of an order that is not confirmed, or of a fulfilment that has ended. */
    record FulfilmentNotOpen(String fulfilmentId, String status) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "Fulfilment " + fulfilmentId + " is " + status + ".";
        }
    }

    /** More units of a line are reported than there can be. */
    record TooManyUnits(String lineId, long reported, long possible) implements OrderRejection {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "Of line " + lineId + " there are " + possible + ", not " + reported + ".";
        }
    }
}
