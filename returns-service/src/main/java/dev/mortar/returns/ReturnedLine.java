package dev.mortar.returns;

import dev.mortar.values.Disposition;
import dev.mortar.values.Money;
import dev.mortar.values.ReturnCondition;
import dev.mortar.values.Unit;
import org.jspecify.annotations.Nullable;

/**
 * Returned units of a line.
 *
 * @param title as it was sold, or null
 * @param quantity in units of {@code unit}, greater than 0
 * @param refund their share of the price paid
 * @param fulfilmentId the fulfilment that handed them over; null in an old event, whose line only one had
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
        Money refund,
        @Nullable String fulfilmentId) {

    ReturnsCommand.LineToReturn lineToReturn() {
        return new ReturnsCommand.LineToReturn(lineId, quantity, reason, condition, disposition);
    }
}
