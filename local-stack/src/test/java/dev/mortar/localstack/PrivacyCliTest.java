package dev.mortar.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.notification.ContactPurpose;
import dev.mortar.schemas.notification.ContactRead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks the requests and the file of the command line. System tests check the answers of the services. */
class PrivacyCliTest {
    private static final ContactRead READ = ContactRead.newBuilder()
            .setReadId(UUID.fromString("0b5c8c1e-8f5b-5a63-9a52-0d7c2a0f4b11"))
            .setCustomerId("c1")
            .setActor(new Actor(ActorType.ASSOCIATE, "a1", "oslo-1", null))
            .setPurpose(ContactPurpose.KERB_HANDOVER)
            .setFields(List.of("firstName"))
            .setAt(Instant.parse("2026-06-01T12:00:00Z"))
            .setCorrelationId("call-1")
            .build();

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Map<String, String> answers = new HashMap<>();
    private final Set<String> callers = new ConcurrentSkipListSet<>();
    private final Set<String> requests = new ConcurrentSkipListSet<>();

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            callers.add(exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + exchange.getRequestHeaders().getFirst("Mortar-Purpose"));
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            String answer = answers.get(exchange.getRequestURI().toString());
            byte[] body = (answer == null ? "{}" : answer).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        answers.put(
                "/v1/customers/c1/contact", "{\"name\": \"Ása\", \"destinations\": [{\"destinationId\": \"home\"}]}");
        answers.put("/v1/customers/c1/orders?limit=100", "{\"orders\": [{\"orderId\": \"o2\"}], \"next\": \"o 2\"}");
        answers.put("/v1/customers/c1/orders?limit=100&cursor=o%202", "{\"orders\": [{\"orderId\": \"o1\"}]}");
        answers.put("/v1/orders/o1", "{\"orderId\": \"o1\", \"fulfilments\": []}");
        answers.put(
                "/v1/orders/o2",
                "{\"orderId\": \"o2\", \"fulfilments\": [{\"fulfilmentId\": \"o2-1\"}, {\"fulfilmentId\": \"o2-2\"}]}");
        answers.put("/v1/pickups/o2-1", "{\"fulfilmentId\": \"o2-1\"}");
        answers.put("/v1/orders/o2/returns", "{\"orderId\": \"o2\", \"returns\": [{\"returnId\": \"r1\"}]}");
        answers.put("/v1/customers/c1/notifications?limit=1000", "{\"notifications\": [{\"notificationId\": \"n1\"}]}");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void writesAllThatIsKnownOfAShopperAndTheDigest() throws Exception {
        Path file = folder.resolve("c1.json");

        assertThat(run(file, "export", "c1")).isZero();

        byte[] bytes = Files.readAllBytes(file);
        assertThat(said())
                .isEqualTo(HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))
                        + "  " + file + System.lineSeparator());
        assertThat(Files.getPosixFilePermissions(file))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        JsonNode all = JsonMapper.shared().readTree(bytes);
        assertThat(all.at("/contact/name").asString()).isEqualTo("Ása");
        assertThat(all.at("/contact/destinations/0/destinationId").asString()).isEqualTo("home");
        assertThat(all.path("orders").size()).isEqualTo(2);
        assertThat(all.at("/orders/1/orderId").asString()).isEqualTo("o1");
        assertThat(all.path("pickups").toString()).isEqualTo("[{\"fulfilmentId\":\"o2-1\"}]");
        assertThat(all.path("returns").toString()).isEqualTo("[{\"returnId\":\"r1\"}]");
        assertThat(all.path("notifications").toString()).isEqualTo("[{\"notificationId\":\"n1\"}]");
        assertThat(all.path("contactReads").toString())
                .isEqualTo("[{\"readId\":\"0b5c8c1e-8f5b-5a63-9a52-0d7c2a0f4b11\",\"at\":\"2026-06-01T12:00:00Z\","
                        + "\"actorType\":\"ASSOCIATE\",\"actorId\":\"a1\",\"locationId\":\"oslo-1\",\"via\":null,"
                        + "\"purpose\":\"KERB_HANDOVER\",\"fields\":[\"firstName\"],\"correlationId\":\"call-1\"}]");
        assertThat(callers).containsExactly("Bearer the-token LEGAL");
    }

    @Test
    void anErasedShopperHasNoContact() throws IOException {
        answers.remove("/v1/customers/c1/contact");
        Path file = folder.resolve("c1.json");

        assertThat(run(file, "export", "c1")).isZero();

        assertThat(JsonMapper.shared()
                        .readTree(Files.readAllBytes(file))
                        .path("contact")
                        .isNull())
                .isTrue();
    }

    @Test
    void anExportThatIsNotCompleteLeavesNoFile() {
        Path file = folder.resolve("c1.json");
        answers.remove("/v1/customers/c1/notifications?limit=1000");
        assertThat(run(file, "export", "c1")).isOne();
        assertThat(said()).contains("/v1/customers/c1/notifications");

        answers.put("/v1/customers/c1/notifications?limit=1000", "{\"notifications\": [" + "{},".repeat(999) + "{}]}");
        assertThat(run(file, "export", "c1")).isOne();
        assertThat(said()).contains("1000 notifications or more");
        assertThat(file).doesNotExist();
    }

    @Test
    void neverReplacesAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("c1.json"), "mine");

        assertThat(run(file, "export", "c1")).isOne();

        assertThat(file).hasContent("mine");
        assertThat(said()).contains("exists");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "export",
                "forget c1",
                "prove c1",
                "erase",
                "export c1 --values",
                "export c1 c2",
                "export c1 --colour red"
            })
    void whatCannotBeUnderstoodEndsWithTwoAndTheUsage(String arguments) {
        assertThat(run(folder.resolve("c1.json"), arguments.split(" ", -1))).isEqualTo(2);
        assertThat(said()).contains("./mortar privacy export CUSTOMER");
    }

    private int run(Path file, String... words) {
        List<String> typed = new ArrayList<>(List.of(words));
        typed.addAll(
                List.of("--out", file.toString(), "--token-file", tokenFile().toString()));
        for (String service : Service.ALL) {
            typed.addAll(List.of(
                    "--url",
                    service + "=http://127.0.0.1:" + server.getAddress().getPort()));
        }
        var print = new PrintStream(said, true, StandardCharsets.UTF_8);
        return PrivacyCli.run(typed, _ -> List.of(PrivacyExport.shown(READ)), print, print);
    }

    private Path tokenFile() {
        try {
            return Files.writeString(folder.resolve("token"), "the-token\n");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
