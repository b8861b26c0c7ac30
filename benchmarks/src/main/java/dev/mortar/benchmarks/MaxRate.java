package dev.mortar.benchmarks;

import dev.mortar.benchmarks.OrderRun.Result;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * The highest rate of orders that a target holds: of all orders at most one in a hundred takes longer than a second
 * from due to confirmed. Found by bisection in short steps, confirmed by a longer one.
 */
final class MaxRate implements Subject {
    private static final double P99_MAX_MS = 1_000;
    private static final Duration STEP = Duration.ofSeconds(6);
    private static final double FIRST = 200;
    private static final double HIGHEST = 20_000;
    private static final double LOWEST = 5;
    /** The search ends when the highest rate that held and the lowest that did not are this close. */
    private static final double CLOSE = 1.08;
    /** What a rate that did not hold for long is lowered by. */
    private static final double LOWERED = 0.92;

    private final String name;
    private final Target target;
    private final Callable<?> settle;
    private final List<String> bodies;
    private final Duration length;
    private final long seed;

    /**
     * A search.
     *
     * @param settle waits until the target has nothing left to do
     * @param length of the step that confirms
     */
    MaxRate(String name, Target target, Callable<?> settle, List<String> bodies, Duration length, long seed) {
        this.name = name;
        this.target = target;
        this.settle = settle;
        this.bodies = bodies;
        this.length = length;
        this.seed = seed;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void warmUp() throws Exception {
        run(FIRST, length);
    }

    @Override
    public Round measure(int number) throws Exception {
        double held = 0;
        double notHeld = HIGHEST;
        double rate = FIRST;
        Map<String, Double> figures = new LinkedHashMap<>();
        while (rate < HIGHEST && rate > LOWEST && (held == 0 || notHeld / held > CLOSE)) {
            Result result = run(rate, STEP);
            figures.put(
                    "p99 at %.0f orders/s, ms".formatted(rate),
                    result.confirmedMs().p99());
            if (holds(result)) {
                held = rate;
            } else {
                notHeld = rate;
            }
            rate = notHeld == HIGHEST ? rate * 2 : held == 0 ? rate / 2 : Math.sqrt(held * notHeld);
        }
        rate = held;
        while (rate > LOWEST) {
            Machine.Sample before = Machine.sample(target.pids());
            Result result = run(rate, length);
            Machine.Use use = before.until(Machine.sample(target.pids()));
            if (holds(result)) {
                return round(number, rate, figures, result, use);
            }
            figures.put(
                    "p99 at %.0f orders/s for %d s, ms".formatted(rate, length.toSeconds()),
                    result.confirmedMs().p99());
            rate *= LOWERED;
        }
        return new Round(
                name, number, "order", 0, figures, Map.of(), null, null, List.of("No rate was found that it holds."));
    }

    private Round round(int number, double rate, Map<String, Double> steps, Result result, Machine.Use use) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("highest rate held, orders/s", rate);
        figures.put("decided, orders/s", (result.confirmed() + result.rejected()) / result.seconds());
        figures.putAll(steps);
        Map<String, Quantiles> latencies = new LinkedHashMap<>();
        latencies.put("answered", result.answeredMs());
        latencies.put("confirmed", result.confirmedMs());
        int done = result.confirmed() + result.rejected();
        return new Round(name, number, "order", done, figures, latencies, result.lagMs(), use, List.of());
    }

    private Result run(double rate, Duration lasting) throws Exception {
        Result result = new OrderRun(target, bodies, rate, false, seed, lasting).run();
        settle.call();
        return result;
    }

    private static boolean holds(Result result) {
        return result.wrong().isEmpty()
                && result.confirmed() > 0
                && result.confirmedMs().p99() <= P99_MAX_MS;
    }
}
