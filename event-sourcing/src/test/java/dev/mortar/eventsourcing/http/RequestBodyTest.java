package dev.mortar.eventsourcing.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.CommandRequest;
import dev.mortar.eventsourcing.SecurityLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.validation.Valid;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springdoc.core.configuration.SpringDocConfiguration;
import org.springdoc.core.properties.SpringDocConfigProperties;
import org.springdoc.webmvc.core.configuration.SpringDocWebMvcConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A body is taken as it is written, or refused by the field that is wrong. */
class RequestBodyTest {
    private static final String RIGHT = """
            {"code": "1", "quantity": 5, "degrees": 18, "whole": true, "day": "MONDAY",
             "at": "2026-06-01T12:00:00+02:00", "names": ["a"], "parts": [{"quantity": 1}]}
            """;

    @Configuration
    @ImportAutoConfiguration({
        JacksonAutoConfiguration.class,
        ValidationAutoConfiguration.class,
        HttpMessageConvertersAutoConfiguration.class,
        TomcatServletWebServerAutoConfiguration.class,
        DispatcherServletAutoConfiguration.class,
        WebMvcAutoConfiguration.class,
        SpringDocConfiguration.class,
        SpringDocConfigProperties.class,
        SpringDocWebMvcConfiguration.class,
        MortarWebAutoConfiguration.class
    })
    static class Web {
        @Bean
        Things things() {
            return new Things();
        }

        @Bean
        SecurityLog securityLog() {
            return new SecurityLog("test", new SimpleMeterRegistry());
        }
    }

    record Part(@Nullable Long quantity) {}

    record Thing(
            @Fields.Id @Nullable String code,
            @Nullable Long quantity,
            @Nullable Double degrees,
            @Nullable Boolean whole,
            @Nullable DayOfWeek day,
            @Nullable Instant at,
            @Nullable List<@Nullable String> names,
            @Nullable List<Part> parts) {}

    @RestController
    static class Things {
        @PostMapping("/things/{id}")
        Thing echo(@PathVariable @Fields.Id String id, @Valid @RequestBody Thing thing) {
            return thing;
        }

        @PostMapping("/commands/{id}")
        void command(@PathVariable @Fields.Id String id, CommandRequest request) {}
    }

    private static ConfigurableApplicationContext context;
    private static String base;

    @BeforeAll
    static void start() {
        context = new SpringApplicationBuilder(Web.class)
                .web(WebApplicationType.SERVLET)
                .properties("spring.config.import=classpath:mortar.yaml", "server.port=0")
                .run();
        base = "http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port") + "/things/";
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    @Test
    void whatHasTheRightTypesIsTaken() throws Exception {
        HttpResponse<String> answer = post("id", RIGHT);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(json(answer))
                .isEqualTo(JsonMapper.shared()
                        .readTree(RIGHT.replace("12:00:00+02:00", "10:00:00Z").replace("18", "18.0")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
                    "code": "1"; "code": 1; code
                    "code": "1"; "code": 1.5; code
                    "code": "1"; "code": true; code
                    "code": "1"; "code": ["1"]; code
                    ["a"]; [1]; names[0]
                    ["a"]; "a"; names
                    "quantity": 5; "quantity": "5"; quantity
                    "quantity": 5; "quantity": 1.5; quantity
                    "quantity": 5; "quantity": true; quantity
                    "quantity": 5; "quantity": ""; quantity
                    {"quantity": 1}; {"quantity": "1"}; parts[0].quantity
                    "degrees": 18; "degrees": "18"; degrees
                    "degrees": 18; "degrees": true; degrees
                    "whole": true; "whole": "true"; whole
                    "whole": true; "whole": 1; whole
                    "day": "MONDAY"; "day": 0; day
                    "day": "MONDAY"; "day": "0"; day
                    "day": "MONDAY"; "day": ""; day
                    "at": "2026-06-01T12:00:00+02:00"; "at": 1780000000; at
                    "at": "2026-06-01T12:00:00+02:00"; "at": 1780000000.5; at
                    "at": "2026-06-01T12:00:00+02:00"; "at": ""; at
                    "at": "2026-06-01T12:00:00+02:00"; "at": true; at
                    """)
    void aScalarOfAnotherTypeIsRefusedNotBent(String right, String wrong, String field) throws Exception {
        assertThat(RIGHT).contains(right);
        assertRefuses(post("id", RIGHT.replace(right, wrong)), 400, field);
    }

    @ParameterizedTest
    @ValueSource(strings = {" a", "a ", "a|b", "a\tb", "a\u0085b", "\u2003a", "\u3000"})
    void whatIsNoIdIsRefused(String id) throws Exception {
        assertRefuses(post(id, RIGHT), 422, "id");
    }

    @ParameterizedTest
    @ValueSource(ints = {0xA0, 0x202F, 0x2007, 0x200B, 0xFEFF, 0x200F, 0xAD, 0xE0041})
    void anInvisibleTwinIsRefusedByItsCodePoint(int codePoint) throws Exception {
        String twin = "SKU" + Character.toString(codePoint) + "123";
        String named = "has U+%04X at character 4".formatted(codePoint);

        HttpResponse<String> inPath = post(twin, RIGHT);
        assertRefuses(inPath, 422, "id");
        assertThat(inPath.body()).contains(named);

        HttpResponse<String> inBody = post("id", RIGHT.replace("\"code\": \"1\"", "\"code\": \"" + twin + "\""));
        assertRefuses(inBody, 422, "code");
        assertThat(inBody.body()).contains(named);
    }

    @Test
    void halfAPairAndWhatIsNotComposedAreRefused() throws Exception {
        assertRefuses(post("cafe\u0301", RIGHT), 422, "id");
        HttpResponse<String> half = post("id", RIGHT.replace("\"code\": \"1\"", "\"code\": \"a\\ud83d\""));
        assertRefuses(half, 422, "code");
        assertThat(half.body()).contains("U+D83D at character 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "85123a", "TEAPOT blue", "чай 250 г", "ğ&ş", "🍋"})
    void anIdIsTakenAsGiven(String id) throws Exception {
        assertThat(post(id, RIGHT).statusCode()).isEqualTo(200);
    }

    @Test
    void theApiSaysWhatAnIdIs() throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(base).resolve("/v3/api-docs"));
            JsonNode api = json(client.send(request.build(), HttpResponse.BodyHandlers.ofString()));
            assertThat(List.of(
                            api.at("/paths/~1things~1{id}/post/parameters/0/schema/maxLength"),
                            api.at("/components/schemas/Thing/properties/code/maxLength")))
                    .as("%s", api)
                    .allSatisfy(limit -> assertThat(limit.asInt(0)).isEqualTo(100));
            assertThat(api.at("/paths/~1things~1{id}/post/parameters/0/schema/description")
                            .asString(""))
                    .as("%s", api)
                    .contains("NFC");
            assertThat(api.at("/info/description").asString("")).contains("NFC", "opaque");
            assertThat(api.at("/paths/~1commands~1{id}/post/parameters")
                            .valueStream()
                            .map(header -> header.path("name").asString("")))
                    .contains(
                            "Idempotency-Key",
                            "Mortar-Location",
                            "Mortar-On-Behalf-Of",
                            "Mortar-Occurred-At",
                            "X-Correlation-Id",
                            "If-Match",
                            "Prefer");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"code", "unheardOf"})
    void aBodyOfMoreThanAMebibyteIsTooLarge(String field) throws Exception {
        String large = "{\"" + field + "\": \"" + "x".repeat(1024 * 1024) + "\"}";

        assertRefuses(post("id", large), 413, "body");
    }

    @Test
    void aBodyThatDoesNotSayItsLengthIsNotReadToItsEnd() throws Exception {
        byte[] large = ("{\"code\": \"" + "x".repeat(1024 * 1024) + "\"}").getBytes(StandardCharsets.UTF_8);

        assertRefuses(
                post("id", HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))),
                413,
                "body");
    }

    @Test
    void anUnknownFieldIsRefusedWithTheNamesOfTheKnownOnes() throws Exception {
        HttpResponse<String> answer = post("id", RIGHT.replace("{\"quantity\": 1}", "{\"amount\": 1}"));

        assertRefuses(answer, 400, "parts[0].amount");
        assertThat(json(answer).path("errors").path(0).path("detail").asString())
                .isEqualTo("is not a field here, only [quantity]");
    }

    private static void assertRefuses(HttpResponse<String> answer, int status, String field) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).path("errors").path(0).path("field").asString()).isEqualTo(field);
    }

    private static HttpResponse<String> post(String id, String body) throws Exception {
        return post(id, HttpRequest.BodyPublishers.ofString(body));
    }

    private static HttpResponse<String> post(String id, HttpRequest.BodyPublisher body) throws Exception {
        String segment = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(base + segment))
                            .header("Content-Type", "application/json")
                            .POST(body)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }
}
