package dev.mortar.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** {@code POST /v1/orders} for pickup until StockReserved and OrderConfirmed are seen, at a given rate. */
final class Checkout extends Subject {
    static final String FIGURE = "confirmed p50, ms";

    /** Before each round, so that connections and caches are as in full trade; not counted. */
    static final Duration RUN_UP = Duration.ofSeconds(5);

    /** Leaves the compilers half of the machine. */
    static final double WARM_UP_RATE_MAX = 50;

    private final Rig rig;
    private final double rate;
    private final List<String> bodies;
    private final Duration length;

    Checkout(Rig rig, double rate, List<String> bodies, Duration length) {
        this("%.0f orders/s".formatted(rate), rig, rate, bodies, length);
    }

    Checkout(String name, Rig rig, double rate, List<String> bodies, Duration length) {
        super(name, rig::compiledMs);
        this.rig = rig;
        this.rate = rate;
        this.bodies = bodies;
        this.length = length;
    }

    @Override
    void exercise() throws InterruptedException {
        OrderRun.of(rig.target(), bodies, Math.min(rate, WARM_UP_RATE_MAX), RUN_UP, 0);
    }

    @Override
    Round measure(int number) throws InterruptedException {
        OrderRun.of(rig.target(), bodies, rate, RUN_UP, 0);
        Map<TopicPartition, Long> from = rig.meter.settle();
        Machine.Sample before = Machine.sample(rig.pids());
        OrderRun.Result result = OrderRun.of(rig.target(), bodies, rate, length, 0);
        // Mails and states of the last orders are part of their cost.
        Map<TopicPartition, Long> to = rig.meter.settle();
        Round round = result.round();
        double orders = Math.max(1, result.decided());
        round.with("decided, orders/s", result.decided() / result.seconds());
        before.addTo(round, rig.pids(), "order", orders);
        Map<String, Long> records = rig.meter.between(from, to);
        double all = records.values().stream().mapToLong(Long::longValue).sum();
        round.with("records per order", all / orders);
        records.forEach((kind, count) -> round.with("– " + kind, count / orders));
        if (result.refused() > 0) {
            round.wrong().add(result.refused() + " orders were refused at the edge");
        }
        return round;
    }
}
