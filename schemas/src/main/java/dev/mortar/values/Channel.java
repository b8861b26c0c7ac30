package dev.mortar.values;

/** Where an order is placed: in an online shop, by an associate or kiosk in a store, or at a till. */
public enum Channel {
    ONLINE,
    STORE,
    POS
}
