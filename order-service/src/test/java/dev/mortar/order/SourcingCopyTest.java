package dev.mortar.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.kafka.KafkaUnavailable;
import dev.mortar.order.Sourcing.Demand;
import dev.mortar.order.Sourcing.Plan;
import dev.mortar.order.Sourcing.Share;
import dev.mortar.order.SourcingCopy.Level;
import dev.mortar.order.SourcingCopy.Planned;
import dev.mortar.order.SourcingRules.Fence;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SourcingCopyTest {

    private final SourcingFigures figures = new SourcingFigures();
    private final SourcingCopy copy = figures.copy();

    private static Demand demand(LinePart... parts) {
        return new Demand(FulfilmentMethod.PICKUP, List.of(parts), 2, null, Set.of());
    }

    private static Demand mugs(long quantity) {
        return demand(new LinePart("1", "mug", quantity, 0));
    }

    private Planned plan(Demand demand) {
        return copy.plan(demand, SourcingFigures.CELL, null, SourcingRules.DEFAULT);
    }

    @Test
    void plansWithTheStockOfTheNearest() {
        figures.location("near", 0.1).location("far", 0.5);
        figures.level(copy, "near", "mug", 20, 7).level(copy, "far", "mug", 20, 8);

        Planned planned = plan(mugs(2));

        assertThat(planned.plan().shares()).extracting(Share::locationId).containsExactly("near");
        assertThat(planned.asOf()).as("the plan did not need a newer copy").isEqualTo(SourcingFigures.AS_OF);
        SourcingCandidate near = SourcingCandidate.of(planned.plan()).getFirst();
        assertThat(near.stock()).containsExactly(new SourcingCandidate.Stock("mug", 20, 7));
        assertThat(near.distanceMetres()).isBetween(11_000L, 11_200L);
        assertThat(near.readyAt()).isNull();
        assertThat(near.seenAt()).isEqualTo(SourcingFigures.NOW);
    }

    @Test
    void forgetsALevelThatIsEmptyOrGone() {
        figures.location("a", 0.1).location("b", 0.2);
        figures.level(copy, "a", "mug", 20, 1).level(copy, "b", "mug", 20, 1).level(copy, "b", "pan", 5, 2);
        assertThat(copy.rows()).isEqualTo(3);

        figures.level(copy, "a", "mug", 0, 2);
        copy.learn("b|pan", null);

        assertThat(copy.rows()).isEqualTo(1);
        assertThat(plan(mugs(1)).plan().shares()).extracting(Share::locationId).containsExactly("b");
    }

    @Test
    void countsTheLocationsWithoutAnyOfTheUnits() {
        figures.location("a", 0.1).location("b", 0.2).location("c", 0.3);
        figures.level(copy, "a", "mug", 20, 1).level(copy, "b", "pan", 20, 1);

        Plan plan = plan(mugs(1)).plan();

        assertThat(plan.candidates()).hasSize(1);
        assertThat(plan.leftOut()).isEqualTo(Map.of(Fence.STOCK, 2L));
    }

    @Test
    void leavesOutALocationWhoseStockHasNotChangedForLong() {
        figures.location("a", 0.1);
        copy.learn("a|mug", new Level(dev.mortar.values.Unit.EACH, 5, 1, SourcingFigures.NOW.minusSeconds(200_000)));
        assertThat(plan(mugs(1)).plan().leftOut()).isEqualTo(Map.of(Fence.SILENT, 1L));

        figures.level(copy, "a", "pan", 0, 2);
        assertThat(plan(mugs(1)).plan().shares()).hasSize(1);
    }

    @Test
    void measuresFromALocation() {
        figures.location("a", 0.1).location("b", 0.5);
        figures.level(copy, "a", "mug", 20, 1).level(copy, "b", "mug", 20, 1);

        Plan plan = copy.plan(mugs(1), null, "b", SourcingRules.DEFAULT).plan();

        assertThat(plan.shares()).extracting(Share::locationId).containsExactly("b");
        assertThat(copy.plan(mugs(1), null, "unknown", SourcingRules.DEFAULT)
                        .plan()
                        .candidates())
                .isEmpty();
    }

    @Test
    void saysThatNobodyHasTheUnitsOnlyAfterItHasReadTheEnd() {
        figures.location("a", 0.1);
        assertThat(plan(mugs(1)).asOf()).isEqualTo(SourcingFigures.END);
        assertThat(figures.endsRead()).isEqualTo(1);

        figures.atEnd(() -> figures.level(copy, "a", "mug", 5, 1));
        Planned late = plan(mugs(1));

        assertThat(late.plan().shares()).extracting(Share::locationId).containsExactly("a");
        assertThat(late.asOf()).isEqualTo(SourcingFigures.END);
    }

    @Test
    void saysNothingIfTheEndCannotBeRead() {
        figures.location("a", 0.1);
        figures.atEnd(() -> {
            throw new KafkaUnavailable("away", null);
        });
        assertThatThrownBy(() -> plan(mugs(1))).isInstanceOf(KafkaUnavailable.class);

        figures.level(copy, "a", "mug", 5, 1);
        assertThat(plan(mugs(1)).plan().shares()).hasSize(1);
    }
}
