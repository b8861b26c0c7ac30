package dev.mortar.benchmarks.baseline;

import dev.mortar.benchmarks.Retailer;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;

/** Runs the baseline: arguments are its port, the database's URL, the brokers and the topic of its events. */
@SpringBootApplication(
        excludeName = {
            "dev.mortar.eventsourcing.kafka.MortarAutoConfiguration",
            "dev.mortar.eventsourcing.http.MortarWebAutoConfiguration"
        })
public class Baseline {
    private static final int CONNECTIONS = 24;

    private static final String TABLES = """
            CREATE TABLE stock (
                location_id text, sku text, on_hand bigint NOT NULL, committed bigint NOT NULL DEFAULT 0,
                PRIMARY KEY (location_id, sku), CHECK (committed <= on_hand));
            CREATE TABLE orders (
                order_id uuid PRIMARY KEY, idempotency_key text UNIQUE NOT NULL, state text NOT NULL,
                customer_id text, location_id text NOT NULL, body jsonb NOT NULL,
                placed_at timestamptz NOT NULL DEFAULT now());
            CREATE TABLE outbox (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id uuid NOT NULL, type text NOT NULL,
                traceparent text, body jsonb NOT NULL);
            """;

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
                "--baseline.brokers=" + arguments[2],
                "--baseline.topic=" + arguments[3]);
    }

    @Bean
    Producer<String, byte[]> producer(@Value("${baseline.brokers}") String brokers) {
        return new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers, ProducerConfig.ACKS_CONFIG, "all"),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    @Bean
    Relay relay(JdbcTemplate database, Producer<String, byte[]> producer, @Value("${baseline.topic}") String topic) {
        database.execute(TABLES);
        Retailer.stores()
                .forEach(store -> database.batchUpdate(
                        "INSERT INTO stock (location_id, sku, on_hand) VALUES (?, ?, ?)",
                        Retailer.skus(Retailer.SKUS).stream()
                                .map(sku -> new Object[] {store, sku, Retailer.UNITS_OF_EACH})
                                .toList()));
        return new Relay(database, producer, topic);
    }
}
