package dev.mortar.order;

/** How a fulfilment leaves its location. */
enum FulfilmentMethod {
    PICKUP,
    CURBSIDE,
    DELIVERY,
    /** The shopper takes the goods along at once: nothing is reserved. */
    CARRY_OUT
}
