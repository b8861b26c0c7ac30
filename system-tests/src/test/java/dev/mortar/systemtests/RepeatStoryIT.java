package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.localstack.Api;
import dev.mortar.systemtests.Shop.Shopper;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The same again: by accident, by an impatient client, by a till that was offline. */
class RepeatStoryIT {

    private static final int TIMES = 20;

    private final Shop shop = Shop.open();

    @Test
    void theSameRequestTwentyTimesAtOnceMakesOneOrder() {
        String sku = newSku();
        String store = shop.storeWith(sku, TIMES);
        Shopper shopper = Shop.stranger();
        String key = newKey();

        List<Answer> answers = Together.times(
                TIMES, number -> shop.post("order", "/v1/orders", key, pickupOrder(shopper, store, sku, 1)));

        assertThat(answers).allSatisfy(answer -> answer.is(201));
        Set<String> orders =
                answers.stream().map(answer -> answer.text("/orderId")).collect(Collectors.toSet());
        assertThat(orders).hasSize(1);
        shop.awaitOrder(orders.iterator().next(), "CONFIRMED");
        shop.awaitStock(store, sku, TIMES, 1);
    }

    @Test
    void theSameKeyWithAnotherBodyIsRefused() {
        String sku = newSku();
        String store = shop.storeWith(sku, 9);
        Shopper shopper = Shop.stranger();
        String key = newKey();
        shop.post("order", "/v1/orders", key, pickupOrder(shopper, store, sku, 1))
                .is(201);

        Answer other = shop.post("order", "/v1/orders", key, pickupOrder(shopper, store, sku, 2));

        other.is(422);
        assertThat(other.header("content-type")).startsWith("application/problem+json");
        shop.awaitStock(store, sku, 9, 1);
    }

    @Test
    void theKeyOfAnotherCallerGivesNothingOfTheFirst() {
        String sku = newSku();
        String store = shop.storeWith(sku, 9);
        Shopper shopper = Shop.stranger();
        String key = newKey();
        Map<String, ?> order = pickupOrder(shopper, store, sku, 1);
        String first = shop.post("order", "/v1/orders", key, order).is(201).text("/orderId");
        Map<String, ?> held = Map.of("lines", List.of(Map.of("sku", sku, "quantity", 1)));
        String holds = "/v1/locations/" + store + "/holds";
        String hold = shop.as("SHOPPER c1")
                .post("inventory", holds, key, held)
                .is(201)
                .text("/holdId");

        Answer ofOffice = shop.as("BACK_OFFICE b1").post("order", "/v1/orders", key, order);
        Answer ofOtherShopper = shop.as("SHOPPER c2").post("order", "/v1/orders", key, order);
        Answer otherHold = shop.as("SHOPPER c2").post("inventory", holds, key, held);

        assertThat(ofOffice.is(201).text("/orderId")).isNotEqualTo(first);
        assertThat(ofOtherShopper.body().toString()).as("%s", ofOtherShopper).doesNotContain(first);
        assertThat(otherHold.is(201).text("/holdId")).isNotEqualTo(hold);
    }

    @Test
    void aReceiptBooksOnceHoweverOftenItIsSent() {
        String sku = newSku();
        String store = shop.store();
        var body = Map.of("receiptId", "note-" + newKey(), "lines", List.of(Map.of("sku", sku, "quantity", 7)));
        String path = "/v1/locations/" + store + "/receipts";

        shop.post("inventory", path, "a", body).is(200);
        shop.post("inventory", path, "a", body).is(200);
        shop.post("inventory", path, "b", body).is(200);

        shop.awaitStock(store, sku, 7, 0);
    }

    @Test
    void aTillThatWasOfflineUploadsItsSalesWithTheirOwnTimesAndNothingIsSoldTwice() {
        String sku = newSku();
        String store = shop.storeWith(sku, 10);
        String till = "till-" + newKey();
        Instant closing = Instant.now().minus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.MICROS);
        var batch = Map.of(
                "sales",
                IntStream.range(0, 5)
                        .mapToObj(number -> Shop.sale(
                                till,
                                "r" + number,
                                store,
                                closing.plusSeconds(number).toString(),
                                sku,
                                1))
                        .toList());

        Answer first = shop.post("order", "/v1/sales/batch", newKey(), batch).is(200);
        Answer again = shop.post("order", "/v1/sales/batch", newKey(), batch).is(200);

        assertThat(first.each("/sales"))
                .hasSize(5)
                .allSatisfy(sale -> assertThat(sale.path("status").asInt()).isEqualTo(201));
        assertThat(again.each("/sales"))
                .allSatisfy(sale -> assertThat(sale.path("status").asInt()).isIn(200, 201));
        assertThat(orderIds(again)).containsExactlyElementsOf(orderIds(first));
        shop.awaitStock(store, sku, 5, 0);
        Answer sold = shop.awaitOrder(orderIds(first).getFirst(), "COMPLETED");
        assertThat(sold.text("/fulfilments/0/handedOverAt")).isEqualTo(closing.toString());
        try (var log = new Log(TheStack.get().client())) {
            assertThat(orderIds(first))
                    .allSatisfy(orderId -> assertThat(log.eventsOf("order.events", orderId))
                            .extracting(Log.Entry::type)
                            .containsExactly("SaleRecorded", "FulfilmentHandedOver", "OrderCompleted"));
        }
    }

    @Test
    void aSaleThatIsWrongHoldsUpNoOtherOfItsBatch() {
        String sku = newSku();
        String store = shop.storeWith(sku, 1);
        String now = Instant.now().toString();
        var batch = Map.of(
                "sales",
                List.of(
                        Shop.sale("till-" + newKey(), "1", store, now, sku, -1),
                        Shop.sale("till-" + newKey(), "1", store, now, sku, 1),
                        Map.of("till", "no such field")));

        Answer answer = shop.post("order", "/v1/sales/batch", newKey(), batch).is(200);

        assertThat(answer.each("/sales").map(sale -> sale.path("status").asInt()))
                .containsExactly(422, 201, 400);
        assertThat(answer.text("/sales/0/field")).isEqualTo("lines[0].quantity");
        shop.awaitStock(store, sku, 0, 0);
    }

    @Test
    void aReceiptNumberOfATillWithOtherContentIsRefusedWithWhatWasSold() {
        String sku = newSku();
        String store = shop.storeWith(sku, 9);
        String till = "till-" + newKey();
        String now = Instant.now().toString();
        shop.post("order", "/v1/sales", newKey(), Shop.sale(till, "1", store, now, sku, 2))
                .is(201);
        var other = Shop.sale(till, "1", store, now, sku, 3);

        Answer alone = shop.post("order", "/v1/sales", newKey(), other).is(409);
        Answer batch = shop.post("order", "/v1/sales/batch", newKey(), Map.of("sales", List.of(other)))
                .is(200);

        assertThat(alone.number("/booked/lines/0/quantity")).isEqualTo(2);
        assertThat(batch.number("/sales/0/status")).isEqualTo(409);
        assertThat(batch.number("/sales/0/booked/lines/0/quantity")).isEqualTo(2);
        shop.awaitStock(store, sku, 7, 0);
    }

    @Test
    void aSaleOlderThanACountIsNotSubtractedTwice() {
        String sku = newSku();
        String store = shop.storeWith(sku, 10);
        Instant counted = Instant.now().truncatedTo(ChronoUnit.MICROS);
        var count = Map.of("countedAt", counted.toString(), "lines", List.of(Map.of("sku", sku, "quantity", 8)));
        shop.post("inventory", "/v1/locations/" + store + "/counts", newKey(), count)
                .is(200);

        String orderId = shop.post(
                        "order",
                        "/v1/sales",
                        newKey(),
                        Shop.sale(
                                "till-" + newKey(),
                                "1",
                                store,
                                counted.minusSeconds(60).toString(),
                                sku,
                                2))
                .is(201)
                .text("/orderId");

        Shop.awaitAnswer("the book has heard of the sale", () -> shop.stock(store, sku), stock -> {
            try (var log = new Log(TheStack.get().client())) {
                return log.eventsOf("inventory.events", store).stream()
                        .anyMatch(event -> event.type().equals("StockSold"));
            }
        });
        assertThat(orderId).isNotEmpty();
        shop.awaitStock(store, sku, 8, 0);
    }

    @Test
    void whoDecidesOnAnOldStateIsRefused() {
        String sku = newSku();
        String store = shop.storeWith(sku, 1);
        String orderId = shop.confirmed(pickupOrder(Shop.stranger(), store, sku, 1));
        Answer order = shop.order(orderId);
        String cancel = "/v1/orders/" + orderId + "/cancel";

        shop.post("order", cancel, newKey(), null, "If-Match", "\"1\"").is(412);
        assertThat(shop.order(orderId).sequence()).isEqualTo(order.sequence());
        shop.post("order", cancel, newKey(), null, "If-Match", order.header("etag"))
                .is(200);
        shop.awaitOrder(orderId, "CANCELLED");
        shop.awaitStock(store, sku, 1, 0);
    }

    @Test
    void aWriterReadsItsOwnWrite() {
        String sku = newSku();
        String store = shop.store();
        Answer written = shop.post(
                        "inventory",
                        "/v1/locations/" + store + "/receipts",
                        newKey(),
                        Map.of("lines", List.of(Map.of("sku", sku, "quantity", 3))))
                .is(200);

        Answer read = shop.get(
                "inventory",
                "/v1/locations/" + store + "/stock/" + Api.segment(sku),
                "Mortar-Min-Sequence",
                Long.toString(written.sequence()));

        assertThat(read.is(200).number("/onHand")).isEqualTo(3);
    }

    private static List<String> orderIds(Answer batch) {
        return batch.each("/sales").map(sale -> sale.path("orderId").asString()).toList();
    }
}
