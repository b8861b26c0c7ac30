package dev.mortar.returns;

/** What a quantity counts. */
enum Unit {
    UNKNOWN,
    EACH,
    GRAM,
    MILLILITRE
}
