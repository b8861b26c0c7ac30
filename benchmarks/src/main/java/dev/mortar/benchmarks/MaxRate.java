package dev.mortar.benchmarks;

import dev.mortar.benchmarks.OrderRun.Result;
import java.time.Duration;
import java.util.List;

/**
 * The highest rate of orders that a target holds: at most one order in a hundred takes longer than a second from due to
 * confirmed, and none is refused. Found by bisection in short steps, then by longer ones that go up while they hold:
 * the search itself warms the target up.
 */
final class MaxRate extends Subject {
    static final String FIGURE = "highest rate, orders/s";
    private static final double P99_MAX_MS = 1_000;
    private static final Duration STEP = Duration.ofSeconds(6);
    private static final double FIRST = 100;
    private static final double HIGHEST = 20_000;
    private static final double LOWEST = 2;
    /** The first steps of a search; later rounds begin near the rate of the round before. */
    private static final double FIRST_FACTOR = 2;

    private static final double LATER_FACTOR = 1.25;
    /** The search ends when the highest rate that held and the lowest that did not are this close. */
    private static final double CLOSE = 1.1;
    /** A rate that did not hold for long is lowered by this factor. */
    private static final double LOWERED = 0.92;

    private final Target target;
    private final List<String> bodies;
    private final Duration length;
    private double last;

    /** @param length of the step that confirms */
    MaxRate(String name, Target target, List<String> bodies, Duration length) {
        super(name, target.compiledMs());
        this.target = target;
        this.bodies = bodies;
        this.length = length;
    }

    @Override
    void exercise() throws InterruptedException {
        run(Checkout.WARM_UP_RATE_MAX, Checkout.RUN_UP);
    }

    @Override
    Round measure(int number) throws InterruptedException {
        Round best = Round.empty();
        double rate = search();
        while (rate > LOWEST && rate < HIGHEST) {
            Machine.Sample before = Machine.sample(target.pids().get());
            Result result = run(rate, length);
            if (holds(result)) {
                last = rate;
                best = result.round().with(FIGURE, rate);
                before.addTo(best, target.pids().get(), "order", result.decided());
                rate *= LATER_FACTOR;
            } else if (best.figures().isEmpty()) {
                rate *= LOWERED;
            } else {
                return best;
            }
        }
        best.wrong().add("No rate was found that it holds and above which it does not.");
        return best;
    }

    /** The highest rate that held a short step; 0 when none did. */
    private double search() throws InterruptedException {
        double held = 0;
        double notHeld = HIGHEST;
        double rate = last == 0 ? FIRST : last;
        double factor = last == 0 ? FIRST_FACTOR : LATER_FACTOR;
        while (rate < HIGHEST && rate > LOWEST && (held == 0 || notHeld / held > CLOSE)) {
            if (holds(run(rate, STEP))) {
                held = rate;
            } else {
                notHeld = rate;
            }
            rate = notHeld == HIGHEST ? rate * factor : held == 0 ? rate / factor : Math.sqrt(held * notHeld);
        }
        return held;
    }

    private Result run(double rate, Duration lasting) throws InterruptedException {
        Result result = OrderRun.of(target, bodies, rate, lasting, 0);
        target.meter().settle();
        return result;
    }

    private static boolean holds(Result result) {
        return result.wrong().isEmpty()
                && result.refused() == 0
                && result.confirmed() > 0
                && result.times().p99() <= P99_MAX_MS;
    }
}
