package dev.mortar.simulation;

import dev.mortar.eventsourcing.kafka.PlantedDefect;
import dev.mortar.localstack.Arguments;
import dev.mortar.localstack.Arguments.WrongUsage;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The command {@code ./mortar simulate}. Its exit code is 0 when all runs hold and are not empty, 1 when not, 2 on
 * wrong usage.
 */
public final class Simulate {
    private static final int SEEDS = 1_000;
    private static final int PROBLEMS_SHOWN = 5;

    private static final String USAGE =
            """
            ./mortar simulate [--seeds N] [--seed S]   N runs (1000), from seed S (1) on
                              [--seed S --keep LIST]   one run with these decisions of the seed's plan, told as a story
                              [--defect NAME]          with a planted defect: %s
            """.formatted(Arrays.toString(PlantedDefect.values()).toLowerCase(Locale.ROOT));

    private final long seed;
    private final int seeds;
    private final List<String> keep;
    private final Set<PlantedDefect> defects = EnumSet.noneOf(PlantedDefect.class);

    private Simulate(List<String> typed) {
        var arguments = new Arguments(typed, Set.of("--seeds", "--seed", "--keep", "--defect")).withoutWords();
        seed = (long) arguments.number("--seed", 1, Long.MIN_VALUE, Long.MAX_VALUE);
        seeds = (int) arguments.number("--seeds", SEEDS, 1, Integer.MAX_VALUE);
        keep = arguments.all("--keep");
        for (String name : arguments.all("--defect")) {
            try {
                defects.add(PlantedDefect.valueOf(name.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new WrongUsage("there is no defect " + name);
            }
        }
    }

    /** Runs seeds, says how they ended, and tells a short story of the first one that fails. */
    public static void main(String[] typed) {
        Arguments.main(typed, USAGE, 2, each -> new Simulate(each).run(System.out));
    }

    private boolean run(PrintStream out) {
        if (!keep.isEmpty()) {
            Outcome outcome = Simulation.run(again(), defects, true);
            outcome.story().forEach(out::println);
            return outcome.holds();
        }
        long startedNs = System.nanoTime();
        boolean terminal = System.console() != null && System.console().isTerminal();
        Seeds runs = Seeds.run(seed, seeds, defects, done -> {
            if (terminal && done % 50 == 0) {
                out.print("\r" + done + " of " + seeds);
                out.flush();
            }
        });
        double seconds = (System.nanoTime() - startedNs) / 1e9;
        String line = "%s%d runs from seed %d in %.1f s: %.1f runs/s%n";
        out.printf(
                Locale.ROOT,
                line,
                terminal ? "\r" : "",
                runs.outcomes().size(),
                seed,
                seconds,
                runs.outcomes().size() / seconds);
        out.println("commands  " + runs.figures(Outcome::commands));
        out.println("events    " + runs.figures(Outcome::events));
        out.println("faults    " + runs.figures(Outcome::faultCount));
        runs.faultsByKind().forEach((fault, times) -> out.printf("  %-20s %d%n", fault, times));
        out.println("refusals  " + runs.figures(Outcome::refusalCount));
        runs.refusalsByName().forEach((name, times) -> out.printf("  %-20s %d%n", name, times));
        out.println("sourcing");
        runs.sourced().forEach((what, times) -> out.printf("  %-40s %d%n", what, times));
        out.println("transfers, parcels and holds");
        runs.travelled().forEach((what, times) -> out.printf("  %-40s %d%n", what, times));
        out.println("thefts    " + runs.figures(Outcome::thefts));
        List<String> emptiness = runs.emptiness();
        emptiness.forEach(reason -> out.println("proves nothing: " + reason));
        if (!runs.failed().isEmpty()) {
            tell(out, runs.failed());
        } else {
            out.println("The judge found nothing.");
        }
        return runs.failed().isEmpty() && emptiness.isEmpty();
    }

    private Plan again() {
        try {
            return Shrinker.again(seed, keep.getLast());
        } catch (NumberFormatException e) {
            throw new WrongUsage("--keep takes numbers and ranges such as 3-5,9, not " + keep.getLast());
        }
    }

    private void tell(PrintStream out, List<Outcome> failed) {
        for (Outcome outcome : failed) {
            out.println("seed " + outcome.seed() + " fails:");
            outcome.problems().stream().limit(PROBLEMS_SHOWN).forEach(problem -> out.println("  " + problem));
        }
        long first = failed.getFirst().seed();
        Plan small = Shrinker.shrink(Plan.of(first), defects);
        out.println();
        String kept = small.decisions().isEmpty() ? "''" : Shrinker.kept(small);
        String planted = defects.stream().map(defect -> " --defect " + defect).collect(Collectors.joining());
        out.println("The story of seed " + first + ", shrunk; again with: ./mortar simulate --seed " + first
                + " --keep " + kept + planted);
        Simulation.run(small, defects, true).story().forEach(line -> out.println("  " + line));
    }
}
