package dev.mortar.fuzz;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.Arguments;
import dev.mortar.localstack.Http;
import dev.mortar.localstack.Service;
import dev.mortar.localstack.StackFailure;
import dev.mortar.localstack.Tokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Sends random requests, made from the services' OpenAPI descriptions, as callers of every role. Two things are faults:
 * a status of 500 or more other than 503, and an answer that shows a planted object to a caller without a right to it.
 */
public final class Fuzz {
    private static final String USAGE = """
            ./mortar fuzz [--requests N] [--seed S]   random requests by every role to the stack that runs; default: 20000, seed 1
            It fails if a service answers 5xx (but 503), or shows an object to a caller without a right to it.
            """;

    private static final int CLIENTS = 16;
    private static final int FAULTS_MAX = 20;
    private static final int DEPTH_MAX = 6;
    private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

    /** Callers without a right to the planted objects. */
    private static final List<String> STRANGERS = List.of(
            "",
            "SHOPPER fuzz-shopper",
            "ASSOCIATE fuzz-1 fuzz-store",
            "LEAD fuzz-2 fuzz-store",
            "TILL fuzz-till fuzz-store",
            "COURIER fuzz-courier");

    private static final List<String> RETAILER =
            List.of("BACK_OFFICE fuzz-3", "OPERATOR fuzz-4", "SYSTEM fuzz-service");

    private static final List<String> ODD_TEXTS = List.of(
            "",
            " ",
            "a|b",
            "../../etc/passwd",
            "%00",
            "\u0000",
            "';--",
            "<script>",
            "\u202e",
            "\ud83d",
            "🍋",
            "å",
            "2026-13-45",
            "NaN",
            "-1",
            "999999999999999999999",
            "true",
            "null",
            "a@b.example",
            "x".repeat(5_000));

    private static final List<Object> ODD_VALUES = List.of(
            0,
            -1,
            1.5,
            Long.MAX_VALUE,
            Double.MAX_VALUE,
            true,
            List.of(),
            Map.of(),
            List.of(List.of(List.of())),
            Map.of("a", Map.of("b", List.of(1, "2"))));

    private final Function<String, String> urls;
    private final Tokens tokens;
    private final Planted planted;
    private final List<Operation> operations = new ArrayList<>();
    private final Map<Integer, Long> statuses = new ConcurrentSkipListMap<>();
    private final List<String> faults = new ArrayList<>();

    /**
     * Objects that strangers must not see.
     *
     * @param ids are used in requests
     * @param marks texts of the objects that no request contains
     */
    public record Planted(List<String> ids, List<String> marks) {}

    private record Operation(String service, String method, String path, JsonNode description, JsonNode api) {}

    private record Call(String caller, String url, HttpRequest request) {}

    /** @param urls the URL of each service by its name */
    public Fuzz(Function<String, String> urls, Tokens tokens, Planted planted) {
        this.urls = urls;
        this.tokens = tokens;
        this.planted = planted;
        Service.ALL.forEach(this::read);
    }

    /** Runs {@code ./mortar fuzz}. */
    public static void main(String[] arguments) {
        Arguments.main(arguments, USAGE, 3, typed -> {
            var options = new Arguments(typed, Set.of("--requests", "--seed"));
            Tokens tokens = Tokens.known();
            Map<String, String> urls = new TreeMap<>();
            for (int i = 0; i < Service.ALL.size(); i++) {
                urls.put(Service.ALL.get(i), "http://127.0.0.1:" + (8101 + i));
            }
            Planted planted = plant(new Api(urls, tokens));
            var fuzz = new Fuzz(urls::get, tokens, planted);
            long requests = (long) options.number("--requests", 20_000, 1, 1e9);
            fuzz.run(requests, (long) options.number("--seed", 1, 0, 1e9));
            System.out.print(fuzz.report());
            return fuzz.faults.isEmpty();
        });
    }

    /** Places an order of a shopper with a contact, so that there is something to hide. */
    public static Planted plant(Api api) {
        String id = UUID.randomUUID().toString();
        String store = "planted-store-" + id;
        String customer = "planted-customer-" + id;
        String payment = "payment-" + UUID.randomUUID();
        String mail = UUID.randomUUID() + "@example.com";
        api.put(
                        "inventory",
                        "/v1/locations/" + store,
                        Tokens.READER,
                        Map.of(
                                "name",
                                "Planted",
                                "type",
                                "STORE",
                                "timeZone",
                                "UTC",
                                "latitude",
                                1.0,
                                "longitude",
                                1.0))
                .required();
        api.put(
                        "notification",
                        "/v1/customers/" + customer + "/contact",
                        Tokens.READER,
                        Map.of("name", "Planted", "email", mail, "locale", "en", "emailConsent", false))
                .required();
        Map<String, ?> line = Map.of(
                "lineId", "1", "sku", "planted", "quantity", 1, "unitPrice", Map.of("amount", 1, "currency", "EUR"));
        Map<String, ?> order = Map.of(
                "channel",
                "ONLINE",
                "customerId",
                customer,
                "paymentReference",
                payment,
                "lines",
                List.of(line),
                "fulfilments",
                List.of(Map.of("method", "PICKUP", "locationId", store)));
        String orderId = api.post(new Api.Request("order", "/v1/orders", "SYSTEM online-shop", id, order))
                .required()
                .path("orderId")
                .asString("");
        return new Planted(List.of(orderId, orderId + "-1", customer, store, "planted"), List.of(payment, mail));
    }

    private void read(String service) {
        JsonNode api;
        try {
            String[] headers = tokens.headers(Tokens.READER).toArray(String[]::new);
            api = Http.send("GET", urls.apply(service) + "/v3/api-docs", null, ANSWER_MAX, headers)
                    .required();
        } catch (IOException e) {
            throw new StackFailure(service + " does not answer: " + e, e);
        }
        api.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    if (!path.getKey().endsWith("/stream")) {
                        operations.add(new Operation(
                                service,
                                method.getKey().toUpperCase(Locale.ROOT),
                                path.getKey(),
                                method.getValue(),
                                api));
                    }
                }));
    }

    /** Sends so many requests. The same seed gives the same requests, but for ids of keys and the order of sending. */
    public void run(long requests, long seed) {
        try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                var random = new SplittableRandom(seed * 1_000 + client);
                long own = requests / CLIENTS + (client < requests % CLIENTS ? 1 : 0);
                running.add(clients.submit(() -> {
                    for (long i = 0; i < own; i++) {
                        send(random);
                    }
                }));
            }
            for (Future<?> each : running) {
                try {
                    each.get();
                } catch (InterruptedException e) {
                    throw interrupted(e);
                } catch (ExecutionException e) {
                    throw new IllegalStateException(e.getCause());
                }
            }
        }
    }

    /** The faults that were found. */
    public List<String> faults() {
        return List.copyOf(faults);
    }

    /** How many answers had each status. */
    public Map<Integer, Long> statuses() {
        return Map.copyOf(statuses);
    }

    private String report() {
        StringBuilder text = new StringBuilder();
        statuses.forEach((status, count) -> text.append("%d  %,d%n".formatted(status, count)));
        faults.forEach(fault -> text.append("FAULT ").append(fault).append('\n'));
        return text.append(faults.isEmpty() ? "No fault.\n" : "").toString();
    }

    private void send(SplittableRandom random) {
        Call call = call(random);
        if (call == null) {
            return;
        }
        try {
            HttpResponse<String> answer = Http.CLIENT.send(call.request(), BodyHandlers.ofString());
            statuses.merge(answer.statusCode(), 1L, Long::sum);
            boolean shown = STRANGERS.contains(call.caller())
                    && planted.marks().stream().anyMatch(answer.body()::contains);
            if (shown || answer.statusCode() >= 500 && answer.statusCode() != 503) {
                fault(call, answer.statusCode() + " " + answer.body());
            }
        } catch (IOException e) {
            fault(call, e.toString());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static StackFailure interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new StackFailure("Interrupted while requests were sent", e);
    }

    private synchronized void fault(Call call, String answer) {
        if (faults.size() < FAULTS_MAX) {
            faults.add(call.request().method() + " " + call.url() + " as " + call.caller() + ": "
                    + answer.substring(0, Math.min(400, answer.length())));
        }
    }

    private @Nullable Call call(SplittableRandom random) {
        Operation operation = one(random, operations);
        String caller = one(random, random.nextInt(3) == 0 ? RETAILER : STRANGERS);
        String path = operation.path();
        List<String> query = new ArrayList<>();
        List<String> headers = new ArrayList<>(caller.isEmpty() ? List.of() : tokens.headers(caller));
        for (JsonNode parameter : operation.description().path("parameters")) {
            String name = parameter.path("name").asString("");
            String text = text(random, parameter.path("schema"), operation.api());
            switch (parameter.path("in").asString("")) {
                case "path" -> path = path.replace("{" + name + "}", Api.segment(text));
                case "query" -> {
                    if (random.nextBoolean()) {
                        query.add(name + "=" + Api.segment(text));
                    }
                }
                default -> {
                    boolean mayBeLeftOut = !name.equals("Idempotency-Key") || random.nextInt(20) == 0;
                    if (!(mayBeLeftOut && random.nextInt(4) != 0) && text.matches("[\\x20-\\x7e]*")) {
                        headers.addAll(List.of(
                                name,
                                name.equals("Idempotency-Key")
                                        ? UUID.randomUUID().toString()
                                        : text));
                    }
                }
            }
        }
        String url = urls.apply(operation.service()) + path + (query.isEmpty() ? "" : "?" + String.join("&", query));
        JsonNode schema = operation.description().at("/requestBody/content/application~1json/schema");
        String body = schema.isMissingNode() ? null : body(random, schema, operation.api());
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(ANSWER_MAX)
                    .method(operation.method(), body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
            if (body != null) {
                request.header("Content-Type", "application/json");
            }
            for (int i = 0; i < headers.size(); i += 2) {
                request.setHeader(headers.get(i), headers.get(i + 1));
            }
            return new Call(caller, url, request.build());
        } catch (IllegalArgumentException e) {
            // The client refuses to send such a header or path.
            return null;
        }
    }

    private String body(SplittableRandom random, JsonNode schema, JsonNode api) {
        String json = Http.json(value(random, schema, api, 0));
        if (random.nextInt(20) == 0) {
            int cut = random.nextInt(json.length());
            return json.substring(0, cut) + one(random, List.of("", "}", "\"", "[", "\\u12")) + json.substring(cut);
        }
        return json;
    }

    /** A value of a schema; now and then one that does not fit. */
    private Object value(SplittableRandom random, JsonNode given, JsonNode api, int depth) {
        JsonNode schema = resolved(given, api);
        if (random.nextInt(25) == 0 || depth > DEPTH_MAX) {
            return one(random, ODD_VALUES);
        }
        if (schema.has("enum") && random.nextInt(20) != 0) {
            return one(random, schema.path("enum").valueStream().toList()).asString("");
        }
        return switch (schema.path("type").asString("")) {
            case "object" -> {
                Map<String, Object> object = new LinkedHashMap<>();
                schema.path("properties").properties().forEach(property -> {
                    boolean required = schema.path("required")
                            .valueStream()
                            .anyMatch(name -> name.asString("").equals(property.getKey()));
                    if (required ? random.nextInt(25) != 0 : random.nextInt(3) == 0) {
                        object.put(property.getKey(), value(random, property.getValue(), api, depth + 1));
                    }
                });
                if (random.nextInt(30) == 0) {
                    object.put(one(random, ODD_TEXTS), one(random, ODD_VALUES));
                }
                yield object;
            }
            case "array" -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    list.add(value(random, schema.path("items"), api, depth + 1));
                }
                yield list;
            }
            case "integer" -> random.nextInt(5) == 0 ? random.nextLong() : random.nextInt(1, 5);
            case "number" -> random.nextDouble(-90, 90);
            case "boolean" -> random.nextBoolean();
            default -> text(random, schema, api);
        };
    }

    private String text(SplittableRandom random, JsonNode given, JsonNode api) {
        JsonNode schema = resolved(given, api);
        if (random.nextInt(10) == 0) {
            return one(random, ODD_TEXTS);
        }
        if (schema.has("enum")) {
            return one(random, schema.path("enum").valueStream().toList()).asString("");
        }
        if (schema.path("type").asString("").equals("integer")) {
            return Integer.toString(random.nextInt(-2, 200));
        }
        if (schema.path("format").asString("").equals("date-time")) {
            return Instant.now().minusSeconds(random.nextInt(100_000)).toString();
        }
        return switch (random.nextInt(4)) {
            case 0 -> "id-" + random.nextInt(100);
            case 1 -> one(random, List.of("fuzz-store", "fuzz-shopper", "fuzz-till", "EUR", "UTC", "MONDAY", "08:00"));
            default -> one(random, planted.ids());
        };
    }

    private static JsonNode resolved(JsonNode schema, JsonNode api) {
        JsonNode found = schema;
        for (int i = 0; i < DEPTH_MAX && found.has("$ref"); i++) {
            found = api.at(found.path("$ref").asString("").substring(1));
        }
        return found.has("oneOf") ? resolved(found.path("oneOf").path(0), api) : found;
    }

    private static <T> T one(SplittableRandom random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
