package dev.mortar.returns;

/** Where returned goods go. */
enum Disposition {
    UNKNOWN,
    RESTOCK,
    DAMAGED,
    RETURN_TO_VENDOR
}
