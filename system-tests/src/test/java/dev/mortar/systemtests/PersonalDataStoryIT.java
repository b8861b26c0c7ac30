package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mortar.localstack.PrivacyCli;
import dev.mortar.systemtests.Shop.Shopper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Personal data is in one topic, and can be erased there. */
class PersonalDataStoryIT {

    @TempDir
    Path folder;

    private final Shop shop = Shop.open();

    @Test
    void anErasedShopperIsToldNothingAndOnlyATombstoneIsLeft() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 1);

        shop.delete("notification", Shop.contactPath(shopper)).is(204);
        shop.get("notification", Shop.contactPath(shopper), "Mortar-Purpose", "LEGAL")
                .is(404);
        String orderId = shop.confirmed(pickupOrder(shopper, store, sku, 1));

        // The notification waits for a contact for an hour.
        Answer waits = Shop.awaitAnswer(
                "senders are told a second time",
                () -> shop.get("notification", "/v1/customers/" + shopper.customerId() + "/notifications"),
                answer -> answer.status() == 200
                        && !answer.text("/notifications/0/changedAt")
                                .equals(answer.text("/notifications/0/requestedAt")));
        assertThat(waits.text("/notifications/0/state")).isEqualTo("REQUESTED");
        assertThat(waits.text("/notifications/0/orderId")).isEqualTo(orderId);
        assertThat(shop.mailsTo(shopper)).isEmpty();
        try (var log = new Log(TheStack.get().client())) {
            await().atMost(Shop.PATIENCE).untilAsserted(() -> {
                List<Log.Entry> contacts = log.eventsOf("customer.contacts", shopper.customerId());
                assertThat(contacts).isNotEmpty();
                assertThat(contacts.getLast().value()).isNull();
            });
        }
    }

    @Test
    void whoDoesNotConsentIsNotTold() {
        Shopper shopper = Shop.stranger();
        shop.put(
                        "notification",
                        Shop.contactPath(shopper),
                        Map.of("email", shopper.email(), "locale", "is", "emailConsent", false))
                .is(200);
        String sku = newSku();
        shop.confirmed(pickupOrder(shopper, shop.storeWith(sku, 1), sku, 1));

        Answer told = Shop.awaitAnswer(
                "the notification is suppressed",
                () -> shop.get("notification", "/v1/customers/" + shopper.customerId() + "/notifications"),
                answer -> answer.text("/notifications/0/state").equals("SUPPRESSED"));

        assertThat(told.text("/notifications/0/suppressionReason")).isEqualTo("NO_CONSENT");
        assertThat(shop.mailsTo(shopper)).isEmpty();
    }

    @Test
    void aReadIsRecordedBeforeItIsAnswered() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String store = shop.storeWith(sku, 1);
        String fulfilmentId = shop.confirmed(pickupOrder(shopper, store, sku, 1)) + "-1";
        shop.pick(fulfilmentId);
        shop.ready(fulfilmentId);

        shop.get("notification", Shop.contactPath(shopper)).is(400);
        shop.get("notification", Shop.contactPath(shopper), "Mortar-Purpose", "RETURN")
                .is(200);
        String path = "/v1/pickups/" + fulfilmentId + "/recipient";
        Answer recipient = Shop.awaitAnswer(
                "the pickup is known to be ready",
                () -> shop.asAssociate(store).get("notification", path),
                answer -> answer.status() == 200);
        assertThat(recipient.text("/firstName")).isEqualTo("Ása");
        assertThat(recipient.body().toString()).doesNotContain(shopper.email());
        shop.asAssociate(shop.store()).get("notification", path).is(403);
        shop.handOver(fulfilmentId, shop.codeMailedTo(shopper, fulfilmentId.replaceFirst("-1$", "")))
                .is(200);
        Shop.awaitAnswer(
                "the pickup is known to be over",
                () -> shop.asAssociate(store).get("notification", path),
                answer -> answer.status() == 404);

        try (var log = new Log(TheStack.get().client())) {
            List<Log.Entry> reads = log.eventsOf("customer.contact-reads", shopper.customerId());
            assertThat(reads.getFirst().value()).contains("mortar", "email");
            assertThat(reads.getLast().value()).contains("firstName", store);
            assertThat(reads).noneSatisfy(read -> assertThat(read.value()).contains(shopper.email()));
        }
    }

    @Test
    void aShopperGetsAllThatIsKnown() throws IOException {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        String orderId = shop.bought(shopper, shop.storeWith(sku, 1), sku, 1);
        Path file = folder.resolve("export.json");
        String token = TheStack.get().tokens().token("BACK_OFFICE b-7");
        List<String> typed = new ArrayList<>(List.of("export", shopper.customerId(), "--out", file.toString()));
        typed.addAll(
                List.of("--token-file", TheStack.file("privacy-token", token).toString()));
        typed.addAll(List.of("--registry", TheStack.get().schemaRegistryUrl()));
        String client = "bootstrap.servers=" + TheStack.get().bootstrapServers();
        typed.addAll(List.of(
                "--kafka-properties", TheStack.file("privacy-client", client).toString()));
        Log.NOUNS.forEach(noun ->
                typed.addAll(List.of("--url", noun + "=" + TheStack.get().url(noun))));
        var said = new ByteArrayOutputStream();
        var out = new PrintStream(said, true, StandardCharsets.UTF_8);

        assertThat(PrivacyCli.run(typed, out, out)).as("%s", said).isZero();

        JsonNode all = JsonMapper.shared().readTree(Files.readAllBytes(file));
        assertThat(all.at("/contact/email").asString()).isEqualTo(shopper.email());
        assertThat(all.at("/orders/0/orderId").asString()).isEqualTo(orderId);
        assertThat(all.at("/pickups/0/fulfilmentId").asString()).isEqualTo(orderId + "-1");
        assertThat(all.path("notifications").size()).isGreaterThan(1);
        assertThat(all.path("contactReads").size()).isOne();
        assertThat(all.at("/contactReads/0/actorId").asString()).isEqualTo("b-7");
        assertThat(all.at("/contactReads/0/purpose").asString()).isEqualTo("LEGAL");
    }

    @Test
    void noTopicButTheContactsHoldsAnAddress() {
        Shopper shopper = shop.shopper();
        String sku = newSku();
        shop.bought(shopper, shop.storeWith(sku, 1), sku, 1);

        try (var log = new Log(TheStack.get().client())) {
            List<String> others = Stream.concat(
                            Log.NOUNS.stream()
                                    .flatMap(noun -> Stream.of(
                                            noun + ".events",
                                            noun + ".commands",
                                            noun + ".replies",
                                            noun + ".dead-letters")),
                            Stream.of(
                                    "order.summaries",
                                    "inventory.levels",
                                    "inventory.locations",
                                    "customer.contact-reads"))
                    .toList();
            assertThat(log.read(others))
                    .noneSatisfy(entry -> assertThat(entry.value()).contains(shopper.email()));
            assertThat(log.read(List.of("customer.contacts")))
                    .anySatisfy(entry -> assertThat(entry.value()).contains(shopper.email()));
        }
    }
}
