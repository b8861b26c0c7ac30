package dev.mortar.schemas.registry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/** The configuration of client and serdes, with Confluent's keys. It ignores unknown keys. */
public final class RegistryConfig extends AbstractConfig {
    /** Base URLs of the registry, comma separated, tried in turn; {@code mock://<scope>} for a registry in memory. */
    public static final String SCHEMA_REGISTRY_URL = "schema.registry.url";

    /** Whether a serializer registers unknown schemas (default true; false in production). */
    public static final String AUTO_REGISTER_SCHEMAS = "auto.register.schemas";

    /** Whether the registry normalises schemas before it compares them (default false). */
    public static final String NORMALIZE_SCHEMAS = "normalize.schemas";

    /** Whether registered schemas lack the hints for Avro's Java code generator (default false). */
    public static final String AVRO_REMOVE_JAVA_PROPERTIES = "avro.remove.java.properties";

    /** Subject of a key's schema (default TopicNameStrategy). */
    public static final String KEY_SUBJECT_NAME_STRATEGY = "key.subject.name.strategy";

    /** Subject of a value's schema (default TopicNameStrategy). */
    public static final String VALUE_SUBJECT_NAME_STRATEGY = "value.subject.name.strategy";

    /** Whether a deserializer returns generated classes (true) or generic records (false, the default). */
    public static final String SPECIFIC_AVRO_READER = "specific.avro.reader";

    /** Where the registry's user comes from: URL (default) or USER_INFO. */
    public static final String BASIC_AUTH_CREDENTIALS_SOURCE = "basic.auth.credentials.source";

    /** {@code user:password} when the source is USER_INFO. */
    public static final String BASIC_AUTH_USER_INFO = "basic.auth.user.info";

    /** Longest time to connect to one URL, in milliseconds. */
    public static final String HTTP_CONNECT_TIMEOUT_MS = "http.connect.timeout.ms";

    /** Longest time to wait for one answer, in milliseconds. */
    public static final String HTTP_READ_TIMEOUT_MS = "http.read.timeout.ms";

    /** How many times the client tries all URLs again after all of them failed. */
    public static final String MAX_RETRIES = "max.retries";

    /** First pause before the URLs are tried again, in milliseconds; doubles each time. */
    public static final String RETRIES_WAIT_MS = "retries.wait.ms";

    /** Longest pause before the URLs are tried again, in milliseconds. */
    public static final String RETRIES_MAX_WAIT_MS = "retries.max.wait.ms";

    private static final String USE_LATEST_VERSION = "use.latest.version";
    private static final String MEMORY_SCHEME = "mock://";

    private static final ConfigDef KEYS = new ConfigDef()
            .define(SCHEMA_REGISTRY_URL, ConfigDef.Type.LIST, Importance.HIGH, "Base URLs, tried in turn")
            .define(AUTO_REGISTER_SCHEMAS, ConfigDef.Type.BOOLEAN, true, Importance.MEDIUM, "Register unknown schemas")
            .define(NORMALIZE_SCHEMAS, ConfigDef.Type.BOOLEAN, false, Importance.LOW, "Normalise before comparing")
            .define(
                    AVRO_REMOVE_JAVA_PROPERTIES,
                    ConfigDef.Type.BOOLEAN,
                    false,
                    Importance.LOW,
                    "Register without code hints")
            .define(USE_LATEST_VERSION, ConfigDef.Type.BOOLEAN, false, Importance.LOW, "Not supported")
            .define(
                    KEY_SUBJECT_NAME_STRATEGY,
                    ConfigDef.Type.STRING,
                    SubjectNameStrategy.TopicNameStrategy.name(),
                    Importance.MEDIUM,
                    "Subject of a key's schema")
            .define(
                    VALUE_SUBJECT_NAME_STRATEGY,
                    ConfigDef.Type.STRING,
                    SubjectNameStrategy.TopicNameStrategy.name(),
                    Importance.MEDIUM,
                    "Subject of a value's schema")
            .define(SPECIFIC_AVRO_READER, ConfigDef.Type.BOOLEAN, false, Importance.MEDIUM, "Give generated classes")
            .define(BASIC_AUTH_CREDENTIALS_SOURCE, ConfigDef.Type.STRING, "URL", Importance.MEDIUM, "URL or USER_INFO")
            .define(BASIC_AUTH_USER_INFO, ConfigDef.Type.PASSWORD, "", Importance.MEDIUM, "user:password")
            .define(
                    HTTP_CONNECT_TIMEOUT_MS,
                    ConfigDef.Type.INT,
                    5_000,
                    ConfigDef.Range.atLeast(1),
                    Importance.LOW,
                    "Connect")
            .define(
                    HTTP_READ_TIMEOUT_MS,
                    ConfigDef.Type.INT,
                    10_000,
                    ConfigDef.Range.atLeast(1),
                    Importance.LOW,
                    "Answer")
            .define(
                    MAX_RETRIES,
                    ConfigDef.Type.INT,
                    3,
                    ConfigDef.Range.atLeast(0),
                    Importance.LOW,
                    "Rounds after the first")
            .define(RETRIES_WAIT_MS, ConfigDef.Type.INT, 200, ConfigDef.Range.atLeast(0), Importance.LOW, "First pause")
            .define(
                    RETRIES_MAX_WAIT_MS,
                    ConfigDef.Type.INT,
                    5_000,
                    ConfigDef.Range.atLeast(0),
                    Importance.LOW,
                    "Longest pause");

    /**
     * Reads and checks a client's configuration.
     *
     * @throws ConfigException when a key is missing or has an invalid value
     */
    public RegistryConfig(Map<String, ?> config) {
        super(KEYS, config, false);
        if (getBoolean(USE_LATEST_VERSION)) {
            throw new ConfigException(
                    USE_LATEST_VERSION, true, "Records are always written with the schema of their own class");
        }
        var source = getString(BASIC_AUTH_CREDENTIALS_SOURCE);
        if (!source.equals("URL") && !source.equals("USER_INFO")) {
            throw new ConfigException(BASIC_AUTH_CREDENTIALS_SOURCE, source, "Must be URL or USER_INFO");
        }
        if (source.equals("USER_INFO") && !userInfo().contains(":")) {
            throw new ConfigException(BASIC_AUTH_USER_INFO + " must be user:password");
        }
        if (urls().isEmpty()) {
            throw new ConfigException(SCHEMA_REGISTRY_URL + " is empty");
        }
    }

    /** The settings in which clients differ. */
    record Client(List<String> urls, String credentialsSource, Password userInfo, List<Integer> patience) {}

    Client client() {
        return new Client(
                urls(),
                getString(BASIC_AUTH_CREDENTIALS_SOURCE),
                getPassword(BASIC_AUTH_USER_INFO),
                List.of(
                        getInt(HTTP_CONNECT_TIMEOUT_MS),
                        getInt(HTTP_READ_TIMEOUT_MS),
                        getInt(MAX_RETRIES),
                        getInt(RETRIES_WAIT_MS),
                        getInt(RETRIES_MAX_WAIT_MS)));
    }

    /** The name of the registry in memory, if the first URL names one. */
    Optional<String> memoryScope() {
        var first = urls().getFirst();
        return first.startsWith(MEMORY_SCHEME)
                ? Optional.of(first.substring(MEMORY_SCHEME.length()))
                : Optional.empty();
    }

    List<String> urls() {
        return getList(SCHEMA_REGISTRY_URL);
    }

    boolean userInfoIsGiven() {
        return getString(BASIC_AUTH_CREDENTIALS_SOURCE).equals("USER_INFO");
    }

    String userInfo() {
        return getPassword(BASIC_AUTH_USER_INFO).value();
    }

    SubjectNameStrategy strategy(boolean isKey) {
        var key = isKey ? KEY_SUBJECT_NAME_STRATEGY : VALUE_SUBJECT_NAME_STRATEGY;
        return SubjectNameStrategy.named(key, getString(key));
    }

    Duration duration(String keyOfMilliseconds) {
        return Duration.ofMillis(getInt(keyOfMilliseconds));
    }
}
