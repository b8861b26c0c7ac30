package dev.mortar.inventory;

import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.inventory.InventoryEvent.CapacityPaused;
import dev.mortar.inventory.InventoryEvent.SlotClosed;
import dev.mortar.inventory.StockEntry.Location;
import dev.mortar.inventory.StockEntry.Pauses;
import dev.mortar.inventory.StockEntry.SlotBookings;
import dev.mortar.values.FulfilmentMethod;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The slots and pauses of one location, among the entries of its stock. */
record SlotBook(String locationId, WorkingSet<StockEntry> entries) {

    /** The part between location and method in the keys of slots. */
    static final String SLOTS = "|t|";

    /** The part after the location in the key of its pauses. */
    static final String PAUSES = "|q|";

    /** The row name of a slot. Full hours of UTC sort as text. */
    static String row(FulfilmentMethod method, Instant startsAt) {
        return method + "|" + startsAt;
    }

    /** The bookings of a slot; null if it has none. */
    @Nullable
    SlotBookings bookings(FulfilmentMethod method, Instant startsAt) {
        return entries.get(key(method, startsAt)) instanceof SlotBookings bookings ? bookings : null;
    }

    List<Pause> pauses() {
        return entries.get(locationId + PAUSES) instanceof Pauses(var pauses) ? pauses : List.of();
    }

    Slots of(Location location, FulfilmentMethod method) {
        return new Slots(location, method, pauses(), startsAt -> bookings(method, startsAt));
    }

    /** Takes the bookings of a slot from an event, and adds to the unpicked ones. */
    SlotBook booked(@Nullable Slot slot, int unpicked) {
        if (slot == null) {
            return this;
        }
        SlotBookings before = bookings(slot.method(), slot.startsAt());
        long after = unpicked + (before == null ? 0 : before.unpicked());
        return with(
                key(slot.method(), slot.startsAt()),
                new SlotBookings(locationId, slot.method(), slot.startsAt(), slot.limit(), slot.bookedAfter(), after));
    }

    /** Adds to the unpicked bookings of a slot, if it is still kept. */
    SlotBook unpicked(@Nullable Slot slot, int change) {
        SlotBookings before = slot == null ? null : bookings(slot.method(), slot.startsAt());
        return before == null ? this : with(key(before.method(), before.startsAt()), before.plusUnpicked(change));
    }

    SlotBook closed(SlotClosed event) {
        return with(key(event.method(), event.startsAt()), null);
    }

    SlotBook paused(CapacityPaused event) {
        List<Pause> open = Stream.concat(pauses().stream(), Stream.of(event.pause()))
                .filter(pause -> pause.until().isAfter(event.recordedAt()))
                .toList();
        return with(locationId + PAUSES, new Pauses(open));
    }

    private SlotBook with(String key, @Nullable StockEntry entry) {
        return new SlotBook(locationId, entries.with(key, entry));
    }

    private String key(FulfilmentMethod method, Instant startsAt) {
        return locationId + SLOTS + row(method, startsAt);
    }
}
