package dev.mortar.audit;

import dev.mortar.schemas.Unit;
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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the services serve, compared with the folds: both sides are written as the same canonical JSON (sorted keys,
 * figures that did not move left out) and have to be the same bytes. The system has to be quiet meanwhile.
 */
final class Views {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int REQUESTS_AT_ONCE = 16;
    private static final int PAGE = 100;
    private static final int LOCATIONS_MAX = 1_000;
    private static final int SKUS_MAX = 10_000;
    private static final int UNAVAILABLE_RETRIES = 15;
    private static final Duration UNAVAILABLE_WAIT = Duration.ofSeconds(1);

    private final Map<String, String> services;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final List<String> missed = Collections.synchronizedList(new ArrayList<>());

    Views(Map<String, String> services) {
        this.services = services;
    }

    /** What differs is reported to the audit, one fact for each order, stock of a location, pickup and purchase. */
    void compare(AuditState state, Audit audit) {
        var orders = services.get("order");
        if (orders != null) {
            each("Order", state.orders(), audit, id -> order(orders, id), Views::text);
        }
        var inventory = services.get("inventory");
        if (inventory != null) {
            each("Location", state.locations(), audit, id -> location(inventory, id), JSON::writeValueAsString);
            each("Stock of", state.stock(), audit, id -> stock(inventory, id), Views::stockText);
            each("Stock by SKU of", bySku(state), audit, sku -> stockOfSku(inventory, sku), Views::stockText);
        }
        var pickup = services.get("pickup");
        if (pickup != null) {
            each("Pickup", state.pickups(), audit, id -> pickup(pickup, id), s -> text(Map.of("state", s.state())));
        }
        var returns = services.get("returns");
        if (returns != null) {
            each("Purchases of", state.returns(), audit, id -> returns(returns, id), Views::bought);
        }
    }

    /** Services that could not be asked. */
    List<String> missed() {
        return List.copyOf(missed);
    }

    private interface Served {
        @Nullable
        String of(String id) throws IOException, InterruptedException;
    }

    private interface Folded<T> {
        String of(T state);
    }

    private record Difference(String id, @Nullable String served, String folded) {}

    private <T> void each(String what, Map<String, T> states, Audit audit, Served served, Folded<T> folded) {
        var differences = Collections.synchronizedList(new ArrayList<Difference>());
        try (var executor = Executors.newFixedThreadPool(
                REQUESTS_AT_ONCE, Thread.ofVirtual().name("view-", 0).factory())) {
            states.forEach((id, state) -> executor.execute(() -> {
                try {
                    differences.add(new Difference(id, served.of(id), folded.of(state)));
                } catch (IOException e) {
                    missed.add(what + ' ' + id + " was not compared: " + e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        differences.sort((a, b) -> a.id.compareTo(b.id));
        for (var difference : differences) {
            audit.served(
                    difference.folded.equals(difference.served),
                    () -> what + ' ' + difference.id + " is served as " + difference.served + ", its events come to "
                            + difference.folded);
        }
    }

    private static String text(AuditState.OrderState order) {
        return text(order.state(), order.total(), order.handedOver(), order.returned(), order.cancelled());
    }

    /** @param cancelled told apart from what was rejected as long as the order stands */
    private static String text(
            String state,
            long total,
            Map<String, Long> handedOver,
            Map<String, Long> returned,
            Map<String, Long> cancelled) {
        boolean stands = state.equals("CONFIRMED") || state.equals("COMPLETED");
        return text(Map.of(
                "state",
                state,
                "total",
                total,
                "handedOver",
                handedOver,
                "returned",
                returned,
                "cancelled",
                stands ? cancelled : Map.of()));
    }

    private @Nullable String order(String url, String id) throws IOException, InterruptedException {
        var order = get(url + "/v1/orders/" + segment(id));
        if (order == null) {
            return null;
        }
        var handedOver = new TreeMap<String, Long>();
        var returned = new TreeMap<String, Long>();
        var cancelled = new TreeMap<String, Long>();
        for (var line : order.path("lines")) {
            var lineId = line.path("lineId").asString();
            put(handedOver, lineId, line.path("handedOver").asLong());
            put(returned, lineId, line.path("returned").asLong());
            put(cancelled, lineId, line.path("cancelled").asLong());
        }
        return text(
                order.path("state").asString(),
                order.path("total").path("amount").asLong(),
                handedOver,
                returned,
                cancelled);
    }

    private static String text(Map<String, ?> state) {
        return JSON.writeValueAsString(new TreeMap<>(state));
    }

    private @Nullable String location(String url, String id) throws IOException, InterruptedException {
        var location = get(url + "/v1/locations/" + segment(id));
        if (location == null) {
            return null;
        }
        var openingHours = new ArrayList<String>();
        for (var hours : location.path("openingHours")) {
            openingHours.add(AuditState.LocationState.hours(
                    hours.path("day").asString(),
                    hours.path("opens").asString(),
                    hours.path("closes").asString()));
        }
        var exceptions = new ArrayList<String>();
        for (var exception : location.path("exceptions")) {
            exceptions.add(AuditState.LocationState.exception(
                    exception.path("date").asString(),
                    exception.path("opens").asString(null),
                    exception.path("closes").asString(null)));
        }
        return JSON.writeValueAsString(new AuditState.LocationState(
                location.path("name").asString(),
                location.path("type").asString(),
                location.path("latitude").asDouble(),
                location.path("longitude").asDouble(),
                location.path("timeZone").asString(),
                openingHours,
                exceptions));
    }

    private static String stockText(Map<String, AuditState.StockState> stock) {
        var figures = new TreeMap<String, List<Object>>();
        stock.forEach((key, state) -> figures.put(key, figures(state, state.available(true), state.available(false))));
        return text(figures);
    }

    private static List<Object> figures(AuditState.StockState state, long online, long inStore) {
        return List.of(state, online, inStore);
    }

    private static List<Object> figures(JsonNode figure) {
        var otherUnits = new TreeMap<Unit, AuditState.StockState>();
        for (var other : figure.path("otherUnits")) {
            otherUnits.put(Unit.valueOf(other.path("unit").asString()), stockState(other, List.of()));
        }
        var available = figure.path("available");
        return figures(
                stockState(figure, List.copyOf(otherUnits.values())),
                available.path("online").asLong(),
                available.path("inStore").asLong());
    }

    private static AuditState.StockState stockState(JsonNode figure, List<AuditState.StockState> otherUnits) {
        return new AuditState.StockState(
                figure.path("unit").asString(),
                figure.path("onHand").asLong(),
                figure.path("committed").asLong(),
                figure.path("held").asLong(),
                figure.path("safetyStock").asLong(),
                figure.path("damaged").asLong(),
                figure.path("toVendor").asLong(),
                otherUnits);
    }

    private @Nullable String stock(String url, String id) throws IOException, InterruptedException {
        var skus = new TreeMap<String, List<Object>>();
        String next = "/v1/locations/" + segment(id) + "/stock?limit=" + PAGE;
        while (next != null) {
            var page = get(url + next);
            if (page == null) {
                return null;
            }
            for (var figure : page.path("stock")) {
                skus.put(figure.path("sku").asString(), figures(figure));
            }
            next = page.path("next").isString() ? page.path("next").asString() : null;
        }
        return text(skus);
    }

    /** The stock of SKUs by location: of all, or of so many of them, evenly among all. */
    private static Map<String, Map<String, AuditState.StockState>> bySku(AuditState state) {
        var all = new TreeMap<String, Map<String, AuditState.StockState>>();
        state.stock()
                .forEach((locationId, skus) -> skus.forEach((sku, figures) ->
                        all.computeIfAbsent(sku, _ -> new TreeMap<>()).put(locationId, figures)));
        int every = all.size() / SKUS_MAX + 1;
        var chosen = new TreeMap<String, Map<String, AuditState.StockState>>();
        int number = 0;
        for (var entry : all.entrySet()) {
            if (number++ % every == 0 && entry.getValue().size() <= LOCATIONS_MAX) {
                chosen.put(entry.getKey(), entry.getValue());
            }
        }
        return chosen;
    }

    private @Nullable String stockOfSku(String url, String sku) throws IOException, InterruptedException {
        var answer = get(url + "/v1/stock/" + segment(sku) + "?limit=" + LOCATIONS_MAX);
        if (answer == null) {
            return null;
        }
        var locations = new TreeMap<String, List<Object>>();
        for (var location : answer.path("locations")) {
            locations.put(location.path("locationId").asString(), figures(location.path("stock")));
        }
        return text(locations);
    }

    private @Nullable String pickup(String url, String id) throws IOException, InterruptedException {
        var pickup = get(url + "/v1/pickups/" + segment(id));
        return pickup == null ? null : text(Map.of("state", pickup.path("state").asString()));
    }

    private static String bought(Map<String, AuditState.ReturnState> lines) {
        var figures = new TreeMap<String, Long>();
        lines.forEach((lineId, line) -> {
            put(figures, lineId + " bought", line.bought());
            put(figures, lineId + " returned", line.returned());
            put(figures, lineId + " refund", line.paid() - line.refunded());
        });
        return text(figures);
    }

    private @Nullable String returns(String url, String id) throws IOException, InterruptedException {
        var order = get(url + "/v1/orders/" + segment(id) + "/returnable");
        if (order == null) {
            return null;
        }
        var figures = new TreeMap<String, Long>();
        for (var line : order.path("lines")) {
            var lineId = line.path("lineId").asString();
            put(
                    figures,
                    lineId + " bought",
                    figures.getOrDefault(lineId + " bought", 0L)
                            + line.path("handedOver").asLong());
            put(
                    figures,
                    lineId + " returned",
                    figures.getOrDefault(lineId + " returned", 0L)
                            + line.path("returned").asLong());
            put(
                    figures,
                    lineId + " refund",
                    figures.getOrDefault(lineId + " refund", 0L)
                            + line.path("refund").path("amount").asLong());
        }
        return text(figures);
    }

    private static void put(Map<String, Long> figures, String key, long figure) {
        if (figure != 0) {
            figures.put(key, figure);
        }
    }

    /** The answer, or null when there is no such thing. */
    private @Nullable JsonNode get(String url) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build();
        var answer = HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8);
        var response = http.send(request, answer);
        // While a partition moves between instances, nobody has it.
        for (int retry = 0; response.statusCode() == 503 && retry < UNAVAILABLE_RETRIES; retry++) {
            Thread.sleep(UNAVAILABLE_WAIT);
            response = http.send(request, answer);
        }
        if (response.statusCode() == 404) {
            return null;
        }
        if (response.statusCode() != 200) {
            throw new IOException("HTTP " + response.statusCode() + " from " + url);
        }
        return JSON.readTree(response.body());
    }

    private static String segment(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
