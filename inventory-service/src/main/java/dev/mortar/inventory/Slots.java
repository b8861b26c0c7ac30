package dev.mortar.inventory;

import dev.mortar.inventory.StockEntry.Location;
import dev.mortar.inventory.StockEntry.SlotBookings;
import dev.mortar.values.Calendar;
import dev.mortar.values.CapacityRule;
import dev.mortar.values.FulfilmentMethod;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one method at a location, and the first one with a place left.
 *
 * <p>Bookings of the newest {@link #QUEUE_SLOTS} slots whose goods are not staged yet take places in the first slots
 * from now on. So a location that is behind promises later.
 */
final class Slots {

    /** How many slots from now on are searched: those of 14 days. */
    static final int SEARCHED_MAX = 14 * 24;

    /** In how many slots before the next one unpicked goods delay new bookings. */
    static final int QUEUE_SLOTS = 24;

    /**
     * A slot, as it is now.
     *
     * @param limit fulfilments that can be booked for it; null if there is no limit
     * @param open true when the location is open from its start until the closing buffer after its end
     * @param readyAt when goods that are booked for it will be ready
     */
    record Place(Instant startsAt, @Nullable Long limit, long booked, boolean open, boolean paused, Instant readyAt) {

        /** Places that are left; 0 when the slot takes no bookings, and 1 when it has no limit. */
        long free() {
            if (!open || paused) {
                return 0;
            }
            return limit == null ? 1 : Math.max(0, limit - booked);
        }

        /** The slot with one more booking. */
        Slot booked(FulfilmentMethod method) {
            return Slot.of(method, startsAt, booked + 1, limit);
        }
    }

    private final FulfilmentMethod method;
    private final Offer offer;
    private final Calendar calendar;
    private final List<Pause> pauses;
    private final Function<Instant, @Nullable SlotBookings> bookings;

    /** @param bookings the bookings of the slot that starts at an instant; null if there are none */
    Slots(
            Location location,
            FulfilmentMethod method,
            List<Pause> pauses,
            Function<Instant, @Nullable SlotBookings> bookings) {
        this.method = method;
        this.offer = location.offer();
        this.calendar = location.calendar();
        this.pauses = pauses;
        this.bookings = bookings;
    }

    /** True when reservations of the method get a slot there: its hours or its capacity are known. */
    static boolean areKept(Location location, FulfilmentMethod method) {
        return !location.openingHours().isEmpty() || location.offer().limits(method);
    }

    /** The first slot that starts at or after this instant. */
    static Instant next(Instant now) {
        Instant hour = now.truncatedTo(ChronoUnit.HOURS);
        return hour.equals(now) ? now : hour.plus(Slot.LENGTH);
    }

    /** The first slot with a place left that starts at or after now and ends after the lead time; null if none does. */
    @Nullable
    Place first(Instant now) {
        Instant next = next(now);
        Instant earliestEnd = now.plus(Duration.ofMinutes(offer.leadMinutes()));
        long waiting = waiting(next);
        Instant startsAt = next;
        for (int searched = 0; searched < SEARCHED_MAX; searched++) {
            Place place = at(startsAt);
            long left = place.limit() == null ? place.free() : place.free() - waiting;
            if (left > 0 && !startsAt.plus(Slot.LENGTH).isBefore(earliestEnd)) {
                return place;
            }
            waiting = Math.max(0, waiting - place.free());
            startsAt = startsAt.plus(Slot.LENGTH);
        }
        return null;
    }

    /** The slot that starts at this full hour of UTC. */
    Place at(Instant startsAt) {
        Instant endsAt = startsAt.plus(Slot.LENGTH);
        SlotBookings booked = bookings.apply(startsAt);
        return new Place(
                startsAt,
                limit(startsAt),
                booked == null ? 0 : booked.booked(),
                calendar.isOpenThroughout(startsAt, endsAt.plus(Duration.ofMinutes(offer.closingBufferMinutes()))),
                pauses.stream().anyMatch(pause -> pause.stops(method, startsAt)),
                method == FulfilmentMethod.DELIVERY ? calendar.dispatch(endsAt) : endsAt);
    }

    /** Booked fulfilments of the slots before this one whose goods are not staged yet. */
    private long waiting(Instant next) {
        long waiting = 0;
        if (offer.limits(method)) {
            for (int i = 1; i <= QUEUE_SLOTS; i++) {
                SlotBookings before = bookings.apply(next.minus(Slot.LENGTH.multipliedBy(i)));
                waiting += before == null ? 0 : before.unpicked();
            }
        }
        return waiting;
    }

    /** The limit of the rule in whose times the slot starts, 0 if there is none; null if the method has no rules. */
    private @Nullable Long limit(Instant startsAt) {
        if (!offer.limits(method)) {
            return null;
        }
        ZonedDateTime start = startsAt.atZone(calendar.timeZone());
        return offer.capacity().stream()
                .filter(rule -> rule.method() == method && rule.holds(start))
                .mapToLong(CapacityRule::ordersPerSlot)
                .findFirst()
                .orElse(0);
    }
}
