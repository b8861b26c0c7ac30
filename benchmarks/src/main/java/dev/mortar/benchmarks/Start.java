package dev.mortar.benchmarks;

import dev.mortar.localstack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** How long a stack takes from nothing to a confirmed order: with no data, and on the data of an earlier run. */
final class Start implements Subject {
    private static final int CONFIRMED_WITHIN_SECONDS = 30;
    private static final int ATTEMPTS = 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path folder;
    private final Path cache;
    private final boolean warm;
    private final StackOptions options;

    /**
     * Starts in rounds.
     *
     * @param cache where start-up caches lie, which the local stack records when it is used
     * @param warm whether there are data of an earlier run
     */
    Start(Path folder, Path cache, boolean warm) {
        this.folder = folder;
        this.cache = cache;
        this.warm = warm;
        options = StackOptions.forTests(folder.resolve("stack"));
    }

    @Override
    public String name() {
        return warm ? "start, warm" : "start, cold";
    }

    /** What is read from disk at a start lies in memory afterwards; the rounds are to be alike. */
    @Override
    public void warmUp() throws IOException, InterruptedException {
        Bench.forget(folder);
        start(0);
    }

    @Override
    public Round measure(int number) throws IOException, InterruptedException {
        if (!warm) {
            Bench.forget(folder);
        }
        return start(number);
    }

    private Round start(int number) throws IOException, InterruptedException {
        long beganNs = System.nanoTime();
        Machine.Sample before =
                Machine.sample(Map.of("generator", ProcessHandle.current().pid()));
        try (Rig rig = Rig.start(folder, Rig.NOUNS, options)) {
            double readySeconds = (System.nanoTime() - beganNs) / 1e9;
            Machine.Use started = before.until(Machine.sample(rig.pids()));
            rig.stockWithoutCustomers();
            long orderedNs = System.nanoTime();
            boolean confirmed = orderIsConfirmed(rig);
            Machine.Use use = before.until(Machine.sample(rig.pids()));
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("until every service is ready, s", readySeconds);
            figures.put("processor time until then, s", cpuSeconds(started));
            figures.put("from the first order to its confirmation, s", (System.nanoTime() - orderedNs) / 1e9);
            figures.put("start-up caches there were", (double) caches());
            List<String> wrong = new ArrayList<>(rig.audit());
            if (!confirmed) {
                wrong.add("The first order was not confirmed.");
            }
            return new Round(name(), number, "start", 1, figures, Map.of(), null, use, wrong);
        }
    }

    private static boolean orderIsConfirmed(Rig rig) {
        String key = UUID.randomUUID().toString();
        String body = OrderShape.body(
                Retailer.customers().getFirst(),
                Retailer.stores().getFirst(),
                List.of(OrderShape.Demand.sku(0), OrderShape.Demand.sku(1), OrderShape.Demand.sku(2)));
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Http.Answer answer = Http.placeOrder(
                            rig.orderUrl(), key, EventWatch.traceparent(1, 1), CONFIRMED_WITHIN_SECONDS, body)
                    .join();
            if (answer.well()
                    && JSON.readTree(answer.body()).path("state").asString("").equals("CONFIRMED")) {
                return true;
            }
        }
        return false;
    }

    private static double cpuSeconds(Machine.Use use) {
        return use.processes().values().stream()
                .mapToDouble(Machine.Usage::cpuSeconds)
                .sum();
    }

    private long caches() throws IOException {
        if (!Files.isDirectory(cache)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(cache)) {
            return files.count();
        }
    }
}
