package dev.mortar.audit;

import static dev.mortar.audit.Invariant.PUBLISHED_IS_FOLD;

import dev.mortar.audit.AuditState.StockState;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.order.OrderSummary;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
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
    private final Set<String> published = new HashSet<>();

    /** @param reactedBy the state of every event before this time has to be published */
    PublishedAudit(Instant reactedBy, Findings findings, OrderAudit orders, StockAudit stock) {
        this.reactedBy = reactedBy;
        this.findings = findings;
        this.orders = orders;
        this.stock = stock;
    }

    /** Checks the newest state of a key. A state of another type breaks the promise. */
    void accept(SpecificRecord state) {
        switch (state) {
            case OrderSummary summary -> accept(summary);
            case InventoryLevel level -> accept(level);
            case InventoryLocation location -> accept(location);
            default ->
                findings.broken(
                        PUBLISHED_IS_FOLD,
                        "The audit knows no state %s",
                        state.getSchema().getFullName());
        }
    }

    private void accept(OrderSummary summary) {
        var id = summary.getOrderId();
        var events = orders.aggregates().find(id);
        var order = orders.find(id);
        compare(
                "Order " + id,
                new Version(
                        summary.getSequence(),
                        summary.getChangedAt(),
                        summary.getState() + " over " + summary.getTotal().getAmount()),
                events == null
                        ? Version.NONE
                        : new Version(
                                events.sequence,
                                events.recordedAt(),
                                order == null ? "" : order.phase + " over " + order.total()));
    }

    private void accept(InventoryLevel level) {
        var positions = stock.positions(level.getLocationId(), level.getSku());
        var folded = Version.NONE;
        if (positions != null) {
            var newest = positions.newest();
            var state = positions.state();
            var text = text(state, state.available(false), state.available(true));
            folded = new Version(newest.sequence, newest.changedAt, text);
        }
        var said = new Version(level.getSequence(), level.getChangedAt(), text(level));
        compare(stockOf(level.getLocationId(), level.getSku()), said, folded);
    }

    private void accept(InventoryLocation location) {
        var registered = stock.registered(location.getLocationId());
        compare(
                "Location " + location.getLocationId(),
                // It names no time, so only its sequence can explain that it is ahead of its events.
                new Version(
                        location.getSequence(),
                        Instant.MAX,
                        AuditState.LocationState.of(location).toString()),
                registered != null && registered.event() instanceof LocationRegistered event
                        ? new Version(
                                registered.meta().getSequence(),
                                registered.recordedAt(),
                                AuditState.LocationState.of(event).toString())
                        : Version.NONE);
    }

    /** A state as of a sequence. */
    private record Version(long sequence, @Nullable Instant at, String state) {
        static final Version NONE = new Version(0, null, "nothing");

        @Override
        public String toString() {
            return "as of sequence " + sequence + " as " + state;
        }
    }

    private static String text(InventoryLevel level) {
        var otherUnits = level.getOtherUnits().stream()
                .sorted(Comparator.comparing(LevelInUnit::getUnit))
                .map(other -> StockState.of(other.getUnit(), other.getQuantities(), List.of()))
                .toList();
        var state = StockState.of(level.getUnit(), level.getQuantities(), otherUnits);
        return text(state, level.getAvailableInStore(), level.getAvailableOnline());
    }

    private static String text(StockState state, long inStore, long online) {
        return state + ", available in store " + inStore + ", online " + online;
    }

    /** Reports the newest record of a key that cannot be read. */
    void unreadable(String recordId, String why) {
        findings.broken(PUBLISHED_IS_FOLD, "The record at %s cannot be read: %s", recordId, why);
    }

    /** Checks that every state is published. After the last state. */
    void finish() {
        orders.aggregates().ids().forEach(id -> {
            var events = orders.aggregates().find(id);
            isPublished("Order " + id, events == null ? null : events.recordedAt());
        });
        stock.eachRegistered(event -> isPublished("Location " + event.key(), event.recordedAt()));
        stock.eachSku(
                (locationId, sku, positions) -> isPublished(stockOf(locationId, sku), positions.newest().changedAt));
    }

    private void compare(String what, Version said, Version folded) {
        published.add(what);
        boolean holds = said.sequence == folded.sequence
                ? said.state.equals(folded.state)
                : isRecent(said.sequence > folded.sequence ? said.at : folded.at);
        findings.check(
                PUBLISHED_IS_FOLD, holds, "%s is published %s; its events come to the state %s", what, said, folded);
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
