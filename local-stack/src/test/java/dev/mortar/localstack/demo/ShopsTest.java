package dev.mortar.localstack.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShopsTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    @Test
    void sameSeedMakesTheSameRetailerAndTheSamePurchases() {
        assertThat(Shops.generated(42, 9)).isEqualTo(Shops.generated(42, 9));
        assertThat(purchases(42)).isEqualTo(purchases(42));
        assertThat(demand(42).stock(500)).isEqualTo(demand(42).stock(500));
    }

    @Test
    void anotherSeedMakesAnother() {
        assertThat(Shops.generated(42, 9)).isNotEqualTo(Shops.generated(43, 9));
        assertThat(purchases(42)).isNotEqualTo(purchases(43));
    }

    @Test
    void locationsArticlesAndShoppersAreDistinct() {
        Shops shops = Shops.generated(7, 40);

        assertThat(shops.locationIds()).hasSize(40).doesNotHaveDuplicates();
        assertThat(shops.articles()).extracting(Shops.Article::sku).doesNotHaveDuplicates();
        assertThat(shops.shoppers()).extracting(Shops.Shopper::customerId).doesNotHaveDuplicates();
        assertThat(shops.locations().getLast().warehouse()).isTrue();
    }

    @Test
    void aFewArticlesSellMostAndSomePurchasesAreHuge() {
        List<Purchase> purchases = purchases(1);
        Map<String, Long> sold = purchases.stream()
                .flatMap(purchase -> purchase.lines().stream())
                .collect(Collectors.groupingBy(Purchase.Line::sku, Collectors.counting()));
        long all = sold.values().stream().mapToLong(count -> count).sum();
        long firstTenth = sold.values().stream()
                .sorted((one, other) -> Long.compare(other, one))
                .limit(30)
                .mapToLong(count -> count)
                .sum();

        assertThat(firstTenth).isGreaterThan(all * 2 / 5);
        assertThat(purchases).anyMatch(purchase -> purchase.lines().size() >= 15);
        assertThat(purchases.stream()
                        .filter(purchase -> purchase.lines().size() <= 3)
                        .count())
                .isGreaterThan(purchases.size() / 2);
    }

    @Test
    void everyKindOfPurchaseComesUp() {
        List<Purchase> purchases = purchases(1);

        assertThat(kinds(purchases, Purchase::channel)).contains(Purchase.Channel.values());
        assertThat(kinds(purchases, Purchase::method)).contains(Purchase.Method.values());
        assertThat(kinds(purchases, Purchase::ending)).contains(Purchase.Ending.values());
        assertThat(purchases).anyMatch(purchase -> !purchase.cancelled().isEmpty());
        assertThat(purchases).anyMatch(purchase -> !purchase.missing().isEmpty());
        assertThat(purchases).anyMatch(purchase -> !purchase.returns().isEmpty());
        assertThat(purchases).anyMatch(purchase -> purchase.customerId() == null);
        assertThat(purchases).anyMatch(Purchase::sourced);
        assertThat(purchases)
                .filteredOn(Purchase::sourced)
                .allMatch(purchase -> purchase.channel() == Purchase.Channel.ONLINE);
    }

    private static <T> List<T> kinds(List<Purchase> purchases, Function<Purchase, T> kind) {
        return purchases.stream().map(kind).distinct().toList();
    }

    private static List<Purchase> purchases(long seed) {
        Demand demand = demand(seed);
        return Stream.generate(demand::next).limit(1_000).toList();
    }

    private static Demand demand(long seed) {
        return new Demand(Shops.generated(seed, 9), seed, NOW);
    }
}
