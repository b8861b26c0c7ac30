package dev.mortar.inventory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lines that moved, split by the newest count of their SKU.
 *
 * @param afterCount lines that moved after the count; they change on hand
 * @param alreadyCounted lines that moved at or before the count
 */
record Moved(Instant at, List<SkuQuantity> afterCount, List<SkuQuantity> alreadyCounted) {

    static Moved of(Stock stock, List<SkuQuantity> lines, @Nullable Instant reportedAt, Instant now) {
        Instant at = at(reportedAt, now);
        List<SkuQuantity> afterCount = new ArrayList<>();
        List<SkuQuantity> alreadyCounted = new ArrayList<>();
        for (SkuQuantity line : lines) {
            (stock.level(line.sku()).memory(line.unit()).counted(at) ? alreadyCounted : afterCount).add(line);
        }
        return new Moved(at, List.copyOf(afterCount), List.copyOf(alreadyCounted));
    }

    /** The changes of on hand if the lines arrived. */
    List<StockChange> arrived(Stock stock) {
        return stock.changes(afterCount, Quantities::ofOnHand, 1);
    }

    /** The changes of on hand if the lines left. */
    List<StockChange> left(Stock stock) {
        return stock.changes(afterCount, Quantities::ofOnHand, -1);
    }

    /** Moves a time in the future back to now. Otherwise a fast clock would hide the movement from a count. */
    static Instant at(@Nullable Instant reportedAt, Instant now) {
        return reportedAt == null || reportedAt.isAfter(now) ? now : reportedAt;
    }
}
