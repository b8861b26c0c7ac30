package dev.mortar.inventory;

/** Where an order is taken, as far as stock cares: safety stock is kept from {@code ONLINE} alone. */
enum Channel {
    ONLINE,
    STORE
}
