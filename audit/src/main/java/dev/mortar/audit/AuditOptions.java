package dev.mortar.audit;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was typed.
 *
 * @param until last offset to take of each partition, written topic/partition; empty to take all
 * @param services URLs by noun, for comparing what they serve
 */
record AuditOptions(
        String bootstrap,
        String registry,
        String prefix,
        @Nullable Instant asOf,
        Map<String, Long> until,
        @Nullable String explainLocation,
        @Nullable String explainSku,
        @Nullable Path json,
        @Nullable Path journal,
        Map<String, String> services,
        Duration patience,
        Duration slack,
        Duration contactLag,
        boolean keysChecked,
        long measure) {

    static final String USAGE = """
            ./mortar audit [OPTIONS]      checks every promise in the logs of a running or stopped system
              --bootstrap HOST:PORT       brokers (127.0.0.1:9092)
              --registry URL              schema registry (http://127.0.0.1:8081/apis/ccompat/v7)
              --prefix PREFIX             what the topics' names begin with (nothing)
              --as-of TIME|OFFSETS        state of the world then; TIME as 2026-11-22T10:00:00Z,
                                          OFFSETS as topic/partition/offset,topic/partition/offset,...
              --explain LOCATION SKU      the events that make up the stock of a SKU
              --service-urls [LIST]       compares what the services serve: order=URL,inventory=URL,pickup=URL,returns=URL
                                          (without a list: the ports of the local stack)
              --journal FILE              history of the clients, one JSON object a line
              --json FILE                 the report for machines
              --patience DURATION         how long a service may owe a step (PT2M)
              --slack DURATION            how late timers and listeners may have been (PT2M)
              --contact-lag DURATION      how late the sender of mails may have heard of contacts (PT10S)
              --any-partition             do not check in which partition a key lies
              --measure [EVENTS]          measures the audit itself on a synthetic log (2000000)
            Exit code: 0 all promises hold, 1 one is broken, 2 the audit could not be done.
            """;

    static AuditOptions parse(String... arguments) {
        var rest = new ArrayDeque<>(Arrays.asList(arguments));
        String bootstrap = "127.0.0.1:9092";
        String registry = "http://127.0.0.1:8081/apis/ccompat/v7";
        String prefix = "";
        Instant asOf = null;
        var until = new HashMap<String, Long>();
        String location = null;
        String sku = null;
        Path json = null;
        Path journal = null;
        var services = new HashMap<String, String>();
        var patience = AuditRules.standard().patience();
        var slack = AuditRules.standard().slack();
        var contactLag = AuditRules.standard().contactLag();
        boolean keysChecked = true;
        long measure = 0;
        while (!rest.isEmpty()) {
            var option = rest.remove();
            switch (option) {
                case "--bootstrap" -> bootstrap = value(option, rest);
                case "--registry" -> registry = value(option, rest);
                case "--prefix" -> prefix = value(option, rest);
                case "--as-of" -> {
                    var given = value(option, rest);
                    if (given.contains("/")) {
                        until.putAll(offsets(given));
                    } else {
                        asOf = time(option, given);
                    }
                }
                case "--explain" -> {
                    location = value(option, rest);
                    sku = value(option, rest);
                }
                case "--json" -> json = Path.of(value(option, rest));
                case "--journal" -> journal = Path.of(value(option, rest));
                case "--service-urls" -> {
                    boolean listed = !rest.isEmpty() && !rest.element().startsWith("--");
                    services.putAll(urls(
                            listed
                                    ? rest.remove()
                                    : "order=http://127.0.0.1:8101,inventory=http://127.0.0.1:8102,"
                                            + "pickup=http://127.0.0.1:8103,returns=http://127.0.0.1:8104"));
                }
                case "--patience" -> patience = duration(option, value(option, rest));
                case "--slack" -> slack = duration(option, value(option, rest));
                case "--contact-lag" -> contactLag = duration(option, value(option, rest));
                case "--any-partition" -> keysChecked = false;
                case "--measure" -> {
                    boolean given = !rest.isEmpty() && !rest.element().startsWith("--");
                    measure = given ? number(option, rest.remove()) : 2_000_000;
                }
                default -> throw new IllegalArgumentException("There is no option " + option + ".");
            }
        }
        return new AuditOptions(
                bootstrap,
                registry,
                prefix,
                asOf,
                until,
                location,
                sku,
                json,
                journal,
                services,
                patience,
                slack,
                contactLag,
                keysChecked,
                measure);
    }

    AuditRules rules(int partitions) {
        return AuditRules.standard()
                .withPartitions(keysChecked ? partitions : 0)
                .withPatience(patience)
                .withSlack(slack)
                .withContactLag(contactLag);
    }

    /** Whether a record is to be left out because it lies after the time or offset that is asked for. */
    boolean isAfter(Place place, Instant appendedAt) {
        if (asOf != null && appendedAt.isAfter(asOf)) {
            return true;
        }
        var last = until.get(place.topic() + '/' + place.partition());
        return last != null && place.offset() > last;
    }

    private static String value(String option, ArrayDeque<String> rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException("Option " + option + " needs a value.");
        }
        return rest.remove();
    }

    private static Map<String, Long> offsets(String list) {
        var offsets = new HashMap<String, Long>();
        for (var place : list.split(",", -1)) {
            var parts = place.split("/", -1);
            if (parts.length != 3) {
                throw new IllegalArgumentException("An offset is written topic/partition/offset, not " + place + ".");
            }
            offsets.put(parts[0] + '/' + number("--as-of", parts[1]), number("--as-of", parts[2]));
        }
        return offsets;
    }

    private static Map<String, String> urls(String list) {
        var urls = new HashMap<String, String>();
        for (var entry : list.split(",", -1)) {
            int equals = entry.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("A service is written noun=URL, not " + entry + ".");
            }
            urls.put(entry.substring(0, equals), entry.substring(equals + 1));
        }
        return urls;
    }

    private static Instant time(String option, String given) {
        try {
            return Instant.parse(given);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    option + " takes a time as 2026-11-22T10:00:00Z or offsets, not " + given + ".", e);
        }
    }

    private static Duration duration(String option, String given) {
        try {
            return Duration.parse(given);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(option + " takes a duration as PT2M, not " + given + ".", e);
        }
    }

    private static long number(String option, String given) {
        try {
            return Long.parseLong(given);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " takes a whole number, not " + given + ".", e);
        }
    }
}
