package dev.mortar.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokensTest {
    private static final String ISSUER = "http://127.0.0.1:8109";
    private static final Instant START = Instant.parse("2026-06-01T08:00:00Z");
    private static final int THREADS = 16;

    @TempDir
    static Path folder;

    private static Path keys = Path.of("");

    private Instant now = START;
    private final Tokens tokens = new Tokens(ISSUER, keys, () -> now, Duration.ZERO);

    @BeforeAll
    static void makeKey() {
        keys = SecretFile.makeOnce(folder.resolve("keys.json"), Issuer::newKey);
    }

    @Test
    void aTokenHasTheClaimsThatServicesRead() throws Exception {
        SignedJWT token = SignedJWT.parse(tokens.token("LEAD a17 oslo-1"));

        assertThat(token.verify(new RSASSAVerifier(Issuer.read(keys).toPublicJWK())))
                .isTrue();
        assertThat(token.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.RS256);
        assertThat(token.getHeader().getKeyID()).isEqualTo(Issuer.read(keys).getKeyID());
        JWTClaimsSet claims = token.getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo(ISSUER);
        assertThat(claims.getAudience()).containsExactly("mortar");
        assertThat(claims.getSubject()).isEqualTo("a17");
        assertThat(claims.getIssueTime()).isEqualTo(START);
        assertThat(claims.getExpirationTime()).isEqualTo(START.plus(Duration.ofHours(8)));
        assertThat(claims.getJWTID()).isNotEmpty();
        assertThat(claims.getStringListClaim("roles")).containsExactly("LEAD");
        assertThat(claims.getStringListClaim("stores")).containsExactly("oslo-1");
        assertThat(claims.getClaim("act_for")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "ASSOCIATE a17 oslo-1, ASSOCIATE, a17, oslo-1",
        "TILL t4 oslo-1, TILL, t4, oslo-1",
        "COURIER k1, COURIER, k1,",
        "BACK_OFFICE b1, BACK_OFFICE, b1,",
        "OPERATOR o1, OPERATOR, o1,",
    })
    void anActorSpeaksForItself(String actor, String role, String id, String store) throws Exception {
        List<String> headers = tokens.headers(actor);

        JWTClaimsSet claims = claims(headers);
        assertThat(headers).hasSize(2);
        assertThat(claims.getSubject()).isEqualTo(id);
        assertThat(claims.getStringListClaim("roles")).containsExactly(role);
        assertThat(claims.getStringListClaim("stores")).isEqualTo(store == null ? null : List.of(store));
        assertThat(claims.getClaim("act_for")).isNull();
    }

    @Test
    void theOnlineShopSpeaksForAShopper() throws Exception {
        List<String> headers = tokens.headers("SHOPPER c1");

        assertThat(headers).endsWith("Mortar-On-Behalf-Of", "SHOPPER c1");
        assertThat(claims(headers).getSubject()).isEqualTo("online-shop");
        assertThat(claims(headers).getStringListClaim("roles")).containsExactly("SERVICE");
        assertThat(claims(headers).getBooleanClaim("act_for")).isTrue();
        assertThat(tokens.headers("SHOPPER c2").get(1)).isEqualTo(headers.get(1));
    }

    @Test
    void aSystemIsAServiceThatSpeaksForNobody() throws Exception {
        List<String> headers = tokens.headers("SYSTEM uploader");

        assertThat(headers).hasSize(2);
        assertThat(claims(headers).getSubject()).isEqualTo("uploader");
        assertThat(claims(headers).getStringListClaim("roles")).containsExactly("SERVICE");
        assertThat(claims(headers).getBooleanClaim("act_for")).isTrue();
    }

    @Test
    void aTokenIsUsedUntilAMinuteBeforeItsEnd() {
        String first = tokens.token("OPERATOR o1");

        now = START.plus(Tokens.LIFE).minusSeconds(61);
        assertThat(tokens.token("OPERATOR o1")).isEqualTo(first);
        now = START.plus(Tokens.LIFE).minusSeconds(60);
        assertThat(tokens.token("OPERATOR o1")).isNotEqualTo(first);
    }

    @Test
    void servicesWithWrongClocksTakeATokenAndItLivesADayAtMost() throws Exception {
        Duration off = Duration.ofHours(9);
        Tokens tolerant = tokens.tolerating(off);
        String first = tolerant.token("OPERATOR o1");
        JWTClaimsSet claims = SignedJWT.parse(first).getJWTClaimsSet();

        assertThat(claims.getIssueTime()).isEqualTo(START.minus(off));
        assertThat(claims.getExpirationTime()).isEqualTo(START.minus(off).plus(Duration.ofHours(24)));
        now = START.plus(Duration.ofHours(6)).minusSeconds(61);
        assertThat(tolerant.token("OPERATOR o1")).isEqualTo(first);
        assertThat(claims.getExpirationTime()).isAfter(now.plus(off));
        now = now.plusSeconds(1);
        assertThat(tolerant.token("OPERATOR o1")).isNotEqualTo(first);
    }

    @Test
    void manyThreadsShareOneToken() throws InterruptedException {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        var begin = new CountDownLatch(1);
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < THREADS; i++) {
                threads.submit(() -> {
                    begin.await();
                    return seen.add(tokens.token("ASSOCIATE a1 oslo-1"));
                });
            }
            begin.countDown();
        }

        assertThat(seen).hasSize(1);
    }

    @Test
    void aMissingKeyIsNamedWithTheCommandThatMakesIt() {
        Tokens none = new Tokens(ISSUER, folder.resolve("none.json"));

        assertThatThrownBy(() -> none.token("OPERATOR o1"))
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("none.json")
                .hasMessageContaining("./mortar up");
    }

    private static JWTClaimsSet claims(List<String> headers) throws Exception {
        assertThat(headers.getFirst()).isEqualTo("Authorization");
        return SignedJWT.parse(headers.get(1).replaceFirst("^Bearer ", "")).getJWTClaimsSet();
    }
}
