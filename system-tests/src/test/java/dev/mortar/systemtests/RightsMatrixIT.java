package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static java.util.Map.entry;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.Grant;
import dev.mortar.eventsourcing.Role;
import dev.mortar.eventsourcing.security.OrderLinks;
import dev.mortar.eventsourcing.security.RotatedSecret;
import dev.mortar.localstack.Api;
import dev.mortar.localstack.Http;
import dev.mortar.simulation.Route;
import dev.mortar.systemtests.Shop.Shopper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every route is called by every kind of caller for an object of its own, a foreign one and an unknown one. The
 * expected answer comes from the grants of the route, as they are in docs/rights.md.
 */
class RightsMatrixIT {
    private static final String UNKNOWN = "00000000-0000-4000-8000-000000000000";

    private static final String HOLD = "POST /v1/locations/{locationId}/holds";

    /** The routes whose objects belong to a shopper. */
    private static final Set<String> BELONG_TO_SHOPPERS = Stream.concat(
                    Stream.of(
                            "POST /v1/orders",
                            "POST /v1/orders/{orderId}/returns",
                            "POST /v1/pickups/{fulfilmentId}/parcels"),
                    RightsPage.routes().stream()
                            .filter(route -> requireNonNull(route.grants()).contains(Grant.SHOPPER_OWN))
                            .map(Route::toString))
            .collect(Collectors.toUnmodifiableSet());

    /** The objects of one shopper, store and till. */
    record World(
            Shopper shopper,
            String store,
            String otherStore,
            String till,
            String sku,
            String orderId,
            String returnId,
            String holdId,
            String notificationId,
            String sale) {
        /** The same objects with ids that do not exist. */
        World unknown() {
            return new World(
                    new Shopper(UNKNOWN, UNKNOWN + "@example.com"),
                    UNKNOWN,
                    otherStore,
                    UNKNOWN,
                    UNKNOWN,
                    UNKNOWN,
                    UNKNOWN,
                    UNKNOWN,
                    UNKNOWN,
                    UNKNOWN);
        }

        String path(String template) {
            return template.replace("{orderId}", orderId)
                    .replace("{fulfilmentId}", orderId + "-1")
                    .replace("{locationId}", store)
                    .replace("{sku}", Api.segment(sku))
                    .replace("{customerId}", shopper.customerId())
                    .replace("{returnId}", returnId)
                    .replace("{holdId}", holdId)
                    .replace("{moveId}", "move-1")
                    .replace("{transferId}", "transfer-1")
                    .replace("{parcelId}", "parcel-1")
                    .replace("{destinationId}", "home")
                    .replace("{rulesId}", "rules-" + store)
                    .replace("{notificationId}", notificationId);
        }

        /** A text with its ids replaced, so that the answers for two worlds can be compared. */
        String anonymous(String text) {
            String result = text;
            for (String id : List.of(
                    Api.segment(sku), sku, holdId, notificationId, returnId, orderId, shopper.customerId(), store)) {
                result = result.replace(id, "ID");
            }
            return result;
        }
    }

    /**
     * A kind of caller.
     *
     * @param role null without a token
     * @param headers by the world that is the caller's own
     */
    record Kind(String name, @Nullable Role role, boolean speaksForOthers, Function<World, List<String>> headers) {
        /** Whether foreign objects have to look unknown. */
        boolean comesFromOutside() {
            return role == Role.SHOPPER || role == Role.COURIER || role == Role.ORDER_LINK || namesAParty();
        }

        boolean namesAParty() {
            return name.contains("for a shopper");
        }
    }

    private static final List<World> WORLDS = new ArrayList<>();
    /** Cases run side by side, so no other case may read the objects that DELETE erases. */
    private static @Nullable World worldToErase;

    private static List<Kind> kinds = List.of();

    @BeforeAll
    static void makeObjects() {
        Shop shop = Shop.open();
        WORLDS.add(world(shop));
        WORLDS.add(world(shop));
        worldToErase = world(shop);
        var forgery = new Forgery(TheStack.get());
        String linkSecret =
                TheStack.get().issuer().data().resolveSibling("link-secret").toString();
        var links = new OrderLinks(RotatedSecret.ofFile("link secret", "the test's file", linkSecret));
        kinds = List.of(
                new Kind("nobody", null, false, own -> List.of()),
                new Kind(
                        "SHOPPER",
                        Role.SHOPPER,
                        false,
                        own -> bearer(forgery, own.shopper().customerId(), "SHOPPER", List.of(), false)),
                new Kind(
                        "link",
                        Role.ORDER_LINK,
                        false,
                        own -> List.of("Authorization", OrderLinks.SCHEME + " " + links.link(own.orderId()))),
                new Kind(
                        "ASSOCIATE",
                        Role.ASSOCIATE,
                        false,
                        own -> bearer(forgery, "a-1", "ASSOCIATE", List.of(own.store()), false)),
                new Kind("LEAD", Role.LEAD, false, own -> bearer(forgery, "l-1", "LEAD", List.of(own.store()), false)),
                new Kind(
                        "TILL",
                        Role.TILL,
                        false,
                        own -> bearer(forgery, own.till(), "TILL", List.of(own.store()), false)),
                new Kind("COURIER", Role.COURIER, false, own -> bearer(forgery, "k-1", "COURIER", List.of(), false)),
                new Kind(
                        "BACK_OFFICE",
                        Role.BACK_OFFICE,
                        false,
                        own -> bearer(forgery, "b-1", "BACK_OFFICE", List.of(), false)),
                new Kind("OPERATOR", Role.OPERATOR, false, own -> bearer(forgery, "o-1", "OPERATOR", List.of(), false)),
                new Kind(
                        "SERVICE", Role.SERVICE, false, own -> bearer(forgery, "reports", "SERVICE", List.of(), false)),
                new Kind(
                        "SERVICE that may speak for others",
                        Role.SERVICE,
                        true,
                        own -> bearer(forgery, "online-shop", "SERVICE", List.of(), true)),
                new Kind(
                        "SERVICE for a shopper",
                        Role.SERVICE,
                        true,
                        own -> Stream.concat(
                                        bearer(forgery, "online-shop", "SERVICE", List.of(), true).stream(),
                                        Stream.of(
                                                "Mortar-On-Behalf-Of",
                                                "SHOPPER " + own.shopper().customerId()))
                                .toList()));
    }

    private static List<String> bearer(
            Forgery forgery, String id, String role, List<String> stores, boolean speaksForOthers) {
        var claims = forgery.claims(id, role).claim("stores", stores).claim("act_for", speaksForOthers);
        return List.of("Authorization", "Bearer " + forgery.signed(claims.build()));
    }

    /** An order that was handed over, a return of it, and a hold. */
    private static World world(Shop shop) {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 20);
        String orderId = shop.bought(shopper, store, sku, 3);
        shop.awaitReturnable(orderId);
        String returnId = shop.bringBack(orderId, newKey(), Shop.returned(store, "1", 1, "RESTOCK"))
                .is(201)
                .text("/returnId");
        Map<String, ?> held = Map.of("lines", List.of(Map.of("sku", sku, "quantity", 1)));
        String holdId = shop.as("SHOPPER " + shopper.customerId())
                .post("inventory", "/v1/locations/" + store + "/holds", newKey(), held)
                .is(201)
                .text("/holdId");
        String notificationId = shop.get("notification", "/v1/customers/" + shopper.customerId() + "/notifications")
                .is(200)
                .text("/notifications/0/notificationId");
        return new World(
                shopper,
                store,
                shop.store(),
                "till-" + store,
                sku,
                orderId,
                returnId,
                holdId,
                notificationId,
                newKey());
    }

    /** Bodies that pass validation, by route. A route without an entry has no body. */
    private static final Map<String, Function<World, Object>> BODIES = Map.ofEntries(
            entry("POST /v1/orders", RightsMatrixIT::orderInStore),
            entry("POST /v1/orders/{orderId}/cancel", world -> Map.of()),
            entry(
                    "POST /v1/orders/{orderId}/fulfilments/{fulfilmentId}/move",
                    world -> Map.of("locationId", world.otherStore())),
            entry("POST /v1/sourcing/dry-run", RightsMatrixIT::orderInStore),
            entry(
                    "PUT /v1/sourcing/rules/{rulesId}",
                    world -> Map.of("distanceMaxMetres", 1, "silentMaxMinutes", 1, "ratings", List.of())),
            entry("POST /v1/sales", RightsMatrixIT::sale),
            entry("POST /v1/sales/batch", world -> Map.of("sales", List.of(sale(world)))),
            entry(
                    "PUT /v1/locations/{locationId}",
                    world -> Map.of(
                            "name", "Shop", "type", "STORE", "timeZone", "UTC", "latitude", 1.0, "longitude", 1.0)),
            entry("POST /v1/locations/{locationId}/receipts", RightsMatrixIT::lines),
            entry(
                    "POST /v1/locations/{locationId}/adjustments",
                    world -> Map.of("reason", "FOUND", "lines", List.of(Map.of("sku", world.sku(), "quantity", 1)))),
            entry(
                    "POST /v1/locations/{locationId}/counts",
                    world -> Map.of(
                            "countedAt",
                            Instant.now().toString(),
                            "lines",
                            List.of(Map.of("sku", world.sku(), "quantity", 10)))),
            entry("PUT /v1/locations/{locationId}/safety-stock", RightsMatrixIT::lines),
            entry("PUT /v1/locations/{locationId}/safety-stock/{sku}", world -> Map.of("quantity", 1)),
            entry(
                    "POST /v1/locations/{locationId}/transfers",
                    world -> Map.of(
                            "toLocationId",
                            world.otherStore(),
                            "lines",
                            List.of(Map.of("sku", world.sku(), "quantity", 1)))),
            entry(
                    "POST /v1/locations/{locationId}/transfers/{transferId}/receipts",
                    world -> Map.of(
                            "fromLocationId",
                            world.otherStore(),
                            "lines",
                            List.of(Map.of("sku", world.sku(), "accepted", 1)),
                            "final",
                            false)),
            entry("POST /v1/locations/{locationId}/holds", RightsMatrixIT::lines),
            entry("PATCH /v1/locations/{locationId}/holds/{holdId}", RightsMatrixIT::lines),
            entry("POST /v1/locations/{locationId}/pauses", RightsMatrixIT::pause),
            entry(
                    "POST /v1/pickups/{fulfilmentId}/short",
                    world -> Map.of("lineId", "1", "quantity", 1, "reason", "NOT_FOUND")),
            entry("POST /v1/pickups/{fulfilmentId}/ready", world -> Map.of()),
            entry("POST /v1/pickups/{fulfilmentId}/on-the-way", world -> Map.of()),
            entry("POST /v1/pickups/{fulfilmentId}/arrived", world -> Map.of()),
            entry("POST /v1/pickups/{fulfilmentId}/handover", world -> Map.of("code", "ABCD-EFGH")),
            entry("POST /v1/pickups/{fulfilmentId}/reject", world -> Map.of("reason", "TOO_BUSY")),
            entry(
                    "POST /v1/pickups/{fulfilmentId}/extend",
                    world -> Map.of("until", Instant.now().plusSeconds(86_400).toString())),
            entry(
                    "POST /v1/pickups/{fulfilmentId}/parcels",
                    world -> Map.of("lines", List.of(Map.of("lineId", "1", "quantity", 1)), "carrierId", "carrier-1")),
            entry("POST /v1/pickups/{fulfilmentId}/parcels/{parcelId}/delivered", world -> Map.of("proof", "SIGNED")),
            entry(
                    "POST /v1/pickups/{fulfilmentId}/parcels/{parcelId}/attempt-failed",
                    world -> Map.of("reasonCode", "NOBODY_HOME")),
            entry(
                    "POST /v1/pickups/{fulfilmentId}/parcels/{parcelId}/returned",
                    world -> Map.of(
                            "locationId",
                            world.otherStore(),
                            "lines",
                            List.of(Map.of(
                                    "lineId", "1", "quantity", 1, "condition", "USED", "disposition", "RESTOCK")))),
            entry("POST /v1/pickups/{fulfilmentId}/cancel", world -> Map.of("reason", "CANCELLED_BY_RETAILER")),
            // Any store takes the goods of any order.
            entry(
                    "POST /v1/orders/{orderId}/returns",
                    world -> Shop.returned(WORLDS.getFirst().store(), "1", 1, "RESTOCK")),
            entry(
                    "PUT /v1/customers/{customerId}/erasure/proof",
                    world -> Map.of("requestedAt", Instant.now().toString(), "sha256", "ab".repeat(32))),
            entry(
                    "PUT /v1/customers/{customerId}/destinations/{destinationId}",
                    world -> Map.of("name", "Ása", "addressLines", List.of("Laugavegur 1"), "country", "IS")),
            entry(
                    "PUT /v1/customers/{customerId}/contact",
                    // With an address: mails to a shopper without one wait for it for an hour.
                    world -> Map.of(
                            "locale",
                            "en-GB",
                            "emailConsent",
                            false,
                            "email",
                            world.shopper().email())));

    private static Map<String, Object> orderInStore(World world) {
        Map<String, Object> order = new HashMap<>(Shop.pickupOrder(world.shopper(), world.store(), world.sku(), 1));
        order.putAll(Map.of("channel", "STORE", "locationId", world.store()));
        return order;
    }

    /** A pause of deliveries in a year, which disturbs no other case. */
    private static Map<String, Object> pause(World world) {
        Instant from = Instant.now().plus(Duration.ofDays(365));
        return Map.of(
                "methods",
                List.of("DELIVERY"),
                "from",
                from.toString(),
                "until",
                from.plusSeconds(60).toString(),
                "reasonCode",
                "STAFF_SHORTAGE");
    }

    private static Map<String, Object> lines(World world) {
        return Map.of("lines", List.of(Map.of("sku", world.sku(), "quantity", 1)));
    }

    private static Map<String, Object> sale(World world) {
        return Shop.sale(
                world.till(), world.sale(), world.store(), Instant.now().toString(), world.sku(), 1);
    }

    @TestFactory
    Stream<DynamicTest> everyRouteAnswersEveryCallerByItsGrants() {
        Set<String> routes = RightsPage.routes().stream().map(Route::toString).collect(Collectors.toSet());
        assertThat(routes).containsAll(BODIES.keySet());
        return RightsPage.routes().stream()
                .filter(route -> !route.path().endsWith("/stream"))
                .flatMap(route -> kinds.stream()
                        .map(kind -> DynamicTest.dynamicTest(route + " by " + kind.name(), () -> check(route, kind))));
    }

    private void check(Route route, Kind kind) {
        World own = WORLDS.getFirst();
        World foreign = route.method().equals("DELETE") ? requireNonNull(worldToErase) : WORLDS.getLast();
        List<String> headers = kind.headers().apply(own);
        List<Grant> grants = requireNonNull(route.grants()).stream()
                .filter(grant ->
                        kind.role() != null && grant.role() != null && grant.fits(kind.role(), kind.speaksForOthers()))
                .filter(grant -> !kind.namesAParty() || grant == Grant.SERVICE_FOR || grant == Grant.SERVICE)
                .toList();
        Answer ofOwn = ask(route, own, headers);
        Answer ofForeign = ask(route, foreign, headers);
        Answer ofUnknown = ask(route, foreign.unknown(), headers);

        if (route.method().equals("GET")) {
            assertThat(ask("HEAD", route, foreign, headers).status())
                    .as("HEAD of %s", ofForeign)
                    .isEqualTo(ofForeign.status());
        }
        Answer options = ask("OPTIONS", route, foreign, headers);
        assertThat(options.body().isMissingNode() || options.status() >= 400)
                .as("%s", options)
                .isTrue();

        boolean isPublic = requireNonNull(route.grants()).contains(Grant.PUBLIC);
        if (isPublic || grants.stream().anyMatch(grant -> isForAny(grant, kind))) {
            assertThat(ofOwn.status()).as("%s", ofOwn).isNotIn(401, 403);
            assertThat(ofForeign.status()).as("%s", ofForeign).isNotIn(401, 403);
        } else if (grants.isEmpty()) {
            int refused = kind.role() == null ? 401 : 403;
            for (Answer answer : List.of(ofOwn, ofForeign, ofUnknown)) {
                answer.is(refused);
                assertThat(answer.header("content-type")).startsWith("application/problem+json");
            }
        } else if (kind.namesAParty() && !BELONG_TO_SHOPPERS.contains(route.toString())) {
            for (Answer answer : List.of(ofOwn, ofForeign, ofUnknown)) {
                assertThat(statuses(answer)).as("%s %s", answer, answer.body()).isSubsetOf(403, 404);
            }
        } else if (kind.comesFromOutside() && route.toString().equals(HOLD)) {
            // A new hold belongs to the shopper at any location.
            assertThat(ofForeign.status()).as("%s", ofForeign).isNotIn(401, 403);
        } else if (kind.comesFromOutside()) {
            assertThat(ofOwn.status()).as("%s", ofOwn).isNotIn(401, kind.role() == Role.COURIER ? 0 : 403);
            looksUnknown(foreign, ofForeign, ofUnknown);
        } else {
            assertThat(statuses(ofOwn)).as("%s %s", ofOwn, ofOwn.body()).doesNotContain(401, 403);
            // Nobody is called to a pickup that has ended.
            int refused = route.path().endsWith("/recipient") ? 404 : 403;
            assertThat(statuses(ofForeign))
                    .as("%s %s", ofForeign, ofForeign.body())
                    .containsOnly(refused);
        }
    }

    private static boolean isForAny(Grant grant, Kind kind) {
        return switch (grant) {
            case SERVICE, SERVICE_FOR -> !kind.namesAParty();
            default -> grant.objects().equals("any");
        };
    }

    /** A foreign object must not be told from an unknown one, and nothing of it may be shown. */
    private static void looksUnknown(World foreign, Answer ofForeign, Answer ofUnknown) {
        assertThat(ofForeign.status()).as("%s %s", ofForeign, ofForeign.body()).isEqualTo(ofUnknown.status());
        if (ofForeign.status() >= 300) {
            assertThat(foreign.anonymous(ofForeign.body().toString()))
                    .as("%s", ofForeign)
                    .isEqualTo(foreign.unknown().anonymous(ofUnknown.body().toString()));
        } else {
            assertThat(ofForeign.body().toString())
                    .as("%s", ofForeign)
                    .doesNotContain(foreign.shopper().customerId(), foreign.orderId(), foreign.notificationId());
        }
    }

    /** The status of an answer, or those of the sales of a batch. */
    private static List<Integer> statuses(Answer answer) {
        List<Integer> ofSales =
                answer.each("/sales").map(sale -> sale.path("status").asInt(0)).toList();
        return ofSales.isEmpty() ? List.of(answer.status()) : ofSales;
    }

    private static Answer ask(Route route, World world, List<String> headers) {
        return ask(route.method(), route, world, headers);
    }

    private static Answer ask(String method, Route route, World world, List<String> headers) {
        Function<World, Object> body = method.equals(route.method()) ? BODIES.get(route.toString()) : null;
        List<String> all = new ArrayList<>(headers);
        all.addAll(List.of("Idempotency-Key", newKey(), "Mortar-Purpose", "LEGAL"));
        return Shop.open()
                .as(Shop.NOBODY)
                .send(
                        route.service(),
                        method,
                        world.path(route.path()),
                        body == null ? null : Http.json(body.apply(world)),
                        all.toArray(String[]::new));
    }
}
