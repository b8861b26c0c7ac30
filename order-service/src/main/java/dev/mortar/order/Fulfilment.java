package dev.mortar.order;

import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import dev.mortar.values.OrderLine;
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
 * @param parts its units of each line; empty if all units of its lines leave with it
 * @param acceptBy until when the store should accept the task, or null
 * @param replaces fulfilment whose units it takes over, or null
 * @param mayMove whether its units may leave from another location without a question to the shopper
 * @param destinationId opaque id of the destination of a delivery, or null
 */
record Fulfilment(
        String fulfilmentId,
        FulfilmentMethod method,
        String locationId,
        List<String> lineIds,
        @Nullable Instant promisedAt,
        @Nullable String holdId,
        List<LinePart> parts,
        @Nullable Instant acceptBy,
        @Nullable String replaces,
        boolean mayMove,
        @Nullable String destinationId) {

    /** The fulfilment with the times that its location has booked. Without a booked time, the promise stays. */
    Fulfilment booked(@Nullable Instant readyAt, @Nullable Instant acceptBy) {
        Instant promise = readyAt == null ? promisedAt : readyAt;
        return new Fulfilment(
                fulfilmentId,
                method,
                locationId,
                lineIds,
                promise,
                holdId,
                parts,
                acceptBy,
                replaces,
                mayMove,
                destinationId);
    }

    static String id(String orderId, int number) {
        return orderId + "-" + number;
    }

    /** Its units of one of its lines. */
    LinePart part(OrderLine line) {
        return parts.stream()
                .filter(part -> part.lineId().equals(line.lineId()))
                .findFirst()
                .orElseGet(() -> new LinePart(line.lineId(), line.sku(), line.quantity(), 0));
    }

    /** True if the shopper carries the goods out at once. Such a fulfilment needs no reservation. */
    boolean carriedOut() {
        return method == FulfilmentMethod.CARRY_OUT;
    }
}
