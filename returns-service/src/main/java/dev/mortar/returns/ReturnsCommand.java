package dev.mortar.returns;

import dev.mortar.values.Channel;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands of returns-service. */
sealed interface ReturnsCommand {

    /** The order whose goods are returned. */
    String orderId();

    /**
     * Records the units of a fulfilment that were handed over, so that they can be returned.
     *
     * @param customerId opaque id of the shopper, or null for a guest
     * @param handedOverAt by the clock of the store or the till; no rule depends on it
     * @param returnableUntil last instant to return them, by the broker's clock
     * @param paymentReference reference at the payment provider, or null
     */
    record RecordPurchase(
            String orderId,
            String fulfilmentId,
            @Nullable String customerId,
            Channel channel,
            String locationId,
            Instant handedOverAt,
            Instant returnableUntil,
            List<PurchasedLine> lines,
            @Nullable String paymentReference)
            implements ReturnsCommand {

        public RecordPurchase {
            lines = List.copyOf(lines);
        }
    }

    /**
     * Accepts a return.
     *
     * @param locationId where the goods are now; it need not be the location that handed them over
     * @param lines returned lines; the quantities of a line that is listed several times are added up
     * @param override accepts goods after their return window, or null
     */
    record AcceptReturn(
            String orderId,
            String returnId,
            String locationId,
            List<LineToReturn> lines,
            @Nullable WindowOverride override)
            implements ReturnsCommand {

        public AcceptReturn {
            lines = List.copyOf(lines);
        }
    }

    /**
     * Units of a line that the shopper brings back.
     *
     * @param quantity in the unit of the line, greater than 0
     */
    record LineToReturn(
            String lineId, long quantity, ReturnReason reason, ReturnCondition condition, Disposition disposition) {

        public LineToReturn {
            if (quantity < 1) {
                throw new IllegalArgumentException("quantity must be greater than 0: " + quantity);
            }
        }

        LineToReturn withQuantity(long other) {
            return new LineToReturn(lineId, other, reason, condition, disposition);
        }
    }
}
