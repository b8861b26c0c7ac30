package dev.mortar.eventsourcing.security;

import static com.nimbusds.jose.JWSAlgorithm.RS256;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Caller;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.SecurityLog;
import dev.mortar.eventsourcing.http.MortarWebAutoConfiguration;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springdoc.core.configuration.SpringDocConfiguration;
import org.springdoc.core.properties.SpringDocConfigProperties;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.info.InfoEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.actuate.web.ServletManagementContextAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatServletManagementContextAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each caller gets what its token or link allows, on a real server and with tokens of a real issuer. */
class FilterChainTest {
    private static final String ISSUER = "https://issuer.test";
    private static final String ISSUER_AWAY = "https://away.test";
    private static final String SECRET = "k1:0123456789abcdef";

    @Configuration
    @ImportAutoConfiguration({
        JacksonAutoConfiguration.class,
        HttpMessageConvertersAutoConfiguration.class,
        TomcatServletWebServerAutoConfiguration.class,
        DispatcherServletAutoConfiguration.class,
        WebMvcAutoConfiguration.class,
        EndpointAutoConfiguration.class,
        JacksonEndpointAutoConfiguration.class,
        WebEndpointAutoConfiguration.class,
        InfoEndpointAutoConfiguration.class,
        ManagementContextAutoConfiguration.class,
        ServletManagementContextAutoConfiguration.class,
        TomcatServletManagementContextAutoConfiguration.class,
        SpringDocConfiguration.class,
        SpringDocConfigProperties.class,
        SecurityAutoConfiguration.class,
        ServletWebSecurityAutoConfiguration.class,
        SecurityFilterAutoConfiguration.class,
        MortarWebAutoConfiguration.class,
        MortarSecurityAutoConfiguration.class
    })
    static class Web {
        @Bean
        Orders orders() {
            return new Orders();
        }

        @Bean
        SecurityLog securityLog() {
            return new SecurityLog("order", METERS);
        }
    }

    @RestController
    static class Orders {
        @Access(Grant.PUBLIC)
        @GetMapping("/open")
        String open() {
            return "open";
        }

        @GetMapping("/bare")
        String bare() {
            return "nobody may see this";
        }

        @Access({Grant.SHOPPER_OWN, Grant.LINK_OWN, Grant.ASSOCIATE_STORE, Grant.SERVICE_FOR})
        @GetMapping("/orders/{orderId}")
        String order(@PathVariable String orderId, Caller caller) {
            if (!caller.sees(new Owner("c1", orderId, Set.of("oslo-1"), null))) {
                throw new ResponseStatusException(HttpStatus.NOT_FOUND);
            }
            return caller.actor().toString();
        }

        @Access(
                value = {Grant.SHOPPER_OWN, Grant.BACK_OFFICE, Grant.SERVICE_FOR},
                takesGoods = true)
        @GetMapping("/take")
        String take() {
            return "taken";
        }

        @Access({Grant.LINK_OWN, Grant.BACK_OFFICE})
        @GetMapping("/first-order")
        String firstOrder(Caller caller) {
            if (!caller.sees(new Owner("c1", "o1", Set.of(), null))) {
                throw new ResponseStatusException(HttpStatus.NOT_FOUND);
            }
            return "first";
        }
    }

    private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();
    private static final ListAppender<ILoggingEvent> LINES = new ListAppender<>();

    private static RSAKey key;
    private static HttpServer issuer;
    private static ConfigurableApplicationContext context;
    private static String base;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        key = new RSAKeyGenerator(2048).keyID("k1").generate();
        byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(UTF_8);
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/keys", request -> {
            request.sendResponseHeaders(200, keys.length);
            request.getResponseBody().write(keys);
            request.close();
        });
        issuer.start();
        Files.writeString(folder.resolve("spring.mail.password"), "secret of a file");
        context = new SpringApplicationBuilder(Web.class)
                .web(WebApplicationType.SERVLET)
                .properties(
                        "spring.config.import=classpath:mortar.yaml",
                        "server.port=0",
                        "management.server.port=0",
                        "MORTAR_SECRETS_DIR=" + folder,
                        "MORTAR_LINK_SECRET_FILE=" + Files.writeString(folder.resolve("links"), SECRET),
                        "mortar.security.issuers[0].uri=" + ISSUER,
                        "mortar.security.issuers[0].jwks-uri=http://127.0.0.1:"
                                + issuer.getAddress().getPort() + "/keys",
                        "mortar.security.issuers[0].roles=SHOPPER,ASSOCIATE,BACK_OFFICE,OPERATOR,SERVICE",
                        "mortar.security.issuers[1].uri=" + ISSUER_AWAY,
                        "mortar.security.issuers[1].jwks-uri=http://127.0.0.1:1/keys",
                        "mortar.security.issuers[1].roles=SHOPPER")
                .run();
        base = "http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port");
        LINES.start();
        Logger logger = (Logger) LoggerFactory.getLogger("mortar.security");
        logger.setLevel(Level.WARN);
        logger.addAppender(LINES);
    }

    @AfterAll
    static void stop() {
        ((Logger) LoggerFactory.getLogger("mortar.security")).detachAppender(LINES);
        context.close();
        issuer.stop(0);
    }

    @Test
    void managementIsForOperators() throws Exception {
        String info = "/actuator/info";
        assertProblem(management(info), 401);
        assertProblem(management(info, "Authorization", "Bearer garbage"), 401);
        assertProblem(management(info, bearer(claims("b1", "BACK_OFFICE"))), 403);
        assertThat(management(info, bearer(claims("o1", "OPERATOR"))).statusCode())
                .isEqualTo(200);
        assertThat(get(info, bearer(claims("o1", "OPERATOR"))).statusCode())
                .as("on the port of the API")
                .isEqualTo(404);
    }

    private static HttpResponse<String> management(String path, String... headers) throws Exception {
        String port = context.getEnvironment().getRequiredProperty("local.management.port");
        return sent("127.0.0.1", "http://127.0.0.1:" + port + path, headers);
    }

    private static void assertProblem(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }

    @Test
    void aFileIsTheSettingOfItsName() {
        assertThat(context.getEnvironment().getProperty("spring.mail.password")).isEqualTo("secret of a file");
    }

    @Test
    void withoutATokenOnlyPublicRoutesAnswer() throws Exception {
        assertThat(get("/open").statusCode()).isEqualTo(200);
        HttpResponse<String> refused = get("/orders/o1");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    }

    @Test
    void aBadTokenIsRefusedAlsoOnAPublicRoute() throws Exception {
        RSAKey other = new RSAKeyGenerator(2048).keyID("k1").generate();
        Instant past = Instant.now().minus(Duration.ofHours(2));
        for (String bad : List.of(
                "garbage",
                signed(claims("c1", "SHOPPER").build(), other),
                signed(claims("c1", "SHOPPER").expirationTime(Date.from(past)).build()),
                signed(claims("c1", "SHOPPER").audience("another").build()),
                signed(claims("c1", "SHOPPER").issuer("https://unknown.test").build()))) {
            HttpResponse<String> refused = get("/open", "Authorization", "Bearer " + bad);
            assertThat(refused.statusCode()).as(bad).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate")).hasValue("Bearer error=\"invalid_token\"");
            assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/orders//o1", "/orders/o1;x=1", "/orders/%2e%2e/o1"})
    void aPathThatCanBeReadInTwoWaysIsRefused(String path) throws Exception {
        HttpResponse<String> refused = get(path, bearer(claims("c1", "SHOPPER")));
        assertProblem(refused, 400);
        assertThat(json(refused).path("errors").path(0).path("field").asString())
                .isEqualTo("path");
    }

    @Test
    void aRoleThatTheRouteDoesNotGrantIsRefused() throws Exception {
        assertForbidden(get("/orders/o1", bearer(claims("b1", "BACK_OFFICE"))), "role");
        assertForbidden(get("/orders/o1", bearer(claims("o1", "OPERATOR"))), "role");
        assertForbidden(get("/bare", bearer(claims("b1", "BACK_OFFICE"))), "role");
        assertForbidden(get("/bare"), "role");
    }

    @Test
    void aShopperSeesHisOwnObjectOnly() throws Exception {
        assertThat(get("/orders/o1", bearer(claims("c1", "SHOPPER"))).statusCode())
                .isEqualTo(200);
        assertThat(get("/orders/o1", bearer(claims("c2", "SHOPPER"))).statusCode())
                .isEqualTo(404);
    }

    @Test
    void anActorInAHeaderIsRefused() throws Exception {
        assertThat(get("/orders/o1", bearer(claims("c1", "SHOPPER"), "Mortar-Actor", "SHOPPER c1"))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void onlyAServiceWhoseTokenSaysSoSpeaksForOthers() throws Exception {
        String[] forOther = {"Mortar-On-Behalf-Of", "SHOPPER c1"};
        assertForbidden(get("/orders/o1", bearer(claims("c2", "SHOPPER"), forOther)), "on-behalf-of");
        assertForbidden(get("/orders/o1", bearer(claims("shop", "SERVICE"), forOther)), "role");
        var shop = claims("shop", "SERVICE").claim("act_for", true);
        assertThat(get("/orders/o1", bearer(shop, forOther)).body()).contains("id=c1", "via=shop");
    }

    @Test
    void anAssociateActsInAStoreOfTheToken() throws Exception {
        var one = claims("a1", "ASSOCIATE").claim("stores", List.of("oslo-1"));
        var two = claims("a2", "ASSOCIATE").claim("stores", List.of("oslo-1", "oslo-2"));
        assertThat(get("/orders/o1", bearer(one)).statusCode()).isEqualTo(200);
        assertThat(get("/orders/o1", bearer(two, "Mortar-Location", "oslo-1")).statusCode())
                .isEqualTo(200);
        assertThat(get("/orders/o1", bearer(two)).statusCode()).isEqualTo(400);
        assertForbidden(get("/orders/o1", bearer(two, "Mortar-Location", "oslo-2")), "other-store");
        assertForbidden(get("/orders/o1", bearer(one, "Mortar-Location", "bergen-1")), "other-store");
    }

    @Test
    void aLinkOpensItsOrderOnly() throws Exception {
        var links = new OrderLinks(RotatedSecret.of("link secret", SECRET));
        assertThat(get("/first-order", "Authorization", "MortarLink " + links.link("o1"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(get("/first-order", "Authorization", "MortarLink " + links.link("o2"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(get("/first-order", "Authorization", "MortarLink " + links.link("o1") + "x")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void aLinkEnds() throws Exception {
        var links = new OrderLinks(
                RotatedSecret.of("link secret", SECRET),
                InstantSource.offset(
                        InstantSource.system(), OrderLinks.LIFE.plusDays(1).negated()));

        HttpResponse<String> ended = get("/first-order", "Authorization", "MortarLink " + links.link("o1"));

        assertThat(ended.statusCode()).as(ended.body()).isEqualTo(410);
        assertThat(json(ended).path("type").asString()).isEqualTo("urn:mortar:link-ended");
    }

    @Test
    void withoutAKeyOfTheIssuerTheCallerComesAgain() throws Exception {
        // The service does not ask the issuer again each time, and nobody may take that for a bad token.
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> answer =
                    get("/orders/o1", bearer(claims("c1", "SHOPPER").issuer(ISSUER_AWAY)));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
    }

    @Test
    void aFloodWithoutATokenDoesNotRefuseCallersWithOne() throws Exception {
        HttpResponse<String> refused = flood("127.0.0.2", 60, 200, "/open");
        assertThat(json(refused).path("type").asString()).isEqualTo("urn:mortar:too-many-requests");
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(refused.headers().firstValue("RateLimit").orElse("")).startsWith("\"default\";r=0;t=");
        assertThat(refused.headers().firstValue("RateLimit-Policy")).hasValue("\"default\";q=60;w=60");

        assertThat(from("127.0.0.2", "/orders/o1", bearer(claims("c1", "SHOPPER")))
                        .statusCode())
                .isEqualTo(200);
        assertThat(get("/open").statusCode()).isEqualTo(200);
    }

    @Test
    void anAddressThatSendsBadTokensIsRefusedBeforeTheyAreVerified() throws Exception {
        String[] good = bearer(claims("c1", "SHOPPER"));
        assertThat(get("/orders/o1", good).statusCode()).isEqualTo(200);
        flood("127.0.0.3", 60, 401, "/open", "Authorization", "Bearer garbage");
        assertUsedUp("a token that would have to be verified", "127.0.0.3", "/open", bearer(claims("c8", "SHOPPER")));
        assertUsedUp("a link", "127.0.0.3", "/open", "Authorization", "MortarLink garbage");
        assertThat(from("127.0.0.3", "/orders/o1", good).statusCode())
                .as("a token that is verified already")
                .isEqualTo(200);
        assertThat(from("127.0.0.3", "/open").statusCode())
                .as("without a token has its own count")
                .isEqualTo(200);
    }

    @Test
    void aCallerCannotNameAnAddress() throws Exception {
        String[] named = {"X-Forwarded-For", "198.51.100.1"};
        flood("127.0.0.6", 60, 200, "/open", named);
        assertThat(from("127.0.0.7", "/open", named).statusCode()).isEqualTo(200);
    }

    @Test
    void refusedCallsOfACallerCount() throws Exception {
        String[] flooding = bearer(claims("c9", "SHOPPER"));
        flood("127.0.0.4", 120, 404, "/orders/o1", flooding);
        assertUsedUp("from another address", "127.0.0.5", "/orders/o1", flooding);
        assertThat(from("127.0.0.4", "/orders/o1", bearer(claims("c1", "SHOPPER")))
                        .statusCode())
                .as("another caller from there")
                .isEqualTo(200);
    }

    @Test
    void aShopperTakesGoodsOnlySoOftenAMinute() throws Exception {
        flood("127.0.0.1", 20, 200, "/take", bearer(claims("c11", "SHOPPER")));
        String[] shop = bearer(claims("shop", "SERVICE").claim("act_for", true), "Mortar-On-Behalf-Of", "SHOPPER c11");
        assertUsedUp("by a service that speaks for the shopper", "127.0.0.1", "/take", shop);
        assertThat(get("/orders/o1", bearer(claims("c11", "SHOPPER"))).statusCode())
                .as("another route")
                .isEqualTo(404);
        assertThat(get("/take", bearer(claims("c12", "SHOPPER"))).statusCode()).isEqualTo(200);
        for (int i = 0; i < 25; i++) {
            assertThat(get("/take", bearer(claims("b1", "BACK_OFFICE"))).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aRefusalIsALineOfTheSecurityLogAndCounted() throws Exception {
        String route = "GET /orders/{orderId}";
        String[] caller = bearer(
                claims("b7", "BACK_OFFICE"),
                "X-Correlation-Id",
                "call-7",
                "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        get("/orders/secret-order", caller);

        assertThat(lines())
                .filteredOn(line -> line.contains("\"call-7\""))
                .singleElement()
                .satisfies(line -> {
                    assertThat(JsonMapper.shared().readTree(line))
                            .isEqualTo(JsonMapper.shared().readTree("""
                    {"event": "DENIED", "route": "%s", "role": "BACK_OFFICE", "actorId": "b7", "reason": "role",
                    "correlationId": "call-7", "traceId": "0af7651916cd43dd8448eb211c80319c"}""".formatted(route)));
                });
        assertThat(METERS.get("mortar.security.denied")
                        .tags("service", "order", "route", route, "reason", "role")
                        .counter()
                        .count())
                .isPositive();
    }

    @Test
    void theSecurityLogHasNoTokenAndNothingPersonal() throws Exception {
        String[] caller = bearer(claims("ann@example.org", "SHOPPER"), "X-Correlation-Id", "ann@example.org");
        assertForbidden(get("/orders/secret-order", caller), "personal-id");

        assertThat(lines()).filteredOn(line -> line.contains("personal-id")).hasSize(1);
        assertThat(lines())
                .noneMatch(line -> line.contains("ann@") || line.contains("Bearer") || line.contains("secret-order"));
    }

    private static List<String> lines() {
        return List.copyOf(LINES.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** A call or two come back while the test runs; a caller who shares no limit would have many more. */
    private static void assertUsedUp(String who, String address, String path, String... headers) throws Exception {
        int passed = 0;
        while (from(address, path, headers).statusCode() != 429) {
            passed++;
            assertThat(passed).as(who).isLessThan(10);
        }
    }

    /** Sends requests until one is too many; returns its answer. Meanwhile the allowance comes back, so more pass. */
    private static HttpResponse<String> flood(String address, int max, int status, String path, String... headers)
            throws Exception {
        long start = System.nanoTime();
        for (int passed = 0; ; passed++) {
            HttpResponse<String> answer = from(address, path, headers);
            if (answer.statusCode() == 429) {
                long cameBack = max
                        * (System.nanoTime() - start)
                        / Duration.ofMinutes(1).toNanos();
                assertThat(passed).isBetween(max, max + (int) cameBack + 1);
                return answer;
            }
            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(passed).isLessThan(10 * max);
        }
    }

    private static void assertForbidden(HttpResponse<String> answer, String reason) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
        assertThat(json(answer).path("type").asString()).isEqualTo("urn:mortar:forbidden:" + reason);
    }

    private static HttpResponse<String> get(String path, String... headers) throws Exception {
        return from("127.0.0.1", path, headers);
    }

    private static HttpResponse<String> from(String address, String path, String... headers) throws Exception {
        return sent(address, base + path, headers);
    }

    private static HttpResponse<String> sent(String address, String url, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (var client = HttpClient.newBuilder()
                .localAddress(InetAddress.getByName(address))
                .build()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static JWTClaimsSet.Builder claims(String subject, String role) {
        Instant now = Instant.now();
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience("mortar")
                .subject(subject)
                .issueTime(Date.from(now.minusSeconds(60)))
                .expirationTime(Date.from(now.plusSeconds(600)))
                .claim("roles", List.of(role));
    }

    /** The header with the token, and further headers. */
    private static String[] bearer(JWTClaimsSet.Builder claims, String... more) throws Exception {
        var headers = new ArrayList<>(List.of("Authorization", "Bearer " + signed(claims.build())));
        headers.addAll(List.of(more));
        return headers.toArray(String[]::new);
    }

    private static String signed(JWTClaimsSet claims) throws Exception {
        return signed(claims, key);
    }

    private static String signed(JWTClaimsSet claims, RSAKey by) throws Exception {
        var token =
                new SignedJWT(new JWSHeader.Builder(RS256).keyID(by.getKeyID()).build(), claims);
        token.sign(new RSASSASigner(by));
        return token.serialize();
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }
}
