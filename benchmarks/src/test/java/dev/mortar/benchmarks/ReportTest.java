package dev.mortar.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir
    private Path folder;

    private Report report;

    @BeforeEach
    void emptyReport() {
        report = new Report(folder, "./mortar bench growth", Map.of("cores", "2"));
    }

    @Test
    void eachRoundIsShownWithMedianAndSpread() throws Exception {
        report.add(Scenario.IDLE, "", 1, Round.empty().with("processor time", 5));
        report.add(Scenario.IDLE, "", 2, Round.empty().with("processor time", 40));
        report.add(Scenario.IDLE, "", 3, Round.empty().with("processor time", 7));
        assertThat(text())
                .contains(
                        "./mortar bench growth", "| cores | 2 |", "| | round 1 | round 2 | round 3 | median | spread |")
                .contains("| processor time | 5.00 | 40.0 | 7.00 | 7.00 | 5.00–40.0 |");
        assertThat(report.holds()).isTrue();
    }

    @Test
    void comparedSubjectsAreDividedRoundByRound() throws Exception {
        for (int number = 1; number <= 2; number++) {
            report.add(Scenario.GROWTH, "few", number, Round.empty().with("rate", 10 * number));
            report.add(Scenario.GROWTH, "many", number, Round.empty().with("rate", 5));
        }
        report.ratio(Scenario.GROWTH, "few by many", "few: rate", "many: rate");
        assertThat(text()).contains("| few by many | 2.00 | 4.00 | 3.00 | 2.00–4.00 |");
    }

    @Test
    void aViolationVoidsTheFigures() throws Exception {
        report.add(Scenario.GROWTH, "", 1, Round.empty().with("rate", 10));
        report.violation(Scenario.GROWTH, "The audit found violations.");
        assertThat(report.holds()).isFalse();
        assertThat(text()).contains("**Void:**\n\n- The audit found violations.");
    }

    @Test
    void aRoundThatIsWrongIsVoid() throws Exception {
        Round round = Round.empty();
        round.wrong().add("an order had no end");
        report.add(Scenario.FLASH, "", 2, round);
        assertThat(report.holds()).isFalse();
        assertThat(text()).contains("round 2: an order had no end");
    }

    private String text() throws IOException {
        return Files.readString(folder.resolve("report.md"));
    }
}
