package dev.mortar.localstack;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Signs tokens with the key of an {@link Issuer}, so that tools and tests call the services as thousands of actors and
 * ask nobody for a token. Thread-safe. A token is signed once and used until a minute before its end.
 */
public final class Tokens {
    /** The roles that a token may have. */
    static final List<String> ROLES =
            List.of("SHOPPER", "ASSOCIATE", "LEAD", "TILL", "COURIER", "BACK_OFFICE", "OPERATOR", "SERVICE");

    /** Reads whatever the retailer's own people may read. */
    public static final String READER = "BACK_OFFICE mortar";
    /** Runs the services: dead letters, checkpoints, metrics. */
    public static final String OPERATOR = "OPERATOR mortar";

    static final Duration LIFE = Duration.ofHours(8);
    /** No service accepts a token that lives longer. */
    private static final Duration LIFE_MAX = Duration.ofHours(24);

    private static final Duration RENEWED_BEFORE_END = Duration.ofSeconds(60);

    private final String issuer;
    private final Path keys;
    private final InstantSource clock;
    /** How far the clock of a service may be off. */
    private final Duration off;

    private final Map<Holder, Signed> signed = new ConcurrentHashMap<>();
    private @Nullable RSAKey key;

    /**
     * Who a token is for.
     *
     * @param stores the locations where an associate, lead or till works
     * @param actsFor whether a service may speak for others
     */
    record Holder(String role, String id, List<String> stores, boolean actsFor) {
        static Holder service(String id) {
            return new Holder("SERVICE", id, List.of(), true);
        }
    }

    private record Signed(String token, Instant renewedAt) {}

    /**
     * Tokens of an issuer.
     *
     * @param keys the file of its key, which is read when the first token is signed
     */
    public Tokens(String issuer, Path keys) {
        this(issuer, keys, InstantSource.system(), Duration.ZERO);
    }

    Tokens(String issuer, Path keys, InstantSource clock, Duration off) {
        this.issuer = issuer;
        this.keys = keys;
        this.clock = clock;
        this.off = off;
    }

    /** Tokens for the stack that people use. */
    public static Tokens known() {
        return known(Build.find().root().resolve(".stack/data/issuer/keys.json"));
    }

    /** Tokens for a stack whose issuer has the same name and another key, such as that of the containers. */
    public static Tokens known(Path keys) {
        return new Tokens("http://127.0.0.1:" + Ports.KNOWN.get("issuer"), keys);
    }

    /** The same for services whose clocks are off by so much at most, which is less than 12 hours. */
    public Tokens tolerating(Duration off) {
        return new Tokens(issuer, keys, clock, off);
    }

    String issuer() {
        return issuer;
    }

    /** The key that verifies these tokens: a SubjectPublicKeyInfo (RFC 5280) in Base64. */
    String publicKey() {
        try {
            return Base64.getEncoder().encodeToString(key().toRSAPublicKey().getEncoded());
        } catch (JOSEException e) {
            throw new IllegalStateException("the signing key is no RSA key", e);
        }
    }

    /** The settings with which a service accepts these tokens. */
    public Map<String, String> settings() {
        return Map.of(
                "MORTAR_SECURITY_ISSUERS_0_URI",
                issuer,
                "MORTAR_SECURITY_ISSUERS_0_JWKSURI",
                issuer + Issuer.PATH,
                "MORTAR_SECURITY_ISSUERS_0_ROLES",
                String.join(",", ROLES));
    }

    /**
     * The headers, names and values in turn, of a request of an actor: {@code TYPE id} or {@code TYPE id location}.
     *
     * <p>The online shop speaks for a shopper. {@code SYSTEM id} is a service that may speak for others and now speaks
     * for nobody. Every other type is the role of a token.
     */
    public List<String> headers(String actor) {
        if (actor.startsWith("SHOPPER ")) {
            return List.of("Authorization", "Bearer " + token("SYSTEM online-shop"), "Mortar-On-Behalf-Of", actor);
        }
        return List.of("Authorization", "Bearer " + token(actor));
    }

    /** The token of an actor that speaks for itself. */
    public String token(String actor) {
        String[] words = actor.split(" ", -1);
        Holder holder = words[0].equals("SYSTEM")
                ? Holder.service(words[1])
                : new Holder(words[0], words[1], List.of(words).subList(2, words.length), false);
        Instant now = clock.instant();
        Signed known = signed.get(holder);
        if (known == null || !now.isBefore(known.renewedAt())) {
            signed.values().removeIf(each -> !now.isBefore(each.renewedAt()));
            known = signed.computeIfAbsent(holder, each -> signedAt(now, each));
        }
        return known.token();
    }

    private Signed signedAt(Instant now, Holder holder) {
        Duration wanted = LIFE.plus(off).plus(off);
        Duration life = wanted.compareTo(LIFE_MAX) < 0 ? wanted : LIFE_MAX;
        Instant goodUntil = now.plus(life).minus(off).minus(off);
        return new Signed(sign(holder, life), goodUntil.minus(RENEWED_BEFORE_END));
    }

    /** A new token. */
    String sign(Holder holder, Duration life) {
        Instant issued = clock.instant().minus(off);
        var claims = new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience("mortar")
                .subject(holder.id())
                .issueTime(Date.from(issued))
                .expirationTime(Date.from(issued.plus(life)))
                .jwtID(UUID.randomUUID().toString())
                .claim("roles", List.of(holder.role()));
        if (!holder.stores().isEmpty()) {
            claims.claim("stores", holder.stores());
        }
        if (holder.actsFor()) {
            claims.claim("act_for", true);
        }
        return sign(claims.build());
    }

    private String sign(JWTClaimsSet claims) {
        try {
            RSAKey signing = key();
            var header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                    .keyID(signing.getKeyID())
                    .build();
            var token = new SignedJWT(header, claims);
            token.sign(new RSASSASigner(signing));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("a token could not be signed", e);
        }
    }

    private synchronized RSAKey key() {
        if (key == null) {
            key = Issuer.read(keys);
        }
        return key;
    }
}
