package dev.mortar.benchmarks;

import dev.mortar.benchmarks.OrderRun.Result;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** 10,000 shoppers want 100 units of one SKU, one each, within five seconds. A refused request comes again. */
final class Flash extends Subject {
    private static final int SHOPPERS = 10_000;
    private static final int UNITS = 100;
    private static final Duration RUSH = Duration.ofSeconds(5);
    private static final int REPEATS = 60;
    private static final String STORE = "flash-store";

    private final Rig rig;
    private int rushes;

    Flash(Rig rig) {
        super("", rig::compiledMs);
        this.rig = rig;
    }

    @Override
    void exercise() throws InterruptedException {
        rush();
        rig.meter.settle();
    }

    @Override
    Round measure(int number) throws InterruptedException {
        rig.meter.settle();
        Machine.Sample before = Machine.sample(rig.pids());
        Result result = rush();
        rig.meter.settle();
        Round round = result.round()
                .with("confirmed, orders", result.confirmed())
                .with("rejected, orders", result.rejected())
                .with("until all were decided, s", result.seconds());
        before.addTo(round, rig.pids(), "order", result.decided());
        if (result.confirmed() != UNITS) {
            round.wrong().add("%d orders were confirmed of %d units".formatted(result.confirmed(), UNITS));
        }
        return round;
    }

    private Result rush() {
        String sku = "flash-" + rushes++;
        rig.seed(sku, List.of(), Map.of(STORE, Map.of(sku, (long) UNITS)));
        List<String> bodies = IntStream.range(0, SHOPPERS)
                .mapToObj(i -> OrderShape.body("shopper-" + i, STORE, List.of(sku)))
                .toList();
        return OrderRun.of(rig.target(), bodies, SHOPPERS / (RUSH.toMillis() / 1e3), RUSH, REPEATS);
    }
}
