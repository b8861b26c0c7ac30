package dev.mortar.localstack;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./mortar dead-letters}: lists, shows, retries and discards the services' dead letters through their endpoints,
 * and parks commands at which a partition is stopped.
 *
 * <p>Ends with status 0 when everything asked for was done, 1 when a letter that was to be retried waits still or a
 * service does not answer, 2 when it cannot be told what is asked for.
 */
public final class DeadLettersCli {
    private static final String USAGE = """
            ./mortar dead-letters [SERVICE] [--state WAITING|RETRIED|DISCARDED|ALL]
                lists the letters of all services or of one; those that wait unless another state is named
            ./mortar dead-letters show SERVICE PARTITION/OFFSET
                one letter with its headers and its value
            ./mortar dead-letters retry SERVICE PARTITION/OFFSET [--actor ACTOR]
                processes a letter again, after those of its key that wait before it
            ./mortar dead-letters retry SERVICE --all [--actor ACTOR]
                processes all letters again that wait, within a key in their order
            ./mortar dead-letters discard SERVICE PARTITION/OFFSET --reason CODE [--actor ACTOR]
                says that a letter is void, so that its key need not wait for it; it is never processed then
            ./mortar dead-letters park SERVICE PARTITION/OFFSET --reason CODE [--actor ACTOR]
                makes the command a dead letter at which a partition is stopped, so that the partition goes on;
                the list names partition and offset. Ask the instance that decides the partition
            SERVICE is order, inventory, pickup, returns or notification. CODE is capitals, digits and underscores.
            ACTOR says who does it, as "TYPE id", such as "ASSOCIATE a-7"; "SYSTEM operator" unless given.
            --url NAME=URL, once or more: services elsewhere than on the local stack's ports.
            Ends with 0 when all was done, 1 when a letter waits still or a service does not answer, 2 on wrong usage.""";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(5);
    private static final Pattern PLACE = Pattern.compile("\\d{1,9}/\\d{1,18}");
    private static final Set<String> OPTIONS = Set.of("--state", "--reason", "--actor", "--url");
    private static final Set<String> STATES = Set.of("WAITING", "RETRIED", "DISCARDED", "ALL");
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Map<String, String> urls;
    private final PrintStream out;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    private DeadLettersCli(Map<String, String> urls, PrintStream out) {
        this.urls = urls;
        this.out = out;
    }

    /** It cannot be told what is asked for. */
    private static final class Usage extends RuntimeException {
        private static final long serialVersionUID = 1;

        Usage(String message) {
            super(message);
        }
    }

    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    /**
     * Does what the arguments say.
     *
     * @return 0, 1 or 2, as the class says
     */
    public static int run(List<String> arguments, PrintStream out, PrintStream err) {
        if (arguments.contains("--help") || arguments.contains("-h")) {
            out.println(USAGE);
            return 0;
        }
        try {
            List<String> words = new ArrayList<>();
            Map<String, String> options = new HashMap<>();
            Map<String, String> urls = read(arguments, words, options);
            return new DeadLettersCli(urls, out).run(words, options) ? 0 : 1;
        } catch (Usage e) {
            err.println("mortar: " + e.getMessage() + "\n" + USAGE);
            return 2;
        } catch (StackFailure e) {
            out.flush();
            err.println("mortar: " + e.getMessage());
            return 1;
        }
    }

    private static Map<String, String> read(List<String> arguments, List<String> words, Map<String, String> options) {
        Map<String, String> urls = new LinkedHashMap<>();
        Service.ALL.forEach(service -> urls.put(service, "http://127.0.0.1:" + Ports.KNOWN.get(service)));
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!OPTIONS.contains(argument)) {
                words.add(argument);
                continue;
            }
            if (++i == arguments.size()) {
                throw new Usage(argument + " has no value");
            }
            String value = arguments.get(i);
            if (argument.equals("--url")) {
                int equals = value.indexOf('=');
                if (equals < 0 || !urls.containsKey(value.substring(0, equals))) {
                    throw new Usage("--url " + value + " is not NAME=URL");
                }
                urls.put(value.substring(0, equals), value.substring(equals + 1).replaceFirst("/+$", ""));
            } else {
                options.put(argument, value);
            }
        }
        return urls;
    }

    private boolean run(List<String> words, Map<String, String> options) {
        String verb = words.isEmpty() || urls.containsKey(words.getFirst()) ? "list" : words.getFirst();
        List<String> rest = verb.equals("list") ? words : words.subList(1, words.size());
        return switch (verb) {
            case "list" -> list(rest, option(options, "--state", "WAITING"));
            case "show" -> show(service(rest), place(rest));
            case "retry" -> retry(service(rest), rest, option(options, "--actor", "SYSTEM operator"));
            case "discard", "park" -> {
                String reason = options.get("--reason");
                if (reason == null) {
                    throw new Usage(verb + " needs a --reason");
                }
                String actor = option(options, "--actor", "SYSTEM operator");
                yield verb.equals("park")
                        ? park(service(rest), place(rest), reason, actor)
                        : discard(service(rest), place(rest), reason, actor);
            }
            default -> throw new Usage("there is no " + verb);
        };
    }

    private static String option(Map<String, String> options, String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }

    private String service(List<String> rest) {
        if (rest.isEmpty() || !urls.containsKey(rest.getFirst())) {
            throw new Usage("name a service first: " + String.join(", ", urls.keySet()));
        }
        return rest.getFirst();
    }

    private static String place(List<String> rest) {
        if (rest.size() != 2 || !PLACE.matcher(rest.get(1)).matches()) {
            throw new Usage("name one letter as PARTITION/OFFSET");
        }
        return rest.get(1);
    }

    private boolean list(List<String> services, String state) {
        if (services.size() > 1 || !STATES.contains(state)) {
            throw new Usage("name one service at most, and a state of " + String.join(", ", STATES));
        }
        boolean allAnswered = true;
        for (String service : services.isEmpty() ? urls.keySet() : services) {
            try {
                JsonNode listing = required(
                        service,
                        request(service, state.equals("ALL") ? "" : "?state=" + state)
                                .GET());
                out.printf(
                        "%-13s %d waiting, %d retried, %d discarded%n",
                        service, number(listing, "waiting"), number(listing, "retried"), number(listing, "discarded"));
                listing.path("stopped")
                        .forEach(at -> out.printf(
                                "  STOPPED: partition %d decides nothing: %s%n",
                                number(at, "partition"), text(at, "why")));
                listing.path("letters").forEach(this::print);
            } catch (StackFailure e) {
                out.printf("%-13s %s%n", service, e.getMessage());
                allAnswered = false;
            }
        }
        return allAnswered;
    }

    private void print(JsonNode letter) {
        out.printf(
                "  %-10s %s  %-9s %-28s %s%n",
                place(letter),
                text(letter, "at"),
                text(letter, "state").toLowerCase(Locale.ROOT),
                simpleName(text(letter, "type")),
                text(letter, "key"));
        out.printf("             from %s: %s%n", text(letter, "source"), text(letter, "cause"));
        if (letter.has("retryOf")) {
            out.printf("             a retry of %s that failed%n", text(letter, "retryOf"));
        }
        if (letter.has("resolvedBy")) {
            out.printf(
                    "             by %s at %s%s%n",
                    text(letter, "resolvedBy"),
                    text(letter, "resolvedAt"),
                    letter.has("reason") ? ": " + text(letter, "reason") : "");
        }
    }

    private boolean show(String service, String place) {
        JsonNode shown = required(service, request(service, "/" + place).GET());
        print(shown.path("letter"));
        shown.path("headers")
                .properties()
                .forEach(header -> out.printf(
                        "  %s: %s%n", header.getKey(), header.getValue().asString("")));
        out.printf("  value, %d bytes:%n%s%n", number(shown, "bytes"), JSON.writeValueAsString(shown.path("value")));
        return true;
    }

    private boolean retry(String service, List<String> rest, String actor) {
        boolean all = rest.size() == 2 && rest.get(1).equals("--all");
        Map<String, Object> body = new HashMap<>(Map.of("actor", actor));
        if (all) {
            body.put("all", "true");
        } else {
            String[] place = place(rest).split("/", -1);
            body.put("partition", place[0]);
            body.put("offset", place[1]);
        }
        return report(service, required(service, post(service, "", body)));
    }

    private boolean discard(String service, String place, String reason, String actor) {
        String query = "?actor=" + encoded(actor) + "&reason=" + encoded(reason);
        return report(
                service, required(service, request(service, "/" + place + query).DELETE()));
    }

    private boolean park(String service, String place, String reason, String actor) {
        required(service, post(service, "/stopped/" + place, Map.of("actor", actor, "reason", reason)));
        out.printf("%s %s parked: the partition goes on, and the command is a dead letter%n", service, place);
        return true;
    }

    private boolean report(String service, JsonNode report) {
        boolean allDone = true;
        for (JsonNode letter : report.path("letters")) {
            String outcome = text(letter, "outcome");
            allDone &= !outcome.equals("FAILED") && !outcome.equals("BEHIND");
            out.printf(
                    "%s %-10s %s %s: %s%n",
                    service,
                    place(letter),
                    simpleName(text(letter, "type")),
                    text(letter, "key"),
                    switch (outcome) {
                        case "RETRIED" -> "retried, commands sent: " + number(letter, "commands");
                        case "DISCARDED" -> "discarded";
                        case "FAILED" -> "still cannot be processed: " + text(letter, "cause");
                        case "BEHIND" -> "not tried, an earlier one of its key waits";
                        case "RESOLVED_BEFORE" -> "nothing done, it waits no longer";
                        default -> outcome;
                    });
        }
        out.printf("%s: %d waiting%n", service, number(report, "waiting"));
        return allDone;
    }

    private HttpRequest.Builder post(String service, String path, Map<String, Object> body) {
        return request(service, path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
    }

    private HttpRequest.Builder request(String service, String path) {
        return HttpRequest.newBuilder(
                        URI.create(Objects.requireNonNull(urls.get(service)) + "/actuator/deadletters" + path))
                .timeout(ANSWER_TIMEOUT);
    }

    /** The body of a 2xx answer. */
    private JsonNode required(String service, HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode body = parse(response.body());
            if (response.statusCode() != 200 || body == null) {
                String detail = body == null ? "" : body.path("detail").asString(body.toString());
                throw new StackFailure(service + " answers " + response.statusCode() + " " + detail);
            }
            return body;
        } catch (IOException e) {
            throw new StackFailure("does not answer at " + request.uri() + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackFailure("Interrupted", e);
        }
    }

    private static @Nullable JsonNode parse(String body) {
        try {
            return body.isBlank() ? null : JSON.readTree(body);
        } catch (JacksonException e) {
            return null;
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String place(JsonNode letter) {
        return number(letter, "partition") + "/" + number(letter, "offset");
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asString("-");
    }

    private static long number(JsonNode node, String name) {
        return node.path(name).asLong(0);
    }

    private static String simpleName(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }
}
