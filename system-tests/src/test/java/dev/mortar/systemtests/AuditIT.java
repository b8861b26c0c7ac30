package dev.mortar.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.audit.AuditCli;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
        String bootstrap = TheStack.get().bootstrapServers();
        try (Trade trade = Trade.begin(shop, 2);
                Log log = new Log(bootstrap)) {
            trade.finish(log);
        }
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

        // While services were down their timers were late.
        int status = AuditCli.run(
                new String[] {
                    "--bootstrap",
                    bootstrap,
                    "--registry",
                    TheStack.get().schemaRegistryUrl(),
                    "--service-urls",
                    "order=%s,inventory=%s,pickup=%s,returns=%s"
                            .formatted(
                                    TheStack.get().url("order"),
                                    TheStack.get().url("inventory"),
                                    TheStack.get().url("pickup"),
                                    TheStack.get().url("returns")),
                    "--slack",
                    "PT5M",
                },
                out,
                out);

        assertThat(status).as(() -> bytes.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("All invariants with facts hold.");
    }
}
