package dev.mortar.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenCliTest {
    @TempDir
    static Path folder;

    private static Path keys = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void makeKey() {
        keys = SecretFile.makeOnce(folder.resolve("keys.json"), Issuer::newKey);
    }

    @Test
    void aTokenIsPrintedAndNothingElse() throws ParseException {
        assertThat(run("LEAD a17 oslo-1 bergen-1 --minutes 30")).isZero();

        assertThat(said(out)).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+\n");
        assertThat(said(err)).isEmpty();
        JWTClaimsSet claims = SignedJWT.parse(said(out).strip()).getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo("http://127.0.0.1:8109");
        assertThat(claims.getSubject()).isEqualTo("a17");
        assertThat(claims.getStringListClaim("roles")).containsExactly("LEAD");
        assertThat(claims.getStringListClaim("stores")).containsExactly("oslo-1", "bergen-1");
        assertThat(Duration.between(
                        claims.getIssueTime().toInstant(),
                        claims.getExpirationTime().toInstant()))
                .isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void aServiceMaySpeakForOthersIfAsked() throws ParseException {
        assertThat(run("SERVICE online-shop --act-for")).isZero();
        JWTClaimsSet claims = SignedJWT.parse(said(out).strip()).getJWTClaimsSet();
        assertThat(claims.getBooleanClaim("act_for")).isTrue();

        out.reset();
        assertThat(run("SERVICE reports")).isZero();
        assertThat(SignedJWT.parse(said(out).strip()).getJWTClaimsSet().getClaim("act_for"))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LEAD                          | name a role and an id",
                "KING arthur                   | there is no role KING",
                "ORDER_LINK o1                 | there is no role ORDER_LINK",
                "ASSOCIATE a17                 | a token of the role ASSOCIATE needs a store",
                "BACK_OFFICE b1 oslo-1         | a token of the role BACK_OFFICE has no store",
                "SHOPPER anna@example.com      | looks like a mail address",
                "OPERATOR o1 --act-for         | --act-for is for the role SERVICE",
                "OPERATOR o1 --minutes 1441    | --minutes 1441 is out of range",
                "OPERATOR o1 --minutes soon    | --minutes takes a number",
                "OPERATOR o1 --days 3          | there is no option --days"
            })
    void whatCannotBeUnderstoodEndsWithTwoAndSaysWhy(String arguments, String why) {
        assertThat(run(arguments)).isEqualTo(2);

        assertThat(said(out)).isEmpty();
        assertThat(said(err)).startsWith("mortar: ").contains(why, "./mortar token ROLE ID");
    }

    @Test
    void aMissingKeyEndsWithOne() {
        assertThat(TokenCli.run(
                        List.of(
                                "OPERATOR",
                                "o1",
                                "--key",
                                folder.resolve("none").toString()),
                        print(out),
                        print(err)))
                .isOne();

        assertThat(said(out)).isEmpty();
        assertThat(said(err)).contains("There is no signing key");
    }

    private int run(String arguments) {
        List<String> all = new ArrayList<>(List.of(arguments.strip().split(" +", -1)));
        all.addAll(List.of("--key", keys.toString()));
        return TokenCli.run(all, print(out), print(err));
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private static String said(ByteArrayOutputStream from) {
        return from.toString(StandardCharsets.UTF_8);
    }
}
