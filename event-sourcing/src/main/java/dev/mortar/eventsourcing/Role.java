package dev.mortar.eventsourcing;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The part that a caller plays. A token lists its roles; a caller acts in one of them in each request. The constants
 * are in the order of preference: a caller acts in the first of its roles that the route grants.
 */
public enum Role {
    /** A machine, such as the online shop. It may speak for shoppers and tills if its token says so. */
    SERVICE,
    BACK_OFFICE,
    /** An associate who may also override and approve. */
    LEAD,
    /** Works in the stores that the token lists, and acts in one of them at a time. */
    ASSOCIATE,
    TILL,
    COURIER,
    /** Runs the services: dead letters and other management. */
    OPERATOR,
    SHOPPER,
    /** The holder of a signed link to one order. No token gives this role. */
    ORDER_LINK;

    /** Whether the caller acts at a location that its token lists. */
    public boolean actsInStore() {
        return this == LEAD || this == ASSOCIATE || this == TILL;
    }

    /** Whether this role includes the other one. */
    boolean includes(Role other) {
        return this == other || this == LEAD && other == ASSOCIATE;
    }

    /** The role of a name in a token; null if Mortar does not know it or if no token gives it. */
    public static @Nullable Role ofToken(String name) {
        for (Role role : values()) {
            if (role != ORDER_LINK && role.name().equals(name.toUpperCase(Locale.ROOT))) {
                return role;
            }
        }
        return null;
    }
}
