package dev.mortar.chaos;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.Api.Request;
import dev.mortar.localstack.Http.Answer;
import dev.mortar.localstack.JsonLines;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The answers that clients got, in the form the audit reads: a line for each request that moves something. */
final class Journal implements Api.Witness, AutoCloseable {
    private static final int STRANGE_SHOWN = 20;
    private static final int ORDERS_KEPT = 200;
    /** Of a sale in a batch. */
    private static final int NOT_DECIDED = 202;

    /** A POST to one of these makes something whose id follows from the request, so that a repeat is always known. */
    private static final List<String> KNOWN_FOR_EVER = List.of(
            "/v1/orders /v1/sales /batch /receipts /adjustments /counts /transfers /holds /returns".split(" ", -1));

    private final JsonLines file;
    private final Map<String, Map<Outcome, Integer>> byRoute = new TreeMap<>();
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private final List<String> strange = new ArrayList<>();
    private final List<Told> told = new ArrayList<>();
    private final Deque<JsonNode> orders = new ArrayDeque<>();

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
        Instant now = Instant.now();
        int status = answer == null ? 0 : answer.status();
        Outcome outcome = outcome(status);
        statuses.merge(status, 1, Integer::sum);
        byRoute.computeIfAbsent(route(request.path()), _ -> new EnumMap<>(Outcome.class))
                .merge(outcome, 1, Integer::sum);
        if (answer != null && status >= 500 && strange.size() < STRANGE_SHOWN) {
            String asked = request.service() + request.path() + " key " + request.key();
            strange.add(now + " " + asked + ": " + status + " " + answer.body());
        }
        if (outcome == Outcome.OK && KNOWN_FOR_EVER.stream().anyMatch(request.path()::endsWith)) {
            told.add(new Told(request, now));
        }
        if (outcome == Outcome.OK
                && answer != null
                && request.path().equals("/v1/orders")
                && !answer.body().path("fulfilments").isEmpty()) {
            orders.add(answer.body());
            if (orders.size() > ORDERS_KEPT) {
                orders.remove();
            }
        }
        if (!request.path().endsWith("/sales/batch")) {
            String aggregateId = aggregateId(request, answer);
            write(request.key(), request.path(), aggregateId, outcome, goods(request.body()));
        } else if (answer != null) {
            // Each sale is judged by itself; of a batch without an answer no sale is known.
            int number = 0;
            for (JsonNode sale : answer.body().path("sales")) {
                int decided = sale.path("status").asInt();
                String orderId = sale.path("orderId").asString(null);
                Outcome ofSale = decided == NOT_DECIDED ? Outcome.UNKNOWN : outcome(decided);
                write(request.key() + "/" + number++, "/v1/sales", orderId, ofSale, List.of());
            }
        }
    }

    /** The latest requests that were acknowledged longer ago than this and that services still know. */
    synchronized List<Request> acknowledgedBefore(Duration ago, int most) {
        Instant latest = Instant.now().minus(ago);
        List<Request> old = told.stream()
                .filter(each -> each.at().isBefore(latest))
                .map(Told::request)
                .toList();
        return old.subList(Math.max(0, old.size() - most), old.size());
    }

    /** The latest acknowledged orders that have locations, as their clients saw them. */
    synchronized List<JsonNode> latestOrders() {
        return List.copyOf(orders);
    }

    synchronized int count(Outcome outcome) {
        return byRoute.values().stream()
                .mapToInt(counts -> counts.getOrDefault(outcome, 0))
                .sum();
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
     * The outcome of a request by its answer. One of 202 that is final says that the order is placed and that its stock
     * is not answered for yet; one of a command that is not decided is never final, the client asks again.
     */
    private static Outcome outcome(int status) {
        if (status >= 200 && status < 300) {
            return Outcome.OK;
        }
        return status >= 400 && status < 500 ? Outcome.REFUSED : Outcome.UNKNOWN;
    }

    /** The thing that was made or moved: the request names it, or only the answer does. */
    private static @Nullable String aggregateId(Request request, @Nullable Answer answer) {
        String[] path = request.path().split("/", -1);
        String end = path[path.length - 1];
        return switch (end) {
            case "orders", "sales" -> text(answer, "orderId");
            case "holds" -> text(answer, "holdId");
            case "receipts", "adjustments", "counts", "transfers" -> {
                String field = end.substring(0, end.length() - 1) + "Id";
                yield request.body() instanceof Map<?, ?> fields && fields.get(field) instanceof String id
                        ? id
                        : text(answer, "id");
            }
            default -> path.length > 4 ? path[3] : null;
        };
    }

    private static @Nullable String text(@Nullable Answer answer, String field) {
        return answer == null ? null : answer.body().path(field).asString(null);
    }

    private static String route(String path) {
        String[] parts = path.split("/", -1);
        for (int i = 3; parts.length > 4 && i < parts.length; i += 2) {
            parts[i] = "{id}";
        }
        return String.join("/", parts);
    }

    /** The lines of a request that name a SKU, with their units; empty when it names none. */
    private static List<Map<String, Object>> goods(Object body) {
        return JsonMapper.shared()
                .valueToTree(body)
                .path("lines")
                .valueStream()
                .filter(line -> line.path("sku").isString())
                .<Map<String, Object>>map(line -> Map.of(
                        "sku", line.path("sku").asString(),
                        "quantity",
                                line.path("quantity").asLong(0)
                                        + line.path("accepted").asLong(0),
                        "unit", line.path("unit").asString("EACH")))
                .toList();
    }

    private void write(String key, String path, @Nullable String aggregateId, Outcome outcome, List<?> goods) {
        var line = new LinkedHashMap<String, @Nullable Object>();
        line.put("key", key);
        line.put("route", "POST " + path);
        line.put("aggregateId", aggregateId);
        line.put("outcome", outcome.name().toLowerCase(Locale.ROOT));
        line.put("at", Instant.now().toString());
        if (!goods.isEmpty()) {
            line.put("goods", goods);
        }
        file.write(line);
    }
}
