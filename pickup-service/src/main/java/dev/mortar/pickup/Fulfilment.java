package dev.mortar.pickup;

import org.jspecify.annotations.Nullable;

/**
 * The fulfilment of a pickup. Every event of the pickup carries it unchanged.
 *
 * @param customerId opaque id of the shopper, or null for a guest
 */
record Fulfilment(
        String fulfilmentId,
        String orderId,
        String locationId,
        @Nullable String customerId,
        Method method) {

    /** How the goods are handed over. Goods that the shopper carries out at once have no pickup. */
    enum Method {
        PICKUP,
        CURBSIDE,
        DELIVERY
    }
}
