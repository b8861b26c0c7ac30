package dev.mortar.benchmarks;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Load on a schedule: work is sent when it is due, never when earlier work is answered, and its latency counts from
 * when it was due. A slow system therefore cannot slow its own measurement down.
 */
final class OpenLoop {
    /** Sends one piece of work and returns at once. */
    interface Sender {
        /** Sends it; the index counts from 0, and it was due at this {@link System#nanoTime()}. */
        void send(int index, long dueNs);
    }

    /** The load that was sent, and how late the generator itself was: from due to handed to the network client. */
    record Sent(int sent, Quantiles lag) {}

    private OpenLoop() {}

    /** Nanoseconds from one arrival of a Poisson process to the next. */
    static long gapNs(double perSecond, Random random) {
        return (long) (-Math.log(1 - random.nextDouble()) * 1e9 / perSecond);
    }

    /** Sends everything that is due within this time, on this thread. */
    static Sent run(double perSecond, Random random, Duration length, Sender sender) {
        ConcurrentHistogram lag = Quantiles.histogram();
        long startNs = System.nanoTime();
        long dueNs = startNs;
        int sent = 0;
        while (dueNs - startNs < length.toNanos()) {
            long aheadNs = dueNs - System.nanoTime();
            while (aheadNs > 0) {
                LockSupport.parkNanos(aheadNs);
                aheadNs = dueNs - System.nanoTime();
            }
            sender.send(sent++, dueNs);
            Quantiles.record(lag, System.nanoTime() - dueNs);
            dueNs += gapNs(perSecond, random);
        }
        return new Sent(sent, Quantiles.of(lag));
    }
}
