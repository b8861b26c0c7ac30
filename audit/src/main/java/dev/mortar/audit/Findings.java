package dev.mortar.audit;

import dev.mortar.audit.AuditReport.Violation;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The event that is being judged, the facts counted so far, and the violations found so far. */
final class Findings {
    final AuditRules rules;
    /** Of each invariant the number of facts, and of violations. */
    private final Map<Invariant, long[]> counts = new EnumMap<>(Invariant.class);

    private final List<Violation> violations = new ArrayList<>();
    private @Nullable LoggedEvent judged;
    private @Nullable Evidence[] context = {};

    Findings(AuditRules rules) {
        this.rules = rules;
    }

    /** Sets the event that is judged from now on; it is the last evidence of every violation. Null after the last. */
    void judging(@Nullable LoggedEvent event) {
        judged = event;
        context();
    }

    /** The event that is being judged. */
    LoggedEvent event() {
        return Objects.requireNonNull(judged, "No event is being judged");
    }

    /** Sets the earlier events that the next checks depend on; they are evidence of every violation, too. */
    void context(@Nullable Evidence... earlier) {
        context = earlier;
    }

    /**
     * Counts one fact, and a violation unless it holds.
     *
     * @param sentence what is wrong, with %s for each of the values
     */
    boolean check(Invariant invariant, boolean holds, String sentence, @Nullable Object... values) {
        var count = counts.computeIfAbsent(invariant, _ -> new long[2]);
        count[0]++;
        if (!holds && ++count[1] <= rules.violationsKept()) {
            var evidence = new LinkedHashSet<Evidence>();
            Stream.concat(Stream.of(context), Stream.ofNullable(judged))
                    .filter(Objects::nonNull)
                    .forEach(evidence::add);
            violations.add(new Violation(invariant, sentence.formatted(values), List.copyOf(evidence)));
        }
        return holds;
    }

    /** Checks facts about an earlier event. The judged event is no evidence, because either may come last. */
    void apart(LoggedEvent about, Runnable checks) {
        var before = judged;
        var contextBefore = context;
        judged = about;
        context = new Evidence[0];
        checks.run();
        judged = before;
        context = contextBefore;
    }

    /** Counts a fact that holds. */
    void holds(Invariant invariant) {
        check(invariant, true, "");
    }

    /** Counts a fact that does not hold. */
    void broken(Invariant invariant, String sentence, @Nullable Object... values) {
        check(invariant, false, sentence, values);
    }

    /** Checks that something is done for the first time. */
    boolean once(Invariant invariant, boolean isFirst, String what, String done) {
        return check(invariant, isFirst, "%s is %s a second time", what, done);
    }

    /** Checks that a value is the expected one. */
    boolean same(Invariant invariant, String what, @Nullable Object found, @Nullable Object expected) {
        return check(invariant, Objects.equals(found, expected), "%s is %s; it has to be %s", what, found, expected);
    }

    AuditReport report(long events, Map<String, Long> owed) {
        var facts = new EnumMap<Invariant, Long>(Invariant.class);
        var broken = new EnumMap<Invariant, Long>(Invariant.class);
        counts.forEach((invariant, count) -> {
            facts.put(invariant, count[0]);
            if (count[1] > 0) {
                broken.put(invariant, count[1]);
            }
        });
        return new AuditReport(events, facts, violations, broken, owed);
    }
}
