package dev.mortar.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BenchOptionsTest {
    private static final Path FOLDER = Path.of("/folder");

    @Test
    void withoutArgumentsAllScenariosAreMeasuredInThreeRounds() {
        BenchOptions options = BenchOptions.parse(FOLDER);
        assertThat(options.scenarios()).containsExactly(Scenario.values());
        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.out()).isEqualTo(Path.of("/folder/report"));
    }

    @Test
    void scenariosAndOptionsInAnyOrder() {
        BenchOptions options =
                BenchOptions.parse(FOLDER, "--seconds", "1.5", "checkout-max", "--shape", "december", "floor");
        assertThat(options.scenarios()).containsExactly(Scenario.CHECKOUT_MAX, Scenario.FLOOR);
        assertThat(options.length()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(options.shape()).isEqualTo(OrderShape.DECEMBER);
    }

    @Test
    void whatCannotBeUnderstoodIsNamed() {
        assertThatThrownBy(() -> BenchOptions.parse(FOLDER, "chekout")).hasMessageContaining("chekout");
        assertThatThrownBy(() -> BenchOptions.parse(FOLDER, "--rate", "0")).hasMessageContaining("--rate");
        assertThatThrownBy(() -> BenchOptions.parse(FOLDER, "--rate")).hasMessageContaining("needs a value");
        assertThatThrownBy(() -> BenchOptions.parse(FOLDER, "--shape", "round")).hasMessageContaining("december");
    }
}
