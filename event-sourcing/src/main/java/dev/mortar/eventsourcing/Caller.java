package dev.mortar.eventsourcing;

import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The caller of a request: the actor, the role in which it acts, and the grants of the route that it has.
 *
 * @param role null if the request has neither token nor link
 * @param expiresAt when its token or link ends; {@link Instant#MAX} without one
 */
public record Caller(Actor actor, @Nullable Role role, Set<Grant> grants, Instant expiresAt) {
    /** A service of Mortar itself. */
    public static Caller system(String name) {
        return new Caller(Actor.system(name), Role.SERVICE, Set.of(Grant.SERVICE), Instant.MAX);
    }

    /**
     * A caller that acts in a role, with those grants of the route that the role has. A service that speaks for a party
     * has the rights of that party only.
     *
     * @param granted the grants of the route
     * @param speaksForOthers whether the caller is a service that may speak for others
     */
    public static Caller of(
            Actor actor, Role role, Collection<Grant> granted, boolean speaksForOthers, Instant expiresAt) {
        Set<Grant> grants = actor.via() != null
                ? Set.of(Grant.SERVICE_FOR)
                : granted.stream()
                        .filter(grant -> grant.fits(role, speaksForOthers))
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Grant.class)));
        return new Caller(actor, role, grants, expiresAt);
    }

    /**
     * Whether the caller may see an object. Callers from outside must not learn that a foreign object exists, so for
     * them false means the answer for an unknown object.
     *
     * @throws AccessDenied if a caller of the retailer may not see the object
     */
    public boolean sees(Owner owner) {
        if (Grant.allows(grants, actor, owner)) {
            return true;
        }
        if (actor.comesFromOutside()) {
            return false;
        }
        throw AccessDenied.otherStore();
    }

    /**
     * Requires a right for a part of a request that not every caller of the route may use.
     *
     * @throws AccessDenied without the right
     */
    public void require(Grant grant) {
        if (!grants.contains(grant)) {
            throw AccessDenied.role(grant.role());
        }
    }

    /**
     * Requires that the location in a request is the location where the caller acts, if the caller acts in one.
     *
     * @throws AccessDenied if it is another one
     */
    public void requireActingIn(String locationId) {
        if (role != null && role.actsInStore() && !locationId.equals(actor.locationId())) {
            throw AccessDenied.otherStore();
        }
    }
}
