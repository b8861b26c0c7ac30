package dev.mortar.eventsourcing.security;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import dev.mortar.eventsourcing.Role;
import dev.mortar.eventsourcing.http.IssuerAway;
import dev.mortar.eventsourcing.security.SecuritySettings.Issuer;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.authentication.JwtIssuerAuthenticationManagerResolver;

/**
 * Verifies tokens (JWT, RFC 9068) of the configured issuers and makes an {@link Identity} of them. The claims are
 * {@code iss}, {@code aud}, {@code sub}, {@code exp}, {@code iat}, {@code roles}, {@code stores} and {@code act_for}.
 */
final class Tokens {
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);
    private static final Duration LIFE_MAX = Duration.ofHours(24);
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);
    private static final int TIMEOUT_MS = 2_000;
    private static final int KEYS_BYTES_MAX = 256 * 1024;
    private static final Duration KEYS_CACHED = Duration.ofMinutes(5);
    private static final Duration KEYS_REFRESH_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration OUTAGE_TOLERATED = Duration.ofHours(4);

    /** A caller sends the same token many times, and to verify a signature costs more than all other checks. */
    private static final Duration VERIFIED_FOR = Duration.ofSeconds(60);

    private static final int VERIFIED_MAX = 10_000;

    private Tokens() {}

    /**
     * Authenticates each token with the keys of its issuer; the claim {@code iss} names the issuer.
     *
     * @param beforeVerifying refuses a request by an exception before its token costs a signature check
     */
    static AuthenticationManagerResolver<HttpServletRequest> resolver(
            SecuritySettings settings, Consumer<HttpServletRequest> beforeVerifying) {
        if (settings.issuers().isEmpty()) {
            throw new IllegalArgumentException("mortar.security.issuers is empty, so nobody could call this service");
        }
        Map<String, AuthenticationManager> managers = new LinkedHashMap<>();
        for (Issuer issuer : settings.issuers()) {
            requireSafe(issuer.jwksUri(), settings.allowHttpIssuer());
            var retriever = new KeyRetriever();
            var provider = new JwtAuthenticationProvider(decoder(issuer, retriever));
            provider.setJwtAuthenticationConverter(token -> identity(token, issuer));
            if (managers.put(issuer.uri(), authentication -> authenticate(provider, retriever, authentication))
                    != null) {
                throw new IllegalArgumentException("mortar.security.issuers has " + issuer.uri() + " twice");
            }
        }
        var verified = Caffeine.newBuilder()
                .maximumSize(VERIFIED_MAX)
                .expireAfterWrite(VERIFIED_FOR)
                .<String, Authentication>build();
        var byIssuer = new JwtIssuerAuthenticationManagerResolver((AuthenticationManagerResolver<String>) issuer -> {
            AuthenticationManager manager = managers.get(issuer);
            if (manager == null) {
                throw new InvalidBearerTokenException("The issuer of the token is not known");
            }
            return manager;
        });
        return request -> token -> {
            String text = ((BearerTokenAuthenticationToken) token).getToken();
            Authentication known = verified.getIfPresent(text);
            if (known instanceof Identity identity && Instant.now().isBefore(identity.expiresAt())) {
                return known;
            }
            beforeVerifying.accept(request);
            Authentication checked = byIssuer.resolve(request).authenticate(token);
            verified.put(text, checked);
            return checked;
        };
    }

    /** Gets the keys of an issuer, and knows whether the issuer was there when it was last asked. */
    private static final class KeyRetriever implements ResourceRetriever {
        private final ResourceRetriever http = new DefaultResourceRetriever(TIMEOUT_MS, TIMEOUT_MS, KEYS_BYTES_MAX);
        private volatile boolean hasAnswered;

        @Override
        public Resource retrieveResource(URL url) throws IOException {
            try {
                Resource keys = http.retrieveResource(url);
                hasAnswered = true;
                return keys;
            } catch (IOException e) {
                hasAnswered = false;
                throw e;
            }
        }
    }

    private static Authentication authenticate(
            AuthenticationProvider tokens, KeyRetriever retriever, Authentication token) {
        try {
            return Objects.requireNonNull(tokens.authenticate(token));
        } catch (AuthenticationServiceException e) {
            // Nimbus asks the issuer for an unknown key only from time to time, so a flood of forged tokens ends here.
            // If the issuer was away the last time, it may have the key.
            for (Throwable cause = e; cause != null && retriever.hasAnswered; cause = cause.getCause()) {
                if (cause instanceof RateLimitReachedException) {
                    throw new InvalidBearerTokenException("The key of the token is not known", e);
                }
            }
            throw new IssuerAway(e);
        }
    }

    private static void requireSafe(URI keys, boolean allowHttp) {
        boolean safe = "https".equals(keys.getScheme())
                || "http".equals(keys.getScheme()) && (allowHttp || isLoopback(keys.getHost()));
        if (!safe) {
            throw new IllegalArgumentException("The keys of an issuer must come by https, not from " + keys);
        }
    }

    private static boolean isLoopback(@Nullable String host) {
        try {
            return host != null && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static NimbusJwtDecoder decoder(Issuer issuer, KeyRetriever retriever) {
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSource(keys(issuer.jwksUri(), retriever))
                .jwsAlgorithms(algorithms ->
                        ALGORITHMS.forEach(algorithm -> algorithms.add(SignatureAlgorithm.from(algorithm.getName()))))
                .build();
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(List.of(
                new JwtIssuerValidator(issuer.uri()),
                new JwtTimestampValidator(CLOCK_SKEW),
                audience(issuer.audience()),
                Tokens::life)));
        return decoder;
    }

    /** The keys of an issuer. Services go on with the keys they know while the issuer is away. */
    private static JWKSource<SecurityContext> keys(URI uri, KeyRetriever retriever) {
        try {
            return JWKSourceBuilder.create(uri.toURL(), retriever)
                    .cache(KEYS_CACHED.toMillis(), KEYS_REFRESH_TIMEOUT.toMillis())
                    .refreshAheadCache(true)
                    .retrying(true)
                    .outageTolerant(OUTAGE_TOLERATED.toMillis())
                    .build();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("jwks-uri " + uri + " is not a URL", e);
        }
    }

    private static OAuth2TokenValidator<Jwt> audience(String audience) {
        return token -> token.getAudience() != null && token.getAudience().contains(audience)
                ? OAuth2TokenValidatorResult.success()
                : invalid("The token is not for " + audience);
    }

    private static OAuth2TokenValidatorResult life(Jwt token) {
        Instant issuedAt = token.getIssuedAt();
        Instant expiresAt = token.getExpiresAt();
        if (issuedAt == null || expiresAt == null) {
            return invalid("The token has no iat or no exp");
        }
        if (issuedAt.isAfter(Instant.now().plus(CLOCK_SKEW))) {
            return invalid("The token is issued in the future");
        }
        return Duration.between(issuedAt, expiresAt).compareTo(LIFE_MAX) > 0
                ? invalid("The token lives longer than " + LIFE_MAX.toHours() + " hours")
                : OAuth2TokenValidatorResult.success();
    }

    private static OAuth2TokenValidatorResult invalid(String why) {
        return OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token", why, null));
    }

    private static Identity identity(Jwt token, Issuer issuer) {
        Set<Role> roles = texts(token, issuer.rolesClaim()).stream()
                .map(name -> issuer.roleMap().getOrDefault(name, Role.ofToken(name)))
                .filter(Objects::nonNull)
                .filter(issuer.roles()::contains)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Role.class)));
        Object id = token.getClaims().get(issuer.idClaim());
        boolean speaksForOthers = roles.contains(Role.SERVICE)
                && Boolean.TRUE.equals(token.getClaims().get("act_for"));
        return new Identity(
                id instanceof String text ? text : "",
                roles,
                texts(token, issuer.storesClaim()),
                speaksForOthers,
                Objects.requireNonNull(token.getExpiresAt()));
    }

    /** The texts of a claim that is a list; none if it is anything else. */
    private static List<String> texts(Jwt token, String claim) {
        Object value = token.getClaims().get(claim);
        Stream<?> values = value instanceof List<?> list ? list.stream() : Stream.empty();
        return values.filter(String.class::isInstance).map(String.class::cast).toList();
    }
}
