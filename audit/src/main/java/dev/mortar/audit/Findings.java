package dev.mortar.audit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What was checked and what was found so far. */
final class Findings {
    private static final int INVARIANTS = Invariant.values().length;

    private final int keptOfEach;
    private final long[] facts = new long[INVARIANTS];
    private final long[] broken = new long[INVARIANTS];
    private final List<Violation> violations = new ArrayList<>();

    Findings(int keptOfEach) {
        this.keptOfEach = keptOfEach;
    }

    /** Counts one fact, and a violation unless it holds. */
    boolean check(Invariant invariant, boolean holds, Supplier<String> explanation, @Nullable LoggedEvent... evidence) {
        facts[invariant.ordinal()]++;
        if (!holds) {
            report(invariant, explanation.get(), evidence);
        }
        return holds;
    }

    /** Counts a fact that holds. */
    void holds(Invariant invariant) {
        facts[invariant.ordinal()]++;
    }

    /** Counts a fact that does not hold. */
    void broken(Invariant invariant, String explanation, @Nullable LoggedEvent... evidence) {
        facts[invariant.ordinal()]++;
        report(invariant, explanation, evidence);
    }

    private void report(Invariant invariant, String explanation, @Nullable LoggedEvent... evidence) {
        if (++broken[invariant.ordinal()] > keptOfEach) {
            return;
        }
        var events = new ArrayList<LoggedEvent>();
        for (var event : evidence) {
            if (event != null) {
                events.add(event);
            }
        }
        violations.add(new Violation(invariant, explanation, events));
    }

    AuditReport report(long events, Map<String, Long> owed) {
        return new AuditReport(events, counts(facts), violations, counts(broken), owed);
    }

    private static Map<Invariant, Long> counts(long[] counts) {
        var byInvariant = new EnumMap<Invariant, Long>(Invariant.class);
        for (var invariant : Invariant.values()) {
            if (counts[invariant.ordinal()] > 0) {
                byInvariant.put(invariant, counts[invariant.ordinal()]);
            }
        }
        return byInvariant;
    }
}
