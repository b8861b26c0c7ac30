package dev.mortar.eventsourcing;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parties that an object belongs to. A part is null or empty if the object has none.
 *
 * @param customerId the shopper
 * @param orderId the order
 * @param locationIds the stores that work on it
 * @param actorId the till or courier
 */
public record Owner(
        @Nullable String customerId,
        @Nullable String orderId,
        Set<String> locationIds,
        @Nullable String actorId) {
    /** An object of nobody in particular. */
    public static final Owner NOBODY = new Owner(null, null, Set.of(), null);

    /** An object of a store. */
    public static Owner ofLocation(String locationId) {
        return new Owner(null, null, Set.of(locationId), null);
    }

    /** An object of a shopper. */
    public static Owner ofCustomer(String customerId) {
        return new Owner(customerId, null, Set.of(), null);
    }
}
