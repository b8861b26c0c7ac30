package dev.mortar.simulation;

import dev.mortar.eventsourcing.kafka.PlantedDefect;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The command {@code ./mortar simulate}. Its exit code is 0 when all runs hold and are not empty, 1 when not, 2 when it
 * was not understood.
 */
public final class Simulate {

    private static final int SEEDS = 1_000;
    private static final double NS_PER_SECOND = 1e9;
    private static final int PROBLEMS_SHOWN = 5;

    private static final String USAGE = """
            simulate [--seeds N] [--seed S]   N runs (1000), from seed S (1) on
                     [--seed S --keep LIST]   one run with these decisions of the seed's plan, told as a story
                     [--defect NAME]          with a planted defect: %s
            """;

    private long seed = 1;
    private int seeds = SEEDS;
    private @Nullable String keep;
    private final Set<PlantedDefect> defects = EnumSet.noneOf(PlantedDefect.class);

    private Simulate() {}

    /** Runs seeds, tells what they came to, and of the first failing one a short story. */
    public static void main(String[] args) {
        PrintStream out = System.out;
        var command = new Simulate();
        try {
            command.parse(List.of(args));
        } catch (IllegalArgumentException e) {
            out.println("simulate: " + e.getMessage());
            out.printf(USAGE, Arrays.toString(PlantedDefect.values()).toLowerCase(Locale.ROOT));
            System.exit(2);
        }
        System.exit(command.run(out) ? 0 : 1);
    }

    private void parse(List<String> args) {
        for (int i = 0; i < args.size(); i += 2) {
            if (i + 1 == args.size()) {
                throw new IllegalArgumentException(args.get(i) + " wants a value");
            }
            String value = args.get(i + 1);
            switch (args.get(i)) {
                case "--seeds" -> seeds = Integer.parseInt(value);
                case "--seed" -> seed = Long.parseLong(value);
                case "--keep" -> keep = value;
                case "--defect" -> defects.add(PlantedDefect.valueOf(value.toUpperCase(Locale.ROOT)));
                default -> throw new IllegalArgumentException("there is no option " + args.get(i));
            }
        }
        if (seeds < 1) {
            throw new IllegalArgumentException("--seeds wants at least 1");
        }
    }

    private boolean run(PrintStream out) {
        if (keep != null) {
            Outcome outcome = Simulation.run(Shrinker.again(seed, keep), defects, true);
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
        double seconds = (System.nanoTime() - startedNs) / NS_PER_SECOND;
        out.printf(
                Locale.ROOT,
                "%s%d runs from seed %d in %.1f s: %.1f runs/s%n",
                terminal ? "\r" : "",
                runs.runs(),
                seed,
                seconds,
                runs.runs() / seconds);
        out.println("commands  " + Seeds.figures(runs.commands()));
        out.println("events    " + Seeds.figures(runs.events()));
        out.println("faults    " + Seeds.figures(runs.faults()));
        runs.faultsByKind().forEach((fault, times) -> out.printf("  %-20s %d%n", fault, times));
        out.println("refusals  " + Seeds.figures(runs.refusals()));
        runs.refusalsByName().forEach((name, times) -> out.printf("  %-20s %d%n", name, times));
        List<String> emptiness = runs.emptiness();
        emptiness.forEach(reason -> out.println("proves nothing: " + reason));
        if (!runs.failed().isEmpty()) {
            tell(out, runs.failed());
        } else {
            out.println("The judge found nothing.");
        }
        return runs.failed().isEmpty() && emptiness.isEmpty();
    }

    private void tell(PrintStream out, List<Outcome> failed) {
        for (Outcome outcome : failed) {
            out.println("seed " + outcome.seed() + " fails:");
            outcome.problems().stream().limit(PROBLEMS_SHOWN).forEach(problem -> out.println("  " + problem));
        }
        long first = failed.getFirst().seed();
        Plan small = Shrinker.shrink(Plan.of(first), defects);
        out.println();
        out.println("The story of seed " + first + ", shrunk; again with: ./mortar simulate --seed " + first
                + " --keep "
                + (small.decisions().isEmpty() ? "''" : Shrinker.kept(small))
                + String.join(
                        "",
                        defects.stream().map(defect -> " --defect " + defect).toList()));
        Simulation.run(small, defects, true).story().forEach(line -> out.println("  " + line));
    }
}
