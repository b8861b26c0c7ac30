package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.localstack.Http;
import dev.mortar.systemtests.Shop.Shopper;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A caller is who the token says: no header, no body and no odd path makes it somebody else. */
class ForgedActorIT {
    private static String store = "";
    private static String otherStore = "";
    private static String orderId = "";
    private static Shopper shopper = Shop.stranger();

    private final Shop shop = Shop.open();
    private final Shop stranger = shop.as(Shop.NOBODY);

    /** One confirmed order that is picked by nobody. */
    @BeforeAll
    static void someOrder() {
        Shop shop = Shop.open();
        shopper = shop.shopper();
        String sku = newSku();
        store = shop.storeWith(sku, 2);
        otherStore = shop.store();
        orderId = shop.confirmed(pickupOrder(shopper, store, sku, 1));
    }

    @Test
    void theHeaderOfTheActorIsRefusedEverywhere() {
        String[] forged = {"Mortar-Actor", "BACK_OFFICE b1"};
        for (Shop caller : List.of(shop, stranger)) {
            refused(caller.get("order", "/v1/orders/" + orderId, forged), 400);
            refused(caller.get("inventory", "/v1/locations/" + store + "/stock", forged), 400);
            refused(caller.get("pickup", "/v1/pickups/" + orderId + "-1", forged), 400);
            refused(caller.get("returns", "/v1/orders/" + orderId + "/returnable", forged), 400);
            refused(caller.get("notification", Shop.contactPath(shopper), forged), 400);
            refused(caller.post("order", cancel(), newKey(), Map.of(), forged), 400);
        }
    }

    @Test
    void theBodyOfAnOverrideNamesNobody() {
        String handover = "/v1/pickups/" + orderId + "-1/handover";
        Map<String, ?> named = Map.of("override", Map.of("reason", "CODE_LOCKED", "associateId", "a9"));
        refused(shop.as("LEAD a1 " + store).post("pickup", handover, newKey(), named), 400);

        refused(shop.asAssociate(store).post("pickup", handover, newKey(), Shop.override()), 403);
    }

    @Test
    void onlyAServiceThatMayDoesSpeakForOthers() {
        String[] forShopper = {"Mortar-On-Behalf-Of", "SHOPPER " + shopper.customerId()};
        var forgery = new Forgery(TheStack.get());
        String silent =
                "Bearer " + forgery.signed(forgery.claims("reports", "SERVICE").build());

        refused(
                stranger.post(
                        "order", cancel(), newKey(), Map.of(), "Authorization", silent, forShopper[0], forShopper[1]),
                403);
        refused(shop.as("BACK_OFFICE b1").post("order", cancel(), newKey(), Map.of(), forShopper), 403);
        refused(shop.asAssociate(store).post("order", cancel(), newKey(), Map.of(), forShopper), 403);
        refused(shop.post("order", cancel(), newKey(), Map.of(), "Mortar-On-Behalf-Of", "LEAD a1 " + store), 400);
        refused(stranger.post("order", cancel(), newKey(), Map.of(), forShopper), 401);
    }

    @Test
    void headersOfAProxyNameNobody() {
        String order = "/v1/orders/" + orderId;
        for (String header :
                List.of("X-Forwarded-User", "X-Remote-User", "X-User-Id", "Remote-User", "Mortar-Forwarded")) {
            refused(stranger.get("order", order, header, shopper.customerId()), 401);
            refused(asShopper("c-other").get("order", order, header, shopper.customerId()), 404);
        }
        asShopper(shopper.customerId()).get("order", order).is(200);
    }

    @Test
    void anAssociateActsOnlyInTheStoresOfTheToken() {
        Shop elsewhere = shop.asAssociate(otherStore);
        String picking = "/v1/pickups/" + orderId + "-1/picking";

        refused(elsewhere.post("pickup", picking, newKey(), null), 403);
        refused(elsewhere.post("pickup", picking, newKey(), null, "Mortar-Location", store), 403);
        refused(elsewhere.get("pickup", "/v1/locations/" + store + "/pickups"), 403);
        assertThat(shop.pickup(orderId + "-1").text("/state")).isEqualTo("REQUESTED");
    }

    @Test
    void aForeignOrderLooksLikeOneThatDoesNotExist() {
        Shop other = asShopper("c-other");

        Answer foreign = other.get("order", "/v1/orders/" + orderId);
        Answer unknown = other.get("order", "/v1/orders/" + "0".repeat(orderId.length()));

        refused(foreign, 404);
        assertThat(foreign.body().toString().replace(orderId, "ID"))
                .isEqualTo(unknown.body().toString().replace("0".repeat(orderId.length()), "ID"));
    }

    @Test
    void aGuestOpensOneOrderByItsLink() {
        Map<String, Object> order = new HashMap<>(pickupOrder(shopper, store, newSku(), 1));
        order.remove("customerId");
        Answer placed = shop.post("order", "/v1/orders", newKey(), order).is(201);
        String link = placed.header("mortar-order-link");
        String path = "/v1/orders/" + placed.text("/orderId");
        String[] byLink = {"Authorization", "MortarLink " + link, "Mortar-Min-Sequence", "1"};

        assertThat(stranger.get("order", path, byLink).is(200).text("/orderId")).isEqualTo(placed.text("/orderId"));
        refused(stranger.get("order", "/v1/orders/" + orderId, byLink), 404);
        refused(stranger.get("order", path + "/events", byLink), 403);
        refused(stranger.get("notification", Shop.contactPath(shopper), byLink), 403);
        refused(stranger.get("order", path, "Authorization", "MortarLink x" + link), 401);
        refused(stranger.get("order", path), 401);
    }

    @Test
    void aStreamIsForThoseWhoMaySeeTheOrderAndEndsWithTheToken() throws Exception {
        refused(asShopper("c-other").get("order", "/v1/orders/" + orderId + "/stream"), 404);

        var forgery = new Forgery(TheStack.get());
        Instant end = Instant.now().plusSeconds(3);
        String token = forgery.signed(forgery.claims(shopper.customerId(), "SHOPPER")
                .expirationTime(Date.from(end))
                .build());
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(TheStack.get().url("order") + "/v1/orders/" + orderId + "/stream"))
                .header("Accept", "text/event-stream")
                .header("Authorization", "Bearer " + token)
                .timeout(Shop.PATIENCE)
                .build();
        HttpResponse<Stream<String>> stream = Http.CLIENT.send(request, HttpResponse.BodyHandlers.ofLines());
        assertThat(stream.statusCode()).isEqualTo(200);
        try (Stream<String> lines = stream.body()) {
            assertThat(lines.toList()).anyMatch(line -> line.contains(orderId));
        }
        assertThat(Instant.now()).isAfter(end.truncatedTo(ChronoUnit.SECONDS));
    }

    static Stream<String> paths() {
        return Stream.of(
                "/v1/orders/$ORDER",
                "/v1/orders/$ORDER/",
                "/v1/orders//$ORDER",
                "//v1/orders/$ORDER",
                "/v1//orders/$ORDER",
                "/v1/./orders/$ORDER",
                "/v1/x/../orders/$ORDER",
                "/V1/ORDERS/$ORDER",
                "/v1/Orders/$ORDER",
                "/v1/orders;x=1/$ORDER",
                "/v1/orders/$ORDER;x=1",
                "/v1;/orders/$ORDER",
                "/v1/orders%2F$ORDER",
                "/v1%2Forders%2F$ORDER",
                "/v1/%6Frders/$ORDER",
                "/v1/orders/$ORDER%2Fevents",
                "/v1/orders/$ORDER%00",
                "/v1/orders/$ORDER.json",
                "/v1/orders/$ORDER/events",
                "/v1/orders/$ORDER/stream",
                "/v1/customers/$CUSTOMER/orders",
                "/v1/customers/$CUSTOMER/orders/",
                "/v1//customers/$CUSTOMER/orders",
                "/actuator/deadletters",
                "/actuator/deadletters/",
                "/actuator//deadletters",
                "//actuator/deadletters",
                "/actuator/deadletters;x=1",
                "/actuator;x=1/deadletters",
                "/ACTUATOR/DEADLETTERS",
                "/actuator/%64eadletters",
                "/actuator%2Fdeadletters",
                "/actuator/prometheus",
                "/actuator/prometheus/",
                "/actuator/health/../prometheus",
                "/actuator/health/..;/prometheus",
                "/actuator/env",
                "/actuator/heapdump",
                "/actuator",
                "/v3/api-docs");
    }

    @ParameterizedTest
    @MethodSource("paths")
    void noWayToWriteAPathGivesAStrangerData(String path) {
        String asked = path.replace("$ORDER", orderId).replace("$CUSTOMER", shopper.customerId());
        for (Shop caller : List.of(stranger, asShopper("c-other"))) {
            boolean ownDescription = caller != stranger && path.equals("/v3/api-docs");
            for (String method :
                    ownDescription ? List.<String>of() : List.of("GET", "HEAD", "OPTIONS", "POST", "TRACE")) {
                Answer answer = caller.send("order", method, asked, null, "Idempotency-Key", newKey());

                assertThat(answer.body().toString())
                        .as("%s", answer)
                        .doesNotContain("\"lines\"", "\"letters\"", "OrderPlaced", "\"openapi\"");
                boolean listOfNothing = caller != stranger
                        && path.contains("/customers/")
                        && answer.status() == 200
                        && answer.each("/orders").findAny().isEmpty();
                if (!method.equals("OPTIONS") && !listOfNothing) {
                    assertThat(answer.status()).as("%s", answer).isBetween(400, 499);
                }
            }
        }
    }

    private Shop asShopper(String customerId) {
        return shop.as("SHOPPER " + customerId);
    }

    private static String cancel() {
        return "/v1/orders/" + orderId + "/cancel";
    }

    private static void refused(Answer answer, int status) {
        answer.is(status);
        assertThat(answer.header("content-type")).as("%s", answer).startsWith("application/problem+json");
    }
}
