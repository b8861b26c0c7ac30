package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;

import dev.mortar.audit.AuditState.LocationState;
import dev.mortar.audit.AuditState.StockState;
import dev.mortar.audit.StockBook.Balance;
import dev.mortar.audit.StockBook.Rule;
import dev.mortar.audit.StockBook.Units;
import dev.mortar.schemas.SkuQuantity;
import dev.mortar.schemas.inventory.*;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * The promises about stock: every movement and count is booked as it happened. Each location has its {@link StockBook},
 * and its reservations and holds in {@link Claims}.
 */
final class StockAudit extends Auditor {
    private final Fulfilments fulfilments;
    private final ExpectedSteps steps;
    final Aggregates<Location> locations = new Aggregates<>();
    /** Business ids that were booked, with their location and kind of event. */
    private final Set<String> booked = new HashSet<>();
    /** By location, which may be one that has written no event yet. */
    private final Map<String, Figures> figures = new HashMap<>();

    StockAudit(Findings findings, ExpectedSteps steps, Fulfilments fulfilments) {
        super(findings);
        this.steps = steps;
        this.fulfilments = fulfilments;
        at(LocationRegistered.class, (it, _) -> it.registered = logged());
        at(StockReceived.class, (it, e) -> {
            booked(e.getReceiptId());
            arrived(it, e.getChanges(), e.getAlreadyCounted(), e.getMovedAt(), Units.RECEIVED);
        });
        at(
                StockRestocked.class,
                (it, e) -> arrived(it, e.getChanges(), e.getAlreadyCounted(), e.getMovedAt(), Units.ANY));
        at(DamagedStockReturned.class, (it, e) -> it.book.apply(e.getChanges(), Rule.DAMAGED_UP, Units.ANY, null));
        at(VendorStockReturned.class, (it, e) -> it.book.apply(e.getChanges(), Rule.TO_VENDOR_UP, Units.ANY, null));
        at(SafetyStockSet.class, (it, e) -> it.book.apply(e.getChanges(), Rule.SAFETY, Units.KEPT, null));
        at(StockAdjusted.class, this::adjusted);
        at(StockCounted.class, this::counted);
        at(StockTransferredOut.class, this::transferredOut);
        at(TransferExpected.class, (it, e) -> it.transfers.expected(e, quantities(e.getSent())));
        at(StockTransferredIn.class, this::transferredIn);
        at(TransferClosed.class, this::transferClosed);
        at(StockSold.class, this::sold);
        at(StockCommitted.class, this::committed);
        at(StockReserved.class, (it, e) -> it.claims.reserved(e, quantities(e.getReserved())));
        at(
                StockReservationRejected.class,
                (it, e) -> it.claims.refused(e, quantities(e.getRequested()), it.registered != null));
        at(ReservationConfirmed.class, (it, e) -> it.claims.confirmed(e));
        at(ReservationPicked.class, (it, e) -> it.claims.picked(e));
        at(
                StockReleased.class,
                (it, e) -> it.claims.released(e, quantities(e.getReleased()), quantities(e.getAlreadyLost())));
        at(ReservationVoided.class, (it, e) -> it.claims.voided(e));
        at(StockShortfallDetected.class, (it, e) -> it.claims.shortfall(e));
        at(ReservationBroken.class, (it, e) -> it.claims.broken(e, quantities(e.getReleased())));
        at(ReservationReduced.class, (it, e) -> it.claims.reduced(e, quantities(e.getLost())));
        at(StockHeld.class, (it, e) -> it.holds.held(e, quantities(e.getHeld())));
        at(StockHoldChanged.class, (it, e) -> it.holds.changed(e, quantities(e.getHeld())));
        at(StockHoldReleased.class, (it, e) -> it.holds.released(e));
        at(StockHoldExpired.class, (it, e) -> it.holds.ends(e.getHoldId(), e.getChanges(), true));
        requireCompleteness("inventory-service", "CapacityPaused SlotClosed");
    }

    final class Location {
        final StockBook book;
        final Holds holds;
        final Claims claims;
        final Transfers transfers;

        /** The last registration, or null. */
        @Nullable
        LoggedEvent registered;

        Location(Figures figures) {
            book = new StockBook(findings, figures);
            holds = new Holds(findings, book);
            claims = new Claims(findings, steps, book, holds, fulfilments);
            transfers = new Transfers(findings, book);
        }
    }

    /** Registers the handler of an event type, which gets the event's location. */
    private <E extends SpecificRecord> void at(Class<E> type, BiConsumer<Location, E> handler) {
        on(type, event -> handler.accept(location(event), event));
    }

    private Location location(SpecificRecord event) {
        var id = (String) event.get(1);
        return locations.getOrPut(id, () -> new Location(figures(id)));
    }

    @Override
    void afterEach(LoggedEvent logged) {
        if (logged.isLastOfCommand()) {
            var location = location(logged.event());
            location.holds.endOfCommand();
            location.claims.endOfCommand();
        }
    }

    private void arrived(
            Location location,
            List<StockChange> changes,
            List<SkuQuantity> alreadyCounted,
            @Nullable Instant named,
            Units units) {
        var movedAt = movedAt(named);
        var arrived = Sums.changes(changes, Quantities::getOnHand);
        compareWithCounts(location, arrived, quantities(alreadyCounted), movedAt);
        location.book.apply(changes, Rule.ON_HAND_UP, units, movedAt);
    }

    private void adjusted(Location location, StockAdjusted event) {
        booked(event.getAdjustmentId());
        var movedAt = movedAt(event.getMovedAt());
        var corrected = Sums.changes(event.getChanges(), Quantities::getOnHand);
        var counted = Sums.byGoods(event.getAlreadyCounted());
        compareWithCounts(location, corrected, counted, movedAt);
        boolean isShortPick = event.getReason() == AdjustmentReason.SHORT_PICK;
        if (isShortPick) {
            var missing = Sums.negative(Sums.plus(corrected, counted));
            same(STOCK_CHANGE_FITS, "The missing quantity", missing, location.claims.notFound);
        }
        var rule = switch (event.getReason()) {
            case SHORT_PICK -> Rule.ON_HAND_AND_DAMAGED;
            case SENT_TO_VENDOR -> Rule.SENT_TO_VENDOR;
            case DAMAGED, LOST, FOUND, THEFT, EXPIRED, CORRECTION, UNKNOWN -> Rule.ADJUSTED;
        };
        location.book.apply(event.getChanges(), rule, isShortPick ? Units.ANY : Units.KNOWN, movedAt);
    }

    private void transferredOut(Location location, StockTransferredOut event) {
        booked(event.getTransferId());
        location.transfers.left(event);
        var all = quantities(event.getTransferred());
        var movedAt = movedAt(event.getMovedAt());
        var gone = gone(location, all, event.getAlreadyCounted(), movedAt);
        all.keySet().forEach(location.book::isKept);
        location.book.left(event.getChanges(), gone, Map.of(), movedAt);
        // Goods that left before the count need not be available: the count did not find them.
        location.book.claim(gone.keySet(), false);
    }

    private void transferredIn(Location location, StockTransferredIn event) {
        var accepted = quantities(event.getAccepted());
        var movedAt = movedAt(event.getMovedAt());
        var onHand = gone(location, accepted, event.getAlreadyCounted(), movedAt);
        location.transfers.received(event, onHand, accepted, quantities(event.getDamaged()), movedAt);
    }

    private void transferClosed(Location location, TransferClosed event) {
        positive(event.getMissing());
        positive(event.getOver());
        positive(event.getReturned());
        location.transfers.closed(event);
    }

    private void sold(Location location, StockSold event) {
        location.claims.sale = logged().meta().getCommandId();
        var sold = quantities(event.getSold());
        var recordedAt = logged().recordedAt();
        var soldAt = event.getSoldAt().isAfter(recordedAt) ? recordedAt : event.getSoldAt();
        compareWithCounts(location, sold, quantities(event.getAlreadyCounted()), soldAt);
        location.book.left(event.getChanges(), sold, Map.of(), soldAt);
    }

    private void committed(Location location, StockCommitted event) {
        var left = quantities(event.getHandedOver());
        var ended = Sums.plus(left, quantities(event.getReleased()));
        var movedAt = movedAt(event.getMovedAt());
        var gone = gone(location, left, event.getAlreadyCounted(), movedAt);
        location.claims.committed(event, ended, gone, movedAt);
    }

    /** The part of goods that moved which no count has included already. */
    private Map<String, Long> gone(
            Location location, Map<String, Long> left, List<SkuQuantity> alreadyCounted, Instant movedAt) {
        var counted = quantities(alreadyCounted);
        var gone = Sums.minus(left, counted);
        compareWithCounts(location, gone, counted, movedAt);
        return gone;
    }

    private void counted(Location location, StockCounted event) {
        booked(event.getCountId());
        var countedAt = event.getCountedAt();
        var recordedAt = logged().recordedAt();
        var changes = new HashMap<String, Long>();
        for (var counted : event.getCounted()) {
            var goods = Sums.goods(counted);
            var balance = location.book.balance(goods);
            var newest = balance.countedAt;
            long onHand = balance.now.getOnHand();
            context(balance.last);
            boolean isNewest = !countedAt.isAfter(recordedAt)
                    && !countedAt.isBefore(recordedAt.minus(Movements.REMEMBERED))
                    && (newest == null || !countedAt.isBefore(newest));
            var sentence = "%s was counted at %s; the count before was at %s, and this one is recorded at %s";
            check(COUNT_NEWEST, isNewest, sentence, goods, countedAt, newest, recordedAt);
            same(STOCK_ARITHMETIC, "The quantity on hand before the count", counted.getExpected(), onHand);
            long movedSince = balance.movements.after(countedAt);
            same(COUNT_ADDS_MOVEMENTS, "The movement after the count", counted.getMovedSince(), movedSince);
            Sums.add(changes, goods, counted.getCounted() + counted.getMovedSince() - onHand);
        }
        location.book.counted(event.getChanges(), changes);
        for (var counted : event.getCounted()) {
            var balance = location.book.balance(Sums.goods(counted));
            if (balance.countedAt == null || balance.countedAt.isBefore(countedAt)) {
                balance.countedAt = countedAt;
                balance.movements.forget(countedAt);
            }
        }
    }

    private Map<String, Long> quantities(List<SkuQuantity> quantities) {
        return Sums.byGoods(positive(quantities));
    }

    /** The time at which the goods moved; the recording time if the event names none or a later one. */
    private Instant movedAt(@Nullable Instant named) {
        var recordedAt = logged().recordedAt();
        boolean isAhead = named != null && named.isAfter(recordedAt);
        check(MOVEMENT_TIME, !isAhead, "The goods moved at %s; that was recorded at %s", named, recordedAt);
        return named == null || isAhead ? recordedAt : named;
    }

    /** Checks, before the booking, that movements change on hand unless a count has included them already. */
    private void compareWithCounts(
            Location location, Map<String, Long> moved, Map<String, Long> counted, Instant movedAt) {
        moved.keySet().forEach(goods -> compareWithCount(location.book.balance(goods), false, movedAt));
        counted.keySet().forEach(goods -> compareWithCount(location.book.balance(goods), true, movedAt));
    }

    private void compareWithCount(Balance balance, boolean isCounted, Instant movedAt) {
        var newest = balance.countedAt;
        context(balance.last);
        boolean isRight = isCounted == (newest != null && !movedAt.isAfter(newest));
        var sentence = "%s moved at %s; the event says that a count included it: %s; the newest count is of %s";
        check(MOVEMENT_BEFORE_COUNT, isRight, sentence, balance.goods, movedAt, isCounted, newest);
    }

    /** Checks that a location books a business id once for each kind of event. */
    private void booked(String id) {
        var event = logged();
        once(BOOKED_ONCE, booked.add(event.key() + '|' + event.type() + '|' + id), id, "booked");
    }

    /** The event that made an open hold; null if there is no such hold. */
    @Nullable
    LoggedEvent hold(String locationId, String holdId) {
        var location = locations.get(locationId);
        return location == null ? null : location.holds.made(holdId);
    }

    /** Whether a transfer has ended at its target. */
    boolean isTransferClosed(String locationId, String sender, String transferId) {
        var location = locations.get(locationId);
        return location != null && location.transfers.isClosed(sender, transferId);
    }

    Figures figures(String locationId) {
        return figures.computeIfAbsent(locationId, _ -> new Figures());
    }

    /** The sequence of the last event of a location; 0 if there is none. */
    long sequence(String locationId) {
        var stream = locations.streams.get(locationId);
        return stream == null ? 0 : stream.sequence;
    }

    @Override
    void finish(Instant asOf) {
        figures.forEach((id, each) -> each.finish(sequence(id)));
        locations.each((_, location) -> {
            location.claims.finish(asOf);
            location.holds.finish(asOf);
            location.transfers.finish(asOf);
        });
    }

    /** The state of every registered location, by location id. */
    Map<String, LocationState> registered() {
        return locations.view(each -> each.registered == null ? null : LocationState.of(each.registered.event()));
    }

    /** The state of every SKU, by location and SKU. */
    Map<String, Map<String, StockState>> state() {
        return locations.view(location -> {
            var skus = new TreeMap<String, StockState>();
            location.book.all().forEach(positions -> skus.put(positions.sku(), positions.state()));
            return skus;
        });
    }
}
