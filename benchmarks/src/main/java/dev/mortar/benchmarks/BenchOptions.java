package dev.mortar.benchmarks;

import dev.mortar.localstack.Arguments;
import dev.mortar.localstack.Arguments.WrongUsage;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The scenarios and options that were typed.
 *
 * @param length of a round's load
 * @param warmUp bound of the time until compilers are quiet
 * @param rates orders due in a second; empty when none were given
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

    private static final Set<String> OPTIONS =
            Set.of("--rounds", "--seconds", "--warm-up", "--rate", "--shape", "--entries", "--events");

    static BenchOptions parse(String... typed) {
        var arguments = new Arguments(List.of(typed), OPTIONS);
        Set<Scenario> scenarios = new LinkedHashSet<>();
        arguments.words().forEach(word -> scenarios.add(Scenario.named(word)));
        if (scenarios.isEmpty()) {
            throw new WrongUsage("Name a scenario.");
        }
        String shape = arguments.text("--shape", "three");
        if (!Set.of("three", "december").contains(shape)) {
            throw new WrongUsage("--shape takes three or december, not " + shape + ".");
        }
        return new BenchOptions(
                scenarios,
                (int) number(arguments, "--rounds", 3),
                seconds(arguments, "--seconds", scenarios.equals(Set.of(Scenario.IDLE)) ? 60 : 30),
                seconds(arguments, "--warm-up", 120),
                Stream.of(arguments.text("--rate", "").split(",", -1))
                        .filter(rate -> !rate.isEmpty())
                        .map(rate -> Arguments.number("--rate", rate, Double.MIN_VALUE, Double.MAX_VALUE))
                        .toList(),
                shape.equals("three") ? OrderShape.THREE : OrderShape.DECEMBER,
                (int) number(arguments, "--entries", 1_000_000),
                (int) number(arguments, "--events", 300_000));
    }

    private static Duration seconds(Arguments arguments, String option, double unlessGiven) {
        return Duration.ofMillis((long) (number(arguments, option, unlessGiven) * 1e3));
    }

    private static double number(Arguments arguments, String option, double unlessGiven) {
        return arguments.number(option, unlessGiven, Double.MIN_VALUE, Double.MAX_VALUE);
    }
}
