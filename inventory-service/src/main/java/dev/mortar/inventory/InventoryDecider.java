package dev.mortar.inventory;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;

import dev.mortar.eventsourcing.Decider;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.InventoryRejection.*;
import dev.mortar.inventory.Stock.Booking;
import dev.mortar.inventory.StockEntry.*;
import dev.mortar.values.Unit;
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
 * <p>A request (reserve, hold, transfer) is met only from available stock, in the unit that the location keeps. A fact
 * (a till sale, goods that left or arrived) is always booked, in any unit. So on hand may fall below committed and even
 * below 0. When on hand falls below committed, the decider breaks reservations, youngest first, until it can meet the
 * rest. It never breaks a picked reservation, and never breaks one for a hold. {@link ReservationRules} has the rules
 * of reservations, {@link CapacityRules} those of slots, {@link TransferRules} those of transfers, and
 * {@link HoldRules} those of holds.
 *
 * <p>After a count, on hand is the counted quantity plus the movements that occurred after it, in whichever order they
 * are booked. A movement that occurred at or before the newest count does not change on hand.
 */
final class InventoryDecider implements Decider<InventoryCommand, Stock, InventoryEvent> {

    /** How far the clock of the person who counts may run ahead of the broker's. */
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
            case TransferStock c -> TransferRules.send(stock, c, now);
            case ExpectTransfer c -> TransferRules.expect(stock, c, now);
            case BookTransferReceipt c -> TransferRules.receive(stock, c, now);
            case EndReturnedTransfer c -> TransferRules.endReturned(stock, c);
            case CloseTransfer c -> TransferRules.close(stock, c, now);
            case HoldStock c -> HoldRules.hold(stock, c, now);
            case ChangeHold c -> HoldRules.change(stock, c, now);
            case ReleaseHold c -> HoldRules.release(stock, c);
            case ExpireHold c -> HoldRules.expire(stock, c, now);
            case ReserveStock c -> ReservationRules.reserve(stock, c, now);
            case ConfirmReservation c -> ReservationRules.confirm(stock, c, now);
            case MarkPicked c -> ReservationRules.markPicked(stock, c);
            case ReleaseReservation c -> ReservationRules.release(stock, c, now);
            case ReleasePart c -> ReservationRules.releasePart(stock, c, now);
            case ExpireReservation c -> ReservationRules.expire(stock, c, now);
            case ReportShortPick c -> ReservationRules.shortPick(stock, c, now);
            case CommitReservation c -> ReservationRules.commit(stock, c, now);
            case RecordSale c -> sale(stock, c, now);
            case TakeBack c -> takeBack(stock, c, now);
            case PauseCapacity c -> CapacityRules.pause(stock, c, now);
            case CloseSlot c -> CapacityRules.close(stock, c, now);
        };
    }

    private static Decision<InventoryEvent> register(Stock stock, RegisterLocation c) {
        return c.location().equals(stock.location()) ? accepted() : accepted(new LocationRegistered(c.location()));
    }

    private static Decision<InventoryEvent> receive(Stock stock, ReceiveStock c, Instant now) {
        Booked booked = stock.booked(Booking.RECEIPT, c.receiptId());
        if (booked != null) {
            return repeated("receiptId", booked, Document.of(c.lines()));
        }
        Moved moved = Moved.of(stock, SkuQuantity.summed(c.lines()), c.movedAt(), now);
        InventoryRejection refusal = refusal(
                stock,
                c.locationId(),
                c.lines(),
                (positions, line) -> positions.keeps(line.unit())
                        || (positions.kept().quantities().equals(Quantities.NONE)
                                && positions.in(line.unit()).onHand() + line.in(moved.afterCount()) > 0));
        if (refusal != null) {
            return rejected(refusal);
        }
        return accepted(new StockReceived(
                c.locationId(), c.receiptId(), moved.at(), moved.alreadyCounted(), moved.arrived(stock)));
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
            return rejected(refusal);
        }
        Instant movedAt = Moved.at(c.movedAt(), now);
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
            Quantities change = new Quantities(onHand, 0, 0, 0, line.damaged(), line.toVendor(), 0);
            InventoryRejection below = belowZero(line.sku(), before, change);
            if (below != null) {
                return rejected(below);
            }
            if (!alreadyCounted || !change.equals(Quantities.NONE)) {
                changes.add(stock.change(new SkuQuantity(line.sku(), onHand, line.unit()), change));
            }
        }
        return new Ledger(stock, now)
                .add(new StockAdjusted(c.locationId(), c.adjustmentId(), c.reason(), movedAt, counted, changes))
                .decision(c.locationId());
    }

    private static @Nullable InventoryRejection belowZero(String sku, Quantities before, Quantities change) {
        if (change.onHand() < 0 && before.onHand() + change.onHand() < 0) {
            return new AdjustmentBelowZero(sku, before.onHand(), change.onHand());
        }
        if (before.damaged() + change.damaged() < 0) {
            return new AdjustmentBelowZero(sku, before.damaged(), change.damaged());
        }
        return before.toVendor() + change.toVendor() < 0
                ? new AdjustmentBelowZero(sku, before.toVendor(), change.toVendor())
                : null;
    }

    private static Decision<InventoryEvent> count(Stock stock, CountStock c, Instant now) {
        Booked booked = stock.booked(Booking.COUNT, c.countId());
        if (booked != null) {
            return repeated("countId", booked, Document.of(c));
        }
        if (c.countedAt().isAfter(now.plus(CLOCK_TOLERANCE))) {
            return rejected(new CountInFuture(c.countedAt(), now));
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
            return rejected(refusal);
        }
        // A count in the future would hide movements that have not happened yet.
        Instant countedAt = c.countedAt().isAfter(now) ? now : c.countedAt();
        List<CountedSku> counted = new ArrayList<>();
        List<StockChange> changes = new ArrayList<>();
        for (SkuQuantity line : lines) {
            Level level = stock.level(line.sku());
            Memory memory = level.memory(line.unit());
            if (memory.countedAt() != null && countedAt.isBefore(memory.countedAt())) {
                return rejected(new CountSuperseded(line.sku(), countedAt, memory.countedAt()));
            }
            Instant rememberedSince = rememberedSince(memory, now);
            if (countedAt.isBefore(rememberedSince)) {
                return rejected(new CountTooOld(line.sku(), countedAt, rememberedSince));
            }
            long expected = level.positions().in(line.unit()).onHand();
            long movedSince = new Movements(stock).since(line.sku(), line.unit(), countedAt);
            counted.add(new CountedSku(line.sku(), line.unit(), line.quantity(), expected, movedSince));
            changes.add(stock.change(line, Quantities.ofOnHand(line.quantity() + movedSince - expected)));
        }
        return new Ledger(stock, now)
                .add(new StockCounted(c.locationId(), c.countId(), countedAt, counted, changes))
                .decision(c.locationId());
    }

    private static Instant rememberedSince(Memory memory, Instant now) {
        Instant oldest = now.minus(Movements.REMEMBERED);
        Instant forgottenUntil = memory.forgottenUntil();
        return forgottenUntil == null || forgottenUntil.isBefore(oldest) ? oldest : forgottenUntil;
    }

    private static Decision<InventoryEvent> setSafetyStock(Stock stock, SetSafetyStock c) {
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        InventoryRejection refusal = refusal(stock, c.locationId(), lines, IN_UNIT_KEPT);
        if (refusal != null) {
            return rejected(refusal);
        }
        List<StockChange> changes = lines.stream()
                .filter(line -> stock.level(line.sku()).quantities().safetyStock() != line.quantity())
                .map(line -> stock.change(
                        line,
                        Quantities.ofSafetyStock(line.quantity()
                                - stock.level(line.sku()).quantities().safetyStock())))
                .toList();
        return changes.isEmpty() ? accepted() : accepted(new SafetyStockSet(c.locationId(), changes));
    }

    private static Decision<InventoryEvent> sale(Stock stock, RecordSale c, Instant now) {
        if (stock.isBooked(Booking.SALE, c.fulfilmentId())) {
            return accepted();
        }
        Moved moved = Moved.of(stock, SkuQuantity.summed(c.lines()), c.soldAt(), now);
        return new Ledger(stock, now)
                .add(new StockSold(
                        c.fulfilment(), c.soldAt(), now, moved.afterCount(), moved.alreadyCounted(), moved.left(stock)))
                .decision(c.locationId());
    }

    private static Decision<InventoryEvent> takeBack(Stock stock, TakeBack c, Instant now) {
        if (stock.isBooked(Booking.RETURN, c.returnId())) {
            return accepted();
        }
        Ledger ledger = new Ledger(stock, now);
        if (!c.restocked().isEmpty()) {
            Moved moved = Moved.of(stock, SkuQuantity.summed(c.restocked()), c.movedAt(), now);
            ledger.add(new StockRestocked(
                    c.locationId(),
                    c.returnId(),
                    c.orderId(),
                    moved.at(),
                    moved.alreadyCounted(),
                    moved.arrived(stock)));
        }
        if (!c.damaged().isEmpty()) {
            ledger.add(new DamagedStockReturned(
                    c.locationId(),
                    c.returnId(),
                    c.orderId(),
                    ledger.stock().changes(SkuQuantity.summed(c.damaged()), Quantities::ofDamaged, 1)));
        }
        if (!c.toVendor().isEmpty()) {
            ledger.add(new VendorStockReturned(
                    c.locationId(),
                    c.returnId(),
                    c.orderId(),
                    ledger.stock().changes(SkuQuantity.summed(c.toVendor()), Quantities::ofToVendor, 1)));
        }
        return ledger.decision(c.locationId());
    }

    /** Says whether a location with these positions of a SKU accepts the unit of the line. */
    interface UnitRule {
        boolean allows(Positions positions, SkuQuantity line);
    }

    static final UnitRule IN_UNIT_KEPT = (positions, line) -> positions.keeps(line.unit());

    static @Nullable InventoryRejection refusal(
            Stock stock, String locationId, List<SkuQuantity> lines, UnitRule rule) {
        if (!stock.registered()) {
            return new LocationUnknown(locationId);
        }
        Map<String, Unit> given = new HashMap<>();
        for (SkuQuantity line : lines) {
            Positions positions = stock.level(line.sku()).positions();
            if (!rule.allows(positions, line)) {
                return new UnitMismatch(locationId, line.sku(), positions.kept().unit(), line.unit());
            }
            Unit other = given.put(line.sku(), line.unit());
            if (other != null && other != line.unit()) {
                return new UnitMismatch(locationId, line.sku(), other, line.unit());
            }
        }
        return null;
    }

    /** The decision on a document whose id is already booked: nothing if it is the same, otherwise a rejection. */
    static Decision<InventoryEvent> repeated(String field, Booked booked, Document document) {
        Document before = booked.content();
        return before == null || document.isSameAs(before, CLOCK_TOLERANCE)
                ? accepted()
                : rejected(new DocumentUsed(field, booked.id(), before));
    }
}
