package dev.mortar.eventsourcing.kafka;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes few batches of many records: a busy reader pauses after a batch, and an idle one reads again at once. A reader
 * owes an interval of rest for each batch. It pays while it waits for records, and pauses if it owes more than a few
 * intervals. One thread uses it.
 */
final class Pace {
    /** An order is decided in about so many batches, one after the other, and should not wait between them. */
    private static final int OWED_MAX = 4;

    private final long intervalNs;
    private long owedNs;

    Pace(Duration interval) {
        intervalNs = interval.toNanos();
    }

    /**
     * Pauses after a batch, if necessary.
     *
     * @param waitedNs time that the reader has waited for the batch
     */
    void pause(long waitedNs) {
        long pauseNs = pauseNs(waitedNs);
        if (pauseNs > 0) {
            LockSupport.parkNanos(pauseNs);
        }
    }

    /** Notes a batch and returns the length of the pause after it, in nanoseconds. */
    long pauseNs(long waitedNs) {
        owedNs = Math.max(0, owedNs - waitedNs) + intervalNs;
        long pauseNs = Math.max(0, owedNs - OWED_MAX * intervalNs);
        owedNs -= pauseNs;
        return pauseNs;
    }
}
