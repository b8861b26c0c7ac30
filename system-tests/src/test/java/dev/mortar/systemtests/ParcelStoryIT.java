package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.line;
import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.systemtests.Shop.Shopper;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A delivery leaves in parcels. Each of them is delivered, comes back or is lost. */
class ParcelStoryIT {

    private final Shop shop = Shop.open();
    private final Shopper shopper = shop.shopper();
    private final String sku = newSku();
    private final String store = shop.storeWith(sku, 6);

    /** A delivery of three units that is ready, and its order. */
    private String ready() {
        String customerId = shopper.customerId();
        String destination = "/v1/customers/" + customerId + "/destinations/home";
        var address = Map.of("name", "Ása", "addressLines", List.of("Laugavegur 1"), "country", "IS");
        shop.put("notification", destination, address).is(200);
        var delivery = Map.of("method", "DELIVERY", "locationId", store, "destinationId", "home");
        String orderId = shop.confirmed(Map.of(
                "channel",
                "ONLINE",
                "customerId",
                customerId,
                "lines",
                List.of(line("1", sku, 3)),
                "fulfilments",
                List.of(delivery)));
        String pickup = orderId + "-1";
        assertThat(shop.pickup(pickup).text("/destinationId")).isEqualTo("home");
        shop.pick(pickup);
        shop.ready(pickup);
        return orderId;
    }

    private Answer pack(String pickup, String parcelId, long quantity) {
        var lines = List.of(Map.of("lineId", "1", "quantity", quantity));
        return shop.atCounter(
                pickup,
                "parcels",
                Map.of(
                        "parcelId",
                        parcelId,
                        "lines",
                        lines,
                        "carrierId",
                        "posturinn",
                        "trackingReference",
                        "IS-" + parcelId));
    }

    private Answer news(String pickup, String parcelId, String news, Map<String, Object> body) {
        return shop.as("COURIER courier-7")
                .post("pickup", "/v1/pickups/" + pickup + "/parcels/" + parcelId + "/" + news, newKey(), body);
    }

    private Answer awaitDelivery(String pickup, String state) {
        return Shop.awaitAnswer(
                pickup + " is " + state,
                () -> shop.pickup(pickup),
                answer -> answer.text("/delivery").equals(state));
    }

    @Test
    void oneParcelIsDeliveredOneComesBackAndOneIsLost() {
        String orderId = ready();
        String pickup = orderId + "-1";
        pack(pickup, "p1", 1).is(200);
        pack(pickup, "p2", 3).is(409);
        shop.atCounter(pickup, "handover", Map.of("courierId", "courier-7")).is(409);
        pack(pickup, "p2", 1).is(200);
        pack(pickup, "p3", 1).is(200);
        // It is no courier's yet.
        news(pickup, "p1", "delivered", Map.of("proof", "SIGNED")).is(404);
        shop.atCounter(pickup, "handover", Map.of("courierId", "courier-7")).is(200);
        assertThat(shop.awaitMail(shopper, "Your order is on its way").text()).contains("IS-p1", "IS-p2", "IS-p3");
        shop.awaitOrder(orderId, "COMPLETED");

        shop.as("COURIER courier-8")
                .post("pickup", "/v1/pickups/" + pickup + "/parcels/p1/delivered", newKey(), Map.of("proof", "SIGNED"))
                .is(404);
        news(pickup, "p1", "attempt-failed", Map.of("reasonCode", "NOBODY_HOME"))
                .is(200);
        shop.awaitMail(shopper, "could not deliver your parcel");
        news(pickup, "p1", "delivered", Map.of("proof", "SIGNED")).is(200);
        news(pickup, "p1", "lost", Map.of()).is(200);
        shop.awaitMail(shopper, "Your parcel has arrived");
        var back = Map.of("lineId", "1", "quantity", 1, "condition", "UNOPENED", "disposition", "RESTOCK");
        shop.asAssociate(store)
                .post(
                        "pickup",
                        "/v1/pickups/" + pickup + "/parcels/p2/returned",
                        newKey(),
                        Map.of("locationId", store, "lines", List.of(back)))
                .is(200);
        news(pickup, "p3", "lost", Map.of()).is(200);

        awaitDelivery(pickup, "LOST");
        shop.awaitMail(shopper, "of your order is lost");
        shop.awaitStock(store, sku, 4, 0);
        Answer left = Shop.awaitAnswer(
                "one unit can be returned",
                () -> shop.get("returns", "/v1/orders/" + orderId + "/returnable"),
                answer -> answer.status() == 200 && answer.number("/lines/0/returnable") == 1);
        assertThat(Instant.parse(left.text("/lines/0/returnableUntil"))).isAfter(Instant.now());
        Answer refund = shop.bringBack(orderId, newKey(), Shop.returned(store, "1", 1, "RESTOCK"))
                .is(201);
        assertThat(refund.number("/refund/amount")).isPositive();
        shop.bringBack(orderId, newKey(), Shop.returned(store, "1", 1, "RESTOCK"))
                .is(409);
        assertThat(shop.history(orderId)).contains("FulfilmentDelivered", "FulfilmentUndelivered", "FulfilmentLost");
    }

    @Test
    void aCourierTakesAllUnitsInOneParcelIfNobodyPackedThem() {
        String orderId = ready();
        String pickup = orderId + "-1";

        shop.atCounter(pickup, "handover", Map.of("courierId", "courier-7")).is(200);

        String parcelId = awaitDelivery(pickup, "SHIPPED").text("/parcels/0/parcelId");
        news(pickup, parcelId, "delivered", Map.of("proof", "SAFE_PLACE")).is(200);
        awaitDelivery(pickup, "DELIVERED");
        shop.awaitMail(shopper, "Your parcel has arrived");
    }
}
