package dev.mortar.order;

/** What was asked of one SKU, all lines together, and how much of it was available. */
record Shortage(String sku, long requested, long available) {}
