package dev.mortar.benchmarks;

import dev.mortar.localstack.Part;
import dev.mortar.localstack.demo.Popularity;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast inventory-service alone reserves three lines for each of the orders that wait on the log, from the first
 * committed reservation to the last. It is frozen while the orders are written, so that all of them lie there when it
 * goes on.
 */
final class Reserve extends Subject implements AutoCloseable {
    static final String FIGURE = "reservations/s of three lines";
    private static final int ORDERS = 40_000;
    private static final int EXERCISE_ORDERS = 10_000;
    private static final int LINES = 3;
    private static final Duration DRAINED_WITHIN = Duration.ofMinutes(3);
    private static final long LOOK_NS = 1_000_000;

    private final Rig rig;
    private final PlacedOrders log;
    private final Popularity demand;

    Reserve(String name, Rig rig, Popularity demand) {
        super(name, rig::compiledMs);
        this.rig = rig;
        this.demand = demand;
        log = new PlacedOrders(rig.stack);
    }

    @Override
    void exercise() throws InterruptedException {
        drain(EXERCISE_ORDERS, 0);
    }

    @Override
    Round measure(int number) throws InterruptedException {
        return drain(ORDERS, number);
    }

    private Round drain(int count, int seed) throws InterruptedException {
        rig.meter.settle();
        long run = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        var firstNs = new AtomicLong();
        var lastNs = new AtomicLong();
        var reserved = new AtomicInteger();
        rig.watch.listen((type, ofRun, _, seenNs) -> {
            if (ofRun == run && type.equals("StockReserved")) {
                firstNs.compareAndSet(0, seenNs);
                lastNs.set(seenNs);
                reserved.incrementAndGet();
            }
        });
        rig.parts().forEach(Part::freeze);
        var random = new Random(seed);
        List<String> stores = Retailer.stores();
        for (int i = 0; i < count; i++) {
            String store = stores.get(i % stores.size());
            String trace = EventWatch.traceparent(run, i);
            log.place(new UUID(run, i).toString(), store, Retailer.basket(demand, LINES, random), trace);
        }
        log.flush();
        Machine.Sample before = Machine.sample(rig.pids());
        rig.parts().forEach(Part::resume);
        long endNs = System.nanoTime() + DRAINED_WITHIN.toNanos();
        while (reserved.get() < count && System.nanoTime() < endNs) {
            LockSupport.parkNanos(LOOK_NS);
        }
        Round round = Round.empty().with(FIGURE, reserved.get() / ((lastNs.get() - firstNs.get()) / 1e9));
        before.addTo(round, rig.pids(), "reservation", reserved.get());
        if (reserved.get() < count) {
            round.wrong().add("only %d of %d reservations were made".formatted(reserved.get(), count));
        }
        return round;
    }

    @Override
    public void close() {
        log.close();
    }
}
