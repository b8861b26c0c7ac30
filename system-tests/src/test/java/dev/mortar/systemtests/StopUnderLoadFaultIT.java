package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mortar.localstack.Part;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** A service is stopped in an orderly way while it is busy: a deployment at noon. */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
@Order(1)
class StopUnderLoadFaultIT {

    private static final int CLIENTS = 8;
    private static final int WARM = 20;

    private final Shop shop = Shop.open();

    @AfterEach
    void everythingRunsAgain() {
        Faults.restoreAll();
    }

    @Test
    void noRequestThatWasAcknowledgedIsLostAndNoneIsDoneTwice() throws InterruptedException {
        String sku = newSku();
        String store = shop.storeWith(sku, 100_000);
        Part orders = TheStack.get().service("order");
        Map<String, String> customers = new ConcurrentHashMap<>();
        Map<String, String> acknowledged = new ConcurrentHashMap<>();
        var stopped = new AtomicBoolean();
        var ended = new CountDownLatch(CLIENTS);
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int client = 0; client < CLIENTS; client++) {
                clients.execute(() -> {
                    try {
                        while (!stopped.get()) {
                            String key = newKey();
                            customers.put(key, "c-" + key);
                            Answer answer = shop.post("order", "/v1/orders", key, order(key, store, sku));
                            if (answer.status() == 201) {
                                acknowledged.put(key, answer.text("/orderId"));
                            } else {
                                answer.is(503, 202);
                            }
                        }
                    } catch (UncheckedIOException refused) {
                        // The web server is gone; what it had acknowledged is noted.
                    } finally {
                        ended.countDown();
                    }
                });
            }
            await().atMost(Shop.PATIENCE).until(() -> acknowledged.size() >= WARM);

            assertThat(orders.stop()).as("stops in an orderly way").isTrue();
            stopped.set(true);
            ended.await();
        }
        orders.start();
        orders.awaitReady();

        acknowledged.values().forEach(orderId -> shop.awaitOrder(orderId, "CONFIRMED"));
        customers.keySet().forEach(key -> {
            String orderId = Shop.insist(() -> shop.post("order", "/v1/orders", key, order(key, store, sku)))
                    .is(200, 201)
                    .text("/orderId");
            assertThat(orderId).isEqualTo(acknowledged.getOrDefault(key, orderId));
        });
        shop.awaitStock(store, sku, 100_000, customers.size());
        try (var log = new Log(TheStack.get().client())) {
            log.awaitQuiet();
            Set<String> ids = Set.copyOf(acknowledged.values());
            assertThat(log.read(List.of("order.events")).stream()
                            .filter(event -> ids.contains(event.key()))
                            .filter(event -> event.type().equals("OrderPlaced")))
                    .hasSize(ids.size());
        }
    }

    private static Map<String, Object> order(String key, String store, String sku) {
        return pickupOrder(new Shop.Shopper("c-" + key, ""), store, sku, 1);
    }
}
