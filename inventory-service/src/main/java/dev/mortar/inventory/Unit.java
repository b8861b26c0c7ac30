package dev.mortar.inventory;

/** What a quantity counts. A SKU keeps its unit at a location for as long as any quantity of it is on the book. */
enum Unit {
    EACH,
    GRAM,
    MILLILITRE
}
