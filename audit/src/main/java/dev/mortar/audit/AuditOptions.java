package dev.mortar.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The options of the command line. */
final class AuditOptions {
    /** Also the syntax of each option: the values after its name, in brackets if they may be left out. */
    static final String USAGE = """
            ./mortar audit [OPTIONS]      checks every promise in the logs of a running or stopped system
              --bootstrap HOST:PORT       brokers (127.0.0.1:9092)
              --kafka-properties FILE     settings of a Kafka client, such as security.protocol and sasl.jaas.config (none)
              --registry URL              schema registry (http://127.0.0.1:8081/apis/ccompat/v7)
              --prefix PREFIX             prefix of the topic names (none)
              --as-of TIME|OFFSETS        the state at an earlier time; TIME as 2026-11-22T10:00:00Z,
                                          OFFSETS as topic/partition/offset,topic/partition/offset,...
              --explain LOCATION SKU      the events that make up the stock of a SKU
              --service-urls [LIST]       compares the answers of the services: order=URL,inventory=URL,pickup=URL,returns=URL
                                          (without a list: the ports of the local stack)
              --token-file FILE           a token of the role BACK_OFFICE for these services; without it MORTAR_TOKEN
              --journal FILE              history of the clients, one JSON object a line
              --json FILE                 the report for machines
              --patience DURATION         time a service has to take a step (PT2M)
              --slack DURATION            lag of timers and listeners (PT2M)
              --contact-lag DURATION      lag of the sender of mails behind contacts (PT10S)
              --any-partition             do not check the partition of a key
              --measure [EVENTS]          measures the audit itself on a synthetic log (2000000)
            Exit code: 0 all promises hold, 1 one is broken, 2 the audit could not be done.
            """;

    private static final Map<String, String> SYNTAX = Pattern.compile("(?m)^  (--[a-z-]+)((?: [A-Z:|\\[\\]]+)*)  ")
            .matcher(USAGE)
            .results()
            .collect(Collectors.toMap(
                    option -> option.group(1), option -> option.group(2).strip()));
    private static final String LOCAL_STACK = "order=http://127.0.0.1:8101,inventory=http://127.0.0.1:8102,"
            + "pickup=http://127.0.0.1:8103,returns=http://127.0.0.1:8104";

    final String bootstrap;
    /** Settings of the Kafka clients, the brokers' addresses among them. They may hold a password. */
    final Map<String, Object> client = new HashMap<>();

    final String registry;
    final String prefix;
    /** Number of events to measure; 0 if nothing is measured. */
    final long measure;
    /** Last offset of each partition, by topic/partition; empty without a limit. */
    final Map<String, Long> until = new HashMap<>();
    /** URLs of the services whose answers are compared, by noun. */
    final Map<String, String> services = new HashMap<>();

    /** For the services; empty without one. */
    final String token;

    final @Nullable Instant asOf;
    /** The location and the SKU to explain, or nothing. */
    final List<String> explained;

    final @Nullable Path json;
    final @Nullable Path journal;
    private final Map<String, List<String>> given = new HashMap<>();
    private final AuditRules rules;

    /** @throws IllegalArgumentException if the arguments do not fit {@link #USAGE} */
    AuditOptions(String... arguments) {
        var rest = new ArrayDeque<>(List.of(arguments));
        while (!rest.isEmpty()) {
            take(rest.remove(), rest);
        }
        var standard = AuditRules.standard();
        readClient();
        bootstrap = value(
                "--bootstrap",
                client.getOrDefault("bootstrap.servers", "127.0.0.1:9092").toString());
        client.put("bootstrap.servers", bootstrap);
        registry = value("--registry", "http://127.0.0.1:8081/apis/ccompat/v7");
        prefix = value("--prefix", "");
        measure = given.containsKey("--measure") ? number("--measure", value("--measure", "2000000")) : 0;
        rules = new AuditRules(
                0,
                duration("--patience", standard.patience()),
                duration("--slack", standard.slack()),
                duration("--contact-lag", standard.contactLag()),
                standard.violationsKept(),
                standard.idsInMemory());
        var time = value("--as-of", "");
        boolean isTime = !time.isEmpty() && !time.contains("/");
        asOf = isTime ? parsed("--as-of", time, Instant::parse, "a time as 2026-11-22T10:00:00Z or offsets") : null;
        for (var each : isTime ? List.<String>of() : list("--as-of", "")) {
            var parts = each.split("/", -1);
            if (parts.length != 3) {
                throw new IllegalArgumentException("An offset is written topic/partition/offset, not " + each + ".");
            }
            until.put(parts[0] + '/' + number("--as-of", parts[1]), number("--as-of", parts[2]));
        }
        for (var each : list("--service-urls", LOCAL_STACK)) {
            int equals = each.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("A service is written noun=URL, not " + each + ".");
            }
            services.put(each.substring(0, equals), each.substring(equals + 1));
        }
        var tokenFile = path("--token-file");
        token = tokenFile == null ? System.getenv().getOrDefault("MORTAR_TOKEN", "") : read(tokenFile);
        explained = given.getOrDefault("--explain", List.of());
        json = path("--json");
        journal = path("--journal");
    }

    private void readClient() {
        var file = path("--kafka-properties");
        if (file == null) {
            return;
        }
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new IllegalArgumentException("--kafka-properties " + file + " cannot be read: " + e, e);
        }
        properties.stringPropertyNames().forEach(name -> client.put(name, properties.getProperty(name)));
    }

    private void take(String option, ArrayDeque<String> rest) {
        var syntax = SYNTAX.get(option);
        if (syntax == null) {
            throw new IllegalArgumentException("There is no option " + option + ".");
        }
        var values = new ArrayList<String>();
        for (var name : syntax.isEmpty() ? new String[0] : syntax.split(" ")) {
            boolean isLeftOut =
                    rest.isEmpty() || (name.startsWith("[") && rest.element().startsWith("--"));
            if (!isLeftOut) {
                values.add(rest.remove());
            } else if (!name.startsWith("[")) {
                throw new IllegalArgumentException("Option " + option + " needs a value.");
            }
        }
        given.put(option, values);
    }

    AuditRules rules(int partitions) {
        return given.containsKey("--any-partition") ? rules : rules.withPartitions(partitions);
    }

    /** Whether the state at an earlier time is asked for. */
    boolean isEarlier() {
        return asOf != null || !until.isEmpty();
    }

    /** Whether a record lies after the time or offset that is asked for. */
    boolean isAfter(RecordId recordId, Instant appendedAt) {
        var last = until.get(recordId.topic() + '/' + recordId.partition());
        return (asOf != null && appendedAt.isAfter(asOf)) || (last != null && recordId.offset() > last);
    }

    /** The value of an option; the standard one if the option or its value is left out. */
    private String value(String option, String standard) {
        var values = given.getOrDefault(option, List.of());
        return values.isEmpty() ? standard : values.getFirst();
    }

    private @Nullable Path path(String option) {
        return given.containsKey(option) ? Path.of(value(option, "")) : null;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e + ".", e);
        }
    }

    private List<String> list(String option, String standard) {
        return given.containsKey(option) ? List.of(value(option, standard).split(",", -1)) : List.of();
    }

    private Duration duration(String option, Duration standard) {
        return parsed(option, value(option, standard.toString()), Duration::parse, "a duration as PT2M");
    }

    private static long number(String option, String given) {
        return parsed(option, given, Long::valueOf, "a whole number");
    }

    private static <T> T parsed(String option, String given, Function<String, T> parser, String expected) {
        try {
            return parser.apply(given);
        } catch (DateTimeException | NumberFormatException e) {
            throw new IllegalArgumentException(option + " takes " + expected + ", not " + given + ".", e);
        }
    }
}
