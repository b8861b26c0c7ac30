package dev.mortar.notification;

/** The kinds of notifications; each has its wording in every language. */
public enum Template {
    ORDER_CONFIRMED,
    ORDER_REJECTED,
    ORDER_CANCELLED,
    PICKUP_READY,
    PICKUP_REMINDER,
    PICKUP_CODE_REISSUED,
    PICKUP_HANDED_OVER,
    PICKUP_EXPIRED,
    RETURN_ACCEPTED,
    ORDER_LINES_CANCELLED,
    PICKUP_DELAYED,
    PICKUP_EXTENDED,
    FULFILMENT_MOVED,
    PARCEL_DELIVERED,
    DELIVERY_FAILED,
    PARCEL_LOST;

    /** True when the mail calls the shopper to fetch goods. It must not be sent when the goods are no longer kept. */
    boolean callsToPickup() {
        return switch (this) {
            case PICKUP_READY, PICKUP_REMINDER, PICKUP_CODE_REISSUED, PICKUP_EXTENDED -> true;
            case ORDER_CONFIRMED, ORDER_REJECTED, ORDER_CANCELLED, ORDER_LINES_CANCELLED -> false;
            case PICKUP_HANDED_OVER, PICKUP_EXPIRED, PICKUP_DELAYED, RETURN_ACCEPTED, FULFILMENT_MOVED -> false;
            case PARCEL_DELIVERED, DELIVERY_FAILED, PARCEL_LOST -> false;
        };
    }
}
