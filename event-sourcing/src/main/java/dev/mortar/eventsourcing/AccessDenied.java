package dev.mortar.eventsourcing;

import org.jspecify.annotations.Nullable;

/** The caller is known and may not do this: 403. */
public final class AccessDenied extends RuntimeException {
    /** The message for an object of another store. */
    public static final String OTHER_STORE = "The object does not belong to the store or till of the caller";

    private final String reason;

    private AccessDenied(String reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** No role of the caller may use the route. */
    public static AccessDenied role(@Nullable Role needed) {
        return new AccessDenied(
                "role", needed == null ? "No role of the caller may do this" : "This needs the role " + needed);
    }

    /** The object belongs to another store than the one where the caller acts. */
    public static AccessDenied otherStore() {
        return new AccessDenied("other-store", OTHER_STORE);
    }

    /** A shopper may change only what is his or her own. */
    public static AccessDenied otherCustomer() {
        return new AccessDenied("other-customer", "The customer is not the caller");
    }

    /** Only a service whose token says so may speak for others. */
    public static AccessDenied speaksForOthers() {
        return new AccessDenied("on-behalf-of", "The token does not allow the caller to speak for others");
    }

    /** The id in the token could name a person. */
    public static AccessDenied personalId(String fault) {
        return new AccessDenied("personal-id", "The id in the token " + fault);
    }

    /** The last part of the problem's type, {@code urn:mortar:forbidden:<reason>}. */
    public String reason() {
        return reason;
    }
}
