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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the schema registry is launched: Apicurio Registry with its schemas in a file of its own, or, beside a secured
 * broker, in topics that only it may read and write.
 */
final class Registry {
    /** Apicurio's role that reads schemas. */
    static final String READER = "sr-readonly";

    /** Apicurio's role that also registers them. */
    static final String DEVELOPER = "sr-developer";

    private Registry() {}

    /**
     * Writes the file with its settings as a client. Its clients take them from three places, and the connection from a
     * fourth.
     */
    static Path settings(Credentials credentials, String bootstrapServers, String user) {
        var fronts = List.of("producer.", "consumer.", "admin.", "security.", "");
        return credentials.propertiesFile(
                bootstrapServers,
                user,
                fronts.stream().map(front -> "apicurio.kafkasql." + front).toList(),
                Map.of());
    }

    /** Registers all schemas; false when these were registered before. A note says so: to ask for each takes long. */
    static boolean register(String url, String topicPrefix, Path data, @Nullable Path token) {
        String contract = topicPrefix + " " + Contract.topics();
        Path note = data.resolve("registered");
        try {
            if (Files.exists(note) && Files.readString(note).equals(contract)) {
                return false;
            }
            var nowhere = new PrintStream(OutputStream.nullOutputStream());
            Map<String, Object> client = Map.of(
                    RegistryConfig.SCHEMA_REGISTRY_URL,
                    url,
                    RegistryConfig.BEARER_TOKEN_FILE,
                    token == null ? "" : token.toString());
            RegisterSchemas.register(client, topicPrefix, nowhere);
            Files.writeString(note, contract);
            return true;
        } catch (RegistryException | RegisterSchemas.Refusals e) {
            throw new StackFailure("The schemas could not be registered at " + url + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new StackFailure(note + " could not be written: " + e.getMessage(), e);
        }
    }

    /** How it keeps its schemas in topics, and knows who may register them. */
    record Secured(Path client, Tokens tokens) {
        private Map<String, String> environment() {
            return Map.of(
                    "APICURIO_STORAGE_KIND", "kafkasql",
                    "QUARKUS_CONFIG_LOCATIONS", client.toString(),
                    "QUARKUS_OIDC_TENANT_ENABLED", "true",
                    "QUARKUS_OIDC_PUBLIC_KEY", tokens.publicKey(),
                    "QUARKUS_OIDC_TOKEN_ISSUER", tokens.issuer(),
                    "QUARKUS_OIDC_TOKEN_AUDIENCE", "mortar",
                    "QUARKUS_OIDC_ROLES_ROLE_CLAIM_PATH", "roles",
                    "APICURIO_AUTH_ROLE_BASED_AUTHORIZATION", "true");
        }
    }

    /** @param secured null if the schemas are in a file and everybody may register some */
    static Launch launch(Build build, Path data, int port, int managementPort, @Nullable Secured secured) {
        var environment = new HashMap<>(Map.of(
                "QUARKUS_HTTP_HOST", "127.0.0.1",
                "QUARKUS_HTTP_PORT", Integer.toString(port),
                "QUARKUS_HTTP_ACCESS_LOG_ENABLED", "false",
                "QUARKUS_MANAGEMENT_HOST", "127.0.0.1",
                "QUARKUS_MANAGEMENT_PORT", Integer.toString(managementPort)));
        environment.putAll(
                secured == null
                        // The database writes at once: a schema id that was handed out survives a kill.
                        ? Map.of(
                                "APICURIO_STORAGE_KIND", "sql",
                                "APICURIO_STORAGE_SQL_KIND", "h2",
                                "APICURIO_DATASOURCE_URL", "jdbc:h2:file:" + data.resolve("schemas") + ";WRITE_DELAY=0")
                        : secured.environment());
        return new Launch(
                build.registryClassPath(),
                // It works little once it has started: the second compiler would only cost.
                Launch.options("-Xms32m -Xmx160m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError"
                        + " --add-opens=java.base/java.lang=ALL-UNNAMED --enable-native-access=ALL-UNNAMED"
                        + " -Djava.util.logging.manager=org.jboss.logmanager.LogManager"),
                "io.quarkus.runner.GeneratedMain",
                List.of(),
                environment);
    }
}
