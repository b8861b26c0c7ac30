package dev.mortar.chaos;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.Api.Request;
import dev.mortar.localstack.Http.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the clients were told: a line of JSON for each request that moves something, in the form the audit reads.
 * Thread-safe.
 */
final class Journal implements Api.Witness, AutoCloseable {
    private static final int STRANGE_SHOWN = 20;
    /** Of a sale in a batch. */
    private static final int NOT_DECIDED = 202;

    /** What a POST of these makes has an id that follows from the request: repeated years later it is known. */
    private static final List<String> KNOWN_FOR_EVER = List.of(
            "/v1/orders",
            "/v1/sales",
            "/batch",
            "/receipts",
            "/adjustments",
            "/counts",
            "/transfers",
            "/holds",
            "/returns");

    private final JsonLines file;
    private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    private final Map<String, Map<Outcome, Integer>> byRoute = new TreeMap<>();
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private final List<String> strange = new ArrayList<>();
    private final List<Told> told = new ArrayList<>();

    /** How a request ended, as far as its client knows. */
    enum Outcome {
        OK,
        REFUSED,
        UNKNOWN
    }

    private record Told(Request request, Instant at) {}

    Journal(Path file) throws IOException {
        this.file = new JsonLines(file);
    }

    @Override
    public synchronized void saw(Request request, @Nullable Answer answer) {
        int status = answer == null ? 0 : answer.status();
        Outcome outcome = outcome(status);
        counts.merge(outcome, 1, Integer::sum);
        statuses.merge(status, 1, Integer::sum);
        byRoute.computeIfAbsent(route(request.path()), _ -> new EnumMap<>(Outcome.class))
                .merge(outcome, 1, Integer::sum);
        if (status >= 500 && strange.size() < STRANGE_SHOWN) {
            strange.add(Instant.now() + " " + request.service() + request.path() + " key " + request.key() + ": "
                    + status + " " + (answer == null ? "" : answer.body()));
        }
        Instant now = Instant.now();
        if (outcome == Outcome.OK && KNOWN_FOR_EVER.stream().anyMatch(request.path()::endsWith)) {
            told.add(new Told(request, now));
        }
        JsonNode sales = answer == null ? null : answer.body().path("sales");
        if (request.path().endsWith("/sales/batch")) {
            // Each sale is judged by itself; of a batch without an answer no sale is known.
            for (int i = 0; sales != null && i < sales.size(); i++) {
                JsonNode sale = sales.path(i);
                write(
                        request.key() + "/" + i,
                        "POST /v1/sales",
                        sale.path("orderId").asString(null),
                        sale.path("status").asInt() == NOT_DECIDED
                                ? Outcome.UNKNOWN
                                : outcome(sale.path("status").asInt()),
                        now,
                        List.of());
            }
        } else {
            write(
                    request.key(),
                    "POST " + request.path(),
                    aggregateId(request, answer),
                    outcome,
                    now,
                    goods(request.body()));
        }
    }

    /** Requests that were acknowledged longer ago than this, at most so many, and are still recognised if repeated. */
    synchronized List<Request> acknowledgedBefore(Duration ago, int most) {
        Instant latest = Instant.now().minus(ago);
        List<Request> old = told.stream()
                .filter(each -> each.at().isBefore(latest))
                .map(Told::request)
                .toList();
        return old.subList(Math.max(0, old.size() - most), old.size());
    }

    synchronized int count(Outcome outcome) {
        return counts.getOrDefault(outcome, 0);
    }

    synchronized Map<String, Map<Outcome, Integer>> byRoute() {
        return new TreeMap<>(byRoute);
    }

    /** How many answers had which HTTP status; 0 stands for none. */
    synchronized Map<Integer, Integer> statuses() {
        return new TreeMap<>(statuses);
    }

    /** The first answers that no API may give. */
    synchronized List<String> strange() {
        return List.copyOf(strange);
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }

    /**
     * What an answer says of its request. One of 202 that is final says that the order is placed and that its stock is
     * not answered for yet; one of a command that is not decided is never final, the client asks again.
     */
    private static Outcome outcome(int status) {
        if (status >= 200 && status < 300) {
            return Outcome.OK;
        }
        return status >= 400 && status < 500 ? Outcome.REFUSED : Outcome.UNKNOWN;
    }

    /** What was made or moved: named by the request where it can be, by the answer where only that knows it. */
    private static @Nullable String aggregateId(Request request, @Nullable Answer answer) {
        String[] path = request.path().split("/", -1);
        String end = path[path.length - 1];
        return switch (end) {
            case "orders", "sales" -> text(answer, "orderId");
            case "holds" -> text(answer, "holdId");
            case "receipts", "adjustments", "counts", "transfers" -> {
                String given = given(request.body(), end.substring(0, end.length() - 1) + "Id");
                yield given == null ? text(answer, "id") : given;
            }
            default -> path.length > 4 ? path[3] : null;
        };
    }

    private static @Nullable String given(Object body, String field) {
        return body instanceof Map<?, ?> fields && fields.get(field) instanceof String id ? id : null;
    }

    private static @Nullable String text(@Nullable Answer answer, String field) {
        return answer == null ? null : answer.body().path(field).asString(null);
    }

    private static String route(String path) {
        String[] parts = path.split("/", -1);
        if (parts.length > 4) {
            parts[3] = "{id}";
        }
        return String.join("/", parts);
    }

    /** The lines of a request that name a SKU; empty when it names none. */
    private static List<Map<String, Object>> goods(Object body) {
        var goods = new ArrayList<Map<String, Object>>();
        for (JsonNode line : JsonMapper.shared().valueToTree(body).path("lines")) {
            if (line.path("sku").isString()) {
                goods.add(Map.of(
                        "sku", line.path("sku").asString(),
                        "quantity", line.path("quantity").asLong(),
                        "unit", line.path("unit").asString("EACH")));
            }
        }
        return goods;
    }

    private void write(
            String key,
            String route,
            @Nullable String aggregateId,
            Outcome outcome,
            Instant at,
            List<Map<String, Object>> goods) {
        var line = new LinkedHashMap<String, @Nullable Object>();
        line.put("key", key);
        line.put("route", route);
        line.put("aggregateId", aggregateId);
        line.put("outcome", outcome.name().toLowerCase(Locale.ROOT));
        line.put("at", at.toString());
        if (!goods.isEmpty()) {
            line.put("goods", goods);
        }
        file.write(line);
    }
}
