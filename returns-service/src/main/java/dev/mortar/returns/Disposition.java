package dev.mortar.returns;

/** Where goods that came back go. */
enum Disposition {
    UNKNOWN,
    RESTOCK,
    DAMAGED,
    RETURN_TO_VENDOR
}
