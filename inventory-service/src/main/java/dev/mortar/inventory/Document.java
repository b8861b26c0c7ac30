package dev.mortar.inventory;

import dev.mortar.inventory.InventoryCommand.AdjustStock;
import dev.mortar.inventory.InventoryCommand.CountStock;
import dev.mortar.inventory.InventoryCommand.HoldStock;
import dev.mortar.inventory.InventoryCommand.ReceiveStock;
import dev.mortar.inventory.InventoryCommand.TransferStock;
import dev.mortar.inventory.InventoryEvent.AdjustmentReason;
import dev.mortar.inventory.InventoryEvent.StockAdjusted;
import dev.mortar.inventory.InventoryEvent.StockCounted;
import dev.mortar.inventory.InventoryEvent.StockReceived;
import dev.mortar.inventory.InventoryEvent.StockTransferredOut;
import dev.mortar.values.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A document that a caller books under its own number: a receipt, an adjustment, a count, a transfer or a hold. The
 * same number with the same content is a repeat. With other content it is the caller's mistake.
 *
 * @param lines each SKU and unit once, sorted by SKU and unit
 * @param reason of an adjustment, otherwise null
 * @param countedAt of a count, otherwise null
 * @param toLocationId of a transfer, otherwise null
 */
record Document(
        List<Line> lines,
        @Nullable AdjustmentReason reason,
        @Nullable Instant countedAt,
        @Nullable String toLocationId) {

    /**
     * A line of a document.
     *
     * @param quantity units that arrived, were sent, held or counted, or the correction of on hand
     * @param damaged correction of damaged
     * @param toVendor correction of the goods for the vendor
     */
    record Line(String sku, Unit unit, long quantity, long damaged, long toVendor) {}

    static Document of(ReceiveStock command) {
        return new Document(lines(command.lines()), null, null, null);
    }

    static Document of(StockReceived event) {
        return new Document(lines(event.changes(), event.alreadyCounted()), null, null, null);
    }

    static Document of(AdjustStock command) {
        Lines lines = new Lines();
        command.lines().forEach(each -> lines.add(each.onHandLine(), each.damaged(), each.toVendor()));
        // The corrections of one SKU may add up to 0.
        List<Line> corrected = lines.sorted().stream()
                .filter(each -> each.quantity != 0 || each.damaged != 0 || each.toVendor != 0)
                .toList();
        return new Document(corrected, command.reason(), null, null);
    }

    static Document of(StockAdjusted event) {
        return new Document(lines(event.changes(), event.alreadyCounted()), event.reason(), null, null);
    }

    static Document of(CountStock command) {
        return new Document(lines(command.lines()), null, command.countedAt(), null);
    }

    static Document of(StockCounted event) {
        List<SkuQuantity> counted = event.counted().stream()
                .map(each -> new SkuQuantity(each.sku(), each.counted(), each.unit()))
                .toList();
        return new Document(lines(counted), null, event.countedAt(), null);
    }

    static Document of(TransferStock command) {
        return new Document(lines(command.lines()), null, null, command.toLocationId());
    }

    static Document of(StockTransferredOut event) {
        return new Document(lines(event.transferred()), null, null, event.toLocationId());
    }

    static Document of(HoldStock command) {
        return new Document(lines(command.lines()), null, null, null);
    }

    static Document of(StockEntry.Hold hold) {
        return new Document(lines(hold.lines()), null, null, null);
    }

    /**
     * True when the booked document has the same content. The decider books a count from the near future under the
     * current time, so a count's time may differ by the tolerance.
     *
     * @param tolerance how far in the future a count may be
     */
    boolean isSameAs(Document booked, Duration tolerance) {
        boolean sameTime = countedAt == null
                ? booked.countedAt == null
                : booked.countedAt != null
                        && !countedAt.isBefore(booked.countedAt)
                        && !countedAt.isAfter(booked.countedAt.plus(tolerance));
        return sameTime && equals(new Document(booked.lines, booked.reason, countedAt, booked.toLocationId));
    }

    private static List<Line> lines(List<SkuQuantity> goods) {
        Lines lines = new Lines();
        goods.forEach(each -> lines.add(each, 0, 0));
        return lines.sorted();
    }

    private static List<Line> lines(List<StockChange> changes, List<SkuQuantity> alreadyCounted) {
        Lines lines = new Lines();
        for (StockChange change : changes) {
            Quantities quantities = change.change();
            lines.add(
                    new SkuQuantity(change.sku(), quantities.onHand(), change.unit()),
                    quantities.damaged(),
                    quantities.toVendor());
        }
        alreadyCounted.forEach(each -> lines.add(each, 0, 0));
        return lines.sorted();
    }

    /** Sums lines by SKU and unit. */
    private static final class Lines {
        private final Map<String, Map<Unit, Line>> sums = new TreeMap<>();

        void add(SkuQuantity goods, long damaged, long toVendor) {
            sums.computeIfAbsent(goods.sku(), sku -> new TreeMap<>())
                    .merge(
                            goods.unit(),
                            new Line(goods.sku(), goods.unit(), goods.quantity(), damaged, toVendor),
                            (first, second) -> new Line(
                                    first.sku,
                                    first.unit,
                                    first.quantity + second.quantity,
                                    first.damaged + second.damaged,
                                    first.toVendor + second.toVendor));
        }

        List<Line> sorted() {
            List<Line> lines = new ArrayList<>();
            sums.values().forEach(units -> lines.addAll(units.values()));
            return List.copyOf(lines);
        }
    }
}
