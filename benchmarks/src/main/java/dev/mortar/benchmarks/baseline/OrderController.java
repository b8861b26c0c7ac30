package dev.mortar.benchmarks.baseline;

import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Takes an order for pickup and decides it at once, in one transaction of the database. */
@RestController
class OrderController {
    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final Relay relay;
    private final JsonMapper json;

    OrderController(JdbcTemplate database, TransactionTemplate transaction, Relay relay, JsonMapper json) {
        this.database = database;
        this.transaction = transaction;
        this.relay = relay;
        this.json = json;
    }

    /** An order as it is answered, with what was not there. */
    record OrderResponse(String orderId, String state, List<Shortage> shortages) {}

    /** What was asked of a SKU and what was available. */
    record Shortage(String sku, long requested, long available) {}

    /** Milliseconds that the compilers of this process have worked. */
    @GetMapping("/compiled-ms")
    String compiledMs() {
        return Long.toString(ManagementFactory.getCompilationMXBean().getTotalCompilationTime());
    }

    @PostMapping("/v1/orders")
    ResponseEntity<OrderResponse> place(
            @RequestHeader("Idempotency-Key") String key,
            @RequestHeader("traceparent") String traceparent,
            @RequestBody JsonNode order) {
        OrderResponse response = transaction.execute(_ -> decide(key, traceparent, order));
        relay.wake();
        return ResponseEntity.created(URI.create("/v1/orders/" + response.orderId()))
                .body(response);
    }

    private OrderResponse decide(String key, String traceparent, JsonNode order) {
        OrderResponse known = known(key);
        if (known != null) {
            return known;
        }
        String locationId = order.path("fulfilments").path(0).path("locationId").asString();
        Map<String, Long> wanted = new TreeMap<>();
        order.path("lines")
                .forEach(line -> wanted.merge(
                        line.path("sku").asString(), line.path("quantity").asLong(), Long::sum));
        Map<String, Long> available = new TreeMap<>();
        // Locked in the order of the SKUs: two orders for the same ones never wait for each other.
        database.query(
                "SELECT sku, on_hand - committed FROM stock WHERE location_id = ? AND sku = ANY (?) ORDER BY sku"
                        + " FOR UPDATE",
                result -> {
                    available.put(result.getString(1), result.getLong(2));
                },
                locationId,
                wanted.keySet().toArray(String[]::new));
        List<Shortage> shortages = wanted.entrySet().stream()
                .map(line -> new Shortage(line.getKey(), line.getValue(), available.getOrDefault(line.getKey(), 0L)))
                .filter(line -> line.available() < line.requested())
                .toList();
        boolean confirmed = shortages.isEmpty();
        if (confirmed) {
            database.batchUpdate(
                    "UPDATE stock SET committed = committed + ? WHERE location_id = ? AND sku = ?",
                    wanted.entrySet().stream()
                            .map(line -> new Object[] {line.getValue(), locationId, line.getKey()})
                            .toList());
        }
        UUID orderId = UUID.randomUUID();
        String body = json.writeValueAsString(order);
        database.update(
                "INSERT INTO orders (order_id, idempotency_key, state, customer_id, location_id, body)"
                        + " VALUES (?, ?, ?, ?, ?, ?::jsonb)",
                orderId,
                key,
                confirmed ? "CONFIRMED" : "REJECTED",
                order.path("customerId").asString(null),
                locationId,
                body);
        database.update(
                "INSERT INTO outbox (order_id, type, traceparent, body) VALUES (?, ?, ?, ?::jsonb)",
                orderId,
                confirmed ? "OrderConfirmed" : "OrderRejected",
                traceparent,
                body);
        return new OrderResponse(orderId.toString(), confirmed ? "CONFIRMED" : "REJECTED", shortages);
    }

    private @Nullable OrderResponse known(String key) {
        return database
                .query(
                        "SELECT order_id, state FROM orders WHERE idempotency_key = ?",
                        (result, _) -> new OrderResponse(result.getString(1), result.getString(2), List.of()),
                        key)
                .stream()
                .findAny()
                .orElse(null);
    }
}
