package dev.mortar.systemtests;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The audit judges all that the tests before it did to the stack, faults and all: it comes before those that leave
 * something unfinished or write what no service would.
 */
@Isolated
@Order(8)
class AuditIT {

    private final Shop shop = Shop.open();

    @Test
    void everyPromiseHeldInAllThatHappenedOnTheStack()
            throws ExecutionException, InterruptedException, TimeoutException {
        try (Trade trade = Trade.begin(shop, 2);
                Log log = new Log(TheStack.get().client())) {
            trade.finish(log);
        }

        TheAudit.findsNothing();
    }
}
