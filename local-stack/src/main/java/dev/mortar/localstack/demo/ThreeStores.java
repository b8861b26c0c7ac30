package dev.mortar.localstack.demo;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.Api.Request;
import dev.mortar.localstack.StackFailure;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The scene "one order, three stores": shoppers order without a store, and their goods move when a store fails. It
 * prints the stores that each order looked at, with their scores.
 */
final class ThreeStores {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WAIT_SECONDS = 30;
    private static final double LATITUDE = 61;
    private static final double LONGITUDE = 9;
    private static final double KILOMETRES_PER_DEGREE = 111.2;

    private final Api api;
    private final String run;
    private final String sku;
    private final AtomicInteger requests = new AtomicInteger();

    /** @param run makes ids unique */
    ThreeStores(Api api, String run) {
        this.api = api;
        this.run = run + "-scene";
        sku = "LAMP " + this.run;
    }

    /**
     * Plays the scene.
     *
     * @throws StackFailure if it ends otherwise than it must
     */
    void play() {
        System.out.println("\nOne order, three stores: A is nearest and has 1 lamp, B has 4, C has 4.");
        String a = store("A", 1, 1, List.of());
        String b = store("B", 20, 4, List.of());
        String c = store("C", 35, 4, List.of());

        System.out.println("\nTwo shoppers order a lamp near A at the same time; one of them finds A empty.");
        CompletableFuture<String> other = CompletableFuture.supplyAsync(() -> order(1, a));
        String one = order(1, a);
        String two = other.join();
        boolean oneHasA = locationOf(one).equals(a);
        String atA = oneHasA ? one : two;
        String atB = oneHasA ? two : one;
        tell(atB);
        require(locationOf(atA).equals(a) && locationOf(atB).equals(b), "one lamp comes from A, the other from B");

        System.out.println("\nB rejects its task; B keeps the lamp until C has one.");
        atCounter(atB + "-" + last(atB), "ASSOCIATE associate-1 " + b, "reject", Map.of("reason", "TOO_BUSY"));
        awaitLocation(atB, c);
        tell(atB);
        handOver(atB + "-" + last(atB), c);
        System.out.println("  C hands it over.");

        System.out.println("\nThe other shopper moves the pickup from A to C.");
        String path = "/v1/orders/" + atA + "/fulfilments/" + atA + "-" + last(atA) + "/move";
        JsonNode moved = api.post(
                        new Request("order", path, "SYSTEM online-shop", key(), Map.of("locationId", c)), WAIT_SECONDS)
                .required();
        System.out.printf("  The move is %s.%n", moved.path("state").asString());
        require(moved.path("state").asString().equals("MOVED"), "the pickup is moved");

        System.out.println(
                "\nA lamp is ordered near C, and then a till sells every lamp of C that is left and one more.");
        String three = order(1, c);
        require(locationOf(three).equals(c), "the lamp comes from C");
        sell(c, 2);
        awaitLocation(three, b);
        tell(three);

        System.out.println("\nA store with 1 order an hour is paused, and its promise slips.");
        String d = store("D", 200, 9, everyHour());
        Instant first = promised(order(1, d));
        Instant until = first.plus(Duration.ofHours(2));
        api.post(new Request(
                        "inventory",
                        "/v1/locations/" + d + "/pauses",
                        "ASSOCIATE associate-1 " + d,
                        key(),
                        Map.of(
                                "methods", List.of("PICKUP"),
                                "from", Instant.now().toString(),
                                "until", until.toString(),
                                "reasonCode", "STAFF_SHORTAGE")))
                .required();
        Instant second = promised(order(1, d));
        System.out.printf("  Promised before the pause: %s, after it: %s.%n", first, second);
        require(!second.isBefore(until), "nothing is promised in the pause");

        System.out.println("\nB sends C 2 lamps, and one arrives.");
        transfer(b, c);
        System.out.println("\nThe scene ended as it must.");
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new StackFailure("The scene did not end as it must: " + sentence);
        }
    }

    private String key() {
        return run + "-" + requests.incrementAndGet();
    }

    /** A store to the north of the shoppers. */
    private String store(String name, double kilometres, long lamps, List<?> capacity) {
        String id = run + "-" + name.toLowerCase(Locale.ROOT);
        Map<String, Object> location = new HashMap<>(Map.of("name", name, "type", "STORE", "timeZone", "UTC"));
        location.put("latitude", LATITUDE + kilometres / KILOMETRES_PER_DEGREE);
        location.put("longitude", LONGITUDE);
        location.put("capacity", capacity);
        api.put("inventory", "/v1/locations/" + id, "SYSTEM demo", location).required();
        Map<String, ?> received = Map.of("lines", List.of(Requests.units(sku, lamps)));
        api.post(Requests.stock(id, "receipts", "SYSTEM demo", key(), received)).required();
        // An order finds a store once order-service has read of its stock.
        await("the stock of " + name, () -> dryRun(id).equals(id));
        return id;
    }

    private static List<?> everyHour() {
        return Stream.of(DayOfWeek.values())
                .map(day -> Map.of(
                        "method", "PICKUP", "day", day.name(), "from", "00:00", "to", "24:00", "ordersPerSlot", 1))
                .toList();
    }

    private Map<String, Object> body(long lamps, String nearLocationId) {
        Map<String, Object> line = new HashMap<>(Requests.units(sku, lamps));
        line.put("lineId", "1");
        line.put("unitPrice", Map.of("amount", 19_900, "currency", "NOK"));
        Map<String, ?> fulfilment = Map.of("method", "PICKUP", "nearLocationId", nearLocationId);
        return Map.of("channel", "ONLINE", "lines", List.of(line), "fulfilments", List.of(fulfilment));
    }

    /** The store that an order would get. */
    private String dryRun(String nearLocationId) {
        return api.post(new Request(
                        "order", "/v1/sourcing/dry-run", "BACK_OFFICE demo", key(), body(1, nearLocationId)))
                .required()
                .at("/plans/0/shares/0/locationId")
                .asString("");
    }

    private String order(long lamps, String nearLocationId) {
        JsonNode order = api.post(
                        new Request("order", "/v1/orders", "SYSTEM online-shop", key(), body(lamps, nearLocationId)),
                        WAIT_SECONDS)
                .required();
        require(order.path("state").asString().equals("CONFIRMED"), "the order is confirmed");
        return order.path("orderId").asString();
    }

    private JsonNode shown(String orderId) {
        return api.get("order", "/v1/orders/" + orderId).required();
    }

    /** The number of the order's newest fulfilment that has its goods. */
    private int last(String orderId) {
        List<String> states = shown(orderId)
                .path("fulfilments")
                .valueStream()
                .map(each -> each.path("status").asString())
                .toList();
        return states.lastIndexOf("RESERVED") + 1;
    }

    private String locationOf(String orderId) {
        return shown(orderId)
                .at("/fulfilments/" + (last(orderId) - 1) + "/locationId")
                .asString("");
    }

    private Instant promised(String orderId) {
        return Instant.parse(shown(orderId)
                .at("/fulfilments/" + (last(orderId) - 1) + "/promisedAt")
                .asString());
    }

    private void awaitLocation(String orderId, String locationId) {
        await(orderId + " at " + locationId, () -> locationOf(orderId).equals(locationId));
    }

    private static void await(String sentence, Supplier<Boolean> condition) {
        require(Api.await(PATIENCE, () -> condition.get() ? true : null) != null, sentence);
    }

    private void atCounter(String fulfilmentId, String actor, String step, Map<String, ?> body) {
        await(
                fulfilmentId,
                () -> api.get("pickup", "/v1/pickups/" + fulfilmentId).status() == 200);
        api.post(new Request("pickup", "/v1/pickups/" + fulfilmentId + "/" + step, actor, key(), body))
                .required();
    }

    private void handOver(String fulfilmentId, String locationId) {
        String lead = "LEAD lead-1 " + locationId;
        atCounter(fulfilmentId, lead, "picking", Map.of());
        atCounter(fulfilmentId, lead, "ready", Map.of());
        atCounter(fulfilmentId, lead, "handover", Map.of("override", Map.of("reason", "CODE_NOT_AT_HAND")));
    }

    private void sell(String locationId, long lamps) {
        Map<String, Object> line = new HashMap<>(Requests.units(sku, lamps));
        line.put("unitPrice", Map.of("amount", 19_900, "currency", "NOK"));
        Map<String, ?> sale = Map.of(
                "locationId",
                locationId,
                "tillId",
                "till-1-" + locationId,
                "receiptNumber",
                run,
                "soldAt",
                Instant.now().toString(),
                "lines",
                List.of(line));
        api.post(new Request("order", "/v1/sales", "TILL till-1-" + locationId + " " + locationId, key(), sale))
                .required();
    }

    /** Sends two lamps; the receiver finds one. */
    private void transfer(String from, String to) {
        String id = run + "-transfer";
        long before = onHand(to);
        Map<String, ?> sent = Map.of("transferId", id, "toLocationId", to, "lines", List.of(Requests.units(sku, 2)));
        api.post(Requests.stock(from, "transfers", "ASSOCIATE associate-1 " + from, key(), sent))
                .required();
        await("lamps on their way", () -> inTransit(to) == 2);
        System.out.printf("  On their way: 2, for sale nowhere. C still has %d.%n", onHand(to));
        Map<String, ?> received =
                Map.of("fromLocationId", from, "lines", List.of(Map.of("sku", sku, "accepted", 1)), "final", true);
        String path = "transfers/" + id + "/receipts";
        api.post(Requests.stock(to, path, "ASSOCIATE associate-1 " + to, key(), received))
                .required();
        await("one lamp in C", () -> onHand(to) == before + 1 && inTransit(to) == 0);
        System.out.printf("  C counts 1 in and closes the transfer: 1 is missing. C has %d.%n", onHand(to));
    }

    private JsonNode stock(String locationId) {
        return api.get("inventory", "/v1/locations/" + locationId + "/stock/" + Api.segment(sku))
                .required();
    }

    private long onHand(String locationId) {
        return stock(locationId).path("onHand").asLong();
    }

    private long inTransit(String locationId) {
        return stock(locationId).path("inTransit").asLong();
    }

    /** Prints the runs of an order, oldest first. */
    private void tell(String orderId) {
        List<JsonNode> runs = api.get("order", "/v1/orders/" + orderId + "/sourcing")
                .required()
                .path("runs")
                .valueStream()
                .toList();
        for (JsonNode each : runs.reversed()) {
            System.out.printf("  %s:%n", each.at("/request/trigger").asString());
            each.at("/decision/candidates").valueStream().forEach(this::tell);
        }
    }

    private void tell(JsonNode candidate) {
        String location = candidate.path("locationId").asString().substring(run.length() + 1);
        String verdict = candidate.path("verdict").asString();
        String penalties = candidate
                .path("penalties")
                .valueStream()
                .map(each -> each.path("figure").asString() + " "
                        + each.path("penalty").asLong())
                .collect(Collectors.joining(", "));
        System.out.printf(
                "    %s  %5.1f km  %d available  %s%n",
                location.toUpperCase(Locale.ROOT),
                candidate.path("distanceMetres").asLong() / 1_000.0,
                candidate.at("/stock/0/available").asLong(),
                verdict.equals("FENCED")
                        ? "does not pass " + candidate.path("failed").asString()
                        : verdict + ", score " + candidate.path("score").asLong() + " (" + penalties + ")");
    }
}
