package dev.mortar.schemas.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/** The configuration of client and serdes, with Confluent's keys. It ignores unknown keys. */
public final class RegistryConfig extends AbstractConfig {
    /** Base URLs of the registry, comma separated, tried in turn; {@code mock://<scope>} for a registry in memory. */
    public static final String SCHEMA_REGISTRY_URL = "schema.registry.url";

    /** Whether a serializer registers unknown schemas (default true; false in production). */
    public static final String AUTO_REGISTER_SCHEMAS = "auto.register.schemas";

    /** Subject of a value's schema (default TopicNameStrategy). */
    public static final String VALUE_SUBJECT_NAME_STRATEGY = "value.subject.name.strategy";

    /** Whether a deserializer returns generated classes (true) or generic records (false, the default). */
    public static final String SPECIFIC_AVRO_READER = "specific.avro.reader";

    /** Where the registry's user comes from: URL (default) or USER_INFO. */
    static final String BASIC_AUTH_CREDENTIALS_SOURCE = "basic.auth.credentials.source";

    /** {@code user:password} when the source is USER_INFO. */
    static final String BASIC_AUTH_USER_INFO = "basic.auth.user.info";

    /**
     * File with a bearer token (RFC 6750) for the registry. The client reads it for each request, so a token is renewed
     * by replacing the file. Not one of Confluent's keys.
     */
    public static final String BEARER_TOKEN_FILE = "bearer.auth.token.file";

    /** How many times the client tries all URLs again after all of them failed. */
    static final String MAX_RETRIES = "max.retries";

    /** First pause before the URLs are tried again, in milliseconds; doubles each time. */
    static final String RETRIES_WAIT_MS = "retries.wait.ms";

    /** Keys of Confluent's that change the schema of a record. A serializer always uses the schema of the class. */
    private static final List<String> REFUSED =
            List.of("use.latest.version", "normalize.schemas", "avro.remove.java.properties");

    private static final String MEMORY_SCHEME = "mock://";

    /** The comments above describe the keys. */
    private static final ConfigDef KEYS = new ConfigDef()
            .define(SCHEMA_REGISTRY_URL, Type.LIST, Importance.HIGH, "")
            .define(AUTO_REGISTER_SCHEMAS, Type.BOOLEAN, true, Importance.MEDIUM, "")
            .define(VALUE_SUBJECT_NAME_STRATEGY, Type.STRING, "TopicNameStrategy", Importance.MEDIUM, "")
            .define(SPECIFIC_AVRO_READER, Type.BOOLEAN, false, Importance.MEDIUM, "")
            .define(BASIC_AUTH_CREDENTIALS_SOURCE, Type.STRING, "URL", Importance.MEDIUM, "")
            .define(BASIC_AUTH_USER_INFO, Type.PASSWORD, "", Importance.MEDIUM, "")
            .define(BEARER_TOKEN_FILE, Type.STRING, "", Importance.MEDIUM, "")
            .define(MAX_RETRIES, Type.INT, 3, ConfigDef.Range.atLeast(0), Importance.LOW, "")
            .define(RETRIES_WAIT_MS, Type.INT, 200, ConfigDef.Range.atLeast(0), Importance.LOW, "");

    static {
        REFUSED.forEach(key -> KEYS.define(key, Type.BOOLEAN, false, Importance.LOW, ""));
    }

    /**
     * Reads and checks a client's configuration.
     *
     * @throws ConfigException when a key is missing or has an invalid value
     */
    public RegistryConfig(Map<String, ?> config) {
        super(KEYS, config, false);
        REFUSED.stream().filter(this::getBoolean).findFirst().ifPresent(key -> {
            throw new ConfigException(key, true, "Records are always written with the schema of their own class");
        });
        var source = getString(BASIC_AUTH_CREDENTIALS_SOURCE);
        if (!List.of("URL", "USER_INFO").contains(source)) {
            throw new ConfigException(BASIC_AUTH_CREDENTIALS_SOURCE, source, "Must be URL or USER_INFO");
        }
        if (userInfo().filter(user -> !user.contains(":")).isPresent()) {
            throw new ConfigException(BASIC_AUTH_USER_INFO + " must be user:password");
        }
        if (userInfo().isPresent() && tokenFile().isPresent()) {
            throw new ConfigException("Set " + BASIC_AUTH_USER_INFO + " or " + BEARER_TOKEN_FILE + ", not both");
        }
        if (urls().isEmpty()) {
            throw new ConfigException(SCHEMA_REGISTRY_URL + " is empty");
        }
    }

    /** The settings in which clients differ. */
    List<Object> client() {
        return List.of(
                urls(),
                getString(BASIC_AUTH_CREDENTIALS_SOURCE),
                getPassword(BASIC_AUTH_USER_INFO),
                getString(BEARER_TOKEN_FILE),
                getInt(MAX_RETRIES),
                getInt(RETRIES_WAIT_MS));
    }

    /** The name of the registry in memory, if the first URL names one. */
    Optional<String> memoryScope() {
        return Optional.of(urls().getFirst())
                .filter(url -> url.startsWith(MEMORY_SCHEME))
                .map(url -> url.substring(MEMORY_SCHEME.length()));
    }

    List<String> urls() {
        return getList(SCHEMA_REGISTRY_URL);
    }

    /** The registry's user and password; empty if the URL has them. */
    Optional<String> userInfo() {
        return getString(BASIC_AUTH_CREDENTIALS_SOURCE).equals("USER_INFO")
                ? Optional.of(getPassword(BASIC_AUTH_USER_INFO).value())
                : Optional.empty();
    }

    /** The file with the token; empty if the registry asks for none. */
    Optional<Path> tokenFile() {
        return Optional.of(getString(BEARER_TOKEN_FILE))
                .filter(file -> !file.isBlank())
                .map(Path::of);
    }

    SubjectNameStrategy strategy() {
        return SubjectNameStrategy.named(VALUE_SUBJECT_NAME_STRATEGY, getString(VALUE_SUBJECT_NAME_STRATEGY));
    }
}
