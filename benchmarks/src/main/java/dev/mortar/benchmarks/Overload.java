package dev.mortar.benchmarks;

import dev.mortar.benchmarks.OrderRun.Result;
import java.time.Duration;
import java.util.List;

/** The highest rate, and then twice that rate: orders that the edge refuses are not failed, but they are no goodput. */
final class Overload extends Subject {
    private final Target target;
    private final List<String> bodies;
    private final Duration length;
    private final MaxRate highest;
    private double capacity;

    /** @param capacity the highest rate; 0 to measure it before the first round */
    Overload(Target target, double capacity, List<String> bodies, Duration length) {
        super("", target.compiledMs());
        this.target = target;
        this.capacity = capacity;
        this.bodies = bodies;
        this.length = length;
        highest = new MaxRate("", target, bodies, length);
    }

    @Override
    void exercise() throws InterruptedException {
        highest.exercise();
    }

    @Override
    Round measure(int number) throws InterruptedException {
        if (capacity == 0) {
            Round found = highest.measure(number);
            if (!found.wrong().isEmpty()) {
                return found;
            }
            capacity = found.figures().getOrDefault(MaxRate.FIGURE, 0.0);
        }
        target.meter().settle();
        Result at = OrderRun.of(target, bodies, capacity, length, 0);
        target.meter().settle();
        Result over = OrderRun.of(target, bodies, capacity * 2, length, 0);
        target.meter().settle();
        Round round = Round.empty()
                .with(MaxRate.FIGURE, capacity)
                .with("goodput there, orders/s", at.confirmed() / at.seconds())
                .with("confirmed there", at.times())
                .with("goodput at twice the rate, orders/s", over.confirmed() / over.seconds())
                .with("goodput by the highest rate, %", 100 * over.confirmed() / over.seconds() / capacity)
                .with("accepted at twice the rate", over.times())
                .with(
                        "p99 of accepted by p99 at the highest rate",
                        over.times().p99() / at.times().p99())
                .with("refused at the edge, orders/s", over.refused() * 1e3 / length.toMillis());
        round.wrong().addAll(at.wrong());
        round.wrong().addAll(over.wrong());
        return round;
    }
}
