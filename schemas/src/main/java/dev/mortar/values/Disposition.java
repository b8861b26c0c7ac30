package dev.mortar.values;

/** Where returned goods go. */
public enum Disposition {
    UNKNOWN,
    RESTOCK,
    DAMAGED,
    RETURN_TO_VENDOR
}
