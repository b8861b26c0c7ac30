package dev.mortar.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.kafka.PlantedDefect;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShrinkerTest {

    private static final Set<PlantedDefect> DEFECT = Set.of(PlantedDefect.LOSE_COMMAND);

    @Test
    void leavesAShortStoryThatStillFailsAndCanBeToldAgain() {
        Plan failing = firstFailing();

        Plan small = Shrinker.shrink(failing, DEFECT);

        assertThat(small.decisions().size()).isLessThan(failing.decisions().size() / 5);
        Plan again = Shrinker.again(failing.seed(), Shrinker.kept(small));
        assertThat(again).isEqualTo(small);
        Outcome told = Simulation.run(again, DEFECT, true);
        assertThat(told.problems()).isNotEmpty();
        // A third of it are the reminders of notifications that wait an hour for a contact.
        assertThat(told.story()).hasSizeLessThan(300);
        assertThat(Simulation.run(again, DEFECT, true).story()).isEqualTo(told.story());
    }

    @Test
    void leavesAPlanThatHoldsAsItIs() {
        assertThat(Shrinker.shrink(Plan.of(1), Set.of())).isEqualTo(Plan.of(1));
    }

    @Test
    void namesDecisionsByRanges() {
        Plan plan = Plan.of(1);
        Plan some = plan.with(java.util.List.of(
                plan.decisions().get(0),
                plan.decisions().get(1),
                plan.decisions().get(2),
                plan.decisions().get(7)));

        assertThat(Shrinker.kept(some)).isEqualTo("0-2,7");
        assertThat(Shrinker.again(1, "0-2,7")).isEqualTo(some);
    }

    private static Plan firstFailing() {
        for (long seed = 1; seed < 100; seed++) {
            if (!Simulation.run(Plan.of(seed), DEFECT, false).holds()) {
                return Plan.of(seed);
            }
        }
        throw new AssertionError("no seed finds " + DEFECT);
    }
}
