package dev.mortar.returns;

import dev.mortar.values.Unit;
import dev.mortar.values.Money;
import org.jspecify.annotations.Nullable;

/**
 * A line that came back.
 *
 * @param title as it was sold, or null
 * @param quantity in units of {@code unit}, greater than 0
 * @param refund its share of what was paid
 */
record ReturnedLine(
        String lineId,
        String sku,
        @Nullable String title,
        long quantity,
        Unit unit,
        ReturnReason reason,
        ReturnCondition condition,
        Disposition disposition,
        Money refund) {

    ReturnsCommand.BroughtBack broughtBack() {
        return new ReturnsCommand.BroughtBack(lineId, quantity, reason, condition, disposition);
    }
}
