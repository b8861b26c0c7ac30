package dev.mortar.inventory;

import static dev.mortar.eventsourcing.http.Fields.QUANTITY_MAX;

import dev.mortar.eventsourcing.http.Fields.Id;
import dev.mortar.values.Unit;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A quantity of a SKU in a request. Without a unit it is EACH. */
@Schema(name = "Line")
record LineRequest(
        @NotNull @Id String sku,
        @NotNull @Min(1) @Max(QUANTITY_MAX) Long quantity,
        @Nullable Unit unit) {

    /** Most lines in a request. */
    static final int LINES_MAX = 1_000;

    static List<SkuQuantity> goods(List<LineRequest> lines) {
        return lines.stream()
                .map(line -> new SkuQuantity(line.sku(), line.quantity(), unit(line.unit())))
                .toList();
    }

    static Unit unit(@Nullable Unit unit) {
        return unit == null ? Unit.EACH : unit;
    }
}
