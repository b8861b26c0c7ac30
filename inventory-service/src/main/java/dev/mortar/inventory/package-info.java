/**
 * The stock of every location and the claims on it. Read in this order: {@link dev.mortar.inventory.InventoryCommand},
 * {@link dev.mortar.inventory.InventoryEvent}, {@link dev.mortar.inventory.Stock} with its
 * {@link dev.mortar.inventory.StockEntry}, {@link dev.mortar.inventory.InventoryDecider} with its
 * {@link dev.mortar.inventory.ReservationRules}, {@link dev.mortar.inventory.Ledger} and
 * {@link dev.mortar.inventory.Document}, {@link dev.mortar.inventory.InventoryProcess}; then the wiring.
 */
@NullMarked
package dev.mortar.inventory;

import org.jspecify.annotations.NullMarked;
