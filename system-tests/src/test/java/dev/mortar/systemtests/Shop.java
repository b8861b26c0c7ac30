package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.Http;
import dev.mortar.localstack.Mail;
import dev.mortar.localstack.Mails;
import dev.mortar.localstack.Stack;
import dev.mortar.localstack.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DayOfWeek;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * Shoppers, associates and tills, over HTTP. Every location, SKU and shopper is new, so tests that share a stack do not
 * disturb each other.
 */
final class Shop {

    /** Long enough for a machine with more to do than this; nothing waits longer than it has to. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    /** An actor that sends no token. */
    static final String NOBODY = "NOBODY";

    private static final Map<String, String> STORES = new ConcurrentHashMap<>();
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(45);
    private static final Pattern PICKUP_CODE =
            Pattern.compile("Your pickup code\\W+([0-9A-Z]{4}[ -]?[0-9A-Z]{4})\\b", Pattern.CASE_INSENSITIVE);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private final Function<String, String> urls;
    private final Supplier<Mails> mails;
    private final Tokens tokens;
    /** Who sends the requests; empty if the usual actor of each route does. */
    private final String actor;

    /**
     * A shop whose services answer at these URLs. The usual actor sends its requests: the online shop, for reads the
     * back office, for management an operator.
     *
     * @param urls base URL of a service by its name
     */
    Shop(Function<String, String> urls, Supplier<Mails> mails, Tokens tokens) {
        this(urls, mails, tokens, "");
    }

    private Shop(Function<String, String> urls, Supplier<Mails> mails, Tokens tokens, String actor) {
        this.urls = urls;
        this.mails = mails;
        this.tokens = tokens;
        this.actor = actor;
    }

    /** The shop on the stack that all tests share. */
    static Shop open() {
        return of(TheStack.get());
    }

    static Shop of(Stack stack) {
        return new Shop(stack::url, stack::mails, stack.tokens());
    }

    /** The same shop with this actor for all requests, such as {@code ASSOCIATE a-1 oslo-1}. */
    Shop as(String other) {
        return new Shop(urls, mails, tokens, other);
    }

    /** The same shop with an associate of a store. */
    Shop asAssociate(String store) {
        return as("ASSOCIATE a-1 " + store);
    }

    // Shoppers, stores and goods

    static String newKey() {
        return UUID.randomUUID().toString();
    }

    static String newSku() {
        return "SKU " + UUID.randomUUID();
    }

    /** Somebody who shops: an opaque id, and the address mails go to. */
    record Shopper(String customerId, String email) {}

    Shopper shopper() {
        Shopper shopper = stranger();
        put("notification", contactPath(shopper), contact(shopper)).is(200);
        return shopper;
    }

    /** A shopper of whom nothing is known. */
    static Shopper stranger() {
        String id = UUID.randomUUID().toString();
        return new Shopper("c-" + id, id + "@example.com");
    }

    static String contactPath(Shopper shopper) {
        return "/v1/customers/" + shopper.customerId() + "/contact";
    }

    static Map<String, Object> contact(Shopper shopper) {
        return Map.of("name", "Ása", "email", shopper.email(), "locale", "en-GB", "emailConsent", true);
    }

    /** A new store. */
    String store() {
        String location = "store-" + UUID.randomUUID();
        register(location);
        return location;
    }

    /** Registers a store that never closes. */
    void register(String location) {
        register(location, everyDay("00:00", "24:00"), List.of());
    }

    /** The same hours on every day of the week. */
    static List<Map<String, String>> everyDay(String opens, String closes) {
        return Stream.of(DayOfWeek.values())
                .map(day -> Map.of("day", day.name(), "opens", opens, "closes", closes))
                .toList();
    }

    void register(String location, List<Map<String, String>> openingHours, List<Map<String, String>> exceptions) {
        Map<String, Object> body = new HashMap<>(Map.of("openingHours", openingHours, "exceptions", exceptions));
        body.putAll(Map.of("name", "Bankastræti", "type", "STORE", "timeZone", "Atlantic/Reykjavik"));
        body.putAll(Map.of("latitude", 64.147, "longitude", -21.933));
        insist(() -> put("inventory", "/v1/locations/" + location, body)).is(200);
    }

    /** A new store with this much of a SKU. */
    String storeWith(String sku, long units) {
        String location = store();
        receive(location, sku, units);
        return location;
    }

    void receive(String location, String sku, long units) {
        String key = newKey();
        var body = Map.of("lines", List.of(Map.of("sku", sku, "quantity", units)));
        insist(() -> post("inventory", "/v1/locations/" + location + "/receipts", key, body))
                .is(200);
    }

    // Orders

    static Map<String, Object> line(String lineId, String sku, long quantity) {
        return Map.of(
                "lineId",
                lineId,
                "sku",
                sku,
                "title",
                "Lopapeysa",
                "quantity",
                quantity,
                "unitPrice",
                isk(1_999),
                "tax",
                isk(387 * quantity));
    }

    static Map<String, Object> isk(long minorUnits) {
        return Map.of("amount", minorUnits, "currency", "ISK");
    }

    /** An order of one shopper, all of it fetched at one location. */
    static Map<String, Object> pickupOrder(Shopper shopper, String location, List<Map<String, Object>> lines) {
        var fulfilments = List.of(Map.of("method", "PICKUP", "locationId", location));
        String customerId = shopper.customerId();
        return Map.of("channel", "ONLINE", "customerId", customerId, "lines", lines, "fulfilments", fulfilments);
    }

    static Map<String, Object> pickupOrder(Shopper shopper, String location, String sku, long quantity) {
        return pickupOrder(shopper, location, List.of(line("1", sku, quantity)));
    }

    /** Places an order, repeating the request until it is decided; gives the order's id. */
    String place(Map<String, Object> order) {
        String key = newKey();
        return insist(() -> post("order", "/v1/orders", key, order))
                .is(200, 201)
                .text("/orderId");
    }

    /** Places an order and waits until it is confirmed. */
    String confirmed(Map<String, Object> order) {
        String orderId = place(order);
        awaitOrder(orderId, "CONFIRMED");
        awaitPickup(orderId + "-1", "REQUESTED");
        return orderId;
    }

    Answer order(String orderId) {
        return get("order", "/v1/orders/" + orderId);
    }

    Answer awaitOrder(String orderId, String state) {
        return awaitAnswer(
                "order " + orderId + " is " + state,
                () -> order(orderId),
                answer -> answer.text("/state").equals(state));
    }

    Answer cancel(String orderId, String key, Map<String, Object> body) {
        return post("order", "/v1/orders/" + orderId + "/cancel", key, body, "Prefer", "wait=20");
    }

    static Map<String, Object> sale(
            String till, String receipt, String location, String soldAt, String sku, long quantity) {
        return Map.of(
                "tillId", till,
                "receiptNumber", receipt,
                "locationId", location,
                "soldAt", soldAt,
                "lines", List.of(line("1", sku, quantity)));
    }

    List<String> history(String orderId) {
        return get("order", "/v1/orders/" + orderId + "/events")
                .is(200)
                .each("/events")
                .map(event -> simpleName(event.path("type").asString("")))
                .toList();
    }

    static String simpleName(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    // At the counter

    static Map<String, Object> noBody() {
        return Map.of();
    }

    Answer pickup(String fulfilmentId) {
        return get("pickup", "/v1/pickups/" + fulfilmentId);
    }

    Answer awaitPickup(String fulfilmentId, String state) {
        return awaitAnswer(
                "pickup " + fulfilmentId + " is " + state,
                () -> pickup(fulfilmentId),
                answer -> answer.text("/state").equals(state));
    }

    Answer atCounter(String fulfilmentId, String step, Map<String, Object> body) {
        String key = newKey();
        Shop counter = as((body.containsKey("override") ? "LEAD a-1 " : "ASSOCIATE a-1 ") + storeOf(fulfilmentId));
        return insist(() -> counter.post(
                "pickup",
                "/v1/pickups/" + fulfilmentId + "/" + step,
                key,
                body.isEmpty() && step.equals("picking") ? null : body));
    }

    /** The store that has a pickup. */
    String storeOf(String fulfilmentId) {
        return STORES.computeIfAbsent(
                fulfilmentId,
                id -> awaitAnswer("pickup " + id, () -> pickup(id), answer -> answer.status() == 200)
                        .text("/locationId"));
    }

    void pick(String fulfilmentId) {
        atCounter(fulfilmentId, "picking", noBody()).is(200);
    }

    void ready(String fulfilmentId) {
        atCounter(fulfilmentId, "ready", Map.of("stagingPlace", "R4")).is(200);
    }

    Answer handOver(String fulfilmentId, String code) {
        return atCounter(fulfilmentId, "handover", Map.of("code", code));
    }

    static Map<String, Object> override() {
        return Map.of("override", Map.of("reason", "CODE_NOT_AT_HAND"));
    }

    /** The rest of a confirmed order's way: picked, staged, handed over with the code from the mail. */
    void fetch(String orderId, Shopper shopper) {
        String fulfilment = orderId + "-1";
        awaitPickup(fulfilment, "REQUESTED");
        pick(fulfilment);
        ready(fulfilment);
        handOver(fulfilment, codeMailedTo(shopper, orderId)).is(200);
        awaitOrder(orderId, "COMPLETED");
    }

    /** A whole order: placed, confirmed, fetched, completed. */
    String bought(Shopper shopper, String location, String sku, long quantity) {
        String orderId = confirmed(pickupOrder(shopper, location, sku, quantity));
        fetch(orderId, shopper);
        return orderId;
    }

    // Returns

    static Map<String, Object> returned(String location, String lineId, long quantity, String disposition) {
        Map<String, ?> line = Map.of(
                "lineId", lineId,
                "quantity", quantity,
                "reason", "CHANGED_MIND",
                "condition", "UNOPENED",
                "disposition", disposition);
        return Map.of("locationId", location, "lines", List.of(line));
    }

    Answer bringBack(String orderId, String key, Map<String, Object> body) {
        return asAssociate(String.valueOf(body.get("locationId")))
                .post("returns", "/v1/orders/" + orderId + "/returns", key, body);
    }

    Answer awaitReturnable(String orderId) {
        return awaitAnswer(
                "order " + orderId + " can be returned",
                () -> get("returns", "/v1/orders/" + orderId + "/returnable"),
                answer -> answer.status() == 200);
    }

    // Stock

    Answer stock(String location, String sku) {
        return get("inventory", "/v1/locations/" + location + "/stock/" + Api.segment(sku));
    }

    /** Waits until the book shows these figures, and checks that they are the sum of the events shown for them. */
    void awaitStock(String location, String sku, long onHand, long committed) {
        awaitAnswer(
                "%s has %d on hand and %d committed".formatted(location, onHand, committed),
                () -> stock(location, sku),
                answer -> answer.number("/onHand") == onHand && answer.number("/committed") == committed);
        List<JsonNode> events = stockEvents(location, sku);
        assertThat(sum(events, "onHand")).as("on hand, by its events").isEqualTo(onHand);
        assertThat(sum(events, "committed")).as("committed, by its events").isEqualTo(committed);
        assertThat(events)
                .allSatisfy(event ->
                        assertThat(event.at("/after/committed").asLong()).isNotNegative());
    }

    List<JsonNode> stockEvents(String location, String sku) {
        return insist(() -> get(
                        "inventory", "/v1/locations/" + location + "/stock/" + Api.segment(sku) + "/events?limit=1000"))
                .is(200)
                .each("/events")
                .toList();
    }

    private static long sum(List<JsonNode> events, String quantity) {
        return events.stream()
                .mapToLong(event -> event.at("/change/" + quantity).asLong())
                .sum();
    }

    // Mails

    List<Mail> mailsTo(Shopper shopper) {
        return mails.get().to(shopper.email());
    }

    Mail awaitMail(Shopper shopper, String subject) {
        return await("mail " + subject + " to " + shopper)
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .until(
                        () -> mailsTo(shopper).stream()
                                .filter(mail -> mail.subject().contains(subject))
                                .toList(),
                        found -> !found.isEmpty())
                .getFirst();
    }

    /** The code in the mail that says the order is ready. */
    String codeMailedTo(Shopper shopper, String orderId) {
        Mail mail = await("code of " + orderId)
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .until(
                        () -> mailsTo(shopper).stream()
                                .filter(each -> each.subject().contains("ready for pickup"))
                                .filter(each -> each.text().contains(orderId))
                                .toList(),
                        found -> !found.isEmpty())
                .getFirst();
        Matcher code = PICKUP_CODE.matcher(mail.text());
        assertThat(code.find()).as("a code in %s", mail.text()).isTrue();
        return code.group(1);
    }

    // HTTP

    Answer get(String service, String path, String... headers) {
        return send(service, "GET", path, null, headers);
    }

    Answer put(String service, String path, Object body, String... headers) {
        return send(service, "PUT", path, JSON.writeValueAsString(body), headers);
    }

    Answer delete(String service, String path) {
        return send(service, "DELETE", path, null);
    }

    Answer post(String service, String path, String key, @Nullable Object body, String... headers) {
        List<String> all = new ArrayList<>(List.of("Idempotency-Key", key));
        all.addAll(List.of(headers));
        return send(
                service, "POST", path, body == null ? null : JSON.writeValueAsString(body), all.toArray(String[]::new));
    }

    private List<String> callerOf(String method, String path) {
        if (actor.equals(NOBODY)) {
            return List.of();
        }
        return tokens.headers(actor.isEmpty() ? usualActor(method, path) : actor);
    }

    /** The actor of a request that names none. */
    private static String usualActor(String method, String path) {
        if (path.startsWith("/actuator/")) {
            return Tokens.OPERATOR;
        }
        return method.equals("GET") ? Tokens.READER : "SYSTEM online-shop";
    }

    /**
     * One request with the body as it is. A header that is given replaces that of the actor. Throws
     * {@link UncheckedIOException} when nobody answers.
     */
    Answer send(String service, String method, String path, @Nullable String body, String... headers) {
        String url = urls.apply(service) + path;
        var request = HttpRequest.newBuilder(URI.create(url))
                .timeout(ANSWER_TIMEOUT)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        List<String> all = new ArrayList<>(callerOf(method, path));
        all.addAll(List.of(headers));
        for (int i = 0; i < all.size(); i += 2) {
            request.setHeader(all.get(i), all.get(i + 1));
        }
        try {
            HttpResponse<String> response = Http.CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            Map<String, String> byName = new TreeMap<>();
            response.headers()
                    .map()
                    .forEach((name, values) -> byName.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
            return new Answer(
                    method + " " + url + " " + List.of(headers), response.statusCode(), byName, json(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + url, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode json(String body) {
        return body.isEmpty() || !(body.startsWith("{") || body.startsWith("["))
                ? MissingNode.getInstance()
                : JSON.readTree(body);
    }

    /** The lines of a stream of server-sent events, until the reader has had enough. */
    void listen(String path, Predicate<String> enough, Consumer<String> line) {
        var request = HttpRequest.newBuilder(URI.create(urls.apply("order") + path))
                .header("Accept", "text/event-stream")
                .headers(tokens.headers(Tokens.READER).toArray(String[]::new))
                .timeout(PATIENCE)
                .build();
        try (var lines =
                Http.CLIENT.send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
            Iterator<String> coming = lines.iterator();
            boolean listening = true;
            while (listening && coming.hasNext()) {
                String next = coming.next();
                line.accept(next);
                listening = !enough.test(next);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Makes the same request, with the same key, until it is answered and decided: what every client has to do. */
    static Answer insist(Supplier<Answer> request) {
        return awaitAnswer("an answer that is final", request, answer -> !answer.isUndecided());
    }

    /** Asks until the answer is the wanted one; nobody answering is an answer too, just not that one. */
    static Answer awaitAnswer(String what, Supplier<Answer> question, Predicate<Answer> wanted) {
        return await(what)
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .pollDelay(Duration.ZERO)
                .until(
                        () -> {
                            try {
                                return question.get();
                            } catch (UncheckedIOException e) {
                                return new Answer(String.valueOf(e), 503, Map.of(), MissingNode.getInstance());
                            }
                        },
                        wanted);
    }
}
