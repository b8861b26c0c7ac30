package dev.mortar.order;

import dev.mortar.values.FulfilmentMethod;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group of lines that leaves one location by one method.
 *
 * @param fulfilmentId order id, hyphen, number within the order from 1
 * @param lineIds its lines
 * @param promisedAt when the goods should be ready, as the shopper was told, or null
 * @param holdId cart hold that the reservation takes over, or null
 */
record Fulfilment(
        String fulfilmentId,
        FulfilmentMethod method,
        String locationId,
        List<String> lineIds,
        @Nullable Instant promisedAt,
        @Nullable String holdId) {

    static String id(String orderId, int number) {
        return orderId + "-" + number;
    }

    /** True if the shopper carries the goods out at once. Such a fulfilment needs no reservation. */
    boolean carriedOut() {
        return method == FulfilmentMethod.CARRY_OUT;
    }
}
