package dev.mortar.chaos;

import dev.mortar.eventsourcing.security.OrderLinks;
import dev.mortar.eventsourcing.security.RotatedSecret;
import dev.mortar.localstack.Api;
import dev.mortar.localstack.Http;
import dev.mortar.localstack.Http.Answer;
import dev.mortar.localstack.Tokens;
import dev.mortar.localstack.demo.Requests;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A shopper, a holder of a link and a lead, all with valid tokens, ask for orders, pickups and stores that are not
 * theirs. Whatever breaks, the services may only refuse.
 */
final class Thief {
    private static final String SHOPPER = "SHOPPER mallory";
    private static final long PAUSE_MS = 200;
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(12);
    /** So that a request outlasts most faults. */
    private static final int ATTEMPTS_MAX = 60;

    private static final long PENDING_PAUSE_MS = 1_000;
    private static final int STRANGE_SHOWN = 20;
    /** Unauthenticated, forbidden, unknown. */
    private static final Set<Integer> REFUSED = Set.of(401, 403, 404);
    /** Too many requests, or a service that cannot answer now. */
    private static final Set<Integer> BUSY = Set.of(429, 503);
    /** Members of orders, pickups, queues, returns and stock; no refusal has one of them. */
    private static final List<String> OF_OBJECTS =
            List.of("state", "lines", "fulfilments", "pickups", "returns", "events", "stock");

    private final Cluster cluster;
    private final Tokens tokens;
    private final List<String> locationIds;
    private final Journal journal;
    private final OrderLinks links;
    private final Random random;
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private final List<String> strange = new ArrayList<>();
    private int unanswered;
    private volatile boolean stopped;

    private record Attempt(
            String method,
            String service,
            String path,
            @Nullable Object body) {}

    /** @param journal names the orders to steal */
    Thief(Cluster cluster, Tokens tokens, List<String> locationIds, Journal journal, long seed) {
        this.cluster = cluster;
        this.tokens = tokens;
        this.locationIds = locationIds;
        this.journal = journal;
        String secret =
                cluster.stack().issuer().data().resolveSibling("link-secret").toString();
        links = new OrderLinks(RotatedSecret.ofFile("link secret", "the file of the stack", secret));
        random = new Random(seed * 31 + 13);
    }

    Thread start() {
        return Thread.ofVirtual().name("thief").start(() -> {
            while (!stopped) {
                Api.pause(PAUSE_MS);
                List<JsonNode> orders = journal.latestOrders();
                if (orders.size() > 1) {
                    steal(orders.get(random.nextInt(orders.size())), orders.get(random.nextInt(orders.size())));
                }
            }
        });
    }

    void stop() {
        stopped = true;
    }

    /** How many refusals the thief got; without any, the run shows nothing. */
    synchronized int refused() {
        return REFUSED.stream()
                .mapToInt(status -> statuses.getOrDefault(status, 0))
                .sum();
    }

    /** The first answers that no thief may get. */
    synchronized List<String> strange() {
        return List.copyOf(strange);
    }

    @Override
    public synchronized String toString() {
        return "%d refused; by status %s, and %d without an answer".formatted(refused(), statuses, unanswered);
    }

    private void steal(JsonNode order, JsonNode other) {
        Set<String> stores = new HashSet<>(Set.of(order.path("locationId").asString("")));
        order.path("fulfilments")
                .forEach(each -> stores.add(each.path("locationId").asString()));
        List<String> foreign =
                locationIds.stream().filter(each -> !stores.contains(each)).toList();
        String otherId = other.path("orderId").asString();
        switch (random.nextInt(4)) {
            case 0 -> send(ofShopper(order), "Authorization", "Bearer " + tokens.token(SHOPPER));
            // The online shop speaks for the thief.
            case 1 -> send(ofShopper(order), tokens.headers(SHOPPER).toArray(String[]::new));
            case 2 -> {
                if (!otherId.equals(order.path("orderId").asString())) {
                    send(ofShopper(order), "Authorization", OrderLinks.SCHEME + " " + links.link(otherId));
                }
            }
            default -> {
                String store = foreign.get(random.nextInt(foreign.size()));
                send(ofStore(order), "Authorization", "Bearer " + tokens.token("LEAD thief-1 " + store));
            }
        }
    }

    /** A request that the shopper of an order may make. */
    private Attempt ofShopper(JsonNode order) {
        String path = "/v1/orders/" + order.path("orderId").asString();
        String pickup = "/v1/pickups/" + fulfilment(order).path("fulfilmentId").asString();
        return pick(Stream.of(
                new Attempt("GET", "order", path, null),
                new Attempt("POST", "order", path + "/cancel", Map.of()),
                new Attempt("GET", "returns", path + "/returnable", null),
                new Attempt("GET", "returns", path + "/returns", null),
                new Attempt("GET", "pickup", pickup, null),
                new Attempt("POST", "pickup", pickup + "/on-the-way", Map.of()),
                new Attempt("POST", "pickup", pickup + "/arrived", Map.of("bay", "B1")),
                new Attempt("POST", "pickup", pickup + "/code", null)));
    }

    /** A request that a lead in a store of an order may make. */
    private Attempt ofStore(JsonNode order) {
        JsonNode fulfilment = fulfilment(order);
        String path = "/v1/orders/" + order.path("orderId").asString();
        String pickup = "/v1/pickups/" + fulfilment.path("fulfilmentId").asString();
        String store = fulfilment.path("locationId").asString();
        String location = "/v1/locations/" + Api.segment(store);
        JsonNode line = order.path("lines").path(0);
        Map<String, Object> goods =
                Map.of("lines", List.of(Requests.units(line.path("sku").asString(), 1)));
        Map<String, Object> returned = Map.of(
                "lineId", line.path("lineId").asString(), "quantity", 1, "reason", "OTHER", "disposition", "RESTOCK");
        return pick(Stream.of(
                new Attempt("GET", "order", path, null),
                new Attempt("GET", "order", path + "/events", null),
                new Attempt("POST", "order", path + "/cancel", Map.of()),
                new Attempt(
                        "POST", "returns", path + "/returns", Map.of("locationId", store, "lines", List.of(returned))),
                new Attempt("GET", "pickup", pickup, null),
                new Attempt("GET", "pickup", location + "/pickups", null),
                new Attempt("POST", "pickup", pickup + "/picking", Map.of()),
                new Attempt("POST", "pickup", pickup + "/ready", Map.of("stagingPlace", "A-1")),
                new Attempt(
                        "POST",
                        "pickup",
                        pickup + "/handover",
                        Map.of("override", Map.of("reason", "CODE_NOT_AT_HAND"))),
                new Attempt("POST", "pickup", pickup + "/cancel", Map.of("reason", "CANCELLED_BY_RETAILER")),
                new Attempt("POST", "inventory", location + "/receipts", goods),
                new Attempt("POST", "inventory", location + "/holds", goods)));
    }

    private JsonNode fulfilment(JsonNode order) {
        JsonNode fulfilments = order.path("fulfilments");
        return fulfilments.path(random.nextInt(Math.max(1, fulfilments.size())));
    }

    private Attempt pick(Stream<Attempt> attempts) {
        List<Attempt> all = attempts.toList();
        return all.get(random.nextInt(all.size()));
    }

    private void send(Attempt attempted, String... caller) {
        List<String> headers = new ArrayList<>(List.of(caller));
        headers.addAll(List.of("Idempotency-Key", "thief-" + Long.toHexString(random.nextLong())));
        String url = cluster.url(attempted.service()) + attempted.path();
        try {
            for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
                Answer answer = Http.send(
                        attempted.method(), url, attempted.body(), ANSWER_WITHIN, headers.toArray(String[]::new));
                if (!isPending(answer)) {
                    note(answer);
                    return;
                }
                // No lane has decided it yet. It is asked again with its key until one has.
                Api.pause(PENDING_PAUSE_MS);
            }
            noteNoAnswer();
        } catch (IOException e) {
            noteNoAnswer();
        }
    }

    private static boolean isPending(Answer answer) {
        return answer.status() == 202
                && answer.body().path("status").asString("").equals("PENDING")
                && !showsObject(answer);
    }

    private static boolean showsObject(Answer answer) {
        return OF_OBJECTS.stream().anyMatch(answer.body()::has);
    }

    private synchronized void noteNoAnswer() {
        unanswered++;
    }

    private synchronized void note(Answer answer) {
        int status = answer.status();
        statuses.merge(status, 1, Integer::sum);
        boolean isRefusal = (REFUSED.contains(status) || BUSY.contains(status)) && !showsObject(answer);
        if (!isRefusal && strange.size() < STRANGE_SHOWN) {
            strange.add(answer.request() + " was answered " + status + " " + answer.body());
        }
    }
}
