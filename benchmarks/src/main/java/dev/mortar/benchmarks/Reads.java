package dev.mortar.benchmarks;

import dev.mortar.localstack.demo.Shops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;

/** What shops and stores ask most, while orders are placed, beside an endpoint that does nothing. */
final class Reads implements Subject {
    private static final int LOCATIONS = 3_000;
    private static final String EVERYWHERE = "sold-everywhere";
    private static final double QUESTIONS_PER_SECOND = 200;
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(60);
    private static final long LOOK_NS = 1_000_000;
    private static final String NOTHING = "an endpoint that does nothing";

    private final Rig rig;
    private final LogMeter meter;
    private final Checkout.Plan plan;
    private final List<String> bodies;
    private final Map<String, String> urls = new LinkedHashMap<>();

    /** @param plan of the orders that are placed meanwhile, and how long */
    Reads(Rig rig, LogMeter meter, Checkout.Plan plan) {
        this.rig = rig;
        this.meter = meter;
        this.plan = plan;
        bodies = Checkout.bodies(plan);
        String inventory = rig.stack().url("inventory");
        String store = Retailer.stores().getFirst();
        urls.put(NOTHING, inventory + "/actuator/health/liveness");
        urls.put(
                "stock of a SKU in a store",
                inventory + "/v1/locations/" + store + "/stock/" + OrderShape.Demand.sku(0));
        urls.put(
                "nearest of 3,000 locations with a SKU",
                inventory + "/v1/stock/" + EVERYWHERE + "?near=50.5,10.5&limit=20");
        urls.put("a store's pickup queue", rig.stack().url("pickup") + "/v1/locations/" + store + "/pickups");
    }

    @Override
    public String name() {
        return "read";
    }

    @Override
    public void warmUp() throws InterruptedException {
        var random = new Random(plan.seed());
        List<Shops.Location> locations = new ArrayList<>();
        Map<String, Map<String, Long>> stock = new LinkedHashMap<>();
        for (int i = 1; i <= LOCATIONS; i++) {
            String id = "shop-" + i;
            locations.add(new Shops.Location(
                    id, id, false, 40 + 20 * random.nextDouble(), 20 * random.nextDouble(), "Europe/Riga"));
            stock.put(id, Map.of(EVERYWHERE, 10L));
        }
        rig.seed("reads", new Shops(locations, List.of(), List.of()), stock);
        ask(plan.warmUp(), 0);
    }

    @Override
    public Round measure(int number) throws InterruptedException {
        meter.settle();
        Machine.Sample before = Machine.sample(rig.pids());
        Asked asked = ask(plan.length(), number);
        Machine.Use use = before.until(Machine.sample(rig.pids()));
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("due, orders/s", plan.rate());
        figures.put("due, questions/s, each kind in turn", QUESTIONS_PER_SECOND);
        Quantiles nothing = asked.latencies().get(NOTHING);
        asked.latencies().forEach((name, times) -> {
            if (nothing != null && !name.equals(NOTHING)) {
                figures.put("p99 by that of nothing: " + name, times.p99() / nothing.p99());
            }
        });
        long done =
                asked.latencies().values().stream().mapToLong(Quantiles::count).sum();
        return new Round(name(), number, "question", done, figures, asked.latencies(), asked.lag(), use, asked.wrong());
    }

    private record Asked(Map<String, Quantiles> latencies, Quantiles lag, List<String> wrong) {}

    private Asked ask(Duration lasting, int number) throws InterruptedException {
        long seed = plan.seed() + number;
        var orders = CompletableFuture.supplyAsync(
                () -> new OrderRun(rig, bodies, plan.rate(), plan.fixed(), seed, lasting).run(),
                task -> Thread.ofPlatform().name("orders").start(task));
        List<String> names = List.copyOf(urls.keySet());
        Map<String, ConcurrentHistogram> times = new LinkedHashMap<>();
        names.forEach(name -> times.put(name, Quantiles.histogram()));
        var answers = new AtomicInteger();
        var strange = new ConcurrentLinkedQueue<Http.Answer>();
        OpenLoop.Sent sent =
                OpenLoop.run(new Arrivals(QUESTIONS_PER_SECOND, new Random(seed), false), lasting, (index, due) -> {
                    String name = names.get(index % names.size());
                    Http.get(urls.getOrDefault(name, "")).thenAccept(answer -> {
                        if (answer.well()) {
                            Quantiles.record(times.getOrDefault(name, Quantiles.histogram()), System.nanoTime() - due);
                        } else {
                            strange.add(answer);
                        }
                        answers.incrementAndGet();
                    });
                });
        long endNs = System.nanoTime() + ANSWERED_WITHIN.toNanos();
        while (answers.get() < sent.sent() && System.nanoTime() < endNs) {
            LockSupport.parkNanos(LOOK_NS);
        }
        List<String> wrong = new ArrayList<>(orders.join().wrong());
        if (!strange.isEmpty() || answers.get() < sent.sent()) {
            wrong.add("%d of %d questions were not answered well, one of them with %s"
                    .formatted(strange.size() + sent.sent() - answers.get(), sent.sent(), strange.peek()));
        }
        Map<String, Quantiles> latencies = new LinkedHashMap<>();
        times.forEach((name, histogram) -> latencies.put(name, Quantiles.of(histogram)));
        return new Asked(latencies, sent.lag(), wrong);
    }
}
