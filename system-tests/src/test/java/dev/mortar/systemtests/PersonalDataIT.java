package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mortar.localstack.Http;
import dev.mortar.localstack.PrivacyCli;
import dev.mortar.localstack.Stack;
import dev.mortar.localstack.Tokens;
import dev.mortar.systemtests.Shop.Shopper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Personal data is in one topic, and can be erased there. The stack is secured, so the tools read as the user auditor.
 * Segments of the contacts are short on it, so the broker cleans them within seconds instead of hours.
 */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
class PersonalDataIT {
    private static final String CONTACTS = "customer.contacts";

    private static final Pattern PLACE = Pattern.compile(" *[0-9,]+ +([0-9,]+)  ((?:topic|files) \\S+)");

    @TempDir
    Path folder;

    private static final Path STACK_FOLDER = TheSecuredStack.FOLDER;

    private static Stack stack;
    private static Shop shop;

    @BeforeAll
    static void start() throws ExecutionException, InterruptedException {
        stack = TheSecuredStack.get();
        shop = Shop.of(stack);
        try (Admin admin = Admin.create(stack.client())) {
            set(admin, ConfigResource.Type.TOPIC, CONTACTS, "segment.ms", "1");
            set(admin, ConfigResource.Type.TOPIC, CONTACTS, "max.compaction.lag.ms", "1");
            set(admin, ConfigResource.Type.TOPIC, CONTACTS, "file.delete.delay.ms", "1");
            set(admin, ConfigResource.Type.BROKER, "", "log.cleaner.backoff.ms", "100");
        }
    }

    private static void set(Admin admin, ConfigResource.Type type, String name, String setting, String value)
            throws ExecutionException, InterruptedException {
        var change = new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(type, name), List.of(change)))
                .all()
                .get();
    }

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
        try (var log = new Log(stack.client())) {
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
    void aReadIsRecordedBeforeItIsAnswered() throws IOException {
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

        assertThat(Files.readAllLines(stack.service("notification").log()))
                .anyMatch(line -> line.contains("\"CONTACT_READ\"") && line.contains("KERB_HANDOVER"));
        try (var log = new Log(stack.client())) {
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
        putDestination(shopper, "Laugavegur 1");

        privacy(0, "export", shopper, "--out", file.toString());

        JsonNode all = JsonMapper.shared().readTree(Files.readAllBytes(file));
        assertThat(all.at("/contact/email").asString()).isEqualTo(shopper.email());
        assertThat(all.at("/contact/destinations/0/addressLines/0").asString()).isEqualTo("Laugavegur 1");
        assertThat(all.at("/orders/0/orderId").asString()).isEqualTo(orderId);
        assertThat(all.at("/pickups/0/fulfilmentId").asString()).isEqualTo(orderId + "-1");
        assertThat(all.path("notifications").size()).isGreaterThan(1);
        assertThat(all.path("contactReads").size()).isOne();
        assertThat(all.at("/contactReads/0/actorId").asString()).isEqualTo("b-7");
        assertThat(all.at("/contactReads/0/purpose").asString()).isEqualTo("LEGAL");
    }

    private void putDestination(Shopper shopper, String street) {
        shop.put(
                        "notification",
                        "/v1/customers/" + shopper.customerId() + "/destinations/home",
                        Map.of("name", "Ada", "addressLines", List.of(street), "country", "IS"))
                .is(200);
    }

    @Test
    void anErasureIsProvedWhenTheBrokerHasRemovedTheContact() throws IOException, InterruptedException {
        Shopper shopper = Shop.stranger();
        String mark = shopper.customerId().substring(2);
        String name = "Þórunn Ósk " + mark;
        String phone = "+354770%07d".formatted(Math.floorMod(mark.hashCode(), 10_000_000));
        String vehicle = "red " + mark;
        String street = "Laugavegur " + mark;
        List<String> values = List.of(name, shopper.email(), phone, vehicle, street);
        Map<String, Object> contact = new HashMap<>(Shop.contact(shopper));
        contact.putAll(Map.of("name", name, "phone", phone, "vehicle", vehicle));
        shop.put("notification", Shop.contactPath(shopper), contact).is(200);
        putDestination(shopper, street);
        String sku = newSku();
        shop.bought(shopper, shop.storeWith(sku, 1), sku, 1);
        awaitRead(shopper, 200);
        Path valuesFile = folder.resolve("values");
        Files.createFile(
                valuesFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(valuesFile, values);
        Path report = folder.resolve("proof.txt");
        List<String> arguments =
                new ArrayList<>(List.of("--values", valuesFile.toString(), "--out", report.toString()));
        places().forEach(place -> arguments.addAll(List.of("--folder", place.toString())));
        String[] prove = arguments.toArray(String[]::new);

        assertThat(privacy(1, "prove", shopper, prove)).contains("Nobody asked to erase");
        assertThat(privacy(0, "erase", shopper)).contains("The proof is due by");
        String left = privacy(1, "prove", shopper, prove);

        Map<String, Long> hits = new HashMap<>();
        PLACE.matcher(left)
                .results()
                .forEach(place ->
                        hits.put(place.group(2), Long.parseLong(place.group(1).replace(",", ""))));
        assertThat(hits).containsEntry("topic " + CONTACTS, (long) values.size());
        hits.values().removeIf(number -> number == 0);
        assertThat(left.lines().filter(line -> line.startsWith(" ".repeat(20) + "   /")))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(file).contains("/customer.contacts-"));
        assertThat(hits).as(left).containsOnlyKeys("topic " + CONTACTS, "files " + STACK_FOLDER.resolve("data/broker"));
        for (String noun : Log.NOUNS) {
            assertThat(metrics(noun)).contains("jvm_").doesNotContain(values);
        }
        assertThat(metrics("notification")).contains("mortar_erasures_overdue 0.0");

        // Each tombstone begins a segment, and the broker cleans the one before.
        await().atMost(Shop.PATIENCE).untilAsserted(() -> {
            privacy(0, "erase", shopper);
            privacy(0, "prove", shopper, prove);
        });
        Answer proved = shop.get("notification", "/v1/customers/" + shopper.customerId() + "/erasure");
        assertThat(proved.text("/proofSha256")).isEqualTo(sha256(report));
        assertThat(proved.text("/requestedBy/id")).isEqualTo("b-7");
        assertThat(Files.readString(report)).doesNotContain(values);

        arguments.set(
                arguments.indexOf(report.toString()),
                folder.resolve("mails.txt").toString());
        arguments.addAll(List.of("--folder", STACK_FOLDER.resolve("data/mails").toString()));
        assertThat(privacy(1, "prove", shopper, arguments.toArray(String[]::new)))
                .as("the mails are the retailer's")
                .contains(".eml");
    }

    @Test
    void aReadThatCannotBeRecordedShowsNothing() throws ExecutionException, InterruptedException {
        Shopper shopper = shop.shopper();
        var denied = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, "customer.contact-reads", PatternType.LITERAL),
                new AccessControlEntry("User:notification-service", "*", AclOperation.WRITE, AclPermissionType.DENY));
        try (Admin admin = Admin.create(stack.client())) {
            admin.createAcls(List.of(denied)).all().get();

            Answer refused = awaitRead(shopper, 503);
            assertThat(refused.body().toString()).doesNotContain(shopper.email(), "Ása");

            admin.deleteAcls(List.of(denied.toFilter())).all().get();
            assertThat(awaitRead(shopper, 200).text("/email")).isEqualTo(shopper.email());
        }
    }

    private Answer awaitRead(Shopper shopper, int status) {
        return Shop.awaitAnswer(
                "a read is answered " + status,
                () -> shop.get("notification", Shop.contactPath(shopper), "Mortar-Purpose", "LEGAL"),
                answer -> answer.status() == status);
    }

    /** The output of a command that ends with this status. */
    private String privacy(int status, String command, Shopper shopper, String... more) throws IOException {
        Path token = Files.writeString(folder.resolve("token"), stack.tokens().token("BACK_OFFICE b-7"));
        List<String> typed = new ArrayList<>(List.of(command, shopper.customerId()));
        typed.addAll(List.of("--token-file", token.toString(), "--registry", stack.schemaRegistryUrl()));
        typed.addAll(List.of(
                "--kafka-properties",
                STACK_FOLDER.resolve("data/clients/auditor.properties").toString()));
        Log.NOUNS.forEach(noun -> typed.addAll(List.of("--url", noun + "=" + stack.url(noun))));
        typed.addAll(List.of(more));
        var said = new ByteArrayOutputStream();
        var out = new PrintStream(said, true, StandardCharsets.UTF_8);
        assertThat(PrivacyCli.run(typed, out, out)).as("%s", said).isEqualTo(status);
        return said.toString(StandardCharsets.UTF_8);
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All data and logs of the stack, but for the mails. */
    private static List<Path> places() throws IOException {
        try (Stream<Path> data = Files.list(STACK_FOLDER.resolve("data"))) {
            return Stream.concat(data.filter(path -> !path.endsWith("mails")), Stream.of(STACK_FOLDER.resolve("logs")))
                    .toList();
        }
    }

    private static String metrics(String noun) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(stack.managementUrl(noun) + "/actuator/prometheus"))
                .headers(stack.tokens().headers(Tokens.OPERATOR).toArray(String[]::new))
                .build();
        return Http.CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
