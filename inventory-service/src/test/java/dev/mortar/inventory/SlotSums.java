package dev.mortar.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.inventory.InventoryCommand.CloseSlot;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.StockEntry.SlotBookings;
import dev.mortar.values.CapacityRule;
import dev.mortar.values.FulfilmentMethod;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The bookings of slots, computed a second time from the events only. The location limits pickups on every day. */
final class SlotSums {

    /** The bookings of one slot, by fulfilment. */
    private record Bookings(Set<String> booked, Set<String> unpicked) {}

    private final Map<Instant, Bookings> slots = new TreeMap<>();
    private final Map<String, Slot> ofFulfilment = new TreeMap<>();
    private final Set<String> picked = new HashSet<>();
    private final Set<String> open = new HashSet<>();
    private final List<Pause> pauses = new ArrayList<>();
    private long limit;

    static List<CapacityRule> limited(int ordersPerSlot) {
        return Stream.of(DayOfWeek.values())
                .map(day -> new CapacityRule(FulfilmentMethod.PICKUP, day, "00:00", "24:00", ordersPerSlot))
                .toList();
    }

    /** Closes one of the slots, or tries to. */
    CloseSlot close(String locationId, Random random) {
        List<Instant> all = List.copyOf(slots.keySet());
        Instant startsAt = all.isEmpty() ? Instant.EPOCH : all.get(random.nextInt((all.size() + 1) / 2));
        return new CloseSlot(locationId, FulfilmentMethod.PICKUP, startsAt);
    }

    void add(InventoryEvent event, Instant now) {
        switch (event) {
            case LocationRegistered e ->
                limit = e.location().offer().capacity().getFirst().ordersPerSlot();
            case StockReserved e -> reserved(e, now);
            case ReservationConfirmed e -> confirmed(e);
            case ReservationPicked e -> {
                picked.add(e.fulfilment().fulfilmentId());
                done(e.fulfilment().fulfilmentId());
            }
            case StockReleased e -> {
                assertThat(e.slot() == null || e.whole()).as("%s", e).isTrue();
                if (e.whole()) {
                    ended(e.fulfilment().fulfilmentId(), e.slot(), now);
                }
            }
            case ReservationBroken e -> ended(e.fulfilment().fulfilmentId(), e.slot(), now);
            case StockCommitted e -> {
                done(e.fulfilment().fulfilmentId());
                open.remove(e.fulfilment().fulfilmentId());
            }
            case CapacityPaused e -> pauses.add(e.pause());
            case SlotClosed e -> {
                assertThat(now).as("%s", e).isAfterOrEqualTo(e.startsAt().plus(Duration.ofHours(25)));
                Bookings closed = Objects.requireNonNull(slots.remove(e.startsAt()));
                assertThat(e.booked()).as("%s", e).isEqualTo(closed.booked().size());
                assertThat(e.unpicked()).as("%s", e).isEqualTo(closed.unpicked().size());
            }
            default -> {}
        }
    }

    private void reserved(StockReserved event, Instant now) {
        Slot slot = event.slot();
        assertThat(event.acceptBy()).isEqualTo(now.plus(Duration.ofMinutes(15)));
        if (slot == null) {
            return;
        }
        String id = event.fulfilment().fulfilmentId();
        assertThat(event.readyAt()).isEqualTo(slot.startsAt().plus(Duration.ofHours(1)));
        assertThat(slot.startsAt().getEpochSecond() % 3600).isZero();
        assertThat(slot.startsAt()).as("%s", event).isAfterOrEqualTo(now);
        assertThat(slot.endsAt()).as("%s", event).isAfterOrEqualTo(now.plus(Duration.ofMinutes(60)));
        assertThat(isPaused(slot.startsAt())).as("%s", event).isFalse();
        assertThat(slot.limit()).as("%s", event).isEqualTo(limit);
        assertThat(freeUpTo(slot.startsAt(), now))
                .as("those that wait have a place before or in this slot: %s", event)
                .isGreaterThan(waiting(now));
        Bookings bookings = bookings(slot.startsAt());
        assertThat(bookings.booked().add(id)).as("%s", event).isTrue();
        bookings.unpicked().add(id);
        assertThat(slot.bookedAfter())
                .as("%s", event)
                .isEqualTo(bookings.booked().size())
                .isLessThanOrEqualTo(limit);
        ofFulfilment.put(id, slot);
        open.add(id);
    }

    /** Unpicked bookings of the 24 slots before the next one. */
    private long waiting(Instant now) {
        Instant next = Slots.next(now);
        return slots.entrySet().stream()
                .filter(each ->
                        each.getKey().isBefore(next) && !each.getKey().isBefore(next.minus(Duration.ofHours(24))))
                .mapToLong(each -> each.getValue().unpicked().size())
                .sum();
    }

    /** Places that are left from the next slot up to this one. */
    private long freeUpTo(Instant last, Instant now) {
        return Stream.iterate(Slots.next(now), start -> !start.isAfter(last), start -> start.plus(Duration.ofHours(1)))
                .filter(start -> !isPaused(start))
                .mapToLong(start -> Math.max(0, limit - booked(start)))
                .sum();
    }

    private long booked(Instant startsAt) {
        Bookings found = slots.get(startsAt);
        return found == null ? 0 : found.booked().size();
    }

    private boolean isPaused(Instant startsAt) {
        return pauses.stream()
                .anyMatch(pause -> pause.methods().contains(FulfilmentMethod.PICKUP)
                        && pause.from().isBefore(startsAt.plus(Duration.ofHours(1)))
                        && pause.until().isAfter(startsAt));
    }

    private void confirmed(ReservationConfirmed event) {
        String id = event.fulfilment().fulfilmentId();
        Slot slot = ofFulfilment.get(id);
        if (event.changes().isEmpty() || slot == null) {
            assertThat(event.slot()).as("%s", event).isNull();
            return;
        }
        open.add(id);
        if (event.slot() != null) {
            Bookings bookings = bookings(slot.startsAt());
            assertThat(bookings.booked().add(id))
                    .as("given back before: %s", event)
                    .isTrue();
            assertThat(event.slot().bookedAfter())
                    .as("%s", event)
                    .isEqualTo(bookings.booked().size());
        }
        Bookings kept = slots.get(slot.startsAt());
        if (kept != null && kept.booked().contains(id) && !picked.contains(id)) {
            kept.unpicked().add(id);
        }
    }

    private void ended(String fulfilmentId, @Nullable Slot givenBack, Instant now) {
        Slot slot = ofFulfilment.get(fulfilmentId);
        boolean wasOpen = open.remove(fulfilmentId);
        boolean gives = slot != null
                && wasOpen
                && bookings(slot.startsAt()).booked().contains(fulfilmentId)
                && now.isBefore(slot.startsAt())
                && !picked.contains(fulfilmentId);
        done(fulfilmentId);
        assertThat(givenBack != null)
                .as("%s gives its slot back, once, before it begins", fulfilmentId)
                .isEqualTo(gives);
        if (givenBack != null && slot != null) {
            Bookings bookings = bookings(slot.startsAt());
            bookings.booked().remove(fulfilmentId);
            assertThat(givenBack.startsAt()).isEqualTo(slot.startsAt());
            assertThat(givenBack.bookedAfter()).isEqualTo(bookings.booked().size());
        }
    }

    private void done(String fulfilmentId) {
        slots.values().forEach(bookings -> bookings.unpicked().remove(fulfilmentId));
    }

    private Bookings bookings(Instant startsAt) {
        return slots.computeIfAbsent(startsAt, start -> new Bookings(new HashSet<>(), new HashSet<>()));
    }

    /** The entries of the stock are these bookings. */
    void assertSame(Stock stock, InventoryCommand command) {
        slots.forEach((startsAt, expected) -> {
            SlotBookings found = stock.slots().bookings(FulfilmentMethod.PICKUP, startsAt);
            assertThat(found == null ? 0 : found.booked())
                    .as("booked at %s after %s", startsAt, command)
                    .isEqualTo(expected.booked().size());
            assertThat(found == null ? 0 : found.unpicked())
                    .as("unpicked at %s after %s", startsAt, command)
                    .isEqualTo(expected.unpicked().size());
        });
    }
}
