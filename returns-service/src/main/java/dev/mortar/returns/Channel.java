package dev.mortar.returns;

/** Where an order was taken. */
enum Channel {
    UNKNOWN,
    ONLINE,
    STORE,
    POS
}
