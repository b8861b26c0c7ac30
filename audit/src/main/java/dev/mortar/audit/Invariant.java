package dev.mortar.audit;

import static dev.mortar.audit.Invariant.Group.*;

/** The promises that the audit checks. */
public enum Invariant {
    EVERY_RECORD_AN_EVENT(LOG, "Every record on an event topic can be read as an event."),
    TYPE_OF_TOPIC(LOG, "A topic holds only events of the types that its contract names."),
    KEY_IS_AGGREGATE(LOG, "The key of an event is the id of its aggregate."),
    HEADERS_REPEAT_EVENT(LOG, "The CloudEvents headers of a record repeat the fields of its event."),
    PARTITION_OF_KEY(LOG, "An event is in the partition of its key."),
    ONE_PARTITION(LOG, "All events of an aggregate are in one partition."),
    SEQUENCE(LOG, "The events of an aggregate are numbered 1, 2, 3 and so on without gaps."),
    POSITION(LOG, "The events of a partition are numbered 1, 2, 3 and so on without gaps."),
    COMMAND_WHOLE(LOG, "All events of one command are in the log, next to each other."),
    EVENT_ID(LOG, "The id of an event is derived from its command's id and its index."),
    EVENT_ID_UNIQUE(LOG, "No event id is in the log twice, so no command was decided twice."),
    CAUSE_EXISTS(LOG, "The cause of every event is in the log."),
    CAUSE_COMMITTED(LOG, "An aborted event is never the cause of another event."),
    CAUSE_FITS(LOG, "An event follows only from event types to which its service reacts with it."),
    CORRELATION(LOG, "An event has the correlation id of its cause."),
    CLOCK(LOG, "An event is recorded not before its cause, nor before the previous event of its partition."),
    REPEATS_FIRST(LOG, "All events of an order or a pickup name the same shopper and the same fixed details."),
    REPEATS_CAUSE(LOG, "A detail that an event repeats of its cause has the same value."),
    QUANTITIES_POSITIVE(LOG, "Quantities of lines and SKUs are greater than 0; amounts are not negative."),

    ORDER_PLACED_ONCE(ORDERS, "An order is placed once, by its first event."),
    RECEIPT_ONCE(ORDERS, "A receipt of a till makes one order."),
    ORDER_WELL_FORMED(
            ORDERS,
            "Every line has a fulfilment or needs one, ids begin with the order's id, and the total is of the lines."),
    PARTS_COVER_LINES(ORDERS, "The parts of a line in several fulfilments do not overlap, and are the line together."),
    ORDER_TRANSITIONS(ORDERS, "An order takes only legal steps."),
    ORDER_CONFIRMED_AS_PLACED(
            ORDERS,
            "Confirmed and rejected lines together are the placed lines, and only whole fulfilments are rejected."),
    ORDER_LINES_ADD_UP(
            ORDERS,
            "No more of a line is handed over, cancelled and returned than was ordered, and in the end all of it."),
    ORDER_SHARES(
            ORDERS, "Handed over and cancelled units have the confirmed price and their share of discount and tax."),
    ORDER_REFUSED_FOR_A_REASON(
            ORDERS, "An order is rejected because inventory refused it, or at its deadline and not before."),
    ORDER_DECIDED_IN_TIME(ORDERS, "Every order is confirmed or rejected by its deadline."),

    UNIT_ONE_PLACE(
            SOURCING,
            "Each open unit of an order is in one fulfilment or run, and at most one run looks for a new place."),
    MOVE_ONE_WINNER(
            SOURCING,
            "An added fulfilment is confirmed, withdrawn or rejected once, and confirmed only if its old place let go."),
    RESERVED_BEFORE_LET_GO(
            SOURCING, "An order asks an old place to let units go only after a new place has reserved them."),
    SOURCING_BOUNDED(
            SOURCING,
            "A run has one outcome in time, tries no location twice, and is one of at most 4 attempts and 10 runs."),
    SOURCING_TRACE_TRUE(
            SOURCING,
            "Every stock figure of a run was true, and the chosen locations passed its fences and are added."),
    SOURCING_FRESH(SOURCING, "No run ends without a location on figures that are older than the run."),

    STOCK_ARITHMETIC(STOCK, "Every quantity after an event is the one before it plus the change."),
    STOCK_CHANGE_FITS(STOCK, "An event changes only the quantities of its kind, by the amounts it names."),
    STOCK_NO_OVERSELL(STOCK, "No reservation, hold or transfer takes more than is available."),
    STOCK_REFUSAL_JUSTIFIED(STOCK, "A refusal names the available quantity, which is less than the requested one."),
    STOCK_CLAIMS_ADD_UP(STOCK, "Open reservations add up to committed, and open holds to held."),
    RESERVATION_MADE_ONCE(
            STOCK, "A fulfilment is reserved once, never after it was voided, and again only with the rest of it."),
    RESERVATION_ENDS_ONCE(STOCK, "A reservation ends once, with all its units, and no event of it follows."),
    RESERVATION_DEADLINE(STOCK, "An unconfirmed reservation expires at its deadline, and a confirmed one never."),
    HOLD_ENDS_ONCE(STOCK, "A hold ends once: it is released, used by its order, or expires."),
    HOLD_LIFE(
            STOCK,
            "A hold lasts at most an hour, expires at its time and not before, and is not changed after its end."),
    SHORTFALL_TRUE(STOCK, "A shortfall is reported exactly if promised units are gone, with their number."),
    BROKEN_YOUNGEST(
            STOCK, "A shortfall breaks the youngest reservations that are not picked, and no more than needed."),
    BOOKED_ONCE(STOCK, "A receipt, count, adjustment or transfer of one id is booked once."),
    COUNT_NEWEST(
            STOCK, "A count is not in the future, not older than the count before it, and not older than 24 hours."),
    COUNT_ADDS_MOVEMENTS(STOCK, "On hand after a count is the counted quantity plus the movements after the count."),
    MOVEMENT_BEFORE_COUNT(STOCK, "A movement changes on hand, unless it happened at or before the newest count."),
    MOVEMENT_TIME(STOCK, "A movement is booked as of the time it happened, and not later than it was recorded."),
    UNIT_KEPT(
            STOCK, "Requests, receipts, corrections and safety stock are in a unit in which the location has the SKU."),
    TRANSFER_ARRIVES(
            STOCK,
            "The target expects each transfer once, books each of its receipts once, and ends it once, for its reason."),
    TRANSIT_ADDS_UP(
            STOCK,
            "Sent units have arrived, came back, are missing or are in transit, at exactly one of these places."),
    CAPACITY_NO_OVERBOOK(
            STOCK, "No slot is booked above its limit or in a pause, except by a confirmation that came late."),
    CAPACITY_ADDS_UP(
            STOCK, "The bookings of a slot are those of its reservations, and each is given back at most once."),
    PROMISE_IS_BOOKED(
            STOCK, "An order promises the time of the slot that was booked for it, within the opening hours."),

    PICKUP_TRANSITIONS(PICKUP, "A pickup takes only legal steps."),
    PICKUP_READY_IF_RESERVED(PICKUP, "A pickup is ready only if its goods are reserved and its order is confirmed."),
    PICKUP_ENDS_ONCE(PICKUP, "A pickup is handed over, expires or is cancelled: one of these, once."),
    PICKUP_LINES_ADD_UP(PICKUP, "A pickup stages, hands over and ends exactly the units that are left of its lines."),
    PICKUP_CODE(PICKUP, "Goods are handed over for the valid code, to a courier, or by an associate who is named."),
    PICKUP_CODE_LOCK(PICKUP, "Wrong codes are counted, and after the fifth no code is accepted."),
    PICKUP_LAST_CODE(PICKUP, "An event that ends a pickup or a part of it names the last code that was issued."),
    PICKUP_DEADLINE(PICKUP, "A pickup expires at the deadline the shopper was given, and not before."),
    TASK_OVERDUE(PICKUP, "What a store or a courier does not do in time is recorded once, at its time and not before."),
    TASK_ENDS(PICKUP, "Every task ends: it is ready, handed over, cancelled or expired by its end time."),
    RESERVATION_HAS_DEADLINE(
            PICKUP, "Every confirmed reservation has a pickup that ends by itself, or that is still to be requested."),

    PARCEL_ENDS_ONCE(
            PICKUP,
            "Each unit of a delivery leaves in one parcel, which is delivered, returned or lost once and in time."),

    RETURN_WITHIN_PURCHASE(RETURNS, "No more units of a line come back or are lost than were handed over."),
    RETURN_ONCE(RETURNS, "A return is accepted once."),
    RETURN_IN_WINDOW(RETURNS, "Goods come back in time, or an associate is named with a reason."),
    REFUND_SHARE(RETURNS, "A refund is the price of the returned units with their share of discount and tax."),
    REFUND_WITHIN_PAID(RETURNS, "No more is refunded of a line than was paid for it."),
    REFUND_REQUESTED(RETURNS, "Each return requests its refund once, over the sum of its lines."),
    RETURN_RESTOCKED(RETURNS, "Returned goods are booked once, at their location and by their disposition."),

    NOTIFICATION_ONCE(
            NOTIFICATIONS, "A trigger or repeat makes one notification for each customer, channel and template."),
    NOTIFICATION_FITS_TRIGGER(NOTIFICATIONS, "A notification has the customer and the content of its trigger."),
    NOTIFICATION_TRANSITIONS(
            NOTIFICATIONS, "A notification is claimed before it is sent, one attempt after the other."),
    NOTIFICATION_SENT_ONCE(
            NOTIFICATIONS, "A notification is sent once; after an unknown outcome it is sent at most once more."),
    NOTIFICATION_NOT_LATE(NOTIFICATIONS, "No shopper is called to pick up goods after the pickup has ended."),
    NOTIFICATION_AS_AGREED(
            NOTIFICATIONS,
            "Each shopper with a contact and consent gets the current notifications; no other shopper does."),
    NOTIFICATION_NOT_AFTER_ERASURE(NOTIFICATIONS, "An erased customer gets no notification."),

    RIGHTS_OWN_ORDER(
            RIGHTS,
            "A shopper changes only their own orders, holds, pickups and returns; a link changes only its order."),
    RIGHTS_OWN_STORE(RIGHTS, "An associate or a till changes only what belongs to the store where they act."),
    OVERRIDE_BY_ACTOR(RIGHTS, "An override names the associate who asked for it, in the store where they act."),

    RESERVATION_ANSWERS_ORDER(
            STORY,
            "Each placed fulfilment is reserved or refused once, at the location and in the quantities ordered."),
    CONFIRMED_IF_RESERVED(STORY, "An order is confirmed only if each confirmed fulfilment is reserved."),
    RESERVATION_FOLLOWS_ORDER(
            STORY, "A reservation is confirmed, picked and released as its order and pickup require, once each."),
    PICKUP_FOLLOWS_ORDER(STORY, "A pickup is requested once for each confirmed fulfilment, with its lines."),
    HANDOVER_BOOKED(STORY, "Handed over units leave the stock once, in the same quantities."),
    HANDOVER_REPORTED(STORY, "Handed over units are on the order once, line by line."),
    SALE_BOOKED(STORY, "Goods that a shopper carried out leave the stock once, in the same quantities."),
    PURCHASE_RECORDED(STORY, "Every handed over line is recorded as a purchase once, with the amount paid."),
    CANCELLATION_ANSWERED(STORY, "Each fulfilment answers a request for cancellation once."),
    ENDS_REPORTED(STORY, "Units that are cancelled, missing, expired or not taken are taken off the order once."),
    PARCEL_REPORTED(
            STORY, "The end of each parcel is on the order and in the returns once, with its units and their amount."),
    RETURN_REPORTED(STORY, "Returned units are on the order once, with their refund."),
    NOTHING_OWED(STORY, "Every service takes the steps that it owes in time."),

    PUBLISHED_IS_FOLD(REPLAY, "The newest record of a key on a state topic is the state that its events come to."),
    VIEW_IS_FOLD(REPLAY, "The answer of a service is the state that its events come to."),

    CLIENT_OK(CLIENTS, "An acknowledged request had its effect exactly once."),
    CLIENT_CONTENT(CLIENTS, "An acknowledged request is in the log with the goods it named."),
    CLIENT_REFUSED(CLIENTS, "A refused request had no effect."),
    CLIENT_UNKNOWN(CLIENTS, "A request of unknown outcome had its effect at most once.");

    /** The part of the system that a promise is about. */
    public enum Group {
        LOG,
        ORDERS,
        SOURCING,
        STOCK,
        PICKUP,
        RETURNS,
        NOTIFICATIONS,
        RIGHTS,
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

    /** The promise, in one sentence. */
    public String promise() {
        return promise;
    }
}
