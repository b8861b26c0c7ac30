package dev.mortar.inventory;

import static dev.mortar.eventsourcing.Decision.accepted;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.Stock.Booking;
import dev.mortar.inventory.StockEntry.*;
import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules of a reservation, from {@code ReserveStock} to its end. A fulfilment is reserved whole or not at all. A
 * reservation that is not confirmed in time expires; a late confirmation makes it again if the goods are available.
 */
final class ReservationRules {

    private ReservationRules() {}

    static Decision<InventoryEvent> reserve(Stock stock, ReserveStock c) {
        ReservationEnd ending = stock.ending(c.fulfilmentId());
        boolean alreadyMade = !stock.remaining(c.fulfilmentId()).isEmpty();
        if (alreadyMade || (ending != null && ending != ReservationEnd.VOIDED)) {
            return accepted();
        }
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        if (ending == ReservationEnd.VOIDED) {
            return accepted(notReserved(c, ReservationRejectionReason.ALREADY_RELEASED, lines, List.of()));
        }
        if (!stock.registered()) {
            return accepted(notReserved(c, ReservationRejectionReason.LOCATION_UNKNOWN, lines, List.of()));
        }
        Ledger ledger = new Ledger(stock);
        Hold hold = c.holdId() == null ? null : stock.hold(c.holdId());
        if (hold != null) {
            // The hold ends even if the order is not reserved, so a rejection names the quantities without it.
            ledger.add(new StockHoldReleased(
                    c.locationId(), hold.holdId(), stock.changes(hold.lines(), Quantities::ofHeld, -1)));
        }
        List<Shortage> shortages = ledger.stock().shortages(lines, c.channel());
        if (!shortages.isEmpty()) {
            return ledger.add(notReserved(c, ReservationRejectionReason.INSUFFICIENT_STOCK, lines, shortages))
                    .decision(c.locationId());
        }
        List<StockChange> changes = ledger.stock().changes(lines, Quantities::ofCommitted, 1);
        return ledger.add(new StockReserved(c.fulfilment(), lines, c.expiresAt(), changes))
                .decision(c.locationId());
    }

    private static StockReservationRejected notReserved(
            ReserveStock c, ReservationRejectionReason reason, List<SkuQuantity> lines, List<Shortage> shortages) {
        return new StockReservationRejected(c.fulfilment(), reason, lines, shortages);
    }

    static Decision<InventoryEvent> confirm(Stock stock, ConfirmReservation c) {
        Reservation open = stock.reservation(c.fulfilmentId());
        if (open != null) {
            return open.confirmed() ? accepted() : accepted(new ReservationConfirmed(c.fulfilment(), List.of()));
        }
        if (stock.ending(c.fulfilmentId()) != null) {
            return accepted();
        }
        ExpiredReservation expired = stock.expired(c.fulfilmentId());
        List<SkuQuantity> lines = expired == null ? SkuQuantity.summed(c.lines()) : expired.lines();
        List<Shortage> shortages = stock.shortages(lines, c.channel());
        return shortages.isEmpty()
                ? accepted(new ReservationConfirmed(c.fulfilment(), stock.changes(lines, Quantities::ofCommitted, 1)))
                : accepted(new ReservationBroken(
                        c.fulfilment(),
                        shortages.stream().map(Shortage::sku).distinct().toList(),
                        List.of(),
                        List.of(),
                        false));
    }

    static Decision<InventoryEvent> markPicked(Stock stock, MarkPicked c) {
        Reservation open = stock.reservation(c.fulfilmentId());
        ExpiredReservation expired = stock.expired(c.fulfilmentId());
        boolean unpicked = open != null ? !open.picked() : expired != null && !expired.picked();
        return unpicked ? accepted(new ReservationPicked(c.fulfilment())) : accepted();
    }

    static Decision<InventoryEvent> release(Stock stock, ReleaseReservation c) {
        Reservation open = stock.reservation(c.fulfilmentId());
        if (open != null) {
            return accepted(released(stock, c.fulfilment(), c.reason(), open.lines()));
        }
        // An expired reservation is voided too, so that a late confirmation does not make it again.
        return stock.ending(c.fulfilmentId()) == null ? accepted(new ReservationVoided(c.fulfilment())) : accepted();
    }

    static Decision<InventoryEvent> releasePart(Stock stock, ReleasePart c) {
        List<SkuQuantity> part = stillReserved(stock.remaining(c.fulfilmentId()), c.lines());
        return part.isEmpty() ? accepted() : accepted(released(stock, c.fulfilment(), c.reason(), part));
    }

    static Decision<InventoryEvent> expire(Stock stock, ExpireReservation c, Instant now) {
        Reservation open = stock.reservation(c.fulfilmentId());
        return open == null || !open.expires() || now.isBefore(open.expiresAt())
                ? accepted()
                : accepted(released(stock, open.fulfilment(), ReleaseReason.NOT_ANSWERED_IN_TIME, open.lines()));
    }

    static Decision<InventoryEvent> shortPick(Stock stock, ReportShortPick c, Instant now) {
        if (stock.isBooked(Booking.ADJUSTMENT, c.adjustmentId())) {
            return accepted();
        }
        List<SkuQuantity> part = stock.remaining(c.fulfilmentId()).stream()
                .filter(line -> line.sku().equals(c.sku()))
                .map(line -> line.withQuantity(Math.min(line.quantity(), c.missing())))
                .toList();
        if (part.isEmpty()) {
            return accepted();
        }
        SkuQuantity missing = part.getFirst();
        Ledger ledger = new Ledger(stock).add(released(stock, c.fulfilment(), ReleaseReason.SHORT_PICK, part));
        Moved lost = Moved.of(stock, List.of(missing.withQuantity(-missing.quantity())), c.movedAt(), now);
        Quantities change =
                new Quantities(missing.in(lost.afterCount()), 0, 0, 0, c.damaged() ? missing.quantity() : 0, 0);
        List<StockChange> changes = change.equals(Quantities.NONE)
                ? List.of()
                : List.of(ledger.stock().change(missing, change));
        return ledger.add(new StockAdjusted(
                        c.locationId(),
                        c.adjustmentId(),
                        AdjustmentReason.SHORT_PICK,
                        lost.at(),
                        lost.alreadyCounted(),
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
                        line, new Quantities(-line.in(moved.afterCount()), -line.in(reserved), 0, 0, 0, 0)))
                .toList();
        List<SkuQuantity> released = SkuQuantity.minus(reserved, handedOver);
        return new Ledger(stock)
                .add(new StockCommitted(
                        c.fulfilment(), handedOver, released, moved.at(), moved.alreadyCounted(), changes))
                .decision(c.locationId());
    }

    /** Releases a part of a reservation. An expired one has no units; its lines only shrink. */
    private static StockReleased released(
            Stock stock, Fulfilment fulfilment, ReleaseReason reason, List<SkuQuantity> part) {
        String id = fulfilment.fulfilmentId();
        boolean whole = SkuQuantity.minus(stock.remaining(id), part).isEmpty();
        boolean open = stock.reservation(id) != null;
        List<StockChange> changes = open ? stock.changes(part, Quantities::ofCommitted, -1) : List.of();
        return new StockReleased(fulfilment, reason, part, whole, changes);
    }

    /** The part of these lines that the reservation still has. */
    private static List<SkuQuantity> stillReserved(List<SkuQuantity> reserved, List<SkuQuantity> lines) {
        return SkuQuantity.minus(reserved, SkuQuantity.minus(reserved, lines));
    }
}
