package dev.mortar.pickup;

import dev.mortar.values.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Which fulfilment a pickup serves; the same in every event of it.
 *
 * @param customerId opaque id of the shopper, or null for a guest
 */
record Fulfilment(
        String fulfilmentId,
        String orderId,
        String locationId,
        @Nullable String customerId,
        Method method) {

    /** How the goods leave. Those that are carried out of the store at once never become a pickup. */
    enum Method {
        PICKUP,
        CURBSIDE,
        DELIVERY
    }
}
