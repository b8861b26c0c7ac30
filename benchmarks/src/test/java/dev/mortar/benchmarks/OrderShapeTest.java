package dev.mortar.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.localstack.demo.Popularity;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class OrderShapeTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void decemberHas21LinesOnAverageAndSometimesHundreds() {
        var random = new Random(1);
        int[] lines = IntStream.generate(() -> OrderShape.DECEMBER.lines(random))
                .limit(50_000)
                .toArray();
        assertThat(IntStream.of(lines).average().orElseThrow()).isBetween(20.0, 22.0);
        assertThat(IntStream.of(lines).max().orElseThrow()).isGreaterThan(200);
        assertThat(IntStream.of(lines).min().orElseThrow()).isEqualTo(1);
    }

    @Test
    void aFewSkusTakeMostOfTheDemand() {
        var random = new Random(1);
        long popular = IntStream.range(0, 10_000)
                .mapToObj(_ -> Retailer.basket(Retailer.DEMAND, 1, random).getFirst())
                .filter(sku -> sku.compareTo(Retailer.sku(20)) < 0)
                .count();
        assertThat(popular).isBetween(4_200L, 4_600L);
    }

    @Test
    void anOrderHasItsLinesOnceEach() {
        List<String> bodies = OrderShape.THREE.bodies(10, new Random(1), new Popularity(5, 1));
        assertThat(bodies).hasSize(10).allSatisfy(body -> {
            List<String> skus = JSON.readTree(body)
                    .path("lines")
                    .valueStream()
                    .map(line -> line.path("sku").asString())
                    .toList();
            assertThat(skus).hasSize(3).doesNotHaveDuplicates();
        });
    }
}
