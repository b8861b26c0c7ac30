package dev.mortar.audit;

import static dev.mortar.audit.Invariant.PUBLISHED_IS_FOLD;

import dev.mortar.audit.AuditState.Figure;
import dev.mortar.audit.AuditState.LocationState;
import dev.mortar.audit.AuditState.StockState;
import dev.mortar.schemas.inventory.InventoryCapacity;
import dev.mortar.schemas.inventory.InventoryLevel;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.schemas.order.OrderSummary;
import dev.mortar.schemas.order.SourcingRules;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * The promise about state topics: the newest record of each key is the state that its events come to. Events and state
 * topics are read one after the other, so in a running system either may be ahead by the time a service has to react.
 */
final class PublishedAudit {
    private final Instant reactedBy;
    private final Findings findings;
    private final OrderAudit orders;
    private final StockAudit stock;
    private final Map<String, CapacityAudit.Bookings> slots;
    private final Set<String> published = new HashSet<>();

    /** @param reactedBy the state of every event before this time has to be published */
    PublishedAudit(
            Instant reactedBy,
            Findings findings,
            OrderAudit orders,
            StockAudit stock,
            Map<String, CapacityAudit.Bookings> slots) {
        this.reactedBy = reactedBy;
        this.findings = findings;
        this.orders = orders;
        this.stock = stock;
        this.slots = slots;
    }

    /** A state as of a sequence. */
    private record Version(long sequence, @Nullable Instant at, String state) {
        static final Version NONE = new Version(0, null, "nothing");

        @Override
        public String toString() {
            return "as of sequence " + sequence + " as " + state;
        }
    }

    /** Checks the newest state of a key. A state of another type breaks the promise. */
    void accept(SpecificRecord state) {
        switch (state) {
            case OrderSummary summary -> accept(summary);
            case InventoryLevel level -> accept(level);
            case InventoryLocation location -> accept(location);
            case InventoryCapacity slot -> accept(slot);
            case SourcingRules _ -> {
                // The back office sets them; no event leads to them.
            }
            default -> {
                var name = state.getSchema().getFullName();
                findings.broken(PUBLISHED_IS_FOLD, "The audit knows no state %s", name);
            }
        }
    }

    private void accept(OrderSummary summary) {
        var id = summary.getOrderId();
        var said = summary.getState() + " over " + summary.getTotal().getAmount();
        var events = orders.orders.streams.get(id);
        var folded = Version.NONE;
        if (events != null) {
            var order = orders.orders.get(id);
            var state = order == null ? "" : order.phase + " over " + order.total();
            folded = new Version(events.sequence, events.recordedAt(), state);
        }
        compare("Order " + id, new Version(summary.getSequence(), summary.getChangedAt(), said), folded);
    }

    private void accept(InventoryLevel level) {
        var locationId = level.getLocationId();
        var sku = level.getSku();
        var location = stock.locations.get(locationId);
        var positions = location == null ? null : location.book.positions(sku);
        var folded = Version.NONE;
        if (positions != null) {
            var newest = positions.newest();
            var figure = Figure.of(positions.state());
            folded = new Version(newest.sequence, newest.changedAt, figure.toString());
        }
        var others = level.getOtherUnits().stream()
                .map(other -> StockState.of(other.getUnit(), other.getQuantities(), List.of()))
                .toList();
        var state = StockState.of(level.getUnit(), level.getQuantities(), others);
        var figure = new Figure(state, level.getAvailableInStore(), level.getAvailableOnline());
        var said = new Version(level.getSequence(), level.getChangedAt(), figure.toString());
        compare(stockOf(locationId, sku), said, folded);
    }

    private void accept(InventoryLocation state) {
        var id = state.getLocationId();
        var location = stock.locations.get(id);
        var event = location == null ? null : location.registered;
        var folded = Version.NONE;
        if (event != null) {
            var registered = LocationState.of(event.event()).toString();
            folded = new Version(event.meta().getSequence(), event.recordedAt(), registered);
        }
        // It names no time, so only its sequence can explain that it is ahead of its events.
        var said = LocationState.of(state).toString();
        compare("Location " + id, new Version(state.getSequence(), Instant.MAX, said), folded);
    }

    private void accept(InventoryCapacity state) {
        var key = state.getLocationId() + "|" + state.getSlot();
        var bookings = slots.get(key);
        var folded = Version.NONE;
        if (bookings != null) {
            var last = bookings.last();
            var figures = figures(bookings.limit(), bookings.booked(), bookings.unpicked());
            folded = new Version(last.meta().getSequence(), last.recordedAt(), figures);
        }
        // It names no time, so only its sequence can explain that it is ahead of its events.
        var said = figures(state.getLimit(), state.getBooked(), state.getUnpicked());
        compare("Slot " + key, new Version(state.getSequence(), Instant.MAX, said), folded);
    }

    private static String figures(@Nullable Long limit, long booked, long unpicked) {
        return booked + " booked, " + unpicked + " unpicked, limit " + limit;
    }

    /** Reports the newest record of a key that cannot be read. */
    void unreadable(String recordId, String why) {
        findings.broken(PUBLISHED_IS_FOLD, "The record at %s cannot be read: %s", recordId, why);
    }

    /** Checks that every state is published. After the last state. */
    void finish() {
        orders.orders.streams.forEach((id, events) -> isPublished("Order " + id, events.recordedAt()));
        stock.locations.each((id, location) -> {
            if (location.registered != null) {
                isPublished("Location " + id, location.registered.recordedAt());
            }
            location.book.all().forEach(sku -> isPublished(stockOf(id, sku.sku()), sku.newest().changedAt));
        });
        slots.forEach((key, slot) -> isPublished("Slot " + key, slot.last().recordedAt()));
    }

    private void compare(String what, Version said, Version folded) {
        published.add(what);
        boolean holds = said.sequence == folded.sequence
                ? said.state.equals(folded.state)
                : isRecent(said.sequence > folded.sequence ? said.at : folded.at);
        var sentence = "%s is published %s; its events come to the state %s";
        findings.check(PUBLISHED_IS_FOLD, holds, sentence, what, said, folded);
    }

    private void isPublished(String what, @Nullable Instant foldedAt) {
        if (!published.contains(what) && foldedAt != null) {
            boolean isRecent = isRecent(foldedAt);
            findings.check(PUBLISHED_IS_FOLD, isRecent, "%s is not published; its last event is of %s", what, foldedAt);
        }
    }

    private boolean isRecent(@Nullable Instant at) {
        return at != null && at.isAfter(reactedBy);
    }

    private static String stockOf(String locationId, String sku) {
        return "Stock of " + sku + " at " + locationId;
    }
}
