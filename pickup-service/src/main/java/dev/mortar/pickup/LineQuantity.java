package dev.mortar.pickup;

/** A quantity of a line. */
record LineQuantity(String lineId, long quantity) {}
