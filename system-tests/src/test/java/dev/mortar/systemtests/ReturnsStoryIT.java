package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.returned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.systemtests.Shop.Shopper;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Goods come back, wherever they were bought. */
class ReturnsStoryIT {

    private final Shop shop = Shop.open();

    @Test
    void goodsBoughtOnlineAreReturnedInAnotherStoreAndAreForSaleThere() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 3);
        String other = shop.store();
        String orderId = shop.bought(shopper, store, sku, 3);
        shop.awaitReturnable(orderId);

        Answer accepted = Shop.insist(() -> shop.bringBack(orderId, newKey(), returned(other, "1", 1, "RESTOCK")))
                .is(201);

        assertThat(accepted.number("/refund/amount")).isEqualTo(1_999);
        shop.awaitStock(other, sku, 1, 0);
        shop.awaitStock(store, sku, 0, 0);
        assertThat(shop.awaitMail(shopper, "We have received your return").text())
                .contains(orderId);
        Answer order = Shop.awaitAnswer(
                "the order knows of the return",
                () -> shop.order(orderId),
                answer -> answer.number("/lines/0/returned") == 1);
        assertThat(order.text("/returnIds/0")).isEqualTo(accepted.text("/returnId"));
        shop.bringBack(orderId, newKey(), returned(other, "1", 3, "RESTOCK")).is(409);
        shop.bringBack(orderId, newKey(), returned(other, "1", 1, "DAMAGED")).is(201);
        shop.bringBack(orderId, newKey(), returned(other, "1", 1, "RETURN_TO_VENDOR"))
                .is(201);
        Shop.awaitAnswer("one is damaged", () -> shop.stock(other, sku), stock -> stock.number("/damaged") == 1);
        shop.awaitStock(other, sku, 1, 0);
        assertThat(shop.get("returns", "/v1/orders/" + orderId + "/returns", "Mortar-Min-Sequence", "6")
                        .is(200)
                        .each("/returns")
                        .mapToLong(each -> each.at("/refund/amount").asLong())
                        .sum())
                .isEqualTo(3 * 1_999);
    }

    @Test
    void whatATillSoldIsReturned() {
        String sku = newSku();
        String store = shop.storeWith(sku, 4);
        String orderId = shop.post(
                        "order",
                        "/v1/sales",
                        newKey(),
                        Shop.sale("till-" + newKey(), "17", store, Instant.now().toString(), sku, 2))
                .is(201)
                .text("/orderId");
        shop.awaitStock(store, sku, 2, 0);
        assertThat(shop.awaitReturnable(orderId).number("/lines/0/returnable")).isEqualTo(2);

        shop.bringBack(orderId, newKey(), returned(store, "1", 2, "RESTOCK")).is(201);

        shop.awaitStock(store, sku, 4, 0);
    }

    @Test
    void tenAtOnceCannotReturnMoreThanWasBought() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 2);
        String orderId = shop.bought(shopper, store, sku, 2);
        shop.awaitReturnable(orderId);

        List<Answer> answers =
                Together.times(10, number -> shop.bringBack(orderId, newKey(), returned(store, "1", 1, "RESTOCK")));

        assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(2);
        assertThat(answers)
                .filteredOn(answer -> answer.status() == 409)
                .hasSize(8)
                .allSatisfy(answer ->
                        assertThat(answer.number("/lines/0/remaining")).isBetween(0L, 1L));
        shop.awaitStock(store, sku, 2, 0);
    }
}
