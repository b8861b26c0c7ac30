package dev.mortar.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * The movements of one position after its newest count, of the last {@link #REMEMBERED}. A late count may have to add
 * them. Older ones are dropped when a new one needs their room.
 */
final class Movements {
    /** A count is at most this old when it is booked. */
    static final Duration REMEMBERED = Duration.ofHours(24);

    /** For each movement its time, in microseconds since 1970 UTC, and its change of on hand. */
    private long[] entries = new long[4];

    private int length;

    void add(Instant movedAt, long onHand, Instant now) {
        if (length == entries.length) {
            forget(now.minus(REMEMBERED));
            if (length > entries.length / 2) {
                entries = Arrays.copyOf(entries, 2 * entries.length);
            }
        }
        entries[length++] = Aggregates.micros(movedAt);
        entries[length++] = onHand;
    }

    /** The change of on hand by the movements after an instant. */
    long after(Instant time) {
        long since = Aggregates.micros(time);
        long sum = 0;
        for (int i = 0; i < length; i += 2) {
            sum += entries[i] > since ? entries[i + 1] : 0;
        }
        return sum;
    }

    /** Drops the movements at an instant or before it. */
    void forget(Instant time) {
        long until = Aggregates.micros(time);
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
