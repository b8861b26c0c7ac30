package dev.mortar.eventsourcing.security;

import dev.mortar.eventsourcing.AccessDenied;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.eventsourcing.Role;
import dev.mortar.eventsourcing.http.BadRequest;
import dev.mortar.eventsourcing.http.HeaderText;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.InsufficientAuthenticationException;

/** Makes the {@link Caller} of a request from its {@link Identity}, its headers and the grants of its route. */
final class Callers {
    static final String LOCATION = "Mortar-Location";
    static final String ON_BEHALF_OF = "Mortar-On-Behalf-Of";

    private static final Caller ANONYMOUS =
            new Caller(new Actor(Actor.Type.SHOPPER, "anonymous", null), null, Set.of(Grant.PUBLIC), Instant.MAX);

    private Callers() {}

    /**
     * @param identity null without a token or link
     * @throws InsufficientAuthenticationException 401, if the route needs a token and there is none
     * @throws AccessDenied 403, if the caller may not use the route
     * @throws BadRequest 400, if a header is malformed or missing
     */
    static Caller of(HttpServletRequest request, @Nullable Identity identity, Collection<Grant> granted) {
        if (request.getHeader("Mortar-Actor") != null) {
            throw BadRequest.malformed("Mortar-Actor", "is not a header any more; the actor comes from the token");
        }
        if (identity == null) {
            if (granted.contains(Grant.PUBLIC)) {
                return ANONYMOUS;
            }
            throw new InsufficientAuthenticationException("A token is required");
        }
        Role role = actingRole(identity, granted);
        String party = HeaderText.of(request, ON_BEHALF_OF);
        if (role == null) {
            return new Caller(outsider(identity), null, Set.of(Grant.PUBLIC), identity.expiresAt());
        }
        if (party != null && (role != Role.SERVICE || !identity.speaksForOthers())) {
            throw AccessDenied.speaksForOthers();
        }
        Actor actor = party == null ? actor(identity, role, request) : checked(party(party, identity.id()));
        return Caller.of(actor, role, granted, identity.speaksForOthers(), identity.expiresAt());
    }

    /** The first role of the caller that the route grants; null if it grants only what everybody may. */
    private static @Nullable Role actingRole(Identity identity, Collection<Grant> granted) {
        for (Role role : Role.values()) {
            if (identity.has(role)
                    && granted.stream()
                            .anyMatch(grant -> grant != Grant.PUBLIC && grant.fits(role, identity.speaksForOthers()))) {
                return role;
            }
        }
        if (granted.contains(Grant.PUBLIC)) {
            return null;
        }
        throw AccessDenied.role(null);
    }

    private static Actor outsider(Identity identity) {
        return new Actor(Actor.Type.SHOPPER, identity.id(), null);
    }

    private static Actor actor(Identity identity, Role role, HttpServletRequest request) {
        if (role == Role.ORDER_LINK) {
            return Actor.ofLink(identity.id());
        }
        String location = role.actsInStore() ? actingStore(identity, request) : null;
        Actor.Type type = switch (role) {
            case SERVICE, ORDER_LINK -> Actor.Type.SYSTEM;
            case LEAD, ASSOCIATE -> Actor.Type.ASSOCIATE;
            case TILL -> Actor.Type.TILL;
            case COURIER -> Actor.Type.COURIER;
            case BACK_OFFICE -> Actor.Type.BACK_OFFICE;
            case OPERATOR -> Actor.Type.OPERATOR;
            case SHOPPER -> Actor.Type.SHOPPER;
        };
        return checked(new Actor(type, identity.id(), location));
    }

    private static Actor checked(Actor actor) {
        String fault = actor.fault();
        if (fault != null) {
            throw AccessDenied.personalId(fault);
        }
        return actor;
    }

    private static String actingStore(Identity identity, HttpServletRequest request) {
        String named = HeaderText.of(request, LOCATION);
        List<String> stores = identity.stores();
        if (named == null && stores.size() > 1) {
            throw BadRequest.malformed(LOCATION, "must name one of the stores of the token");
        }
        String store = named == null ? (stores.isEmpty() ? null : stores.getFirst()) : named;
        if (store == null || !stores.contains(store)) {
            throw AccessDenied.otherStore();
        }
        return store;
    }

    private static Actor party(String header, String service) {
        String[] parts = header.trim().split(" +", -1);
        for (Actor.Type type : List.of(Actor.Type.SHOPPER, Actor.Type.TILL)) {
            boolean fits = parts[0].equals(type.name()) && parts.length == (type == Actor.Type.TILL ? 3 : 2);
            if (fits) {
                return new Actor(type, parts[1], parts.length == 3 ? parts[2] : null, service);
            }
        }
        throw BadRequest.malformed(ON_BEHALF_OF, "must be SHOPPER id or TILL id locationId");
    }
}
