package dev.mortar.simulation;

import dev.mortar.eventsourcing.kafka.PlantedDefect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.ToIntFunction;
import java.util.stream.LongStream;

/**
 * Many seeds and what they came to. Each run is one thread of its own; several go on side by side.
 *
 * @param failed runs in which the judge found something, by seed
 * @param commands for each run, sorted, as are events, faults and refusals
 */
public record Seeds(
        List<Outcome> failed,
        int[] commands,
        int[] events,
        int[] faults,
        int[] refusals,
        Map<Fault, Long> faultsByKind,
        Map<String, Long> refusalsByName) {

    private static final int FAILURES_MAX = 20;

    /** Less than this in any run, and it shows nothing. */
    private static final int COMMANDS_MIN = 20;

    private static final int EVENTS_MIN = 15;

    /** One run in so many may be without faults, or without refusals: their chances are drawn as well. */
    private static final int EMPTY_ONE_IN = 10;

    /** Runs seeds, several at the same time, and reports how many are done; ends early after 20 failures. */
    public static Seeds run(long first, int count, Set<PlantedDefect> defects, IntConsumer done) {
        AtomicInteger failures = new AtomicInteger();
        AtomicInteger runs = new AtomicInteger();
        return of(LongStream.range(first, first + count)
                .parallel()
                .filter(_ -> failures.get() < FAILURES_MAX)
                .mapToObj(seed -> {
                    Outcome outcome = Simulation.run(Plan.of(seed), defects, false);
                    if (!outcome.holds()) {
                        failures.incrementAndGet();
                    }
                    done.accept(runs.incrementAndGet());
                    return outcome;
                })
                .toList());
    }

    private static Seeds of(List<Outcome> outcomes) {
        Map<Fault, Long> faults = new EnumMap<>(Fault.class);
        Map<String, Long> refusals = new TreeMap<>();
        for (Outcome outcome : outcomes) {
            outcome.faults().forEach((fault, times) -> faults.merge(fault, (long) times, Long::sum));
            outcome.refusals().forEach((name, times) -> refusals.merge(name, (long) times, Long::sum));
        }
        return new Seeds(
                outcomes.stream()
                        .filter(outcome -> !outcome.holds())
                        .sorted(Comparator.comparingLong(Outcome::seed))
                        .toList(),
                sorted(outcomes, Outcome::commands),
                sorted(outcomes, Outcome::events),
                sorted(outcomes, Outcome::faultCount),
                sorted(outcomes, Outcome::refusalCount),
                faults,
                refusals);
    }

    private static int[] sorted(List<Outcome> outcomes, ToIntFunction<Outcome> figure) {
        return outcomes.stream().mapToInt(figure).sorted().toArray();
    }

    /** How many runs there were. */
    public int runs() {
        return commands.length;
    }

    /** Why these runs prove nothing, whatever the judge says; empty when they do. */
    public List<String> emptiness() {
        List<String> reasons = new ArrayList<>();
        if (runs() == 0) {
            return List.of("nothing was run");
        }
        if (commands[0] < COMMANDS_MIN) {
            reasons.add("a run had " + commands[0] + " commands");
        }
        if (events[0] < EVENTS_MIN) {
            reasons.add("a run had " + events[0] + " events");
        }
        if (faults[runs() / EMPTY_ONE_IN] == 0) {
            reasons.add("more than one run in " + EMPTY_ONE_IN + " was without faults");
        }
        if (refusals[runs() / EMPTY_ONE_IN] == 0) {
            reasons.add("more than one run in " + EMPTY_ONE_IN + " was without refusals");
        }
        return reasons;
    }

    /** Sum, least and median of a figure, as text. */
    static String figures(int[] sorted) {
        return sorted.length == 0
                ? "none"
                : Arrays.stream(sorted).asLongStream().sum() + " in all; per run at least " + sorted[0] + ", median "
                        + sorted[sorted.length / 2] + ", at most " + sorted[sorted.length - 1];
    }
}
