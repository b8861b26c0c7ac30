package dev.mortar.simulation;

import dev.mortar.eventsourcing.kafka.PlantedDefect;
import dev.mortar.simulation.Plan.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Leaves out of a failing plan whatever the failure does not need: first halves, then ever smaller parts, until no
 * single decision can go (delta debugging). The rest fails in the same way as the whole, though rarely for the same
 * ids.
 */
public final class Shrinker {
    private static final int RUNS_MAX = 400;

    private final Set<PlantedDefect> defects;
    private final String failure;
    private int runs;

    private Shrinker(Set<PlantedDefect> defects, String failure) {
        this.defects = defects;
        this.failure = failure;
    }

    /** The smallest plan found, after 400 runs at most, that still fails; the plan itself when it holds. */
    public static Plan shrink(Plan plan, Set<PlantedDefect> defects) {
        Outcome outcome = Simulation.run(plan, defects, false);
        return outcome.holds() ? plan : new Shrinker(defects, kind(outcome)).shrink(plan);
    }

    /** The kind of failure, without ids and figures. */
    private static String kind(Outcome outcome) {
        String first = outcome.problems().getFirst();
        return first.split("[:0-9]", 2)[0];
    }

    private Plan shrink(Plan whole) {
        List<Decision> kept = whole.decisions();
        // Most failures need no particular order of steps: when all is delivered in the end, that is order enough.
        List<Decision> withoutSteps = kept.stream()
                .filter(decision -> !(decision instanceof Decision.Work))
                .toList();
        if (fails(whole.with(withoutSteps))) {
            kept = withoutSteps;
        }
        for (int size = Math.max(1, kept.size() / 2); ; size /= 2) {
            kept = withoutParts(whole, kept, size);
            if (size <= 1 || runs >= RUNS_MAX) {
                return whole.with(kept);
            }
        }
    }

    private List<Decision> withoutParts(Plan whole, List<Decision> decisions, int size) {
        List<Decision> kept = decisions;
        for (int from = 0; from < kept.size() && runs < RUNS_MAX; ) {
            List<Decision> fewer = new ArrayList<>(kept.subList(0, from));
            fewer.addAll(kept.subList(Math.min(kept.size(), from + size), kept.size()));
            if (fails(whole.with(fewer))) {
                kept = fewer;
            } else {
                from += size;
            }
        }
        return kept;
    }

    private boolean fails(Plan plan) {
        runs++;
        Outcome outcome = Simulation.run(plan, defects, false);
        return !outcome.holds() && kind(outcome).equals(failure);
    }

    /** The numbers of a plan's decisions as ranges, such as {@code 3-5,9}; with the seed they make the plan again. */
    public static String kept(Plan plan) {
        List<Integer> numbers = plan.decisions().stream().map(Decision::number).toList();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < numbers.size(); ) {
            int end = i;
            while (end + 1 < numbers.size() && numbers.get(end + 1) == numbers.get(end) + 1) {
                end++;
            }
            text.append(text.isEmpty() ? "" : ",").append(numbers.get(i));
            if (end > i) {
                text.append('-').append(numbers.get(end));
            }
            i = end + 1;
        }
        return text.toString();
    }

    /** The plan of a seed with the decisions that {@link #kept} named, or {@link NumberFormatException}. */
    public static Plan again(long seed, String kept) {
        Set<Integer> numbers = new TreeSet<>();
        for (String range : kept.isBlank() ? new String[0] : kept.split(",")) {
            String[] ends = range.strip().split("-", 2);
            for (int number = Integer.parseInt(ends[0]); number <= Integer.parseInt(ends[ends.length - 1]); number++) {
                numbers.add(number);
            }
        }
        Plan whole = Plan.of(seed);
        return whole.with(whole.decisions().stream()
                .filter(decision -> numbers.contains(decision.number()))
                .toList());
    }
}
