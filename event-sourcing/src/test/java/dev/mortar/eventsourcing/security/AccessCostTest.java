package dev.mortar.eventsourcing.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;
import static org.springframework.test.web.servlet.setup.MockMvcBuilders.webAppContextSetup;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.mortar.eventsourcing.Access;
import dev.mortar.eventsourcing.Grant;
import dev.mortar.eventsourcing.SecurityLog;
import dev.mortar.eventsourcing.http.MortarWebAutoConfiguration;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.Filter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Token, filter chain and grants may cost 0.2 ms of processor time a request. */
class AccessCostTest {
    private static final int REQUESTS = 20_000;
    private static final int OF_A_ROUND = 500;
    /** Until the compilers have seen both sides. */
    private static final int WARM_UP_REQUESTS = 10_000;

    private static final double COST_MAX_MS = 0.2;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @Configuration
    @ImportAutoConfiguration({
        JacksonAutoConfiguration.class,
        ValidationAutoConfiguration.class,
        HttpMessageConvertersAutoConfiguration.class,
        TomcatServletWebServerAutoConfiguration.class,
        DispatcherServletAutoConfiguration.class,
        WebMvcAutoConfiguration.class,
        MortarWebAutoConfiguration.class
    })
    static class Web {
        @Bean
        SecurityLog securityLog() {
            return new SecurityLog("test", new SimpleMeterRegistry());
        }

        @Bean
        Things things() {
            return new Things();
        }
    }

    @Configuration
    @ImportAutoConfiguration({
        SecurityAutoConfiguration.class,
        ServletWebSecurityAutoConfiguration.class,
        MortarSecurityAutoConfiguration.class
    })
    static class Secured extends Web {}

    @RestController
    static class Things {
        @Access(Grant.BACK_OFFICE)
        @GetMapping("/things/{id}")
        Map<String, String> thing(@PathVariable String id) {
            return Map.of("id", id);
        }
    }

    private record Side(MockMvc mvc, String token) {
        /** The mean processor time of a request in ms. */
        double round() throws Exception {
            long startedNs = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < OF_A_ROUND; i++) {
                mvc.perform(get("/things/a").header("Authorization", "Bearer " + token))
                        .andExpect(status().isOk());
            }
            return (THREADS.getCurrentThreadCpuTime() - startedNs) / 1e6 / OF_A_ROUND;
        }
    }

    @Test
    void isAtMostAFifthOfAMillisecond(@TempDir Path folder) throws Exception {
        RSAKey key = new RSAKeyGenerator(2048).keyID("k1").generate();
        HttpServer keys = keys(key);
        Path secret = Files.writeString(folder.resolve("link"), "k1:0123456789abcdef0123456789abcdef");
        String issuer = "http://127.0.0.1:" + keys.getAddress().getPort();
        try (ServletWebServerApplicationContext plain = run(Web.class);
                ServletWebServerApplicationContext secured = run(
                        Secured.class,
                        "--MORTAR_LINK_SECRET_FILE=" + secret,
                        "--mortar.security.issuers[0].uri=" + issuer,
                        "--mortar.security.issuers[0].jwks-uri=" + issuer,
                        "--mortar.security.issuers[0].roles=BACK_OFFICE",
                        "--mortar.security.requests-per-minute.back-office=1000000")) {
            String token = token(key, issuer);
            Side without = new Side(webAppContextSetup(plain).build(), token);
            Side with = new Side(
                    webAppContextSetup(secured)
                            .addFilters(secured.getBean("springSecurityFilterChain", Filter.class))
                            .build(),
                    token);
            for (int done = 0; done < WARM_UP_REQUESTS; done += OF_A_ROUND) {
                without.round();
                with.round();
            }
            List<Double> costs = new ArrayList<>();
            for (int done = 0; done < REQUESTS; done += OF_A_ROUND) {
                costs.add(-without.round() + with.round());
            }
            double median = costs.stream().sorted().toList().get(costs.size() / 2);
            System.out.printf("The rights of a request cost %.3f ms (median of %d rounds).%n", median, costs.size());
            assertThat(median).isLessThanOrEqualTo(COST_MAX_MS);
        } finally {
            keys.stop(0);
        }
    }

    private static ServletWebServerApplicationContext run(Class<?> application, String... properties) {
        return (ServletWebServerApplicationContext) new SpringApplicationBuilder(application)
                .web(WebApplicationType.SERVLET)
                .properties("spring.config.import=classpath:mortar.yaml", "server.port=0")
                .run(properties);
    }

    private static HttpServer keys(RSAKey key) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] body = new JWKSet(key.toPublicJWK()).toString().getBytes(UTF_8);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String token(RSAKey key, String issuer) throws JOSEException {
        Instant now = Instant.now();
        var claims = new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience("mortar")
                .subject("b-1")
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(3_600)))
                .claim("roles", List.of("BACK_OFFICE"))
                .build();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }
}
