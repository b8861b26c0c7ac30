package dev.mortar.localstack;

import dev.mortar.localstack.Arguments.WrongUsage;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./mortar dead-letters}: lists, shows, retries and discards the services' dead letters through their endpoints,
 * and parks commands at which a partition is stopped.
 *
 * <p>Ends with status 0 when everything asked for was done, 1 when a letter that was to be retried still waits or a
 * service does not answer, 2 when the arguments are wrong.
 */
public final class DeadLettersCli {
    private static final String USAGE = """
            ./mortar dead-letters [SERVICE] [--state WAITING|RETRIED|DISCARDED|ALL]
                lists the dead letters of one service or of all; WAITING unless you name another state
            ./mortar dead-letters show SERVICE PARTITION/OFFSET
                shows a dead letter with its headers and its value
            ./mortar dead-letters retry SERVICE PARTITION/OFFSET
                processes a dead letter again, after earlier ones of the same key
            ./mortar dead-letters retry SERVICE --all
                processes all waiting dead letters again, per key in their order
            ./mortar dead-letters discard SERVICE PARTITION/OFFSET --reason CODE
                gives a dead letter up, so that later records of its key can go on
            ./mortar dead-letters park SERVICE PARTITION/OFFSET --reason CODE
                makes the command that stops a partition a dead letter, so that the partition goes on;
                the list shows its partition and offset. Ask the instance that decides the partition
            SERVICE is order, inventory, pickup, returns or notification.
            CODE consists of capitals, digits and underscores.
            The token is MORTAR_TOKEN, of the role OPERATOR; without it, one for the local stack.
            Its subject is the actor of a retry, discard or park.
            --url NAME=URL (repeatable): the management address of a service that is not on
                the ports of the local stack.
            Exit status: 0 done, 1 a dead letter still waits or a service does not answer, 2 wrong usage.""";

    private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(5);
    private static final Pattern PLACE = Pattern.compile("\\d{1,9}/\\d{1,18}");
    private static final Set<String> STATES = Set.of("WAITING", "RETRIED", "DISCARDED", "ALL");
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Map<String, String> urls = Stack.knownManagementUrls();
    private final Arguments arguments;
    private final List<String> words;
    private final Supplier<String> token;
    private final PrintStream out;

    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), DeadLettersCli::token, System.out, System.err));
    }

    private static String token() {
        String given = System.getenv("MORTAR_TOKEN");
        return given == null ? Tokens.known().token(Tokens.OPERATOR) : given;
    }

    /**
     * Does what the arguments say; the status is 0, 1 or 2, as the class says.
     *
     * @param token of an operator
     */
    public static int run(List<String> arguments, Supplier<String> token, PrintStream out, PrintStream err) {
        return Arguments.run(arguments, USAGE, 1, out, err, typed -> new DeadLettersCli(typed, token, out).run());
    }

    private DeadLettersCli(List<String> typed, Supplier<String> token, PrintStream out) {
        this.token = token;
        this.out = out;
        arguments = new Arguments(typed, Set.of("--state", "--reason", "--url"), "--all");
        words = arguments.words();
        urls.putAll(arguments.urls(Service.ALL));
    }

    private boolean run() {
        if (words.isEmpty() || Service.ALL.contains(words.getFirst())) {
            return list();
        }
        return switch (words.getFirst()) {
            case "show" -> show(service(), place());
            case "retry" -> retry(service());
            case "discard" -> discard(service(), place(), reason());
            case "park" -> park(service(), place(), reason());
            default -> throw new WrongUsage("there is no " + words.getFirst());
        };
    }

    private String service() {
        if (words.size() < 2 || !Service.ALL.contains(words.get(1))) {
            throw new WrongUsage("name a service first: " + String.join(", ", Service.ALL));
        }
        return words.get(1);
    }

    private String place() {
        if (words.size() != 3 || !PLACE.matcher(words.get(2)).matches()) {
            throw new WrongUsage("name one letter as PARTITION/OFFSET");
        }
        return words.get(2);
    }

    private String reason() {
        String reason = arguments.text("--reason", "");
        if (reason.isEmpty()) {
            throw new WrongUsage(words.getFirst() + " needs a --reason");
        }
        return reason;
    }

    private boolean list() {
        String state = arguments.text("--state", "WAITING");
        if (words.size() > 1 || !STATES.contains(state)) {
            throw new WrongUsage("name one service at most, and a state of " + String.join(", ", STATES));
        }
        boolean allAnswered = true;
        for (String service : words.isEmpty() ? Service.ALL : words) {
            try {
                JsonNode listing = ask(service, "GET", state.equals("ALL") ? "" : "?state=" + state, null);
                out.printf("%-13s ", service);
                print("%s waiting, %s retried, %s discarded%n", listing, "waiting", "retried", "discarded");
                listing.path("stopped")
                        .forEach(at -> print("  STOPPED: partition %s decides nothing: %s%n", at, "partition", "why"));
                listing.path("letters").forEach(this::print);
            } catch (StackFailure e) {
                out.printf("%-13s %s%n", service, e.getMessage());
                allAnswered = false;
            }
        }
        return allAnswered;
    }

    private boolean show(String service, String place) {
        JsonNode content = ask(service, "GET", "/" + place, null);
        print(content.path("letter"));
        content.path("headers")
                .properties()
                .forEach(header -> out.printf(
                        "  %s: %s%n", header.getKey(), header.getValue().asString("")));
        print("  value, %s bytes:%n", content, "bytes");
        out.println(JSON.writeValueAsString(content.path("value")));
        return true;
    }

    private boolean retry(String service) {
        Map<String, String> body = new HashMap<>();
        if (words.size() == 3 && words.get(2).equals("--all")) {
            body.put("all", "true");
        } else {
            String[] place = place().split("/", -1);
            body.put("partition", place[0]);
            body.put("offset", place[1]);
        }
        return report(service, ask(service, "POST", "", body));
    }

    private boolean discard(String service, String place, String reason) {
        String query = "?reason=" + URLEncoder.encode(reason, StandardCharsets.UTF_8);
        return report(service, ask(service, "DELETE", "/" + place + query, null));
    }

    private boolean park(String service, String place, String reason) {
        ask(service, "POST", "/stopped/" + place, Map.of("reason", reason));
        out.printf("%s %s parked: the partition goes on, and the command is a dead letter%n", service, place);
        return true;
    }

    private void print(JsonNode letter) {
        out.printf(
                "  %-10s %s  %-9s %-28s %s%n",
                place(letter),
                text(letter, "at"),
                text(letter, "state").toLowerCase(Locale.ROOT),
                type(letter),
                text(letter, "key"));
        print("             from %s: %s%n", letter, "source", "cause");
        if (letter.has("retryOf")) {
            print("             a retry of %s that failed%n", letter, "retryOf");
        }
        if (letter.has("resolvedBy")) {
            print("             by %s at %s", letter, "resolvedBy", "resolvedAt");
            out.println(letter.has("reason") ? ": " + text(letter, "reason") : "");
        }
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
                    type(letter),
                    text(letter, "key"),
                    switch (outcome) {
                        case "RETRIED" -> "retried, commands sent: " + text(letter, "commands");
                        case "DISCARDED" -> "discarded";
                        case "FAILED" -> "still cannot be processed: " + text(letter, "cause");
                        case "BEHIND" -> "not tried, an earlier one of its key waits";
                        case "RESOLVED_BEFORE" -> "nothing done, it waits no longer";
                        default -> outcome;
                    });
        }
        out.printf("%s: %s waiting%n", service, text(report, "waiting"));
        return allDone;
    }

    /** The body of a 200 answer. */
    private JsonNode ask(String service, String method, String path, @Nullable Map<String, String> body) {
        String url = urls.get(service) + "/actuator/deadletters" + path;
        try {
            Http.Answer answer = Http.send(method, url, body, ANSWER_TIMEOUT, "Authorization", "Bearer " + token.get());
            if (answer.status() != 200 || answer.body().isMissingNode()) {
                String detail =
                        answer.body().path("detail").asString(answer.body().toString());
                throw new StackFailure(service + " answers " + answer.status() + " " + detail);
            }
            return answer.body();
        } catch (IOException e) {
            throw new StackFailure("does not answer at " + url + ": " + e, e);
        }
    }

    private void print(String format, JsonNode node, String... names) {
        out.printf(format, Stream.of(names).map(name -> text(node, name)).toArray());
    }

    private static String place(JsonNode letter) {
        return text(letter, "partition") + "/" + text(letter, "offset");
    }

    private static String type(JsonNode letter) {
        String type = text(letter, "type");
        return type.substring(type.lastIndexOf('.') + 1);
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asString("-");
    }
}
