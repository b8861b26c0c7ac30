package dev.mortar.returns;

import dev.mortar.values.Disposition;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.ReturnCondition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands of returns-service. */
sealed interface ReturnsCommand {

    String orderId();

    /** Records a purchase, so that its units can be returned. */
    record RecordPurchase(Purchase purchase) implements ReturnsCommand {
        @Override
        public String orderId() {
            return purchase.orderId();
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
            implements ReturnsCommand {}

    /** A parcel of a fulfilment was delivered: its goods can be returned until then, if that is later than before. */
    record MoveReturnWindow(String orderId, String fulfilmentId, Instant returnableUntil) implements ReturnsCommand {}

    /** A parcel of a fulfilment was lost: its units cannot be returned. */
    record RecordLoss(String orderId, String fulfilmentId, String parcelId, List<LineQuantity> lines)
            implements ReturnsCommand {}

    /**
     * Takes an undelivered parcel back as a return.
     *
     * @param locationId where the goods are now
     */
    record TakeBackParcel(
            String orderId, String fulfilmentId, String returnId, String locationId, List<LineToReturn> lines)
            implements ReturnsCommand {}

    /** Units of a line that come back. */
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
