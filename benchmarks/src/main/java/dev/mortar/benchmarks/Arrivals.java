package dev.mortar.benchmarks;

import java.util.Random;

/**
 * When work arrives, whether or not earlier work is done.
 *
 * @param perSecond on average
 * @param random what the gaps of a Poisson process are drawn from
 * @param fixed whether all gaps are the same
 */
record Arrivals(double perSecond, Random random, boolean fixed) {

    /** Nanoseconds from one arrival to the next. */
    long gapNs() {
        double meanNs = 1e9 / perSecond;
        return (long) (fixed ? meanNs : -Math.log(1 - random.nextDouble()) * meanNs);
    }
}
