package dev.mortar.localstack.demo;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.Api.Request;
import dev.mortar.localstack.Http.Answer;
import dev.mortar.localstack.StackFailure;
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

    /**
     * Trade of one run, whose id makes its requests and receipts unique, with this many stories at the same time.
     * Without a mailbox no mails can be read, and pickups are handed over without code.
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

    /** Uploads the last sales of the tills and waits until every story came to its end, as far as people drive it. */
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
                concerned.forEach(story -> story.failure = e instanceof StackFailure ? e.getMessage() : e.toString());
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
        JsonNode order =
                api.post(Requests.sale(story.purchase, run, key(story, "sale"))).required();
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

    /** Uploads until every sale is decided: the service makes none twice. */
    private void upload(List<Story> sales, String key) {
        Request batch =
                Requests.sales(sales.stream().map(story -> story.purchase).toList(), run, key);
        for (int attempt = 1; attempt <= BATCH_ATTEMPTS; attempt++) {
            JsonNode results = api.post(batch).required().path("sales");
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
                    throw new StackFailure("A sale of batch " + key + " was answered " + result);
                }
            }
            if (decided) {
                return;
            }
            Api.pause(1_000);
        }
        throw new StackFailure("Batch " + key + " was not decided after " + BATCH_ATTEMPTS + " attempts");
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
        JsonNode placed = api.post(Requests.order(purchase, key(story, "order")), WAIT_SECONDS)
                .required();
        String orderId = placed.path("orderId").asString();
        story.orderId = orderId;
        JsonNode order = placed.path("state").asString("").equals("PLACED")
                ? await(DECIDED_WITHIN, "order", "/v1/orders/" + orderId + "?until=DECIDED", WAIT_SECONDS)
                : placed;
        story.see(order, books);
        if (story.state.equals("REJECTED")) {
            return;
        }
        story.confirmedAfterNs = System.nanoTime() - story.orderedAtNs;
        if (purchase.method() == Method.CARRY_OUT) {
            return;
        }
        JsonNode leaving = leaving(order);
        if (leaving.path("status").asString("").equals("REJECTED")) {
            return;
        }
        if (purchase.ending() == Ending.CANCELS_AT_ONCE) {
            cancel(story, orderId, List.of());
            return;
        }
        String fulfilmentId = leaving.path("fulfilmentId").asString();
        await(KNOWN_WITHIN, "pickup", "/v1/pickups/" + fulfilmentId, 0);
        if (!purchase.cancelled().isEmpty()) {
            cancel(story, orderId, purchase.cancelled());
        }
        fetch(story, orderId, fulfilmentId);
    }

    /** An associate picks and stages the goods; then they are handed over, unless somebody ends it before. */
    private void fetch(Story story, String orderId, String fulfilmentId) {
        Purchase purchase = story.purchase;
        String shopper = Requests.shopper(purchase);
        String associate = "ASSOCIATE associate-" + Math.floorMod(fulfilmentId.hashCode(), 7) + " " + purchase.from();
        boolean noShow = purchase.ending() == Ending.NEVER_COMES;
        Map<String, Object> ready = new LinkedHashMap<>(Map.of("stagingPlace", "A-" + (1 + running.get() % 40)));
        if (noShow) {
            ready.put("pickupWithinSeconds", NO_SHOW_SECONDS);
        }
        if (step(story, fulfilmentId, "picking", associate, Map.of()) == null
                || !reportMissing(story, fulfilmentId, associate)
                || step(story, fulfilmentId, "ready", associate, ready) == null
                || noShow) {
            return;
        }
        if (purchase.ending() == Ending.CANCELS_WHEN_READY) {
            cancel(story, orderId, List.of());
            return;
        }
        Map<String, ?> bay = Map.of("bay", "B" + (1 + running.get() % 9));
        if (purchase.method() == Method.CURBSIDE
                && (step(story, fulfilmentId, "on-the-way", shopper, Map.of()) == null
                        || step(story, fulfilmentId, "arrived", shopper, bay) == null)) {
            return;
        }
        Map<String, ?> proof = proof(story, orderId);
        if (proof.containsKey("code") && Math.floorMod(story.name().hashCode(), MISTYPES_ONE_IN) == 0) {
            mistype(story, fulfilmentId, associate);
        }
        String actor = purchase.method() == Method.DELIVERY ? "COURIER courier-1" : associate;
        JsonNode handedOver = step(story, fulfilmentId, "handover", actor, proof);
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

    /** The answer of a service there, once it is known. */
    private JsonNode await(Duration patience, String service, String path, int waitSeconds) {
        JsonNode known = Api.await(patience, () -> {
            Answer answer = api.get(service, path, waitSeconds);
            return answer.status() == 404 || answer.status() == 202 ? null : answer.required();
        });
        if (known == null) {
            throw new StackFailure("Still not known or not decided: " + service + path);
        }
        return known;
    }

    /** The fulfilment that is picked, staged and handed over. */
    private static JsonNode leaving(JsonNode order) {
        return order.path("fulfilments")
                .valueStream()
                .filter(each -> !each.path("method").asString("").equals("CARRY_OUT"))
                .findFirst()
                .orElseThrow(() -> new StackFailure("Order " + order.path("orderId") + " has lost its fulfilment"));
    }

    private void cancel(Story story, String orderId, List<Part> parts) {
        Answer answer = api.post(Requests.cancel(story.purchase, orderId, parts, key(story, "cancel")), WAIT_SECONDS);
        if (answer.well()) {
            story.reversed.addAll(parts);
        } else if (answer.status() != 409) {
            throw answer.unexpected();
        }
    }

    /** Whether something is left to be picked. */
    private boolean reportMissing(Story story, String fulfilmentId, String associate) {
        for (Part part : story.purchase.missing()) {
            JsonNode pickup = api.get("pickup", "/v1/pickups/" + fulfilmentId).required();
            long missing = Math.min(part.quantity(), byLine(pickup, "remaining").getOrDefault(part.lineId(), 0L));
            if (missing == 0) {
                continue;
            }
            Map<String, ?> body = Map.of("lineId", part.lineId(), "quantity", missing, "reason", "NOT_FOUND");
            JsonNode after = step(story, fulfilmentId, "short", associate, body);
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

    /** A figure of each line of a pickup or an order, by the line's id. */
    private static Map<String, Long> byLine(JsonNode shown, String figure) {
        Map<String, Long> figures = new LinkedHashMap<>();
        shown.path("lines")
                .forEach(line -> figures.put(
                        line.path("lineId").asString(), line.path(figure).asLong()));
        return figures;
    }

    /** A step at the counter; null when the pickup has come to another end meanwhile. */
    private @Nullable JsonNode step(Story story, String fulfilmentId, String step, String actor, Map<String, ?> body) {
        Answer answer = api.post(Requests.pickup(fulfilmentId, step, actor, key(story, step), body));
        return answer.status() == 409 ? null : answer.required();
    }

    private Map<String, ?> proof(Story story, String orderId) {
        if (story.purchase.method() == Method.DELIVERY) {
            return Map.of("courierId", "courier-" + Math.floorMod(orderId.hashCode(), 5));
        }
        String code =
                mailbox == null || story.purchase.customerId() == null ? null : mailbox.code(orderId, MAIL_WITHIN);
        story.handedOverByCode = code != null;
        return code == null ? Map.of("override", Map.of("reason", "CODE_NOT_AT_HAND")) : Map.of("code", code);
    }

    private void mistype(Story story, String fulfilmentId, String associate) {
        Map<String, ?> wrong = Map.of("code", "0000-0000");
        Answer answer = api.post(Requests.pickup(fulfilmentId, "handover", associate, key(story, "mistyped"), wrong));
        if (answer.status() != 403 && answer.status() != 409) {
            throw answer.unexpected();
        }
    }

    private void bringBack(Story story, Return back) {
        String orderId = story.orderId;
        Purchase purchase = story.purchase;
        if (orderId == null || (story.byPickup() && story.handedOver == 0) || story.state.equals("REJECTED")) {
            return;
        }
        List<Part> parts =
                returnable(await(KNOWN_WITHIN, "returns", "/v1/orders/" + orderId + "/returnable", 0), back.parts());
        if (parts.isEmpty()) {
            return;
        }
        JsonNode accepted = api.post(Requests.bringBack(purchase, back, parts, orderId, run + "-" + back.name()))
                .required();
        Books.Entry entry = switch (back.disposition()) {
            case RESTOCK -> Books.Entry.RESTOCKED;
            case DAMAGED -> Books.Entry.DAMAGED;
            case RETURN_TO_VENDOR -> null;
        };
        if (entry != null) {
            for (JsonNode line : accepted.path("lines")) {
                long quantity = line.path("quantity").asLong();
                books.enter(back.locationId(), line.path("sku").asString(), entry, quantity);
            }
        }
        story.reversed.addAll(parts);
    }

    /** The parts, as far as they can still come back. */
    private static List<Part> returnable(JsonNode returnable, List<Part> parts) {
        Map<String, Long> left = byLine(returnable, "returnable");
        List<Part> possible = new ArrayList<>();
        for (Part part : parts) {
            long quantity = Math.min(part.quantity(), left.getOrDefault(part.lineId(), 0L));
            if (quantity > 0) {
                left.merge(part.lineId(), -quantity, Long::sum);
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
                story.see(answer.body(), books);
            }
            return answer.well() && story.isOver() ? answer.body() : null;
        });
        if (!story.isOver() && story.failure == null) {
            story.failure = "Order " + orderId + " is still " + (story.state.isEmpty() ? "unknown" : story.state);
        }
    }

    private String key(Story story, String request) {
        return run + "-" + story.name() + "-" + request;
    }
}
