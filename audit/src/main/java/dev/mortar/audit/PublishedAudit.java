package dev.mortar.audit;

import static dev.mortar.audit.Invariant.PUBLISHED_IS_FOLD;

import dev.mortar.schemas.Unit;
import dev.mortar.schemas.inventory.InventoryLevel;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.schemas.inventory.LevelInUnit;
import dev.mortar.schemas.inventory.LocationRegistered;
import dev.mortar.schemas.order.OrderSummary;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * What state topics say last of each key, compared with the folds once all events are judged.
 *
 * <p>Events and states are read one after the other, so in a running system one side may be ahead of the other, but by
 * no more than a service may take to react.
 */
final class PublishedAudit {
    private final Instant reactedBy;
    private final Findings findings;
    private final OrderAudit orders;
    private final StockAudit stock;
    private final Set<String> told = new HashSet<>();

    /** @param reactedBy what happened before this has been published */
    PublishedAudit(Instant reactedBy, Findings findings, OrderAudit orders, StockAudit stock) {
        this.reactedBy = reactedBy;
        this.findings = findings;
        this.orders = orders;
        this.stock = stock;
    }

    /** The newest state of a key. */
    void accept(SpecificRecord state) {
        switch (state) {
            case OrderSummary summary -> accept(summary);
            case InventoryLevel level -> accept(level);
            case InventoryLocation location -> accept(location);
            default -> {}
        }
    }

    private void accept(OrderSummary summary) {
        var id = summary.getOrderId();
        var events = orders.streams().find(id);
        var order = orders.find(id);
        compare(
                "Order " + id,
                summary.getSequence(),
                summary.getChangedAt(),
                events == null ? 0 : events.sequence,
                events == null ? null : events.recordedAt(),
                summary.getState() + " over " + summary.getTotal().getAmount(),
                order == null ? "" : order.phase.name() + " over " + order.total());
    }

    private void accept(InventoryLevel level) {
        var positions = stock.positions(level.getLocationId(), level.getSku());
        var newest = positions == null ? null : positions.newest();
        compare(
                stockOf(level.getLocationId(), level.getSku()),
                level.getSequence(),
                level.getChangedAt(),
                newest == null ? 0 : newest.sequence,
                newest == null ? null : newest.changedAt,
                text(level),
                positions == null ? "" : text(positions));
    }

    private static String text(InventoryLevel level) {
        var text = new StringBuilder(inUnit(level.getUnit(), StockBook.text(level.getQuantities())))
                .append(available(level.getAvailableInStore(), level.getAvailableOnline()));
        level.getOtherUnits().stream()
                .sorted(Comparator.comparing(LevelInUnit::getUnit))
                .forEach(other ->
                        text.append("; ").append(inUnit(other.getUnit(), StockBook.text(other.getQuantities()))));
        return text.toString();
    }

    private static String text(StockBook.Positions positions) {
        var kept = positions.kept();
        var text = new StringBuilder(inUnit(Goods.unit(kept.goods), kept.toString()))
                .append(available(kept.available(false), kept.available(true)));
        positions.others().stream()
                .filter(other -> !other.isEmpty())
                .forEach(other -> text.append("; ").append(inUnit(Goods.unit(other.goods), other.toString())));
        return text.toString();
    }

    private static String inUnit(Unit unit, String quantities) {
        return unit + ": " + quantities;
    }

    private void accept(InventoryLocation location) {
        var id = location.getLocationId();
        var registered = stock.registered(id);
        var meta = registered == null ? null : EventType.meta(registered);
        compare(
                "Location " + id,
                location.getSequence(),
                // It does not say when; being ahead of its events is all that a moment can explain.
                Instant.MAX,
                meta == null ? 0 : meta.getSequence(),
                meta == null ? null : meta.getRecordedAt(),
                AuditState.LocationState.of(location).toString(),
                registered != null && registered.event() instanceof LocationRegistered event
                        ? AuditState.LocationState.of(event).toString()
                        : "");
    }

    /** A state topic's newest record of a key that cannot be read. */
    void unreadable(String place, String why) {
        findings.broken(PUBLISHED_IS_FOLD, "The record at " + place + " cannot be read: " + why);
    }

    /** After the last state: whatever there are events of was published. */
    void finish() {
        orders.streams().ids().forEach(id -> {
            var events = orders.streams().find(id);
            isTold("Order " + id, events == null ? null : events.recordedAt());
        });
        stock.eachRegistered(
                (id, event) -> isTold("Location " + id, EventType.meta(event).getRecordedAt()));
        stock.eachSku((locationId, sku, positions) -> isTold(stockOf(locationId, sku), positions.newest().changedAt));
    }

    private void compare(
            String what,
            long sequence,
            Instant changedAt,
            long folded,
            @Nullable Instant foldedAt,
            String said,
            String right) {
        told.add(what);
        boolean holds = sequence == folded ? said.equals(right) : isRecent(sequence > folded ? changedAt : foldedAt);
        findings.check(
                PUBLISHED_IS_FOLD,
                holds,
                () -> what + " is published as of sequence " + sequence + " as " + said + ", its events come to "
                        + right + " as of sequence " + folded);
    }

    private void isTold(String what, @Nullable Instant foldedAt) {
        if (!told.contains(what) && foldedAt != null) {
            findings.check(
                    PUBLISHED_IS_FOLD,
                    isRecent(foldedAt),
                    () -> what + " is not published, its last event is of " + foldedAt);
        }
    }

    private boolean isRecent(@Nullable Instant at) {
        return at != null && at.isAfter(reactedBy);
    }

    private static String stockOf(String locationId, String sku) {
        return "Stock of " + sku + " at " + locationId;
    }

    private static String available(long inStore, long online) {
        return "; available in store " + Math.max(0, inStore) + ", online " + Math.max(0, online);
    }
}
