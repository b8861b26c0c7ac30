package dev.mortar.inventory;

/** What a quantity counts. */
enum Unit {
    EACH,
    GRAM,
    MILLILITRE
}
