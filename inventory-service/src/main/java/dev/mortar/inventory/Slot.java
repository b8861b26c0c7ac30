package dev.mortar.inventory;

import dev.mortar.values.FulfilmentMethod;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An hour in which a location prepares fulfilments of one method, as an event books it or gives it back. It starts on a
 * full hour of UTC, so no change of the clock splits or repeats it.
 *
 * @param bookedAfter fulfilments that are booked for it after the event
 * @param limit fulfilments that can be booked for it; null if there is no limit
 */
record Slot(
        FulfilmentMethod method,
        Instant startsAt,
        Instant endsAt,
        long bookedAfter,
        @Nullable Long limit) {

    static final Duration LENGTH = Duration.ofHours(1);

    /** How long the bookings of a slot are kept after its end. */
    static final Duration KEPT = Duration.ofDays(1);

    static Slot of(FulfilmentMethod method, Instant startsAt, long bookedAfter, @Nullable Long limit) {
        return new Slot(method, startsAt, startsAt.plus(LENGTH), bookedAfter, limit);
    }

    Slot withBooked(long booked) {
        return new Slot(method, startsAt, endsAt, booked, limit);
    }

    boolean hasBegun(Instant now) {
        return !now.isBefore(startsAt);
    }

    /** True when the bookings of the slot are no longer kept. */
    boolean isOver(Instant now) {
        return !now.isBefore(endsAt.plus(KEPT));
    }
}
