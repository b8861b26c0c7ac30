package dev.mortar.audit;

import static dev.mortar.audit.ExpectedSteps.Step.RECEIVE_TRANSFER;
import static dev.mortar.audit.Invariant.*;

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
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * The promises about stock: every movement and count is booked as it happened. Each location has its {@link StockBook},
 * its {@link Reservations} and its {@link Holds}.
 */
final class StockAudit extends Auditor {
    private final AuditRules rules;
    private final ExpectedSteps steps;
    private final Fulfilments fulfilments;
    private final Aggregates<Location> locations = new Aggregates<>();
    /** Business ids that were booked, with their location and kind of event. */
    private final Set<String> booked = new HashSet<>();

    StockAudit(AuditRules rules, Findings findings, ExpectedSteps steps, Fulfilments fulfilments) {
        super(findings);
        this.rules = rules;
        this.steps = steps;
        this.fulfilments = fulfilments;
        at(LocationRegistered.class, (location, _) -> location.registered = logged());
        at(StockReceived.class, this::received);
        at(
                StockRestocked.class,
                (location, e) -> arrived(location, e.getChanges(), e.getAlreadyCounted(), e.getMovedAt(), Units.ANY));
        at(StockTransferredIn.class, this::transferredIn);
        at(
                DamagedStockReturned.class,
                (location, e) -> location.book.apply(e.getChanges(), Rule.DAMAGED_UP, Units.ANY, null));
        at(
                VendorStockReturned.class,
                (location, e) -> location.book.apply(e.getChanges(), Rule.TO_VENDOR_UP, Units.ANY, null));
        at(SafetyStockSet.class, (location, e) -> location.book.apply(e.getChanges(), Rule.SAFETY, Units.KEPT, null));
        at(StockAdjusted.class, this::adjusted);
        at(StockCounted.class, this::counted);
        at(StockTransferredOut.class, this::transferredOut);
        at(StockSold.class, this::sold);
        at(StockReserved.class, (location, e) -> location.reservations.reserved(e, quantities(e.getReserved())));
        at(
                StockReservationRejected.class,
                (location, e) ->
                        location.reservations.refused(e, quantities(e.getRequested()), location.registered != null));
        at(ReservationConfirmed.class, (location, e) -> location.reservations.confirmed(e));
        at(ReservationPicked.class, (location, e) -> location.reservations.picked(e));
        at(StockReleased.class, (location, e) -> location.reservations.released(e, quantities(e.getReleased())));
        at(ReservationVoided.class, (location, e) -> location.reservations.voided(e));
        at(StockCommitted.class, this::committed);
        at(StockShortfallDetected.class, (location, e) -> location.reservations.shortfall(e));
        at(ReservationBroken.class, (location, e) -> location.reservations.broken(e, quantities(e.getReleased())));
        at(StockHeld.class, (location, e) -> location.holds.held(e, quantities(e.getHeld())));
        at(StockHoldReleased.class, (location, e) -> location.holds.released(e));
        at(StockHoldExpired.class, (location, e) -> location.holds.expired(e));
        requireCompleteness("inventory-service", "");
    }

    private final class Location {
        final StockBook book = new StockBook(findings);
        final Holds holds = new Holds(rules, findings, book);
        final Reservations reservations = new Reservations(rules, findings, book, holds, fulfilments);

        private @Nullable LoggedEvent registered;
    }

    /** Registers the handler of an event type, which gets the event's location. */
    private <E extends SpecificRecord> void at(Class<E> type, BiConsumer<Location, E> handler) {
        on(type, event -> handler.accept(location(event), event));
    }

    private Location location(SpecificRecord event) {
        return locations.getOrPut((String) event.get(1), Location::new);
    }

    @Override
    void afterEach(LoggedEvent logged) {
        if (logged.isLastOfCommand()) {
            var location = location(logged.event());
            location.holds.endOfCommand();
            location.book.endOfCommand();
            location.reservations.endOfCommand();
        }
    }

    private void received(Location location, StockReceived event) {
        booked(event.getReceiptId());
        arrived(location, event.getChanges(), event.getAlreadyCounted(), event.getMovedAt(), Units.RECEIVED);
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
            same(STOCK_CHANGE_FITS, "The missing quantity", missing, location.reservations.notFound());
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
        var movedAt = movedAt(event.getMovedAt());
        var all = quantities(event.getTransferred());
        var counted = quantities(event.getAlreadyCounted());
        var gone = Sums.minus(all, counted);
        compareWithCounts(location, gone, counted, movedAt);
        all.keySet().forEach(location.book::isKept);
        location.book.left(event.getChanges(), gone, Map.of(), movedAt);
        // Goods that left before the count need not be available: the count did not find them.
        location.book.claim(gone.keySet(), false);
        steps.expect(
                RECEIVE_TRANSFER,
                event.getTransferId() + ' ' + event.getLocationId() + ' ' + event.getToLocationId(),
                Sums.byGoods(event.getTransferred()));
    }

    private void transferredIn(Location location, StockTransferredIn event) {
        arrived(location, event.getChanges(), event.getAlreadyCounted(), event.getMovedAt(), Units.ANY);
        var step = steps.take(
                RECEIVE_TRANSFER,
                event.getTransferId() + ' ' + event.getFromLocationId() + ' ' + event.getLocationId(),
                Sums.moved(event.getChanges(), event.getAlreadyCounted()));
        if (step != null && step.since().event() instanceof StockTransferredOut sent) {
            var left = sent.getMovedAt();
            var arrived = event.getMovedAt();
            boolean isInOrder = left == null || arrived == null || !arrived.isBefore(left);
            check(MOVEMENT_TIME, isInOrder, "The transfer arrived at %s, before it left at %s", arrived, left);
        }
    }

    private void sold(Location location, StockSold event) {
        location.reservations.soldAtTill();
        var sold = quantities(event.getSold());
        var recordedAt = logged().recordedAt();
        var soldAt = event.getSoldAt().isAfter(recordedAt) ? recordedAt : event.getSoldAt();
        compareWithCounts(location, sold, quantities(event.getAlreadyCounted()), soldAt);
        location.book.left(event.getChanges(), sold, Map.of(), soldAt);
    }

    private void committed(Location location, StockCommitted event) {
        var left = quantities(event.getHandedOver());
        var released = quantities(event.getReleased());
        var movedAt = movedAt(event.getMovedAt());
        var counted = quantities(event.getAlreadyCounted());
        var gone = Sums.minus(left, counted);
        compareWithCounts(location, gone, counted, movedAt);
        location.reservations.committed(event, left, released, gone, movedAt);
    }

    private void counted(Location location, StockCounted event) {
        booked(event.getCountId());
        var countedAt = event.getCountedAt();
        var recordedAt = logged().recordedAt();
        var changes = new HashMap<String, Long>();
        for (var counted : event.getCounted()) {
            var goods = Sums.goods(counted);
            var balance = location.book.balance(goods);
            var newest = balance == null ? null : balance.countedAt;
            long onHand = balance == null ? 0 : balance.now.getOnHand();
            long movedSince = balance == null ? 0 : balance.movements.after(countedAt);
            context(balance == null ? null : balance.last);
            boolean isNewest = !countedAt.isAfter(recordedAt)
                    && !countedAt.isBefore(recordedAt.minus(Movements.REMEMBERED))
                    && (newest == null || !countedAt.isBefore(newest));
            var sentence = "%s was counted at %s; the count before was at %s, and this one is recorded at %s";
            check(COUNT_NEWEST, isNewest, sentence, goods, countedAt, newest, recordedAt);
            same(STOCK_ARITHMETIC, "The quantity on hand before the count", counted.getExpected(), onHand);
            same(COUNT_ADDS_MOVEMENTS, "The movement after the count", counted.getMovedSince(), movedSince);
            Sums.add(changes, goods, counted.getCounted() + counted.getMovedSince() - onHand);
        }
        location.book.counted(event.getChanges(), changes);
        for (var counted : event.getCounted()) {
            var balance = location.book.balance(Sums.goods(counted));
            if (balance != null && (balance.countedAt == null || balance.countedAt.isBefore(countedAt))) {
                balance.countedAt = countedAt;
                balance.movements.forget(countedAt);
            }
        }
    }

    private Map<String, Long> quantities(List<SkuQuantity> quantities) {
        for (var each : quantities) {
            check(QUANTITIES_POSITIVE, each.getQuantity() > 0, "A quantity is too small: %s", each);
        }
        return Sums.byGoods(quantities);
    }

    /** The time at which the goods moved; the recording time if the event names none or a later one. */
    private Instant movedAt(@Nullable Instant named) {
        var recordedAt = logged().recordedAt();
        boolean isAhead = named != null && named.isAfter(recordedAt);
        check(MOVEMENT_TIME, !isAhead, "The goods moved at %s; that was recorded at %s", named, recordedAt);
        return named == null || isAhead ? recordedAt : named;
    }

    /**
     * Checks, before the changes are booked, that a movement changes on hand unless a count has included it already.
     *
     * @param moved goods of which on hand changes
     * @param counted goods that a count has included already
     */
    private void compareWithCounts(
            Location location, Map<String, Long> moved, Map<String, Long> counted, Instant movedAt) {
        moved.keySet().forEach(goods -> compareWithCount(location, goods, false, movedAt));
        counted.keySet().forEach(goods -> compareWithCount(location, goods, true, movedAt));
    }

    private void compareWithCount(Location location, String goods, boolean isCounted, Instant movedAt) {
        var balance = location.book.balance(goods);
        boolean isRight = isCounted == (balance != null && balance.isCounted(movedAt));
        var newest = balance == null ? null : balance.countedAt;
        context(balance == null ? null : balance.last);
        var sentence = "%s moved at %s; the event says that a count included it: %s; the newest count is of %s";
        check(MOVEMENT_BEFORE_COUNT, isRight, sentence, goods, movedAt, isCounted, newest);
    }

    /** Checks that a location books a business id once for each kind of event. */
    private void booked(String id) {
        var event = logged();
        once(BOOKED_ONCE, booked.add(event.key() + '|' + event.type() + '|' + id), id, "booked");
    }

    @Override
    void finish(Instant asOf) {
        locations.each((_, location) -> {
            location.reservations.finish(asOf);
            location.holds.finish(asOf);
        });
    }

    Aggregates<?> aggregates() {
        return locations;
    }

    /** The last registration of a location, or null. */
    @Nullable
    LoggedEvent registered(String locationId) {
        var location = locations.get(locationId);
        return location == null ? null : location.registered;
    }

    /** Gives the last registration of every location. */
    void eachRegistered(Consumer<LoggedEvent> visitor) {
        locations.each((_, location) -> {
            if (location.registered != null) {
                visitor.accept(location.registered);
            }
        });
    }

    /** Gives every SKU at every location. */
    void eachSku(SkuVisitor visitor) {
        locations.each((locationId, location) ->
                location.book.each((sku, positions) -> visitor.visit(locationId, sku, positions)));
    }

    interface SkuVisitor {
        void visit(String locationId, String sku, StockBook.Positions positions);
    }

    /** The positions of a SKU at a location, or null if nothing was ever booked on it there. */
    StockBook.@Nullable Positions positions(String locationId, String sku) {
        var location = locations.get(locationId);
        return location == null ? null : location.book.positions(sku);
    }

    /** The state of every registered location, by location id. */
    Map<String, AuditState.LocationState> locations() {
        var state = new TreeMap<String, AuditState.LocationState>();
        eachRegistered(logged -> {
            if (logged.event() instanceof LocationRegistered event) {
                state.put(event.getLocationId(), AuditState.LocationState.of(event));
            }
        });
        return state;
    }

    /** The state of every SKU, by location and SKU. */
    Map<String, Map<String, AuditState.StockState>> state() {
        var state = new TreeMap<String, Map<String, AuditState.StockState>>();
        locations.each((locationId, location) -> state.put(locationId, location.book.state()));
        return state;
    }
}
