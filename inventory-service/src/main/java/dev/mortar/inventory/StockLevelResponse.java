package dev.mortar.inventory;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.mortar.inventory.InventoryDefinition.SkuStock;
import dev.mortar.values.Unit;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stock of a SKU at a location, as a client reads it. Callers who do not work for the retailer see only the units
 * that can be bought.
 *
 * @param unit the unit that the location keeps the SKU in
 * @param otherUnits the goods in other units
 */
@Schema(name = "StockLevel")
record StockLevelResponse(
        String sku,
        Unit unit,
        @Nullable @JsonUnwrapped Quantities quantities,
        @Nullable List<InOtherUnit> otherUnits,
        Available available,
        @Nullable Instant changedAt) {

    /** Units that each channel can still buy. */
    record Available(long online, long inStore) {}

    /** Goods in a unit that the location does not keep the SKU in; nobody can buy them. */
    record InOtherUnit(Unit unit, @JsonUnwrapped Quantities quantities) {}

    /** Only the units that can be bought. */
    StockLevelResponse forOutsiders() {
        return new StockLevelResponse(sku, unit, null, null, available, changedAt);
    }

    /** @param changedAt null when unknown */
    static StockLevelResponse of(SkuStock stock, @Nullable Instant changedAt) {
        Positions positions = stock.positions();
        Quantities quantities = positions.kept().quantities();
        return new StockLevelResponse(
                stock.sku(),
                positions.kept().unit(),
                quantities,
                positions.others().stream()
                        .map(other -> new InOtherUnit(other.unit(), other.quantities()))
                        .toList(),
                new Available(quantities.available(Channel.ONLINE), quantities.available(Channel.STORE)),
                changedAt);
    }
}
