package dev.mortar.benchmarks;

import dev.mortar.localstack.demo.Popularity;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** The retailer that orders are placed with. */
final class Retailer {
    /** Stock of each SKU in each store, so much that no order is rejected. */
    static final long UNITS_OF_EACH = 1_000_000_000L;

    static final int SKUS = 2_000;
    static final int STORES = 8;
    private static final int CUSTOMERS = 500;
    /** A few SKUs take most of the demand (Zipf): of 2,000 the first twenty take 44 %. */
    static final Popularity DEMAND = new Popularity(SKUS, 1);

    private Retailer() {}

    static List<String> stores() {
        return IntStream.rangeClosed(1, STORES).mapToObj(i -> "store-" + i).toList();
    }

    static List<String> skus(int count) {
        return IntStream.range(0, count).mapToObj(Retailer::sku).toList();
    }

    static String sku(int rank) {
        return "article-%05d".formatted(rank);
    }

    static List<String> customers() {
        return IntStream.rangeClosed(1, CUSTOMERS)
                .mapToObj(i -> "customer-" + i)
                .toList();
    }

    /** So many different SKUs, or all there are. */
    static List<String> basket(Popularity demand, int size, Random random) {
        Set<String> skus = new LinkedHashSet<>();
        while (skus.size() < Math.min(size, demand.ranks())) {
            skus.add(sku(demand.next(random)));
        }
        return List.copyOf(skus);
    }
}
