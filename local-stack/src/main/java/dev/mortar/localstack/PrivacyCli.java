package dev.mortar.localstack;

import static java.util.Objects.requireNonNull;

import dev.mortar.kafka.KafkaAccess;
import dev.mortar.localstack.Arguments.WrongUsage;
import dev.mortar.schemas.notification.ContactRead;
import dev.mortar.schemas.registry.AvroDeserializer;
import dev.mortar.schemas.registry.RegistryConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./mortar privacy}: collects everything that the services know of a shopper in one file.
 *
 * <p>Ends with status 0 when the file is complete, 1 when it could not be made, 2 when the arguments are wrong.
 */
public final class PrivacyCli {
    private static final String USAGE = """
            ./mortar privacy export CUSTOMER [--out FILE]
                writes all that the services know of a shopper to a new JSON file, and prints its SHA-256:
                contact, orders, pickups, returns, notifications, and who read the contact
            --out FILE: privacy-export.json unless given. The file must not exist.
            --token-file FILE: a token of the role BACK_OFFICE; without it MORTAR_TOKEN, or one for the local stack.
            --url NAME=URL (repeatable): the address of a service that is not on the ports of the local stack.
            --registry URL: schema registry (http://127.0.0.1:8081/apis/ccompat/v7).
            --kafka-properties FILE: settings of a Kafka client that may read customer.contact-reads.
            --prefix PREFIX: prefix of the topic names (none).
            The export itself is a read of the contact, with the purpose LEGAL.""";

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration READS_WITHIN = Duration.ofMinutes(10);
    private static final String READS = "customer.contact-reads";
    private static final int NOTIFICATIONS_MAX = 1_000;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Map<String, String> urls = Stack.knownUrls();
    private final Arguments arguments;
    private final String customerId;
    private final String token;
    private final PrintStream out;

    /** Gives the records of all reads of a shopper's contact, oldest first in each partition. */
    interface Reads {
        List<Map<String, @Nullable Object>> of(String customerId) throws IOException;
    }

    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    /** Does what the arguments say; the status is 0, 1 or 2, as the class says. */
    public static int run(List<String> typed, PrintStream out, PrintStream err) {
        return run(typed, null, out, err);
    }

    /** @param reads null for those in the topic */
    static int run(List<String> typed, @Nullable Reads reads, PrintStream out, PrintStream err) {
        return Arguments.run(typed, USAGE, 1, out, err, words -> {
            var cli = new PrivacyCli(words, out);
            cli.export(reads == null ? cli::readsInTopic : reads);
            return true;
        });
    }

    private PrivacyCli(List<String> typed, PrintStream out) throws IOException {
        this.out = out;
        arguments = new Arguments(
                typed, Set.of("--out", "--token-file", "--url", "--registry", "--kafka-properties", "--prefix"));
        List<String> words = arguments.words();
        if (words.size() != 2 || !words.getFirst().equals("export")) {
            throw new WrongUsage("name what to do and a shopper: export CUSTOMER");
        }
        customerId = words.getLast();
        urls.putAll(arguments.urls(Service.ALL));
        String file = arguments.text("--token-file", "");
        String given = System.getenv("MORTAR_TOKEN");
        token = !file.isEmpty()
                ? Files.readString(Path.of(file)).strip()
                : given == null ? Tokens.known().token(Tokens.READER) : given;
    }

    private void export(Reads reads) throws IOException {
        Path file = Path.of(arguments.text("--out", "privacy-export.json"));
        if (Files.exists(file)) {
            throw new StackFailure(file + " exists; name another one with --out");
        }
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("customerId", customerId);
        all.put("exportedAt", Instant.now().toString());
        String shopper = "/v1/customers/" + Api.segment(customerId);
        all.put("contact", get("notification", shopper + "/contact"));
        List<JsonNode> orders = orders(shopper);
        all.put("orders", orders);
        all.put("pickups", pickups(orders));
        List<JsonNode> returns = new ArrayList<>();
        for (JsonNode order : orders) {
            JsonNode ofOrder = get("returns", "/v1/orders/" + segment(order, "orderId") + "/returns");
            if (ofOrder != null) {
                ofOrder.path("returns").forEach(returns::add);
            }
        }
        all.put("returns", returns);
        all.put("notifications", notifications(shopper));
        all.put("contactReads", reads.of(customerId));

        String text = JSON.writeValueAsString(all);
        SecretFile.write(file, text);
        out.println(sha256(text) + "  " + file);
    }

    private List<JsonNode> orders(String shopper) throws IOException {
        List<JsonNode> orders = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = required("order", shopper + "/orders?limit=100" + cursor);
            for (JsonNode listed : page.path("orders")) {
                orders.add(required("order", "/v1/orders/" + segment(listed, "orderId")));
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
                JsonNode pickup = get("pickup", "/v1/pickups/" + segment(fulfilment, "fulfilmentId"));
                if (pickup != null) {
                    pickups.add(pickup);
                }
            }
        }
        return pickups;
    }

    private JsonNode notifications(String shopper) throws IOException {
        JsonNode notifications = required("notification", shopper + "/notifications?limit=" + NOTIFICATIONS_MAX)
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

    private JsonNode required(String service, String path) throws IOException {
        JsonNode found = get(service, path);
        if (found == null) {
            throw new StackFailure(service + path + " answers 404");
        }
        return found;
    }

    /** The body of an answer; null if there is no such thing. */
    private @Nullable JsonNode get(String service, String path) throws IOException {
        Http.Answer answer = Http.send(
                "GET",
                urls.get(service) + path,
                null,
                ANSWER_TIMEOUT,
                "Authorization",
                "Bearer " + token,
                "Mortar-Purpose",
                "LEGAL");
        return answer.status() == 404 ? null : answer.required();
    }

    private List<Map<String, @Nullable Object>> readsInTopic(String customerId) throws IOException {
        String topic = arguments.text("--prefix", "") + READS;
        byte[] key = customerId.getBytes(StandardCharsets.UTF_8);
        List<Map<String, @Nullable Object>> reads = new ArrayList<>();
        long endNs = System.nanoTime() + READS_WITHIN.toNanos();
        try (AvroDeserializer<ContactRead> avro = new AvroDeserializer<>();
                KafkaConsumer<byte[], byte[]> consumer = Topics.consumer(client(), "read_committed")) {
            String registry = arguments.text("--registry", "http://127.0.0.1:8081/apis/ccompat/v7");
            avro.configure(
                    Map.of(RegistryConfig.SCHEMA_REGISTRY_URL, registry, RegistryConfig.SPECIFIC_AVRO_READER, true),
                    false);
            List<TopicPartition> partitions = Topics.partitions(consumer, List.of(topic));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                if (System.nanoTime() > endNs) {
                    throw new StackFailure("The broker gave not all of " + topic + " within " + READS_WITHIN);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (Arrays.equals(key, record.key())) {
                        reads.add(shown(requireNonNull(avro.deserialize(topic, record.value()))));
                    }
                }
            }
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

    private Map<String, Object> client() throws IOException {
        Map<String, Object> client = new TreeMap<>(KafkaAccess.ofEnvironment(System.getenv()));
        String file = arguments.text("--kafka-properties", "");
        if (!file.isEmpty()) {
            var properties = new Properties();
            try (Reader reader = Files.newBufferedReader(Path.of(file))) {
                properties.load(reader);
            }
            properties.stringPropertyNames().forEach(name -> client.put(name, properties.getProperty(name)));
        }
        return client;
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
