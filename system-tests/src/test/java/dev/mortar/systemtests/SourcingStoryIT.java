package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.line;
import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.systemtests.Shop.Shopper;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Orders without a location find one, and goods get another location if theirs fails. */
class SourcingStoryIT {

    /** North of every other test's stores. */
    private static final double LATITUDE = 66.5;

    private static final double LONGITUDE = -18;
    private static final Map<String, Object> NEAR = Map.of("latitude", LATITUDE, "longitude", LONGITUDE);

    private final Shop shop = Shop.open();
    private final Shopper shopper = shop.shopper();

    /** A store at this distance to the north of the shopper, with some units of a SKU. */
    private String store(double kilometres, String sku, long units) {
        String location = "store-" + UUID.randomUUID();
        Map<String, Object> body = new HashMap<>(Map.of("name", "Grímsey", "type", "STORE", "timeZone", "UTC"));
        body.putAll(Map.of("latitude", LATITUDE + kilometres / 111.2, "longitude", LONGITUDE));
        shop.put("inventory", "/v1/locations/" + location, body).is(200);
        shop.receive(location, sku, units);
        shop.awaitStock(location, sku, units, 0);
        awaitCopy(location, sku, units);
        return location;
    }

    /** Orders are planned with the copy of stock that order-service keeps, which follows inventory-service. */
    private void awaitCopy(String location, String sku, long units) {
        var body = order(Map.of("method", "PICKUP", "nearLocationId", location), List.of(line("1", sku, 1)));
        Shop.awaitAnswer(
                "order-service has seen %d units at %s".formatted(units, location),
                () -> shop.post("order", "/v1/sourcing/dry-run", newKey(), body),
                answer -> answer.status() == 200
                        && answer.each("/plans/0/candidates")
                                .anyMatch(each ->
                                        each.path("locationId").asString("").equals(location)
                                                && each.at("/stock/0/available").asLong() == units));
    }

    private Map<String, Object> order(Map<String, Object> fulfilment, List<Map<String, Object>> lines) {
        return Map.of(
                "channel",
                "ONLINE",
                "customerId",
                shopper.customerId(),
                "lines",
                lines,
                "fulfilments",
                List.of(fulfilment));
    }

    private Map<String, Object> near(Map<String, Object> lines) {
        return order(Map.of("method", "PICKUP", "near", NEAR), List.of(lines));
    }

    private Answer sourcing(String orderId) {
        return shop.get("order", "/v1/orders/" + orderId + "/sourcing").is(200);
    }

    private static JsonNode run(Answer sourcing, int newest) {
        return sourcing.each("/runs").toList().get(newest);
    }

    @Test
    void theNearestStoreWithTheGoodsGetsTheOrderAndAShopperSeesOnlyThat() {
        String sku = newSku();
        String far = store(30, sku, 5);
        String near = store(2, sku, 5);

        String orderId = shop.place(near(line("1", sku, 2)));

        assertThat(shop.awaitOrder(orderId, "CONFIRMED").text("/fulfilments/0/locationId"))
                .isEqualTo(near);
        JsonNode run = run(sourcing(orderId), 0);
        assertThat(run.at("/request/trigger").asString()).isEqualTo("PLACED");
        assertThat(run.at("/request/cell/latitude").asInt()).isEqualTo(6_650);
        assertThat(run.at("/decision/candidates")
                        .valueStream()
                        .map(each -> each.path("locationId").asString()))
                .containsExactly(near, far);
        assertThat(run.at("/decision/candidates/0/stock/0/available").asLong()).isEqualTo(5);
        assertThat(run.at("/decision/candidates/0/distanceMetres").asLong()).isBetween(1_500L, 2_500L);
        Answer own = shop.as("SHOPPER " + shopper.customerId())
                .get("order", "/v1/orders/" + orderId + "/sourcing")
                .is(200);
        assertThat(run(own, 0).at("/decision/candidates").size()).isEqualTo(1);
        shop.as("SHOPPER " + Shop.stranger().customerId())
                .get("order", "/v1/orders/" + orderId + "/sourcing")
                .is(404);
        shop.fetch(orderId, shopper);
    }

    @Test
    void anOrderComesFromTwoStoresIfNoneHasAllOfIt() {
        String lamp = newSku();
        String mug = newSku();
        String lamps = store(2, lamp, 3);
        String mugs = store(5, mug, 3);

        String orderId = shop.place(order(
                Map.of("method", "PICKUP", "nearLocationId", lamps, "splitMax", 2),
                List.of(line("1", lamp, 1), line("2", mug, 2))));

        Answer order = shop.awaitOrder(orderId, "CONFIRMED");
        assertThat(order.each("/fulfilments")
                        .map(each -> each.path("locationId").asString()))
                .containsExactlyInAnyOrder(lamps, mugs);
        assertThat(order.number("/total/amount")).isEqualTo(3 * 1_999);
    }

    @Test
    void anOrderIsRejectedIfNoStoreHasTheGoods() {
        String sku = newSku();
        store(2, sku, 1);

        Answer order = shop.awaitOrder(shop.place(near(line("1", sku, 2))), "REJECTED");

        assertThat(order.text("/reason")).isEqualTo("OUT_OF_STOCK");
        assertThat(run(sourcing(order.text("/orderId")), 0)
                        .at("/decision/outcome")
                        .asString())
                .isEqualTo("NO_SOURCE");
    }

    @Test
    void whatAPickerDoesNotFindComesFromAnotherStore() {
        String sku = newSku();
        store(2, sku, 3);
        String other = store(5, sku, 3);
        String orderId = shop.place(near(line("1", sku, 3)));
        shop.awaitPickup(orderId + "-1", "REQUESTED");
        shop.pick(orderId + "-1");

        shop.atCounter(orderId + "-1", "short", Map.of("lineId", "1", "quantity", 1, "reason", "NOT_FOUND"))
                .is(200);

        assertThat(shop.awaitPickup(orderId + "-2", "REQUESTED").text("/locationId"))
                .isEqualTo(other);
        assertThat(shop.awaitMail(shopper, "comes from another store").text()).contains(orderId);
        assertThat(run(sourcing(orderId), 0).at("/request/trigger").asString()).isEqualTo("SHORT_PICK");
        for (String fulfilment : List.of(orderId + "-1", orderId + "-2")) {
            if (fulfilment.endsWith("-2")) {
                shop.pick(fulfilment);
            }
            shop.ready(fulfilment);
            shop.atCounter(fulfilment, "handover", Shop.override()).is(200);
        }
        assertThat(shop.awaitOrder(orderId, "COMPLETED").number("/total/amount"))
                .isEqualTo(3 * 1_999);
        shop.awaitStock(other, sku, 2, 0);
    }

    @Test
    void aRejectedTaskGoesToAnotherStoreAndTheFirstOneKeepsTheGoodsUntilThen() {
        String sku = newSku();
        String first = store(2, sku, 2);
        String second = store(5, sku, 2);
        String orderId = shop.place(near(line("1", sku, 2)));
        shop.awaitPickup(orderId + "-1", "REQUESTED");

        shop.atCounter(orderId + "-1", "reject", Map.of("reason", "TOO_BUSY")).is(200);

        assertThat(shop.awaitPickup(orderId + "-2", "REQUESTED").text("/locationId"))
                .isEqualTo(second);
        assertThat(shop.awaitPickup(orderId + "-1", "CANCELLED").text("/cancelledFor"))
                .isEqualTo("MOVED");
        shop.awaitStock(first, sku, 2, 0);
        List<String> history = shop.history(orderId);
        assertThat(history.indexOf("OrderCancellationRequested"))
                .isBetween(history.indexOf("FulfilmentReserved"), history.indexOf("FulfilmentConfirmed"));
        assertThat(shop.order(orderId)
                        .each("/fulfilments")
                        .map(each -> each.path("status").asString()))
                .containsExactly("MOVED", "RESERVED");
    }

    @Test
    void aShopperMovesAPickupToAnotherStoreOrKeepsIt() {
        String sku = newSku();
        String first = store(2, sku, 2);
        String second = store(5, sku, 2);
        String empty = store(7, newSku(), 1);
        String orderId = shop.confirmed(Shop.pickupOrder(shopper, first, sku, 2));
        Shop own = shop.as("SHOPPER " + shopper.customerId());

        Answer kept =
                move(own, orderId + "-1", newKey(), Map.of("locationId", empty)).is(200);
        assertThat(kept.text("/state")).isEqualTo("KEPT");
        assertThat(kept.text("/reason")).isEqualTo("OUT_OF_STOCK");
        String key = newKey();
        Answer moved =
                move(own, orderId + "-1", key, Map.of("locationId", second)).is(200);
        assertThat(moved.text("/state")).isEqualTo("MOVED");
        assertThat(own.get("order", "/v1/orders/" + orderId + "/moves/" + moved.text("/moveId"))
                        .is(200)
                        .text("/locationId"))
                .isEqualTo(second);
        assertThat(move(own, orderId + "-1", key, Map.of("locationId", second))
                        .is(200)
                        .text("/moveId"))
                .isEqualTo(moved.text("/moveId"));
        move(own, orderId + "-1", key, Map.of("locationId", first)).is(422);
        move(own, orderId + "-1", newKey(), Map.of("locationId", empty)).is(409);

        shop.awaitStock(first, sku, 2, 0);
        String pickup = moved.text("/fulfilmentId");
        shop.awaitPickup(pickup, "REQUESTED");
        assertThat(move(own, pickup, newKey(), Map.of("locationId", second))
                        .is(422)
                        .text("/field"))
                .isEqualTo("locationId");
        assertThat(move(own, pickup, newKey(), Map.of("locationId", "nowhere"))
                        .is(422)
                        .text("/field"))
                .isEqualTo("locationId");
        shop.as("SHOPPER " + Shop.stranger().customerId())
                .get("order", "/v1/orders/" + orderId + "/moves/" + moved.text("/moveId"))
                .is(404);
        shop.pick(pickup);
        shop.ready(pickup);
        shop.atCounter(pickup, "handover", Shop.override()).is(200);
        shop.awaitOrder(orderId, "COMPLETED");
    }

    private static Answer move(Shop caller, String fulfilmentId, String key, Map<String, Object> body) {
        String orderId = fulfilmentId.substring(0, fulfilmentId.lastIndexOf('-'));
        return caller.post(
                "order",
                "/v1/orders/" + orderId + "/fulfilments/" + fulfilmentId + "/move",
                key,
                body,
                "Prefer",
                "wait=20");
    }

    @Test
    void aDryRunShowsThePlanWithOtherRulesAndRecordsNothing() {
        String sku = newSku();
        String near = store(2, sku, 5);
        String far = store(30, sku, 50);
        Map<String, Object> body = new HashMap<>(near(line("1", sku, 2)));

        Answer byDefault =
                shop.post("order", "/v1/sourcing/dry-run", newKey(), body).is(200);
        assertThat(byDefault.text("/plans/0/shares/0/locationId")).isEqualTo(near);
        assertThat(Instant.parse(byDefault.text("/plans/0/copyAsOf"))).isBefore(Instant.now());
        body.put("rules", rules("STOCK_LEFT", 100, 0));
        assertThat(shop.post("order", "/v1/sourcing/dry-run", newKey(), body)
                        .is(200)
                        .text("/plans/0/shares/0/locationId"))
                .isEqualTo(far);
    }

    @Test
    void rulesHaveRevisions() {
        String path = "/v1/sourcing/rules/channel-" + UUID.randomUUID();
        Shop office = shop.as("BACK_OFFICE b-1");
        office.get("order", path).is(404);
        assertThat(office.put("order", path, rules("DISTANCE", 0, 50_000))
                        .is(200)
                        .header("etag"))
                .isEqualTo("\"1\"");
        assertThat(office.put("order", path, rules("DISTANCE", 0, 60_000))
                        .is(422)
                        .text("/errors/0/field"))
                .isEqualTo("If-Match");
        office.put("order", path, rules("DISTANCE", 0, 60_000), "If-Match", "\"7\"")
                .is(412);
        office.put("order", path, rules("DISTANCE", 0, 60_000), "If-Match", "\"1\"")
                .is(200);
        assertThat(office.get("order", path).is(200).number("/ratings/0/worst")).isEqualTo(60_000);
        assertThat(office.put("order", path, rules("DISTANCE", 5, 5), "If-Match", "\"2\"")
                        .is(422)
                        .text("/errors/0/field"))
                .startsWith("ratings[0]");
    }

    private static Map<String, Object> rules(String figure, long best, long worst) {
        return Map.of(
                "distanceMaxMetres",
                100_000,
                "silentMaxMinutes",
                2_880,
                "ratings",
                List.of(Map.of("figure", figure, "best", best, "worst", worst, "weight", 100)));
    }
}
