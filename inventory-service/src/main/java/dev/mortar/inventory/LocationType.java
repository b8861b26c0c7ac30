package dev.mortar.inventory;

/** The kind of a location. */
enum LocationType {
    STORE,
    WAREHOUSE
}
