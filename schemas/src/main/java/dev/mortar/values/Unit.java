package dev.mortar.values;

/** What a quantity counts. */
public enum Unit {
    EACH,
    GRAM,
    MILLILITRE
}
