package dev.mortar.order;

import dev.mortar.values.Calendar;
import dev.mortar.values.CapacityRule;
import dev.mortar.values.Coordinates;
import dev.mortar.values.FulfilmentMethod;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A location as inventory-service publishes it, and its first free slot. The slot is an estimate: pauses are not
 * published, so inventory-service may book a later one.
 *
 * @param leadMinutes least time between a reservation and the end of its slot
 * @param closingBufferMinutes time before closing in which no slot may end
 */
record SourcingLocation(
        String locationId,
        Coordinates place,
        Set<FulfilmentMethod> methods,
        boolean onlineEnabled,
        int leadMinutes,
        int closingBufferMinutes,
        Calendar calendar,
        List<CapacityRule> capacity) {

    private static final Duration SLOT = Duration.ofHours(1);

    /** So many slots are searched, as inventory-service does: those of 14 days. */
    private static final int SEARCHED_MAX = 14 * 24;

    /** In so many slots before the next one, goods that are not staged yet delay new bookings. */
    private static final int QUEUE_SLOTS = 24;

    private static final Bookings NONE = new Bookings(0, 0);

    /**
     * The bookings of a slot.
     *
     * @param unpicked booked fulfilments whose goods are not staged yet
     */
    record Bookings(long booked, long unpicked) {}

    /** The row of a slot in {@code inventory.capacity}, after the location. */
    static String slotKey(FulfilmentMethod method, Instant startsAt) {
        return method + "|" + startsAt;
    }

    /** False if the location has neither opening hours nor limits for the method; it then promises no time. */
    boolean keepsSlots(FulfilmentMethod method) {
        return !calendar.week().isEmpty() || limits(method);
    }

    private boolean limits(FulfilmentMethod method) {
        return capacity.stream().anyMatch(rule -> rule.method() == method);
    }

    /**
     * When goods would be ready that are booked now for the first slot with a place left; null if no slot has one.
     *
     * @param booked the bookings of the slot that starts at an instant; null if there are none
     */
    @Nullable
    Instant readyAt(FulfilmentMethod method, Instant now, Function<Instant, @Nullable Bookings> booked) {
        Instant hour = now.truncatedTo(ChronoUnit.HOURS);
        Instant next = hour.equals(now) ? now : hour.plus(SLOT);
        Instant earliestEnd = now.plus(Duration.ofMinutes(leadMinutes));
        boolean limited = limits(method);
        long waiting = limited ? waiting(next, booked) : 0;
        for (int i = 0; i < SEARCHED_MAX; i++) {
            Instant startsAt = next.plus(SLOT.multipliedBy(i));
            Instant endsAt = startsAt.plus(SLOT);
            long free = free(method, limited, startsAt, booked);
            if (free > waiting && !endsAt.isBefore(earliestEnd)) {
                return method == FulfilmentMethod.DELIVERY ? calendar.dispatch(endsAt) : endsAt;
            }
            waiting = Math.max(0, waiting - free);
        }
        return null;
    }

    /** Booked fulfilments of the slots before this one whose goods are not staged yet. They are prepared first. */
    private static long waiting(Instant next, Function<Instant, @Nullable Bookings> booked) {
        long waiting = 0;
        for (int i = 1; i <= QUEUE_SLOTS; i++) {
            waiting += bookings(next.minus(SLOT.multipliedBy(i)), booked).unpicked();
        }
        return waiting;
    }

    private long free(
            FulfilmentMethod method, boolean limited, Instant startsAt, Function<Instant, @Nullable Bookings> booked) {
        long limit = limited ? limit(method, startsAt) : Long.MAX_VALUE;
        long free = Math.max(0, limit - bookings(startsAt, booked).booked());
        Instant closesAfter = startsAt.plus(SLOT).plus(Duration.ofMinutes(closingBufferMinutes));
        return free > 0 && calendar.isOpenThroughout(startsAt, closesAfter) ? free : 0;
    }

    private long limit(FulfilmentMethod method, Instant startsAt) {
        ZonedDateTime start = startsAt.atZone(calendar.timeZone());
        return capacity.stream()
                .filter(rule -> rule.method() == method && rule.holds(start))
                .mapToLong(CapacityRule::ordersPerSlot)
                .findFirst()
                .orElse(0);
    }

    private static Bookings bookings(Instant startsAt, Function<Instant, @Nullable Bookings> booked) {
        Bookings found = booked.apply(startsAt);
        return found == null ? NONE : found;
    }
}
