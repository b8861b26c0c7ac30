package dev.mortar.inventory;

import dev.mortar.values.Shortage;
import dev.mortar.values.Unit;
import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.Stock.Booking;
import dev.mortar.inventory.StockEntry.Booked;
import dev.mortar.inventory.StockEntry.Ending;
import dev.mortar.inventory.StockEntry.ExpiredReservation;
import dev.mortar.inventory.StockEntry.Hold;
import dev.mortar.inventory.StockEntry.Level;
import dev.mortar.inventory.StockEntry.Location;
import dev.mortar.inventory.StockEntry.Memory;
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
 * <p>Requests (reserve, hold, transfer) are met only from what is available, in the unit that the location keeps. Facts
 * (a till sale, goods that left, goods that came) are booked whatever the book says and in whatever unit, so on hand
 * may fall below what is promised and even below 0. Whenever on hand falls below what is committed, the youngest
 * reservations that are not picked are broken until the rest can be met or only picked ones are left; holds are no
 * promise and never break a reservation.
 *
 * <p>After a count, on hand is what was counted plus the movements that occurred after it, in whatever order the two
 * are told. A movement that occurred at or before the newest count changes nothing on hand.
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
            case ReceiveStock c -> receive(stock, c, now);
            case AdjustStock c -> adjust(stock, c, now);
            case CountStock c -> count(stock, c, now);
            case SetSafetyStock c -> setSafetyStock(stock, c);
            case TransferStock c -> transfer(stock, c, now);
            case ReceiveTransfer c -> receiveTransfer(stock, c, now);
            case HoldStock c -> hold(stock, c, now);
            case ReleaseHold c -> releaseHold(stock, c);
            case ExpireHold c -> expireHold(stock, c, now);
            case ReserveStock c -> reserve(stock, c);
            case ConfirmReservation c -> confirm(stock, c);
            case MarkPicked c -> markPicked(stock, c);
            case ReleaseReservation c -> release(stock, c);
            case ReleasePart c -> releasePart(stock, c);
            case ExpireReservation c -> expire(stock, c, now);
            case ReportShortPick c -> shortPick(stock, c, now);
            case CommitReservation c -> commit(stock, c, now);
            case RecordSale c -> sale(stock, c, now);
            case TakeBack c -> takeBack(stock, c, now);
        };
    }

    private static Decision<InventoryEvent> register(Stock stock, RegisterLocation c) {
        var registered = new LocationRegistered(
                c.locationId(),
                c.name(),
                c.kind(),
                c.latitude(),
                c.longitude(),
                c.timeZone(),
                c.openingHours(),
                c.exceptions() == null ? List.of() : c.exceptions());
        return Location.of(registered).equals(stock.location()) ? Decision.accepted() : Decision.accepted(registered);
    }

    private static Decision<InventoryEvent> receive(Stock stock, ReceiveStock c, Instant now) {
        Booked booked = stock.booked(Booking.RECEIPT, c.receiptId());
        if (booked != null) {
            return repeated("receiptId", booked, Document.of(c));
        }
        Moved moved = Moved.of(stock, SkuQuantity.summed(c.lines()), c.movedAt(), now);
        InventoryRejection refusal = refusal(
                stock,
                c.locationId(),
                c.lines(),
                (positions, line) -> positions.keeps(line.unit())
                        || (positions.kept().quantities().equals(Quantities.NONE)
                                && positions.in(line.unit()).onHand() + line.in(moved.since()) > 0));
        if (refusal != null) {
            return Decision.rejected(refusal);
        }
        return Decision.accepted(new StockReceived(
                c.locationId(), c.receiptId(), moved.at(), moved.counted(), stock.onHand(moved.since(), 1)));
    }

    private static Decision<InventoryEvent> adjust(Stock stock, AdjustStock c, Instant now) {
        Booked booked = stock.booked(Booking.ADJUSTMENT, c.adjustmentId());
        if (booked != null) {
            return repeated("adjustmentId", booked, Document.of(c));
        }
        InventoryRejection refusal = refusal(
                stock,
                c.locationId(),
                c.lines().stream().map(Adjustment::onHandLine).toList(),
                (positions, line) -> positions.keeps(line.unit()) || positions.has(line.unit()));
        if (refusal != null) {
            return Decision.rejected(refusal);
        }
        Instant movedAt = movedAt(c.movedAt(), now);
        List<SkuQuantity> counted = new ArrayList<>();
        List<StockChange> changes = new ArrayList<>();
        for (Document.Line line : Document.of(c).lines()) {
            Level level = stock.level(line.sku());
            boolean alreadyCounted = level.memory(line.unit()).counted(movedAt) && line.quantity() != 0;
            if (alreadyCounted) {
                counted.add(new SkuQuantity(line.sku(), line.quantity(), line.unit()));
            }
            long onHand = alreadyCounted ? 0 : line.quantity();
            Quantities before = level.positions().in(line.unit());
            Quantities by = new Quantities(onHand, 0, 0, 0, line.damaged(), line.toVendor());
            InventoryRejection below = belowZero(line.sku(), before, by);
            if (below != null) {
                return Decision.rejected(below);
            }
            if (!alreadyCounted || !by.equals(Quantities.NONE)) {
                changes.add(stock.change(new SkuQuantity(line.sku(), onHand, line.unit()), by));
            }
        }
        return new Ledger(stock)
                .add(new StockAdjusted(c.locationId(), c.adjustmentId(), c.reason(), movedAt, counted, changes))
                .decision(c.locationId());
    }

    private static @Nullable InventoryRejection belowZero(String sku, Quantities before, Quantities by) {
        if (by.onHand() < 0 && before.onHand() + by.onHand() < 0) {
            return new InventoryRejection.AdjustmentBelowZero(sku, before.onHand(), by.onHand());
        }
        if (before.damaged() + by.damaged() < 0) {
            return new InventoryRejection.AdjustmentBelowZero(sku, before.damaged(), by.damaged());
        }
        return before.toVendor() + by.toVendor() < 0
                ? new InventoryRejection.AdjustmentBelowZero(sku, before.toVendor(), by.toVendor())
                : null;
    }

    private static Decision<InventoryEvent> count(Stock stock, CountStock c, Instant now) {
        Booked booked = stock.booked(Booking.COUNT, c.countId());
        if (booked != null) {
            return repeated("countId", booked, Document.of(c));
        }
        if (c.countedAt().isAfter(now.plus(CLOCK_TOLERANCE))) {
            return Decision.rejected(new InventoryRejection.CountInFuture(c.countedAt(), now));
        }
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        InventoryRejection refusal = refusal(
                stock,
                c.locationId(),
                lines,
                (positions, line) -> positions.keeps(line.unit())
                        || positions.has(line.unit())
                        || positions.kept().quantities().equals(Quantities.NONE));
        if (refusal != null) {
            return Decision.rejected(refusal);
        }
        // A count that claims to be later than it is would swallow movements that are yet to come.
        Instant countedAt = c.countedAt().isAfter(now) ? now : c.countedAt();
        List<CountedSku> counted = new ArrayList<>();
        List<StockChange> changes = new ArrayList<>();
        for (SkuQuantity line : lines) {
            Level level = stock.level(line.sku());
            Memory memory = level.memory(line.unit());
            if (memory.countedAt() != null && countedAt.isBefore(memory.countedAt())) {
                return Decision.rejected(
                        new InventoryRejection.CountSuperseded(line.sku(), countedAt, memory.countedAt()));
            }
            Instant rememberedSince = rememberedSince(memory, now);
            if (countedAt.isBefore(rememberedSince)) {
                return Decision.rejected(new InventoryRejection.CountTooOld(line.sku(), countedAt, rememberedSince));
            }
            long expected = level.positions().in(line.unit()).onHand();
            long movedSince = stock.movedSince(line.sku(), line.unit(), countedAt);
            counted.add(new CountedSku(line.sku(), line.unit(), line.quantity(), expected, movedSince));
            changes.add(stock.change(line, Quantities.ofOnHand(line.quantity() + movedSince - expected)));
        }
        return new Ledger(stock)
                .add(new StockCounted(c.locationId(), c.countId(), countedAt, counted, changes))
                .decision(c.locationId());
    }

    private static Instant rememberedSince(Memory memory, Instant now) {
        Instant oldest = now.minus(Stock.REMEMBERED);
        Instant forgottenUntil = memory.forgottenUntil();
        return forgottenUntil == null || forgottenUntil.isBefore(oldest) ? oldest : forgottenUntil;
    }

    private static Decision<InventoryEvent> setSafetyStock(Stock stock, SetSafetyStock c) {
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        InventoryRejection refusal = refusal(stock, c.locationId(), lines, IN_UNIT_KEPT);
        if (refusal != null) {
            return Decision.rejected(refusal);
        }
        List<StockChange> changes = lines.stream()
                .filter(line -> stock.level(line.sku()).quantities().safetyStock() != line.quantity())
                .map(line -> stock.change(
                        line,
                        Quantities.ofSafetyStock(line.quantity()
                                - stock.level(line.sku()).quantities().safetyStock())))
                .toList();
        return changes.isEmpty() ? Decision.accepted() : Decision.accepted(new SafetyStockSet(c.locationId(), changes));
    }

    private static Decision<InventoryEvent> transfer(Stock stock, TransferStock c, Instant now) {
        Booked booked = stock.booked(Booking.TRANSFER_OUT, c.transferId());
        if (booked != null) {
            return repeated("transferId", booked, Document.of(c));
        }
        if (c.toLocationId().equals(c.locationId())) {
            return Decision.rejected(new InventoryRejection.TransferToItself(c.locationId()));
        }
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        InventoryRejection refusal = refusal(stock, c.locationId(), lines, IN_UNIT_KEPT);
        if (refusal != null) {
            return Decision.rejected(refusal);
        }
        // A count that came after the goods had set out does not hold them, so nothing has to be available.
        Moved moved = Moved.of(stock, lines, c.movedAt(), now);
        List<Shortage> shortages = shortages(stock, moved.since(), Channel.STORE);
        if (!shortages.isEmpty()) {
            return Decision.rejected(new InventoryRejection.InsufficientStock(shortages));
        }
        return Decision.accepted(new StockTransferredOut(
                c.locationId(),
                c.transferId(),
                c.toLocationId(),
                lines,
                moved.at(),
                moved.counted(),
                stock.onHand(moved.since(), -1)));
    }

    private static Decision<InventoryEvent> receiveTransfer(Stock stock, ReceiveTransfer c, Instant now) {
        if (stock.isBooked(Booking.TRANSFER_IN, Stock.arrival(c.fromLocationId(), c.transferId()))) {
            return Decision.accepted();
        }
        Moved moved = Moved.of(stock, SkuQuantity.summed(c.lines()), c.movedAt(), now);
        return Decision.accepted(new StockTransferredIn(
                c.locationId(),
                c.transferId(),
                c.fromLocationId(),
                moved.at(),
                moved.counted(),
                stock.onHand(moved.since(), 1)));
    }

    private static Decision<InventoryEvent> hold(Stock stock, HoldStock c, Instant now) {
        Hold made = stock.hold(c.holdId());
        if (made != null) {
            return repeated("holdId", new Booked(c.holdId(), Document.of(made)), Document.of(c));
        }
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        InventoryRejection refusal = refusal(stock, c.locationId(), lines, IN_UNIT_KEPT);
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

    private static Decision<InventoryEvent> shortPick(Stock stock, ReportShortPick c, Instant now) {
        if (stock.isBooked(Booking.ADJUSTMENT, c.adjustmentId())) {
            return Decision.accepted();
        }
        List<SkuQuantity> part = stock.left(c.reservationId()).stream()
                .filter(line -> line.sku().equals(c.sku()))
                .map(line -> line.withQuantity(Math.min(line.quantity(), c.missing())))
                .toList();
        if (part.isEmpty()) {
            return Decision.accepted();
        }
        SkuQuantity missing = part.getFirst();
        Ledger ledger = new Ledger(stock)
                .add(released(stock, c.locationId(), c.reservationId(), c.orderId(), ReleaseReason.SHORT_PICK, part));
        Moved lost = Moved.of(stock, List.of(missing.withQuantity(-missing.quantity())), c.movedAt(), now);
        Quantities by = new Quantities(missing.in(lost.since()), 0, 0, 0, c.damaged() ? missing.quantity() : 0, 0);
        return ledger.add(new StockAdjusted(
                        c.locationId(),
                        c.adjustmentId(),
                        AdjustmentReason.SHORT_PICK,
                        lost.at(),
                        lost.counted(),
                        by.equals(Quantities.NONE)
                                ? List.of()
                                : List.of(ledger.stock().change(missing, by))))
                .decision(c.locationId());
    }

    private static Decision<InventoryEvent> commit(Stock stock, CommitReservation c, Instant now) {
        Reservation open = stock.reservation(c.reservationId());
        Ending ending = stock.ending(c.reservationId());
        if (open == null && ending != null && ending != Ending.BROKEN) {
            return Decision.accepted();
        }
        // Goods that were handed over are gone, also when their reservation ended before the news came.
        List<SkuQuantity> left = SkuQuantity.summed(c.left());
        Moved moved = Moved.of(stock, left, c.movedAt(), now);
        List<SkuQuantity> reserved = open == null ? List.of() : open.lines();
        List<SkuQuantity> touched = new ArrayList<>(reserved);
        moved.since().stream().filter(line -> line.in(reserved) == 0).forEach(touched::add);
        List<StockChange> changes = touched.stream()
                .map(line ->
                        stock.change(line, new Quantities(-line.in(moved.since()), -line.in(reserved), 0, 0, 0, 0)))
                .toList();
        return new Ledger(stock)
                .add(new StockCommitted(
                        c.locationId(),
                        c.reservationId(),
                        c.orderId(),
                        left,
                        SkuQuantity.less(reserved, left),
                        moved.at(),
                        moved.counted(),
                        changes))
                .decision(c.locationId());
    }

    private static Decision<InventoryEvent> sale(Stock stock, RecordSale c, Instant now) {
        if (stock.isBooked(Booking.SALE, c.fulfilmentId())) {
            return Decision.accepted();
        }
        Moved moved = Moved.of(stock, SkuQuantity.summed(c.lines()), c.soldAt(), now);
        return new Ledger(stock)
                .add(new StockSold(
                        c.locationId(),
                        c.orderId(),
                        c.fulfilmentId(),
                        c.soldAt(),
                        now,
                        moved.since(),
                        moved.counted(),
                        stock.onHand(moved.since(), -1)))
                .decision(c.locationId());
    }

    private static Decision<InventoryEvent> takeBack(Stock stock, TakeBack c, Instant now) {
        if (stock.isBooked(Booking.RETURN, c.returnId())) {
            return Decision.accepted();
        }
        Ledger ledger = new Ledger(stock);
        if (!c.restocked().isEmpty()) {
            Moved moved = Moved.of(stock, SkuQuantity.summed(c.restocked()), c.movedAt(), now);
            ledger.add(new StockRestocked(
                    c.locationId(),
                    c.returnId(),
                    c.orderId(),
                    moved.at(),
                    moved.counted(),
                    stock.onHand(moved.since(), 1)));
        }
        if (!c.damaged().isEmpty()) {
            ledger.add(new DamagedStockReturned(
                    c.locationId(),
                    c.returnId(),
                    c.orderId(),
                    ledger.stock().damaged(SkuQuantity.summed(c.damaged()))));
        }
        if (!c.toVendor().isEmpty()) {
            ledger.add(new VendorStockReturned(
                    c.locationId(),
                    c.returnId(),
                    c.orderId(),
                    ledger.stock().toVendor(SkuQuantity.summed(c.toVendor()))));
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
            long available =
                    level.positions().keeps(line.unit()) ? level.quantities().available(channel) : 0;
            if (available < line.quantity()) {
                shortages.add(new Shortage(line.sku(), line.quantity(), available));
            }
        }
        return shortages;
    }

    /** Whether a request may name a line's unit at a location that has these positions of its SKU. */
    private interface UnitRule {
        boolean allows(Positions positions, SkuQuantity line);
    }

    private static final UnitRule IN_UNIT_KEPT = (positions, line) -> positions.keeps(line.unit());

    private static @Nullable InventoryRejection refusal(
            Stock stock, String locationId, List<SkuQuantity> lines, UnitRule rule) {
        if (!stock.registered()) {
            return new InventoryRejection.LocationUnknown(locationId);
        }
        Map<String, Unit> given = new HashMap<>();
        for (SkuQuantity line : lines) {
            Positions positions = stock.level(line.sku()).positions();
            if (!rule.allows(positions, line)) {
                return new InventoryRejection.UnitMismatch(
                        locationId, line.sku(), positions.kept().unit(), line.unit());
            }
            Unit other = given.put(line.sku(), line.unit());
            if (other != null && other != line.unit()) {
                return new InventoryRejection.UnitMismatch(locationId, line.sku(), other, line.unit());
            }
        }
        return null;
    }

    /** The answer to a document that comes again: nothing to do if it is the same one. */
    private static Decision<InventoryEvent> repeated(String field, Booked booked, Document document) {
        Document before = booked.content();
        return before == null || document.isSameAs(before, CLOCK_TOLERANCE)
                ? Decision.accepted()
                : Decision.rejected(new InventoryRejection.DocumentUsed(field, booked.id(), before));
    }

    /** Goods cannot have moved after the news of it: a clock that runs ahead would hide them from a count. */
    private static Instant movedAt(@Nullable Instant told, Instant now) {
        return told == null || told.isAfter(now) ? now : told;
    }

    /**
     * Lines that moved.
     *
     * @param since those that moved after the newest count of their SKU: they change on hand
     * @param counted those that moved at or before it
     */
    private record Moved(Instant at, List<SkuQuantity> since, List<SkuQuantity> counted) {

        static Moved of(Stock stock, List<SkuQuantity> lines, @Nullable Instant told, Instant now) {
            Instant at = movedAt(told, now);
            List<SkuQuantity> since = new ArrayList<>();
            List<SkuQuantity> counted = new ArrayList<>();
            for (SkuQuantity line : lines) {
                (stock.level(line.sku()).memory(line.unit()).counted(at) ? counted : since).add(line);
            }
            return new Moved(at, List.copyOf(since), List.copyOf(counted));
        }
    }
}
