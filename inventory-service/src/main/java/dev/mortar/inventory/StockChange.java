package dev.mortar.inventory;

import dev.mortar.values.Unit;

/** How an event changed one SKU in one unit: the change of each quantity, and each quantity after it. */
record StockChange(String sku, Unit unit, Quantities change, Quantities after) {}
