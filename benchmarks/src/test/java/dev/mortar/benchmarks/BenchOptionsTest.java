package dev.mortar.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BenchOptionsTest {
    private static final Path FOLDER = Path.of("/folder");

    @Test
    void aScenarioIsMeasuredInThreeRounds() {
        BenchOptions options = BenchOptions.parse(FOLDER, "checkout");
        assertThat(options.scenarios()).containsExactly(Scenario.CHECKOUT);
        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.rates()).isEmpty();
        assertThat(options.out()).isEqualTo(Path.of("/folder/report"));
    }

    @Test
    void scenariosAndOptionsInAnyOrder() {
        BenchOptions options = BenchOptions.parse(
                FOLDER, "--seconds", "1.5", "highest-rate", "--shape", "december", "--rate", "40,100", "checkout");
        assertThat(options.scenarios()).containsExactly(Scenario.HIGHEST_RATE, Scenario.CHECKOUT);
        assertThat(options.length()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(options.shape()).isEqualTo(OrderShape.DECEMBER);
        assertThat(options.rates()).containsExactly(40.0, 100.0);
    }

    @Test
    void aMistakeIsNamed() {
        assertThatThrownBy(() -> BenchOptions.parse(FOLDER)).hasMessageContaining("scenario");
        assertThatThrownBy(() -> BenchOptions.parse(FOLDER, "chekout")).hasMessageContaining("chekout");
        assertThatThrownBy(() -> BenchOptions.parse(FOLDER, "idle", "--rate", "40,0"))
                .hasMessageContaining("--rate");
        assertThatThrownBy(() -> BenchOptions.parse(FOLDER, "idle", "--rate")).hasMessageContaining("needs a value");
        assertThatThrownBy(() -> BenchOptions.parse(FOLDER, "idle", "--shape", "round"))
                .hasMessageContaining("december");
    }
}
