package dev.mortar.order;

/** Where an order is taken: in an online shop, by an associate or kiosk in a store, or at a till. */
enum Channel {
    ONLINE,
    STORE,
    POS
}
