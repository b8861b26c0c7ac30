package dev.mortar.simulation;

import java.util.List;
import java.util.Map;

/**
 * The outcome of a run.
 *
 * @param problems findings of the judge; empty when all is well
 * @param story requests, faults and committed events, line by line; empty unless it was asked for
 * @param commands decided, or recognised as repeats, by all services
 * @param faults that found something to harm, by kind
 * @param refusals that clients were answered with, by name
 */
public record Outcome(
        long seed,
        List<String> problems,
        List<String> story,
        int commands,
        int events,
        Map<Fault, Integer> faults,
        Map<String, Integer> refusals) {

    public boolean holds() {
        return problems.isEmpty();
    }

    public int faultCount() {
        return faults.values().stream().mapToInt(Integer::intValue).sum();
    }

    public int refusalCount() {
        return refusals.values().stream().mapToInt(Integer::intValue).sum();
    }
}
