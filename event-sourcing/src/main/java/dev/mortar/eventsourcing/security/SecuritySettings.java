package dev.mortar.eventsourcing.security;

import dev.mortar.eventsourcing.Role;
import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The issuers of tokens, the secret of links to orders, and how many requests are allowed.
 *
 * @param issuers at least one
 * @param linkSecretFile file of the {@link RotatedSecret} of {@link OrderLinks}
 * @param allowHttpIssuer whether keys may come over plain HTTP from another host
 * @param anonymousRequestsPerMinute of a remote address, without a token or with a refused one
 * @param requestsPerMinute of a caller, by role
 * @param shopperTakesGoodsPerMinute orders and holds of a shopper
 * @param scrapeTokenFile file of the {@link RotatedSecret} with which a scraper reads metrics; null if only operators
 *     do
 */
@ConfigurationProperties("mortar.security")
record SecuritySettings(
        @DefaultValue List<Issuer> issuers,
        @Nullable String linkSecretFile,
        @DefaultValue("false") boolean allowHttpIssuer,
        int anonymousRequestsPerMinute,
        Map<Role, Integer> requestsPerMinute,
        int shopperTakesGoodsPerMinute,
        @Nullable String scrapeTokenFile) {
    SecuritySettings {
        if (anonymousRequestsPerMinute < 1
                || shopperTakesGoodsPerMinute < 1
                || !requestsPerMinute.keySet().equals(EnumSet.allOf(Role.class))
                || requestsPerMinute.values().stream().anyMatch(max -> max < 1)) {
            throw new IllegalArgumentException(
                    "mortar.security.requests-per-minute has each role, and each limit is at least 1");
        }
    }

    /**
     * An issuer.
     *
     * @param uri the claim {@code iss} of its tokens, character by character
     * @param jwksUri where it publishes its keys (RFC 7517)
     * @param audience the claim {@code aud} contains this
     * @param roles the roles that it may give, so that an issuer of shoppers never makes an operator
     * @param rolesClaim list of roles or groups
     * @param storesClaim list of location ids
     * @param idClaim opaque id of the caller
     * @param roleMap roles by the names that the issuer uses; other names are roles themselves
     */
    record Issuer(
            String uri,
            URI jwksUri,
            @DefaultValue("mortar") String audience,
            Set<Role> roles,
            @DefaultValue("roles") String rolesClaim,
            @DefaultValue("stores") String storesClaim,
            @DefaultValue("sub") String idClaim,
            @DefaultValue Map<String, Role> roleMap) {}
}
