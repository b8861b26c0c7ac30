package dev.mortar.audit;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What an audit found.
 *
 * @param events how many events were judged
 * @param facts how often each invariant was put to the test; an invariant without facts was neither kept nor broken
 * @param violations what was found, oldest first; at most {@link AuditRules#violationsKept} for each invariant
 * @param violated how often each invariant was broken, those that are not kept in {@code violations} included
 * @param owed what services still owe and may yet do in time, by service
 */
public record AuditReport(
        long events,
        Map<Invariant, Long> facts,
        List<Violation> violations,
        Map<Invariant, Long> violated,
        Map<String, Long> owed) {
    public AuditReport {
        facts = facts.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(facts));
        violations = List.copyOf(violations);
        violated = violated.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(violated));
        owed = Map.copyOf(owed);
    }

    /** Whether nothing was found. Says nothing about invariants without facts. */
    public boolean holds() {
        return violations.isEmpty();
    }

    /** How often an invariant was put to the test. */
    public long facts(Invariant invariant) {
        return facts.getOrDefault(invariant, 0L);
    }
}
