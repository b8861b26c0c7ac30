package dev.mortar.benchmarks;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Load on a schedule: work is sent when it is due, never when earlier work is answered, and its latency counts from
 * when it was due. A slow system therefore cannot slow its own measurement down.
 */
final class OpenLoop {

    /** Sends one piece of work and returns at once. */
    interface Sender {
        /**
         * Sends it.
         *
         * @param index counted from 0
         * @param dueNs when it was due, by {@link System#nanoTime()}
         */
        void send(int index, long dueNs);
    }

    /**
     * What was sent.
     *
     * @param sent pieces of work
     * @param lag how late the generator itself was: from due to handed to the network client
     */
    record Sent(int sent, Quantiles lag) {}

    private OpenLoop() {}

    /** Sends what is due within this time, on this thread. */
    static Sent run(Arrivals arrivals, Duration length, Sender sender) {
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
            dueNs += arrivals.gapNs();
        }
        return new Sent(sent, Quantiles.of(lag));
    }
}
