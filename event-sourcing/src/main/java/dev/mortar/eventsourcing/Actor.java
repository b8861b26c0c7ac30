package dev.mortar.eventsourcing;

import dev.mortar.values.IdText;
import org.jspecify.annotations.Nullable;

/**
 * The person or system that asked for a change. Ids are opaque: no names, addresses or phone numbers.
 *
 * @param locationId location where the actor acted, or null
 */
public record Actor(Type type, String id, @Nullable String locationId) {
    /** The kind of party. */
    public enum Type {
        UNKNOWN,
        SHOPPER,
        ASSOCIATE,
        TILL,
        COURIER,
        SYSTEM
    }

    /** A service or timer of Mortar itself. */
    public static Actor system(String name) {
        return new Actor(Type.SYSTEM, name, null);
    }

    /**
     * The fault in the ids of an actor from outside, or null. Ids of shoppers, associates and couriers must be opaque.
     */
    public @Nullable String fault() {
        String fault = IdText.fault(id);
        if (fault == null) {
            fault = switch (type) {
                case SHOPPER, ASSOCIATE, COURIER -> IdText.personal(id);
                case TILL, SYSTEM, UNKNOWN -> null;
            };
        }
        return fault != null || locationId == null ? fault : IdText.fault(locationId);
    }
}
