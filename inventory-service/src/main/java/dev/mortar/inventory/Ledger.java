package dev.mortar.inventory;

import static dev.mortar.eventsourcing.Decision.accepted;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.StockEntry.Level;
import dev.mortar.inventory.StockEntry.Reservation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects the events of one decision. Each is decided on the stock after the events before it. */
final class Ledger {
    private final List<InventoryEvent> events = new ArrayList<>();
    private Stock stock;
    private int folded;

    Ledger(Stock stock) {
        this.stock = stock;
    }

    /** The stock after the events so far. */
    Stock stock() {
        while (folded < events.size()) {
            stock = stock.evolve(events.get(folded++));
        }
        return stock;
    }

    Ledger add(InventoryEvent event) {
        events.add(event);
        return this;
    }

    /** The decision; first breaks the reservations that can no longer be met. */
    Decision<InventoryEvent> decision(String locationId) {
        Set<String> lowered = new LinkedHashSet<>();
        for (InventoryEvent event : events) {
            for (StockChange change : event.changes()) {
                if (change.change().onHand() < 0 && stock().level(change.sku()).unit() == change.unit()) {
                    lowered.add(change.sku());
                }
            }
        }
        for (String sku : lowered) {
            long shortBy = shortBy(sku);
            if (shortBy > 0) {
                add(new StockShortfallDetected(
                        locationId, sku, shortBy, stock().level(sku).unit()));
            }
        }
        for (String sku : lowered) {
            breakYoungest(sku);
        }
        return accepted(events);
    }

    /**
     * Breaks reservations of a SKU, youngest first, until the SKU is no longer short. Skips claims that have ended.
     * Stops when the open reservations found add up to committed: then no older one is open.
     */
    private void breakYoungest(String sku) {
        Level level = stock().level(sku);
        long remaining = level.quantities().committed();
        for (long claim = level.nextClaim() - 1; remaining > 0 && claim >= 0 && shortBy(sku) > 0; claim--) {
            Reservation open = stock().claimedBy(sku, claim);
            if (open == null) {
                continue;
            }
            remaining -= new SkuQuantity(sku, 0, level.unit()).in(open.lines());
            if (!open.picked()) {
                add(new ReservationBroken(
                        open.fulfilment(),
                        open.lines().stream()
                                .map(SkuQuantity::sku)
                                .filter(each -> shortBy(each) > 0)
                                .toList(),
                        open.lines(),
                        stock().changes(open.lines(), Quantities::ofCommitted, -1),
                        events.getFirst() instanceof StockSold));
            }
        }
    }

    private long shortBy(String sku) {
        return stock().level(sku).quantities().shortBy();
    }
}
