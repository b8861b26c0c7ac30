package dev.mortar.inventory;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.inventory.InventoryCommand.CloseSlot;
import dev.mortar.inventory.InventoryCommand.PauseCapacity;
import dev.mortar.inventory.InventoryEvent.CapacityPaused;
import dev.mortar.inventory.InventoryEvent.SlotClosed;
import dev.mortar.inventory.InventoryRejection.*;
import dev.mortar.inventory.Stock.Booking;
import dev.mortar.inventory.StockEntry.*;
import dev.mortar.values.FulfilmentMethod;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a location's capacity. {@link Slots} finds the slot of a new reservation. A reservation that ends before
 * its slot begins gives the slot back, unless its goods are staged; later the work was done, and it stays booked.
 */
final class CapacityRules {

    /** How many pauses of a location may be open at once. */
    static final int PAUSES_MAX = 100;

    private CapacityRules() {}

    /** The slot as the reservation gives it back; null if there is nothing to give back. */
    static @Nullable Slot givenBack(Stock stock, Reservation open, Instant now) {
        Slot slot = open.slot();
        SlotBookings bookings = slot == null ? null : stock.slots().bookings(slot.method(), slot.startsAt());
        return slot == null || bookings == null || open.picked() || slot.hasBegun(now)
                ? null
                : slot.withBooked(bookings.booked() - 1);
    }

    /**
     * The slot that a late confirmation books again, above its limit if necessary; null if it was not given back or is
     * no longer kept.
     */
    static @Nullable Slot bookedAgain(Stock stock, @Nullable ExpiredReservation expired, Instant now) {
        Slot slot = expired == null || expired.slotBooked() ? null : expired.slot();
        if (slot == null || slot.isOver(now)) {
            return null;
        }
        SlotBookings bookings = stock.slots().bookings(slot.method(), slot.startsAt());
        return slot.withBooked(bookings == null ? 1 : bookings.booked() + 1);
    }

    static Decision<InventoryEvent> pause(Stock stock, PauseCapacity c, Instant now) {
        Pause pause = c.pause();
        Booked booked = stock.booked(Booking.PAUSE, pause.pauseId());
        if (booked != null) {
            return InventoryDecider.repeated("pauseId", booked, Document.of(pause));
        }
        Location location = stock.location();
        if (location == null) {
            return rejected(new LocationUnknown(c.locationId()));
        }
        for (FulfilmentMethod method : pause.methods()) {
            if (!Slots.areKept(location, method)) {
                return rejected(new NoSlots(c.locationId(), method));
            }
        }
        if (!pause.until().isAfter(now)) {
            return rejected(new PauseOver(pause.until(), now));
        }
        if (stock.slots().pauses().stream()
                        .filter(each -> each.until().isAfter(now))
                        .count()
                >= PAUSES_MAX) {
            return rejected(new TooManyPauses(PAUSES_MAX));
        }
        return accepted(new CapacityPaused(c.locationId(), pause, now));
    }

    static Decision<InventoryEvent> close(Stock stock, CloseSlot c, Instant now) {
        SlotBookings bookings = stock.slots().bookings(c.method(), c.startsAt());
        return bookings == null || now.isBefore(bookings.endsAt().plus(Slot.KEPT))
                ? accepted()
                : accepted(new SlotClosed(
                        c.locationId(), c.method(), c.startsAt(), bookings.booked(), bookings.unpicked()));
    }
}
