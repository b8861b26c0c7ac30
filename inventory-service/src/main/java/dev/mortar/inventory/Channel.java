package dev.mortar.inventory;

/** Where an order is placed. Safety stock is kept from {@code ONLINE} orders only. */
enum Channel {
    ONLINE,
    STORE
}
