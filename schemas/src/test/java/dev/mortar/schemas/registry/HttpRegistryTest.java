package dev.mortar.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.mortar.schemas.Money;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The client against a server that answers what a test tells it to. */
class HttpRegistryTest {
    private static final Schema SCHEMA = Money.getClassSchema();
    private static final String AWAY = "http://127.0.0.1:1";

    private final List<HttpServer> servers = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();

    @AfterEach
    void stopServers() {
        servers.forEach(server -> server.stop(0));
    }

    @Test
    void speaksTheProtocol() {
        var url = server(answers("{\"id\":7}"));

        assertThat(client(url).register("a b|c/d", SCHEMA)).isEqualTo(7);
        assertThat(requests)
                .singleElement()
                .satisfies(request -> assertThat(request)
                        .startsWith("POST /subjects/a%20b%7Cc%2Fd/versions application/vnd.schemaregistry.v1+json")
                        .contains("\"schemaType\":\"AVRO\"")
                        .contains("\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"Money\\\""));
    }

    @Test
    void asksOnceForWhatNeverChanges() {
        var schema = "\"schema\":\"\\\"string\\\"\"";
        var client = client(server(answers(
                "{\"id\":7}", "{" + schema + "}", "{\"subject\":\"s\",\"version\":2,\"id\":7," + schema + "}")));

        for (int i = 0; i < 3; i++) {
            assertThat(client.register("s", SCHEMA)).isEqualTo(7);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(client.schema(7)).isEqualTo(Schema.create(Schema.Type.STRING));
        }
        for (int i = 0; i < 3; i++) {
            assertThat(client.lookUp("s", SCHEMA).version()).isEqualTo(2);
        }
        assertThat(requests).hasSize(3);
    }

    @Test
    void whatOneSerdeHasLookedUpAnotherReadsWhileTheRegistryIsAway() {
        var schema = JsonMapper.shared().writeValueAsString(SCHEMA.toString());
        var config = Map.of(
                "schema.registry.url",
                server(answers("{\"subject\":\"t-value\",\"version\":1,\"id\":7,\"schema\":" + schema + "}")),
                "auto.register.schemas",
                false,
                "specific.avro.reader",
                true);
        var money = new Money(300L, "EUR");
        try (var serializer = new AvroSerializer<Money>();
                var deserializer = new AvroDeserializer<Money>()) {
            serializer.configure(config, false);
            byte[] written = serializer.serialize("t", money);
            stopServers();
            deserializer.configure(config, false);

            assertThat(deserializer.deserialize("t", written)).isEqualTo(money);
        }
        assertThat(requests).hasSize(1);
    }

    @Test
    void asksAgainForWhatWasNotThere() {
        var client = client(server(new ArrayDeque<>(List.of(
                new Canned(404, "{\"error_code\":40403,\"message\":\"Schema 7 not found\"}"),
                new Canned(200, "{\"schema\":\"\\\"string\\\"\"}")))));

        assertThatThrownBy(() -> client.schema(7))
                .isInstanceOfSatisfying(
                        RegistryException.NotFound.class,
                        e -> assertThat(e.errorCode()).isEqualTo(40403))
                .hasMessageContaining("Schema 7 not found");
        assertThat(client.schema(7)).isEqualTo(Schema.create(Schema.Type.STRING));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 429, 408})
    void triesAgainAfterAPassingFault(int status) {
        var url = server(new ArrayDeque<>(
                List.of(new Canned(status, "not now"), new Canned(status, "not now"), new Canned(200, "{\"id\":7}"))));

        assertThat(client(url).register("s", SCHEMA)).isEqualTo(7);
        assertThat(requests).hasSize(3);
    }

    @Test
    void givesUpAfterItsRetriesAndSaysWhatEachUrlDid() {
        var url = server(new ArrayDeque<>(List.of(
                new Canned(500, "first"),
                new Canned(500, "second"),
                new Canned(500, "third"),
                new Canned(500, "fourth"))));

        assertThatThrownBy(
                        () -> client(url + "," + AWAY, Map.of("max.retries", 2)).schema(1))
                .isInstanceOf(RegistryException.Unavailable.class)
                .hasMessage("Schema registry is away: " + url + ": third (HTTP 500); " + AWAY + ": no connection");
        assertThat(requests).hasSize(3);
    }

    @Test
    void goesToTheNextUrlAndStaysThere() {
        var first = server(new ArrayDeque<>(List.of(new Canned(500, "broken"))));
        var second = server(answers("{\"id\":7}", "{\"id\":8}"));
        var client = client(AWAY + "," + first + "," + second);

        assertThat(client.register("s", SCHEMA)).isEqualTo(7);
        assertThat(client.register("t", SCHEMA)).isEqualTo(8);
        assertThat(requests).hasSize(3);
    }

    @Test
    void doesNotTryAgainWhatIsRefused() {
        var url = server(new ArrayDeque<>(List.of(
                new Canned(401, ""),
                new Canned(422, "{\"error_code\":42201,\"message\":\"Input schema is an invalid Avro schema\"}"),
                new Canned(404, "<html>nothing here</html>"))));

        assertThatThrownBy(() -> client(url).schema(1))
                .isInstanceOf(RegistryException.Refused.class)
                .hasMessageContaining("(HTTP 401)");
        assertThatThrownBy(() -> client(url).register("s", SCHEMA))
                .isInstanceOf(RegistryException.Refused.class)
                .hasMessageContaining("invalid Avro schema");
        assertThatThrownBy(() -> client(url).schema(1))
                .as("a page that is no registry's is no unknown schema")
                .isInstanceOf(RegistryException.Refused.class)
                .hasMessageContaining("nothing here");
        assertThat(requests).hasSize(3);
    }

    @Test
    void passesOnWhyASchemaIsIncompatible() {
        var url = server(new ArrayDeque<>(List.of(
                new Canned(409, "{\"error_code\":409,\"message\":\"Schema being registered is incompatible\"}"),
                new Canned(200, "{\"is_compatible\":false,\"messages\":[\"field a\",\"field b\"]}"))));

        assertThatThrownBy(() -> client(url).register("s", SCHEMA))
                .isInstanceOf(RegistryException.Incompatible.class)
                .hasMessageContaining("subject s")
                .hasMessageContaining("Schema being registered is incompatible");
        assertThat(client(url).violations("s", SCHEMA)).containsExactly("field a", "field b");
    }

    @Test
    void anAnswerThatIsNoRegistrysIsRefused() {
        var url = server(answers(
                "welcome", "{}", "{\"schema\":\"nonsense\"}", "{\"schemaType\":\"PROTOBUF\",\"schema\":\"x\"}"));

        for (int i = 0; i < 4; i++) {
            assertThatThrownBy(() -> client(url).schema(1)).isInstanceOf(RegistryException.Refused.class);
        }
    }

    @Test
    void namesItsUserFromTheConfigurationOrTheUrl() {
        var url = server(answers("{\"id\":1}", "{\"id\":1}", "{\"id\":1}"));
        var withUser = url.replace("http://", "http://ann%40shop:p%3Aw@");

        client(url, Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "bob:secret"))
                .register("s", SCHEMA);
        client(withUser).register("s", SCHEMA);
        client(url).register("s", SCHEMA);

        assertThat(requests.get(0)).contains("Basic " + base64("bob:secret"));
        assertThat(requests.get(1)).contains("Basic " + base64("ann@shop:p:w"));
        assertThat(requests.get(2)).doesNotContain("Basic");
    }

    @Test
    void sendsTheTokenThatIsInTheFileNow(@TempDir Path folder) throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "first\n");
        var client =
                client(server(answers("{\"id\":1}", "{\"id\":2}")), Map.of("bearer.auth.token.file", token.toString()));

        client.register("s1", SCHEMA);
        Files.writeString(token, "second\n");
        client.register("s2", SCHEMA);

        assertThat(requests.get(0)).contains("Bearer first");
        assertThat(requests.get(1)).contains("Bearer second");
        Files.delete(token);
        assertThatThrownBy(() -> client.register("s3", SCHEMA))
                .isInstanceOf(RegistryException.Refused.class)
                .hasMessageContaining(token.toString());
    }

    @Test
    void neverTellsAPassword() {
        assertThatThrownBy(() -> client("http://ann:secret@127.0.0.1:1", Map.of("max.retries", 0))
                        .schema(1))
                .isInstanceOf(RegistryException.Unavailable.class)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> client("htp://ann:secret@127.0.0.1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void stopsWaitingWhenItsThreadIsInterrupted() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> client(AWAY).schema(1)).isInstanceOf(InterruptException.class);
        } finally {
            assertThat(Thread.interrupted())
                    .as("the interrupt is left for the caller")
                    .isTrue();
        }
    }

    @Test
    void refusesAConfigurationThatMeansNothing() {
        assertThatThrownBy(() -> new RegistryConfig(Map.of())).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> client("")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> client("registry:8081")).isInstanceOf(ConfigException.class);
        for (String key : List.of("use.latest.version", "normalize.schemas", "avro.remove.java.properties")) {
            assertThatThrownBy(() -> client(AWAY, Map.of(key, true))).hasMessageContaining(key);
        }
        assertThatThrownBy(() -> client(AWAY, Map.of("basic.auth.credentials.source", "SASL_INHERIT")))
                .hasMessageContaining("SASL_INHERIT");
        assertThatThrownBy(() -> client(AWAY, Map.of("basic.auth.credentials.source", "USER_INFO")))
                .hasMessageContaining("user:password");
        assertThatThrownBy(() -> client(
                        AWAY,
                        Map.of(
                                "basic.auth.credentials.source", "USER_INFO",
                                "basic.auth.user.info", "bob:secret",
                                "bearer.auth.token.file", "token")))
                .hasMessageContaining("not both");
        var strategy = new RegistryConfig(
                Map.of("schema.registry.url", AWAY, "value.subject.name.strategy", "com.acme.OwnStrategy"));
        assertThatThrownBy(() -> strategy.strategy())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("TopicRecordNameStrategy");
    }

    private static RegistryClient client(String urls) {
        return client(urls, Map.of());
    }

    private static RegistryClient client(String urls, Map<String, ?> more) {
        var config = new HashMap<String, Object>(Map.of("schema.registry.url", urls, "retries.wait.ms", 1));
        config.putAll(more);
        return RegistryClient.of(new RegistryConfig(config));
    }

    private static Queue<Canned> answers(String... bodies) {
        var answers = new ArrayDeque<Canned>();
        for (var body : bodies) {
            answers.add(new Canned(200, body));
        }
        return answers;
    }

    /** Gives each answer once, in order, and keeps the requests. */
    private String server(Queue<Canned> answers) {
        return server(exchange -> {
            var headers = exchange.getRequestHeaders();
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + headers.getFirst("Content-Type") + " " + headers.getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            var answer = answers.remove();
            var body = answer.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    private String server(HttpHandler handler) {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", handler);
            server.start();
            servers.add(server);
            return "http://127.0.0.1:" + server.getAddress().getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private record Canned(int status, String body) {}
}
