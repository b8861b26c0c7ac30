package dev.mortar.benchmarks;

import dev.mortar.localstack.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast inventory-service alone reserves three lines for each of the orders that wait on the log, from the first
 * committed reservation to the last. Its instances are frozen while the orders are written, so that all of them lie
 * there when it goes on.
 */
final class Reserve implements Subject {
    static final int ORDERS = 40_000;
    private static final int LINES = 3;
    private static final Duration DRAINED_WITHIN = Duration.ofMinutes(5);
    private static final long LOOK_NS = 1_000_000;

    private final String name;
    private final Rig rig;
    private final LogMeter meter;
    private final List<Part> instances;
    private final OrderShape.Demand demand;
    private final long seed;

    /**
     * Drains.
     *
     * @param instances of inventory-service that run
     * @param demand for what is reserved
     */
    Reserve(String name, Rig rig, LogMeter meter, List<Part> instances, OrderShape.Demand demand, long seed) {
        this.name = name;
        this.rig = rig;
        this.meter = meter;
        this.instances = List.copyOf(instances);
        this.demand = demand;
        this.seed = seed;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void warmUp() throws InterruptedException {
        measure(0);
    }

    @Override
    public Round measure(int number) throws InterruptedException {
        meter.settle();
        long run = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        var firstNs = new AtomicLong();
        var lastNs = new AtomicLong();
        var reserved = new AtomicInteger();
        rig.watch().listen((type, ofRun, _, seenNs) -> {
            if (ofRun == run && type.equals("StockReserved")) {
                firstNs.compareAndSet(0, seenNs);
                lastNs.set(seenNs);
                reserved.incrementAndGet();
            }
        });
        instances.forEach(Part::freeze);
        write(run, new Random(seed + number));
        Machine.Sample before = Machine.sample(rig.pids());
        instances.forEach(Part::resume);
        long endNs = System.nanoTime() + DRAINED_WITHIN.toNanos();
        while (reserved.get() < ORDERS && System.nanoTime() < endNs) {
            LockSupport.parkNanos(LOOK_NS);
        }
        Machine.Use use = before.until(Machine.sample(rig.pids()));
        List<String> wrong = new ArrayList<>();
        if (reserved.get() < ORDERS) {
            wrong.add("%d of %d reservations were made within %d s"
                    .formatted(reserved.get(), ORDERS, DRAINED_WITHIN.toSeconds()));
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("reservations/s of three lines", reserved.get() / ((lastNs.get() - firstNs.get()) / 1e9));
        return new Round(name, number, "reservation", reserved.get(), figures, Map.of(), null, use, wrong);
    }

    private void write(long run, Random random) {
        PlacedOrders orders = rig.orders();
        List<String> stores = Retailer.stores();
        for (int i = 0; i < ORDERS; i++) {
            orders.place(
                    new UUID(run, i).toString(),
                    stores.get(i % stores.size()),
                    demand.basket(LINES, random),
                    EventWatch.traceparent(run, i));
        }
        orders.flush();
    }
}
