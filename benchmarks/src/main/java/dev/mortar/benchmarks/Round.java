package dev.mortar.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one round of a subject came to.
 *
 * @param number counted from 1
 * @param unit what was done, such as "order"
 * @param done how many of them
 * @param figures by name, which says the unit
 * @param latencies by name
 * @param lag of the generator; null when work was not sent on a schedule
 * @param use of processors and memory; null when it was not measured
 * @param wrong what makes the round void, in sentences
 */
record Round(
        String subject,
        int number,
        String unit,
        long done,
        Map<String, Double> figures,
        Map<String, Quantiles> latencies,
        @Nullable Quantiles lag,
        Machine.@Nullable Use use,
        List<String> wrong) {

    /** A generator later than this in one of a hundred cases measures itself. */
    private static final double LAG_P99_MAX_MS = 5;

    private static final double STOLEN_MAX = 0.02;
    private static final double FOREIGN_MAX = 0.05;

    Round {
        figures = new LinkedHashMap<>(figures);
        latencies = new LinkedHashMap<>(latencies);
        wrong = List.copyOf(wrong);
    }

    /** What the machine did to this round, in sentences; empty when it was quiet. */
    List<String> noise() {
        List<String> noise = new ArrayList<>();
        if (lag != null && lag.p99() > LAG_P99_MAX_MS) {
            noise.add("the generator was %.1f ms late at p99 (%.0f ms at most)".formatted(lag.p99(), LAG_P99_MAX_MS));
        }
        if (use != null && use.stolen() > STOLEN_MAX) {
            noise.add("the host kept %.1f %% of the processors (%.0f %% at most)"
                    .formatted(use.stolen() * 100, STOLEN_MAX * 100));
        }
        if (use != null && use.foreign() > FOREIGN_MAX) {
            noise.add("other processes used %.1f %% of the processors (%.0f %% at most)"
                    .formatted(use.foreign() * 100, FOREIGN_MAX * 100));
        }
        return noise;
    }

    /** Milliseconds of processor time of a process for each unit done. */
    double cpuMsPerUnit(String process) {
        Machine.Usage usage = use == null ? null : use.processes().get(process);
        return usage == null || done == 0 ? 0 : usage.cpuSeconds() * 1e3 / done;
    }

    /** The same of all processes together. */
    double cpuMsPerUnit() {
        return use == null
                ? 0
                : use.processes().keySet().stream()
                        .mapToDouble(this::cpuMsPerUnit)
                        .sum();
    }
}
