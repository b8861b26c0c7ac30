package dev.mortar.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The outcome of one round of a subject.
 *
 * @param figures by name, which says the unit
 * @param noise disturbances by the machine, in sentences
 * @param wrong reasons why the round is void, in sentences
 */
record Round(Map<String, Double> figures, List<String> noise, List<String> wrong) {
    static Round empty() {
        return new Round(new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>());
    }

    Round with(String name, double figure) {
        figures.put(name, figure);
        return this;
    }

    Round with(String name, Quantiles times) {
        return with(name + " p50, ms", times.p50()).with(name + " p99, ms", times.p99());
    }
}
