package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newKey;
import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mortar.localstack.Part;
import dev.mortar.systemtests.Shop.Shopper;
import dev.mortar.systemtests.Trade.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** Kafka goes away for a while. */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
@Order(2)
class BrokerFaultIT {

    private static final Duration OUTAGE = Duration.ofSeconds(10);
    private static final int SHOPPERS = 4;
    private static final int CLIENTS = 3;
    /** Far more than are answered at once. */
    private static final int RUSH = 2_000;

    private final Shop shop = Shop.open();

    @AfterEach
    void everythingRunsAgain() {
        Faults.restoreAll();
    }

    @Test
    void whileTheBrokerIsAwayRequestsAreToldSoAndEveryAcknowledgedOrderReachesItsEndOnce()
            throws ExecutionException, InterruptedException, TimeoutException {
        String sku = newSku();
        String store = shop.storeWith(sku, 1_000);
        Part broker = TheStack.get().broker();
        Map<String, Map<String, Object>> asked = new ConcurrentHashMap<>();
        try (Trade trade = Trade.begin(shop, SHOPPERS);
                Log log = new Log(TheStack.get().client())) {
            await().atMost(Shop.PATIENCE).until(() -> trade.reached(Step.PLACED) > 0);

            broker.stop();
            long awaySince = System.nanoTime();
            List<Long> answered = Together.times(CLIENTS, client -> {
                long answers = 0;
                while (System.nanoTime() - awaySince < OUTAGE.toNanos()) {
                    String key = newKey();
                    Shopper shopper = Shop.stranger();
                    asked.put(key, pickupOrder(shopper, store, sku, 1));
                    Answer answer = shop.post("order", "/v1/orders", key, pickupOrder(shopper, store, sku, 1));
                    answer.is(503, 202);
                    if (answer.status() == 503) {
                        assertThat(answer.header("retry-after")).isNotEmpty();
                        assertThat(answer.header("content-type")).startsWith("application/problem+json");
                    }
                    answers++;
                }
                return answers;
            });
            assertThat(answered).allSatisfy(answers -> assertThat(answers).isPositive());
            broker.start();
            broker.awaitReady();

            trade.finish(log);
            List<String> orders = asked.entrySet().stream()
                    .map(request -> Shop.insist(
                                    () -> shop.post("order", "/v1/orders", request.getKey(), request.getValue()))
                            .is(200, 201)
                            .text("/orderId"))
                    .toList();
            assertThat(orders).doesNotHaveDuplicates();
            orders.forEach(orderId -> shop.awaitOrder(orderId, "CONFIRMED"));
            shop.awaitStock(store, sku, 1_000, orders.size());
        }
    }

    @Test
    void ofARushWhileTheBrokerStandsStillMostAreRefusedAndTheServiceLivesOn() {
        String sku = newSku();
        String store = shop.storeWith(sku, RUSH + 1);
        long before = TheStack.get().service("order").pid();
        Part broker = TheStack.get().broker();

        broker.freeze();
        List<Answer> answers;
        try {
            answers = Together.times(
                    RUSH,
                    number -> shop.post("order", "/v1/orders", newKey(), pickupOrder(Shop.stranger(), store, sku, 1)));
        } finally {
            broker.resume();
        }

        assertThat(answers).allSatisfy(answer -> {
            answer.is(503);
            assertThat(answer.header("retry-after")).isNotEmpty();
            assertThat(answer.header("content-type")).startsWith("application/problem+json");
        });
        assertThat(TheStack.get().service("order").pid()).isEqualTo(before);
        shop.confirmed(pickupOrder(Shop.stranger(), store, sku, 1));
    }
}
