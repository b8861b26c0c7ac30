package dev.mortar.inventory;

import static dev.mortar.eventsourcing.Decision.accepted;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.StockEntry.Level;
import dev.mortar.inventory.StockEntry.Reservation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects the events of one decision. Each is decided on the stock after the events before it. */
final class Ledger {
    private final List<InventoryEvent> events = new ArrayList<>();
    private final Instant now;
    private Stock stock;
    private int folded;

    Ledger(Stock stock, Instant now) {
        this.stock = stock;
        this.now = now;
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
     * Takes units from reservations of a SKU, youngest first, until the SKU is no longer short. Skips claims that have
     * ended. Stops when the open reservations found add up to committed: then no older one is open.
     */
    private void breakYoungest(String sku) {
        Level level = stock().level(sku);
        long remaining = level.quantities().committed();
        for (long claim = level.nextClaim() - 1; remaining > 0 && claim >= 0 && shortBy(sku) > 0; claim--) {
            Reservation open = stock().claimedBy(sku, claim);
            if (open == null) {
                continue;
            }
            SkuQuantity reserved = new SkuQuantity(sku, 0, level.unit());
            reserved = reserved.withQuantity(reserved.in(open.lines()));
            remaining -= reserved.quantity();
            if (!open.picked()) {
                add(shortened(open, reserved.withQuantity(Math.min(reserved.quantity(), shortBy(sku)))));
            }
        }
    }

    /** A confirmed reservation loses only the missing units. An unconfirmed one is answered whole, so it breaks. */
    private InventoryEvent shortened(Reservation open, SkuQuantity missing) {
        boolean soldAtTill = events.getFirst() instanceof StockSold;
        List<SkuQuantity> lost = List.of(missing);
        if (open.confirmed() && !SkuQuantity.minus(open.lines(), lost).isEmpty()) {
            return new ReservationReduced(
                    open.fulfilment(),
                    open.reductions() + 1,
                    lost,
                    stock().changes(lost, Quantities::ofCommitted, -1),
                    soldAtTill);
        }
        return new ReservationBroken(
                open.fulfilment(),
                open.lines().stream()
                        .map(SkuQuantity::sku)
                        .filter(each -> shortBy(each) > 0)
                        .toList(),
                open.lines(),
                stock().changes(open.lines(), Quantities::ofCommitted, -1),
                soldAtTill,
                CapacityRules.givenBack(stock(), open, now));
    }

    private long shortBy(String sku) {
        return stock().level(sku).quantities().shortBy();
    }
}
