package dev.mortar.audit;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The options of the command line. */
final class AuditOptions {
    static final String USAGE = """
            ./mortar audit [OPTIONS]      checks every promise in the logs of a running or stopped system
              --bootstrap HOST:PORT       brokers (127.0.0.1:9092)
              --registry URL              schema registry (http://127.0.0.1:8081/apis/ccompat/v7)
              --prefix PREFIX             prefix of the topic names (none)
              --as-of TIME|OFFSETS        the state at an earlier time; TIME as 2026-11-22T10:00:00Z,
                                          OFFSETS as topic/partition/offset,topic/partition/offset,...
              --explain LOCATION SKU      the events that make up the stock of a SKU
              --service-urls [LIST]       compares the answers of the services: order=URL,inventory=URL,pickup=URL,returns=URL
                                          (without a list: the ports of the local stack)
              --journal FILE              history of the clients, one JSON object a line
              --json FILE                 the report for machines
              --patience DURATION         time a service has to take a step (PT2M)
              --slack DURATION            lag of timers and listeners (PT2M)
              --contact-lag DURATION      lag of the sender of mails behind contacts (PT10S)
              --any-partition             do not check the partition of a key
              --measure [EVENTS]          measures the audit itself on a synthetic log (2000000)
            Exit code: 0 all promises hold, 1 one is broken, 2 the audit could not be done.
            """;

    private static final String LOCAL_STACK = "order=http://127.0.0.1:8101,inventory=http://127.0.0.1:8102,"
            + "pickup=http://127.0.0.1:8103,returns=http://127.0.0.1:8104";
    private static final long EVENTS_MEASURED = 2_000_000;

    String bootstrap = "127.0.0.1:9092";
    String registry = "http://127.0.0.1:8081/apis/ccompat/v7";
    String prefix = "";
    boolean arePartitionsChecked = true;
    long measure;
    /** Last offset of each partition, by topic/partition; empty without a limit. */
    final Map<String, Long> until = new HashMap<>();
    /** URLs of the services whose answers are compared, by noun. */
    final Map<String, String> services = new HashMap<>();

    @Nullable
    Instant asOf;

    @Nullable
    String explainLocation;

    @Nullable
    String explainSku;

    @Nullable
    Path json;

    @Nullable
    Path journal;

    private Duration patience = AuditRules.standard().patience();
    private Duration slack = AuditRules.standard().slack();
    private Duration contactLag = AuditRules.standard().contactLag();

    private AuditOptions() {}

    static AuditOptions parse(String... arguments) {
        var options = new AuditOptions();
        var rest = new ArrayDeque<>(List.of(arguments));
        while (!rest.isEmpty()) {
            options.take(rest.remove(), rest);
        }
        return options;
    }

    private void take(String option, ArrayDeque<String> rest) {
        switch (option) {
            case "--bootstrap" -> bootstrap = value(option, rest);
            case "--registry" -> registry = value(option, rest);
            case "--prefix" -> prefix = value(option, rest);
            case "--as-of" -> {
                var given = value(option, rest);
                if (given.contains("/")) {
                    putOffsets(given);
                } else {
                    asOf = parsed(option, given, Instant::parse, "a time as 2026-11-22T10:00:00Z or offsets");
                }
            }
            case "--explain" -> {
                explainLocation = value(option, rest);
                explainSku = value(option, rest);
            }
            case "--json" -> json = Path.of(value(option, rest));
            case "--journal" -> journal = Path.of(value(option, rest));
            case "--service-urls" -> putUrls(hasValue(rest) ? rest.remove() : LOCAL_STACK);
            case "--patience" -> patience = duration(option, value(option, rest));
            case "--slack" -> slack = duration(option, value(option, rest));
            case "--contact-lag" -> contactLag = duration(option, value(option, rest));
            case "--any-partition" -> arePartitionsChecked = false;
            case "--measure" -> measure = hasValue(rest) ? number(option, rest.remove()) : EVENTS_MEASURED;
            default -> throw new IllegalArgumentException("There is no option " + option + ".");
        }
    }

    AuditRules rules(int partitions) {
        var standard = AuditRules.standard();
        return new AuditRules(
                arePartitionsChecked ? partitions : 0,
                patience,
                slack,
                contactLag,
                standard.violationsKept(),
                standard.idsInMemory());
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

    private static boolean hasValue(ArrayDeque<String> rest) {
        return !rest.isEmpty() && !rest.element().startsWith("--");
    }

    private static String value(String option, ArrayDeque<String> rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException("Option " + option + " needs a value.");
        }
        return rest.remove();
    }

    private void putOffsets(String list) {
        for (var given : list.split(",", -1)) {
            var parts = given.split("/", -1);
            if (parts.length != 3) {
                throw new IllegalArgumentException("An offset is written topic/partition/offset, not " + given + ".");
            }
            until.put(parts[0] + '/' + number("--as-of", parts[1]), number("--as-of", parts[2]));
        }
    }

    private void putUrls(String list) {
        for (var entry : list.split(",", -1)) {
            int equals = entry.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("A service is written noun=URL, not " + entry + ".");
            }
            services.put(entry.substring(0, equals), entry.substring(equals + 1));
        }
    }

    private static Duration duration(String option, String given) {
        return parsed(option, given, Duration::parse, "a duration as PT2M");
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
