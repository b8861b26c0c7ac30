package dev.mortar.returns;

import dev.mortar.values.Channel;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be asked of the returns of one order. */
sealed interface ReturnsCommand {

    /** The order it is about. */
    String orderId();

    /**
     * Takes down what left with a fulfilment, so that it can come back.
     *
     * @param customerId opaque id of the shopper, or null for a guest
     * @param handedOverAt when the goods left by the clock of whoever saw it; judges nothing
     * @param returnableUntil last instant to bring them back, by the log's clock
     * @param paymentReference at the payment provider, or null
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
     * Takes goods back.
     *
     * @param locationId where the goods are now: any location, not only the one they left from
     * @param lines what came back; a line may stand here several times, its quantities then count together
     * @param override lets goods come back after their return window, or null
     */
    record AcceptReturn(
            String orderId,
            String returnId,
            String locationId,
            List<BroughtBack> lines,
            @Nullable WindowOverride override)
            implements ReturnsCommand {

        public AcceptReturn {
            lines = List.copyOf(lines);
        }
    }

    /**
     * Goods on the counter.
     *
     * @param quantity in the unit of the line, greater than 0
     */
    record BroughtBack(
            String lineId, long quantity, ReturnReason reason, ReturnCondition condition, Disposition disposition) {

        public BroughtBack {
            if (quantity < 1) {
                throw new IllegalArgumentException("quantity must be greater than 0: " + quantity);
            }
        }

        BroughtBack withQuantity(long other) {
            return new BroughtBack(lineId, other, reason, condition, disposition);
        }
    }
}
