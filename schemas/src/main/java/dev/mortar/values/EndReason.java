package dev.mortar.values;

/** Why an order was rejected, or why an order, a pickup or a part of it was cancelled. */
public enum EndReason {
    OUT_OF_STOCK,
    LOCATION_UNKNOWN,
    NOT_ANSWERED_IN_TIME,
    CANCELLED_BY_SHOPPER,
    CANCELLED_BY_RETAILER,
    NO_SHOW,
    /** The store could not pick the units. */
    SHORT_PICK,
    STOCK_SHORTFALL,
    NOT_TAKEN,
    /** A till sold the reserved units. */
    SOLD_AT_TILL,
    /** Another location takes care of the units. */
    MOVED,
    /** No location can take care of the units. */
    NO_SOURCE,
    /** The location has no free hands before the promised time. */
    PROMISE_NOT_POSSIBLE,
    /** The store did not have the goods ready in time. */
    NOT_PICKED_IN_TIME,
    /** No courier fetched the ready goods in time. */
    NOT_FETCHED,
    /** The courier could not deliver the goods. */
    UNDELIVERABLE
}
