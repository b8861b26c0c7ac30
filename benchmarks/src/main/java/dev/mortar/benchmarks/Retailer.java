package dev.mortar.benchmarks;

import java.util.List;
import java.util.stream.IntStream;

/** The retailer that orders are placed with. */
final class Retailer {
    /** Stock of each SKU in each store, so much that no order is rejected. */
    static final long UNITS_OF_EACH = 1_000_000_000L;

    static final int SKUS = 2_000;
    static final int STORES = 8;
    private static final int CUSTOMERS = 500;

    private Retailer() {}

    static List<String> stores() {
        return IntStream.rangeClosed(1, STORES).mapToObj(i -> "store-" + i).toList();
    }

    /** The articles that are sold, the most popular first. */
    static List<String> skus(int count) {
        return IntStream.range(0, count).mapToObj(OrderShape.Demand::sku).toList();
    }

    static List<String> customers() {
        return IntStream.rangeClosed(1, CUSTOMERS)
                .mapToObj(i -> "customer-" + i)
                .toList();
    }
}
