package dev.mortar.audit;

/** Everything the audit checks. Each promise is a sentence; its group says whose promise it is. */
public enum Invariant {
    EVERY_RECORD_AN_EVENT(Group.LOG, "Every record on an event topic can be read as an event."),
    TYPE_OF_TOPIC(Group.LOG, "A topic holds only events of the types that its contract names."),
    KEY_IS_AGGREGATE(Group.LOG, "The key of an event is the id of its aggregate."),
    HEADERS_REPEAT_EVENT(Group.LOG, "The CloudEvents headers of a record say what its event says."),
    PARTITION_OF_KEY(Group.LOG, "An event lies in the partition of its key."),
    ONE_PARTITION(Group.LOG, "All events of an aggregate lie in one partition."),
    SEQUENCE(Group.LOG, "The events of an aggregate are numbered 1, 2, 3 and so on without gaps."),
    POSITION(Group.LOG, "The events of a partition are numbered 1, 2, 3 and so on without gaps."),
    COMMAND_WHOLE(Group.LOG, "What one command produced lies in the log whole and together."),
    EVENT_ID(Group.LOG, "An event's id is derived from its command's id and its index."),
    EVENT_ID_UNIQUE(Group.LOG, "No event id is in the log twice: no command was decided twice."),
    CAUSE_EXISTS(Group.LOG, "The cause of every event is in the log."),
    CAUSE_COMMITTED(Group.LOG, "What was aborted is never the cause of anything."),
    CAUSE_FITS(Group.LOG, "An event follows only from what its service listens to and acts on in that way."),
    CORRELATION(Group.LOG, "An event has the correlation id of its cause."),
    CLOCK(Group.LOG, "An event is recorded not before its cause, nor before the event ahead of it in its partition."),
    REPEATS_FIRST(Group.LOG, "All events of an order or a pickup name the same shopper, and what else belongs to it."),
    REPEATS_CAUSE(Group.LOG, "What an event repeats of its cause is as the cause has it."),
    QUANTITIES_POSITIVE(Group.LOG, "Quantities of lines and SKUs are greater than 0, amounts are not negative."),

    ORDER_PLACED_ONCE(Group.ORDERS, "An order is placed once, and that is its first event."),
    RECEIPT_ONCE(Group.ORDERS, "A receipt of a till makes one order."),
    ORDER_WELL_FORMED(
            Group.ORDERS,
            "Every line stands in one fulfilment, ids are the order's own, the total is that of the lines."),
    ORDER_TRANSITIONS(Group.ORDERS, "An order takes only legal steps."),
    ORDER_CONFIRMED_AS_PLACED(
            Group.ORDERS, "Confirmed and rejected lines together are the lines placed, and only fulfilments fall out."),
    ORDER_LINES_ADD_UP(
            Group.ORDERS,
            "Of no line more is handed over, cancelled and returned than there is, and an end accounts for all."),
    ORDER_SHARES(
            Group.ORDERS,
            "What leaves or ends is of the lines confirmed, at their price, with its share of discount and tax."),
    ORDER_REFUSED_FOR_A_REASON(
            Group.ORDERS, "An order is rejected because the stock refused it, or at its deadline and not before."),
    ORDER_DECIDED_IN_TIME(Group.ORDERS, "No order waits past its deadline to be confirmed or rejected."),

    STOCK_ARITHMETIC(Group.STOCK, "Every quantity after an event is the one before it plus the change."),
    STOCK_CHANGE_FITS(Group.STOCK, "An event changes what its kind may change, by the quantities it names."),
    STOCK_NO_OVERSELL(Group.STOCK, "No reservation, hold or transfer takes more than is available."),
    STOCK_REFUSAL_JUSTIFIED(Group.STOCK, "A refusal names what was available, and what it refuses was not."),
    STOCK_CLAIMS_ADD_UP(Group.STOCK, "Open reservations add up to committed, open holds to held."),
    RESERVATION_MADE_ONCE(
            Group.STOCK,
            "A fulfilment is reserved once, never after it was voided, and made again with what is left of it."),
    RESERVATION_ENDS_ONCE(
            Group.STOCK, "A reservation ends once, with all of it, and nothing happens to it afterwards."),
    RESERVATION_DEADLINE(
            Group.STOCK, "A reservation ends by itself at its deadline, not before, and only unconfirmed."),
    HOLD_ENDS_ONCE(Group.STOCK, "A hold ends once: given back, taken over, or at its time and not before."),
    SHORTFALL_TRUE(Group.STOCK, "A shortfall is reported exactly when promised units are gone, with their number."),
    BROKEN_YOUNGEST(
            Group.STOCK, "A shortfall breaks the youngest reservations that are not picked, no more than it takes."),
    BOOKED_ONCE(Group.STOCK, "A receipt, count, adjustment or transfer of one id is booked once."),
    COUNT_NEWEST(Group.STOCK, "A count is not of the future, nor older than one before it or than 24 hours."),
    COUNT_ADDS_MOVEMENTS(
            Group.STOCK, "On hand after a count is the number counted plus the movements that happened after it."),
    MOVEMENT_BEFORE_COUNT(
            Group.STOCK, "A movement at or before the newest count changes nothing on hand; a later one does."),
    MOVEMENT_TIME(Group.STOCK, "A movement is booked as of when it happened, and not later than it was recorded."),
    UNIT_KEPT(
            Group.STOCK,
            "Requests, receipts, corrections and safety stock are in a unit that the location has the SKU in."),
    TRANSFER_ARRIVES(Group.STOCK, "What a transfer took from one location arrives at the other once."),

    PICKUP_TRANSITIONS(Group.PICKUP, "A pickup takes only legal steps."),
    PICKUP_READY_IF_RESERVED(Group.PICKUP, "Goods are ready only when they were reserved and the order was confirmed."),
    PICKUP_ENDS_ONCE(Group.PICKUP, "A pickup is handed over, expires or is cancelled: one of these, once."),
    PICKUP_LINES_ADD_UP(Group.PICKUP, "What is staged, handed over or ended is what is left of the lines requested."),
    PICKUP_CODE(Group.PICKUP, "Goods are given for the valid code, to a courier, or on a named person's word."),
    PICKUP_CODE_LOCK(Group.PICKUP, "Wrong codes are counted, the fifth locks, and nothing passes a lock."),
    PICKUP_LAST_CODE(Group.PICKUP, "What ends a pickup, or a part of it, names the last code that was issued."),
    PICKUP_DEADLINE(Group.PICKUP, "Goods expire at the deadline the shopper was told, not before."),

    RETURN_WITHIN_PURCHASE(Group.RETURNS, "No more of a line comes back than left."),
    RETURN_ONCE(Group.RETURNS, "A return is accepted once."),
    RETURN_IN_WINDOW(Group.RETURNS, "Goods come back in time, or on a named person's word and reason."),
    REFUND_SHARE(Group.RETURNS, "A refund is the price of the returned units with their share of discount and tax."),
    REFUND_WITHIN_PAID(Group.RETURNS, "No more is refunded of a line than was paid for it."),
    REFUND_REQUESTED(Group.RETURNS, "Each return requests its refund once, of the sum of its lines."),
    RETURN_RESTOCKED(Group.RETURNS, "Returned goods are booked once, where they are and as their disposition says."),

    NOTIFICATION_ONCE(
            Group.NOTIFICATIONS, "A trigger or repeat makes one notification per customer, channel and template."),
    NOTIFICATION_FITS_TRIGGER(
            Group.NOTIFICATIONS, "A notification tells the customer of its trigger what the trigger says."),
    NOTIFICATION_TRANSITIONS(Group.NOTIFICATIONS, "A notification is claimed before it is sent, attempt by attempt."),
    NOTIFICATION_SENT_ONCE(
            Group.NOTIFICATIONS, "A notification is sent once; one of unknown outcome is sent once more at most."),
    NOTIFICATION_NOT_LATE(Group.NOTIFICATIONS, "Nobody is called to fetch goods that were handed over or went back."),
    NOTIFICATION_AS_AGREED(
            Group.NOTIFICATIONS,
            "Who can be reached and agreed is told, until it is out of date; who cannot or did not is not."),
    NOTIFICATION_NOT_AFTER_ERASURE(Group.NOTIFICATIONS, "Nothing is sent to a person who was erased."),

    RESERVATION_ANSWERS_ORDER(
            Group.STORY, "Each fulfilment placed is reserved or refused once, where and as it was asked."),
    CONFIRMED_IF_RESERVED(Group.STORY, "An order is confirmed only when every fulfilment it stands by is reserved."),
    RESERVATION_FOLLOWS_ORDER(
            Group.STORY, "A reservation is confirmed, picked and released as order and pickup say, once each."),
    PICKUP_FOLLOWS_ORDER(Group.STORY, "Each confirmed fulfilment is requested to be picked once, line by line."),
    HANDOVER_BOOKED(Group.STORY, "What was handed over leaves the stock once, in the same quantities."),
    HANDOVER_REPORTED(Group.STORY, "What was handed over is on the order once, line by line."),
    SALE_BOOKED(Group.STORY, "What was carried out leaves the stock once, in the same quantities."),
    PURCHASE_RECORDED(Group.STORY, "What left can be brought back: every line once, with what was paid."),
    CANCELLATION_ANSWERED(Group.STORY, "A request for cancellation is answered once for each fulfilment."),
    ENDS_REPORTED(Group.STORY, "What was cancelled, missing, expired or not taken is taken off the order once."),
    RETURN_REPORTED(Group.STORY, "What came back is on the order once, with its refund."),
    NOTHING_OWED(Group.STORY, "Every service has done what it owes: no story is stuck."),

    PUBLISHED_IS_FOLD(Group.REPLAY, "What a state topic says last of a key is the fold of its events."),
    VIEW_IS_FOLD(Group.REPLAY, "What a service serves is the fold of its events."),

    CLIENT_OK(Group.CLIENTS, "An acknowledged request had its effect exactly once."),
    CLIENT_CONTENT(Group.CLIENTS, "An acknowledged request is in the log with the goods it named."),
    CLIENT_REFUSED(Group.CLIENTS, "A refused request had no effect."),
    CLIENT_UNKNOWN(Group.CLIENTS, "A request of unknown outcome had its effect at most once.");

    /** Whose promise it is. */
    public enum Group {
        LOG,
        ORDERS,
        STOCK,
        PICKUP,
        RETURNS,
        NOTIFICATIONS,
        STORY,
        REPLAY,
        CLIENTS
    }

    private final Group group;
    private final String promise;

    Invariant(Group group, String promise) {
        this.group = group;
        this.promise = promise;
    }

    /** The group it belongs to. */
    public Group group() {
        return group;
    }

    /** What it promises, in a sentence. */
    public String promise() {
        return promise;
    }
}
