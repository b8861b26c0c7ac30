package dev.mortar.systemtests;

import static org.awaitility.Awaitility.await;

import dev.mortar.localstack.Part;
import dev.mortar.systemtests.Trade.Step;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service dies in the middle of its work, without a word, and comes back. */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
@Order(1)
class KilledServiceFaultIT {

    private static final int SHOPPERS = 6;

    private final Shop shop = Shop.open();

    @AfterEach
    void everythingRunsAgain() {
        Faults.restoreAll();
    }

    @ParameterizedTest(name = "{0}, when somebody has come to {1}")
    @CsvSource({"order, PLACED", "inventory, PLACED", "pickup, CONFIRMED", "returns, COMPLETED"})
    void aServiceThatIsKilledInTheMiddleOfAFlowGoesOnWhereItWas(String service, Step step)
            throws ExecutionException, InterruptedException, TimeoutException {
        try (Trade trade = Trade.begin(shop, SHOPPERS);
                Log log = new Log(TheStack.get().bootstrapServers())) {
            await().atMost(Shop.PATIENCE).until(() -> trade.reached(step) > 0);

            Part victim = TheStack.get().service(service);
            victim.kill9();
            victim.start();
            victim.awaitReady();

            trade.finish(log);
        }
    }
}
