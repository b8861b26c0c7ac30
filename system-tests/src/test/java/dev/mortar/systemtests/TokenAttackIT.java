package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every service refuses forged, foreign and stale tokens. */
class TokenAttackIT {
    /** A read of each service that a good token of the back office finds nothing at. */
    private static final Map<String, String> READS = Map.of(
            "order", "/v1/orders/none",
            "inventory", "/v1/locations/none/stock/none/events",
            "pickup", "/v1/pickups/none",
            "returns", "/v1/orders/none/returnable",
            "notification", "/v1/notifications/none");

    private static final int LONG = 16 * 1024;

    private final Shop stranger = Shop.open().as(Shop.NOBODY);

    /**
     * A token that must not be accepted.
     *
     * @param statuses the possible answers
     */
    record Attack(String what, String token, List<Integer> statuses) {
        Attack(String what, String token) {
            this(what, token, List.of(401));
        }

        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Attack> attacks() throws JOSEException {
        var forgery = new Forgery(TheStack.get());
        JWTClaimsSet good = claims(forgery).build();
        RSAKey other = new RSAKeyGenerator(2048).keyID("other").generate();
        Instant now = Instant.now();
        byte[] publicKey = forgery.key.toRSAPublicKey().getEncoded();
        JWSHeader symmetric = new JWSHeader.Builder(JWSAlgorithm.HS256)
                .keyID(forgery.key.getKeyID())
                .build();
        String signed = forgery.signed(good);
        return Stream.of(
                new Attack("no signature", new PlainJWT(good).serialize()),
                new Attack("signature left out", signed.substring(0, signed.lastIndexOf('.') + 1)),
                new Attack("HS256 with the public key", Forgery.signed(symmetric, good, new MACSigner(publicKey))),
                new Attack("a key of nobody", Forgery.signed(forgery.header().build(), good, other)),
                new Attack(
                        "another issuer",
                        forgery.signed(claims(forgery)
                                .issuer("https://idp.example.com")
                                .build())),
                new Attack(
                        "no issuer", forgery.signed(claims(forgery).issuer(null).build())),
                new Attack(
                        "another audience",
                        forgery.signed(claims(forgery).audience("payroll").build())),
                new Attack(
                        "expired",
                        forgery.signed(claims(forgery)
                                .issueTime(Date.from(now.minus(Duration.ofHours(2))))
                                .expirationTime(Date.from(now.minus(Duration.ofHours(1))))
                                .build())),
                new Attack(
                        "valid later",
                        forgery.signed(claims(forgery)
                                .notBeforeTime(Date.from(now.plus(Duration.ofMinutes(5))))
                                .build())),
                new Attack(
                        "issued later",
                        forgery.signed(claims(forgery)
                                .issueTime(Date.from(now.plus(Duration.ofMinutes(5))))
                                .build())),
                new Attack(
                        "no end",
                        forgery.signed(claims(forgery).expirationTime(null).build())),
                new Attack(
                        "a life of 25 hours",
                        forgery.signed(claims(forgery)
                                .expirationTime(Date.from(now.plus(Duration.ofHours(25))))
                                .build())),
                new Attack(
                        "keys of the attacker, by jku",
                        Forgery.signed(
                                forgery.header()
                                        .jwkURL(URI.create("http://127.0.0.1:1/keys.json"))
                                        .build(),
                                good,
                                other)),
                new Attack(
                        "key of the attacker, by jwk",
                        Forgery.signed(forgery.header().jwk(other.toPublicJWK()).build(), good, other)),
                new Attack(
                        "kid with a path",
                        Forgery.signed(
                                new JWSHeader.Builder(JWSAlgorithm.RS256)
                                        .keyID("../../../../dev/null")
                                        .build(),
                                good,
                                other)),
                new Attack("no token at all", "x"),
                // Such a token is good, and its holder has no role.
                new Attack(
                        "roles as text",
                        forgery.signed(
                                claims(forgery).claim("roles", "BACK_OFFICE").build()),
                        List.of(401, 403)),
                // The server closes the connection or answers before it knows what is asked for.
                new Attack(
                        "16 KiB",
                        forgery.signed(claims(forgery)
                                .claim("padding", "x".repeat(LONG))
                                .build()),
                        List.of(400, 401, 431)));
    }

    private static JWTClaimsSet.Builder claims(Forgery forgery) {
        return forgery.claims("b1", "BACK_OFFICE");
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void noServiceAcceptsIt(Attack attack) {
        READS.forEach((service, path) -> {
            Answer answer = stranger.get(service, path, "Authorization", "Bearer " + attack.token());

            answer.is(attack.statuses().toArray(Integer[]::new));
            if (answer.status() == 401) {
                assertThat(answer.header("www-authenticate")).as("%s", answer).startsWith("Bearer");
            }
            if (answer.status() == 401 || answer.status() == 403) {
                assertThat(answer.header("content-type")).startsWith("application/problem+json");
                assertThat(answer.number("/status")).isEqualTo(answer.status());
            }
        });
    }

    /** Otherwise the attacks would prove nothing. */
    @Test
    void theSameTokenUnchangedIsAccepted() {
        var forgery = new Forgery(TheStack.get());
        String token = forgery.signed(claims(forgery).build());

        READS.forEach((service, path) ->
                stranger.get(service, path, "Authorization", "Bearer " + token).is(200, 404));
    }

    @Test
    void aTokenOutsideItsHeaderIsNoToken() {
        var forgery = new Forgery(TheStack.get());
        String token = forgery.signed(claims(forgery).build());

        READS.forEach((service, path) -> {
            stranger.get(service, path).is(401);
            stranger.get(service, path + "?access_token=" + token).is(400, 401);
            stranger.get(service, path, "Cookie", "access_token=" + token).is(401);
            stranger.get(service, path, "Authorization", "Basic " + token).is(401);
        });
    }
}
