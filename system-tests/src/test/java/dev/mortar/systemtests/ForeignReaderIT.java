package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The topics are read by clients that this project did not write. */
class ForeignReaderIT {

    private final Shop shop = Shop.open();
    private final Shop registry = new Shop(
            _ -> TheStack.get().schemaRegistryUrl(),
            TheStack.get()::mails,
            TheStack.get().tokens());

    @Test
    void kcatDecodesWhatAnOrderLeavesInTheTopics() throws IOException, InterruptedException {
        assumeTrue(isInstalled("kcat"), "kcat is not installed");
        assumeTrue(run("-V").contains("Avro"), "this kcat was built without Avro and schema registry");
        String sku = newSku();
        String store = shop.storeWith(sku, 1);
        String orderId = shop.confirmed(pickupOrder(Shop.stranger(), store, sku, 1));

        List<JsonNode> orders = kcat("order.events").stream()
                .filter(event -> event.at("/orderId").asString("").equals(orderId))
                .toList();
        assertThat(orders)
                .extracting(event -> event.at("/meta/sequence").asLong())
                .startsWith(1L);
        assertThat(orders.getFirst().toString()).contains(sku);
        assertThat(kcat("inventory.events"))
                .anySatisfy(event ->
                        assertThat(event.at("/fulfilmentId").asString("")).isEqualTo(orderId + "-1"));
        assertThat(kcat("inventory.levels"))
                .anySatisfy(level -> assertThat(level.toString()).contains(sku));
    }

    @Test
    void apacheAvroAndTheRegistryAloneDecodeEveryRecord() throws IOException {
        String sku = newSku();
        String store = shop.storeWith(sku, 1);
        String orderId = shop.confirmed(pickupOrder(Shop.stranger(), store, sku, 1));
        Map<Integer, Schema> schemas = new HashMap<>();
        List<GenericRecord> records = new ArrayList<>();
        try (var log = new Log(TheStack.get().client())) {
            for (Log.Entry entry : log.read(List.of(
                    "order.events",
                    "inventory.events",
                    "order.summaries",
                    "inventory.levels",
                    "inventory.locations"))) {
                if (entry.value() != null) {
                    records.add(decode(entry.value().getBytes(StandardCharsets.ISO_8859_1), schemas));
                }
            }
        }

        assertThat(records)
                .filteredOn(record -> record.getSchema().getName().equals("OrderPlaced")
                        && orderId.equals(String.valueOf(record.get("orderId"))))
                .hasSize(1)
                .allSatisfy(record -> assertThat(record.toString()).contains(sku));
        assertThat(records)
                .filteredOn(record -> record.getSchema().getName().equals("StockReserved"))
                .anySatisfy(record ->
                        assertThat(String.valueOf(record.get("fulfilmentId"))).isEqualTo(orderId + "-1"));
    }

    /** Takes Confluent's frame apart by hand: a zero, four bytes of schema id, the record. */
    private GenericRecord decode(byte[] value, Map<Integer, Schema> schemas) throws IOException {
        ByteBuffer frame = ByteBuffer.wrap(value);
        assertThat(frame.get()).isZero();
        Schema schema = schemas.computeIfAbsent(
                frame.getInt(),
                id -> new Schema.Parser()
                        .parse(registry.get("", "/schemas/ids/" + id).is(200).text("/schema")));
        return new GenericDatumReader<GenericRecord>(schema)
                .read(null, DecoderFactory.get().binaryDecoder(value, frame.position(), frame.remaining(), null));
    }

    private static List<JsonNode> kcat(String topic) throws IOException, InterruptedException {
        String said = run(
                "-C",
                "-e",
                "-q",
                "-b",
                TheStack.get().bootstrapServers(),
                "-t",
                topic,
                "-s",
                "value=avro",
                "-r",
                TheStack.get().schemaRegistryUrl());
        return said.lines().map(line -> JsonMapper.shared().readTree(line)).toList();
    }

    private static String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kcat"));
        command.addAll(List.of(arguments));
        Process kcat = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(kcat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(kcat.waitFor()).isZero();
        return said;
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
