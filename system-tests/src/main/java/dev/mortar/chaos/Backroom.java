package dev.mortar.chaos;

import dev.mortar.localstack.Api;
import dev.mortar.localstack.Api.Request;
import dev.mortar.localstack.StackFailure;
import dev.mortar.localstack.demo.Requests;
import dev.mortar.localstack.demo.Shops;
import dev.mortar.localstack.demo.Shops.Article;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Changes of stock besides trade: goods arrive, are counted, corrected, sent on and received, held for carts. */
final class Backroom {
    private static final String CLERK = "ASSOCIATE clerk-1";
    private static final int POPULAR = 60;
    private static final int HOLD_SECONDS_MAX = 20;
    private static final int SHORT_ONE_IN = 4;

    private final Api api;
    private final Shops shops;
    private final Random random;
    private final String run;
    private int jobs;

    /** @param then what follows if the request is accepted; null if nothing does */
    private record Job(Request request, @Nullable Request then) {
        Job(Request request) {
            this(request, null);
        }
    }

    Backroom(Api api, Shops shops, long seed, String run) {
        this.api = api;
        this.shops = shops;
        this.random = new Random(seed * 31 + 11);
        this.run = run;
    }

    /** Begins the next job and does not wait for it. */
    void begin() {
        jobs++;
        Job job = next("%s-backroom-%d".formatted(run, jobs));
        Thread.startVirtualThread(() -> {
            try {
                Request then = job.then();
                if (api.post(job.request()).well() && then != null) {
                    api.post(then);
                }
            } catch (StackFailure e) {
                // The journal has it as unknown.
            }
        });
    }

    private Job next(String id) {
        String location = location();
        long quantity = 1 + random.nextInt(6);
        String sku = sku();
        Map<String, Object> lines = Map.of("lines", List.of(Requests.units(sku, quantity)));
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> new Job(job(CLERK, location, "receipts", id, lines, Map.of("receiptId", id)));
            case 3 -> {
                Map<String, ?> lost = Map.of("lines", List.of(Requests.units(sku(), -1)));
                // A loss is for a lead.
                yield new Job(job(
                        "LEAD clerk-1",
                        location,
                        "adjustments",
                        id,
                        lost,
                        Map.of("adjustmentId", id, "reason", "LOST")));
            }
            case 4 ->
                new Job(job(CLERK, location, "adjustments", id, lines, Map.of("adjustmentId", id, "reason", "FOUND")));
            case 5 -> {
                // Fewer than were promised, now and then: reservations break.
                Map<String, ?> counted = Map.of("lines", List.of(Requests.units(sku(), random.nextInt(30))));
                Map<String, ?> more =
                        Map.of("countId", id, "countedAt", Instant.now().toString());
                yield new Job(job(CLERK, location, "counts", id, counted, more));
            }
            case 6, 7 -> transfer(id, location, sku, quantity, lines);
            default ->
                new Job(job(
                        CLERK, location, "holds", id, lines, Map.of("seconds", 1 + random.nextInt(HOLD_SECONDS_MAX))));
        };
    }

    /** Goods are sent and then received, now and then one unit short. */
    private Job transfer(String id, String from, String sku, long quantity, Map<String, ?> lines) {
        String to = other(from);
        long arrived = random.nextInt(SHORT_ONE_IN) == 0 ? quantity - 1 : quantity;
        Map<String, ?> received =
                Map.of("lines", arrived == 0 ? List.of() : List.of(Map.of("sku", sku, "accepted", arrived)));
        Map<String, ?> more = Map.of("receiptId", id, "fromLocationId", from, "final", true);
        return new Job(
                job(CLERK, from, "transfers", id, lines, Map.of("transferId", id, "toLocationId", to)),
                job(CLERK, to, "transfers/" + id + "/receipts", id + "-receipt", received, more));
    }

    private static Request job(
            String who, String location, String change, String id, Map<String, ?> lines, Map<String, ?> more) {
        Map<String, Object> body = new LinkedHashMap<>(lines);
        body.putAll(more);
        return Requests.stock(location, change, who + " " + location, id, body);
    }

    private String sku() {
        List<Article> articles = shops.articles();
        return articles.get(random.nextInt(Math.min(POPULAR, articles.size()))).sku();
    }

    private String location() {
        return shops.locationIds().get(random.nextInt(shops.locationIds().size()));
    }

    private String other(String location) {
        List<String> others = shops.locationIds().stream()
                .filter(each -> !each.equals(location))
                .toList();
        return others.get(random.nextInt(others.size()));
    }
}
