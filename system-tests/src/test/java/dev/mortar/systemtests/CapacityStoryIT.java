package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.localstack.Api;
import dev.mortar.systemtests.Shop.Shopper;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A store promises only as much as its staff can do: it books a slot for each order, and a pause moves the next
 * promises.
 */
class CapacityStoryIT {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Shop shop = Shop.open();

    @Test
    void theSecondOrderIsPromisedTheNextSlotAndACancelledOneGivesItsSlotBack() {
        String sku = newSku();
        String store = storeForOnePickupAnHour(sku);
        String first = shop.confirmed(pickupOrder(Shop.stranger(), store, sku, 1));
        Shopper shopper = shop.shopper();
        String second = shop.confirmed(pickupOrder(shopper, store, sku, 1));

        Instant promised = promisedAt(first);
        assertThat(promisedAt(second)).isEqualTo(promised.plus(HOUR));
        assertThat(shop.awaitPickup(first + "-1", "REQUESTED").text("/promisedAt"))
                .isEqualTo(promised.toString());
        awaitBooked(store, promised, 1, 0);

        shop.cancel(first, newKey(), Map.of()).is(200);

        awaitBooked(store, promised, 0, 1);
        awaitBooked(store, promised.plus(HOUR), 1, 0);
        shop.fetch(second, shopper);
        // The work was done, so its place stays taken.
        awaitBooked(store, promised.plus(HOUR), 1, 0);
    }

    @Test
    void aPauseMovesTheNextPromiseAndAnImpossibleOneIsRefused() {
        String sku = newSku();
        String store = storeForOnePickupAnHour(sku);
        Instant until = Instant.now().plus(Duration.ofDays(1));
        Map<String, ?> pause = Map.of(
                "methods",
                List.of("PICKUP"),
                "from",
                Instant.now().toString(),
                "until",
                until.toString(),
                "reasonCode",
                "STAFF_SHORTAGE");
        String key = newKey();
        for (int time = 1; time <= 2; time++) {
            assertThat(shop.asAssociate(store)
                            .post("inventory", "/v1/locations/" + store + "/pauses", key, pause)
                            .is(200)
                            .text("/reasonCode"))
                    .isEqualTo("STAFF_SHORTAGE");
        }

        String orderId = shop.confirmed(pickupOrder(Shop.stranger(), store, sku, 1));
        assertThat(promisedAt(orderId)).isAfterOrEqualTo(until);

        Map<String, Object> soon = new HashMap<>(pickupOrder(Shop.stranger(), store, sku, 1));
        soon.put(
                "fulfilments",
                List.of(Map.of(
                        "method",
                        "PICKUP",
                        "locationId",
                        store,
                        "promisedAt",
                        Instant.now().plus(HOUR).toString())));
        Answer rejected = shop.awaitOrder(shop.place(soon), "REJECTED");
        assertThat(rejected.text("/reason")).isEqualTo("PROMISE_NOT_POSSIBLE");
        shop.awaitStock(store, sku, 10, 1);
    }

    @Test
    void aShopperSeesWhereAndWhenGoodsAreReady() {
        String sku = newSku();
        String store = storeForOnePickupAnHour(sku);
        String empty = shop.storeWith(sku, 1);
        shop.confirmed(pickupOrder(Shop.stranger(), empty, sku, 1));
        String path = "/v1/stock/" + Api.segment(sku) + "?near=64.1,-21.9&available=true";
        Answer near = Shop.awaitAnswer(
                "only one store has it",
                () -> shop.get("inventory", path),
                answer -> answer.each("/locations").count() == 1);

        assertThat(near.text("/locations/0/locationId")).isEqualTo(store);
        assertThat(near.body().at("/locations/0/openNow").asBoolean()).isTrue();
        assertThat(Instant.parse(near.text("/locations/0/readyAt/PICKUP"))).isAfter(Instant.now());
    }

    /** A store with ten units that is always open, prepares one pickup an hour, and needs three hours for it. */
    private String storeForOnePickupAnHour(String sku) {
        String store = shop.store();
        List<Map<String, Object>> capacity = Stream.of(DayOfWeek.values())
                .<Map<String, Object>>map(day -> Map.of(
                        "method", "PICKUP", "day", day.name(), "from", "00:00", "to", "24:00", "ordersPerSlot", 1))
                .toList();
        Map<String, Object> body = new HashMap<>(
                Map.of("openingHours", Shop.everyDay("00:00", "24:00"), "capacity", capacity, "leadMinutes", 180));
        body.putAll(Map.of("name", "Laugavegur", "type", "STORE", "timeZone", "Atlantic/Reykjavik"));
        body.putAll(Map.of("latitude", 64.145, "longitude", -21.925));
        shop.put("inventory", "/v1/locations/" + store, body).is(200);
        shop.receive(store, sku, 10);
        return store;
    }

    private Instant promisedAt(String orderId) {
        return Instant.parse(shop.order(orderId).text("/fulfilments/0/promisedAt"));
    }

    private void awaitBooked(String store, Instant readyAt, long booked, long free) {
        String path = "/v1/locations/" + store + "/slots?method=PICKUP&from=" + readyAt.minus(HOUR) + "&to=" + readyAt;
        Shop.awaitAnswer(
                "the slot until " + readyAt + " has " + booked + " bookings",
                () -> shop.get("inventory", path),
                answer -> {
                    List<JsonNode> slots = answer.each("/slots").toList();
                    return slots.size() == 1
                            && slots.getFirst().path("booked").asLong() == booked
                            && slots.getFirst().path("free").asLong() == free;
                });
    }
}
