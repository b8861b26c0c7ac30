package dev.mortar.audit;

import java.util.List;

/**
 * A broken promise.
 *
 * @param invariant the promise
 * @param explanation one or two sentences for the operator
 * @param evidence the events that contradict one another or the promise, the newest last; empty if an event is missing
 */
public record Violation(Invariant invariant, String explanation, List<Evidence> evidence) {
    public Violation {
        evidence = List.copyOf(evidence);
    }
}
