package dev.mortar.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.ConcurrentHistogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private static final Machine.Use QUIET = new Machine.Use(1, Map.of(), 0, 0);

    @TempDir
    private Path folder;

    @Test
    void allRoundsAreShownAndTheNoisyOnesMarked() throws Exception {
        var report = new Report(folder, "./mortar bench checkout", Map.of("seed", "1"));
        report.add(round("checkout", 1, 50, 0.5));
        report.add(round("checkout", 2, 60, 20));
        assertThat(Files.readString(folder.resolve("report.md")))
                .contains("./mortar bench checkout")
                .contains("| | round 1 | round 2 (noisy) | median | spread |")
                .contains("round 2: the generator was 20.0 ms late at p99");
        JsonNode json = JsonMapper.builder().build().readTree(Files.readString(folder.resolve("report.json")));
        assertThat(json.path("rounds").path("checkout")).hasSize(2);
        assertThat(report.holds()).isTrue();
    }

    @Test
    void roundsThatDifferTooMuchAreMarked() throws Exception {
        var report = new Report(folder, "", Map.of());
        report.add(round("checkout", 1, 50, 0));
        report.add(round("checkout", 2, 100, 0));
        assertThat(Files.readString(folder.resolve("report.md")))
                .contains("p50 of confirmed differs by the factor 2.0");
    }

    @Test
    void checkoutIsComparedWithTheHopsUnderIt() throws Exception {
        var report = new Report(folder, "", Map.of());
        report.add(round("checkout", 1, 100, 0));
        report.add(new Round(
                "floor",
                1,
                "record",
                1,
                Map.of("plain, records/s", 100.0, "exactly-once bare loop, records/s", 50.0),
                Map.of(Floor.LOOP, quantiles(14), Floor.PLAIN, quantiles(4)),
                null,
                QUIET,
                List.of()));
        assertThat(Files.readString(folder.resolve("report.md")))
                .contains("by three exactly-once and two plain hops at p50: 100 ms by 50.0 ms = 2.00");
    }

    @Test
    void aViolationVoidsTheFigures() throws Exception {
        var report = new Report(folder, "", Map.of());
        report.add(round("checkout", 1, 50, 0));
        report.violations(List.of("checkout"), List.of("The audit found violations."));
        assertThat(report.holds()).isFalse();
        assertThat(Files.readString(folder.resolve("report.md"))).contains("Promises were broken");
    }

    @Test
    void plotsAreWellFormed() throws Exception {
        String plot =
                Plot.latencies("a < b & c", Map.of("round 1", quantiles(50).curve()));
        var document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(plot)));
        assertThat(document.getElementsByTagName("polyline").getLength()).isEqualTo(1);
        assertThat(plot).doesNotContain("NaN").doesNotContain("Infinity");
    }

    private static Round round(String subject, int number, double ms, double lagMs) {
        return new Round(
                subject,
                number,
                "order",
                10,
                Map.of("records per order", 15.0, "of them in transactions", 10.0),
                Map.of("confirmed", quantiles(ms)),
                quantiles(lagMs),
                QUIET,
                List.of());
    }

    private static Quantiles quantiles(double ms) {
        ConcurrentHistogram histogram = Quantiles.histogram();
        Quantiles.record(histogram, (long) (ms * 1e6));
        return Quantiles.of(histogram);
    }
}
