package dev.mortar.inventory;

/** What an event did to one SKU of its location: by how much each quantity changed, and each quantity after it. */
record StockChange(String sku, Unit unit, Quantities change, Quantities after) {}
