package dev.mortar.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;

/**
 * The settings by which a client reaches the brokers. A deployment gives settings of Kafka's clients, such as
 * {@code security.protocol}, and a user whose password is in a file. The password is in the settings as a
 * {@link Password}, which does not print.
 */
public final class KafkaAccess {
    /** Each other variable that begins with this is a client setting: {@code MORTAR_KAFKA_SECURITY_PROTOCOL}. */
    public static final String SETTING = "MORTAR_KAFKA_";

    /** The variable that names the user. */
    public static final String USER = "KAFKA_USER";

    /** The variable that names the file with the user's password. */
    public static final String PASSWORD_FILE = "KAFKA_PASSWORD_FILE";

    private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule";

    /** The login module of each mechanism that takes a user and a password. */
    private static final Map<String, String> LOGIN_MODULES = Map.of(
            "SCRAM-SHA-512", SCRAM,
            "SCRAM-SHA-256", SCRAM,
            "PLAIN", "org.apache.kafka.common.security.plain.PlainLoginModule");

    private KafkaAccess() {}

    /**
     * The settings of the environment variables: {@code KAFKA_BOOTSTRAP_SERVERS}, which is 127.0.0.1:9092 if it is not
     * set, {@link #SETTING}, {@link #USER} and {@link #PASSWORD_FILE}.
     */
    public static Map<String, Object> ofEnvironment(Map<String, String> environment) {
        Map<String, String> given = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(SETTING)) {
                String rest = name.substring(SETTING.length());
                given.put(rest.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        String user = environment.getOrDefault(USER, "");
        Map<String, Object> settings = settings(given, user, environment.getOrDefault(PASSWORD_FILE, ""));
        settings.put(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                environment.getOrDefault("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"));
        return settings;
    }

    /** The variable that gives a client setting. */
    public static String variable(String setting) {
        return SETTING + setting.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /**
     * The given settings, and the login of the user if there is one. It reads the password from the file now.
     *
     * @param user empty if the brokers ask for none
     * @param passwordFile empty if there is no user
     * @throws IllegalArgumentException when the settings fit no client or not the user; it says no value
     */
    public static Map<String, Object> settings(Map<String, String> given, String user, String passwordFile) {
        for (String name : given.keySet()) {
            if (name.equals(SaslConfigs.SASL_JAAS_CONFIG)) {
                throw new IllegalArgumentException(name + " cannot be given: it is made from " + USER
                        + " and the password in the file that " + PASSWORD_FILE + " names");
            }
            if (!isKnown(name)) {
                throw new IllegalArgumentException("Kafka's clients have no setting " + name);
            }
        }
        Map<String, Object> settings = new HashMap<>(given);
        if (user.isEmpty() != passwordFile.isEmpty()) {
            throw new IllegalArgumentException(USER + " and " + PASSWORD_FILE + " go together");
        }
        if (user.isEmpty()) {
            return settings;
        }
        String protocol = given.getOrDefault(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT");
        if (!protocol.startsWith("SASL_")) {
            throw new IllegalArgumentException(
                    "A user needs the security.protocol SASL_SSL, and not " + protocol + ", which sends no user");
        }
        String mechanism = given.getOrDefault(SaslConfigs.SASL_MECHANISM, SaslConfigs.DEFAULT_SASL_MECHANISM);
        settings.put(SaslConfigs.SASL_JAAS_CONFIG, new Password(login(mechanism, user, password(passwordFile))));
        return settings;
    }

    private static boolean isKnown(String name) {
        return ProducerConfig.configNames().contains(name)
                || ConsumerConfig.configNames().contains(name)
                || AdminClientConfig.configNames().contains(name);
    }

    /** The text that {@code sasl.jaas.config} takes. Nothing else writes such a text. */
    public static String login(String mechanism, String user, String password) {
        String module = LOGIN_MODULES.get(mechanism);
        if (module == null) {
            throw new IllegalArgumentException("A user needs the sasl.mechanism "
                    + String.join(" or ", new TreeMap<>(LOGIN_MODULES).keySet()) + ", and not " + mechanism);
        }
        return "%s required username=%s password=%s;".formatted(module, quoted(user), quoted(password));
    }

    /** As Kafka reads a quoted text: with Java's escapes, and not over the end of a line. */
    private static String quoted(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                + '"';
    }

    private static String password(String file) {
        try {
            String password = Files.readString(Path.of(file)).strip();
            if (password.isEmpty()) {
                throw new IllegalArgumentException("The password file " + file + " is empty");
            }
            return password;
        } catch (IOException e) {
            throw new IllegalArgumentException("The password file " + file + " cannot be read: " + e, e);
        }
    }
}
