package dev.mortar.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was typed.
 *
 * @param scenarios in the order they were named
 * @param rounds of each subject
 * @param length of a round's load
 * @param warmUp of each subject before its first round
 * @param rate orders due in a second
 * @param fixed whether they come at equal intervals
 * @param events that fold folds
 * @param entries stock entries that growth grows to
 * @param history rounds of reservations that growth has on the log before it measures
 * @param seed of times and contents
 * @param out where the report goes
 */
record BenchOptions(
        Set<Scenario> scenarios,
        int rounds,
        Duration length,
        Duration warmUp,
        double rate,
        boolean fixed,
        OrderShape shape,
        int events,
        int entries,
        int history,
        long seed,
        Path out) {

    static final String USAGE = """
            ./mortar bench [SCENARIO...] [OPTIONS]   measures on a stack of its own; everything is in .stack/bench
            %s
              --rounds N           rounds of each subject, in alternation (3)
              --seconds N          length of a round's load (30)
              --warm-up N          seconds of load before the first round, not counted (30)
              --rate N             orders due in a second (200)
              --arrivals HOW       poisson: as people come; fixed: at equal intervals (poisson)
              --shape HOW          three: lines an order; december: 21 on average, some hundreds (three)
              --events N           that fold folds (300000)
              --entries N          stock entries that growth grows to, from 10,000 over 1,000,000 (10000000)
              --history N          rounds that growth has on the log before, besides none and 10 (100)
              --seed N             of times and contents (1)
              --out DIR            where report.md, report.json and plots go (.stack/bench/report)
            Exit code: 0 measured and every promise holds, 1 some figure is void, 2 it could not be measured.
            """.formatted(Scenario.usage());

    /** What is typed after {@code ./mortar bench}, without the words that name scenarios. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "--rounds", "3",
            "--seconds", "30",
            "--warm-up", "30",
            "--rate", "200",
            "--arrivals", "poisson",
            "--shape", "three",
            "--events", "300000",
            "--entries", "10000000",
            "--history", "100",
            "--seed", "1");

    static BenchOptions parse(Path folder, String... arguments) {
        Set<Scenario> scenarios = new LinkedHashSet<>();
        Map<String, String> given = new TreeMap<>(DEFAULTS);
        given.put("--out", folder.resolve("report").toString());
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
        return new BenchOptions(
                scenarios.isEmpty() ? new LinkedHashSet<>(Arrays.asList(Scenario.values())) : scenarios,
                (int) number(given, "--rounds"),
                Duration.ofMillis((long) (number(given, "--seconds") * 1e3)),
                Duration.ofMillis((long) (number(given, "--warm-up") * 1e3)),
                number(given, "--rate"),
                choice(given, "--arrivals", "poisson", "fixed").equals("fixed"),
                choice(given, "--shape", "three", "december").equals("three") ? OrderShape.THREE : OrderShape.DECEMBER,
                (int) number(given, "--events"),
                (int) number(given, "--entries"),
                (int) number(given, "--history"),
                (long) number(given, "--seed"),
                Path.of(given.getOrDefault("--out", "")).toAbsolutePath());
    }

    /** As the report shows them. */
    Map<String, String> described() {
        Map<String, String> described = new TreeMap<>();
        described.put("rounds", Integer.toString(rounds));
        described.put("seconds of a round's load", Double.toString(length.toMillis() / 1e3));
        described.put("seconds of warm-up", Double.toString(warmUp.toMillis() / 1e3));
        described.put("arrivals", fixed ? "at equal intervals" : "a Poisson process");
        described.put("seed", Long.toString(seed));
        return described;
    }

    private static double number(Map<String, String> given, String option) {
        String value = given.getOrDefault(option, "");
        try {
            double number = Double.parseDouble(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw notANumber(option, value);
        }
        throw notANumber(option, value);
    }

    private static IllegalArgumentException notANumber(String option, String value) {
        return new IllegalArgumentException(option + " takes a number above 0, not " + value + ".");
    }

    private static String choice(Map<String, String> given, String option, String one, String other) {
        String value = given.getOrDefault(option, "");
        if (!value.equals(one) && !value.equals(other)) {
            throw new IllegalArgumentException(option + " takes " + one + " or " + other + ", not " + value + ".");
        }
        return value;
    }
}
