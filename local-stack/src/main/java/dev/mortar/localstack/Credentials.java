package dev.mortar.localstack;

import dev.mortar.kafka.KafkaAccess;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.config.types.Password;

/**
 * The certificates of a secured broker and the passwords of its users, in files that only their owner reads. They are
 * made once for a stack, and the other processes of the stack, tools and tests take them from there.
 */
final class Credentials {
    /** The broker's own user, and that of the release steps; both may do everything. */
    static final String BROKER = "broker";

    static final String RELEASE = "release";
    static final String MECHANISM = "SCRAM-SHA-512";

    private final Path data;
    private final Certificates certificates;

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

    /** Makes what is missing, for these users. */
    void make(List<String> users) {
        try {
            SecretFile.directory(users());
            for (String user : users) {
                if (!Files.exists(passwordFile(user))) {
                    SecretFile.write(passwordFile(user), SecretFile.random());
                }
            }
            certificates.make(List.of("127.0.0.1", "localhost"));
        } catch (IOException e) {
            throw new StackFailure("Passwords could not be written to " + users() + ": " + e.getMessage(), e);
        }
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

    /** Writes the same settings as a file of properties, with this in front of each name. */
    Path propertiesFile(String bootstrapServers, String user, List<String> fronts) {
        var properties = new Properties();
        client(bootstrapServers, user)
                .forEach((setting, value) -> fronts.forEach(front -> properties.setProperty(
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
