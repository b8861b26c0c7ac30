package dev.mortar.inventory;

import dev.mortar.inventory.InventoryEvent.CountedSku;
import dev.mortar.inventory.InventoryEvent.StockCounted;
import dev.mortar.inventory.StockEntry.*;
import dev.mortar.values.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The movements that a location remembers, among the entries of its stock. A count adds those that came after it. */
record Movements(Stock stock) {

    /** How long a movement is remembered. A count can be booked at most this long after it was made. */
    static final Duration REMEMBERED = Duration.ofHours(24);

    /** How many pages of movements of a SKU in a unit are remembered: 10,000 movements. */
    private static final int PAGES_MAX = 100;

    /** Net units of a SKU in a unit that moved after this instant; below 0 when more left than arrived. */
    long since(String sku, Unit unit, Instant since) {
        return after(sku, unit, stock.level(sku).memory(unit), since).stream()
                .mapToLong(Movement::onHand)
                .sum();
    }

    private List<Movement> after(String sku, Unit unit, Memory memory, Instant since) {
        List<Movement> movements = new ArrayList<>();
        for (long page = memory.firstPage(); page < memory.nextPage(); page++) {
            MovementPage found = page(sku, unit, page);
            if (found != null) {
                found.movements().stream()
                        .filter(movement -> movement.movedAt().isAfter(since))
                        .forEach(movements::add);
            }
        }
        return movements;
    }

    private @Nullable MovementPage page(String sku, Unit unit, long number) {
        return stock.entries().get(key(sku, unit, number)) instanceof MovementPage page ? page : null;
    }

    /** Remembers a movement, and drops whole pages that are too old or above the limit. */
    Stock plus(String sku, Unit unit, Movement movement) {
        Memory memory = stock.level(sku).memory(unit);
        long last = memory.nextPage() - 1;
        MovementPage page = last < memory.firstPage() ? null : page(sku, unit, last);
        if (page != null && !page.isFull()) {
            return stock.with(key(sku, unit, last), page.plus(movement));
        }
        Stock changed = stock.with(key(sku, unit, last + 1), new MovementPage(List.of(movement)));
        long first = memory.firstPage();
        Instant forgottenUntil = memory.forgottenUntil();
        Instant old = movement.movedAt().minus(REMEMBERED);
        for (; first <= last; first++) {
            MovementPage oldest = page(sku, unit, first);
            Instant latest = oldest == null ? old : oldest.latest();
            if (last + 1 - first < PAGES_MAX && !latest.isBefore(old)) {
                break;
            }
            forgottenUntil = forgottenUntil == null || latest.isAfter(forgottenUntil) ? latest : forgottenUntil;
            changed = changed.with(key(sku, unit, first), null);
        }
        Memory after = new Memory(memory.countedAt(), first, last + 2, forgottenUntil);
        return changed.withLevel(sku, level -> level.with(unit, after));
    }

    /** Drops the movements at or before a count. The decider refuses an older count, so none needs them. */
    Stock counted(StockCounted event) {
        Stock counted = stock;
        for (CountedSku each : event.counted()) {
            counted = new Movements(counted).counted(each.sku(), each.unit(), event.countedAt());
        }
        return counted;
    }

    private Stock counted(String sku, Unit unit, Instant countedAt) {
        Memory memory = stock.level(sku).memory(unit);
        List<Movement> after = after(sku, unit, memory, countedAt);
        Stock counted = stock;
        for (long page = memory.firstPage(); page < memory.nextPage(); page++) {
            counted = counted.with(key(sku, unit, page), null);
        }
        Memory fresh = new Memory(countedAt, memory.nextPage(), memory.nextPage(), null);
        counted = counted.withLevel(sku, level -> level.with(unit, fresh));
        for (Movement movement : after) {
            counted = new Movements(counted).plus(sku, unit, movement);
        }
        return counted;
    }

    private String key(String sku, Unit unit, long number) {
        return stock.locationId() + "|m|" + sku + "|" + unit + "|" + number;
    }
}
