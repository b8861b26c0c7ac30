package dev.mortar.eventsourcing;

import dev.mortar.values.IdText;
import org.jspecify.annotations.Nullable;

/**
 * The person or system that asked for a change. Ids are opaque: no names, addresses or phone numbers.
 *
 * @param locationId location where the actor acted, or null
 * @param via the service that spoke for the actor, or null if the actor spoke itself
 */
public record Actor(
        Type type,
        String id,
        @Nullable String locationId,
        @Nullable String via) {
    /** The kind of party. */
    public enum Type {
        UNKNOWN,
        SHOPPER,
        ASSOCIATE,
        TILL,
        COURIER,
        SYSTEM,
        BACK_OFFICE,
        OPERATOR
    }

    /** An actor that spoke itself. */
    public Actor(Type type, String id, @Nullable String locationId) {
        this(type, id, locationId, null);
    }

    /** The holder of a link to an order. */
    public static Actor ofLink(String orderId) {
        return new Actor(Type.SHOPPER, "link:" + orderId, null);
    }

    /** Whether the actor does not work for the retailer. The name is no getter, so JSON has no member for it. */
    public boolean comesFromOutside() {
        return switch (type) {
            case SHOPPER, COURIER, UNKNOWN -> true;
            case ASSOCIATE, TILL, SYSTEM, BACK_OFFICE, OPERATOR -> false;
        };
    }

    /** A service or timer of Mortar itself. */
    public static Actor system(String name) {
        return new Actor(Type.SYSTEM, name, null);
    }

    /** The fault in the ids of an actor, or null. Ids of persons must be opaque. */
    public @Nullable String fault() {
        String fault = IdText.fault(id);
        if (fault == null) {
            fault = switch (type) {
                case SHOPPER, ASSOCIATE, COURIER, BACK_OFFICE, OPERATOR -> IdText.personal(id);
                case TILL, SYSTEM, UNKNOWN -> null;
            };
        }
        return fault != null || locationId == null ? fault : IdText.fault(locationId);
    }
}
