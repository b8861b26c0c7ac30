package dev.mortar.inventory;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.inventory.InventoryEvent.ReservationBroken;
import dev.mortar.inventory.InventoryEvent.StockShortfallDetected;
import dev.mortar.inventory.StockEntry.Level;
import dev.mortar.inventory.StockEntry.Reservation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The events of one decision, each judged by the stock that the ones before it leave. */
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

    /** The decision, after whatever can no longer be met is broken. */
    Decision<InventoryEvent> decision(String locationId) {
        Set<String> lowered = new LinkedHashSet<>();
        for (InventoryEvent event : events) {
            for (StockChange change : event.changes()) {
                if (change.change().onHand() < 0) {
                    lowered.add(change.sku());
                }
            }
        }
        for (String sku : lowered) {
            Level level = stock().level(sku);
            long shortBy = level.quantities().shortBy();
            if (shortBy > 0) {
                add(new StockShortfallDetected(locationId, sku, shortBy, level.unit()));
            }
        }
        for (String sku : lowered) {
            breakYoungest(sku);
        }
        return Decision.accepted(events);
    }

    private void breakYoungest(String sku) {
        if (stock().level(sku).quantities().shortBy() == 0) {
            return;
        }
        for (Reservation open : stock().youngestFirst(sku)) {
            if (stock().level(sku).quantities().shortBy() == 0) {
                return;
            }
            if (!open.picked()) {
                List<String> shortSkus = open.lines().stream()
                        .map(SkuQuantity::sku)
                        .filter(each -> stock().level(each).quantities().shortBy() > 0)
                        .toList();
                add(new ReservationBroken(
                        open.locationId(),
                        open.reservationId(),
                        open.orderId(),
                        shortSkus,
                        open.lines(),
                        stock().committed(open.lines(), -1)));
            }
        }
    }
}
