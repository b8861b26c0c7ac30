package dev.mortar.inventory;

import dev.mortar.values.Unit;
/** What an event did to one SKU of its location: by how much each quantity changed, and each quantity after it. */
record StockChange(String sku, Unit unit, Quantities change, Quantities after) {}
