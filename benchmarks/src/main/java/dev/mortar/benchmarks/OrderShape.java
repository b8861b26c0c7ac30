package dev.mortar.benchmarks;

import dev.mortar.localstack.Http;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

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

    /** Bodies of {@code POST /v1/orders} for pickup at the retailer's stores. */
    List<String> bodies(int count, Random random, Demand demand) {
        List<String> locations = Retailer.stores();
        List<String> customers = Retailer.customers();
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String customer = customers.get(random.nextInt(customers.size()));
            String location = locations.get(random.nextInt(locations.size()));
            bodies.add(body(customer, location, demand.basket(lines(random), random)));
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

    /** Which SKUs people want, by the sum of the shares of each rank and all before it. */
    record Demand(double[] upTo) {

        /** Of each the share 1/rank (Zipf): of 2,000 the first twenty take 44 %. */
        static Demand of(int skus) {
            double[] upTo = new double[skus];
            double sum = 0;
            for (int rank = 0; rank < skus; rank++) {
                sum += 1.0 / (rank + 1);
                upTo[rank] = sum;
            }
            return new Demand(upTo);
        }

        /** Of each as much, so that no cache helps. */
        static Demand even(int skus) {
            double[] upTo = new double[skus];
            Arrays.setAll(upTo, rank -> rank + 1);
            return new Demand(upTo);
        }

        static String sku(int rank) {
            return "article-%05d".formatted(rank);
        }

        /** So many different SKUs, or all there are. */
        List<String> basket(int size, Random random) {
            Set<String> skus = new LinkedHashSet<>();
            while (skus.size() < Math.min(size, upTo.length)) {
                skus.add(sku(next(random)));
            }
            return List.copyOf(skus);
        }

        private int next(Random random) {
            int found = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
            return Math.min(upTo.length - 1, found < 0 ? -found - 1 : found);
        }
    }
}
