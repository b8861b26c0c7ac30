package dev.mortar.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * What moved at one position, and when, as long as a count may still have to add it: after the newest count, and for
 * {@link #REMEMBERED}. What is older is dropped when the next one needs its place.
 */
final class Movements {
    /** How old a count may be when it is booked. */
    static final Duration REMEMBERED = Duration.ofHours(24);

    private static final int FIRST_CAPACITY = 2;

    /** For each movement its time, in microseconds since 1970 UTC, and by how much on hand changed. */
    private long[] entries = new long[2 * FIRST_CAPACITY];

    private int length;

    void add(Instant movedAt, long onHand, Instant now) {
        if (length == entries.length) {
            forget(now.minus(REMEMBERED));
            if (length > entries.length / 2) {
                entries = Arrays.copyOf(entries, 2 * entries.length);
            }
        }
        entries[length++] = Streams.micros(movedAt);
        entries[length++] = onHand;
    }

    /** By how much on hand changed through what moved after an instant. */
    long after(Instant time) {
        long since = Streams.micros(time);
        long sum = 0;
        for (int i = 0; i < length; i += 2) {
            sum += entries[i] > since ? entries[i + 1] : 0;
        }
        return sum;
    }

    /** Drops what moved at an instant or before it. */
    void forget(Instant time) {
        long until = Streams.micros(time);
        int kept = 0;
        for (int i = 0; i < length; i += 2) {
            if (entries[i] > until) {
                entries[kept++] = entries[i];
                entries[kept++] = entries[i + 1];
            }
        }
        length = kept;
    }

    int size() {
        return length / 2;
    }
}
