package dev.mortar.benchmarks;

import dev.mortar.localstack.Http;
import dev.mortar.localstack.demo.Popularity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** How many lines orders have. */
enum OrderShape {
    THREE,
    /** Many lines, as in a gift wholesaler's December: 21 on average, half of them up to 13, some hundreds. */
    DECEMBER;

    private static final int THREE_LINES = 3;
    /** The mean of a log-normal distribution is its median by the square root of e. */
    private static final double DECEMBER_MEDIAN = 21 / Math.sqrt(Math.E);

    private static final int LINES_MAX = 1_000;

    int lines(Random random) {
        return this == THREE
                ? THREE_LINES
                : (int) Math.clamp(Math.round(DECEMBER_MEDIAN * Math.exp(random.nextGaussian())), 1, LINES_MAX);
    }

    /** As {@link #bodies}, without a location: order-service chooses the nearest store with the goods. */
    List<String> unsourced(int count, Random random, Popularity demand) {
        return bodies(count, random, demand).stream()
                .map(body -> body.replaceAll("\"locationId\":\"([^\"]+)\"", "\"nearLocationId\":\"$1\""))
                .toList();
    }

    /** Bodies of {@code POST /v1/orders} for pickup at the retailer's stores. */
    List<String> bodies(int count, Random random, Popularity demand) {
        List<String> locations = Retailer.stores();
        List<String> customers = Retailer.customers();
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String customer = customers.get(random.nextInt(customers.size()));
            String location = locations.get(random.nextInt(locations.size()));
            bodies.add(body(customer, location, Retailer.basket(demand, lines(random), random)));
        }
        return bodies;
    }

    /** An order of one unit of each SKU. */
    static String body(String customerId, String locationId, List<String> skus) {
        Map<String, Object> price = Map.of("amount", 1_299, "currency", "EUR");
        List<Map<String, Object>> lines = skus.stream()
                .map(sku -> Map.of("sku", sku, "title", "The article " + sku, "quantity", 1, "unitPrice", price))
                .toList();
        List<?> fulfilments = List.of(Map.of("method", "PICKUP", "locationId", locationId));
        return Http.json(
                Map.of("channel", "ONLINE", "customerId", customerId, "lines", lines, "fulfilments", fulfilments));
    }
}
