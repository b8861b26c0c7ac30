package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.line;
import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.localstack.Api;
import dev.mortar.systemtests.Shop.Shopper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The other ways goods leave: carried out, brought to the kerb, given to a courier, sent to another store. */
class OtherWaysStoryIT {

    private final Shop shop = Shop.open();

    @Test
    void whatTheStoreDoesNotHaveIsOrderedThereAndTheRestIsCarriedOutAtOnce() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String here = shop.storeWith(sku, 1);
        String there = shop.storeWith(sku, 1);
        var order = Map.of(
                "channel",
                "STORE",
                "locationId",
                here,
                "customerId",
                shopper.customerId(),
                "acceptance",
                "PER_FULFILMENT",
                "lines",
                List.of(line("1", sku, 1), line("2", sku, 1)),
                "fulfilments",
                List.of(
                        Map.of("method", "CARRY_OUT", "locationId", here, "lineIds", List.of("1")),
                        Map.of("method", "DELIVERY", "locationId", there, "lineIds", List.of("2"))));

        String orderId = shop.place(order);

        shop.awaitOrder(orderId, "CONFIRMED");
        Shop.awaitAnswer(
                "one was carried out", () -> shop.order(orderId), answer -> answer.number("/lines/0/handedOver") == 1);
        shop.awaitStock(here, sku, 0, 0);
        shop.awaitStock(there, sku, 1, 1);
        String fulfilment = orderId + "-2";
        shop.awaitPickup(fulfilment, "REQUESTED");
        shop.pick(fulfilment);
        shop.ready(fulfilment);
        shop.atCounter(fulfilment, "handover", Map.of("courierId", "courier-7")).is(200);
        shop.awaitOrder(orderId, "COMPLETED");
        shop.awaitStock(there, sku, 0, 0);
        shop.awaitMail(shopper, "Your order is on its way");
    }

    @Test
    void threeUnitsOfOneLineLeaveTwoStoresAndComeBackTogether() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String here = shop.storeWith(sku, 2);
        String there = shop.storeWith(sku, 1);
        String orderId = shop.confirmed(Map.of(
                "channel",
                "ONLINE",
                "customerId",
                shopper.customerId(),
                "lines",
                List.of(line("1", sku, 3)),
                "fulfilments",
                List.of(
                        Map.of("method", "PICKUP", "locationId", here, "parts", part(2)),
                        Map.of("method", "DELIVERY", "locationId", there, "parts", part(1)))));
        shop.awaitStock(here, sku, 2, 2);
        shop.awaitStock(there, sku, 1, 1);

        String delivery = orderId + "-2";
        shop.awaitPickup(delivery, "REQUESTED");
        shop.pick(delivery);
        shop.ready(delivery);
        shop.atCounter(delivery, "handover", Map.of("courierId", "courier-7")).is(200);
        shop.fetch(orderId, shopper);

        Answer completed = shop.awaitOrder(orderId, "COMPLETED");
        assertThat(completed.each("/lines").map(line -> line.path("handedOver").asLong()))
                .containsExactly(2L, 1L);
        assertThat(completed
                        .each("/lines")
                        .mapToLong(line -> line.path("total").path("amount").asLong())
                        .sum())
                .isEqualTo(completed.number("/total/amount"));
        shop.awaitStock(here, sku, 0, 0);
        shop.awaitStock(there, sku, 0, 0);
        Shop.awaitAnswer(
                "all three can be returned",
                () -> shop.get("returns", "/v1/orders/" + orderId + "/returnable"),
                answer -> answer.each("/lines")
                                .mapToLong(line -> line.path("returnable").asLong())
                                .sum()
                        == 3);
        Answer back = shop.bringBack(orderId, newKey(), Shop.returned(here, "1", 3, "RESTOCK"))
                .is(201);
        assertThat(back.number("/refund/amount")).isEqualTo(completed.number("/total/amount"));
        shop.awaitStock(here, sku, 3, 0);
    }

    private static List<Map<String, Object>> part(long quantity) {
        return List.of(Map.of("lineId", "1", "quantity", quantity));
    }

    @Test
    void aShopperAtTheKerbTakesOnlyPartOfIt() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 3);
        String orderId = shop.confirmed(Map.of(
                "channel", "ONLINE",
                "customerId", shopper.customerId(),
                "lines", List.of(line("1", sku, 3)),
                "fulfilments", List.of(Map.of("method", "CURBSIDE", "locationId", store))));
        String fulfilment = orderId + "-1";
        shop.pick(fulfilment);
        shop.ready(fulfilment);
        shop.post("pickup", "/v1/pickups/" + fulfilment + "/on-the-way", newKey(), Map.of())
                .is(200);
        assertThat(shop.post("pickup", "/v1/pickups/" + fulfilment + "/arrived", newKey(), Map.of("bay", "B4"))
                        .is(200)
                        .text("/visit/bay"))
                .isEqualTo("B4");

        shop.atCounter(
                        fulfilment,
                        "handover",
                        Map.of(
                                "code",
                                shop.codeMailedTo(shopper, orderId),
                                "taken",
                                List.of(Map.of("lineId", "1", "quantity", 2))))
                .is(200);

        Answer completed = shop.awaitOrder(orderId, "COMPLETED");
        assertThat(completed.number("/lines/0/handedOver")).isEqualTo(2);
        assertThat(completed.number("/lines/0/cancelled")).isEqualTo(1);
        shop.awaitStock(store, sku, 1, 0);
        assertThat(shop.awaitReturnable(orderId).number("/lines/0/returnable")).isEqualTo(2);
    }

    @Test
    void aShopperAtTheCounterRefusesEverything() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 3);
        String orderId = shop.confirmed(Shop.pickupOrder(shopper, store, sku, 2));
        String fulfilment = orderId + "-1";
        shop.awaitPickup(fulfilment, "REQUESTED");
        shop.pick(fulfilment);
        shop.ready(fulfilment);

        Answer refused = shop.atCounter(
                fulfilment,
                "handover",
                Map.of(
                        "code",
                        shop.codeMailedTo(shopper, orderId),
                        "taken",
                        List.of(),
                        "notTakenReason",
                        "NOT_AS_DESCRIBED"));

        assertThat(refused.is(200).text("/handover/notTakenReason")).isEqualTo("NOT_AS_DESCRIBED");
        Answer cancelled = shop.awaitOrder(orderId, "CANCELLED");
        assertThat(cancelled.number("/lines/0/handedOver")).isZero();
        shop.awaitStock(store, sku, 3, 0);
    }

    @Test
    void safetyStockIsKeptFromOnlineShoppersAndNotFromTheStore() {
        String sku = newSku();
        String store = shop.storeWith(sku, 2);
        shop.put("inventory", "/v1/locations/" + store + "/safety-stock/" + Api.segment(sku), Map.of("quantity", 1))
                .is(200);
        Shop.awaitAnswer(
                "the figures show it",
                () -> shop.stock(store, sku),
                stock -> stock.number("/available/online") == 1 && stock.number("/available/inStore") == 2);

        String orderId = shop.place(Shop.pickupOrder(Shop.stranger(), store, sku, 2));

        Answer rejected = shop.awaitOrder(orderId, "REJECTED");
        assertThat(rejected.number("/shortages/0/available")).isEqualTo(1);
        shop.awaitStock(store, sku, 2, 0);
    }
}
