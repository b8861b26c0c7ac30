package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.systemtests.Shop.Shopper;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A store accepts or rejects its tasks. Shoppers hear of delays, and can ask for more time. */
class TaskStoryIT {

    private final Shop shop = Shop.open();

    @Test
    void aStoreThatCannotDoItsTaskRejectsItAndTheShopperIsTold() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 2);
        String orderId = shop.confirmed(pickupOrder(shopper, store, sku, 2));
        String pickup = orderId + "-1";

        assertThat(shop.atCounter(pickup, "accept", Shop.noBody()).is(200).text("/state"))
                .isEqualTo("ACCEPTED");
        shop.pick(pickup);
        Answer rejected =
                shop.atCounter(pickup, "reject", Map.of("reason", "EQUIPMENT")).is(200);

        assertThat(rejected.text("/state")).isEqualTo("REJECTED");
        assertThat(rejected.text("/rejectedFor")).isEqualTo("EQUIPMENT");
        assertThat(shop.awaitOrder(orderId, "CANCELLED").text("/reason")).isEqualTo("NO_SOURCE");
        assertThat(shop.awaitPickup(pickup, "CANCELLED").text("/cancelledFor")).isEqualTo("NO_SOURCE");
        shop.awaitStock(store, sku, 2, 0);
        assertThat(shop.awaitMail(shopper, "Your order is cancelled").text())
                .contains(orderId, "No other store has it");
        shop.atCounter(pickup, "accept", Shop.noBody()).is(409);
    }

    @Test
    void aMissedPromiseIsListedAndToldAndTheTaskGoesOn() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 1);
        Instant promisedAt = Instant.now().plusSeconds(5);
        Map<String, Object> order = new HashMap<>(pickupOrder(shopper, store, sku, 1));
        order.put(
                "fulfilments",
                List.of(Map.of("method", "PICKUP", "locationId", store, "promisedAt", promisedAt.toString())));
        String orderId = shop.confirmed(order);
        String pickup = orderId + "-1";

        assertThat(shop.awaitMail(shopper, "Your order will be late").text()).contains(orderId);
        assertThat(shop.pickup(pickup).text("/overdue/0")).isEqualTo("PROMISE");
        assertThat(queue(store, "overdue").text("/pickups/0/fulfilmentId")).isEqualTo(pickup);
        // It has to be picked in a quarter of an hour, which is soon.
        assertThat(queue(store, "atRisk").text("/pickups/0/fulfilmentId")).isEqualTo(pickup);
        shop.pick(pickup);
        shop.ready(pickup);
        Shop.awaitAnswer(
                "nothing is overdue in " + store,
                () -> queue(store, "overdue"),
                queue -> queue.each("/pickups").toList().isEmpty());
        shop.handOver(pickup, shop.codeMailedTo(shopper, orderId)).is(200);
        shop.awaitOrder(orderId, "COMPLETED");
    }

    @Test
    void aShopperGetsMoreTimeOnceAndTheStoreGivesMore() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 1);
        String orderId = shop.confirmed(pickupOrder(shopper, store, sku, 1));
        String pickup = orderId + "-1";
        extend(shop, pickup, Instant.now().plusSeconds(60)).is(409);
        shop.pick(pickup);
        shop.ready(pickup);
        Instant deadline = Instant.parse(shop.awaitPickup(pickup, "READY").text("/staged/pickupDeadline"));
        Shop own = shop.as("SHOPPER " + shopper.customerId());

        assertThat(extend(own, pickup, deadline).is(422).text("/field")).isEqualTo("until");
        assertThat(extend(own, pickup, deadline.plus(Duration.ofDays(3)))
                        .is(422)
                        .text("/field"))
                .isEqualTo("until");
        Answer extended = extend(own, pickup, deadline.plus(Duration.ofDays(2))).is(200);

        assertThat(Instant.parse(extended.text("/staged/pickupDeadline"))).isEqualTo(deadline.plus(Duration.ofDays(2)));
        assertThat(extended.number("/staged/extensions")).isEqualTo(1);
        assertThat(shop.awaitMail(shopper, "more time to pick up").text()).contains(orderId, "Pick up by");
        extend(own, pickup, deadline.plus(Duration.ofDays(2)).plusSeconds(1)).is(409);
        Instant byStore = deadline.plus(Duration.ofDays(10));
        assertThat(shop.atCounter(pickup, "extend", Map.of("until", byStore.toString()))
                        .is(200)
                        .number("/staged/extensions"))
                .isEqualTo(2);
        shop.handOver(pickup, shop.codeMailedTo(shopper, orderId)).is(200);
        shop.awaitOrder(orderId, "COMPLETED");
    }

    private static Answer extend(Shop caller, String pickup, Instant until) {
        return caller.post("pickup", "/v1/pickups/" + pickup + "/extend", newKey(), Map.of("until", until.toString()));
    }

    private Answer queue(String store, String filter) {
        return shop.get("pickup", "/v1/locations/" + store + "/pickups?" + filter + "=true");
    }
}
