package dev.mortar.benchmarks;

import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/**
 * The usual design, to compare with: checkout as one Spring Boot service on PostgreSQL. An order is decided in one
 * transaction with row locks; a relay empties an outbox to Kafka. Arguments are the port, the database's URL, the
 * brokers and the topic.
 */
@RestController
@EnableScheduling
@SpringBootApplication(
        excludeName = {
            "dev.mortar.eventsourcing.kafka.MortarAutoConfiguration",
            "dev.mortar.eventsourcing.http.MortarWebAutoConfiguration",
            "dev.mortar.eventsourcing.security.MortarSecurityAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration"
        })
public class Baseline {
    private static final int CONNECTIONS = 24;
    private static final int BATCH = 500;
    private static final long LOOK_MS = 1_000;
    private static final String TABLES = """
            CREATE TABLE stock (
                location_id text, sku text, on_hand bigint NOT NULL, committed bigint NOT NULL DEFAULT 0,
                PRIMARY KEY (location_id, sku));
            CREATE TABLE orders (
                order_id uuid PRIMARY KEY, idempotency_key text UNIQUE NOT NULL, state text NOT NULL,
                location_id text NOT NULL, body jsonb NOT NULL, placed_at timestamptz NOT NULL DEFAULT now());
            CREATE TABLE outbox (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id uuid NOT NULL, type text NOT NULL,
                traceparent text, body jsonb NOT NULL);
            """;

    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final Producer<String, byte[]> producer;
    private final String topic;
    /** A permit for each order in the outbox that the relay has not looked for yet. */
    private final Semaphore filled = new Semaphore(0);

    Baseline(
            JdbcTemplate database,
            TransactionTemplate transaction,
            @Value("${baseline.brokers}") String brokers,
            @Value("${baseline.topic}") String topic) {
        this.database = database;
        this.transaction = transaction;
        this.topic = topic;
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers, ProducerConfig.ACKS_CONFIG, "all"),
                new StringSerializer(),
                new ByteArraySerializer());
        database.execute(TABLES);
        for (String store : Retailer.stores()) {
            database.batchUpdate(
                    "INSERT INTO stock (location_id, sku, on_hand) VALUES (?, ?, ?)",
                    Retailer.skus(Retailer.SKUS).stream()
                            .map(sku -> new Object[] {store, sku, Retailer.UNITS_OF_EACH})
                            .toList());
        }
    }

    public static void main(String[] arguments) {
        SpringApplication.run(
                Baseline.class,
                // The services on the class path have an application.yaml.
                "--spring.config.name=baseline",
                "--spring.main.banner-mode=off",
                "--server.address=127.0.0.1",
                "--server.port=" + arguments[0],
                "--spring.threads.virtual.enabled=true",
                "--spring.datasource.url=" + arguments[1],
                "--spring.datasource.hikari.maximum-pool-size=" + CONNECTIONS,
                "--spring.datasource.hikari.initialization-fail-timeout=60000",
                "--baseline.brokers=" + arguments[2],
                "--baseline.topic=" + arguments[3]);
    }

    @GetMapping("/compiled-ms")
    String compiledMs() {
        return Long.toString(ManagementFactory.getCompilationMXBean().getTotalCompilationTime());
    }

    @PostMapping("/v1/orders")
    ResponseEntity<Map<String, String>> place(
            @RequestHeader("Idempotency-Key") String key,
            @RequestHeader String traceparent,
            @RequestBody JsonNode order) {
        UUID orderId = UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8));
        transaction.executeWithoutResult(_ -> decide(orderId, key, traceparent, order));
        filled.release();
        return ResponseEntity.created(URI.create("/v1/orders/" + orderId)).body(Map.of("orderId", orderId.toString()));
    }

    private void decide(UUID orderId, String key, String traceparent, JsonNode order) {
        String locationId = order.path("fulfilments").path(0).path("locationId").asString();
        // Locked in the order of the SKUs: two orders for the same ones never wait for each other.
        Map<String, Long> wanted = new TreeMap<>();
        order.path("lines")
                .forEach(line -> wanted.merge(
                        line.path("sku").asString(), line.path("quantity").asLong(), Long::sum));
        int known = database.update(
                "INSERT INTO orders (order_id, idempotency_key, state, location_id, body)"
                        + " VALUES (?, ?, 'CONFIRMED', ?, ?::jsonb) ON CONFLICT DO NOTHING",
                orderId,
                key,
                locationId,
                order.toString());
        if (known == 0) {
            return;
        }
        String reserve = "UPDATE stock SET committed = committed + ?"
                + " WHERE location_id = ? AND sku = ? AND on_hand - committed >= ?";
        boolean confirmed = wanted.entrySet().stream()
                .allMatch(line ->
                        database.update(reserve, line.getValue(), locationId, line.getKey(), line.getValue()) == 1);
        if (!confirmed) {
            throw new IllegalStateException("The baseline has stock for every order");
        }
        database.update(
                "INSERT INTO outbox (order_id, type, traceparent, body) VALUES (?, 'OrderConfirmed', ?, ?::jsonb)",
                orderId,
                traceparent,
                order.toString());
    }

    /** Empties the outbox to Kafka in the order in which it was filled: at least once. */
    @Scheduled(fixedDelay = 1)
    void relay() throws Exception {
        if (filled.tryAcquire(LOOK_MS, TimeUnit.MILLISECONDS)) {
            filled.drainPermits();
        }
        List<Long> ids = new ArrayList<>();
        List<Future<?>> sent = new ArrayList<>();
        database.query("SELECT id, order_id, type, traceparent, body FROM outbox ORDER BY id LIMIT " + BATCH, row -> {
            ids.add(row.getLong(1));
            var record = new ProducerRecord<>(topic, row.getString(2), row.getBytes(5));
            record.headers().add("ce_type", row.getBytes(3)).add("traceparent", row.getBytes(4));
            sent.add(producer.send(record));
        });
        for (Future<?> each : sent) {
            each.get();
        }
        if (ids.size() == BATCH) {
            filled.release();
        }
        if (!ids.isEmpty()) {
            database.update("DELETE FROM outbox WHERE id = ANY (?)", (Object) ids.toArray(Long[]::new));
        }
    }
}
