package dev.mortar.benchmarks;

import dev.mortar.benchmarks.OrderRun.Result;
import dev.mortar.localstack.demo.Shops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** 10,000 shoppers want 100 units of one SKU, one each, within five seconds. */
final class Flash implements Subject {
    private static final int SHOPPERS = 10_000;
    private static final int UNITS = 100;
    private static final Duration RUSH = Duration.ofSeconds(5);
    private static final int QUESTIONS_AT_ONCE = 32;
    private static final String STORE = "flash-store";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Rig rig;
    private final LogMeter meter;
    private final long seed;

    Flash(Rig rig, LogMeter meter, long seed) {
        this.rig = rig;
        this.meter = meter;
        this.seed = seed;
    }

    @Override
    public String name() {
        return "flash sale";
    }

    @Override
    public void warmUp() throws InterruptedException {
        rush("flash-0");
        meter.settle();
    }

    @Override
    public Round measure(int number) throws InterruptedException {
        LogMeter.Mark logBefore = meter.settle();
        Machine.Sample before = Machine.sample(rig.pids());
        Result result = rush("flash-" + number);
        LogMeter.Mark logAfter = meter.settle();
        Machine.Use use = before.until(Machine.sample(rig.pids()));
        LogMeter.Written written = meter.between(logBefore, logAfter);
        List<String> wrong = new ArrayList<>(result.wrong());
        if (result.confirmed() != UNITS) {
            wrong.add("%d orders were confirmed of %d units".formatted(result.confirmed(), UNITS));
        }
        wrong.addAll(unjustified(result));
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("confirmed, orders", (double) result.confirmed());
        figures.put("refused, orders", (double) result.rejected());
        figures.put("until all were decided, s", result.seconds());
        figures.put("bytes on the log per order", written.diskBytes(_ -> true) / (double) SHOPPERS);
        Map<String, Quantiles> latencies = new LinkedHashMap<>();
        latencies.put("answered", result.answeredMs());
        latencies.put("confirmed", result.confirmedMs());
        latencies.put("refused", result.refusedMs());
        return new Round(name(), number, "order", SHOPPERS, figures, latencies, result.lagMs(), use, wrong);
    }

    private Result rush(String sku) {
        rig.seed(
                sku,
                new Shops(
                        List.of(new Shops.Location(STORE, STORE, false, 50, 10, "Europe/Riga")), List.of(), List.of()),
                Map.of(STORE, Map.of(sku, (long) UNITS)));
        List<String> bodies = IntStream.range(0, SHOPPERS)
                .mapToObj(i -> OrderShape.body("shopper-" + i, STORE, List.of(sku)))
                .toList();
        return new OrderRun(rig, bodies, SHOPPERS / (RUSH.toMillis() / 1e3), true, seed, RUSH).run();
    }

    /** Asks after every order: a refusal has to say how many were asked for, and that fewer were available. */
    private List<String> unjustified(Result result) throws InterruptedException {
        var slots = new Semaphore(QUESTIONS_AT_ONCE);
        var justified = new AtomicInteger();
        Set<String> orders = new HashSet<>(result.orderIds());
        for (String orderId : orders) {
            slots.acquire();
            Http.get(rig.orderUrl() + "/v1/orders/" + orderId).thenAccept(answer -> {
                if (answer.well() && isJustified(JSON.readTree(answer.body()))) {
                    justified.incrementAndGet();
                }
                slots.release();
            });
        }
        slots.acquire(QUESTIONS_AT_ONCE);
        return justified.get() == result.rejected()
                ? List.of()
                : List.of("%d of %d refusals say what was available".formatted(justified.get(), result.rejected()));
    }

    private static boolean isJustified(JsonNode order) {
        JsonNode shortage = order.path("shortages").path(0);
        return order.path("state").asString("").equals("REJECTED")
                && shortage.path("requested").asLong(0)
                        > shortage.path("available").asLong(Long.MAX_VALUE);
    }
}
