package dev.mortar.localstack;

import static java.util.Objects.requireNonNull;

import dev.mortar.schemas.notification.ContactRead;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.RegistryConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Collects everything that the services know of a shopper in one file. */
final class PrivacyExport {
    private static final String READS = "customer.contact-reads";
    private static final int NOTIFICATIONS_MAX = 1_000;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Arguments arguments;
    private final BackOffice services;
    private final PrintStream out;

    /** Gives the records of all reads of a shopper's contact, oldest first in each partition. */
    interface Reads {
        List<Map<String, @Nullable Object>> of(String customerId) throws IOException;
    }

    PrivacyExport(Arguments arguments, PrintStream out) throws IOException {
        this.arguments = arguments;
        this.services = new BackOffice(arguments);
        this.out = out;
    }

    /**
     * Collects everything in a new file.
     *
     * @param reads null for those in the topic
     */
    void export(String customerId, @Nullable Reads reads) throws IOException {
        Path file = PrivacyCli.newFile(arguments, "privacy-export.json");
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("customerId", customerId);
        all.put("exportedAt", Instant.now().toString());
        String shopper = "/v1/customers/" + Api.segment(customerId);
        all.put("contact", services.get("notification", shopper + "/contact"));
        all.put("erasure", services.get("notification", shopper + "/erasure"));
        List<JsonNode> orders = orders(shopper);
        all.put("orders", orders);
        all.put("pickups", pickups(orders));
        List<JsonNode> returns = new ArrayList<>();
        for (JsonNode order : orders) {
            JsonNode ofOrder = services.get("returns", "/v1/orders/" + segment(order, "orderId") + "/returns");
            if (ofOrder != null) {
                ofOrder.path("returns").forEach(returns::add);
            }
        }
        all.put("returns", returns);
        all.put("notifications", notifications(shopper));
        Reads recorded = reads == null ? this::readsInTopic : reads;
        all.put("contactReads", recorded.of(customerId));

        String text = JSON.writeValueAsString(all);
        SecretFile.write(file, text);
        out.println(PrivacyCli.sha256(text) + "  " + file);
    }

    private List<JsonNode> orders(String shopper) throws IOException {
        List<JsonNode> orders = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = services.required("order", shopper + "/orders?limit=100" + cursor);
            for (JsonNode listed : page.path("orders")) {
                orders.add(services.required("order", "/v1/orders/" + segment(listed, "orderId")));
            }
            String next = page.path("next").asString("");
            cursor = next.isEmpty() ? "" : "&cursor=" + Api.segment(next);
        } while (!cursor.isEmpty());
        return orders;
    }

    private List<JsonNode> pickups(List<JsonNode> orders) throws IOException {
        List<JsonNode> pickups = new ArrayList<>();
        for (JsonNode order : orders) {
            for (JsonNode fulfilment : order.path("fulfilments")) {
                // Goods that a courier brings or that were never reserved have no pickup.
                JsonNode pickup = services.get("pickup", "/v1/pickups/" + segment(fulfilment, "fulfilmentId"));
                if (pickup != null) {
                    pickups.add(pickup);
                }
            }
        }
        return pickups;
    }

    private JsonNode notifications(String shopper) throws IOException {
        JsonNode notifications = services.required(
                        "notification", shopper + "/notifications?limit=" + NOTIFICATIONS_MAX)
                .path("notifications");
        if (notifications.size() == NOTIFICATIONS_MAX) {
            throw new StackFailure("The shopper has " + NOTIFICATIONS_MAX
                    + " notifications or more, and the API lists no more, so the export would not be complete");
        }
        return notifications;
    }

    private static String segment(JsonNode node, String field) {
        return Api.segment(node.path(field).asString());
    }

    private List<Map<String, @Nullable Object>> readsInTopic(String customerId) throws IOException {
        String topic = arguments.text("--prefix", "") + READS;
        byte[] key = customerId.getBytes(StandardCharsets.UTF_8);
        List<Map<String, @Nullable Object>> reads = new ArrayList<>();
        Map<String, Object> client = PrivacyCli.client(arguments);
        try (AvroDeserializer<ContactRead> avro = new AvroDeserializer<>();
                KafkaConsumer<byte[], byte[]> consumer = Topics.consumer(client, "read_committed")) {
            String registry = arguments.text("--registry", "http://127.0.0.1:8081/apis/ccompat/v7");
            // The client's settings may name a token for the registry.
            Map<String, Object> config = new HashMap<>(client);
            config.put(RegistryConfig.SCHEMA_REGISTRY_URL, registry);
            config.put(RegistryConfig.SPECIFIC_AVRO_READER, true);
            avro.configure(config, false);
            Topics.read(consumer, topic, record -> {
                if (Arrays.equals(key, record.key())) {
                    reads.add(shown(requireNonNull(avro.deserialize(topic, record.value()))));
                }
            });
        }
        return reads;
    }

    static Map<String, @Nullable Object> shown(ContactRead read) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("readId", read.getReadId().toString());
        shown.put("at", read.getAt().toString());
        shown.put("actorType", read.getActor().getType().name());
        shown.put("actorId", read.getActor().getId());
        shown.put("locationId", read.getActor().getLocationId());
        shown.put("via", read.getActor().getVia());
        shown.put("purpose", read.getPurpose().name());
        shown.put("fields", read.getFields());
        shown.put("correlationId", read.getCorrelationId());
        return shown;
    }
}
