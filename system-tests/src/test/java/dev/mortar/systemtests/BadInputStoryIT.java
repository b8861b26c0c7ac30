package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.localstack.Api;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Every service refuses bad input with a reason that names the field, and nothing changes. */
class BadInputStoryIT {

    private static final String PRICE = "\"unitPrice\":{\"amount\":100,\"currency\":\"EUR\"}";
    private static final String LINE = "{\"sku\":\"s\",\"quantity\":1," + PRICE + "}";
    private static final String SALE = "{\"tillId\":\"t\",\"receiptNumber\":\"r\",\"locationId\":\"a\",\"lines\":["
            + LINE + "],\"soldAt\":\"2026-06-01T09:15:00Z\"}";
    private static final int MORE_THAN_A_MEBIBYTE = 1_100_000;

    private static String store = "";
    private static String sku = "";
    private static String orderId = "";

    private final Shop shop = Shop.open();

    /** One confirmed order that is picked by nobody. */
    @BeforeAll
    static void someOrder() {
        Shop shop = Shop.open();
        sku = newSku();
        store = shop.storeWith(sku, 5);
        orderId = shop.confirmed(pickupOrder(Shop.stranger(), store, sku, 1));
    }

    /**
     * A request that is wrong.
     *
     * @param path $STORE, $SKU and $ORDER stand for those of the order there is
     * @param field that the answer names
     */
    record Wrong(String what, String service, String method, String path, String body, int status, String field) {
        @Override
        public String toString() {
            return what + ": " + method + " " + path;
        }
    }

    static Stream<Wrong> wrongs() {
        String order = "/v1/orders";
        String sale = "/v1/sales";
        String receipt = "/v1/locations/$STORE/receipts";
        String pickup = "/v1/pickups/$ORDER-1";
        String returns = "/v1/orders/$ORDER/returns";
        String contact = "/v1/customers/c-1/contact";
        return Stream.of(
                // Malformed
                post("malformed JSON", "order", order, "{\"channel\":", 400, "body"),
                post("malformed JSON", "order", sale, "[", 400, "body"),
                post("malformed JSON", "inventory", receipt, "{\"lines\":[{]}", 400, ""),
                post("malformed JSON", "pickup", pickup + "/ready", "{", 400, "body"),
                post("malformed JSON", "returns", returns, "nonsense", 400, "body"),
                put("malformed JSON", "notification", contact, "{\"locale\"}", 400, ""),
                post("no body", "order", order, "", 400, "body"),
                post("no body", "returns", returns, "", 400, "body"),
                post("a list", "order", order, "[]", 400, "body"),
                // Unknown fields
                post("unknown field", "order", order, "{\"colour\":1}", 400, "colour"),
                post("unknown field", "order", order, "{\"lines\":[{\"colour\":1}]}", 400, "lines[0].colour"),
                post("unknown field", "inventory", receipt, "{\"colour\":1}", 400, "colour"),
                post("unknown field", "pickup", pickup + "/ready", "{\"colour\":1}", 400, "colour"),
                post("unknown field", "returns", returns, "{\"colour\":1}", 400, "colour"),
                put("unknown field", "notification", contact, "{\"colour\":1}", 400, "colour"),
                // Wrong types
                post("text for a number", "order", order, lines("\"quantity\":\"one\""), 400, "lines[0].quantity"),
                post("fraction", "order", order, lines("\"quantity\":1.5"), 400, "lines[0].quantity"),
                post("number beyond long", "order", order, lines("\"quantity\":1e40"), 400, "lines[0].quantity"),
                post("unknown channel", "order", order, "{\"channel\":\"FAX\"}", 400, "channel"),
                post("object for text", "order", order, "{\"customerId\":{}}", 400, "customerId"),
                post("text for a list", "inventory", receipt, "{\"lines\":\"all\"}", 400, "lines"),
                post("text for a number", "inventory", receipt, stock("\"quantity\":\"x\""), 400, "lines[0].quantity"),
                post("no instant", "pickup", pickup + "/on-the-way", "{\"expectedAt\":\"soon\"}", 400, "expectedAt"),
                post("no instant", "pickup", pickup + "/extend", "{\"until\":\"later\"}", 400, "until"),
                post("unknown reason", "pickup", pickup + "/reject", "{\"reason\":\"LAZY\"}", 400, "reason"),
                post("no instant", "order", sale, "{\"soldAt\":\"yesterday\"}", 400, "soldAt"),
                post("text for a number", "returns", returns, back("\"quantity\":\"x\""), 400, "lines[0].quantity"),
                post("number for text", "order", order, "{\"customerId\":1}", 400, "customerId"),
                post("number for text", "order", order, "{\"lines\":[{\"sku\":85123}]}", 400, "lines[0].sku"),
                post("yes or no for text", "order", order, "{\"channelId\":true}", 400, "channelId"),
                post("number for a channel", "order", order, "{\"channel\":0}", 400, "channel"),
                post("quoted number", "order", order, lines("\"quantity\":\"5\""), 400, "lines[0].quantity"),
                post("yes or no for a number", "order", order, lines("\"quantity\":true"), 400, "lines[0].quantity"),
                post("number for an instant", "order", sale, "{\"soldAt\":1780000000}", 400, "soldAt"),
                post("number for text", "inventory", receipt, "{\"receiptId\":7}", 400, "receiptId"),
                post("quoted number", "inventory", receipt, stock("\"quantity\":\"5\""), 400, "lines[0].quantity"),
                post("fraction", "inventory", receipt, stock("\"quantity\":1.5"), 400, "lines[0].quantity"),
                post("number for text", "pickup", pickup + "/handover", "{\"code\":1}", 400, "code"),
                post("yes or no for text", "pickup", pickup + "/arrived", "{\"bay\":true}", 400, "bay"),
                post(
                        "quoted number",
                        "pickup",
                        pickup + "/ready",
                        "{\"pickupWithinSeconds\":\"60\"}",
                        400,
                        "pickupWithinSeconds"),
                post("number for text", "returns", returns, "{\"locationId\":1}", 400, "locationId"),
                post("quoted number", "returns", returns, back("\"quantity\":\"1\""), 400, "lines[0].quantity"),
                put("number for text", "notification", contact, "{\"name\":1}", 400, "name"),
                put("number for yes or no", "notification", contact, "{\"emailConsent\":1}", 400, "emailConsent"),
                put("text for yes or no", "notification", contact, "{\"emailConsent\":\"yes\"}", 400, "emailConsent"),
                // Absurd
                post("negative quantity", "order", order, lines("\"quantity\":-1," + PRICE), 422, "lines[0].quantity"),
                post("no quantity", "order", order, lines("\"quantity\":0," + PRICE), 422, "lines[0].quantity"),
                post(
                        "absurd quantity",
                        "order",
                        order,
                        lines("\"quantity\":1000000001," + PRICE),
                        422,
                        "lines[0].quantity"),
                post("missing price", "order", order, lines("\"quantity\":1"), 422, "lines[0].unitPrice"),
                post(
                        "negative price",
                        "order",
                        order,
                        lines("\"quantity\":1,\"unitPrice\":{\"amount\":-1,\"currency\":\"EUR\"}"),
                        422,
                        "lines[0].unitPrice.amount"),
                post(
                        "no currency",
                        "order",
                        order,
                        lines("\"quantity\":1,\"unitPrice\":{\"amount\":1,\"currency\":\"euro\"}"),
                        422,
                        "lines[0].unitPrice.currency"),
                post("no lines", "order", order, "{\"channel\":\"ONLINE\",\"lines\":[]}", 422, "lines"),
                post(
                        "no fulfilments",
                        "order",
                        order,
                        "{\"channel\":\"ONLINE\",\"lines\":[" + LINE + "]}",
                        422,
                        "fulfilments"),
                post(
                        "separator in an id",
                        "order",
                        order,
                        "{\"channel\":\"ONLINE\",\"lines\":[" + LINE
                                + "],\"fulfilments\":[{\"method\":\"PICKUP\",\"locationId\":\"a|b\"}]}",
                        422,
                        "fulfilments[0].locationId"),
                post(
                        "line that is not there",
                        "order",
                        order,
                        "{\"channel\":\"ONLINE\",\"lines\":[" + LINE
                                + "],\"fulfilments\":[{\"method\":\"PICKUP\",\"locationId\":\"a\",\"lineIds\":[\"9\"]}]}",
                        422,
                        "fulfilments[0].lineIds"),
                post(
                        "parts and whole lines of a fulfilment",
                        "order",
                        order,
                        "{\"channel\":\"ONLINE\",\"lines\":[" + LINE
                                + "],\"fulfilments\":[{\"method\":\"PICKUP\",\"locationId\":\"a\",\"lineIds\":[\"1\"],"
                                + "\"parts\":[{\"lineId\":\"1\",\"quantity\":1}]}]}",
                        422,
                        "fulfilments[0].parts"),
                post(
                        "parts that are more than the line",
                        "order",
                        order,
                        "{\"channel\":\"ONLINE\",\"lines\":[" + LINE
                                + "],\"fulfilments\":[{\"method\":\"PICKUP\",\"locationId\":\"a\","
                                + "\"parts\":[{\"lineId\":\"1\",\"quantity\":1000}]}]}",
                        422,
                        "lines[0]"),
                post("sale without till", "order", sale, "{}", 422, "tillId"),
                post("sale in the future", "order", sale, SALE.replace("2026", "2150"), 422, "soldAt"),
                post("negative receipt", "inventory", receipt, stock("\"quantity\":-5"), 422, "lines[0].quantity"),
                post("empty receipt", "inventory", receipt, "{\"lines\":[]}", 422, "lines"),
                post(
                        "blank SKU",
                        "inventory",
                        receipt,
                        "{\"lines\":[{\"sku\":\" \",\"quantity\":1}]}",
                        422,
                        "lines[0].sku"),
                put(
                        "place off the earth",
                        "inventory",
                        "/v1/locations/$STORE",
                        "{\"name\":\"x\",\"type\":\"STORE\",\"latitude\":91,\"longitude\":0,\"timeZone\":\"UTC\"}",
                        422,
                        "latitude"),
                put(
                        "no time zone",
                        "inventory",
                        "/v1/locations/$STORE",
                        "{\"name\":\"x\",\"type\":\"STORE\",\"latitude\":1,\"longitude\":0,\"timeZone\":\"Mars/Base\"}",
                        422,
                        "timeZone"),
                put(
                        "offset for a time zone",
                        "inventory",
                        "/v1/locations/$STORE",
                        "{\"name\":\"x\",\"type\":\"STORE\",\"latitude\":1,\"longitude\":0,\"timeZone\":\"+05:30\"}",
                        422,
                        "timeZone"),
                put(
                        "hours that overlap those of the next day",
                        "inventory",
                        "/v1/locations/$STORE",
                        "{\"name\":\"x\",\"type\":\"STORE\",\"latitude\":1,\"longitude\":0,\"timeZone\":\"Europe/Oslo\","
                                + "\"openingHours\":[{\"day\":\"SUNDAY\",\"opens\":\"18:00\",\"closes\":\"02:00\"},"
                                + "{\"day\":\"MONDAY\",\"opens\":\"01:00\",\"closes\":\"10:00\"}]}",
                        422,
                        "openingHours[1].opens"),
                put(
                        "capacity rules that overlap",
                        "inventory",
                        "/v1/locations/$STORE",
                        "{\"name\":\"x\",\"type\":\"STORE\",\"latitude\":1,\"longitude\":0,\"timeZone\":\"Europe/Oslo\","
                                + "\"capacity\":[" + capacity("PICKUP", "08:00", "12:00", 5) + ","
                                + capacity("PICKUP", "11:00", "20:00", 5) + "]}",
                        422,
                        "capacity[1].from"),
                put(
                        "capacity below zero",
                        "inventory",
                        "/v1/locations/$STORE",
                        "{\"name\":\"x\",\"type\":\"STORE\",\"latitude\":1,\"longitude\":0,\"timeZone\":\"Europe/Oslo\","
                                + "\"capacity\":[" + capacity("PICKUP", "08:00", "12:00", -1) + "]}",
                        422,
                        "capacity[0].ordersPerSlot"),
                put(
                        "capacity for a method that the location does not offer",
                        "inventory",
                        "/v1/locations/$STORE",
                        "{\"name\":\"x\",\"type\":\"STORE\",\"latitude\":1,\"longitude\":0,\"timeZone\":\"Europe/Oslo\","
                                + "\"methods\":[\"PICKUP\"],\"capacity\":["
                                + capacity("DELIVERY", "08:00", "12:00", 5) + "]}",
                        422,
                        "capacity[0].method"),
                post(
                        "a pause that ends before it begins",
                        "inventory",
                        "/v1/locations/$STORE/pauses",
                        "{\"methods\":[\"PICKUP\"],\"from\":\"2040-01-02T00:00:00Z\",\"until\":\"2040-01-01T00:00:00Z\","
                                + "\"reasonCode\":\"STAFF_SHORTAGE\"}",
                        422,
                        "until"),
                post(
                        "a pause of more than a week",
                        "inventory",
                        "/v1/locations/$STORE/pauses",
                        "{\"methods\":[\"PICKUP\"],\"from\":\"2040-01-01T00:00:00Z\",\"until\":\"2040-01-09T00:00:00Z\","
                                + "\"reasonCode\":\"STAFF_SHORTAGE\"}",
                        422,
                        "until"),
                get(
                        "slots of more than two weeks",
                        "inventory",
                        "/v1/locations/$STORE/slots?method=PICKUP&from=2040-01-01T00:00:00Z&to=2040-02-01T00:00:00Z",
                        422,
                        "to"),
                post(
                        "a receipt of nothing",
                        "inventory",
                        "/v1/locations/$STORE/transfers/t-1/receipts",
                        "{\"fromLocationId\":\"x\",\"lines\":[{\"sku\":\"s\"}],\"final\":false}",
                        422,
                        "lines[0].accepted"),
                post(
                        "a receipt of a transfer without a sender",
                        "inventory",
                        "/v1/locations/$STORE/transfers/t-1/receipts",
                        "{\"lines\":[{\"sku\":\"s\",\"accepted\":1}],\"final\":false}",
                        422,
                        "fromLocationId"),
                patch(
                        "a hold that is changed in nothing",
                        "inventory",
                        "/v1/locations/$STORE/holds/h-1",
                        "{}",
                        422,
                        "lines"),
                patch(
                        "a hold of more than an hour",
                        "inventory",
                        "/v1/locations/$STORE/holds/h-1",
                        "{\"seconds\":3601}",
                        422,
                        "seconds"),
                post(
                        "a parcel without lines",
                        "pickup",
                        pickup + "/parcels",
                        "{\"lines\":[],\"carrierId\":\"c\"}",
                        422,
                        "lines"),
                post("no proof of delivery", "pickup", pickup + "/parcels/p/delivered", "{}", 422, "proof"),
                post(
                        "words for a code",
                        "pickup",
                        pickup + "/parcels/p/attempt-failed",
                        "{\"reasonCode\":\"she was out\"}",
                        422,
                        "reasonCode"),
                post(
                        "a reason that only a carrier has",
                        "returns",
                        returns,
                        "{\"locationId\":\"$STORE\",\"lines\":[{\"lineId\":\"1\",\"quantity\":1,"
                                + "\"reason\":\"UNDELIVERABLE\",\"condition\":\"USED\",\"disposition\":\"RESTOCK\"}]}",
                        422,
                        "lines[0].reason"),
                put(
                        "a destination in no country",
                        "notification",
                        "/v1/customers/c-1/destinations/home",
                        "{\"name\":\"x\",\"addressLines\":[\"y\"],\"country\":\"Iceland\"}",
                        422,
                        "country"),
                put(
                        "a date with half of its hours",
                        "inventory",
                        "/v1/locations/$STORE",
                        "{\"name\":\"x\",\"type\":\"STORE\",\"latitude\":1,\"longitude\":0,\"timeZone\":\"Europe/Oslo\","
                                + "\"exceptions\":[{\"date\":\"2026-12-24\",\"opens\":\"10:00\"}]}",
                        422,
                        "exceptions[0].closes"),
                post(
                        "count before all time",
                        "inventory",
                        "/v1/locations/$STORE/counts",
                        "{\"countedAt\":\"-1000000000-01-01T00:00:00Z\",\"lines\":[{\"sku\":\"s\",\"quantity\":1}]}",
                        422,
                        "countedAt"),
                put(
                        "negative safety stock",
                        "inventory",
                        "/v1/locations/$STORE/safety-stock/s",
                        "{\"quantity\":-1}",
                        422,
                        "quantity"),
                post(
                        "deadline that is none",
                        "pickup",
                        pickup + "/ready",
                        "{\"pickupWithinSeconds\":0}",
                        422,
                        "pickupWithinSeconds"),
                post(
                        "short of nothing",
                        "pickup",
                        pickup + "/short",
                        "{\"lineId\":\"1\",\"quantity\":0,\"reason\":\"NOT_FOUND\"}",
                        422,
                        "quantity"),
                post("no reason", "pickup", pickup + "/reject", "{}", 422, "reason"),
                post("no time", "pickup", pickup + "/extend", "{}", 422, "until"),
                post("no proof", "pickup", pickup + "/handover", "{}", 422, "code"),
                post("nothing like a code", "pickup", pickup + "/handover", "{\"code\":\"!\"}", 422, "code"),
                post("negative return", "returns", returns, back("\"quantity\":-1"), 422, "lines[0].quantity"),
                post(
                        "return without disposition",
                        "returns",
                        returns,
                        "{\"locationId\":\"$STORE\",\"lines\":[{\"lineId\":\"1\",\"quantity\":1}]}",
                        422,
                        "lines[0].disposition"),
                put("no locale", "notification", contact, "{\"emailConsent\":true}", 422, "locale"),
                put(
                        "no address",
                        "notification",
                        contact,
                        "{\"emailConsent\":true,\"locale\":\"en\",\"email\":\"nobody\"}",
                        422,
                        "email"),
                // Ids that only look like others, or say who a person is
                post(
                        "invisible twin",
                        "inventory",
                        receipt,
                        stock("\"quantity\":1").replace("\"s\"", "\"s\u00a0\""),
                        422,
                        "lines[0].sku"),
                get("invisible twin", "inventory", "/v1/locations/$STORE/stock/$SKU%E2%80%8B", 422, "sku"),
                put(
                        "phone number",
                        "notification",
                        "/v1/customers/555-123-4567/contact",
                        "{\"emailConsent\":true,\"locale\":\"en\"}",
                        422,
                        "customerId"),
                // Ids nobody knows
                get("unknown order", "order", "/v1/orders/none", 404, ""),
                get("unknown order", "order", "/v1/orders/none/events", 404, ""),
                get("unknown order", "order", "/v1/orders/none/stream", 404, ""),
                post("unknown order", "order", "/v1/orders/none/cancel", "{}", 404, "orderId"),
                get("unknown location", "inventory", "/v1/locations/none/stock", 404, ""),
                get("unknown SKU", "inventory", "/v1/locations/$STORE/stock/none", 404, ""),
                post(
                        "unknown location",
                        "inventory",
                        "/v1/locations/none/receipts",
                        stock("\"quantity\":1"),
                        404,
                        "locationId"),
                get("unknown pickup", "pickup", "/v1/pickups/none", 404, ""),
                post("unknown pickup", "pickup", "/v1/pickups/none/ready", "{}", 404, "fulfilmentId"),
                get("unknown order", "returns", "/v1/orders/none/returnable", 404, ""),
                post(
                        "unknown location",
                        "returns",
                        returns,
                        back("\"quantity\":1").replace("$STORE", "none"),
                        422,
                        "locationId"),
                get("no purpose", "notification", "/v1/customers/none/contact", 400, "Mortar-Purpose"),
                get("unknown notification", "notification", "/v1/notifications/none", 404, ""),
                get("unknown path", "order", "/v1/parcels", 404, ""),
                // Wrong state
                post("not handed over", "returns", returns, back("\"quantity\":1"), 404, "orderId"),
                post("unknown pickup", "pickup", "/v1/pickups/none/accept", "{}", 404, "fulfilmentId"),
                post("not ready", "pickup", pickup + "/extend", "{\"until\":\"2030-01-01T00:00:00Z\"}", 409, "state"),
                post("not ready", "pickup", pickup + "/handover", "{\"code\":\"00000000\"}", 409, "state"),
                post(
                        "actor in the body",
                        "pickup",
                        pickup + "/handover",
                        "{\"override\":{\"associateId\":\"a\",\"reason\":\"CODE_LOCKED\"}}",
                        400,
                        "override.associateId"),
                post(
                        "nothing taken for no reason",
                        "pickup",
                        pickup + "/handover",
                        "{\"code\":\"00000000\",\"taken\":[]}",
                        422,
                        "notTakenReason"),
                post(
                        "more than there is",
                        "order",
                        "/v1/orders/$ORDER/cancel",
                        "{\"lines\":[{\"lineId\":\"1\",\"quantity\":9}]}",
                        409,
                        "field"),
                post(
                        "more than is available",
                        "inventory",
                        "/v1/locations/$STORE/holds",
                        "{\"lines\":[{\"sku\":\"$SKU\",\"quantity\":99}]}",
                        409,
                        "shortages"),
                // Odd parameters
                get("page of nothing", "order", "/v1/customers/c-1/orders?limit=0", 422, "limit"),
                get("cursor of another", "order", "/v1/customers/c-1/orders?cursor=x", 400, "cursor"),
                get(
                        "after all there can be",
                        "order",
                        "/v1/orders/$ORDER/events?after=" + Long.MAX_VALUE,
                        422,
                        "after"),
                get("limit that is no number", "order", "/v1/customers/c-1/orders?limit=many", 400, "limit"),
                get("page of too much", "inventory", "/v1/locations/$STORE/stock?limit=100000", 422, "limit"),
                get("nowhere", "inventory", "/v1/stock/s?near=here", 400, "near"),
                get("page of too much", "pickup", "/v1/locations/$STORE/pickups?limit=1000", 422, "limit"),
                get("unknown state", "pickup", "/v1/locations/$STORE/pickups?state=LOST", 400, "state"),
                get("neither yes nor no", "pickup", "/v1/locations/$STORE/pickups?overdue=often", 400, "overdue"),
                get("page of too much", "notification", "/v1/customers/c-1/notifications?limit=9999", 422, "limit"));
    }

    @ParameterizedTest
    @MethodSource("wrongs")
    void aWrongRequestIsRefusedAndTheAnswerNamesWhatIsWrong(Wrong wrong) {
        Answer answer = sender(wrong)
                .send(
                        wrong.service(),
                        wrong.method(),
                        filled(wrong.path()),
                        wrong.method().equals("GET") ? null : filled(wrong.body()),
                        "Idempotency-Key",
                        newKey());

        requireProblem(answer, wrong.status());
        if (!wrong.field().isEmpty()) {
            assertThat(named(answer)).as("%s", answer.body()).contains(wrong.field());
        }
    }

    /** Pickups and pauses are the work of the store. */
    private Shop sender(Wrong wrong) {
        if (!wrong.service().equals("pickup") && !wrong.path().endsWith("/pauses")) {
            return shop;
        }
        if (wrong.path().endsWith("/delivered") || wrong.path().endsWith("/attempt-failed")) {
            return shop.as("COURIER courier-1");
        }
        return shop.as((wrong.body().contains("override") ? "LEAD a-1 " : "ASSOCIATE a-1 ") + store);
    }

    @Test
    void anOverrideByAnAssociateIsRefused() {
        requireProblem(
                shop.asAssociate(store)
                        .post("pickup", "/v1/pickups/" + orderId + "-1/handover", newKey(), Shop.override()),
                403);
    }

    @Test
    void aRequestWithoutKeyIsRefused() {
        for (Wrong each : List.of(
                post("", "order", "/v1/orders", "{}", 400, ""),
                post("", "order", "/v1/sales", "{}", 400, ""),
                post("", "order", "/v1/sales/batch", "{}", 400, ""),
                post("", "order", "/v1/orders/$ORDER/cancel", "{}", 400, ""),
                post("", "inventory", "/v1/locations/$STORE/receipts", "{}", 400, ""),
                post("", "pickup", "/v1/pickups/$ORDER-1/ready", "{}", 400, ""),
                post("", "returns", "/v1/orders/$ORDER/returns", "{}", 400, ""))) {
            Answer answer = sender(each).send(each.service(), "POST", filled(each.path()), filled(each.body()));

            requireProblem(answer, 400);
            assertThat(named(answer)).contains("Idempotency-Key");
        }
    }

    @Test
    void aBodyOfMoreThanAMebibyteIsRefused() {
        String large = "{\"channelId\":\"" + "x".repeat(MORE_THAN_A_MEBIBYTE) + "\"}";
        for (Wrong each : List.of(
                post("", "order", "/v1/orders", large, 413, ""),
                post("", "inventory", "/v1/locations/$STORE/receipts", large, 413, ""),
                post("", "pickup", "/v1/pickups/$ORDER-1/ready", large, 413, ""),
                post("", "returns", "/v1/orders/$ORDER/returns", large, 413, ""),
                put("", "notification", "/v1/customers/c-1/contact", large, 413, ""))) {
            requireProblem(
                    sender(each)
                            .send(
                                    each.service(),
                                    each.method(),
                                    filled(each.path()),
                                    each.body(),
                                    "Idempotency-Key",
                                    newKey()),
                    413);
        }
    }

    @Test
    void wrongHeadersAreRefused() {
        String path = "/v1/orders/" + orderId + "/cancel";
        requireProblem(shop.post("order", path, newKey(), null, "If-Match", "newest"), 400);
        requireProblem(shop.post("order", path, newKey(), null, "Mortar-Actor", "KING arthur"), 400);
        requireProblem(shop.post("order", path, "x".repeat(300), null), 400);
        requireProblem(
                shop.send("order", "POST", path, "{}", "Idempotency-Key", newKey(), "Content-Type", "text/plain"), 415);
        requireProblem(shop.send("order", "PATCH", "/v1/orders/" + orderId, "{}"), 405);
    }

    @Test
    void noneOfItChangesAnything() {
        String untouched = shop.storeWith(sku, 5);

        shop.send(
                        "inventory",
                        "POST",
                        "/v1/locations/" + untouched + "/receipts",
                        stock("\"quantity\":-5"),
                        "Idempotency-Key",
                        newKey())
                .is(422);
        shop.awaitStock(untouched, sku, 5, 0);
        assertThat(shop.awaitOrder(orderId, "CONFIRMED").number("/lines/0/open"))
                .isEqualTo(1);
        shop.awaitStock(store, sku, 5, 1);
    }

    private static void requireProblem(Answer answer, int status) {
        answer.is(status);
        assertThat(answer.header("content-type")).as("%s", answer).startsWith("application/problem+json");
        assertThat(answer.number("/status")).isEqualTo(status);
    }

    /** The fields an answer names: of the request, or of the refusal. */
    private static List<String> named(Answer answer) {
        return Stream.concat(
                        answer.each("/errors")
                                .map((JsonNode error) -> error.path("field").asString("")),
                        Stream.concat(answer.body().propertyNames().stream(), Stream.of(answer.text("/field"))))
                .map(name -> name.replaceAll("(lineIds)\\[\\d+]$", "$1"))
                .toList();
    }

    private static String filled(String text) {
        return text.replace("$STORE", store)
                .replace("$ORDER", orderId)
                .replace("$SKU", text.startsWith("/") ? Api.segment(sku) : sku);
    }

    private static String lines(String rest) {
        return "{\"channel\":\"ONLINE\",\"lines\":[{\"sku\":\"s\"," + rest + "}]}";
    }

    private static String stock(String rest) {
        return "{\"lines\":[{\"sku\":\"s\"," + rest + "}]}";
    }

    private static String back(String rest) {
        return "{\"locationId\":\"$STORE\",\"lines\":[{\"lineId\":\"1\",\"disposition\":\"RESTOCK\"," + rest + "}]}";
    }

    private static Wrong post(String what, String service, String path, String body, int status, String field) {
        return new Wrong(what, service, "POST", path, body, status, field);
    }

    private static String capacity(String method, String from, String to, int ordersPerSlot) {
        return "{\"method\":\"%s\",\"day\":\"MONDAY\",\"from\":\"%s\",\"to\":\"%s\",\"ordersPerSlot\":%d}"
                .formatted(method, from, to, ordersPerSlot);
    }

    private static Wrong put(String what, String service, String path, String body, int status, String field) {
        return new Wrong(what, service, "PUT", path, body, status, field);
    }

    private static Wrong patch(String what, String service, String path, String body, int status, String field) {
        return new Wrong(what, service, "PATCH", path, body, status, field);
    }

    private static Wrong get(String what, String service, String path, int status, String field) {
        return new Wrong(what, service, "GET", path, "", status, field);
    }
}
