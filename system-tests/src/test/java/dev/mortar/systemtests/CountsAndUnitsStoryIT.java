package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.systemtests.Shop.Shopper;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Counts meet movements that are told before or after them, and goods come in a unit that a store does not keep. */
class CountsAndUnitsStoryIT {

    private final Shop shop = Shop.open();

    @Test
    void aCountAddsWhatMovedAfterItAndMissesWhatMovedBefore() {
        String sku = newSku();
        String store = shop.storeWith(sku, 10);
        Instant counted = now();
        sell(store, counted.plusSeconds(1), sku, 2, "EACH");
        shop.awaitStock(store, sku, 8, 0);
        count(store, counted, sku, 10).is(200);
        shop.awaitStock(store, sku, 8, 0);

        var receipt = Map.of("lines", List.of(line(sku, 5, "EACH")));
        shop.post("inventory", path(store, "receipts"), newKey(), receipt).is(200);
        count(store, counted, sku, 10).is(200);
        shop.awaitStock(store, sku, 13, 0);

        sell(store, counted.minusSeconds(1), sku, 3, "EACH");
        String last = sell(store, now(), sku, 1, "EACH");
        shop.awaitOrder(last, "COMPLETED");
        shop.awaitStock(store, sku, 12, 0);
        Answer old =
                count(store, counted.minus(25, ChronoUnit.HOURS), newSku(), 1).is(422);
        assertThat(old.text("/detail")).contains("Count it again");
    }

    @Test
    void aHandoverOfBeforeTheCountThatIsToldLaterChangesNothing() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.store();
        var receipt = Map.of("lines", List.of(line(sku, 10, "EACH")));
        String key = newKey();
        Shop.insist(() -> shop.post(
                        "inventory",
                        path(store, "receipts"),
                        key,
                        receipt,
                        "Mortar-Occurred-At",
                        now().minusSeconds(600).toString()))
                .is(200);
        String orderId = shop.confirmed(pickupOrder(shopper, store, sku, 2));
        shop.pick(orderId + "-1");
        shop.ready(orderId + "-1");
        String code = shop.codeMailedTo(shopper, orderId);
        count(store, now().minusSeconds(60), sku, 8).is(200);

        shop.asAssociate(store)
                .post(
                        "pickup",
                        "/v1/pickups/" + orderId + "-1/handover",
                        newKey(),
                        Map.of("code", code),
                        "Mortar-Occurred-At",
                        now().minusSeconds(300).toString())
                .is(200);

        shop.awaitStock(store, sku, 8, 0);
    }

    @Test
    void aRequestInAnotherUnitIsRefusedAndAFactIsBooked() {
        String rice = newSku();
        String jam = newSku();
        String inGrams = shop.store();
        String inPieces = shop.storeWith(rice, 3);
        receive(inGrams, line(rice, 5_000, "GRAM"), line(jam, 10, "EACH"));

        var transfer = Map.of("toLocationId", inPieces, "lines", List.of(line(rice, 2_000, "GRAM")));
        Answer refused = Shop.awaitAnswer(
                "the transfer is refused",
                () -> shop.post("inventory", path(inGrams, "transfers"), newKey(), transfer),
                answer -> answer.body().toString().contains("lines[0].unit"));
        assertThat(refused.is(422).text("/detail")).contains("EACH", inPieces);
        shop.post("inventory", path(inPieces, "holds"), newKey(), Map.of("lines", List.of(line(rice, 1, "GRAM"))))
                .is(422);
        var order = new HashMap<>(Shop.line("1", rice, 100));
        order.put("unit", "GRAM");
        Answer ordered = Shop.awaitAnswer(
                "the order is refused",
                () -> shop.post(
                        "order", "/v1/orders", newKey(), pickupOrder(Shop.stranger(), inPieces, List.of(order))),
                answer -> answer.status() == 422);
        assertThat(ordered.text("/errors/0/field")).isEqualTo("lines[0].unit");

        String bought = sell(inGrams, now(), rice, 1_000, "GRAM");
        shop.awaitReturnable(bought);
        Map<String, Object> returned = Shop.returned(inPieces, "1", 1_000, "RESTOCK");
        Answer back = shop.bringBack(bought, newKey(), returned).is(422);
        assertThat(back.body().toString()).contains("lines[0].lineId", "EACH");
        shop.as("SHOPPER c-stranger")
                .post("returns", "/v1/orders/" + bought + "/returns", newKey(), returned)
                .is(404);

        var pieces = new HashMap<>(Shop.line("1", rice, 2));
        var sale = Map.of(
                "tillId",
                "till-" + newKey(),
                "receiptNumber",
                "1",
                "locationId",
                inGrams,
                "soldAt",
                now().toString(),
                "lines",
                List.of(pieces, Shop.line("2", jam, 4)));
        shop.post("order", "/v1/sales", newKey(), sale).is(201);
        shop.awaitStock(inGrams, jam, 6, 0);
        Answer figures = shop.stock(inGrams, rice).is(200);
        assertThat(figures.number("/onHand")).isEqualTo(4_000);
        assertThat(figures.text("/unit")).isEqualTo("GRAM");
        assertThat(figures.text("/otherUnits/0/unit")).isEqualTo("EACH");
        assertThat(figures.number("/otherUnits/0/onHand")).isEqualTo(-2);
    }

    @Test
    void aUsedDocumentNumberIsAnsweredWithWhatWasBookedUnderIt() {
        String sku = newSku();
        String store = shop.store();
        var first = Map.of("receiptId", "DN-7", "lines", List.of(line(sku, 5, "EACH")));
        shop.post("inventory", path(store, "receipts"), newKey(), first).is(200);
        shop.post("inventory", path(store, "receipts"), newKey(), first).is(200);

        Answer other = shop.post(
                        "inventory",
                        path(store, "receipts"),
                        newKey(),
                        Map.of("receiptId", "DN-7", "lines", List.of(line(newSku(), 7, "EACH"))))
                .is(409);

        assertThat(other.text("/id")).isEqualTo("DN-7");
        assertThat(other.text("/booked/lines/0/sku")).isEqualTo(sku);
        assertThat(other.number("/booked/lines/0/quantity")).isEqualTo(5);
        shop.awaitStock(store, sku, 5, 0);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    private static String path(String store, String what) {
        return "/v1/locations/" + store + "/" + what;
    }

    private static Map<String, Object> line(String sku, long quantity, String unit) {
        return Map.of("sku", sku, "quantity", quantity, "unit", unit);
    }

    @SafeVarargs
    private void receive(String store, Map<String, Object>... lines) {
        String key = newKey();
        Shop.insist(() -> shop.post("inventory", path(store, "receipts"), key, Map.of("lines", List.of(lines))))
                .is(200);
    }

    private Answer count(String store, Instant countedAt, String sku, long quantity) {
        String key = newKey();
        var count = Map.of("countedAt", countedAt.toString(), "lines", List.of(line(sku, quantity, "EACH")));
        return Shop.insist(() -> shop.post("inventory", path(store, "counts"), key, count));
    }

    private String sell(String store, Instant soldAt, String sku, long quantity, String unit) {
        var line = new HashMap<>(Shop.line("1", sku, quantity));
        line.put("unit", unit);
        var sale = Map.of(
                "tillId",
                "till-" + newKey(),
                "receiptNumber",
                "1",
                "locationId",
                store,
                "soldAt",
                soldAt.toString(),
                "lines",
                List.of(line));
        return shop.post("order", "/v1/sales", newKey(), sale).is(201).text("/orderId");
    }
}
