package dev.mortar.inventory;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.toMap;

import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.values.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A document that a caller books under its own number: a receipt, an adjustment, a count, a transfer, a hold or a
 * pause. The same number with the same content is a repeat. With other content it is the caller's mistake.
 *
 * @param lines each SKU and unit once, sorted by SKU and unit
 * @param reason of an adjustment, otherwise null
 * @param countedAt of a count, otherwise null
 * @param toLocationId of a transfer, otherwise null
 * @param pause a pause, otherwise null
 */
record Document(
        List<Line> lines,
        @Nullable AdjustmentReason reason,
        @Nullable Instant countedAt,
        @Nullable String toLocationId,
        @Nullable Pause pause) {

    /**
     * A line of a document.
     *
     * @param quantity units that arrived, were sent, held or counted, or the correction of on hand
     * @param damaged correction of damaged
     * @param toVendor correction of the goods for the vendor
     */
    record Line(String sku, Unit unit, long quantity, long damaged, long toVendor) {

        private static Line of(SkuQuantity goods) {
            return new Line(goods.sku(), goods.unit(), goods.quantity(), 0, 0);
        }

        private Line plus(Line other) {
            return new Line(sku, unit, quantity + other.quantity, damaged + other.damaged, toVendor + other.toVendor);
        }
    }

    /** A receipt or a hold. */
    static Document of(List<SkuQuantity> goods) {
        return new Document(lines(goods), null, null, null, null);
    }

    static Document of(StockReceived event) {
        return new Document(lines(event.changes(), event.alreadyCounted()), null, null, null, null);
    }

    static Document of(AdjustStock command) {
        Stream<Line> lines = command.lines().stream()
                .map(each -> new Line(each.sku(), each.unit(), each.onHand(), each.damaged(), each.toVendor()));
        // The corrections of one SKU may add up to 0.
        List<Line> corrected = summed(lines).stream()
                .filter(each -> each.quantity != 0 || each.damaged != 0 || each.toVendor != 0)
                .toList();
        return new Document(corrected, command.reason(), null, null, null);
    }

    static Document of(StockAdjusted event) {
        return new Document(lines(event.changes(), event.alreadyCounted()), event.reason(), null, null, null);
    }

    static Document of(CountStock command) {
        return new Document(lines(command.lines()), null, command.countedAt(), null, null);
    }

    static Document of(StockCounted event) {
        List<SkuQuantity> counted = event.counted().stream()
                .map(each -> new SkuQuantity(each.sku(), each.counted(), each.unit()))
                .toList();
        return new Document(lines(counted), null, event.countedAt(), null, null);
    }

    static Document of(TransferStock command) {
        return new Document(lines(command.lines()), null, null, command.toLocationId(), null);
    }

    static Document of(StockTransferredOut event) {
        return new Document(lines(event.transferred()), null, null, event.toLocationId(), null);
    }

    static Document of(BookTransferReceipt command) {
        return receipt(command.accepted(), command.damaged());
    }

    static Document of(StockTransferredIn event) {
        return receipt(event.accepted(), event.damaged());
    }

    private static Document receipt(List<SkuQuantity> accepted, List<SkuQuantity> damaged) {
        Stream<Line> unfit = damaged.stream().map(each -> new Line(each.sku(), each.unit(), 0, each.quantity(), 0));
        return new Document(summed(Stream.concat(accepted.stream().map(Line::of), unfit)), null, null, null, null);
    }

    static Document of(Pause pause) {
        return new Document(List.of(), null, null, null, pause);
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
        return sameTime
                && equals(new Document(booked.lines, booked.reason, countedAt, booked.toLocationId, booked.pause));
    }

    private static List<Line> lines(List<SkuQuantity> goods) {
        return summed(goods.stream().map(Line::of));
    }

    private static List<Line> lines(List<StockChange> changes, List<SkuQuantity> alreadyCounted) {
        Stream<Line> booked = changes.stream().map(each -> {
            Quantities change = each.change();
            return new Line(each.sku(), each.unit(), change.onHand(), change.damaged(), change.toVendor());
        });
        return summed(Stream.concat(booked, alreadyCounted.stream().map(Line::of)));
    }

    private static List<Line> summed(Stream<Line> lines) {
        record SkuAndUnit(String sku, Unit unit) {}
        return lines
                .collect(toMap(line -> new SkuAndUnit(line.sku, line.unit), line -> line, Line::plus))
                .values()
                .stream()
                .sorted(comparing(Line::sku).thenComparing(Line::unit))
                .toList();
    }
}
