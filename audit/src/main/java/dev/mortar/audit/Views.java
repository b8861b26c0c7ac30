package dev.mortar.audit;

import dev.mortar.audit.AuditState.LocationState;
import dev.mortar.audit.AuditState.OrderState;
import dev.mortar.audit.AuditState.ReturnState;
import dev.mortar.audit.AuditState.StockState;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Compares the answers of the services with the state that the events come to. Both sides become equal objects, in
 * which figures of 0 are left out. The system has to be quiet meanwhile.
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

    /** Checks one fact for each order, location, stock of a location, stock of a SKU, pickup and purchase. */
    void compare(AuditState state, Audit audit) {
        each("Order", "order", state.orders(), this::order, Order::of, audit);
        each("Location", "inventory", state.locations(), this::location, location -> location, audit);
        each("Stock of", "inventory", state.stock(), this::stock, Figure::of, audit);
        each("Stock by SKU of", "inventory", bySku(state), this::stockOfSku, Figure::of, audit);
        each("Pickup", "pickup", state.pickups(), this::pickup, AuditState.PickupState::state, audit);
        each("Purchases of", "returns", state.returns(), this::purchases, Views::purchases, audit);
    }

    /** The services that could not be asked. */
    List<String> missed() {
        return List.copyOf(missed);
    }

    private interface Served {
        @Nullable
        Object of(String url, String id) throws IOException, InterruptedException;
    }

    private record Difference(String id, @Nullable Object served, Object folded) {}

    private <T> void each(
            String what,
            String service,
            Map<String, T> states,
            Served served,
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
                    compared.add(new Difference(id, served.of(url, segment(id)), folded.apply(state)));
                } catch (IOException e) {
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

    /** @param cancelled empty unless the order is confirmed or completed, because rejected units are served with it */
    private record Order(
            String state,
            long total,
            Map<String, Long> handedOver,
            Map<String, Long> returned,
            Map<String, Long> cancelled) {
        Order {
            cancelled = state.equals("CONFIRMED") || state.equals("COMPLETED") ? cancelled : Map.of();
        }

        static Order of(OrderState order) {
            return new Order(order.state(), order.total(), order.handedOver(), order.returned(), order.cancelled());
        }
    }

    private @Nullable Object order(String url, String id) throws IOException, InterruptedException {
        var order = get(url + "/v1/orders/" + id);
        if (order == null) {
            return null;
        }
        var lines = order.path("lines");
        return new Order(
                text(order, "state"),
                order.path("total").path("amount").asLong(),
                byLine(lines, "handedOver"),
                byLine(lines, "returned"),
                byLine(lines, "cancelled"));
    }

    private static Map<String, Long> byLine(JsonNode lines, String field) {
        return Sums.sum(
                lines.values(),
                line -> text(line, "lineId"),
                line -> line.path(field).asLong());
    }

    private @Nullable Object location(String url, String id) throws IOException, InterruptedException {
        var location = get(url + "/v1/locations/" + id);
        if (location == null) {
            return null;
        }
        return new LocationState(
                text(location, "name"),
                text(location, "type"),
                location.path("latitude").asDouble(),
                location.path("longitude").asDouble(),
                text(location, "timeZone"),
                location.path("openingHours").values().stream()
                        .map(hours ->
                                LocationState.hours(text(hours, "day"), text(hours, "opens"), text(hours, "closes")))
                        .toList(),
                location.path("exceptions").values().stream()
                        .map(exception -> LocationState.exception(
                                text(exception, "date"),
                                exception.path("opens").asString(null),
                                exception.path("closes").asString(null)))
                        .toList());
    }

    /** The stock of a SKU at a location, with the quantities that each channel can promise. */
    private record Figure(StockState state, long online, long inStore) {
        static Map<String, Figure> of(Map<String, StockState> stock) {
            var figures = new TreeMap<String, Figure>();
            stock.forEach(
                    (key, state) -> figures.put(key, new Figure(state, state.available(true), state.available(false))));
            return figures;
        }

        static Figure of(JsonNode figure) {
            var otherUnits = new TreeMap<Unit, StockState>();
            for (var other : figure.path("otherUnits")) {
                otherUnits.put(Unit.valueOf(text(other, "unit")), state(other, List.of()));
            }
            var available = figure.path("available");
            return new Figure(
                    state(figure, List.copyOf(otherUnits.values())),
                    available.path("online").asLong(),
                    available.path("inStore").asLong());
        }

        private static StockState state(JsonNode figure, List<StockState> otherUnits) {
            return new StockState(
                    text(figure, "unit"),
                    figure.path("onHand").asLong(),
                    figure.path("committed").asLong(),
                    figure.path("held").asLong(),
                    figure.path("safetyStock").asLong(),
                    figure.path("damaged").asLong(),
                    figure.path("toVendor").asLong(),
                    otherUnits);
        }
    }

    private @Nullable Object stock(String url, String id) throws IOException, InterruptedException {
        var skus = new TreeMap<String, Figure>();
        String next = "/v1/locations/" + id + "/stock?limit=" + PAGE;
        while (next != null) {
            var page = get(url + next);
            if (page == null) {
                return null;
            }
            page.path("stock").forEach(figure -> skus.put(text(figure, "sku"), Figure.of(figure)));
            next = page.path("next").asString(null);
        }
        return skus;
    }

    /** The stock of SKUs by location: of all SKUs, or of at most so many of them, evenly among all. */
    private static Map<String, Map<String, StockState>> bySku(AuditState state) {
        var all = new TreeMap<String, Map<String, StockState>>();
        state.stock()
                .forEach((locationId, skus) -> skus.forEach((sku, stock) ->
                        all.computeIfAbsent(sku, _ -> new TreeMap<>()).put(locationId, stock)));
        int every = all.size() / SKUS_MAX + 1;
        var chosen = new TreeMap<String, Map<String, StockState>>();
        int number = 0;
        for (var entry : all.entrySet()) {
            if (number++ % every == 0 && entry.getValue().size() <= LOCATIONS_MAX) {
                chosen.put(entry.getKey(), entry.getValue());
            }
        }
        return chosen;
    }

    private @Nullable Object stockOfSku(String url, String sku) throws IOException, InterruptedException {
        var answer = get(url + "/v1/stock/" + sku + "?limit=" + LOCATIONS_MAX);
        if (answer == null) {
            return null;
        }
        var locations = new TreeMap<String, Figure>();
        answer.path("locations")
                .forEach(each -> locations.put(text(each, "locationId"), Figure.of(each.path("stock"))));
        return locations;
    }

    private @Nullable Object pickup(String url, String id) throws IOException, InterruptedException {
        var pickup = get(url + "/v1/pickups/" + id);
        return pickup == null ? null : text(pickup, "state");
    }

    private static Map<String, Long> purchases(Map<String, ReturnState> lines) {
        var figures = new TreeMap<String, Long>();
        lines.forEach(
                (lineId, line) -> add(figures, lineId, line.bought(), line.returned(), line.paid() - line.refunded()));
        return figures;
    }

    private @Nullable Object purchases(String url, String id) throws IOException, InterruptedException {
        var order = get(url + "/v1/orders/" + id + "/returnable");
        if (order == null) {
            return null;
        }
        var figures = new TreeMap<String, Long>();
        for (var line : order.path("lines")) {
            add(
                    figures,
                    text(line, "lineId"),
                    line.path("handedOver").asLong(),
                    line.path("returned").asLong(),
                    line.path("refund").path("amount").asLong());
        }
        return figures;
    }

    private static void add(Map<String, Long> figures, String lineId, long bought, long returned, long refund) {
        Sums.add(figures, lineId + " bought", bought);
        Sums.add(figures, lineId + " returned", returned);
        Sums.add(figures, lineId + " refund", refund);
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString();
    }

    /** The answer, or null if the service answers that there is none. */
    private @Nullable JsonNode get(String url) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build();
        var body = HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8);
        var response = http.send(request, body);
        // While a partition moves between instances, no instance has it.
        for (int retry = 0; response.statusCode() == 503 && retry < UNAVAILABLE_RETRIES; retry++) {
            Thread.sleep(UNAVAILABLE_WAIT);
            response = http.send(request, body);
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
