package dev.mortar.localstack.demo;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.Api.Request;
import dev.mortar.localstack.Http.Answer;
import dev.mortar.localstack.demo.Purchase.Channel;
import dev.mortar.localstack.demo.Purchase.Ending;
import dev.mortar.localstack.demo.Purchase.Line;
import dev.mortar.localstack.demo.Purchase.Method;
import dev.mortar.localstack.demo.Purchase.Part;
import dev.mortar.localstack.demo.Purchase.Return;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A purchase as the shopper, the till, the associate and the courier play it through the APIs, and how far it came. Run
 * by one thread at a time.
 */
public final class Story {
    private static final Set<String> ENDS = Set.of("COMPLETED", "CANCELLED", "REJECTED");
    private static final Duration DECIDED_WITHIN = Duration.ofMinutes(3);
    private static final Duration KNOWN_WITHIN = Duration.ofMinutes(2);
    private static final Duration MAIL_WITHIN = Duration.ofSeconds(60);
    private static final Duration SETTLED_WITHIN = Duration.ofMinutes(4);
    private static final int WAIT_SECONDS = 30;
    private static final int NO_SHOW_SECONDS = 3;
    private static final int MISTYPES_ONE_IN = 25;
    private static final int REJECTIONS_ONE_IN = 7;
    private static final int SECOND_ATTEMPTS_ONE_IN = 4;

    final Purchase purchase;
    /** Empty until the order or sale is known. */
    volatile String orderId = "";
    /** COMPLETED, CANCELLED, REJECTED, or the state of the order when it was last seen. */
    volatile String state = "";
    /** Why it was cancelled or rejected; empty otherwise. */
    volatile String reason = "";
    /** When it was ordered, by {@link System#nanoTime()}. */
    volatile long orderedAtNs;
    /** From the request to the confirmation; 0 when it was not confirmed. */
    volatile long confirmedAfterNs;
    /** Something that must never happen. */
    volatile @Nullable String failure;
    /** Units that were cancelled or came back, of those that the purchase asks for. */
    final Queue<Part> reversed = new ConcurrentLinkedQueue<>();
    /** Units that pickup-service acknowledged to have handed over. */
    volatile long handedOver;

    volatile boolean handedOverByCode;

    private final Trade trade;
    private final Api api;
    private final Books books;
    private final String shopper;
    /** The fulfilments that came to their ends, as far as people drive them. */
    private final Set<String> fetched = new HashSet<>();

    private String fulfilmentId = "";
    private String locationId = "";

    Story(Trade trade, Purchase purchase) {
        this.trade = trade;
        this.purchase = purchase;
        api = trade.api;
        books = trade.books;
        shopper = Requests.shopper(purchase);
    }

    public @Nullable String failure() {
        return failure;
    }

    boolean isOver() {
        return ENDS.contains(state);
    }

    void play() {
        if (purchase.channel() == Channel.TILL) {
            sold(api.post(Requests.sale(purchase, trade.run, key("sale"))).required());
        } else {
            order();
        }
        bringBack();
    }

    /** Notes an acknowledged sale, which may be acknowledged again. */
    void sold(JsonNode sale) {
        if (orderId.isEmpty()) {
            orderId = sale.path("orderId").asString();
            for (Line line : purchase.lines()) {
                books.enter(purchase.takenAt(), line.sku(), Books.Entry.GONE, line.quantity());
            }
        }
    }

    private void order() {
        orderedAtNs = System.nanoTime();
        JsonNode order =
                api.post(Requests.order(purchase, key("order")), WAIT_SECONDS).required();
        orderId = order.path("orderId").asString();
        if (order.path("state").asString("").equals("PLACED")) {
            order = api.awaitKnown(DECIDED_WITHIN, "order", "/v1/orders/" + orderId + "?until=DECIDED", WAIT_SECONDS);
        }
        see(order);
        if (state.equals("REJECTED")) {
            return;
        }
        confirmedAfterNs = System.nanoTime() - orderedAtNs;
        if (purchase.method() == Method.CARRY_OUT) {
            return;
        }
        if (purchase.ending() == Ending.CANCELS_AT_ONCE) {
            cancel(List.of());
            return;
        }
        JsonNode fulfilment = toFetch(order);
        while (fulfilment != null) {
            fulfilmentId = fulfilment.path("fulfilmentId").asString();
            locationId = fulfilment.path("locationId").asString();
            api.awaitKnown(KNOWN_WITHIN, "pickup", "/v1/pickups/" + fulfilmentId, 0);
            if (fetched.isEmpty() && !purchase.cancelled().isEmpty()) {
                cancel(purchase.cancelled());
            }
            fetch();
            fetched.add(fulfilmentId);
            fulfilment = purchase.sourced() ? awaitNext() : null;
        }
    }

    /** The next fulfilment that is to be picked, staged and handed over; null if there is none. */
    private @Nullable JsonNode toFetch(JsonNode order) {
        return order.path("fulfilments")
                .valueStream()
                .filter(each -> each.path("status").asString("").equals("RESERVED"))
                .filter(each -> !fetched.contains(each.path("fulfilmentId").asString("")))
                .findFirst()
                .orElse(null);
    }

    /** The goods may come from several locations, or from another one than the order first got. */
    private @Nullable JsonNode awaitNext() {
        JsonNode order = Api.await(KNOWN_WITHIN, () -> {
            Answer answer = api.get("order", "/v1/orders/" + orderId);
            if (answer.well()) {
                see(answer.body());
            }
            return answer.well() && (isOver() || toFetch(answer.body()) != null) ? answer.body() : null;
        });
        return order == null ? null : toFetch(order);
    }

    /** An associate picks and stages the goods; then they are handed over, unless somebody ends it before. */
    private void fetch() {
        String person = "associate-" + Math.floorMod(fulfilmentId.hashCode(), 7) + " " + locationId;
        String associate = "ASSOCIATE " + person;
        boolean noShow = purchase.ending() == Ending.NEVER_COMES;
        Map<String, Object> ready = new HashMap<>(Map.of("stagingPlace", "A-" + (1 + trade.running() % 40)));
        if (noShow) {
            ready.put("pickupWithinSeconds", NO_SHOW_SECONDS);
        }
        if (purchase.sourced() && fetched.isEmpty() && isOneIn(REJECTIONS_ONE_IN)) {
            step("reject", associate, Map.of("reason", "TOO_BUSY"));
            return;
        }
        JsonNode picking = step("picking", associate, Map.of());
        if (picking == null
                || !reportMissing(associate, picking)
                || step("ready", associate, ready) == null
                || noShow) {
            return;
        }
        if (purchase.ending() == Ending.CANCELS_WHEN_READY) {
            cancel(List.of());
            return;
        }
        if (purchase.method() == Method.CURBSIDE
                && (step("on-the-way", shopper, Map.of()) == null
                        || step("arrived", shopper, Map.of("bay", "B" + (1 + trade.running() % 9))) == null)) {
            return;
        }
        Map<String, ?> proof = proof();
        if (proof.containsKey("code") && isOneIn(MISTYPES_ONE_IN)) {
            mistype(associate);
        }
        String actor = proof.containsKey("override") ? "LEAD " + person : associate;
        JsonNode handover = step("handover", actor, proof);
        if (handover != null) {
            long units = 0;
            for (JsonNode line : handover.path("handover").path("handedOver")) {
                long quantity = line.path("quantity").asLong();
                books.enter(locationId, line.path("sku").asString(), Books.Entry.GONE, quantity);
                units += quantity;
            }
            handedOver += units;
            handover.path("parcels")
                    .forEach(parcel -> deliver(parcel.path("parcelId").asString()));
        }
    }

    private boolean isOneIn(int some) {
        return Math.floorMod(purchase.name().hashCode(), some) == 0;
    }

    /** The courier brings a parcel, often at the second attempt. */
    private void deliver(String parcelId) {
        String courier = "COURIER " + courierId();
        String news = "parcels/" + Api.segment(parcelId) + "/";
        if (Math.floorMod(orderId.hashCode(), SECOND_ATTEMPTS_ONE_IN) == 0) {
            step(news + "attempt-failed", courier, Map.of("reasonCode", "NOBODY_HOME"));
        }
        step(news + "delivered", courier, Map.of("proof", "SIGNED"));
    }

    private String courierId() {
        return "courier-" + Math.floorMod(orderId.hashCode(), 5);
    }

    private void cancel(List<Part> parts) {
        Answer answer = api.post(Requests.cancel(purchase, orderId, parts, key("cancel")), WAIT_SECONDS);
        if (answer.well()) {
            reversed.addAll(parts);
        } else if (answer.status() != 409) {
            throw answer.unexpected();
        }
    }

    /** Whether something is left to be picked. */
    private boolean reportMissing(String associate, JsonNode picking) {
        if (!fetched.isEmpty()) {
            return true;
        }
        JsonNode pickup = picking;
        for (Part part : purchase.missing()) {
            long missing = Math.min(part.quantity(), byLine(pickup, "remaining").getOrDefault(part.lineId(), 0L));
            if (missing == 0) {
                continue;
            }
            Map<String, ?> body = Map.of("lineId", part.lineId(), "quantity", missing, "reason", "NOT_FOUND");
            JsonNode after = step("short", associate, body);
            if (after == null) {
                return false;
            }
            pickup = after;
            books.enter(locationId, purchase.line(part.line()).sku(), Books.Entry.MISSING, missing);
            if (after.path("state").asString("").equals("CANCELLED")) {
                return false;
            }
        }
        return true;
    }

    /** A figure of each line of a pickup or an order, by the line's id. */
    private static Map<String, Long> byLine(JsonNode shown, String figure) {
        Map<String, Long> figures = new LinkedHashMap<>();
        for (JsonNode line : shown.path("lines")) {
            figures.put(line.path("lineId").asString(), line.path(figure).asLong());
        }
        return figures;
    }

    /** A step at the counter; null when the pickup has come to another end meanwhile. */
    private @Nullable JsonNode step(String step, String actor, Map<String, ?> body) {
        Answer answer = api.post(pickup(step, actor, key(fetched.size() + "-" + step), body));
        return answer.status() == 409 ? null : answer.required();
    }

    private Request pickup(String step, String actor, String key, Map<String, ?> body) {
        return new Request("pickup", "/v1/pickups/" + fulfilmentId + "/" + step, actor, key, body);
    }

    private Map<String, ?> proof() {
        if (purchase.method() == Method.DELIVERY) {
            return Map.of("courierId", courierId());
        }
        Mailbox mailbox = trade.mailbox;
        // The mailbox keeps one code of an order.
        String code = mailbox == null || purchase.customerId() == null || !fetched.isEmpty()
                ? null
                : mailbox.code(orderId, MAIL_WITHIN);
        handedOverByCode = code != null;
        return code == null ? Map.of("override", Map.of("reason", "CODE_NOT_AT_HAND")) : Map.of("code", code);
    }

    private void mistype(String associate) {
        Answer answer = api.post(pickup("handover", associate, key("mistyped"), Map.of("code", "0000-0000")));
        if (answer.status() != 403 && answer.status() != 409) {
            throw answer.unexpected();
        }
    }

    /** Brings back the units that the shopper got and does not want to keep. */
    void bringBack() {
        boolean byPickup = purchase.channel().ordered() && purchase.method() != Method.CARRY_OUT;
        if (!orderId.isEmpty() && !(byPickup && handedOver == 0) && !state.equals("REJECTED")) {
            purchase.returns().forEach(this::bringBack);
        }
    }

    private void bringBack(Return back) {
        String path = "/v1/orders/" + orderId + "/returnable";
        List<Part> parts = returnable(api.awaitKnown(KNOWN_WITHIN, "returns", path, 0), back.parts());
        if (parts.isEmpty()) {
            return;
        }
        String key = trade.run + "-" + back.name();
        JsonNode accepted = api.post(Requests.bringBack(purchase, back, parts, orderId, key))
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
        reversed.addAll(parts);
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

    /** Waits, for a bounded time, until the order is completed, cancelled or rejected. */
    void settle() {
        if (orderId.isEmpty()) {
            return;
        }
        Api.await(SETTLED_WITHIN, () -> {
            Answer answer = api.get("order", "/v1/orders/" + orderId);
            if (answer.well()) {
                see(answer.body());
            }
            return answer.well() && isOver() ? answer.body() : null;
        });
        if (!isOver() && failure == null) {
            failure = "Order " + orderId + " is still " + (state.isEmpty() ? "unknown" : state);
        }
    }

    /** Notes the state of the order. Once it is final, goods carried out of a store go into the books. */
    private void see(JsonNode order) {
        boolean wasOver = isOver();
        state = order.path("state").asString("");
        reason = order.path("reason").asString("");
        if (wasOver || !isOver()) {
            return;
        }
        long leftByPickup = 0;
        for (JsonNode line : order.path("lines")) {
            String lineId = line.path("lineId").asString();
            long gone = line.path("handedOver").asLong();
            long ended = gone
                    + line.path("rejected").asLong()
                    + line.path("cancelled").asLong();
            if (ended != line.path("quantity").asLong()) {
                failure = "Order " + orderId + " is over, and not every unit of line " + lineId + " is: " + line;
            }
            boolean carriedOut = purchase.line(Integer.parseInt(lineId)).carriedOut();
            if (carriedOut && purchase.channel() == Channel.STORE && gone > 0) {
                books.enter(purchase.takenAt(), line.path("sku").asString(), Books.Entry.GONE, gone);
            } else if (!carriedOut) {
                leftByPickup += gone;
            }
        }
        if (leftByPickup != handedOver) {
            failure = "Order " + orderId + " says that " + leftByPickup + " units left, pickup-service said "
                    + handedOver;
        }
    }

    private String key(String request) {
        return trade.run + "-" + purchase.name() + "-" + request;
    }
}
