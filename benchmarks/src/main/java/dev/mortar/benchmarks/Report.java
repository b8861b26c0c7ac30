package dev.mortar.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** All rounds, the noisy ones too, as Markdown, JSON and plots. */
final class Report {
    /** Rounds of one subject that differ by more than this, largest by smallest, do not measure the subject. */
    private static final double SPREAD_MAX = 1.5;

    private static final double BYTES_PER_MB = 1e6;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path folder;
    private final String command;
    private final Map<String, String> settings;
    private final Map<String, List<Round>> rounds = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();

    /**
     * An empty report.
     *
     * @param command that makes it again
     * @param settings by name, as they were in this run
     */
    Report(Path folder, String command, Map<String, String> settings) {
        this.folder = folder;
        this.command = command;
        this.settings = new TreeMap<>(settings);
    }

    /** Takes a round in and writes everything anew, so that a run that is ended early has a report too. */
    void add(Round round) throws IOException {
        rounds.computeIfAbsent(round.subject(), _ -> new ArrayList<>()).add(round);
        write();
    }

    /** Takes in what the audit found on the stack of these subjects: it voids their figures. */
    void violations(Collection<String> subjects, List<String> found) throws IOException {
        found.forEach(each -> violations.add(each + " The figures of these are void: " + String.join(", ", subjects)));
        write();
    }

    /** Whether every figure counts. */
    boolean holds() {
        return violations.isEmpty()
                && rounds.values().stream()
                        .flatMap(List::stream)
                        .allMatch(round -> round.wrong().isEmpty());
    }

    private void write() throws IOException {
        Files.createDirectories(folder);
        var text = new StringBuilder("# Measured speed\n\n");
        text.append("Made by `").append(command).append("`.\n\n");
        text.append("Every round is shown; what the machine did to one is said below its table.\n\n");
        Map<String, String> about = new LinkedHashMap<>(Machine.description());
        about.putAll(settings);
        text.append("| | |\n|---|---|\n");
        about.forEach((name, value) ->
                text.append("| ").append(name).append(" | ").append(value).append(" |\n"));
        if (!violations.isEmpty()) {
            text.append("\n**Promises were broken, and speed without them counts for nothing:**\n\n");
            violations.forEach(each -> text.append("- ").append(each).append('\n'));
        }
        overFloor()
                .forEach((what, figure) -> text.append("\n")
                        .append(what)
                        .append(": ")
                        .append(figure)
                        .append(".\n"));
        for (Map.Entry<String, List<Round>> subject : rounds.entrySet()) {
            subject(text, subject.getKey(), subject.getValue());
        }
        Files.writeString(folder.resolve("report.md"), text.toString());
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("command", command);
        all.put("about", about);
        all.put("violations", violations);
        all.put("overFloor", overFloor());
        all.put("rounds", rounds);
        all.put(
                "noise",
                rounds.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, subject -> noise(subject.getValue()))));
        Files.writeString(folder.resolve("report.json"), JSON.writeValueAsString(all) + "\n");
    }

    /** A line for each subject: medians over its rounds. */
    private void inShort(StringBuilder text) {
        text.append("\n| | throughput | time | p50, ms | p99, ms | p99.9, ms | max, ms | processor, ms | noisy |\n");
        text.append("|---|---:|---|---:|---:|---:|---:|---:|---:|\n");
        rounds.forEach((subject, all) -> {
            text.append("| ").append(subject).append(" | ");
            keys(all, round -> round.figures().keySet()).stream()
                    .filter(Report::isThroughput)
                    .findFirst()
                    .ifPresent(figure -> text.append(
                                    number(median(all, round -> round.figures().getOrDefault(figure, 0.0))))
                            .append(' ')
                            .append(figure.substring(figure.lastIndexOf(", ") + 1)
                                    .strip()));
            Set<String> latencies = keys(all, round -> round.latencies().keySet());
            String latency = latencies.contains("confirmed")
                    ? "confirmed"
                    : latencies.stream().findFirst().orElse("");
            text.append(" | ").append(latency).append(" |");
            for (ToDoubleFunction<Quantiles> quantile : List.<ToDoubleFunction<Quantiles>>of(
                    Quantiles::p50, Quantiles::p99, Quantiles::p999, Quantiles::max)) {
                text.append(' ')
                        .append(latency.isEmpty() ? "" : number(median(all, round -> of(round, latency, quantile))))
                        .append(" |");
            }
            long noisy = all.stream().filter(round -> !round.noise().isEmpty()).count();
            text.append(' ').append(number(median(all, Round::cpuMsPerUnit))).append(" | ");
            text.append(noisy).append(" of ").append(all.size()).append(" |\n");
        });
    }

    private static boolean isThroughput(String figure) {
        return figure.contains("/s") && !figure.startsWith("due");
    }

    private void subject(StringBuilder text, String name, List<Round> all) throws IOException {
        text.append("\n## ").append(name).append("\n\n");
        text.append("| |");
        all.forEach(round -> text.append(" round ")
                .append(round.number())
                .append(noisy(round))
                .append(" |"));
        text.append(" median | spread |\n|---|")
                .append("---:|".repeat(all.size() + 2))
                .append('\n');
        for (String figure : keys(all, round -> round.figures().keySet())) {
            row(text, figure, all, round -> round.figures().getOrDefault(figure, 0.0));
        }
        for (String latency : keys(all, round -> round.latencies().keySet())) {
            row(text, latency + " p50, ms", all, round -> of(round, latency, Quantiles::p50));
            row(text, "p90", all, round -> of(round, latency, Quantiles::p90));
            row(text, "p99", all, round -> of(round, latency, Quantiles::p99));
            row(text, "p99.9", all, round -> of(round, latency, Quantiles::p999));
            row(text, "max", all, round -> of(round, latency, Quantiles::max));
        }
        if (all.getFirst().lag() != null) {
            row(
                    text,
                    "generator's own lag p50, ms",
                    all,
                    round -> round.lag() == null ? 0 : round.lag().p50());
            row(text, "p99", all, round -> round.lag() == null ? 0 : round.lag().p99());
            row(text, "max", all, round -> round.lag() == null ? 0 : round.lag().max());
        }
        Set<String> processes = keys(
                all,
                round ->
                        round.use() == null ? Set.of() : round.use().processes().keySet());
        if (!processes.isEmpty()) {
            String unit = all.getFirst().unit();
            row(text, "processor time, ms per " + unit, all, Round::cpuMsPerUnit);
            processes.forEach(process -> row(text, "– " + process, all, round -> round.cpuMsPerUnit(process)));
            row(
                    text,
                    "resident, MB",
                    all,
                    round -> processes.stream()
                            .mapToDouble(process -> residentMb(round, process))
                            .sum());
            processes.forEach(process -> row(text, "– " + process, all, round -> residentMb(round, process)));
            row(
                    text,
                    "processors used by others, %",
                    all,
                    round -> round.use() == null ? 0 : round.use().foreign() * 100);
            row(
                    text,
                    "processors kept by the host, %",
                    all,
                    round -> round.use() == null ? 0 : round.use().stolen() * 100);
        }
        List<String> noise = noise(all);
        if (!noise.isEmpty()) {
            text.append("\nNoisy:\n\n");
            noise.forEach(each -> text.append("- ").append(each).append('\n'));
        }
        List<String> wrong = all.stream()
                .flatMap(round -> round.wrong().stream().map(each -> "round " + round.number() + ": " + each))
                .toList();
        if (!wrong.isEmpty()) {
            text.append("\n**Void:**\n\n");
            wrong.forEach(each -> text.append("- ").append(each).append('\n'));
        }
        for (String latency : keys(all, round -> round.latencies().keySet())) {
            String file = (name + " " + latency).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".svg";
            Map<String, List<Double>> curves = new LinkedHashMap<>();
            for (Round round : all) {
                Quantiles quantiles = round.latencies().get(latency);
                if (quantiles != null) {
                    curves.put("round " + round.number() + noisy(round), quantiles.curve());
                }
            }
            Files.writeString(folder.resolve(file), Plot.latencies(name + ": " + latency, curves));
            text.append("\n![")
                    .append(name)
                    .append(": ")
                    .append(latency)
                    .append("](")
                    .append(file)
                    .append(")\n");
        }
        if (!processes.isEmpty()) {
            String file = (name + " processors").toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".svg";
            Map<String, Double> bars = new LinkedHashMap<>();
            processes.forEach(process -> bars.put(process, median(all, round -> round.cpuMsPerUnit(process))));
            Files.writeString(
                    folder.resolve(file),
                    Plot.bars(
                            name + ": ms of processor time per "
                                    + all.getFirst().unit(),
                            bars));
            text.append("\n![")
                    .append(name)
                    .append(": processor time](")
                    .append(file)
                    .append(")\n");
        }
    }

    private static void row(StringBuilder text, String name, List<Round> all, ToDoubleFunction<Round> figure) {
        text.append("| ").append(name).append(" |");
        all.forEach(round ->
                text.append(' ').append(number(figure.applyAsDouble(round))).append(" |"));
        DoubleSummaryStatistics range = all.stream().mapToDouble(figure).summaryStatistics();
        text.append(' ').append(number(median(all, figure))).append(" | ");
        text.append(number(range.getMin()))
                .append("–")
                .append(number(range.getMax()))
                .append(" |\n");
    }

    /** What the machine did to these rounds, in sentences. */
    private static List<String> noise(List<Round> all) {
        List<String> noise = new ArrayList<>();
        all.forEach(round -> round.noise().forEach(each -> noise.add("round " + round.number() + ": " + each)));
        for (String latency : keys(all, round -> round.latencies().keySet())) {
            DoubleSummaryStatistics range = all.stream()
                    .mapToDouble(round -> of(round, latency, Quantiles::p50))
                    .summaryStatistics();
            if (range.getMax() > range.getMin() * SPREAD_MAX) {
                noise.add("p50 of %s differs by the factor %.1f between rounds (%.1f at most)"
                        .formatted(latency, range.getMax() / range.getMin(), SPREAD_MAX));
            }
        }
        for (String figure : keys(all, round -> round.figures().keySet())) {
            DoubleSummaryStatistics range = all.stream()
                    .mapToDouble(round -> round.figures().getOrDefault(figure, 0.0))
                    .summaryStatistics();
            if (isThroughput(figure) && range.getMax() > range.getMin() * SPREAD_MAX) {
                noise.add("%s differs by the factor %.1f between rounds (%.1f at most)"
                        .formatted(figure, range.getMax() / range.getMin(), SPREAD_MAX));
            }
        }
        return noise;
    }

    /** Checkout by the hops under it, round by round of the same run. */
    private Map<String, String> overFloor() {
        Map<String, String> ratios = new LinkedHashMap<>();
        List<Round> floors = rounds.getOrDefault("floor", List.of());
        for (Map.Entry<String, List<Round>> subject : rounds.entrySet()) {
            if (subject.getKey().startsWith("checkout") && !floors.isEmpty()) {
                double hops = 3 * median(floors, round -> of(round, Floor.LOOP, Quantiles::p50))
                        + 2 * median(floors, round -> of(round, Floor.PLAIN, Quantiles::p50));
                double took = median(subject.getValue(), round -> of(round, "confirmed", Quantiles::p50));
                ratios.put(
                        subject.getKey() + ", confirmed at p50, by three exactly-once and two plain hops at p50",
                        "%s ms by %s ms = %.2f".formatted(number(took), number(hops), took / hops));
                double plainSeconds = median(
                                subject.getValue(),
                                round -> round.figures().getOrDefault("records per order", 0.0)
                                        - round.figures().getOrDefault("of them in transactions", 0.0))
                        / median(floors, round -> round.figures().getOrDefault("plain, records/s", 0.0));
                double onceSeconds = median(
                                subject.getValue(),
                                round -> round.figures().getOrDefault("of them in transactions", 0.0))
                        / median(
                                floors,
                                round -> round.figures().getOrDefault("exactly-once bare loop, records/s", 0.0));
                ratios.put(
                        subject.getKey() + ", orders/s if writing its records through bare loops, one after the other,"
                                + " were all",
                        number(1 / (plainSeconds + onceSeconds)));
            }
        }
        return ratios;
    }

    private static double of(Round round, String latency, ToDoubleFunction<Quantiles> quantile) {
        Quantiles quantiles = round.latencies().get(latency);
        return quantiles == null ? 0 : quantile.applyAsDouble(quantiles);
    }

    private static double residentMb(Round round, String process) {
        Machine.Usage usage =
                round.use() == null ? null : round.use().processes().get(process);
        return usage == null ? 0 : usage.residentBytes() / BYTES_PER_MB;
    }

    private static double median(List<Round> all, ToDoubleFunction<Round> figure) {
        double[] sorted = all.stream().mapToDouble(figure).sorted().toArray();
        return sorted.length == 0 ? 0 : (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static String noisy(Round round) {
        return round.noise().isEmpty() ? "" : " (noisy)";
    }

    private static <T> Set<T> keys(List<Round> all, java.util.function.Function<Round, Set<T>> keys) {
        Set<T> names = new LinkedHashSet<>();
        all.forEach(round -> names.addAll(keys.apply(round)));
        return names;
    }

    /** Three digits, or all before the point. */
    static String number(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return ("%,." + decimals + "f").formatted(value);
    }
}
