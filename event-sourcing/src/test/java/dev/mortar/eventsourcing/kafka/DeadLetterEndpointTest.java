package dev.mortar.eventsourcing.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.SecurityLog;
import dev.mortar.eventsourcing.http.MortarWebAutoConfiguration;
import dev.mortar.eventsourcing.kafka.DeadLetter.Resolution;
import dev.mortar.eventsourcing.kafka.DeadLetter.State;
import dev.mortar.eventsourcing.kafka.DeadLetterStore.Outcome;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.AvroSerializer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springdoc.core.configuration.SpringDocConfiguration;
import org.springdoc.core.properties.SpringDocConfigProperties;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJsonMapper;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.actuate.web.ServletManagementContextAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatServletManagementContextAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** What the endpoint makes of its arguments; what it does with letters is tested where there is a broker. */
class DeadLetterEndpointTest {
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
        ManagementContextAutoConfiguration.class,
        ServletManagementContextAutoConfiguration.class,
        TomcatServletManagementContextAutoConfiguration.class,
        SpringDocConfiguration.class,
        SpringDocConfigProperties.class,
        MortarWebAutoConfiguration.class
    })
    static class Web {
        @Bean
        SecurityLog securityLog() {
            return new SecurityLog("giftcard", new SimpleMeterRegistry());
        }

        /** Stands for the security chain: takes the caller from a header instead of the token. */
        @Bean("springSecurityFilterChain")
        Filter caller() {
            return (request, response, chain) -> chain.doFilter(
                    new HttpServletRequestWrapper((HttpServletRequest) request) {
                        @Override
                        public Principal getUserPrincipal() {
                            return () -> getHeader("Caller");
                        }
                    },
                    response);
        }

        @Bean
        DeadLetterEndpoint endpoint(SecurityLog securityLog) {
            var definition = GiftCard.definition();
            var settings = new KafkaSettings(WITHOUT_KAFKA, definition.noun);
            var meters = new SimpleMeterRegistry();
            return new DeadLetterEndpoint(
                    new DeadLetterStore<>(definition, settings, meters),
                    new ServiceRuntime<>(
                            definition,
                            settings,
                            new CommandGateway<>(definition, settings, meters),
                            new Views(),
                            new StateTables(definition),
                            meters,
                            null),
                    securityLog);
        }
    }

    private static final MortarProperties WITHOUT_KAFKA = new MortarProperties(
            "127.0.0.1:1",
            "",
            "",
            "test-1",
            Duration.ofSeconds(1),
            Duration.ofHours(24),
            Duration.ofMillis(10),
            AvroSerializer.class.getName(),
            AvroDeserializer.class.getName(),
            Map.of("schema.registry.url", "mock://endpoint"),
            Map.of(),
            "",
            "");

    private static ConfigurableApplicationContext context;
    private static URI endpoint;

    @BeforeAll
    static void start() {
        context = new SpringApplicationBuilder(Web.class)
                .web(WebApplicationType.SERVLET)
                .properties("spring.config.import=classpath:mortar.yaml", "server.port=0", "management.server.port=0")
                .run();
        endpoint = URI.create("http://127.0.0.1:"
                + context.getEnvironment().getRequiredProperty("local.management.port") + "/actuator/deadletters");
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
                    {"partition": 2, "all": true};                                      400; Name a letter
                    {"partition": 2};                                                   400; A letter has
                    {"partition": 2, "offset": null};                                   400; A letter has
                    {"partition": 2.5, "offset": 17};                                   400; ``
                    {"partition": [2], "offset": 17};                                   400; ``
                    """)
    void argumentsAreNumbersOrTexts(String body, int status, String said) throws Exception {
        assertAnswer("", "o1", body, status, said);
    }

    @ParameterizedTest
    @CsvSource({"'',a@b,mail address", "'',+4790012345,phone number", "/stopped/2/17,a@b,mail address"})
    void aCallerWhoseIdNamesAPersonIsRefused(String path, String caller, String said) throws Exception {
        assertAnswer(
                path,
                caller,
                path.isEmpty() ? "{\"partition\": \"2\", \"offset\": \"17\"}" : "{\"reason\": \"BUG_7\"}",
                403,
                said);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
                    /stopped/2/17; {};                      400; Give a reason
                    /stopped/2/17; {"reason": "a bug"};     400; Give a reason
                    /stopped/2/17; {"reason": "BUG_7"};     409; Partition 2 is not stopped on this instance. Ask the instance that lists it
                    /letters/2/17; {"reason": "BUG_7"};     404; no such
                    """)
    void aCommandIsParkedBySomebodyForAReasonWhereItsPartitionIsStopped(
            String path, String body, int status, String said) throws Exception {
        assertAnswer(path, "o1", body, status, said);
    }

    @Test
    void aLetterIsAnsweredWithTheFieldsThatTheCommandLineReads() {
        var letter = new DeadLetter(
                2,
                17,
                "card",
                "Charge",
                new DeadLetter.Source("id", "giftcard.commands", 0, 7),
                "rejected",
                Instant.EPOCH,
                false,
                null,
                "2/3",
                new Resolution(State.WAITING, null, null, null));
        DeadLetter discarded = letter.resolved(new Resolution(State.DISCARDED, "OPERATOR o1", Instant.EPOCH, "VOID"));
        String waiting = """
                {"partition": 2, "offset": 17, "key": "card", "type": "Charge", "source": "giftcard.commands/0/7",
                "at": "1970-01-01T00:00:00Z", "event": false, "retryOf": "2/3", """;

        assertJson(letter, waiting + """
                "state": "WAITING", "cause": "rejected"}""");
        assertJson(new DeadLetterStore.Result(letter.failed("again"), Outcome.FAILED, 0), waiting + """
                "state": "WAITING", "cause": "again", "outcome": "FAILED", "commands": 0}""");
        assertJson(discarded, waiting + """
                "state": "DISCARDED", "cause": "rejected", "resolvedBy": "OPERATOR o1",
                "resolvedAt": "1970-01-01T00:00:00Z", "reason": "VOID"}""");
    }

    private static void assertJson(Object answer, String expected) {
        JsonMapper mapper = context.getBean(EndpointJsonMapper.class).get();
        assertThat(mapper.readTree(mapper.writeValueAsString(answer))).isEqualTo(mapper.readTree(expected));
    }

    private static void assertAnswer(String path, String caller, String body, int status, String said)
            throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(endpoint + path))
                            .header("Content-Type", "application/json")
                            .header("Caller", caller)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            assertThat(answer.body()).contains(said);
        }
    }
}
