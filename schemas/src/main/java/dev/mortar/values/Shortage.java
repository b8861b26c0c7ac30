package dev.mortar.values;

/** The requested quantity of one SKU in all lines, and the available quantity. */
public record Shortage(String sku, long requested, long available) {}
