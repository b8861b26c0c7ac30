package dev.mortar.inventory;

/** What was asked of one SKU, all lines together, and what was available to the channel at that place in the log. */
record Shortage(String sku, long requested, long available) {}
