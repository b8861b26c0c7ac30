package dev.mortar.values;

/** How much of one SKU was requested, all lines together, and how much of it was available. */
public record Shortage(String sku, long requested, long available) {}
