package dev.mortar.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All rounds as Markdown, a table for each scenario; written after every round. */
final class Report {
    private final Path folder;
    private final String command;
    private final Map<String, String> about;
    private final Map<Scenario, Table> tables = new LinkedHashMap<>();

    /** The rows of a scenario by name, with a figure for each round, and sentences. */
    private static final class Table {
        private final Map<String, Map<Integer, Double>> rows = new LinkedHashMap<>();
        private final List<String> notes = new ArrayList<>();
        private final List<String> wrong = new ArrayList<>();
    }

    /** An empty report: the command that makes it again, and machine and settings by name. */
    Report(Path folder, String command, Map<String, String> about) {
        this.folder = folder;
        this.command = command;
        this.about = new LinkedHashMap<>(about);
    }

    private Table table(Scenario scenario) {
        return tables.computeIfAbsent(scenario, _ -> new Table());
    }

    void add(Scenario scenario, String subject, int number, Round round) throws IOException {
        String before = subject.isEmpty() ? "" : subject + ": ";
        Table table = table(scenario);
        round.figures()
                .forEach((name, figure) -> table.rows
                        .computeIfAbsent(before + name, _ -> new LinkedHashMap<>())
                        .put(number, figure));
        round.noise().forEach(each -> table.notes.add(before + "in round " + number + " " + each + "."));
        round.wrong().forEach(each -> table.wrong.add(before + "round " + number + ": " + each));
        write();
    }

    /** Adds a row of one row by another, round by round. */
    void ratio(Scenario scenario, String name, String row, String by) throws IOException {
        Map<String, Map<Integer, Double>> rows = table(scenario).rows;
        Map<Integer, Double> ratios = new LinkedHashMap<>();
        rows.getOrDefault(row, Map.of()).forEach((number, figure) -> {
            Double other = rows.getOrDefault(by, Map.of()).get(number);
            if (other != null) {
                ratios.put(number, figure / other);
            }
        });
        rows.put(name, ratios);
        write();
    }

    void note(Scenario scenario, String sentence) throws IOException {
        table(scenario).notes.add(sentence);
        write();
    }

    /** Adds a violation, which voids the figures of a scenario. */
    void violation(Scenario scenario, String sentence) throws IOException {
        table(scenario).wrong.add(sentence);
        write();
    }

    boolean holds() {
        return tables.values().stream().allMatch(table -> table.wrong.isEmpty());
    }

    private void write() throws IOException {
        Files.createDirectories(folder);
        var text = new StringBuilder("# Measured speed\n\nMade by `" + command + "`.\n\n| | |\n|---|---|\n");
        about.forEach((name, value) -> text.append("| %s | %s |\n".formatted(name, value)));
        tables.forEach((scenario, table) -> {
            int rounds = table.rows.values().stream().mapToInt(Map::size).max().orElse(0);
            text.append("\n## %s\n\n%s. Not in it: %s.\n\n|"
                    .formatted(scenario.typed(), scenario.sentence, scenario.leavesOut));
            for (int number = 1; number <= rounds; number++) {
                text.append(" | round ").append(number);
            }
            text.append(" | median | spread |\n|---|" + "---:|".repeat(rounds + 2) + "\n");
            table.rows.forEach((name, figures) -> text.append(row(name, figures, rounds)));
            list(text, "", table.notes);
            list(text, "**Void:**\n\n", table.wrong);
        });
        Files.writeString(folder.resolve("report.md"), text.toString());
    }

    private static String row(String name, Map<Integer, Double> figures, int rounds) {
        double[] sorted =
                figures.values().stream().mapToDouble(figure -> figure).sorted().toArray();
        var row = new StringBuilder("| " + name);
        for (int number = 1; number <= rounds; number++) {
            row.append(" | ").append(figures.containsKey(number) ? number(figures.get(number)) : "–");
        }
        if (sorted.length == 0) {
            return row + " | – | – |\n";
        }
        String spread = number(sorted[0]) + "–" + number(sorted[sorted.length - 1]);
        return row + " | " + number(median(sorted)) + " | " + spread + " |\n";
    }

    private static double median(double[] sorted) {
        return Arrays.stream(sorted, (sorted.length - 1) / 2, sorted.length / 2 + 1)
                .average()
                .orElse(0);
    }

    private static void list(StringBuilder text, String title, List<String> sentences) {
        if (!sentences.isEmpty()) {
            text.append("\n" + title + "- " + String.join("\n- ", sentences) + "\n");
        }
    }

    /** Three digits, or all before the point. */
    static String number(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
