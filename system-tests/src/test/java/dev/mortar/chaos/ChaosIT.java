package dev.mortar.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.systemtests.TheStack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * One minute of chaos, or {@code -Dmortar.chaos.minutes=N}, with seed 1 unless {@code -Dmortar.chaos.seed=N} names one.
 */
@Isolated
@Execution(ExecutionMode.SAME_THREAD)
@Order(11)
class ChaosIT {

    private static final double ORDERS_PER_SECOND = 1;
    private static final int STOCK_ENTRIES = 2_000;

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void whateverBreaksEveryAcknowledgedRequestIsDoneOnceAndEveryInvariantHolds()
            throws IOException, InterruptedException {
        TheStack.get().close();
        long seed = Long.getLong("mortar.chaos.seed", 1);
        var settings = new Chaos.Settings(
                Path.of("target", "chaos").toAbsolutePath(),
                seed,
                Duration.ofMinutes(Long.getLong("mortar.chaos.minutes", 1)),
                ORDERS_PER_SECOND,
                STOCK_ENTRIES);

        Verdict verdict = new Chaos(settings, System.out).run();

        assertThat(verdict.wrong())
                .as("run again with -Dmortar.chaos.seed=%d", seed)
                .isEmpty();
    }
}
