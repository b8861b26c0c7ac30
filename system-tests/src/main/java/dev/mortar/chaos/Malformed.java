package dev.mortar.chaos;

import dev.mortar.localstack.Service;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Records that no service writes, among the commands of one. Each has to end as a dead letter, once, and nothing else
 * may come of it. Thread-safe.
 */
final class Malformed {
    private static final String SOURCE = "dead-letter-source";
    private static final String CAUSE = "dead-letter-cause";

    private final Supplier<Map<String, Object>> client;
    private final Set<String> written = new ConcurrentSkipListSet<>();

    Malformed(Supplier<Map<String, Object>> client) {
        this.client = client;
    }

    /** The malformed records by their fate, and all other dead letters. */
    record Parked(int written, List<String> missing, List<String> twice, List<String> others) {
        boolean asExpected() {
            return missing.isEmpty() && twice.isEmpty() && others.isEmpty();
        }
    }

    /** Writes one of each sort; how many that were. */
    int write(String noun, Random random) throws InterruptedException {
        String topic = noun + ".commands";
        String key = new UUID(random.nextLong(), random.nextLong()).toString();
        byte[] noise = new byte[1 + random.nextInt(2_000)];
        random.nextBytes(noise);
        byte[] object = "{\"surprise\":true}".getBytes(StandardCharsets.UTF_8);
        byte[] deep = "[".repeat(5_000).getBytes(StandardCharsets.UTF_8);
        List<ProducerRecord<byte[], byte[]>> records = List.of(
                new ProducerRecord<>(topic, bytes(key), noise),
                new ProducerRecord<>(topic, null, noise),
                new ProducerRecord<>(topic, noise, null),
                headed(topic, key, object, Map.of()),
                headed(topic, key, noise, Map.of()),
                headed(topic, key, deep, Map.of()),
                headed(topic, key, object, Map.of("actor", "NOBODY")),
                headed(topic, key, object, Map.of("source", "here")),
                headed(topic, key, object, Map.of("expected-sequence", "many", "occurred-at", "yesterday")),
                headed(topic, key, object, Map.of("request-hash", "0")));
        var settings = new HashMap<>(client.get());
        settings.putAll(Map.of("enable.idempotence", true, "linger.ms", 0));
        try (var producer =
                new KafkaProducer<byte[], byte[]>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                RecordMetadata place = producer.send(record).get();
                written.add(place.topic() + "/" + place.partition() + "/" + place.offset());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("Malformed records could not be written", e);
        }
        return records.size();
    }

    Parked parked() {
        Map<String, Integer> found = new TreeMap<>();
        List<String> others = new ArrayList<>();
        List<String> topics =
                Service.ALL.stream().map(noun -> noun + ".dead-letters").toList();
        Groups.read(client.get(), topics, letter -> {
            String source = text(letter, SOURCE);
            if (source != null && written.contains(source)) {
                found.merge(source, 1, Integer::sum);
            } else {
                others.add(letter.topic() + "/" + letter.partition() + "/" + letter.offset() + " from " + source + ": "
                        + text(letter, CAUSE));
            }
        });
        return new Parked(
                written.size(),
                written.stream().filter(place -> !found.containsKey(place)).toList(),
                found.keySet().stream()
                        .filter(place -> found.getOrDefault(place, 0) > 1)
                        .toList(),
                others);
    }

    private static ProducerRecord<byte[], byte[]> headed(
            String topic, String key, byte[] value, Map<String, String> headers) {
        var record = new ProducerRecord<>(topic, bytes(key), value);
        var all = new TreeMap<>(Map.of("command-id", UUID.randomUUID().toString(), "actor", "SYSTEM stranger"));
        all.putAll(headers);
        all.forEach((name, text) -> record.headers().add(name, bytes(text)));
        return record;
    }

    private static @Nullable String text(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
