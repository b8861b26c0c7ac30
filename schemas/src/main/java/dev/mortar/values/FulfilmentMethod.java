package dev.mortar.values;

/** How a fulfilment leaves its location. */
public enum FulfilmentMethod {
    PICKUP,
    CURBSIDE,
    DELIVERY,
    /** The shopper takes the goods at once, so nothing is reserved. */
    CARRY_OUT
}
