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
 * @param thefts commands for objects of others
 * @param sourced how often orders looked for a location, and with which result
 * @param travelled how transfers and parcels ended, and how often each step on their way was taken
 */
public record Outcome(
        long seed,
        List<String> problems,
        List<String> story,
        int commands,
        int events,
        Map<Fault, Integer> faults,
        Map<String, Integer> refusals,
        int thefts,
        Map<String, Integer> sourced,
        Map<String, Integer> travelled) {

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
