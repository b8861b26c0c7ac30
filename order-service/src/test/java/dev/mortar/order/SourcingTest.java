package dev.mortar.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mortar.order.Sourcing.Candidate;
import dev.mortar.order.Sourcing.Demand;
import dev.mortar.order.Sourcing.Place;
import dev.mortar.order.Sourcing.Plan;
import dev.mortar.order.Sourcing.Share;
import dev.mortar.order.Sourcing.Verdict;
import dev.mortar.order.SourcingRules.Fence;
import dev.mortar.order.SourcingRules.Figure;
import dev.mortar.order.SourcingRules.Rating;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SourcingTest {

    private static final Instant NOW = Instant.parse("2026-06-01T10:00:00Z");
    private static final FulfilmentMethod PICKUP = FulfilmentMethod.PICKUP;

    private static LinePart line(String lineId, String sku, long quantity) {
        return new LinePart(lineId, sku, quantity, 0);
    }

    private static Demand demand(LinePart... lines) {
        return demand(2, null, Set.of(), lines);
    }

    private static Demand demand(
            int splitMax, @Nullable Instant latestReadyAt, Set<String> excluded, LinePart... lines) {
        return new Demand(PICKUP, List.of(lines), splitMax, latestReadyAt, excluded);
    }

    private static Place place(String locationId, long metres, Map<String, Long> available) {
        return new Place(
                locationId, Set.of(PICKUP), true, metres, available, Map.of(), true, NOW.plusSeconds(3_600), NOW);
    }

    private static Plan plan(Demand demand, Place... places) {
        return Sourcing.plan(demand, List.of(places), SourcingRules.DEFAULT, NOW);
    }

    @Test
    void choosesTheNearestOfEqualLocations() {
        Plan plan = plan(
                demand(line("1", "mug", 2)),
                place("far", 9_000, Map.of("mug", 50L)),
                place("near", 1_000, Map.of("mug", 50L)));
        assertThat(plan.shares())
                .containsExactly(new Share("near", NOW.plusSeconds(3_600), List.of(new LinePart("1", "mug", 2, 0))));
        assertThat(plan.candidates())
                .extracting(each -> each.place().locationId() + " " + each.verdict() + " " + each.score())
                .containsExactly("near CHOSEN 3", "far OUTRANKED 19");
        assertThat(plan.score()).isEqualTo(3);
    }

    @Test
    void preferALocationThatIsNotEmptied() {
        Plan plan = plan(
                demand(line("1", "mug", 2)),
                place("last", 1_000, Map.of("mug", 2L)),
                place("full", 5_000, Map.of("mug", 50L)));
        assertThat(plan.shares()).extracting(Share::locationId).containsExactly("full");
    }

    @Test
    void aLocationThatFailsAFenceIsLeftOutAndNamed() {
        Demand demand = demand(2, NOW.plusSeconds(7_200), Set.of("tried"), line("1", "mug", 1));
        Map<String, Long> mugs = Map.of("mug", 5L);
        Instant late = NOW.plusSeconds(7_201);
        Plan plan = plan(
                demand,
                new Place("no-method", Set.of(FulfilmentMethod.DELIVERY), true, 1, mugs, Map.of(), true, null, NOW),
                new Place("offline", Set.of(PICKUP), false, 2, mugs, Map.of(), true, null, NOW),
                place("tried", 3, mugs),
                place("far", 100_001, mugs),
                new Place(
                        "silent",
                        Set.of(PICKUP),
                        true,
                        4,
                        mugs,
                        Map.of(),
                        true,
                        null,
                        NOW.minus(Duration.ofMinutes(2_881))),
                place("empty", 5, Map.of("mug", 0L, "pan", 3L)),
                new Place("full", Set.of(PICKUP), true, 6, mugs, Map.of(), false, null, NOW),
                new Place("late", Set.of(PICKUP), true, 7, mugs, Map.of(), true, late, NOW));
        assertThat(plan.shares()).isEmpty();
        assertThat(plan.leftOut()).containsOnlyKeys(Fence.values());
        assertThat(plan.candidates())
                .allMatch(each ->
                        each.verdict() == Verdict.FENCED && each.penalties().isEmpty())
                .extracting(each -> each.place().locationId() + " " + each.failed())
                .containsExactly(
                        "no-method METHOD",
                        "offline ENABLED",
                        "tried EXCLUDED",
                        "silent SILENT",
                        "empty STOCK",
                        "full CAPACITY",
                        "late HOURS",
                        "far DISTANCE");
    }

    @Test
    void takesAsFewLocationsAsPossibleAndSplitsALineOnlyIfNoneHasAllOfIt() {
        Place both = place("both", 60_000, Map.of("mug", 3L, "pan", 1L));
        Place mugs = place("mugs", 1_000, Map.of("mug", 3L));
        Place pans = place("pans", 2_000, Map.of("pan", 1L));
        Demand demand = demand(line("1", "mug", 3), line("2", "pan", 1));
        assertThat(plan(demand, both, mugs, pans).shares())
                .extracting(Share::locationId)
                .containsExactly("both");
        assertThat(plan(demand, mugs, pans).shares())
                .extracting(Share::locationId, Share::parts)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("mugs", List.of(new LinePart("1", "mug", 3, 0))),
                        org.assertj.core.groups.Tuple.tuple("pans", List.of(new LinePart("2", "pan", 1, 0))));
        assertThat(plan(demand(1, null, Set.of(), line("1", "mug", 3), line("2", "pan", 1)), mugs, pans)
                        .shares())
                .isEmpty();
    }

    @Test
    void theUnitsOfASplitLineAreNumbered() {
        Plan plan = plan(
                demand(new LinePart("1", "mug", 4, 2)),
                place("a", 1_000, Map.of("mug", 3L)),
                place("b", 2_000, Map.of("mug", 3L)));
        assertThat(plan.shares())
                .extracting(Share::parts)
                .containsExactly(List.of(new LinePart("1", "mug", 3, 2)), List.of(new LinePart("1", "mug", 1, 5)));
        assertThat(plan.score()).isGreaterThan(100);
    }

    /** The plan takes only units that are there, all of them once, and does not depend on the sequence of the input. */
    @Test
    void everyPlanCoversTheDemandOnceWithStockThatIsThere() {
        Random random = new Random(1);
        int planned = 0;
        for (int run = 0; run < 500; run++) {
            LinePart[] lines = IntStream.range(0, random.nextInt(1, 4))
                    .mapToObj(i -> line("l" + i, "sku-" + random.nextInt(3), random.nextInt(1, 5)))
                    .toArray(LinePart[]::new);
            Demand demand = demand(random.nextInt(1, 5), null, Set.of(), lines);
            List<Place> places = new ArrayList<>();
            for (int i = 0; i < random.nextInt(1, 30); i++) {
                Map<String, Long> available = new HashMap<>();
                for (int sku = 0; sku < 3; sku++) {
                    available.put("sku-" + sku, (long) random.nextInt(-1, 4));
                }
                places.add(place("p" + i, random.nextInt(60_000), available));
            }
            Plan plan = Sourcing.plan(demand, places, SourcingRules.DEFAULT, NOW);
            Collections.shuffle(places, random);
            assertThat(Sourcing.plan(demand, places, SourcingRules.DEFAULT, NOW))
                    .isEqualTo(plan);
            assertThat(plan.shares()).hasSizeLessThanOrEqualTo(demand.splitMax());
            if (!plan.shares().isEmpty()) {
                planned++;
                assertCovers(demand, places, plan);
            }
        }
        assertThat(planned).isBetween(100, 499);
    }

    private static void assertCovers(Demand demand, List<Place> places, Plan plan) {
        for (LinePart line : demand.parts()) {
            List<LinePart> parts = plan.shares().stream()
                    .flatMap(share -> share.parts().stream())
                    .filter(part -> part.lineId().equals(line.lineId()))
                    .sorted(java.util.Comparator.comparingLong(LinePart::firstUnit))
                    .toList();
            long next = line.firstUnit();
            for (LinePart part : parts) {
                assertThat(part.firstUnit()).isEqualTo(next);
                next = part.end();
            }
            assertThat(next).isEqualTo(line.end());
        }
        for (Share share : plan.shares()) {
            Place place = places.stream()
                    .filter(each -> each.locationId().equals(share.locationId()))
                    .findFirst()
                    .orElseThrow();
            Map<String, Long> taken = new HashMap<>();
            share.parts().forEach(part -> taken.merge(part.sku(), part.quantity(), Long::sum));
            assertThat(taken).isNotEmpty();
            taken.forEach((sku, units) ->
                    assertThat(units).isLessThanOrEqualTo(place.available().getOrDefault(sku, 0L)));
        }
        assertThat(plan.candidates())
                .filteredOn(each -> each.verdict() == Verdict.CHOSEN)
                .extracting(Candidate::place)
                .extracting(Place::locationId)
                .containsExactlyInAnyOrderElementsOf(
                        plan.shares().stream().map(Share::locationId).toList());
    }

    @Test
    void looksAtTheNearestOnly() {
        List<Place> places = IntStream.rangeClosed(1, Sourcing.NEAREST_MAX + 1)
                .mapToObj(i -> place("p" + i, i, i > Sourcing.NEAREST_MAX ? Map.of("mug", 1L) : Map.of()))
                .toList();
        Plan plan = Sourcing.plan(demand(line("1", "mug", 1)), places, SourcingRules.DEFAULT, NOW);
        assertThat(plan.shares()).isEmpty();
        assertThat(plan.leftOut()).isEqualTo(Map.of(Fence.STOCK, (long) Sourcing.NEAREST_MAX));
        assertThat(plan.candidates()).hasSize(Sourcing.CANDIDATES_MAX);
    }

    @Test
    void aRatingIsClampedAndCountsInWholeNumbers() {
        Rating left = new Rating(Figure.STOCK_LEFT, 10, 0, 30);
        assertThat(List.of(left.penalty(20), left.penalty(10), left.penalty(7), left.penalty(0), left.penalty(-5)))
                .containsExactly(0L, 0L, 9L, 30L, 30L);
        assertThatIllegalArgumentException().isThrownBy(() -> new Rating(Figure.DISTANCE, 5, 5, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Rating(Figure.DISTANCE, 0, 5, -1));
    }
}
