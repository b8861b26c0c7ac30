package dev.mortar.benchmarks;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The scenarios and options that were typed.
 *
 * @param scenarios in the order they were named
 * @param rounds of each subject
 * @param length of a round's load
 * @param warmUp bound of the time until compilers are quiet
 * @param rates orders due in a second; empty when none were given
 * @param entries stock entries of growth and recovery
 * @param events that fold folds
 */
record BenchOptions(
        Set<Scenario> scenarios,
        int rounds,
        Duration length,
        Duration warmUp,
        List<Double> rates,
        OrderShape shape,
        int entries,
        int events) {

    static final String USAGE = """
            ./mortar bench SCENARIO... [OPTIONS]   measures on stacks of its own; the report is .stack/bench/report.md
            %s
              --rounds N           rounds of each subject, in alternation (3)
              --seconds N          length of a round's load (30; idle 60)
              --warm-up N          most seconds until compilers are quiet (120)
              --rate N,N…          orders due in a second: of checkout (40,100), the highest rate for overload
              --shape HOW          three: lines an order; december: 21 on average, some hundreds (three)
              --entries N          stock entries of growth and recovery (1000000)
              --events N           that fold folds (300000)
            Exit code: 0 measured and every promise holds, 1 some figure is void, 2 it could not be measured.
            """.formatted(Scenario.usage());

    private static final Map<String, String> DEFAULTS = Map.of(
            "--rounds", "3",
            "--seconds", "",
            "--warm-up", "120",
            "--rate", "",
            "--shape", "three",
            "--entries", "1000000",
            "--events", "300000");

    static BenchOptions parse(String... arguments) {
        Set<Scenario> scenarios = new LinkedHashSet<>();
        Map<String, String> given = new TreeMap<>(DEFAULTS);
        var rest = new ArrayDeque<>(Arrays.asList(arguments));
        while (!rest.isEmpty()) {
            String word = rest.remove();
            if (!word.startsWith("--")) {
                scenarios.add(Scenario.named(word));
            } else if (!given.containsKey(word)) {
                throw new IllegalArgumentException("There is no option " + word + ".");
            } else if (rest.isEmpty()) {
                throw new IllegalArgumentException("Option " + word + " needs a value.");
            } else {
                given.put(word, rest.remove());
            }
        }
        if (scenarios.isEmpty()) {
            throw new IllegalArgumentException("Name a scenario.");
        }
        if (text(given, "--seconds").isEmpty()) {
            given.put("--seconds", scenarios.equals(Set.of(Scenario.IDLE)) ? "60" : "30");
        }
        if (!Set.of("three", "december").contains(text(given, "--shape"))) {
            throw new IllegalArgumentException("--shape takes three or december, not " + text(given, "--shape") + ".");
        }
        return new BenchOptions(
                scenarios,
                (int) number(given, "--rounds"),
                Duration.ofMillis((long) (number(given, "--seconds") * 1e3)),
                Duration.ofMillis((long) (number(given, "--warm-up") * 1e3)),
                Stream.of(text(given, "--rate").split(",", -1))
                        .filter(rate -> !rate.isEmpty())
                        .map(rate -> number("--rate", rate))
                        .toList(),
                text(given, "--shape").equals("three") ? OrderShape.THREE : OrderShape.DECEMBER,
                (int) number(given, "--entries"),
                (int) number(given, "--events"));
    }

    private static double number(Map<String, String> given, String option) {
        return number(option, text(given, option));
    }

    private static String text(Map<String, String> given, String option) {
        return given.getOrDefault(option, "");
    }

    private static double number(String option, String value) {
        if (!value.matches("\\d+(\\.\\d+)?") || Double.parseDouble(value) == 0) {
            throw new IllegalArgumentException(option + " takes a number above 0, not " + value + ".");
        }
        return Double.parseDouble(value);
    }
}
