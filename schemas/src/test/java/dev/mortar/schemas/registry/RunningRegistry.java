package dev.mortar.schemas.registry;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A real Apicurio Registry in a process of its own, on free ports of this machine alone; keeps everything in memory.
 */
final class RunningRegistry implements AutoCloseable {
    private static final Path FOLDER = Path.of("target", "apicurio-registry");
    private static final int START_MAX_SECONDS = 120;
    private static final int STOP_MAX_SECONDS = 20;

    private final Process process;
    private final String url;

    private RunningRegistry(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    static RunningRegistry start() throws IOException {
        int port = freePort();
        int managementPort = freePort();
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx384m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        "quarkus-run.jar")
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Path.of("target", "apicurio-registry.log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "QUARKUS_HTTP_HOST",
                        "127.0.0.1",
                        "QUARKUS_HTTP_PORT",
                        String.valueOf(port),
                        "QUARKUS_MANAGEMENT_HOST",
                        "127.0.0.1",
                        "QUARKUS_MANAGEMENT_PORT",
                        String.valueOf(managementPort)));
        var registry = new RunningRegistry(builder.start(), "http://127.0.0.1:" + port + "/apis/ccompat/v7");
        try {
            registry.awaitReady(managementPort);
            return registry;
        } catch (RuntimeException e) {
            registry.close();
            throw e;
        }
    }

    String url() {
        return url;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_MAX_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void awaitReady(int managementPort) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try (var http = HttpClient.newHttpClient()) {
            await().atMost(Duration.ofSeconds(START_MAX_SECONDS))
                    .pollInterval(Duration.ofMillis(200))
                    .failFast("the registry ended, see target/apicurio-registry.log", () -> !process.isAlive())
                    .ignoreExceptions()
                    .until(() -> http.send(request, BodyHandlers.discarding()).statusCode() == 200);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
