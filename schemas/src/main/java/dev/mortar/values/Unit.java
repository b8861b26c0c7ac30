package dev.mortar.values;

/** The unit of a quantity. */
public enum Unit {
    EACH,
    GRAM,
    MILLILITRE
}
