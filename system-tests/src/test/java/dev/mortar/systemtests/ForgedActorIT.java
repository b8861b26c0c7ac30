package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.localstack.Api;
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
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A caller is who the token says: no header, no body and no odd path makes it somebody else. */
class ForgedActorIT {
    private static String store = "";
    private static String otherStore = "";
    private static String orderId = "";
    private static String sku = "";
    private static Shopper shopper = Shop.stranger();

    private final Shop shop = Shop.open();
    private final Shop stranger = shop.as(Shop.NOBODY);

    /** One confirmed order that is picked by nobody. */
    @BeforeAll
    static void someOrder() {
        Shop shop = Shop.open();
        shopper = shop.shopper();
        sku = newSku();
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
    void theMailAboutAnOrderHasALinkThatOpensIt() {
        String mail = shop.awaitMail(shopper, "Your order is confirmed").text();
        Matcher link = Pattern.compile("https://shop.example/order#(\\S+)").matcher(mail);

        assertThat(link.find()).as(mail).isTrue();
        String[] byLink = {"Authorization", "MortarLink " + link.group(1)};
        stranger.get("order", "/v1/orders/" + orderId, byLink).is(200);
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

    /** Objects that a stranger would like to see, by service, and odd ways to write their paths. */
    static Stream<Arguments> paths() {
        String fulfilment = orderId + "-1";
        Map<String, List<String>> asked = Map.of(
                "order", List.of("/v1/orders/" + orderId, "/v1/customers/" + shopper.customerId() + "/orders"),
                "inventory", List.of("/v1/locations/" + store + "/stock/" + Api.segment(sku) + "/events"),
                "pickup", List.of("/v1/pickups/" + fulfilment, "/v1/locations/" + store + "/pickups"),
                "returns", List.of("/v1/orders/" + orderId + "/returnable"),
                "notification", List.of(Shop.contactPath(shopper), "/v1/pickups/" + fulfilment + "/recipient"));
        return asked.entrySet().stream().flatMap(ofService -> {
            String service = ofService.getKey();
            Stream<Arguments> plain = Stream.concat(ofService.getValue().stream(), Stream.of("/v3/api-docs"))
                    .map(path -> Arguments.of(service, path, ALL_METHODS));
            Stream<Arguments> odd = ofService.getValue().stream()
                    .flatMap(ForgedActorIT::written)
                    .map(path -> Arguments.of(service, path, List.of("GET", "POST")));
            Stream<Arguments> management = Stream.of(service, service + "-management")
                    .flatMap(part -> MANAGEMENT.stream().map(path -> Arguments.of(part, path, ALL_METHODS)));
            return Stream.of(plain, odd, management).flatMap(Function.identity());
        });
    }

    private static Stream<String> written(String path) {
        int id = path.indexOf('/', "/v1/".length()) + 1;
        String collection = path.substring(0, id - 1);
        String rest = path.substring(id);
        return Stream.of(
                path + "/",
                "/" + path,
                collection + "//" + rest,
                path.replace("/v1/", "/v1//"),
                path.replace("/v1/", "/v1/./"),
                path.replace("/v1/", "/v1/x/../"),
                path.toUpperCase(Locale.ROOT),
                collection.toUpperCase(Locale.ROOT) + "/" + rest,
                collection + ";x=1/" + rest,
                path + ";x=1",
                path.replace("/v1/", "/v1;/"),
                collection + "%2F" + rest,
                path.replace("/", "%2F").replaceFirst("%2F", "/"),
                "/v1/%%%02x".formatted((int) path.charAt("/v1/".length())) + path.substring("/v1/".length() + 1),
                path + "%2Fevents",
                path + "%00",
                path + ".json",
                path + "/events",
                path + "/stream");
    }

    private static final List<String> ALL_METHODS = List.of("GET", "HEAD", "OPTIONS", "POST", "TRACE");

    private static final List<String> MANAGEMENT = List.of(
            "/actuator",
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
            "/actuator/heapdump");

    @ParameterizedTest
    @MethodSource("paths")
    void noWayToWriteAPathGivesAStrangerData(String part, String path, List<String> methods) {
        for (Shop caller : List.of(stranger, asShopper("c-other"))) {
            boolean ownDescription = caller != stranger && path.equals("/v3/api-docs");
            for (String method : ownDescription ? List.<String>of() : methods) {
                Answer answer = caller.send(part, method, path, null, "Idempotency-Key", newKey());

                assertThat(answer.body().toString())
                        .as("%s", answer)
                        .doesNotContain("\"lines\"", "\"letters\"", "OrderPlaced", "\"openapi\"", shopper.email());
                boolean listOfNothing = caller != stranger
                        && path.contains("ustomers/")
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
