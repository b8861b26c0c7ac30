package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.line;
import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mortar.localstack.Mail;
import dev.mortar.systemtests.Shop.Shopper;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Bought online, picked up in a store: from the click to the empty shelf. */
class BuyOnlineStoryIT {

    private final Shop shop = Shop.open();

    @Test
    void aShopperBuysOnlineAndFetchesTheGoodsWithTheCodeFromTheMail() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 5);

        Answer placed = shop.post(
                        "order", "/v1/orders", newKey(), pickupOrder(shopper, store, sku, 2), "Prefer", "wait=30")
                .is(201, 202);
        String orderId = placed.text("/orderId");
        String fulfilment = orderId + "-1";
        Answer confirmed = shop.awaitOrder(orderId, "CONFIRMED");
        assertThat(confirmed.number("/total/amount")).isEqualTo(3_998);
        assertThat(confirmed.text("/fulfilments/0/fulfilmentId")).isEqualTo(fulfilment);
        shop.awaitStock(store, sku, 5, 2);
        assertThat(shop.awaitMail(shopper, "Your order is confirmed").text()).contains(orderId);

        shop.awaitPickup(fulfilment, "REQUESTED");
        Shop.awaitAnswer(
                "the store's queue shows it",
                () -> shop.get("pickup", "/v1/locations/" + store + "/pickups"),
                queue -> queue.text("/pickups/0/fulfilmentId").equals(fulfilment));
        shop.pick(fulfilment);
        shop.ready(fulfilment);
        String code = shop.codeMailedTo(shopper, orderId);
        Mail ready = shop.awaitMail(shopper, "ready for pickup");
        assertThat(ready.attachments()).as("the QR code").isNotEmpty();

        shop.handOver(fulfilment, wrong(code)).is(403);
        assertThat(shop.handOver(fulfilment, code).is(200).text("/state")).isEqualTo("HANDED_OVER");

        Answer completed = shop.awaitOrder(orderId, "COMPLETED");
        assertThat(completed.number("/lines/0/handedOver")).isEqualTo(2);
        shop.awaitStock(store, sku, 3, 0);
        shop.awaitMail(shopper, "You have picked up your order");
        assertThat(shop.awaitReturnable(orderId).number("/lines/0/returnable")).isEqualTo(2);
        assertThat(shop.mailsTo(shopper))
                .extracting(Mail::subject)
                .containsExactly(
                        "Your order is confirmed", "Your order is ready for pickup", "You have picked up your order");
    }

    @Test
    void theHistoryNamesTheRecordInTheLogBehindEachStep() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 1);
        String orderId = shop.bought(shopper, store, sku, 1);

        List<JsonNode> history = shop.get("order", "/v1/orders/" + orderId + "/events")
                .is(200)
                .each("/events")
                .toList();
        assertThat(history)
                .extracting(event -> Shop.simpleName(event.path("type").asString()))
                .startsWith("OrderPlaced")
                .contains("OrderConfirmed", "FulfilmentHandedOver")
                .endsWith("OrderCompleted");
        try (var log = new Log(TheStack.get().client())) {
            assertThat(log.eventsOf("order.events", orderId))
                    .extracting(Log.Entry::eventId)
                    .containsExactlyElementsOf(history.stream()
                            .map(event -> event.path("eventId").asString())
                            .toList());
            List<Log.Entry> stockLog = log.eventsOf("inventory.events", store);
            assertThat(shop.stockEvents(store, sku))
                    .extracting(event -> event.path("type").asString())
                    .containsExactly("StockReceived", "StockReserved", "StockCommitted");
            assertThat(shop.stockEvents(store, sku))
                    .allSatisfy(event -> assertThat(stockLog)
                            .anySatisfy(entry -> assertThat(entry.toString())
                                    .isEqualTo(event.path("topic").asString() + "/"
                                            + event.path("partition").asInt() + "/"
                                            + event.path("offset").asLong() + " " + store + " "
                                            + event.path("type").asString() + " "
                                            + event.path("eventId").asString())));
        }
    }

    @Test
    void theSummaryTopicShowsHowTheOrderEnded() throws Exception {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String orderId = shop.bought(shopper, shop.storeWith(sku, 1), sku, 1);

        try (var log = new Log(TheStack.get().client())) {
            await().atMost(Shop.PATIENCE).untilAsserted(() -> {
                List<Log.Entry> summaries = log.eventsOf("order.summaries", orderId);
                assertThat(summaries).isNotEmpty();
                // Confluent's frame: a zero, then the schema id; the state is a string in the record behind it.
                assertThat(summaries.getLast().value())
                        .startsWith("\0")
                        .contains("COMPLETED")
                        .contains(shopper.customerId());
            });
        }
    }

    @Test
    void whatThePickerDoesNotFindIsToldWithReasonAndAmount() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String missing = newSku();
        String store = shop.storeWith(sku, 1);
        shop.receive(store, missing, 1);
        String orderId = shop.confirmed(pickupOrder(shopper, store, List.of(line("1", sku, 1), line("2", missing, 1))));
        String fulfilment = orderId + "-1";

        shop.awaitPickup(fulfilment, "REQUESTED");
        shop.pick(fulfilment);
        shop.atCounter(fulfilment, "short", Map.of("lineId", "2", "quantity", 1, "reason", "NOT_FOUND"))
                .is(200);
        shop.ready(fulfilment);

        assertThat(shop.awaitMail(shopper, "Part of your order is cancelled").text())
                .contains(orderId, "The store could not find it.", "Taken off your total");
        assertThat(shop.awaitMail(shopper, "Your order is ready for pickup").text())
                .contains("We could not find this article for you:");
    }

    @Test
    void anAssociateHasAMailSentAgainUntilTheGoodsAreGone() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 1);
        String orderId = shop.confirmed(pickupOrder(shopper, store, sku, 1));
        String fulfilment = orderId + "-1";
        shop.awaitPickup(fulfilment, "REQUESTED");
        shop.pick(fulfilment);
        shop.ready(fulfilment);
        String code = shop.codeMailedTo(shopper, orderId);
        String messageId =
                shop.awaitMail(shopper, "Your order is ready for pickup").messageId();
        String readyId = messageId.substring(1, messageId.indexOf('@'));
        String repeats = "/v1/notifications/" + readyId + "/repeats";

        // To a shopper there is nothing to repeat.
        shop.as("SHOPPER " + shopper.customerId())
                .post("notification", repeats, newKey(), null)
                .is(404);
        Shop counter = shop.asAssociate(store);
        Answer again = Shop.awaitAnswer(
                "the mail is repeated",
                () -> counter.post("notification", repeats, newKey(), null),
                answer -> answer.status() == 200 || answer.status() == 201);
        assertThat(again.text("/repeatOf")).isEqualTo(readyId);
        await().atMost(Shop.PATIENCE)
                .untilAsserted(() -> assertThat(shop.mailsTo(shopper).stream()
                                .filter(mail -> mail.subject().equals("Your order is ready for pickup")))
                        .hasSize(2));

        shop.handOver(fulfilment, code).is(200);
        Shop.awaitAnswer(
                "the mail is out of date",
                () -> counter.post("notification", repeats, newKey(), null),
                answer -> answer.status() == 409 && answer.text("/type").contains("out-of-date"));
    }

    @Test
    void anOrderThatAsksForMoreThanThereIsIsRejectedAndSaysWhatThereWas() {
        Shopper shopper = shop.shopper();
        String scarce = newSku();
        String plenty = newSku();
        String store = shop.storeWith(scarce, 2);
        shop.receive(store, plenty, 10);

        String orderId = shop.place(pickupOrder(shopper, store, List.of(line("1", plenty, 1), line("2", scarce, 3))));

        Answer rejected = shop.awaitOrder(orderId, "REJECTED");
        assertThat(rejected.text("/reason")).isEqualTo("OUT_OF_STOCK");
        assertThat(rejected.text("/shortages/0/sku")).isEqualTo(scarce);
        assertThat(rejected.number("/shortages/0/requested")).isEqualTo(3);
        assertThat(rejected.number("/shortages/0/available")).isEqualTo(2);
        shop.awaitStock(store, scarce, 2, 0);
        shop.awaitStock(store, plenty, 10, 0);
        assertThat(shop.awaitMail(shopper, "We could not accept your order").text())
                .contains(orderId);
    }

    @Test
    void anOrderPerFulfilmentKeepsWhatCanBeHad() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String full = shop.storeWith(sku, 1);
        String empty = shop.storeWith(newSku(), 1);
        var order = Map.of(
                "channel", "ONLINE",
                "customerId", shopper.customerId(),
                "acceptance", "PER_FULFILMENT",
                "lines", List.of(line("1", sku, 1), line("2", sku, 1)),
                "fulfilments",
                        List.of(
                                Map.of("method", "PICKUP", "locationId", full, "lineIds", List.of("1")),
                                Map.of("method", "CURBSIDE", "locationId", empty, "lineIds", List.of("2"))));

        String orderId = shop.place(order);

        Answer confirmed = shop.awaitOrder(orderId, "CONFIRMED");
        assertThat(confirmed.number("/lines/0/open")).isEqualTo(1);
        assertThat(confirmed.number("/lines/1/rejected")).isEqualTo(1);
        shop.awaitStock(full, sku, 1, 1);
        shop.fetch(orderId, shopper);
        shop.awaitStock(full, sku, 0, 0);
    }

    @Test
    void aShopperSeesHerOrdersNewestFirstPageByPage() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 5);
        List<String> placed = Stream.generate(() -> shop.confirmed(pickupOrder(shopper, store, sku, 1)))
                .limit(5)
                .toList();
        String path = "/v1/customers/" + shopper.customerId() + "/orders?limit=2";

        await().atMost(Shop.PATIENCE).untilAsserted(() -> {
            Answer first = shop.get("order", path).is(200);
            Answer second =
                    shop.get("order", path + "&cursor=" + first.text("/next")).is(200);
            Answer third =
                    shop.get("order", path + "&cursor=" + second.text("/next")).is(200);
            assertThat(third.text("/next")).isEmpty();
            assertThat(Stream.of(first, second, third)
                            .flatMap(page -> page.each("/orders"))
                            .map(order -> order.path("orderId").asString()))
                    .containsExactlyElementsOf(placed.reversed());
        });
    }

    @Test
    void whoListensSeesAnOrderChangeAsItChanges() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 1);
        String orderId = shop.place(pickupOrder(shopper, store, sku, 1));
        Shop.awaitAnswer("the view shows it", () -> shop.order(orderId), answer -> answer.status() == 200);

        var states = new CopyOnWriteArrayList<String>();
        var ids = new CopyOnWriteArrayList<Long>();
        var listening = Thread.ofVirtual()
                .start(() -> shop.listen(
                        "/v1/orders/" + orderId + "/stream", line -> line.contains("\"COMPLETED\""), line -> {
                            if (line.startsWith("id:")) {
                                ids.add(Long.parseLong(line.substring(3).strip()));
                            } else if (line.startsWith("data:")) {
                                states.add(JsonMapper.shared()
                                        .readTree(line.substring(5))
                                        .path("state")
                                        .asString());
                            }
                        }));
        await().atMost(Shop.PATIENCE).until(() -> states.contains("CONFIRMED"));
        shop.fetch(orderId, shopper);

        await().atMost(Shop.PATIENCE).until(() -> !listening.isAlive());
        assertThat(states).endsWith("COMPLETED");
        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    /** Another code that could be one. */
    private static String wrong(String code) {
        return (code.charAt(0) == '7' ? '8' : '7') + code.substring(1);
    }

    /** U+0140 and U+013E end in the bytes of @ and >: cut to a byte each, the mail would go to somebody else. */
    @ParameterizedTest
    @CsvSource({
        "Jón.%s@example.com, Jón.%s@example.com",
        "info.%s@exämple.de, info.%s@xn--exmple-cua.de",
        "p.%s@пример.рф, p.%s@xn--e1afmkfd.xn--p1ai",
        "v.%s\u0140other.example\u013e@example.com, v.%s\u0140other.example\u013e@example.com"
    })
    void aMailGoesToTheVeryAddressThatWasEntered(String entered, String delivered) {
        String unique = Shop.newKey();
        Shopper shopper = new Shopper("c-" + unique, entered.formatted(unique));
        shop.put("notification", Shop.contactPath(shopper), Shop.contact(shopper))
                .is(200);
        String sku = newSku();
        String store = shop.storeWith(sku, 1);

        shop.confirmed(pickupOrder(shopper, store, sku, 1));

        Shopper mailbox = new Shopper(shopper.customerId(), delivered.formatted(unique));
        assertThat(shop.awaitMail(mailbox, "Your order is confirmed").text()).contains("Lopapeysa");
    }
}
