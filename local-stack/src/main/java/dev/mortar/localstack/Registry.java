package dev.mortar.localstack;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How the schema registry is launched: Apicurio Registry with its schemas in a file of its own. */
final class Registry {
    private Registry() {}

    static Launch launch(Build build, Path data, int port, int managementPort) {
        return new Launch(
                build.registryClassPath(),
                List.of(
                        "-Xms32m",
                        "-Xmx160m",
                        "-XX:+UseSerialGC",
                        // It works little once it has started: the second compiler would only cost.
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.util.logging.manager=org.jboss.logmanager.LogManager"),
                "io.quarkus.runner.GeneratedMain",
                List.of(),
                Map.ofEntries(
                        Map.entry("QUARKUS_HTTP_HOST", "127.0.0.1"),
                        Map.entry("QUARKUS_HTTP_PORT", Integer.toString(port)),
                        Map.entry("QUARKUS_HTTP_ACCESS_LOG_ENABLED", "false"),
                        Map.entry("QUARKUS_MANAGEMENT_HOST", "127.0.0.1"),
                        Map.entry("QUARKUS_MANAGEMENT_PORT", Integer.toString(managementPort)),
                        Map.entry("APICURIO_STORAGE_KIND", "sql"),
                        Map.entry("APICURIO_STORAGE_SQL_KIND", "h2"),
                        // Written at once: a schema id that was handed out survives a kill.
                        Map.entry(
                                "APICURIO_DATASOURCE_URL",
                                "jdbc:h2:file:" + data.resolve("schemas") + ";WRITE_DELAY=0")));
    }
}
