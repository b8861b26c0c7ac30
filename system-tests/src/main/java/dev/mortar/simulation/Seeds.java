package dev.mortar.simulation;

import dev.mortar.eventsourcing.kafka.PlantedDefect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.ToIntFunction;
import java.util.stream.LongStream;

/** The outcomes of many seeds, in their order. Each run is one thread of its own; several go on side by side. */
public record Seeds(List<Outcome> outcomes) {
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
        return new Seeds(LongStream.range(first, first + count)
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

    public List<Outcome> failed() {
        return outcomes.stream().filter(outcome -> !outcome.holds()).toList();
    }

    /** How often each kind of fault found something to harm. */
    public Map<Fault, Long> faultsByKind() {
        return sums(Outcome::faults);
    }

    public Map<String, Long> refusalsByName() {
        return sums(Outcome::refusals);
    }

    /** How often orders looked for a location, and with which result. */
    public Map<String, Long> sourced() {
        return sums(Outcome::sourced);
    }

    /** How transfers and parcels ended, and how often each step on their way was taken. */
    public Map<String, Long> travelled() {
        return sums(Outcome::travelled);
    }

    private <K> Map<K, Long> sums(Function<Outcome, Map<K, Integer>> counts) {
        Map<K, Long> sums = new TreeMap<>();
        outcomes.forEach(
                outcome -> counts.apply(outcome).forEach((key, times) -> sums.merge(key, (long) times, Long::sum)));
        return sums;
    }

    /** Why these runs prove nothing, whatever the judge says; empty when they do. */
    public List<String> emptiness() {
        if (outcomes.isEmpty()) {
            return List.of("nothing was run");
        }
        List<String> reasons = new ArrayList<>();
        int commands = sorted(Outcome::commands)[0];
        int events = sorted(Outcome::events)[0];
        int tenth = outcomes.size() / EMPTY_ONE_IN;
        if (commands < COMMANDS_MIN) {
            reasons.add("a run had " + commands + " commands");
        }
        if (events < EVENTS_MIN) {
            reasons.add("a run had " + events + " events");
        }
        if (sorted(Outcome::faultCount)[tenth] == 0) {
            reasons.add("more than one run in " + EMPTY_ONE_IN + " was without faults");
        }
        if (sorted(Outcome::refusalCount)[tenth] == 0) {
            reasons.add("more than one run in " + EMPTY_ONE_IN + " was without refusals");
        }
        if (sorted(Outcome::thefts)[outcomes.size() - 1] == 0) {
            reasons.add("no run had a thief");
        }
        return reasons;
    }

    private int[] sorted(ToIntFunction<Outcome> figure) {
        return outcomes.stream().mapToInt(figure).sorted().toArray();
    }

    /** Sum, least and median of a figure, as text. */
    String figures(ToIntFunction<Outcome> figure) {
        int[] sorted = sorted(figure);
        return sorted.length == 0
                ? "none"
                : Arrays.stream(sorted).asLongStream().sum() + " in all; per run at least " + sorted[0] + ", median "
                        + sorted[sorted.length / 2] + ", at most " + sorted[sorted.length - 1];
    }
}
