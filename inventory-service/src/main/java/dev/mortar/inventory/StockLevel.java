package dev.mortar.inventory;

import dev.mortar.inventory.InventoryDefinition.SkuStock;
import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stock of a SKU at a location, as a client reads it.
 *
 * @param unit the unit that the location keeps the SKU in
 * @param otherUnits the goods in other units
 */
record StockLevel(
        String sku,
        Unit unit,
        long onHand,
        long committed,
        long held,
        long safetyStock,
        long damaged,
        long toVendor,
        List<InOtherUnit> otherUnits,
        Available available,
        @Nullable Instant changedAt) {

    /** Units that each channel can still buy. */
    record Available(long online, long inStore) {}

    /** Goods in a unit that the location does not keep the SKU in; nobody can buy them. */
    record InOtherUnit(
            Unit unit, long onHand, long committed, long held, long safetyStock, long damaged, long toVendor) {

        static InOtherUnit of(Positions.Position position) {
            Quantities quantities = position.quantities();
            return new InOtherUnit(
                    position.unit(),
                    quantities.onHand(),
                    quantities.committed(),
                    quantities.held(),
                    quantities.safetyStock(),
                    quantities.damaged(),
                    quantities.toVendor());
        }
    }

    /** @param changedAt null when unknown */
    static StockLevel of(SkuStock stock, @Nullable Instant changedAt) {
        Positions positions = stock.positions();
        Quantities quantities = positions.kept().quantities();
        return new StockLevel(
                stock.sku(),
                positions.kept().unit(),
                quantities.onHand(),
                quantities.committed(),
                quantities.held(),
                quantities.safetyStock(),
                quantities.damaged(),
                quantities.toVendor(),
                positions.others().stream().map(InOtherUnit::of).toList(),
                new Available(quantities.available(Channel.ONLINE), quantities.available(Channel.STORE)),
                changedAt);
    }
}
