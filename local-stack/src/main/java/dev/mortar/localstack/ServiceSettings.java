package dev.mortar.localstack;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the services of a stack, as environment variables, and the files of their secrets.
 *
 * @param credentials null if the broker is not secured
 */
record ServiceSettings(
        StackOptions options, Tokens tokens, @Nullable Credentials credentials) {
    /** The demo, the benchmarks and the tests play all callers from one address, some of them as one actor. */
    private static final String REQUESTS_PER_MINUTE = "1000000";

    /** The name of an instance's management port in {@link Ports}. */
    static String managementOf(String instance) {
        return instance + "-management";
    }

    /** The environment of an instance. */
    Map<String, String> of(String instance) {
        boolean linked = options.linked() && options.services().contains(instance);
        Ports ports = options.ports();
        int broker = linked ? options.link(instance).advertised() : ports.of("broker");
        var environment = new HashMap<>(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + broker,
                "SCHEMA_REGISTRY_URL", options.schemaRegistryUrl(),
                "SERVER_PORT", Integer.toString(ports.of(instance)),
                "MANAGEMENT_SERVER_PORT", Integer.toString(ports.of(managementOf(instance))),
                "SERVER_ADDRESS", "127.0.0.1",
                "MORTAR_INSTANCE_ID", Stack.instanceId(instance),
                "MORTAR_STATE_DIR", options.data(instance).resolve("state").toString(),
                "SPRING_MAIL_HOST", "127.0.0.1",
                "SPRING_MAIL_PORT", Integer.toString(ports.of("smtp"))));
        environment.put("MORTAR_PICKUP_SECRET_FILE", secret("pickup-secret", "k1:"));
        environment.put("MORTAR_LINK_SECRET_FILE", secret("link-secret", "k1:"));
        environment.put("MORTAR_ORDER_PAGE", "https://shop.example/order#");
        environment.putAll(tokens.settings());
        environment.put("MORTAR_SCRAPE_TOKEN_FILE", secret("scrape-token", ""));
        environment.put("MORTAR_SECURITY_ANONYMOUSREQUESTSPERMINUTE", REQUESTS_PER_MINUTE);
        environment.put("MORTAR_SECURITY_SHOPPERTAKESGOODSPERMINUTE", REQUESTS_PER_MINUTE);
        environment.put("MORTAR_CONTACTREADSPERHOUR", REQUESTS_PER_MINUTE);
        // A link to an order is a role without tokens.
        Stream.concat(Tokens.ROLES.stream(), Stream.of("ORDER_LINK"))
                .forEach(role -> environment.put(
                        "MORTAR_SECURITY_REQUESTSPERMINUTE_" + role.replace("_", ""), REQUESTS_PER_MINUTE));
        if (credentials != null) {
            environment.putAll(credentials.environment(options.topicPrefix() + Acls.user(Service.of(instance))));
            environment.put(
                    "SCHEMA_REGISTRY_TOKEN_FILE",
                    credentials.registryToken(Registry.READER).toString());
        }
        environment.putAll(options.environment());
        return environment;
    }

    /** A file with a secret that the services share. */
    private String secret(String name, String keyId) {
        return SecretFile.makeOnce(options.data(name), () -> keyId + SecretFile.random())
                .toString();
    }
}
