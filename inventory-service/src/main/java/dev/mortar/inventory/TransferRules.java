package dev.mortar.inventory;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.InventoryRejection.*;
import dev.mortar.inventory.Stock.Booking;
import dev.mortar.inventory.StockEntry.*;
import dev.mortar.values.Shortage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of transfers. Goods that were sent are in transit at the location that they go to, and on hand nowhere. The
 * receiver books them in one or several receipts and says which one is the last. What was sent cannot be cancelled, but
 * it can be received where it was sent.
 */
final class TransferRules {

    /** How long goods travel if the sender says nothing else. */
    static final Duration TRAVEL = Duration.ofDays(3);

    private TransferRules() {}

    static Decision<InventoryEvent> send(Stock stock, TransferStock c, Instant now) {
        Booked booked = stock.booked(Booking.TRANSFER_OUT, c.transferId());
        if (booked != null) {
            return InventoryDecider.repeated("transferId", booked, Document.of(c));
        }
        if (c.toLocationId().equals(c.locationId())) {
            return rejected(new TransferToItself(c.locationId()));
        }
        Instant expectedBy = Objects.requireNonNullElse(c.expectedBy(), now.plus(TRAVEL));
        if (!expectedBy.isAfter(now)) {
            return rejected(new TransferDue(expectedBy, now));
        }
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        InventoryRejection refusal =
                InventoryDecider.refusal(stock, c.locationId(), lines, InventoryDecider.IN_UNIT_KEPT);
        if (refusal != null) {
            return rejected(refusal);
        }
        // Goods that left before the newest count are not part of on hand, so they need not be available.
        Moved moved = Moved.of(stock, lines, c.movedAt(), now);
        List<Shortage> shortages = stock.shortages(moved.afterCount(), Channel.STORE);
        if (!shortages.isEmpty()) {
            return rejected(new InsufficientStock(shortages));
        }
        return accepted(new StockTransferredOut(
                c.locationId(),
                c.transferId(),
                c.toLocationId(),
                lines,
                moved.at(),
                moved.alreadyCounted(),
                moved.left(stock),
                expectedBy));
    }

    static Decision<InventoryEvent> expect(Stock stock, ExpectTransfer c, Instant now) {
        Transfer ahead = stock.transfers().open(c.fromLocationId(), c.transferId());
        if (ahead != null && ahead.sent() != null || stock.transfers().hasEnded(c.fromLocationId(), c.transferId())) {
            return accepted();
        }
        List<SkuQuantity> sent = SkuQuantity.summed(c.lines());
        List<SkuQuantity> open = ahead == null ? sent : SkuQuantity.minus(sent, ahead.arrived());
        Ledger ledger = new Ledger(stock, now)
                .add(new TransferExpected(
                        c.locationId(),
                        c.transferId(),
                        c.fromLocationId(),
                        sent,
                        c.expectedBy(),
                        stock.changes(open, Quantities::ofInTransit, 1)));
        return closedIfLast(ledger, c.fromLocationId(), c.transferId()).decision(c.locationId());
    }

    static Decision<InventoryEvent> receive(Stock stock, BookTransferReceipt c, Instant now) {
        return c.locationId().equals(c.fromLocationId()) ? takeBack(stock, c, now) : arrive(stock, c, now);
    }

    private static Decision<InventoryEvent> arrive(Stock stock, BookTransferReceipt c, Instant now) {
        Booked booked =
                stock.booked(Booking.TRANSFER_IN, Stock.receipt(c.fromLocationId(), c.transferId(), c.receiptId()));
        if (booked != null) {
            return InventoryDecider.repeated("receiptId", booked, Document.of(c));
        }
        InventoryRejection refusal = refusal(stock, c);
        if (refusal != null) {
            return rejected(refusal);
        }
        Transfer before = stock.transfers().open(c.fromLocationId(), c.transferId());
        if (stock.transfers().hasEnded(c.fromLocationId(), c.transferId()) || before != null && before.last()) {
            return rejected(new TransferEnded(c.transferId()));
        }
        List<SkuQuantity> open = before == null ? List.of() : before.open();
        Ledger ledger = new Ledger(stock, now).add(receipt(stock, c, open, null, now));
        return closedIfLast(ledger, c.fromLocationId(), c.transferId()).decision(c.locationId());
    }

    private static @Nullable InventoryRejection refusal(Stock stock, BookTransferReceipt c) {
        // Goods may arrive in the unit in which they were sent, even if the location keeps another one now.
        return InventoryDecider.refusal(
                stock,
                c.locationId(),
                Stream.concat(c.accepted().stream(), c.damaged().stream()).toList(),
                (positions, line) -> positions.keeps(line.unit()) || positions.has(line.unit()));
    }

    /** @param open units that are in transit */
    private static StockTransferredIn receipt(
            Stock stock, BookTransferReceipt c, List<SkuQuantity> open, @Nullable String returnedFrom, Instant now) {
        List<SkuQuantity> accepted = SkuQuantity.summed(c.accepted());
        List<SkuQuantity> damaged = SkuQuantity.summed(c.damaged());
        Moved moved = Moved.of(stock, accepted, c.movedAt(), now);
        List<StockChange> changes = c.arrived().stream()
                .map(line -> stock.change(
                        line,
                        new Quantities(
                                line.in(moved.afterCount()),
                                0,
                                0,
                                0,
                                line.in(damaged),
                                0,
                                -Math.min(line.quantity(), line.in(open)))))
                .filter(change -> !change.change().equals(Quantities.NONE))
                .toList();
        return new StockTransferredIn(
                c.locationId(),
                c.transferId(),
                c.fromLocationId(),
                moved.at(),
                moved.alreadyCounted(),
                changes,
                c.receiptId(),
                accepted,
                damaged,
                returnedFrom,
                c.last() || returnedFrom != null);
    }

    private static Decision<InventoryEvent> takeBack(Stock stock, BookTransferReceipt c, Instant now) {
        Booked back = stock.booked(Booking.TRANSFER_BACK, c.transferId());
        if (back != null) {
            return back.id().equals(c.receiptId())
                    ? InventoryDecider.repeated("receiptId", back, Document.of(c))
                    : rejected(new TransferEnded(c.transferId()));
        }
        InventoryRejection refusal = refusal(stock, c);
        if (refusal != null) {
            return rejected(refusal);
        }
        Booked sent = stock.booked(Booking.TRANSFER_OUT, c.transferId());
        String toLocationId =
                sent == null || sent.content() == null ? null : sent.content().toLocationId();
        return toLocationId == null
                ? rejected(new TransferUnknown(c.locationId(), c.transferId()))
                : accepted(receipt(stock, c, List.of(), toLocationId, now));
    }

    static Decision<InventoryEvent> endReturned(Stock stock, EndReturnedTransfer c) {
        Transfer open = stock.transfers().open(c.fromLocationId(), c.transferId());
        // The sender may report that nothing came back and nothing will.
        TransferEndReason ifMissing = c.returned().isEmpty() ? TransferEndReason.SHORT : TransferEndReason.RETURNED;
        return open == null ? accepted() : accepted(closed(stock, open, ifMissing, SkuQuantity.summed(c.returned())));
    }

    static Decision<InventoryEvent> close(Stock stock, CloseTransfer c, Instant now) {
        Transfer open = stock.transfers().open(c.fromLocationId(), c.transferId());
        return open == null || now.isBefore(open.endsAt())
                ? accepted()
                : accepted(closed(stock, open, TransferEndReason.NO_NEWS, List.of()));
    }

    /** Closes a transfer of which the shipment and the last receipt are known. */
    private static Ledger closedIfLast(Ledger ledger, String fromLocationId, String transferId) {
        Transfer open = ledger.stock().transfers().open(fromLocationId, transferId);
        return open == null || !open.last() || open.sent() == null
                ? ledger
                : ledger.add(closed(ledger.stock(), open, TransferEndReason.SHORT, List.of()));
    }

    /** @param ifMissing the reason if units are missing; RETURNED in any case */
    private static TransferClosed closed(
            Stock stock, Transfer transfer, TransferEndReason ifMissing, List<SkuQuantity> returned) {
        List<SkuQuantity> sent = transfer.sent() == null ? List.of() : transfer.sent();
        List<SkuQuantity> found = SkuQuantity.summed(
                Stream.concat(transfer.arrived().stream(), returned.stream()).toList());
        List<SkuQuantity> missing = SkuQuantity.minus(sent, found);
        List<SkuQuantity> over = SkuQuantity.minus(found, sent);
        TransferEndReason reason = ifMissing == TransferEndReason.RETURNED || !missing.isEmpty()
                ? ifMissing
                : over.isEmpty() ? TransferEndReason.COMPLETE : TransferEndReason.OVER;
        return new TransferClosed(
                transfer.locationId(),
                transfer.transferId(),
                transfer.fromLocationId(),
                reason,
                missing,
                over,
                returned,
                stock.changes(transfer.open(), Quantities::ofInTransit, -1));
    }
}
