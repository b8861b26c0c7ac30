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
    SOLD_AT_TILL
}
