package dev.mortar.audit;

import java.util.List;

/**
 * A promise that was not kept.
 *
 * @param invariant the promise
 * @param explanation what is wrong, in one sentence that a person can act on
 * @param evidence the events that contradict one another or the promise, the newest last; empty when something is
 *     missing altogether
 */
public record Violation(Invariant invariant, String explanation, List<Evidence> evidence) {
    public Violation {
        evidence = List.copyOf(evidence);
    }
}
