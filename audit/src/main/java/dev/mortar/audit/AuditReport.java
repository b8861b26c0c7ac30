package dev.mortar.audit;

import java.util.List;
import java.util.Map;

/**
 * The result of an audit.
 *
 * @param events number of events that were judged
 * @param facts number of checks of each invariant; without facts an invariant was neither kept nor broken
 * @param violations the violations, oldest first; at most {@link AuditRules#violationsKept} for each invariant
 * @param violated number of violations of each invariant, also of those that are not kept in {@code violations}
 * @param owed number of steps that services owe and may still take in time, by service
 */
public record AuditReport(
        long events,
        Map<Invariant, Long> facts,
        List<Violation> violations,
        Map<Invariant, Long> violated,
        Map<String, Long> owed) {
    /**
     * A broken promise.
     *
     * @param explanation one or two sentences for the operator
     * @param evidence the events that contradict one another or the promise, the newest last; empty if an event is
     *     missing
     */
    public record Violation(Invariant invariant, String explanation, List<Evidence> evidence) {}

    /** Whether there is no violation. It says nothing about invariants without facts. */
    public boolean holds() {
        return violations.isEmpty();
    }

    /** The number of checks of an invariant. */
    public long facts(Invariant invariant) {
        return facts.getOrDefault(invariant, 0L);
    }

    /** The number of violations of an invariant. */
    public long broken(Invariant invariant) {
        return violated.getOrDefault(invariant, 0L);
    }
}
