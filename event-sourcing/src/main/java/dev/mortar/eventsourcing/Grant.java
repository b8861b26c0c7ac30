package dev.mortar.eventsourcing;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** A right to use a route: the role that has it, and the objects that it covers. */
public enum Grant {
    /** Everybody, also without a token. */
    PUBLIC(null, "any"),
    /** A shopper, for an object of his or her own. */
    SHOPPER_OWN(Role.SHOPPER, "own"),
    /** The holder of a link, for an object of that order. */
    LINK_OWN(Role.ORDER_LINK, "own"),
    /** An associate, for an object of the store where he or she acts. */
    ASSOCIATE_STORE(Role.ASSOCIATE, "own store"),
    /** An associate who acts in a store, for any object. */
    ASSOCIATE_ANY(Role.ASSOCIATE, "any"),
    /** A lead, for an object of the store where he or she acts. */
    LEAD_STORE(Role.LEAD, "own store"),
    /** A till, for its own sales in its own store. */
    TILL_OWN(Role.TILL, "own"),
    /** A till, for any object. */
    TILL_ANY(Role.TILL, "any"),
    /** A courier, for an object that names this courier. */
    COURIER_OWN(Role.COURIER, "own"),
    BACK_OFFICE(Role.BACK_OFFICE, "any"),
    OPERATOR(Role.OPERATOR, "any"),
    /** A service that speaks for itself. */
    SERVICE(Role.SERVICE, "any"),
    /**
     * A service that may speak for others. If it names a shopper or a till, that party's own objects; otherwise any
     * object, as for the order of a guest.
     */
    SERVICE_FOR(Role.SERVICE, "own of the party");

    private final @Nullable Role role;
    private final String objects;

    Grant(@Nullable Role role, String objects) {
        this.role = role;
        this.objects = objects;
    }

    /** The role that has the right; null for everybody. */
    public @Nullable Role role() {
        return role;
    }

    /** The objects that the right covers, for the page of rights. */
    public String objects() {
        return objects;
    }

    /** Whether a caller who acts in this role has the right. */
    public boolean fits(Role acting, boolean speaksForOthers) {
        return role == null || acting.includes(role) && (this != SERVICE_FOR || speaksForOthers);
    }

    private boolean covers(Actor actor, Owner owner) {
        return switch (this) {
            case PUBLIC, ASSOCIATE_ANY, TILL_ANY, BACK_OFFICE, OPERATOR, SERVICE -> true;
            case SHOPPER_OWN -> actor.id().equals(owner.customerId());
            case LINK_OWN -> owner.orderId() != null && actor.equals(Actor.ofLink(owner.orderId()));
            case ASSOCIATE_STORE, LEAD_STORE ->
                actor.locationId() != null && owner.locationIds().contains(actor.locationId());
            case TILL_OWN -> coversTill(actor, owner);
            case COURIER_OWN -> actor.id().equals(owner.actorId());
            case SERVICE_FOR ->
                switch (actor.type()) {
                    case SHOPPER -> actor.id().equals(owner.customerId());
                    case TILL -> coversTill(actor, owner);
                    default -> true;
                };
        };
    }

    private static boolean coversTill(Actor till, Owner owner) {
        return till.id().equals(owner.actorId())
                && till.locationId() != null
                && owner.locationIds().contains(till.locationId());
    }

    /**
     * Whether one of the rights covers an object. This is the only place with the rule; the edge uses it for queries
     * and the runtime for commands.
     */
    public static boolean allows(Collection<Grant> grants, Actor actor, Owner owner) {
        return grants.stream().anyMatch(grant -> grant.covers(actor, owner));
    }
}
