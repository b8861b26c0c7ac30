package dev.mortar.localstack;

import dev.mortar.kafka.KafkaAccess;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.config.types.Password;

/**
 * The certificates of a secured broker and the passwords of its users, in files that only their owner reads. They are
 * made once for a stack, and the other processes of the stack, tools and tests take them from there.
 */
public final class Credentials {
    /** The broker's own user, and that of the release steps; both may do everything. */
    static final String BROKER = "broker";

    static final String RELEASE = "release";
    static final String MECHANISM = "SCRAM-SHA-512";

    /** Beyond the time that a stack runs without another {@code up}, which makes new ones. */
    private static final Duration REGISTRY_TOKEN_LIFE = Duration.ofDays(30);

    private static final String TRUST_STORE = "ssl.truststore.location";

    private final Path data;
    private final Certificates certificates;

    /**
     * Makes the credentials of a deployment in a folder: {@code FOLDER BROKERS HOST...}, where the hosts are the names
     * and addresses of the broker. What is there already stays. The folder then holds {@code tls}, {@code users},
     * {@code clients} (files for command-line tools and for the registry) and {@code server.properties}, the part of
     * the broker's settings that holds passwords, for its listeners {@code CLIENTS} and {@code HOST}.
     */
    public static void main(String[] arguments) {
        Topics.step(environment -> {
            if (arguments.length < 3) {
                throw new StackFailure("Usage: Credentials FOLDER BROKERS HOST...");
            }
            String prefix = environment.getOrDefault("MORTAR_TOPIC_PREFIX", "");
            var credentials = new Credentials(Path.of(arguments[0]).toAbsolutePath());
            credentials.make(Acls.users(prefix), List.of(arguments).subList(2, arguments.length));
            for (String user : List.of(BROKER, RELEASE, prefix + Acls.AUDITOR, prefix + Acls.ANALYTICS)) {
                credentials.propertiesFile(arguments[1], user, List.of(""), Map.of());
            }
            Registry.settings(credentials, arguments[1], Acls.REGISTRY);
            try {
                Path settings = credentials.data.resolve("server.properties");
                SecretFile.write(settings, Broker.security(credentials, List.of("clients", "host")));
            } catch (IOException e) {
                throw new StackFailure("The broker's settings could not be written: " + e.getMessage(), e);
            }
        });
    }

    /** Those in the data of a stack, which may not be made yet. */
    Credentials(Path data) {
        this.data = data;
        certificates = new Certificates(data.resolve("tls"));
    }

    /** Whether they are made, so whether the stack is a secured one. */
    boolean exist() {
        return Files.exists(certificates.authority());
    }

    Certificates certificates() {
        return certificates;
    }

    /** Makes what is missing, for these users, the broker and the release steps. */
    void make(List<String> users, List<String> hosts) {
        try {
            SecretFile.directory(users());
            for (String user :
                    Stream.concat(Stream.of(BROKER, RELEASE), users.stream()).toList()) {
                if (!Files.exists(passwordFile(user))) {
                    SecretFile.write(passwordFile(user), SecretFile.random());
                }
            }
            certificates.make(hosts);
        } catch (IOException e) {
            throw new StackFailure("Passwords could not be written to " + users() + ": " + e.getMessage(), e);
        }
    }

    /** Makes new tokens for the registry: services and tools read schemas, and the release step registers them. */
    void makeRegistryTokens(Tokens tokens) {
        try {
            for (String role : List.of(Registry.READER, Registry.DEVELOPER)) {
                var holder = new Tokens.Holder(role, role, List.of(), false);
                SecretFile.write(registryToken(role), tokens.sign(holder, REGISTRY_TOKEN_LIFE));
            }
        } catch (IOException e) {
            throw new StackFailure("Tokens for the registry could not be written: " + e.getMessage(), e);
        }
    }

    /** The file with the registry token of a role. */
    Path registryToken(String role) {
        return data.resolve("registry-tokens").resolve(role);
    }

    /** The folder with a file for each user, which holds the password. */
    Path users() {
        return data.resolve("users");
    }

    Path passwordFile(String user) {
        return users().resolve(user);
    }

    String password(String user) throws IOException {
        return Files.readString(passwordFile(user)).strip();
    }

    /** The settings of a user's clients. */
    Map<String, Object> client(String bootstrapServers, String user) {
        Map<String, Object> settings =
                KafkaAccess.settings(given(), user, passwordFile(user).toString());
        settings.put("bootstrap.servers", bootstrapServers);
        return settings;
    }

    /** The variables that give a process the same settings. */
    Map<String, String> environment(String user) {
        Map<String, String> variables = new HashMap<>();
        given().forEach((setting, value) -> variables.put(KafkaAccess.variable(setting), value));
        variables.put(KafkaAccess.USER, user);
        variables.put(KafkaAccess.PASSWORD_FILE, passwordFile(user).toString());
        return variables;
    }

    /**
     * Writes the same settings and others as a file of properties, with each of these in front of each name. The
     * settings of the broker need no other file, so they can be copied to another machine.
     */
    Path propertiesFile(String bootstrapServers, String user, List<String> fronts, Map<String, String> others) {
        Map<String, Object> client = client(bootstrapServers, user);
        client.putAll(others);
        client.remove(TRUST_STORE);
        client.put("ssl.truststore.certificates", certificates.authorityText());
        var properties = new Properties();
        client.forEach((setting, value) -> fronts.forEach(front -> properties.setProperty(
                front + setting, value instanceof Password password ? password.value() : value.toString())));
        Path file = data.resolve("clients").resolve(user + ".properties");
        var text = new StringWriter();
        try {
            properties.store(text, null);
            SecretFile.write(file, text.toString());
            return file;
        } catch (IOException e) {
            throw new StackFailure(file + " could not be written: " + e.getMessage(), e);
        }
    }

    private Map<String, String> given() {
        return new TreeMap<>(Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                MECHANISM,
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                certificates.authority().toString()));
    }
}
