package dev.mortar.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * A distribution of times, each in milliseconds.
 *
 * @param count how many there were
 * @param curve milliseconds at each of {@link #CURVE_PERCENTILES}
 */
record Quantiles(long count, double p50, double p90, double p99, double p999, double max, List<Double> curve) {

    /** What a plot shows, in per cent. */
    static final List<Double> CURVE_PERCENTILES =
            List.of(1.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 97.5, 99.0, 99.5, 99.75, 99.9, 99.95, 99.99);

    private static final double NS_PER_MS = 1e6;
    private static final long LOWEST_NS = 1_000;
    private static final long HIGHEST_NS = 600_000_000_000L;
    private static final int DIGITS = 3;

    Quantiles {
        curve = List.copyOf(curve);
    }

    /** Where any thread can record nanoseconds, up to ten minutes, to three digits. */
    static ConcurrentHistogram histogram() {
        return new ConcurrentHistogram(LOWEST_NS, HIGHEST_NS, DIGITS);
    }

    /** Records a time; what lasts longer than ten minutes counts as ten minutes. */
    static void record(AbstractHistogram histogram, long ns) {
        histogram.recordValue(Math.clamp(ns, 0, HIGHEST_NS));
    }

    /** What a histogram of nanoseconds holds. */
    static Quantiles of(AbstractHistogram histogram) {
        List<Double> curve = new ArrayList<>();
        CURVE_PERCENTILES.forEach(percent -> curve.add(at(histogram, percent)));
        return new Quantiles(
                histogram.getTotalCount(),
                at(histogram, 50),
                at(histogram, 90),
                at(histogram, 99),
                at(histogram, 99.9),
                histogram.getMaxValue() / NS_PER_MS,
                curve);
    }

    private static double at(AbstractHistogram histogram, double percent) {
        return histogram.getValueAtPercentile(percent) / NS_PER_MS;
    }
}
