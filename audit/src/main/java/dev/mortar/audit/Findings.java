package dev.mortar.audit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What was checked and what was found so far. */
final class Findings {
    private final int keptOfEach;
    private final Map<Invariant, Count> counts = new EnumMap<>(Invariant.class);
    private final List<Violation> violations = new ArrayList<>();

    Findings(int keptOfEach) {
        this.keptOfEach = keptOfEach;
        for (var invariant : Invariant.values()) {
            counts.put(invariant, new Count());
        }
    }

    private static final class Count {
        long facts;
        long broken;
    }

    private Count count(Invariant invariant) {
        return Objects.requireNonNull(counts.get(invariant));
    }

    /** Counts one fact, and a violation unless it holds. */
    boolean check(Invariant invariant, boolean holds, Supplier<String> explanation, @Nullable Evidence... evidence) {
        count(invariant).facts++;
        if (!holds) {
            report(invariant, explanation.get(), evidence);
        }
        return holds;
    }

    /** Counts a fact that holds. */
    void holds(Invariant invariant) {
        count(invariant).facts++;
    }

    /** Counts a fact that does not hold. */
    void broken(Invariant invariant, String explanation, @Nullable Evidence... evidence) {
        count(invariant).facts++;
        report(invariant, explanation, evidence);
    }

    private void report(Invariant invariant, String explanation, @Nullable Evidence... evidence) {
        if (++count(invariant).broken > keptOfEach) {
            return;
        }
        var events = new ArrayList<Evidence>();
        for (var event : evidence) {
            if (event != null) {
                events.add(event);
            }
        }
        violations.add(new Violation(invariant, explanation, events));
    }

    AuditReport report(long events, Map<String, Long> owed) {
        return new AuditReport(
                events, positive(count -> count.facts), violations, positive(count -> count.broken), owed);
    }

    private Map<Invariant, Long> positive(ToLongFunction<Count> of) {
        var byInvariant = new EnumMap<Invariant, Long>(Invariant.class);
        counts.forEach((invariant, count) -> {
            if (of.applyAsLong(count) > 0) {
                byInvariant.put(invariant, of.applyAsLong(count));
            }
        });
        return byInvariant;
    }
}
