package dev.mortar.pickup;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a store should do its task, and when the task ends by itself.
 *
 * @param promisedAt when the goods should be ready, as the shopper was told, or null
 * @param acceptBy until when the store should accept the task, or null if it need not
 * @param pickBy until when the goods should be picked; null only in events from before tasks had an end
 * @param endBy when the task is cancelled if the goods are not ready; null as pickBy is
 */
record TaskTimes(
        @Nullable Instant promisedAt,
        @Nullable Instant acceptBy,
        @Nullable Instant pickBy,
        @Nullable Instant endBy) {

    /** The goods should be picked this long before they are promised. */
    static final int PICK_BEFORE_PROMISE_MINUTES = 15;

    /** Time to pick goods that are promised for no time. */
    static final int PICK_WITHOUT_PROMISE_HOURS = 24;

    /** A store has at least this time to pick. */
    static final int PICK_MIN_MINUTES = 15;

    /** A task ends this long after its goods should have been picked. */
    static final int END_AFTER_PICK_BY_DAYS = 2;

    /** The times of a task that is requested now. */
    static TaskTimes of(@Nullable Instant promisedAt, @Nullable Instant acceptBy, Instant now) {
        Instant wished = promisedAt == null
                ? now.plus(Duration.ofHours(PICK_WITHOUT_PROMISE_HOURS))
                : promisedAt.minus(Duration.ofMinutes(PICK_BEFORE_PROMISE_MINUTES));
        Instant earliest = now.plus(Duration.ofMinutes(PICK_MIN_MINUTES));
        Instant pickBy = wished.isBefore(earliest) ? earliest : wished;
        return new TaskTimes(promisedAt, acceptBy, pickBy, pickBy.plus(Duration.ofDays(END_AFTER_PICK_BY_DAYS)));
    }
}
