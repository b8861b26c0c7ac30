package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newSku;
import static dev.mortar.systemtests.Shop.pickupOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mortar.localstack.Part;
import dev.mortar.localstack.Stack;
import dev.mortar.systemtests.Trade.Step;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/** Two instances of inventory-service share the partitions, and one of them dies. */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
@Order(3)
class InstancesFaultIT {

    private static final int STORES = 12;
    private static final int SHOPPERS = 4;

    private final Shop shop = Shop.open();
    private final Shop atSecond = shop.served("inventory", "inventory-2");

    @AfterEach
    void everythingRunsAgain() {
        Faults.restoreAll();
    }

    @Test
    void anInstanceThatDiesIsReplacedByTheOtherAndTheSumsHold()
            throws ExecutionException, InterruptedException, TimeoutException {
        Stack stack = TheStack.get();
        String sku = newSku();
        List<String> stores =
                Stream.generate(() -> shop.storeWith(sku, 2)).limit(STORES).toList();
        Part first = stack.service("inventory");
        Part second = stack.startInstance("inventory", 2);
        try (Log log = new Log(stack.bootstrapServers());
                Trade trade = Trade.begin(shop, SHOPPERS)) {
            await("both instances have partitions")
                    .atMost(Shop.PATIENCE)
                    .until(() -> log.membersWith("inventory-decider", "inventory.commands") == 2);
            assertThat(partitionsOf(log, stores))
                    .as("stores in several partitions")
                    .hasSizeGreaterThan(1);
            Stream.of(shop, atSecond)
                    .forEach(instance -> stores.forEach(store -> instance.awaitStock(store, sku, 2, 0)));
            await().atMost(Shop.PATIENCE).until(() -> trade.reached(Step.PLACED) > 0);

            first.kill9();

            List<String> orders = stores.stream()
                    .map(store -> atSecond.place(pickupOrder(Shop.stranger(), store, sku, 1)))
                    .toList();
            orders.forEach(orderId -> atSecond.awaitOrder(orderId, "CONFIRMED"));
            stores.forEach(store -> atSecond.awaitStock(store, sku, 2, 1));
            first.start();
            first.awaitReady();
            trade.finish(log);
            Stream.of(shop, atSecond)
                    .forEach(instance -> stores.forEach(store -> instance.awaitStock(store, sku, 2, 1)));
        } finally {
            second.stop();
        }
        stores.forEach(store -> shop.awaitStock(store, sku, 2, 1));
    }

    private static Set<Integer> partitionsOf(Log log, List<String> stores) {
        Set<Integer> partitions = new HashSet<>();
        log.read(List.of("inventory.events")).stream()
                .filter(event -> stores.contains(event.key()))
                .forEach(event -> partitions.add(event.partition()));
        return partitions;
    }
}
