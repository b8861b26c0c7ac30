package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The topics are read by a client that this project did not write. */
class ForeignReaderIT {

    private final Shop shop = Shop.open();

    @Test
    void kcatDecodesWhatAnOrderLeavesInTheTopics() throws IOException, InterruptedException {
        assumeTrue(isInstalled("kcat"), "kcat is not installed (Debian: apt-get install kcat)");
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
                        assertThat(event.at("/reservationId").asString("")).isEqualTo(orderId + "-1"));
        assertThat(kcat("inventory.levels"))
                .anySatisfy(level -> assertThat(level.toString()).contains(sku));
    }

    private static List<JsonNode> kcat(String topic) throws IOException, InterruptedException {
        Path said = Files.createTempFile("kcat", ".json");
        try {
            int status = new ProcessBuilder(
                            "kcat",
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
                            TheStack.get().schemaRegistryUrl())
                    .redirectOutput(said.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start()
                    .waitFor();
            assertThat(status).isZero();
            return Files.readAllLines(said, StandardCharsets.UTF_8).stream()
                    .map(line -> JsonMapper.shared().readTree(line))
                    .toList();
        } finally {
            Files.delete(said);
        }
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
