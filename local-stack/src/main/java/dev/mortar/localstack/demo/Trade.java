package dev.mortar.localstack.demo;

import dev.mortar.localstack.demo.Api.Answer;
import dev.mortar.localstack.demo.Purchase.Channel;
import dev.mortar.localstack.demo.Purchase.Ending;
import dev.mortar.localstack.demo.Purchase.Line;
import dev.mortar.localstack.demo.Purchase.Method;
import dev.mortar.localstack.demo.Purchase.Part;
import dev.mortar.localstack.demo.Purchase.Return;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Plays purchases through the APIs, many at a time: as the shopper, the till, the associate and the courier. What the
 * APIs acknowledge goes into the books at once.
 */
public final class Trade {
    private static final Duration DECIDED_WITHIN = Duration.ofMinutes(3);
    private static final Duration KNOWN_WITHIN = Duration.ofMinutes(2);
    private static final Duration MAIL_WITHIN = Duration.ofSeconds(60);
    private static final Duration SETTLED_WITHIN = Duration.ofMinutes(4);
    private static final int WAIT_SECONDS = 30;
    private static final int NO_SHOW_SECONDS = 3;
    private static final int MISTYPES_ONE_IN = 25;
    private static final int BATCH_ATTEMPTS = 20;
    private static final int BATCH_SALES = 20;
    private static final int BATCH_LINES = 1_000;

    private final Api api;
    private final Books books;
    private final String run;
    private final @Nullable Mailbox mailbox;
    private final Semaphore slots;
    private final int concurrency;
    private final Queue<Story> stories = new ConcurrentLinkedQueue<>();
    private final AtomicInteger running = new AtomicInteger();
    private final List<Story> lateSales = new ArrayList<>();
    private int batches;

    /** A purchase and how far it came. Written by one thread at a time. */
    public static final class Story {
        final Purchase purchase;
        volatile @Nullable String orderId;
        /** COMPLETED, CANCELLED, REJECTED, or what the order was when it was last seen. */
        volatile String state = "";
        /** Why it was cancelled or rejected; empty otherwise. */
        volatile String reason = "";
        /** When it was ordered, by {@link System#nanoTime()}. */
        volatile long orderedAtNs;
        /** From the request to the confirmation; 0 when it was not confirmed. */
        volatile long confirmedAfterNs;
        /** What went wrong that never should. */
        volatile @Nullable String failure;
        /** What was cancelled or came back, of what the purchase asks for. */
        final Queue<Part> reversed = new ConcurrentLinkedQueue<>();
        /** What pickup-service acknowledged to have handed over, in units. */
        volatile long handedOver;

        volatile boolean handedOverByCode;

        Story(Purchase purchase) {
            this.purchase = purchase;
        }

        String name() {
            return purchase.name();
        }

        /** What went wrong that never should; null when nothing did. */
        public @Nullable String failure() {
            return failure;
        }
    }

    /**
     * Trade of one run.
     *
     * @param run unique id of the run: requests and receipts of two runs are never the same
     * @param mailbox null when mails cannot be read; pickups are then handed over without code
     * @param concurrency stories that run at the same time, at most
     */
    public Trade(Api api, Books books, String run, @Nullable Mailbox mailbox, int concurrency) {
        this.api = api;
        this.books = books;
        this.run = run;
        this.mailbox = mailbox;
        this.concurrency = concurrency;
        slots = new Semaphore(concurrency);
    }

    /** All stories so far. */
    public List<Story> stories() {
        return List.copyOf(stories);
    }

    /** How many stories are being played. */
    public int running() {
        return running.get();
    }

    /** Begins a purchase; waits while as many run as may. */
    public void begin(Purchase purchase) {
        Story story = new Story(purchase);
        stories.add(story);
        if (purchase.channel() == Channel.LATE_TILL) {
            lateSales.add(story);
            long lines = lateSales.stream()
                    .mapToLong(sale -> sale.purchase.lines().size())
                    .sum();
            if (lateSales.size() >= BATCH_SALES || lines >= BATCH_LINES) {
                uploadLateSales();
            }
        } else {
            start(List.of(story), () -> play(story));
        }
    }

    /** Uploads what is left at the tills and waits until every story came to its end, as far as people drive it. */
    public void finish() {
        uploadLateSales();
        slots.acquireUninterruptibly(concurrency);
        slots.release(concurrency);
    }

    /** Waits, for a bounded time, until every order is completed, cancelled or rejected. */
    void settle() {
        for (Story story : stories) {
            start(List.of(story), () -> settle(story));
        }
        finish();
    }

    private void start(List<Story> concerned, Runnable work) {
        slots.acquireUninterruptibly();
        running.incrementAndGet();
        Thread.startVirtualThread(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                concerned.forEach(story -> story.failure = e instanceof Api.Unexpected ? e.getMessage() : e.toString());
            } finally {
                running.decrementAndGet();
                slots.release();
            }
        });
    }

    private void play(Story story) {
        if (story.purchase.channel() == Channel.TILL) {
            sell(story);
        } else {
            order(story);
        }
        for (Return back : story.purchase.returns()) {
            bringBack(story, back);
        }
    }

    private void sell(Story story) {
        JsonNode order = api.post("order", "/v1/sales", till(story), key(story, "sale"), 0, sale(story))
                .required();
        sold(story, order.path("orderId").asString());
    }

    private void uploadLateSales() {
        if (lateSales.isEmpty()) {
            return;
        }
        List<Story> sales = List.copyOf(lateSales);
        lateSales.clear();
        batches++;
        String key = run + "-batch-" + batches;
        start(sales, () -> {
            upload(sales, key);
            for (Story story : sales) {
                story.purchase.returns().forEach(back -> bringBack(story, back));
            }
        });
    }

    /**
     * A sale that was not decided in time is asked for again with the rest: what is known already is not made twice.
     */
    private void upload(List<Story> sales, String key) {
        Object body = Map.of("sales", sales.stream().map(this::sale).toList());
        for (int attempt = 1; attempt <= BATCH_ATTEMPTS; attempt++) {
            JsonNode results = api.post("order", "/v1/sales/batch", "SYSTEM uploader", key, 0, body)
                    .required()
                    .path("sales");
            boolean decided = true;
            for (int i = 0; i < sales.size(); i++) {
                JsonNode result = results.path(i);
                int status = result.path("status").asInt();
                if (status == 200 || status == 201) {
                    if (sales.get(i).orderId == null) {
                        sold(sales.get(i), result.path("orderId").asString());
                    }
                } else if (status == 202 || status == 503) {
                    decided = false;
                } else {
                    throw new Api.Unexpected("A sale of batch " + key + " was answered " + result, null);
                }
            }
            if (decided) {
                return;
            }
            Api.pause(1_000);
        }
        throw new Api.Unexpected("Batch " + key + " was not decided after " + BATCH_ATTEMPTS + " attempts", null);
    }

    private void sold(Story story, String orderId) {
        story.orderId = orderId;
        for (Line line : story.purchase.lines()) {
            books.enter(story.purchase.takenAt(), line.sku(), Books.Entry.GONE, line.quantity());
        }
    }

    private void order(Story story) {
        Purchase purchase = story.purchase;
        story.orderedAtNs = System.nanoTime();
        JsonNode placed = api.post(
                        "order", "/v1/orders", shopper(story), key(story, "order"), WAIT_SECONDS, order(purchase))
                .required();
        String orderId = placed.path("orderId").asString();
        story.orderId = orderId;
        JsonNode order = placed.path("state").asString("").equals("PLACED") ? decided(orderId) : placed;
        see(story, order);
        if (story.state.equals("REJECTED")) {
            return;
        }
        story.confirmedAfterNs = System.nanoTime() - story.orderedAtNs;
        if (purchase.method() == Method.CARRY_OUT) {
            return;
        }
        JsonNode leaving = leaving(order);
        String fulfilmentId = leaving.path("fulfilmentId").asString();
        if (leaving.path("status").asString("").equals("REJECTED")) {
            return;
        }
        if (purchase.ending() == Ending.CANCELS_AT_ONCE) {
            cancel(story, List.of());
            return;
        }
        String path = "/v1/pickups/" + fulfilmentId;
        if (Api.await(KNOWN_WITHIN, () -> wellOrNull(api.get("pickup", path))) == null) {
            throw new Api.Unexpected("Pickup " + fulfilmentId + " of a confirmed order is not known", null);
        }
        if (!purchase.cancelled().isEmpty()) {
            cancel(story, purchase.cancelled());
        }
        String associate = "ASSOCIATE associate-" + Math.floorMod(fulfilmentId.hashCode(), 7) + " " + purchase.from();
        if (step(story, path + "/picking", associate, Map.of()) == null || !reportMissing(story, path, associate)) {
            return;
        }
        boolean noShow = purchase.ending() == Ending.NEVER_COMES;
        Map<String, Object> ready = new LinkedHashMap<>(Map.of("stagingPlace", "A-" + (1 + running.get() % 40)));
        if (noShow) {
            ready.put("pickupWithinSeconds", NO_SHOW_SECONDS);
        }
        if (step(story, path + "/ready", associate, ready) == null || noShow) {
            return;
        }
        if (purchase.ending() == Ending.CANCELS_WHEN_READY) {
            cancel(story, List.of());
            return;
        }
        if (purchase.method() == Method.CURBSIDE
                && (step(story, path + "/on-the-way", shopper(story), Map.of()) == null
                        || step(story, path + "/arrived", shopper(story), Map.of("bay", "B" + (1 + running.get() % 9)))
                                == null)) {
            return;
        }
        Map<String, Object> proof = proof(story, orderId);
        if (proof.containsKey("code") && Math.floorMod(story.name().hashCode(), MISTYPES_ONE_IN) == 0) {
            mistype(story, path, associate);
        }
        JsonNode handedOver = step(story, path + "/handover", actor(story, associate), proof);
        if (handedOver != null) {
            long units = 0;
            for (JsonNode line : handedOver.path("handover").path("handedOver")) {
                long quantity = line.path("quantity").asLong();
                books.enter(purchase.from(), line.path("sku").asString(), Books.Entry.GONE, quantity);
                units += quantity;
            }
            story.handedOver = units;
        }
    }

    private JsonNode decided(String orderId) {
        JsonNode order = Api.await(DECIDED_WITHIN, () -> {
            Answer answer = api.get("order", "/v1/orders/" + orderId + "?until=DECIDED", WAIT_SECONDS);
            return answer.status() == 200 ? answer.body() : null;
        });
        if (order == null) {
            throw new Api.Unexpected("Order " + orderId + " is not decided", null);
        }
        return order;
    }

    /** The fulfilment that is picked, staged and handed over. */
    private static JsonNode leaving(JsonNode order) {
        for (JsonNode fulfilment : order.path("fulfilments")) {
            if (!fulfilment.path("method").asString("").equals("CARRY_OUT")) {
                return fulfilment;
            }
        }
        throw new Api.Unexpected("Order " + order.path("orderId") + " has lost its fulfilment", null);
    }

    private void cancel(Story story, List<Part> parts) {
        Map<String, Object> body = new LinkedHashMap<>();
        if (!parts.isEmpty()) {
            Map<String, Long> byLine = new LinkedHashMap<>();
            parts.forEach(part -> byLine.merge(lineId(part), part.quantity(), Long::sum));
            body.put(
                    "lines",
                    byLine.entrySet().stream()
                            .map(line -> Map.of("lineId", line.getKey(), "quantity", line.getValue()))
                            .toList());
        }
        Answer answer = api.post(
                "order",
                "/v1/orders/" + story.orderId + "/cancel",
                shopper(story),
                key(story, "cancel"),
                WAIT_SECONDS,
                body);
        if (answer.well()) {
            story.reversed.addAll(parts);
        } else if (answer.status() != 409) {
            throw answer.unexpected();
        }
    }

    /** Whether something is left to be picked. */
    private boolean reportMissing(Story story, String path, String associate) {
        for (Part part : story.purchase.missing()) {
            JsonNode pickup = api.get("pickup", path).required();
            long left = left(pickup, lineId(part));
            long missing = Math.min(part.quantity(), left);
            if (missing == 0) {
                continue;
            }
            Map<String, Object> body = Map.of("lineId", lineId(part), "quantity", missing, "reason", "NOT_FOUND");
            JsonNode after = step(story, path + "/short", associate, body);
            if (after == null) {
                return false;
            }
            books.enter(story.purchase.from(), story.purchase.line(part.line()).sku(), Books.Entry.MISSING, missing);
            if (after.path("state").asString("").equals("CANCELLED")) {
                return false;
            }
        }
        return true;
    }

    private static long left(JsonNode pickup, String lineId) {
        for (JsonNode line : pickup.path("lines")) {
            if (line.path("lineId").asString("").equals(lineId)) {
                return line.path("remaining").asLong();
            }
        }
        return 0;
    }

    /** A step at the counter; null when the pickup has come to another end meanwhile. */
    private @Nullable JsonNode step(Story story, String path, String actor, Object body) {
        Answer answer = api.post("pickup", path, actor, key(story, path.substring(path.lastIndexOf('/') + 1)), 0, body);
        return answer.status() == 409 ? null : answer.required();
    }

    private Map<String, Object> proof(Story story, String orderId) {
        if (story.purchase.method() == Method.DELIVERY) {
            return Map.of("courierId", "courier-" + Math.floorMod(orderId.hashCode(), 5));
        }
        String code =
                mailbox == null || story.purchase.customerId() == null ? null : mailbox.code(orderId, MAIL_WITHIN);
        if (code == null) {
            return Map.of("override", Map.of("reason", "CODE_NOT_AT_HAND"));
        }
        story.handedOverByCode = true;
        return Map.of("code", code);
    }

    private void mistype(Story story, String path, String associate) {
        Answer answer = api.post(
                "pickup", path + "/handover", associate, key(story, "mistyped"), 0, Map.of("code", "0000-0000"));
        if (answer.status() != 403 && answer.status() != 409) {
            throw answer.unexpected();
        }
    }

    private void bringBack(Story story, Return back) {
        String orderId = story.orderId;
        Purchase purchase = story.purchase;
        if (orderId == null
                || (purchase.channel().ordered() && purchase.method() != Method.CARRY_OUT && story.handedOver == 0)) {
            return;
        }
        String path = "/v1/orders/" + orderId;
        JsonNode returnable = Api.await(KNOWN_WITHIN, () -> wellOrNull(api.get("returns", path + "/returnable")));
        if (returnable == null) {
            if (story.state.equals("REJECTED")) {
                return;
            }
            throw new Api.Unexpected("What left with order " + orderId + " is not known to returns", null);
        }
        List<Part> parts = returnable(returnable, back.parts());
        if (parts.isEmpty()) {
            return;
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("locationId", back.locationId());
        body.put(
                "lines",
                parts.stream()
                        .map(part -> Map.of(
                                "lineId",
                                lineId(part),
                                "quantity",
                                part.quantity(),
                                "reason",
                                "OTHER",
                                "disposition",
                                back.disposition().name()))
                        .toList());
        if (!purchase.channel().ordered()) {
            // What a till sold by its own clock long ago comes back after its window; somebody answers for that.
            body.put("override", Map.of("reason", "SOLD_LONG_AGO"));
        }
        String actor = "ASSOCIATE associate-1 " + back.locationId();
        JsonNode accepted = api.post("returns", path + "/returns", actor, run + "-" + back.name(), 0, body)
                .required();
        for (JsonNode line : accepted.path("lines")) {
            Books.Entry entry = switch (back.disposition()) {
                case RESTOCK -> Books.Entry.RESTOCKED;
                case DAMAGED -> Books.Entry.DAMAGED;
                case RETURN_TO_VENDOR -> null;
            };
            if (entry != null) {
                books.enter(
                        back.locationId(),
                        line.path("sku").asString(),
                        entry,
                        line.path("quantity").asLong());
            }
        }
        story.reversed.addAll(parts);
    }

    /** What of the parts can still come back. */
    private static List<Part> returnable(JsonNode returnable, List<Part> parts) {
        Map<String, Long> left = new LinkedHashMap<>();
        for (JsonNode line : returnable.path("lines")) {
            left.put(line.path("lineId").asString(), line.path("returnable").asLong());
        }
        List<Part> possible = new ArrayList<>();
        for (Part part : parts) {
            long quantity = Math.min(part.quantity(), left.getOrDefault(lineId(part), 0L));
            if (quantity > 0) {
                left.merge(lineId(part), -quantity, Long::sum);
                possible.add(new Part(part.line(), quantity, part.row()));
            }
        }
        return possible;
    }

    private void settle(Story story) {
        String orderId = story.orderId;
        if (orderId == null) {
            return;
        }
        Api.await(SETTLED_WITHIN, () -> {
            Answer answer = api.get("order", "/v1/orders/" + orderId);
            if (answer.well()) {
                see(story, answer.body());
            }
            return answer.well() && over(story.state) ? answer.body() : null;
        });
        if (!over(story.state) && story.failure == null) {
            story.failure = "Order " + orderId + " is still " + (story.state.isEmpty() ? "unknown" : story.state);
        }
    }

    /** Notes how an order stands; what was carried out of a store goes into the books once that is final. */
    private void see(Story story, JsonNode order) {
        boolean wasOver = over(story.state);
        story.state = order.path("state").asString("");
        story.reason = order.path("reason").asString("");
        if (wasOver || !over(story.state)) {
            return;
        }
        long byPickup = 0;
        for (JsonNode line : order.path("lines")) {
            long ended = line.path("rejected").asLong()
                    + line.path("cancelled").asLong()
                    + line.path("handedOver").asLong();
            if (ended != line.path("quantity").asLong()) {
                story.failure = "Order " + story.orderId + " is over, and not every unit of line "
                        + line.path("lineId").asString() + " is: " + line;
            }
            boolean carriedOut = story.purchase
                    .line(Integer.parseInt(line.path("lineId").asString()))
                    .carriedOut();
            long handedOver = line.path("handedOver").asLong();
            if (carriedOut && story.purchase.channel() == Channel.STORE && handedOver > 0) {
                books.enter(story.purchase.takenAt(), line.path("sku").asString(), Books.Entry.GONE, handedOver);
            } else if (!carriedOut) {
                byPickup += handedOver;
            }
        }
        if (byPickup != story.handedOver) {
            story.failure = "Order " + story.orderId + " says that " + byPickup + " units left, pickup-service said "
                    + story.handedOver;
        }
    }

    static boolean over(String state) {
        return state.equals("COMPLETED") || state.equals("CANCELLED") || state.equals("REJECTED");
    }

    private static @Nullable JsonNode wellOrNull(Answer answer) {
        if (answer.well()) {
            return answer.body();
        }
        if (answer.status() == 404) {
            return null;
        }
        throw answer.unexpected();
    }

    private static String lineId(Part part) {
        return Integer.toString(part.line());
    }

    private String key(Story story, String request) {
        return run + "-" + story.name() + "-" + request;
    }

    private static String shopper(Story story) {
        String customerId = story.purchase.customerId();
        return "SHOPPER " + (customerId == null ? "guest" : customerId);
    }

    private static String till(Story story) {
        return "TILL till-1 " + story.purchase.takenAt();
    }

    private static String actor(Story story, String associate) {
        return story.purchase.method() == Method.DELIVERY ? "COURIER courier-1" : associate;
    }

    private Object sale(Story story) {
        Purchase purchase = story.purchase;
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("locationId", purchase.takenAt());
        body.put("tillId", "till-1-" + purchase.takenAt());
        body.put("receiptNumber", run + "-" + purchase.name());
        body.put("soldAt", purchase.soldAt().toString());
        if (purchase.customerId() != null) {
            body.put("customerId", purchase.customerId());
        }
        body.put("lines", lines(purchase));
        return body;
    }

    private static Object order(Purchase purchase) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("channel", purchase.channel().name());
        if (purchase.customerId() != null) {
            body.put("customerId", purchase.customerId());
        }
        if (purchase.channel() == Channel.STORE) {
            body.put("locationId", purchase.takenAt());
        }
        if (purchase.lines().stream().map(Line::carriedOut).distinct().count() > 1) {
            // What is taken along cannot be had back when the rest is rejected.
            body.put("acceptance", "PER_FULFILMENT");
        }
        body.put("lines", lines(purchase));
        List<Object> fulfilments = new ArrayList<>();
        fulfilment(fulfilments, purchase, true, Method.CARRY_OUT, purchase.takenAt());
        fulfilment(fulfilments, purchase, false, purchase.method(), purchase.from());
        body.put("fulfilments", fulfilments);
        return body;
    }

    private static void fulfilment(
            List<Object> fulfilments, Purchase purchase, boolean carriedOut, Method method, String locationId) {
        List<String> lineIds = IntStream.rangeClosed(1, purchase.lines().size())
                .filter(number -> purchase.line(number).carriedOut() == carriedOut)
                .mapToObj(Integer::toString)
                .toList();
        if (!lineIds.isEmpty()) {
            fulfilments.add(Map.of("method", method.name(), "locationId", locationId, "lineIds", lineIds));
        }
    }

    private static List<Object> lines(Purchase purchase) {
        return purchase.lines().stream()
                .<Object>map(line -> {
                    Map<String, Object> body = new LinkedHashMap<>();
                    body.put("sku", line.sku());
                    if (!line.title().isBlank()) {
                        body.put("title", line.title());
                    }
                    body.put("quantity", line.quantity());
                    body.put("unitPrice", Map.of("amount", line.unitPrice(), "currency", line.currency()));
                    return body;
                })
                .toList();
    }
}
