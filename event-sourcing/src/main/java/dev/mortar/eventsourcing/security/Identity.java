package dev.mortar.eventsourcing.security;

import dev.mortar.eventsourcing.Role;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/**
 * What a token or a link says about its holder. Its authorities are the names of its roles.
 *
 * @see dev.mortar.eventsourcing.Caller the holder in one request
 */
final class Identity extends AbstractAuthenticationToken {
    private final String id;
    private final Set<Role> roles;
    private final List<String> stores;
    private final boolean speaksForOthers;
    private final Instant expiresAt;

    /** @param id subject of the token, or order id of the link */
    Identity(String id, Set<Role> roles, List<String> stores, boolean speaksForOthers, Instant expiresAt) {
        super(roles.stream()
                .map(role -> new SimpleGrantedAuthority(role.name()))
                .toList());
        this.id = id;
        this.roles = Set.copyOf(roles);
        this.stores = List.copyOf(stores);
        this.speaksForOthers = speaksForOthers;
        this.expiresAt = expiresAt;
        setAuthenticated(true);
    }

    String id() {
        return id;
    }

    Set<Role> roles() {
        return roles;
    }

    boolean has(Role role) {
        return roles.contains(role);
    }

    List<String> stores() {
        return stores;
    }

    boolean speaksForOthers() {
        return speaksForOthers;
    }

    Instant expiresAt() {
        return expiresAt;
    }

    @Override
    public String getCredentials() {
        return "";
    }

    @Override
    public String getPrincipal() {
        return id;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
