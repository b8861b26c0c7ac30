package dev.mortar.schemas.registry;

import dev.mortar.schemas.registry.RegistryException.NotFound;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;

/**
 * The first step of a release: registers every schema of the contract and sets its subject to FULL_TRANSITIVE. It can
 * be run again at any time. It registers nothing if the registry refuses one of the schemas.
 */
public final class RegisterSchemas {
    private static final String USAGE = """
            Usage: RegisterSchemas [--registry=URL[,URL]] [--prefix=PREFIX]
              --registry  base URLs of the registry; default: environment variable SCHEMA_REGISTRY_URL
              --prefix    topic prefix of the environment; default: MORTAR_TOPIC_PREFIX, or none
            The registry's user is in the URL or, as user:password, in SCHEMA_REGISTRY_USER_INFO.""";

    private RegisterSchemas() {}

    /**
     * Exit status: 0 if all schemas are registered, 1 if the registry is away or refuses, 2 if the arguments are wrong.
     */
    public static void main(String[] args) {
        System.exit(run(List.of(args), System.getenv(), System.out, System.err));
    }

    static int run(List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
        var url = environment.getOrDefault("SCHEMA_REGISTRY_URL", "");
        var prefix = environment.getOrDefault("MORTAR_TOPIC_PREFIX", "");
        for (var arg : args) {
            if (arg.startsWith("--registry=")) {
                url = arg.substring(arg.indexOf('=') + 1);
            } else if (arg.startsWith("--prefix=")) {
                prefix = arg.substring(arg.indexOf('=') + 1);
            } else {
                err.println("Unknown argument " + arg + "\n" + USAGE);
                return 2;
            }
        }
        if (url.isBlank()) {
            err.println("No registry is named\n" + USAGE);
            return 2;
        }
        var config = new HashMap<String, Object>(Map.of(RegistryConfig.SCHEMA_REGISTRY_URL, url));
        var userInfo = environment.get("SCHEMA_REGISTRY_USER_INFO");
        if (userInfo != null) {
            config.put(RegistryConfig.BASIC_AUTH_CREDENTIALS_SOURCE, "USER_INFO");
            config.put(RegistryConfig.BASIC_AUTH_USER_INFO, userInfo);
        }
        config.put(RegistryConfig.BEARER_TOKEN_FILE, environment.getOrDefault("SCHEMA_REGISTRY_TOKEN_FILE", ""));
        try {
            register(config, prefix, out);
            return 0;
        } catch (ConfigException e) {
            err.println(e.getMessage() + "\n" + USAGE);
            return 2;
        } catch (RegistryException | Refusals e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    /**
     * Registers every schema of the contract.
     *
     * @param config of the registry's client ({@link RegistryConfig})
     * @param prefix topic prefix of the environment; empty for none
     * @param out gets a line for each subject
     * @throws RegistryException when the registry is away or refuses this user
     * @throws Refusals when a schema is incompatible with earlier versions; nothing is registered then
     */
    public static void register(Map<String, ?> config, String prefix, PrintStream out) {
        var registry = RegistryClient.of(new RegistryConfig(config));
        var candidates = Contract.topics().stream()
                .flatMap(topic ->
                        topic.types().stream().map(type -> new Candidate(topic.subject(prefix, type), type.schema())))
                .toList();
        var refusals = new ArrayList<String>();
        for (var candidate : candidates) {
            registry.setCompatibility(candidate.subject, Compatibility.FULL_TRANSITIVE);
            for (var violation : registry.violations(candidate.subject, candidate.schema)) {
                refusals.add(candidate.subject + ": " + violation);
                var latest = registry.latest(candidate.subject);
                Compatibility.FULL
                        .violations(candidate.schema, List.of(latest.schema()))
                        .forEach(reason ->
                                refusals.add("  against its latest version " + latest.version() + ": " + reason));
            }
        }
        if (!refusals.isEmpty()) {
            throw new Refusals(refusals);
        }
        int added = 0;
        for (var candidate : candidates) {
            try {
                var known = registry.lookUp(candidate.subject, candidate.schema);
                out.println("unchanged   " + candidate.subject + ", version " + known.version() + ", id " + known.id());
            } catch (NotFound isNew) {
                int id = registry.register(candidate.subject, candidate.schema);
                out.println("registered  " + candidate.subject + ", id " + id);
                added++;
            }
        }
        out.println(candidates.size() + " subjects, all FULL_TRANSITIVE; " + added + " schemas registered");
    }

    private record Candidate(String subject, Schema schema) {}

    /** The registry refused schemas; the message lists them. */
    public static final class Refusals extends RuntimeException {
        Refusals(List<String> refusals) {
            super("Nothing was registered, because the registry refuses:\n" + String.join("\n", refusals));
        }
    }
}
