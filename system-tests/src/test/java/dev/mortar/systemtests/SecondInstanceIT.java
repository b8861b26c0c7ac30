package dev.mortar.systemtests;

import static dev.mortar.systemtests.Shop.newSku;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.localstack.Part;
import dev.mortar.localstack.Stack;
import dev.mortar.localstack.StackOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances of inventory with a lane each: either answers every query, and one takes over when the other dies. They
 * are a stack of their own.
 */
class SecondInstanceIT {

    private static final int STORES = 6;

    @TempDir
    Path folder;

    @Test
    void eitherAnswersAndTheOneThatIsLeftDecidesAll() {
        try (Stack stack = Stack.start(
                StackOptions.forTests(folder).withServices("inventory").withLanes(2))) {
            Part second = stack.startInstance("inventory", 2);
            Shop atFirst = Shop.of(stack);
            Shop atSecond = new Shop(service -> stack.url(service + "-2"), stack::mails, stack.tokens());
            String sku = newSku();
            // Enough to meet both partitions, and so both lanes.
            List<String> stores = Together.times(STORES, _ -> atFirst.storeWith(sku, 5));
            for (String store : stores) {
                atSecond.receive(store, sku, 1);
                atSecond.awaitStock(store, sku, 6, 0);
                atFirst.awaitStock(store, sku, 6, 0);
            }

            stack.service("inventory").kill9();
            for (String store : stores) {
                atSecond.receive(store, sku, 1);
                atSecond.awaitStock(store, sku, 7, 0);
            }

            stack.service("inventory").start();
            stack.service("inventory").awaitReady();
            assertThat(second.stop()).as("stopped in an orderly way").isTrue();
            for (String store : stores) {
                atFirst.receive(store, sku, 1);
                atFirst.awaitStock(store, sku, 8, 0);
            }
        }
    }
}
