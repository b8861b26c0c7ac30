package dev.mortar.inventory;

import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.Stock.Booking;
import dev.mortar.inventory.StockEntry.Ending;
import dev.mortar.inventory.StockEntry.ExpiredReservation;
import dev.mortar.inventory.StockEntry.Hold;
import dev.mortar.inventory.StockEntry.Level;
import dev.mortar.inventory.StockEntry.Location;
import dev.mortar.inventory.StockEntry.Reservation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a location's stock.
 *
 * <p>Requests (reserve, hold, transfer) are met only from what is available. Facts (a till sale, goods that left, goods
 * that came) are booked whatever the book says, so on hand may fall below what is promised and even below 0. Whenever
 * on hand falls below what is committed, the youngest reservations that are not picked are broken until the rest can be
 * met or only picked ones are left; holds are no promise and never break a reservation.
 */
final class InventoryDecider implements Decider<InventoryCommand, Stock, InventoryEvent> {

    /** How far the clock of whoever counts may run ahead of the log's. */
    static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

    @Override
    public Stock initialState() {
        return new Stock("", WorkingSet.empty());
    }

    @Override
    public Stock evolve(Stock stock, InventoryEvent event) {
        return stock.evolve(event);
    }

    @Override
    public Decision<InventoryEvent> decide(Stock stock, InventoryCommand command, Instant now) {
        return switch (command) {
            case RegisterLocation c -> register(stock, c);
            case ReceiveStock c -> receive(stock, c);
            case AdjustStock c -> adjust(stock, c);
            case CountStock c -> count(stock, c, now);
            case SetSafetyStock c -> setSafetyStock(stock, c);
            case TransferStock c -> transfer(stock, c);
            case ReceiveTransfer c -> receiveTransfer(stock, c);
            case HoldStock c -> hold(stock, c, now);
            case ReleaseHold c -> releaseHold(stock, c);
            case ExpireHold c -> expireHold(stock, c, now);
            case ReserveStock c -> reserve(stock, c);
            case ConfirmReservation c -> confirm(stock, c);
            case MarkPicked c -> markPicked(stock, c);
            case ReleaseReservation c -> release(stock, c);
            case ReleasePart c -> releasePart(stock, c);
            case ExpireReservation c -> expire(stock, c, now);
            case ReportShortPick c -> shortPick(stock, c);
            case CommitReservation c -> commit(stock, c);
            case RecordSale c -> sale(stock, c);
            case TakeBack c -> takeBack(stock, c);
        };
    }

    private static Decision<InventoryEvent> register(Stock stock, RegisterLocation c) {
        var registered = new LocationRegistered(
                c.locationId(), c.name(), c.kind(), c.latitude(), c.longitude(), c.timeZone(), c.openingHours());
        return Location.of(registered).equals(stock.location()) ? Decision.accepted() : Decision.accepted(registered);
    }

    private static Decision<InventoryEvent> receive(Stock stock, ReceiveStock c) {
        if (stock.booked(Booking.RECEIPT, c.receiptId())) {
            return Decision.accepted();
        }
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        InventoryRejection refusal = refusal(stock, c.locationId(), lines);
        if (refusal != null) {
            return Decision.rejected(refusal);
        }
        return Decision.accepted(new StockReceived(c.locationId(), c.receiptId(), stock.onHand(lines, 1)));
    }

    private static Decision<InventoryEvent> adjust(Stock stock, AdjustStock c) {
        if (stock.booked(Booking.ADJUSTMENT, c.adjustmentId())) {
            return Decision.accepted();
        }
        List<SkuQuantity> onHand = SkuQuantity.summed(c.lines().stream()
                .map(line -> new SkuQuantity(line.sku(), line.onHand(), line.unit()))
                .toList());
        List<SkuQuantity> damaged = SkuQuantity.summed(c.lines().stream()
                .map(line -> new SkuQuantity(line.sku(), line.damaged(), line.unit()))
                .toList());
        InventoryRejection refusal = refusal(stock, c.locationId(), onHand);
        if (refusal != null) {
            return Decision.rejected(refusal);
        }
        List<StockChange> changes = new ArrayList<>();
        for (SkuQuantity line : onHand) {
            Quantities before = stock.level(line.sku()).quantities();
            long damagedBy = SkuQuantity.of(line.sku(), damaged);
            if (line.quantity() < 0 && before.onHand() + line.quantity() < 0) {
                return Decision.rejected(
                        new InventoryRejection.AdjustmentBelowZero(line.sku(), before.onHand(), line.quantity()));
            }
            if (before.damaged() + damagedBy < 0) {
                return Decision.rejected(
                        new InventoryRejection.AdjustmentBelowZero(line.sku(), before.damaged(), damagedBy));
            }
            changes.add(stock.change(line, new Quantities(line.quantity(), 0, 0, 0, damagedBy)));
        }
        return new Ledger(stock)
                .add(new StockAdjusted(c.locationId(), c.adjustmentId(), c.reason(), changes))
                .decision(c.locationId());
    }

    private static Decision<InventoryEvent> count(Stock stock, CountStock c, Instant now) {
        if (stock.booked(Booking.COUNT, c.countId())) {
            return Decision.accepted();
        }
        if (c.countedAt().isAfter(now.plus(CLOCK_TOLERANCE))) {
            return Decision.rejected(new InventoryRejection.CountInFuture(c.countedAt(), now));
        }
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        InventoryRejection refusal = refusal(stock, c.locationId(), lines);
        if (refusal != null) {
            return Decision.rejected(refusal);
        }
        // A count that claims to be later than it is would swallow till sales that are yet to come.
        Instant countedAt = c.countedAt().isAfter(now) ? now : c.countedAt();
        List<CountedSku> counted = new ArrayList<>();
        List<StockChange> changes = new ArrayList<>();
        for (SkuQuantity line : lines) {
            Level level = stock.level(line.sku());
            if (level.countedAt() != null && countedAt.isBefore(level.countedAt())) {
                return Decision.rejected(
                        new InventoryRejection.CountSuperseded(line.sku(), countedAt, level.countedAt()));
            }
            long expected = level.quantities().onHand();
            counted.add(new CountedSku(line.sku(), line.unit(), line.quantity(), expected));
            changes.add(stock.change(line, Quantities.ofOnHand(line.quantity() - expected)));
        }
        return new Ledger(stock)
                .add(new StockCounted(c.locationId(), c.countId(), countedAt, counted, changes))
                .decision(c.locationId());
    }

    private static Decision<InventoryEvent> setSafetyStock(Stock stock, SetSafetyStock c) {
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        InventoryRejection refusal = refusal(stock, c.locationId(), lines);
        if (refusal != null) {
            return Decision.rejected(refusal);
        }
        List<StockChange> changes = lines.stream()
                .filter(line -> stock.level(line.sku()).quantities().safetyStock() != line.quantity())
                .map(line -> stock.change(
                        line,
                        new Quantities(
                                0,
                                0,
                                0,
                                line.quantity()
                                        - stock.level(line.sku()).quantities().safetyStock(),
                                0)))
                .toList();
        return changes.isEmpty() ? Decision.accepted() : Decision.accepted(new SafetyStockSet(c.locationId(), changes));
    }

    private static Decision<InventoryEvent> transfer(Stock stock, TransferStock c) {
        if (stock.booked(Booking.TRANSFER_OUT, c.transferId())) {
            return Decision.accepted();
        }
        if (c.toLocationId().equals(c.locationId())) {
            return Decision.rejected(new InventoryRejection.TransferToItself(c.locationId()));
        }
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        InventoryRejection refusal = refusal(stock, c.locationId(), lines);
        if (refusal != null) {
            return Decision.rejected(refusal);
        }
        List<Shortage> shortages = shortages(stock, lines, Channel.STORE);
        if (!shortages.isEmpty()) {
            return Decision.rejected(new InventoryRejection.InsufficientStock(shortages));
        }
        return Decision.accepted(new StockTransferredOut(
                c.locationId(), c.transferId(), c.toLocationId(), lines, stock.onHand(lines, -1)));
    }

    private static Decision<InventoryEvent> receiveTransfer(Stock stock, ReceiveTransfer c) {
        if (stock.booked(Booking.TRANSFER_IN, Stock.arrival(c.fromLocationId(), c.transferId()))) {
            return Decision.accepted();
        }
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        InventoryRejection mismatch = mismatch(stock, lines);
        if (mismatch != null) {
            return Decision.rejected(mismatch);
        }
        return Decision.accepted(
                new StockTransferredIn(c.locationId(), c.transferId(), c.fromLocationId(), stock.onHand(lines, 1)));
    }

    private static Decision<InventoryEvent> hold(Stock stock, HoldStock c, Instant now) {
        if (stock.hold(c.holdId()) != null) {
            return Decision.accepted();
        }
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        InventoryRejection refusal = refusal(stock, c.locationId(), lines);
        if (refusal != null) {
            return Decision.rejected(refusal);
        }
        List<Shortage> shortages = shortages(stock, lines, c.channel());
        if (!shortages.isEmpty()) {
            return Decision.rejected(new InventoryRejection.InsufficientStock(shortages));
        }
        return Decision.accepted(
                new StockHeld(c.locationId(), c.holdId(), lines, now.plusSeconds(c.seconds()), stock.held(lines, 1)));
    }

    private static Decision<InventoryEvent> releaseHold(Stock stock, ReleaseHold c) {
        Hold hold = stock.hold(c.holdId());
        return hold == null
                ? Decision.accepted()
                : Decision.accepted(new StockHoldReleased(c.locationId(), c.holdId(), stock.held(hold.lines(), -1)));
    }

    private static Decision<InventoryEvent> expireHold(Stock stock, ExpireHold c, Instant now) {
        Hold hold = stock.hold(c.holdId());
        return hold == null || now.isBefore(hold.expiresAt())
                ? Decision.accepted()
                : Decision.accepted(new StockHoldExpired(c.locationId(), c.holdId(), stock.held(hold.lines(), -1)));
    }

    private static Decision<InventoryEvent> reserve(Stock stock, ReserveStock c) {
        Ending ending = stock.ending(c.reservationId());
        boolean made = !stock.left(c.reservationId()).isEmpty();
        if (made || (ending != null && ending != Ending.VOIDED)) {
            return Decision.accepted();
        }
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        if (ending == Ending.VOIDED) {
            return Decision.accepted(notReserved(c, ReservationRejectionReason.ALREADY_RELEASED, lines, List.of()));
        }
        if (!stock.registered()) {
            return Decision.accepted(notReserved(c, ReservationRejectionReason.LOCATION_UNKNOWN, lines, List.of()));
        }
        Ledger ledger = new Ledger(stock);
        Hold hold = c.holdId() == null ? null : stock.hold(c.holdId());
        if (hold != null) {
            // The order uses its hold up, reserved or not: so the figures of a refusal are those of the book.
            ledger.add(new StockHoldReleased(c.locationId(), hold.holdId(), stock.held(hold.lines(), -1)));
        }
        List<Shortage> shortages = shortages(ledger.stock(), lines, c.channel());
        if (!shortages.isEmpty()) {
            return ledger.add(notReserved(c, ReservationRejectionReason.INSUFFICIENT_STOCK, lines, shortages))
                    .decision(c.locationId());
        }
        return ledger.add(new StockReserved(
                        c.locationId(),
                        c.reservationId(),
                        c.orderId(),
                        lines,
                        c.expiresAt(),
                        ledger.stock().committed(lines, 1)))
                .decision(c.locationId());
    }

    private static StockReservationRejected notReserved(
            ReserveStock c, ReservationRejectionReason reason, List<SkuQuantity> lines, List<Shortage> shortages) {
        return new StockReservationRejected(c.locationId(), c.reservationId(), c.orderId(), reason, lines, shortages);
    }

    private static Decision<InventoryEvent> confirm(Stock stock, ConfirmReservation c) {
        Reservation open = stock.reservation(c.reservationId());
        if (open != null) {
            return open.confirmed()
                    ? Decision.accepted()
                    : Decision.accepted(
                            new ReservationConfirmed(c.locationId(), c.reservationId(), c.orderId(), List.of()));
        }
        if (stock.ending(c.reservationId()) != null) {
            return Decision.accepted();
        }
        ExpiredReservation expired = stock.expired(c.reservationId());
        List<SkuQuantity> lines = expired == null ? SkuQuantity.summed(c.lines()) : expired.lines();
        List<Shortage> shortages = shortages(stock, lines, c.channel());
        return shortages.isEmpty()
                ? Decision.accepted(new ReservationConfirmed(
                        c.locationId(), c.reservationId(), c.orderId(), stock.committed(lines, 1)))
                : Decision.accepted(new ReservationBroken(
                        c.locationId(),
                        c.reservationId(),
                        c.orderId(),
                        shortages.stream().map(Shortage::sku).distinct().toList(),
                        List.of(),
                        List.of(),
                        false));
    }

    private static Decision<InventoryEvent> markPicked(Stock stock, MarkPicked c) {
        Reservation open = stock.reservation(c.reservationId());
        ExpiredReservation expired = stock.expired(c.reservationId());
        boolean unpicked = open != null ? !open.picked() : expired != null && !expired.picked();
        return unpicked
                ? Decision.accepted(new ReservationPicked(c.locationId(), c.reservationId(), c.orderId()))
                : Decision.accepted();
    }

    private static Decision<InventoryEvent> release(Stock stock, ReleaseReservation c) {
        Reservation open = stock.reservation(c.reservationId());
        if (open != null) {
            return Decision.accepted(
                    released(stock, c.locationId(), c.reservationId(), c.orderId(), c.reason(), open.lines()));
        }
        // One that expired is voided too: a confirmation that comes after this must not make it again.
        return stock.ending(c.reservationId()) == null
                ? Decision.accepted(new ReservationVoided(c.locationId(), c.reservationId(), c.orderId()))
                : Decision.accepted();
    }

    private static Decision<InventoryEvent> releasePart(Stock stock, ReleasePart c) {
        List<SkuQuantity> part = part(stock.left(c.reservationId()), c.lines());
        return part.isEmpty()
                ? Decision.accepted()
                : Decision.accepted(released(stock, c.locationId(), c.reservationId(), c.orderId(), c.reason(), part));
    }

    private static Decision<InventoryEvent> expire(Stock stock, ExpireReservation c, Instant now) {
        Reservation open = stock.reservation(c.reservationId());
        return open == null || !open.expires() || now.isBefore(open.expiresAt())
                ? Decision.accepted()
                : Decision.accepted(released(
                        stock,
                        c.locationId(),
                        c.reservationId(),
                        open.orderId(),
                        ReleaseReason.NOT_ANSWERED_IN_TIME,
                        open.lines()));
    }

    private static Decision<InventoryEvent> shortPick(Stock stock, ReportShortPick c) {
        List<SkuQuantity> part = part(stock.left(c.reservationId()), List.of(SkuQuantity.each(c.sku(), c.missing())));
        if (part.isEmpty() || stock.booked(Booking.ADJUSTMENT, c.adjustmentId())) {
            return Decision.accepted();
        }
        InventoryRejection mismatch = mismatch(stock, part);
        if (mismatch != null) {
            return Decision.rejected(mismatch);
        }
        SkuQuantity missing = part.getFirst();
        Ledger ledger = new Ledger(stock)
                .add(released(stock, c.locationId(), c.reservationId(), c.orderId(), ReleaseReason.SHORT_PICK, part));
        Quantities lost = new Quantities(-missing.quantity(), 0, 0, 0, c.damaged() ? missing.quantity() : 0);
        return ledger.add(new StockAdjusted(
                        c.locationId(),
                        c.adjustmentId(),
                        AdjustmentReason.SHORT_PICK,
                        List.of(ledger.stock().change(missing, lost))))
                .decision(c.locationId());
    }

    private static Decision<InventoryEvent> commit(Stock stock, CommitReservation c) {
        List<SkuQuantity> left = SkuQuantity.summed(c.left());
        Reservation open = stock.reservation(c.reservationId());
        Ending ending = stock.ending(c.reservationId());
        if (open == null && ending != null && ending != Ending.BROKEN) {
            return Decision.accepted();
        }
        InventoryRejection mismatch = mismatch(stock, left);
        if (mismatch != null) {
            return Decision.rejected(mismatch);
        }
        // Goods that were handed over are gone, also when their reservation ended before the news came.
        List<SkuQuantity> reserved = open == null ? List.of() : open.lines();
        List<SkuQuantity> touched = new ArrayList<>(reserved);
        left.stream().filter(line -> SkuQuantity.of(line.sku(), reserved) == 0).forEach(touched::add);
        List<StockChange> changes = touched.stream()
                .map(line -> stock.change(
                        line,
                        new Quantities(
                                -SkuQuantity.of(line.sku(), left), -SkuQuantity.of(line.sku(), reserved), 0, 0, 0)))
                .toList();
        return new Ledger(stock)
                .add(new StockCommitted(
                        c.locationId(),
                        c.reservationId(),
                        c.orderId(),
                        left,
                        SkuQuantity.less(reserved, left),
                        changes))
                .decision(c.locationId());
    }

    private static Decision<InventoryEvent> sale(Stock stock, RecordSale c) {
        if (stock.booked(Booking.SALE, c.fulfilmentId())) {
            return Decision.accepted();
        }
        List<SkuQuantity> sold = new ArrayList<>();
        List<SkuQuantity> alreadyCounted = new ArrayList<>();
        for (SkuQuantity line : SkuQuantity.summed(c.lines())) {
            Instant countedAt = stock.level(line.sku()).countedAt();
            (countedAt != null && c.soldAt().isBefore(countedAt) ? alreadyCounted : sold).add(line);
        }
        InventoryRejection mismatch = mismatch(stock, sold);
        if (mismatch != null) {
            return Decision.rejected(mismatch);
        }
        return new Ledger(stock)
                .add(new StockSold(
                        c.locationId(),
                        c.orderId(),
                        c.fulfilmentId(),
                        c.soldAt(),
                        sold,
                        alreadyCounted,
                        stock.onHand(sold, -1)))
                .decision(c.locationId());
    }

    private static Decision<InventoryEvent> takeBack(Stock stock, TakeBack c) {
        if (stock.booked(Booking.RETURN, c.returnId())) {
            return Decision.accepted();
        }
        List<SkuQuantity> restocked = SkuQuantity.summed(c.restocked());
        List<SkuQuantity> damaged = SkuQuantity.summed(c.damaged());
        InventoryRejection mismatch = mismatch(stock, SkuQuantity.summed(concat(restocked, damaged)));
        if (mismatch != null) {
            return Decision.rejected(mismatch);
        }
        Ledger ledger = new Ledger(stock);
        if (!restocked.isEmpty()) {
            ledger.add(new StockRestocked(c.locationId(), c.returnId(), c.orderId(), stock.onHand(restocked, 1)));
        }
        if (!damaged.isEmpty()) {
            ledger.add(new DamagedStockReturned(
                    c.locationId(),
                    c.returnId(),
                    c.orderId(),
                    damaged.stream()
                            .map(line -> ledger.stock().change(line, Quantities.ofDamaged(line.quantity())))
                            .toList()));
        }
        return ledger.decision(c.locationId());
    }

    /** The part of an open reservation becomes free; one that expired holds nothing, it only asks for less again. */
    private static StockReleased released(
            Stock stock,
            String locationId,
            String reservationId,
            String orderId,
            ReleaseReason reason,
            List<SkuQuantity> part) {
        boolean open = stock.reservation(reservationId) != null;
        return new StockReleased(
                locationId,
                reservationId,
                orderId,
                reason,
                part,
                SkuQuantity.less(stock.left(reservationId), part).isEmpty(),
                open ? stock.committed(part, -1) : List.of());
    }

    /** What of these lines is still left of a reservation. */
    private static List<SkuQuantity> part(List<SkuQuantity> left, List<SkuQuantity> lines) {
        return SkuQuantity.less(left, SkuQuantity.less(left, lines));
    }

    /** What of these lines, each SKU once, is not available; nothing is available in another unit. */
    private static List<Shortage> shortages(Stock stock, List<SkuQuantity> lines, Channel channel) {
        List<Shortage> shortages = new ArrayList<>();
        for (SkuQuantity line : lines) {
            Level level = stock.level(line.sku());
            long available = level.measuredIn(line.unit()) ? level.quantities().available(channel) : 0;
            if (available < line.quantity()) {
                shortages.add(new Shortage(line.sku(), line.quantity(), available));
            }
        }
        return shortages;
    }

    private static @Nullable InventoryRejection refusal(Stock stock, String locationId, List<SkuQuantity> lines) {
        return stock.registered() ? mismatch(stock, lines) : new InventoryRejection.LocationUnknown(locationId);
    }

    private static @Nullable InventoryRejection mismatch(Stock stock, List<SkuQuantity> lines) {
        Map<String, Unit> given = new HashMap<>();
        for (SkuQuantity line : lines) {
            Level level = stock.level(line.sku());
            if (!level.measuredIn(line.unit())) {
                return new InventoryRejection.UnitMismatch(line.sku(), level.unit(), line.unit());
            }
            Unit other = given.put(line.sku(), line.unit());
            if (other != null) {
                return new InventoryRejection.UnitMismatch(line.sku(), other, line.unit());
            }
        }
        return null;
    }

    private static List<SkuQuantity> concat(List<SkuQuantity> some, List<SkuQuantity> others) {
        List<SkuQuantity> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }
}
