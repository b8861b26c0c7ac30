package dev.mortar.chaos;

import dev.mortar.localstack.demo.Api;
import dev.mortar.localstack.demo.Api.Request;
import dev.mortar.localstack.demo.Shops;
import dev.mortar.localstack.demo.Shops.Article;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What happens to stock besides trade: goods arrive, are counted, corrected, sent on, held for carts. */
final class Backroom {
    private static final String CLERK = "ASSOCIATE clerk-1";
    private static final int POPULAR = 60;
    private static final int HOLD_SECONDS_MAX = 20;

    private final Api api;
    private final Shops shops;
    private final Random random;
    private final String run;
    private int jobs;

    Backroom(Api api, Shops shops, long seed, String run) {
        this.api = api;
        this.shops = shops;
        this.random = new Random(seed * 31 + 11);
        this.run = run;
    }

    /** Begins the next job and does not wait for it. */
    void begin() {
        jobs++;
        Request job = next("%s-backroom-%d".formatted(run, jobs));
        Thread.startVirtualThread(() -> {
            try {
                api.post(job);
            } catch (Api.Unexpected e) {
                // The journal has it as unknown.
            }
        });
    }

    private Request next(String id) {
        String location = location();
        int quantity = 1 + random.nextInt(6);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("lines", List.of(Map.of("sku", sku(), "quantity", quantity)));
        String job = switch (random.nextInt(10)) {
            case 0, 1, 2 -> {
                body.put("receiptId", id);
                yield "receipts";
            }
            case 3 -> {
                body.put("adjustmentId", id);
                body.put("reason", "LOST");
                body.put("lines", List.of(Map.of("sku", sku(), "quantity", -1)));
                yield "adjustments";
            }
            case 4 -> {
                body.put("adjustmentId", id);
                body.put("reason", "FOUND");
                yield "adjustments";
            }
            case 5 -> {
                body.put("countId", id);
                body.put("countedAt", Instant.now().toString());
                // Fewer than were promised, now and then: reservations break.
                body.put("lines", List.of(Map.of("sku", sku(), "quantity", random.nextInt(30))));
                yield "counts";
            }
            case 6, 7 -> {
                body.put("transferId", id);
                body.put("toLocationId", other(location));
                yield "transfers";
            }
            default -> {
                body.put("seconds", 1 + random.nextInt(HOLD_SECONDS_MAX));
                yield "holds";
            }
        };
        return new Request("inventory", "/v1/locations/" + Api.segment(location) + "/" + job, CLERK, id, body);
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
