package dev.mortar.order;

/** Why an order was rejected, or why lines of it were cancelled. */
enum EndReason {
    OUT_OF_STOCK,
    LOCATION_UNKNOWN,
    NOT_ANSWERED_IN_TIME,
    CANCELLED_BY_SHOPPER,
    CANCELLED_BY_RETAILER,
    NO_SHOW,
    SHORT_PICK,
    STOCK_SHORTFALL,
    NOT_TAKEN,
    SOLD_AT_TILL
}
