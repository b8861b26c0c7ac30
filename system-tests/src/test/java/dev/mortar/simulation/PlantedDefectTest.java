package dev.mortar.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.kafka.PlantedDefect;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlantedDefectTest {

    private static final int SEEDS_MAX = 150;

    @ParameterizedTest
    @EnumSource
    void isCaughtWithinAFewSeeds(PlantedDefect defect) {
        long seed = 1;
        Outcome outcome = Simulation.run(Plan.of(seed), Set.of(defect), false);
        while (outcome.holds() && seed < SEEDS_MAX) {
            seed++;
            outcome = Simulation.run(Plan.of(seed), Set.of(defect), false);
        }

        assertThat(outcome.problems()).as("%s in %d seeds", defect, seed).isNotEmpty();
        assertThat(Simulation.run(Plan.of(seed)).problems())
                .as("the same seed without it")
                .isEmpty();
    }
}
