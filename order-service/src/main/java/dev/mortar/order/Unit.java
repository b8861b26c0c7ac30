package dev.mortar.order;

/** What a quantity counts. */
enum Unit {
    EACH,
    GRAM,
    MILLILITRE
}
