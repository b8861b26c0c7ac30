package dev.mortar.benchmarks;

import dev.mortar.localstack.Http;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;

/** {@code POST /v1/sourcing/dry-run}, one after another, for two SKUs that 500 stores have. */
final class DryRun extends Subject {
    private static final int STORES = 500;
    private static final int RUNS = 1_000;
    private static final List<String> SKUS = List.of("dry-run-1", "dry-run-2");
    private static final Duration EXERCISE = Checkout.RUN_UP;

    private final Rig rig;
    private final String url;
    private final String body;

    private DryRun(Rig rig) {
        super("dry run over " + STORES + " stores", rig::compiledMs);
        this.rig = rig;
        url = rig.stack.url("order") + "/v1/sourcing/dry-run";
        Map<String, Object> price = Map.of("amount", 1_299, "currency", "EUR");
        List<?> lines = SKUS.stream()
                .map(sku -> Map.of("sku", sku, "quantity", 2, "unitPrice", price))
                .toList();
        List<?> fulfilments = List.of(Map.of("method", "PICKUP", "nearLocationId", "dry-1"));
        body = Http.json(Map.of("channel", "ONLINE", "lines", lines, "fulfilments", fulfilments));
    }

    /** Opens the stores. */
    static DryRun over(Rig rig) {
        Map<String, Long> stock = SKUS.stream().collect(Collectors.toMap(sku -> sku, _ -> Retailer.UNITS_OF_EACH));
        rig.seed(
                "dry",
                List.of(),
                IntStream.rangeClosed(1, STORES).boxed().collect(Collectors.toMap(i -> "dry-" + i, _ -> stock)));
        return new DryRun(rig);
    }

    @Override
    void exercise() {
        long endNs = System.nanoTime() + EXERCISE.toNanos();
        while (System.nanoTime() < endNs) {
            ask();
        }
    }

    private Posts.Answer ask() {
        String key = UUID.randomUUID().toString();
        return Posts.post(url, key, EventWatch.traceparent(1, 1), body, 0, rig.caller())
                .join();
    }

    @Override
    Round measure(int number) {
        ConcurrentHistogram times = Quantiles.histogram();
        Round round = Round.empty();
        for (int i = 0; i < RUNS; i++) {
            long fromNs = System.nanoTime();
            Posts.Answer answer = ask();
            Quantiles.record(times, System.nanoTime() - fromNs);
            if (answer.status() != 200 || !answer.body().contains("CHOSEN")) {
                round.wrong().add("a dry run was answered " + answer);
                break;
            }
        }
        return round.with("answered", Quantiles.of(times));
    }
}
