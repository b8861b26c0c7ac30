package dev.mortar.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BenchOptionsTest {
    @Test
    void aScenarioIsMeasuredInThreeRounds() {
        BenchOptions options = BenchOptions.parse("checkout");
        assertThat(options.scenarios()).containsExactly(Scenario.CHECKOUT);
        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.rates()).isEmpty();
    }

    @Test
    void scenariosAndOptionsInAnyOrder() {
        BenchOptions options = BenchOptions.parse(
                "--seconds", "1.5", "highest-rate", "--shape", "december", "--rate", "40,100", "checkout");
        assertThat(options.scenarios()).containsExactly(Scenario.HIGHEST_RATE, Scenario.CHECKOUT);
        assertThat(options.length()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(options.shape()).isEqualTo(OrderShape.DECEMBER);
        assertThat(options.rates()).containsExactly(40.0, 100.0);
    }

    @Test
    void aMistakeIsNamed() {
        assertThatThrownBy(() -> BenchOptions.parse()).hasMessageContaining("scenario");
        assertThatThrownBy(() -> BenchOptions.parse("chekout")).hasMessageContaining("chekout");
        assertThatThrownBy(() -> BenchOptions.parse("idle", "--rate", "40,0")).hasMessageContaining("--rate");
        assertThatThrownBy(() -> BenchOptions.parse("idle", "--rate")).hasMessageContaining("needs a value");
        assertThatThrownBy(() -> BenchOptions.parse("idle", "--shape", "round")).hasMessageContaining("december");
    }
}
