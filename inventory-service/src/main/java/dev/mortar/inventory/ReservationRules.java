package dev.mortar.inventory;

import static dev.mortar.eventsourcing.Decision.accepted;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.Slots.Place;
import dev.mortar.inventory.Stock.Booking;
import dev.mortar.inventory.StockEntry.*;
import dev.mortar.values.Shortage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a reservation, from {@code ReserveStock} to its end. A fulfilment is reserved whole or not at all. A
 * reservation that is not confirmed in time expires; a late confirmation makes it again if the goods are available.
 */
final class ReservationRules {

    private ReservationRules() {}

    static Decision<InventoryEvent> reserve(Stock stock, ReserveStock c, Instant now) {
        ReservationEnd ending = stock.ending(c.fulfilmentId());
        boolean alreadyMade = !stock.remaining(c.fulfilmentId()).isEmpty();
        if (alreadyMade || (ending != null && ending != ReservationEnd.VOIDED)) {
            return accepted();
        }
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        if (ending == ReservationEnd.VOIDED) {
            return accepted(notReserved(c, ReservationRejectionReason.ALREADY_RELEASED, lines, List.of(), null));
        }
        Location location = stock.location();
        if (location == null) {
            return accepted(notReserved(c, ReservationRejectionReason.LOCATION_UNKNOWN, lines, List.of(), null));
        }
        Ledger ledger = new Ledger(stock, now);
        Hold hold = c.holdId() == null ? null : stock.hold(c.holdId());
        if (hold != null) {
            // The hold ends even if the order is not reserved, so a rejection names the quantities without it.
            ledger.add(new StockHoldReleased(
                    c.locationId(), hold.holdId(), stock.changes(hold.lines(), Quantities::ofHeld, -1)));
        }
        List<Shortage> shortages = ledger.stock().shortages(lines, c.channel());
        if (!shortages.isEmpty()) {
            return ledger.add(notReserved(c, ReservationRejectionReason.INSUFFICIENT_STOCK, lines, shortages, null))
                    .decision(c.locationId());
        }
        boolean limited = location.offer().limits(c.method());
        // Without a limit, a promise that the shopper was given stays as it is.
        boolean books = limited || c.latestReadyAt() == null && Slots.areKept(location, c.method());
        Place place = books ? stock.slots().of(location, c.method()).first(now) : null;
        if (limited && (place == null || isTooLate(place, c))) {
            Instant firstReadyAt = place == null ? null : place.readyAt();
            return ledger.add(notReserved(c, ReservationRejectionReason.NO_CAPACITY, lines, List.of(), firstReadyAt))
                    .decision(c.locationId());
        }
        Integer acceptWithin = location.offer().acceptWithinMinutes();
        return ledger.add(new StockReserved(
                        c.fulfilment(),
                        lines,
                        c.expiresAt(),
                        ledger.stock().changes(lines, Quantities::ofCommitted, 1),
                        place == null ? null : place.booked(c.method()),
                        place == null ? null : place.readyAt(),
                        acceptWithin == null ? null : now.plus(Duration.ofMinutes(acceptWithin))))
                .decision(c.locationId());
    }

    private static boolean isTooLate(Place place, ReserveStock c) {
        return c.latestReadyAt() != null && place.readyAt().isAfter(c.latestReadyAt());
    }

    private static StockReservationRejected notReserved(
            ReserveStock c,
            ReservationRejectionReason reason,
            List<SkuQuantity> lines,
            List<Shortage> shortages,
            @Nullable Instant firstReadyAt) {
        return new StockReservationRejected(c.fulfilment(), reason, lines, shortages, firstReadyAt);
    }

    static Decision<InventoryEvent> confirm(Stock stock, ConfirmReservation c, Instant now) {
        Reservation open = stock.reservation(c.fulfilmentId());
        if (open != null) {
            return open.confirmed() ? accepted() : accepted(new ReservationConfirmed(c.fulfilment(), List.of(), null));
        }
        if (stock.ending(c.fulfilmentId()) != null) {
            return accepted();
        }
        ExpiredReservation expired = stock.expired(c.fulfilmentId());
        List<SkuQuantity> lines = expired == null ? SkuQuantity.summed(c.lines()) : expired.lines();
        List<Shortage> shortages = stock.shortages(lines, c.channel());
        return shortages.isEmpty()
                ? accepted(new ReservationConfirmed(
                        c.fulfilment(),
                        stock.changes(lines, Quantities::ofCommitted, 1),
                        CapacityRules.bookedAgain(stock, expired, now)))
                : accepted(new ReservationBroken(
                        c.fulfilment(),
                        shortages.stream().map(Shortage::sku).distinct().toList(),
                        List.of(),
                        List.of(),
                        false,
                        null));
    }

    static Decision<InventoryEvent> markPicked(Stock stock, MarkPicked c) {
        Reservation open = stock.reservation(c.fulfilmentId());
        ExpiredReservation expired = stock.expired(c.fulfilmentId());
        boolean unpicked = open != null ? !open.picked() : expired != null && !expired.picked();
        return unpicked ? accepted(new ReservationPicked(c.fulfilment())) : accepted();
    }

    static Decision<InventoryEvent> release(Stock stock, ReleaseReservation c, Instant now) {
        Reservation open = stock.reservation(c.fulfilmentId());
        if (open != null) {
            return accepted(released(stock, c.fulfilment(), c.reason(), open.lines(), open.lost(), now));
        }
        // An expired reservation is voided too, so that a late confirmation does not make it again.
        return stock.ending(c.fulfilmentId()) == null ? accepted(new ReservationVoided(c.fulfilment())) : accepted();
    }

    static Decision<InventoryEvent> releasePart(Stock stock, ReleasePart c, Instant now) {
        List<SkuQuantity> alreadyLost = common(stock.lost(c.fulfilmentId()), c.lines());
        List<SkuQuantity> part = common(stock.remaining(c.fulfilmentId()), SkuQuantity.minus(c.lines(), alreadyLost));
        return part.isEmpty() && alreadyLost.isEmpty()
                ? accepted()
                : accepted(released(stock, c.fulfilment(), c.reason(), part, alreadyLost, now));
    }

    static Decision<InventoryEvent> expire(Stock stock, ExpireReservation c, Instant now) {
        Reservation open = stock.reservation(c.fulfilmentId());
        return open == null || !open.expires() || now.isBefore(open.expiresAt())
                ? accepted()
                : accepted(released(
                        stock, open.fulfilment(), ReleaseReason.NOT_ANSWERED_IN_TIME, open.lines(), List.of(), now));
    }

    static Decision<InventoryEvent> shortPick(Stock stock, ReportShortPick c, Instant now) {
        if (stock.isBooked(Booking.ADJUSTMENT, c.adjustmentId())) {
            return accepted();
        }
        List<SkuQuantity> reserved = stock.remaining(c.fulfilmentId());
        List<SkuQuantity> lost = stock.lost(c.fulfilmentId());
        SkuQuantity sku = Stream.concat(reserved.stream(), lost.stream())
                .filter(line -> line.sku().equals(c.sku()))
                .findFirst()
                .map(line -> line.withQuantity(0))
                .orElse(null);
        if (sku == null) {
            return accepted();
        }
        // Units that the reservation lost are not part of on hand any more.
        SkuQuantity alreadyLost = sku.withQuantity(Math.min(sku.in(lost), c.missing()));
        SkuQuantity missing = sku.withQuantity(Math.min(sku.in(reserved), c.missing() - alreadyLost.quantity()));
        Ledger ledger = new Ledger(stock, now)
                .add(released(
                        stock,
                        c.fulfilment(),
                        ReleaseReason.SHORT_PICK,
                        SkuQuantity.minus(List.of(missing), List.of()),
                        SkuQuantity.minus(List.of(alreadyLost), List.of()),
                        now));
        Moved moved = Moved.of(stock, List.of(missing.withQuantity(-missing.quantity())), c.movedAt(), now);
        long damaged = c.damaged() ? missing.quantity() + alreadyLost.quantity() : 0;
        Quantities change = new Quantities(missing.in(moved.afterCount()), 0, 0, 0, damaged, 0, 0);
        List<StockChange> changes = change.equals(Quantities.NONE)
                ? List.of()
                : List.of(ledger.stock().change(missing, change));
        return ledger.add(new StockAdjusted(
                        c.locationId(),
                        c.adjustmentId(),
                        AdjustmentReason.SHORT_PICK,
                        moved.at(),
                        moved.alreadyCounted(),
                        changes))
                .decision(c.locationId());
    }

    static Decision<InventoryEvent> commit(Stock stock, CommitReservation c, Instant now) {
        Reservation open = stock.reservation(c.fulfilmentId());
        ReservationEnd ending = stock.ending(c.fulfilmentId());
        if (open == null && ending != null && ending != ReservationEnd.BROKEN) {
            return accepted();
        }
        // Goods that were handed over are gone, even if their reservation has already ended.
        List<SkuQuantity> handedOver = SkuQuantity.summed(c.handedOver());
        Moved moved = Moved.of(stock, handedOver, c.movedAt(), now);
        List<SkuQuantity> reserved = open == null ? List.of() : open.lines();
        List<SkuQuantity> touched = new ArrayList<>(reserved);
        moved.afterCount().stream().filter(line -> line.in(reserved) == 0).forEach(touched::add);
        List<StockChange> changes = touched.stream()
                .map(line -> stock.change(
                        line, new Quantities(-line.in(moved.afterCount()), -line.in(reserved), 0, 0, 0, 0, 0)))
                .toList();
        List<SkuQuantity> released = SkuQuantity.minus(reserved, handedOver);
        return new Ledger(stock, now)
                .add(new StockCommitted(
                        c.fulfilment(), handedOver, released, moved.at(), moved.alreadyCounted(), changes))
                .decision(c.locationId());
    }

    /** Releases a part of a reservation. An expired one has no units; its lines only shrink. */
    private static StockReleased released(
            Stock stock,
            Fulfilment fulfilment,
            ReleaseReason reason,
            List<SkuQuantity> part,
            List<SkuQuantity> alreadyLost,
            Instant now) {
        String id = fulfilment.fulfilmentId();
        boolean whole = SkuQuantity.minus(stock.remaining(id), part).isEmpty();
        Reservation open = stock.reservation(id);
        List<StockChange> changes = open == null ? List.of() : stock.changes(part, Quantities::ofCommitted, -1);
        Slot slot = whole && open != null ? CapacityRules.givenBack(stock, open, now) : null;
        return new StockReleased(fulfilment, reason, part, whole, changes, alreadyLost, slot);
    }

    /** The units that are in both. */
    private static List<SkuQuantity> common(List<SkuQuantity> units, List<SkuQuantity> others) {
        return SkuQuantity.minus(units, SkuQuantity.minus(units, others));
    }
}
