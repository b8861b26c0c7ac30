package dev.mortar.localstack;

import dev.mortar.schemas.registry.Contract;
import dev.mortar.schemas.registry.RegisterSchemas;
import dev.mortar.schemas.registry.RegistryConfig;
import dev.mortar.schemas.registry.RegistryException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How the schema registry is launched: Apicurio Registry with its schemas in a file of its own. */
final class Registry {
    private Registry() {}

    /** Registers all schemas; false when these were registered before. A note says so: to ask for each takes long. */
    static boolean register(String url, String topicPrefix, Path data) {
        String contract = topicPrefix + " " + Contract.topics();
        Path note = data.resolve("registered");
        try {
            if (Files.exists(note) && Files.readString(note).equals(contract)) {
                return false;
            }
            var nowhere = new PrintStream(OutputStream.nullOutputStream());
            RegisterSchemas.register(Map.of(RegistryConfig.SCHEMA_REGISTRY_URL, url), topicPrefix, nowhere);
            Files.writeString(note, contract);
            return true;
        } catch (RegistryException | RegisterSchemas.Refusals e) {
            throw new StackFailure("The schemas could not be registered at " + url + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new StackFailure(note + " could not be written: " + e.getMessage(), e);
        }
    }

    static Launch launch(Build build, Path data, int port, int managementPort) {
        return new Launch(
                build.registryClassPath(),
                // It works little once it has started: the second compiler would only cost.
                Launch.options("-Xms32m -Xmx160m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError"
                        + " --add-opens=java.base/java.lang=ALL-UNNAMED --enable-native-access=ALL-UNNAMED"
                        + " -Djava.util.logging.manager=org.jboss.logmanager.LogManager"),
                "io.quarkus.runner.GeneratedMain",
                List.of(),
                // The database writes at once: a schema id that was handed out survives a kill.
                Map.of(
                        "QUARKUS_HTTP_HOST", "127.0.0.1",
                        "QUARKUS_HTTP_PORT", Integer.toString(port),
                        "QUARKUS_HTTP_ACCESS_LOG_ENABLED", "false",
                        "QUARKUS_MANAGEMENT_HOST", "127.0.0.1",
                        "QUARKUS_MANAGEMENT_PORT", Integer.toString(managementPort),
                        "APICURIO_STORAGE_KIND", "sql",
                        "APICURIO_STORAGE_SQL_KIND", "h2",
                        "APICURIO_DATASOURCE_URL", "jdbc:h2:file:" + data.resolve("schemas") + ";WRITE_DELAY=0"));
    }
}
