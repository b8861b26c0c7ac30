package dev.mortar.benchmarks;

import dev.mortar.benchmarks.OrderRun.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** {@code POST /v1/orders} for pickup until StockReserved and OrderConfirmed are seen, at a fixed rate. */
final class Checkout implements Subject {
    /** Just before each round, so that connections and caches are as in full trade; not counted. */
    private static final Duration RUN_UP = Duration.ofSeconds(2);

    private static final int BODIES = 5_000;

    private final String name;
    private final Target target;
    private final LogMeter meter;
    private final Plan plan;
    private final List<String> bodies;

    /**
     * What is asked for.
     *
     * @param rate orders that are due in a second
     * @param fixed whether they come at equal intervals instead of as people do
     * @param seed of times and contents
     * @param length of a round
     * @param warmUp before the first round
     */
    record Plan(double rate, boolean fixed, OrderShape shape, long seed, Duration length, Duration warmUp) {}

    /**
     * Orders at a target.
     *
     * @param meter of the brokers that the target writes to
     */
    Checkout(String name, Target target, LogMeter meter, Plan plan) {
        this.name = name;
        this.target = target;
        this.meter = meter;
        this.plan = plan;
        bodies = bodies(plan);
    }

    /** Contents of orders at the stores everybody buys in. */
    static List<String> bodies(Plan plan) {
        return plan.shape()
                .bodies(
                        BODIES,
                        new Random(plan.seed()),
                        OrderShape.Demand.of(Retailer.SKUS),
                        Retailer.stores(),
                        Retailer.customers());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void warmUp() throws InterruptedException {
        run(plan.warmUp(), plan.seed());
        meter.settle();
    }

    /** What an order writes, measured with a few that do not count. */
    LogMeter.Written written(int orders) throws InterruptedException {
        LogMeter.Mark before = meter.settle();
        run(Duration.ofMillis((long) (orders * 1e3 / plan.rate())), plan.seed());
        return meter.between(before, meter.settle());
    }

    @Override
    public Round measure(int number) throws InterruptedException {
        meter.settle();
        run(RUN_UP, plan.seed() - number);
        LogMeter.Mark logBefore = meter.settle();
        Machine.Sample before = Machine.sample(target.pids());
        Result result = run(plan.length(), plan.seed() + number);
        LogMeter.Mark logAfter = meter.settle();
        Machine.Use use = before.until(Machine.sample(target.pids()));
        return round(name, number, plan.rate(), result, use, meter.between(logBefore, logAfter));
    }

    private Result run(Duration length, long seed) {
        return new OrderRun(target, bodies, plan.rate(), plan.fixed(), seed, length).run();
    }

    /** A round of orders as it is reported. */
    static Round round(
            String subject, int number, double rate, Result result, Machine.Use use, LogMeter.Written written) {
        int done = result.confirmed() + result.rejected();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("due, orders/s", rate);
        figures.put("decided, orders/s", done / result.seconds());
        figures.put("rejected, orders", (double) result.rejected());
        double each = 1.0 / Math.max(1, done);
        figures.put("records per order", written.allRecords() * each);
        Map<String, Long> byKind = written.recordsByKind();
        figures.put(
                "of them in transactions", (written.allRecords() - byKind.getOrDefault(LogMeter.COMMANDS, 0L)) * each);
        byKind.forEach((kind, count) -> figures.put("of them " + kind, count * each));
        figures.put("bytes on the log per order", written.diskBytes(_ -> true) * each);
        figures.put("bytes of events per order", written.diskBytes(topic -> topic.endsWith(".events")) * each);
        figures.put("bytes of Kafka's own topics per order", written.diskBytes(topic -> topic.startsWith("__")) * each);
        Map<String, Quantiles> latencies = new LinkedHashMap<>();
        latencies.put("answered", result.answeredMs());
        latencies.put("reserved", result.reservedMs());
        latencies.put("confirmed", result.confirmedMs());
        return new Round(
                subject,
                number,
                "order",
                done,
                figures,
                latencies,
                result.lagMs(),
                use,
                new ArrayList<>(result.wrong()));
    }
}
