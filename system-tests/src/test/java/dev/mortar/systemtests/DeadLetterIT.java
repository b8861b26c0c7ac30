package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newSku;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.localstack.DeadLettersCli;
import dev.mortar.localstack.Part;
import dev.mortar.localstack.Stack;
import dev.mortar.localstack.StackOptions;
import dev.mortar.localstack.Tokens;
import dev.mortar.schemas.Actor;
import dev.mortar.schemas.ActorType;
import dev.mortar.schemas.Channel;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.Money;
import dev.mortar.schemas.OrderLine;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.order.FulfilmentHandedOver;
import dev.mortar.schemas.registry.AvroSerializer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;

/**
 * Records that no service can process, and what people do about them. Comes after every test that wants the dead
 * letters empty, as nothing takes a record out of a log again.
 */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
@Order(10)
class DeadLetterIT {

    private Shop shop = Shop.open();
    private Stack stack = TheStack.get();

    @AfterEach
    void everythingRunsAgain() {
        Faults.restoreAll();
    }

    /** Here the test is the order-service: the real one would not go on with such a log of its own. */
    @Test
    void anEventThatCannotBeUnderstoodHoldsUpItsKeyAloneUntilItIsResolved(@TempDir Path folder)
            throws ExecutionException, InterruptedException, TimeoutException {
        try (Stack returns = Stack.start(StackOptions.forTests(folder).withServices("returns"))) {
            stack = returns;
            shop = Shop.of(returns);
            String orderId = UUID.randomUUID().toString();
            int partition = writeHandover(orderId, "1", 0);
            JsonNode first = awaitLetters("returns", orderId, 1).getFirst();
            assertThat(text(first, "cause")).contains("quantity must be greater than 0");

            writeHandover(orderId, "1", 1);
            List<JsonNode> parked = awaitLetters("returns", orderId, 2);
            String poison = place(parked.getFirst());
            String behind = place(parked.getLast());
            assertThat(text(parked.getLast(), "cause")).contains("an earlier record of its key");
            String other = UUID.randomUUID().toString();
            writeHandover(other, "1", 1);
            shop.awaitReturnable(other);
            shop.get("returns", "/v1/orders/" + orderId + "/returnable").is(404);

            assertThat(deadLetters(0, "show", "returns", poison))
                    .contains("FulfilmentHandedOver", orderId, "\"quantity\" : 0");
            assertThat(deadLetters(1, "retry", "returns", behind))
                    .contains(poison, "still cannot be processed", behind, "not tried");
            deadLetters(2, "discard", "returns", poison);
            deadLetters(1, "discard", "returns", poison, "--reason", "Ms Jones rang");
            deadLetters(1, "show", "returns", "0/987654321");
            assertThat(deadLetters(0, "discard", "returns", poison, "--reason", "WRITTEN_BY_HAND"))
                    .contains("discarded");
            assertThat(deadLetters(0, "retry", "returns", behind)).contains("retried, commands sent: 1");

            assertThat(shop.awaitReturnable(orderId).each("/lines")).hasSize(1);
            assertThat(deadLetters(0, "retry", "returns", behind)).contains("nothing done");

            writeHandover(orderId, "2", 1);
            Shop.awaitAnswer(
                    "what is handed over now passes by itself",
                    () -> shop.get("returns", "/v1/orders/" + orderId + "/returnable"),
                    answer -> answer.each("/lines").count() == 2);
            assertThat(letters("returns", orderId, "WAITING")).isEmpty();
            assertThat(deadLetters(0, "returns", "--state", "ALL")).contains("OPERATOR mortar", "WRITTEN_BY_HAND");
            nothingChangesWhenReturnsHearsEverythingAgain(orderId, partition);
        }
    }

    @Test
    void aRejectedCommandIsAcceptedOnceTheReasonIsGone() throws ExecutionException, InterruptedException {
        String sku = newSku();
        String unregistered = "store-" + UUID.randomUUID();
        writeCommand(
                unregistered,
                "{\"type\":\"ReceiveStock\",\"locationId\":\"%s\",\"receiptId\":\"%s\",\"lines\":[{\"sku\":\"%s\",\"quantity\":3,\"unit\":\"EACH\"}]}"
                        .formatted(unregistered, UUID.randomUUID(), sku));
        writeCommand(unregistered, "not a command");
        List<JsonNode> letters = awaitLetters("inventory", unregistered, 2);
        String rejected = place(letters.getFirst());
        String unreadable = place(letters.getLast());
        assertThat(text(letters.getFirst(), "cause")).contains("LocationUnknown");
        assertThat(text(letters.getFirst(), "type")).isEqualTo("ReceiveStock");
        assertThat(deadLetters(0, "show", "inventory", unreadable)).contains("6e6f74206120636f6d6d616e64");

        // Nothing is mended: the command is rejected again, which is a new letter.
        assertThat(deadLetters(1, "retry", "inventory", unreadable))
                .contains("retried, commands sent: 1", "still cannot be processed");
        String rejectedAgain = place(awaitLetter("inventory", unregistered, rejected));

        shop.register(unregistered);
        deadLetters(0, "discard", "inventory", unreadable, "--reason", "NO_COMMAND");
        assertThat(deadLetters(0, "retry", "inventory", rejectedAgain)).contains("retried, commands sent: 1");
        shop.awaitStock(unregistered, sku, 3, 0);

        deadLetters(0, "retry", "inventory", rejected);
        deadLetters(0, "retry", "inventory", rejectedAgain);
        deadLetters(0, "retry", "inventory", "--all");
        try (Log log = new Log(stack.client())) {
            log.awaitReactions();
            shop.awaitStock(unregistered, sku, 3, 0);
            assertThat(log.eventsOf("inventory.events", unregistered))
                    .extracting(Log.Entry::type)
                    .containsExactly("LocationRegistered", "StockReceived");
        }
        assertThat(letters("inventory", unregistered, "WAITING")).isEmpty();
    }

    private void nothingChangesWhenReturnsHearsEverythingAgain(String orderId, int partition)
            throws ExecutionException, InterruptedException, TimeoutException {
        Part returns = stack.service("returns");
        try (Log log = new Log(stack.client())) {
            int lettersBefore = letters("returns", orderId, "").size();
            returns.stop();
            log.resetToBeginning("returns-process");
            returns.start();
            returns.awaitReady();
            // Comes behind everything that is heard again in its partition.
            String last = UUID.randomUUID().toString();
            writeHandover(partition, last, "1", 1);
            shop.awaitReturnable(last);

            assertThat(log.eventsOf("returns.events", orderId))
                    .extracting(Log.Entry::type)
                    .containsExactly("PurchaseRecorded", "PurchaseRecorded");
            assertThat(letters("returns", orderId, "")).hasSize(lettersBefore);
            assertThat(letters("returns", orderId, "WAITING")).isEmpty();
        }
    }

    private int writeHandover(String orderId, String lineId, long quantity)
            throws ExecutionException, InterruptedException {
        return writeHandover(null, orderId, lineId, quantity);
    }

    /**
     * An event of order-service. A quantity of 0 is nothing that returns-service has a word for.
     *
     * @param partition null for that of the order
     * @return its partition
     */
    private int writeHandover(@Nullable Integer partition, String orderId, String lineId, long quantity)
            throws ExecutionException, InterruptedException {
        var serde = Map.of(
                "schema.registry.url",
                stack.schemaRegistryUrl(),
                "auto.register.schemas",
                "false",
                "value.subject.name.strategy",
                "io.confluent.kafka.serializers.subject.TopicRecordNameStrategy");
        Money none = new Money(0L, "ISK");
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        FulfilmentHandedOver handedOver = FulfilmentHandedOver.newBuilder()
                .setMeta(EventMeta.newBuilder()
                        .setEventId(UUID.randomUUID())
                        .setIndex(0)
                        .setCount(1)
                        .setSequence(1)
                        .setPosition(1)
                        .setOccurredAt(now)
                        .setRecordedAt(now)
                        .setCommandId(UUID.randomUUID())
                        .setCausationId(null)
                        .setSource(null)
                        .setCorrelationId("test")
                        .setActor(new Actor(ActorType.SYSTEM, "test", null, null))
                        .build())
                .setOrderId(orderId)
                .setFulfilmentId(orderId + "-" + lineId)
                .setCustomerId("customer")
                .setChannel(Channel.ONLINE)
                .setMethod(FulfilmentMethod.PICKUP)
                .setLocationId("store")
                .setHandedOverAt(now)
                .setLines(List.of(OrderLine.newBuilder()
                        .setLineId(lineId)
                        .setSku("SKU " + lineId)
                        .setTitle(null)
                        .setQuantity(quantity)
                        .setUnit(Unit.EACH)
                        .setUnitPrice(new Money(100L, "ISK"))
                        .setDiscount(none)
                        .setTax(none)
                        .setTaxIncluded(true)
                        .setSerials(List.of())
                        .setLots(List.of())
                        .setSellerId(null)
                        .build()))
                .setPaymentReference(null)
                .build();
        try (var serializer = new AvroSerializer<SpecificRecord>()) {
            serializer.configure(serde, false);
            var record = new ProducerRecord<>(
                    "order.events", partition, orderId, serializer.serialize("order.events", handedOver));
            record.headers().add("ce_type", handedOver.getSchema().getFullName().getBytes(StandardCharsets.UTF_8));
            return write(record);
        }
    }

    /** A command that no service of Mortar would write, and nobody waits for. */
    private void writeCommand(String key, String value) throws ExecutionException, InterruptedException {
        var record = new ProducerRecord<>("inventory.commands", key, value.getBytes(StandardCharsets.UTF_8));
        record.headers().add("command-id", UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8));
        record.headers().add("actor", "SYSTEM test".getBytes(StandardCharsets.UTF_8));
        write(record);
    }

    private int write(ProducerRecord<String, byte[]> record) throws ExecutionException, InterruptedException {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", stack.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            return producer.send(record).get().partition();
        }
    }

    /** The output of {@code ./mortar dead-letters} on this stack. */
    private String deadLetters(int status, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        Log.NOUNS.forEach(noun -> all.addAll(List.of("--url", noun + "=" + stack.managementUrl(noun))));
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int ended = DeadLettersCli.run(all, () -> stack.tokens().token(Tokens.OPERATOR), out, out);
        String said = bytes.toString(StandardCharsets.UTF_8);
        assertThat(ended).as("%s: %s", List.of(arguments), said).isEqualTo(status);
        return said;
    }

    private List<JsonNode> letters(String service, String key, String state) {
        return shop.get(service + "-management", "/actuator/deadletters" + (state.isEmpty() ? "" : "?state=" + state))
                .is(200)
                .each("/letters")
                .filter(letter -> text(letter, "key").equals(key))
                .toList();
    }

    private List<JsonNode> awaitLetters(String service, String key, int count) {
        Shop.awaitAnswer(
                count + " letters of " + key + " wait at " + service,
                () -> shop.get(service + "-management", "/actuator/deadletters?state=WAITING"),
                answer -> answer.each("/letters")
                                .filter(letter -> text(letter, "key").equals(key))
                                .count()
                        == count);
        return letters(service, key, "WAITING");
    }

    private JsonNode awaitLetter(String service, String key, String retryOf) {
        Answer found = Shop.awaitAnswer(
                "the retry of " + retryOf + " has failed",
                () -> shop.get(service + "-management", "/actuator/deadletters?state=WAITING"),
                answer -> answer.each("/letters").anyMatch(letter -> isRetry(letter, key, retryOf)));
        return found.each("/letters")
                .filter(letter -> isRetry(letter, key, retryOf))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isRetry(JsonNode letter, String key, String retryOf) {
        return text(letter, "key").equals(key) && text(letter, "retryOf").equals(retryOf);
    }

    private static String place(JsonNode letter) {
        return letter.path("partition").asLong() + "/" + letter.path("offset").asLong();
    }

    private static String text(JsonNode letter, String name) {
        return letter.path(name).asString("");
    }
}
