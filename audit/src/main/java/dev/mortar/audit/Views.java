package dev.mortar.audit;

import dev.mortar.audit.AuditState.Figure;
import dev.mortar.audit.AuditState.LocationState;
import dev.mortar.audit.AuditState.OrderState;
import dev.mortar.audit.AuditState.PickupState;
import dev.mortar.audit.AuditState.ReturnState;
import dev.mortar.audit.AuditState.StockState;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Compares the answers of the services with the state that the events come to. Both sides become equal objects, in
 * which figures of 0 are left out. The system has to be quiet meanwhile.
 */
final class Views {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int REQUESTS_AT_ONCE = 16;
    private static final int PAGE = 100;
    private static final int LOCATIONS_MAX = 1_000;
    private static final int SKUS_MAX = 10_000;
    private static final int UNAVAILABLE_RETRIES = 15;
    private static final Duration UNAVAILABLE_WAIT = Duration.ofSeconds(1);

    private final Map<String, String> services;
    private final String token;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final List<String> missed = Collections.synchronizedList(new ArrayList<>());

    Views(Map<String, String> services, String token) {
        this.services = services;
        this.token = token;
    }

    /** Checks one fact for each order, location, stock of a location, stock of a SKU, pickup and purchase. */
    void compare(AuditState state, Audit audit) {
        each("Order", "order", "/v1/orders/%s", state.orders(), Views::order, Views::order, audit);
        each("Location", "inventory", "/v1/locations/%s", state.locations(), Views::location, its -> its, audit);
        var stock = "/v1/locations/%s/stock?limit=" + PAGE;
        each("Stock of", "inventory", stock, state.stock(), Views::stock, Views::figures, audit);
        var stockOfSku = "/v1/stock/%s?limit=" + LOCATIONS_MAX;
        each("Stock by SKU of", "inventory", stockOfSku, bySku(state), Views::stockOfSku, Views::figures, audit);
        each("Pickup", "pickup", "/v1/pickups/%s", state.pickups(), Views::pickup, PickupState::state, audit);
        var returnable = "/v1/orders/%s/returnable";
        each("Purchases of", "returns", returnable, state.returns(), Views::purchases, Views::purchases, audit);
    }

    /** The services that could not be asked. */
    List<String> missed() {
        return List.copyOf(missed);
    }

    private record Difference(String id, @Nullable Object served, Object folded) {}

    /** Compares the states of one kind: the objects that the pages of an answer, and that a state, come to. */
    private <T> void each(
            String what,
            String service,
            String path,
            Map<String, T> states,
            Function<List<JsonNode>, Object> served,
            Function<T, Object> folded,
            Audit audit) {
        var url = services.get(service);
        if (url == null) {
            return;
        }
        var compared = Collections.synchronizedList(new ArrayList<Difference>());
        try (var executor = Executors.newFixedThreadPool(
                REQUESTS_AT_ONCE, Thread.ofVirtual().name("view-", 0).factory())) {
            states.forEach((id, state) -> executor.execute(() -> {
                try {
                    var segment = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
                    var pages = pages(url, path.formatted(segment));
                    var answer = pages == null ? null : served.apply(pages);
                    compared.add(new Difference(id, answer, folded.apply(state)));
                } catch (IOException | JacksonException e) {
                    missed.add(what + ' ' + id + " was not compared: " + e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        compared.sort(Comparator.comparing(Difference::id));
        for (var each : compared) {
            audit.served(
                    each.folded.equals(each.served),
                    () -> what + ' ' + each.id + " is served as " + each.served + "; its events come to "
                            + each.folded);
        }
    }

    private static Object order(OrderState order) {
        return order(order.state(), order.total(), order.handedOver(), order.cancelled(), order.returned());
    }

    private static Object order(List<JsonNode> pages) {
        var order = pages.getFirst();
        long total = order.path("total").path("amount").asLong();
        var cancelled = byLine(order, "cancelled");
        return order(text(order, "state"), total, byLine(order, "handedOver"), cancelled, byLine(order, "returned"));
    }

    /** An order without the ordered units, and with cancelled ones only if no rejected ones are served with them. */
    private static Object order(
            String state, long total, Map<String, Long> left, Map<String, Long> cancelled, Map<String, Long> returned) {
        var ended = state.equals("CONFIRMED") || state.equals("COMPLETED") ? cancelled : Map.<String, Long>of();
        return new OrderState(state, total, Map.of(), left, ended, returned);
    }

    private static Map<String, Long> byLine(JsonNode order, String field) {
        var lines = order.path("lines").values();
        return Sums.sum(
                lines, line -> text(line, "lineId"), line -> line.path(field).asLong());
    }

    private static Object location(List<JsonNode> pages) {
        return AuditState.JSON.treeToValue(pages.getFirst(), LocationState.class);
    }

    private static Object figures(Map<String, StockState> stock) {
        var figures = new TreeMap<String, Figure>();
        stock.forEach((key, state) -> figures.put(key, Figure.of(state)));
        return figures;
    }

    private static Figure figure(JsonNode figure) {
        var available = figure.path("available");
        var state = AuditState.JSON.treeToValue(figure, StockState.class);
        return new Figure(
                state,
                available.path("inStore").asLong(),
                available.path("online").asLong());
    }

    private static Object stock(List<JsonNode> pages) {
        var skus = new TreeMap<String, Figure>();
        pages.forEach(page -> page.path("stock").forEach(each -> skus.put(text(each, "sku"), figure(each))));
        return skus;
    }

    /** The stock of SKUs by location: of all SKUs, or of at most so many of them, evenly among all. */
    private static Map<String, Map<String, StockState>> bySku(AuditState state) {
        var all = new TreeMap<String, Map<String, StockState>>();
        state.stock()
                .forEach((location, skus) -> skus.forEach((sku, stock) ->
                        all.computeIfAbsent(sku, _ -> new TreeMap<>()).put(location, stock)));
        int every = all.size() / SKUS_MAX + 1;
        var number = new AtomicInteger();
        all.values().removeIf(stock -> number.getAndIncrement() % every != 0 || stock.size() > LOCATIONS_MAX);
        return all;
    }

    private static Object stockOfSku(List<JsonNode> pages) {
        var locations = new TreeMap<String, Figure>();
        pages.getFirst()
                .path("locations")
                .forEach(each -> locations.put(text(each, "locationId"), figure(each.path("stock"))));
        return locations;
    }

    private static Object pickup(List<JsonNode> pages) {
        return text(pages.getFirst(), "state");
    }

    /** Of each line the units that left and came back, and the amount that can still be refunded. */
    private static Object purchases(Map<String, ReturnState> lines) {
        var figures = new TreeMap<String, ReturnState>();
        lines.forEach((id, line) -> {
            long refundable = line.paid() - line.refunded();
            figures.put(id, new ReturnState(line.bought(), line.returned(), refundable, 0));
        });
        return figures;
    }

    private static Object purchases(List<JsonNode> pages) {
        var figures = new TreeMap<String, ReturnState>();
        for (var line : pages.getFirst().path("lines")) {
            long bought = line.path("handedOver").asLong();
            long refundable = line.path("refund").path("amount").asLong();
            var figure = new ReturnState(bought, line.path("returned").asLong(), refundable, 0);
            figures.merge(text(line, "lineId"), figure, ReturnState::plus);
        }
        return figures;
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString();
    }

    /** All pages of an answer, or null if the service answers that there is none. */
    private @Nullable List<JsonNode> pages(String url, String path) throws IOException, InterruptedException {
        var pages = new ArrayList<JsonNode>();
        for (var next = path; next != null; next = pages.getLast().path("next").asString(null)) {
            var page = get(url + next);
            if (page == null) {
                return null;
            }
            pages.add(page);
        }
        return pages;
    }

    private @Nullable JsonNode get(String url) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token)
                .build();
        var body = HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8);
        var response = http.send(request, body);
        // While a partition moves between instances, no instance has it.
        for (int retry = 0; response.statusCode() == 503 && retry < UNAVAILABLE_RETRIES; retry++) {
            Thread.sleep(UNAVAILABLE_WAIT);
            response = http.send(request, body);
        }
        return switch (response.statusCode()) {
            case 200 -> AuditState.JSON.readTree(response.body());
            case 404 -> null;
            default -> throw new IOException("HTTP " + response.statusCode() + " from " + url);
        };
    }
}
