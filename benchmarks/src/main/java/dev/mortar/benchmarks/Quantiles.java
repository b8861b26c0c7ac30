package dev.mortar.benchmarks;

import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.ConcurrentHistogram;

/** A distribution of times, each in milliseconds. */
record Quantiles(double p50, double p99, double max) {
    private static final double NS_PER_MS = 1e6;
    private static final long LOWEST_NS = 1_000;
    private static final long HIGHEST_NS = 600_000_000_000L;
    private static final int DIGITS = 3;

    /** Any thread can record nanoseconds there, up to ten minutes, to three digits. */
    static ConcurrentHistogram histogram() {
        return new ConcurrentHistogram(LOWEST_NS, HIGHEST_NS, DIGITS);
    }

    /** Records a time; a longer one than ten minutes counts as ten minutes. */
    static void record(AbstractHistogram histogram, long ns) {
        histogram.recordValue(Math.clamp(ns, 0, HIGHEST_NS));
    }

    static Quantiles of(AbstractHistogram histogram) {
        return new Quantiles(
                histogram.getValueAtPercentile(50) / NS_PER_MS,
                histogram.getValueAtPercentile(99) / NS_PER_MS,
                histogram.getMaxValue() / NS_PER_MS);
    }
}
