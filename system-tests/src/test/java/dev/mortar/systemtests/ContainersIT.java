package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mortar.localstack.Issuer;
import dev.mortar.localstack.Mails;
import dev.mortar.localstack.Tokens;
import dev.mortar.localstack.Topics;
import dev.mortar.schemas.registry.RegisterSchemas;
import dev.mortar.schemas.registry.RegistryConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The story once more with broker and registry in containers, where Docker is, and the services as they are deployed.
 */
@Isolated
class ContainersIT {

    private static final String KAFKA = "apache/kafka:4.2.1";
    private static final String REGISTRY = "apicurio/apicurio-registry:3.3.3";
    private static final int REGISTRY_PORT = 8080;
    private static final List<String> SERVICES = List.of("order", "inventory", "pickup");

    @TempDir
    Path folder;

    @Test
    void anOrderIsPlacedAndFetched() throws IOException {
        assumeTrue(
                DockerClientFactory.instance().isDockerAvailable(),
                "Docker is not there, so broker and registry cannot run in containers");
        Map<String, Integer> ports = new HashMap<>();
        List<Process> processes = new ArrayList<>();
        try (var kafka = new KafkaContainer(DockerImageName.parse(KAFKA))
                        .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
                var registry = new GenericContainer<>(DockerImageName.parse(REGISTRY))
                        .withExposedPorts(REGISTRY_PORT)
                        .withEnv("APICURIO_STORAGE_KIND", "sql")
                        .withEnv("APICURIO_STORAGE_SQL_KIND", "h2")
                        .waitingFor(Wait.forHttp("/apis/ccompat/v7/subjects").forPort(REGISTRY_PORT))) {
            Stream.of(kafka, registry).parallel().forEach(GenericContainer::start);
            String registryUrl =
                    "http://" + registry.getHost() + ":" + registry.getMappedPort(REGISTRY_PORT) + "/apis/ccompat/v7";
            Topics.create(Map.of("bootstrap.servers", kafka.getBootstrapServers()), 2, 1, (short) 1, "");
            RegisterSchemas.register(
                    Map.of(RegistryConfig.SCHEMA_REGISTRY_URL, registryUrl),
                    "",
                    new PrintStream(OutputStream.nullOutputStream()));
            int issuerPort = freePort();
            Path keys = folder.resolve("keys.json");
            processes.add(startIssuer(issuerPort, keys));
            var tokens = new Tokens("http://127.0.0.1:" + issuerPort, keys);
            for (String service : SERVICES) {
                int port = freePort();
                ports.put(service, port);
                processes.add(start(service, port, kafka.getBootstrapServers(), registryUrl, tokens.settings()));
            }
            await().atMost(Shop.PATIENCE).until(() -> Files.exists(keys));
            var shop = new Shop(service -> "http://127.0.0.1:" + ports.get(service), ContainersIT::noMails, tokens);
            SERVICES.forEach(service -> Shop.awaitAnswer(
                    service + " is ready", () -> shop.get(service, "/readyz"), answer -> answer.status() == 200));

            String sku = newSku();
            String store = shop.storeWith(sku, 2);
            String orderId = shop.confirmed(pickupOrder(Shop.stranger(), store, sku, 1));
            shop.pick(orderId + "-1");
            shop.ready(orderId + "-1");
            shop.atCounter(orderId + "-1", "handover", Shop.override()).is(200);
            shop.awaitOrder(orderId, "COMPLETED");
            shop.awaitStock(store, sku, 1, 0);
            assertThat(shop.history(orderId)).startsWith("OrderPlaced").endsWith("OrderCompleted");
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
    }

    /** Runs the jar as it is deployed. */
    private Process start(
            String service, int port, String bootstrapServers, String registryUrl, Map<String, String> issuer)
            throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "1:not-a-secret-outside-this-test");
        Path jar = jar(service);
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-jar",
                        jar.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(service + ".log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "KAFKA_BOOTSTRAP_SERVERS",
                        bootstrapServers,
                        "SCHEMA_REGISTRY_URL",
                        registryUrl,
                        "SERVER_PORT",
                        Integer.toString(port),
                        "MANAGEMENT_SERVER_PORT",
                        "0",
                        "MORTAR_STATE_DIR",
                        folder.resolve(service).toString(),
                        "MORTAR_PICKUP_SECRET_FILE",
                        secret.toString(),
                        "MORTAR_LINK_SECRET_FILE",
                        secret.toString()));
        builder.environment().putAll(issuer);
        return builder.start();
    }

    private Process startIssuer(int port, Path keys) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Issuer.class.getName(),
                        "127.0.0.1",
                        Integer.toString(port),
                        keys.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("issuer.log").toFile())
                .start();
    }

    private static Path jar(String service) throws IOException {
        Path root = Path.of(System.getProperty("mortar.root", "..")).toAbsolutePath();
        try (Stream<Path> built = Files.list(root.resolve(service + "-service/target"))) {
            return built.filter(file -> file.toString().endsWith("-app.jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Mails noMails() {
        throw new UnsupportedOperationException("Nobody sends mails here");
    }
}
