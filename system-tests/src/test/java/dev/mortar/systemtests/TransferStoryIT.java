package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.localstack.Http;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Goods travel between stores: they are sent, expected, received with a difference, or they come back. */
class TransferStoryIT {

    private final Shop shop = Shop.open();
    private final String sku = newSku();
    private final String from = shop.storeWith(sku, 5);
    private final String to = shop.store();

    private String sent(long quantity) {
        String key = newKey();
        var transfer = Map.of("toLocationId", to, "lines", List.of(Map.of("sku", sku, "quantity", quantity)));
        String id = Shop.awaitAnswer(
                        "the other store is known",
                        () -> shop.asAssociate(from).post("inventory", path(from) + "/transfers", key, transfer),
                        answer -> answer.status() == 200)
                .text("/id");
        awaitInTransit(quantity);
        return id;
    }

    private static String path(String location) {
        return "/v1/locations/" + location;
    }

    private void awaitInTransit(long units) {
        Shop.awaitAnswer(
                units + " in transit",
                () -> shop.stock(to, sku),
                stock -> stock.status() == 200 && stock.number("/inTransit") == units);
    }

    private Answer receive(String location, String transferId, Map<String, ?> receipt) {
        return shop.asAssociate(location)
                .post("inventory", path(location) + "/transfers/" + transferId + "/receipts", newKey(), receipt);
    }

    private Map<String, ?> receipt(String receiptId, long accepted, long damaged, boolean last) {
        var line = Map.of("sku", sku, "accepted", accepted, "damaged", damaged);
        return Map.of("receiptId", receiptId, "fromLocationId", from, "lines", List.of(line), "final", last);
    }

    @Test
    void goodsOnTheWayAreSoldNowhereAndArriveOneShort() {
        String transferId = sent(4);

        shop.awaitStock(from, sku, 1, 0);
        Answer expected = shop.stock(to, sku);
        assertThat(expected.number("/onHand")).isZero();
        assertThat(expected.number("/available/online")).isZero();
        Answer listed = shop.asAssociate(to).get("inventory", path(to) + "/transfers");
        assertThat(listed.is(200).text("/transfers/0/transferId")).isEqualTo(transferId);
        assertThat(listed.text("/transfers/0/fromLocationId")).isEqualTo(from);
        shop.awaitOrder(shop.place(Shop.pickupOrder(Shop.stranger(), to, sku, 1)), "REJECTED");

        receive(to, transferId, receipt("first", 1, 1, false)).is(200);
        receive(to, transferId, receipt("first", 1, 1, false)).is(200);
        receive(to, transferId, receipt("first", 2, 0, false)).is(409);
        awaitInTransit(2);
        receive(to, transferId, receipt("second", 1, 0, true)).is(200);

        shop.awaitStock(to, sku, 2, 0);
        awaitInTransit(0);
        assertThat(shop.stock(to, sku).number("/damaged")).isEqualTo(1);
        assertThat(shop.stockEvents(to, sku))
                .extracting(event -> Shop.simpleName(event.path("type").asString()))
                .containsExactly("TransferExpected", "StockTransferredIn", "StockTransferredIn", "TransferClosed");
        receive(to, transferId, receipt("third", 1, 0, false)).is(409);
        Shop.awaitAnswer(
                "nothing is on its way",
                () -> shop.asAssociate(to).get("inventory", path(to) + "/transfers"),
                answer -> answer.each("/transfers").toList().isEmpty());
    }

    @Test
    void goodsThatComeBackAreForSaleWhereTheyWereSent() {
        String transferId = sent(3);

        receive(from, transferId, receipt("back", 3, 0, true)).is(200);

        shop.awaitStock(from, sku, 5, 0);
        awaitInTransit(0);
        receive(to, transferId, receipt("late", 3, 0, true)).is(409);
    }

    @Test
    void aHoldIsShownChangedAndEndsAtItsTime() {
        Shop cart = shop.as("SHOPPER c-" + sku.hashCode());
        String holds = path(from) + "/holds";
        var held = Map.of("lines", List.of(Map.of("sku", sku, "quantity", 2)), "seconds", 600);
        String hold = holds + "/"
                + cart.post("inventory", holds, newKey(), held).is(201).text("/holdId");
        Shop.awaitAnswer("the hold is shown", () -> cart.get("inventory", hold), answer -> answer.status() == 200);
        shop.as("SHOPPER somebody-else").get("inventory", hold).is(404);

        var more = Map.of("lines", List.of(Map.of("sku", sku, "quantity", 6)));
        Answer refused = cart.send("inventory", "PATCH", hold, Http.json(more), "Idempotency-Key", newKey());
        assertThat(refused.is(409).number("/shortages/0/requested")).isPositive();
        var tooLong = Map.of("seconds", 3_600);
        cart.send("inventory", "PATCH", hold, Http.json(tooLong), "Idempotency-Key", newKey())
                .is(422);
        var shorter = Map.of("lines", List.of(Map.of("sku", sku, "quantity", 3)), "seconds", 3);
        Answer changed = cart.send("inventory", "PATCH", hold, Http.json(shorter), "Idempotency-Key", newKey())
                .is(200);
        Instant expiresAt = Instant.parse(changed.text("/expiresAt"));

        Shop.awaitAnswer("the hold has ended", () -> cart.get("inventory", hold), answer -> answer.status() == 404);
        Instant endedAt = shop.stockEvents(from, sku).stream()
                .filter(event -> Shop.simpleName(event.path("type").asString()).equals("StockHoldExpired"))
                .map(event -> Instant.parse(event.path("recordedAt").asString()))
                .findFirst()
                .orElseThrow();
        // Timers look every 0.3 seconds; the rest is for the other stories that keep the machine busy.
        assertThat(endedAt).isBetween(expiresAt, expiresAt.plus(Duration.ofSeconds(3)));
        cart.send("inventory", "PATCH", hold, Http.json(shorter), "Idempotency-Key", newKey())
                .is(404);
    }
}
