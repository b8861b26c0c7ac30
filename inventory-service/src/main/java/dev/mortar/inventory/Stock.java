package dev.mortar.inventory;

import dev.mortar.eventsourcing.WorkingSet;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.StockEntry.*;
import dev.mortar.values.Shortage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The stock of one location: the entries that a command touches, and how each event changes them. */
record Stock(String locationId, WorkingSet<StockEntry> entries) {

    /** The part between location and id in the keys of holds. */
    static final String HOLDS = "|h|";

    /** The part between location and SKU in the keys of levels. */
    static final String LEVELS = "|l|";

    /** The kinds of documents that book once. The letter is part of the entry's key. */
    enum Booking {
        RECEIPT("g"),
        ADJUSTMENT("a"),
        COUNT("c"),
        TRANSFER_OUT("o"),
        TRANSFER_IN("i"),
        TRANSFER_BACK("w"),
        SALE("s"),
        RETURN("b"),
        PAUSE("p");

        private final String letter;

        Booking(String letter) {
            this.letter = letter;
        }
    }

    boolean registered() {
        return location() != null;
    }

    @Nullable
    Location location() {
        return entries.get(locationId) instanceof Location location ? location : null;
    }

    /** The level of a SKU; an empty one for an unknown SKU. */
    Level level(String sku) {
        return entries.get(levelKey(sku)) instanceof Level level ? level : Level.absent(sku);
    }

    /** The reservation if it is open, otherwise null. */
    @Nullable
    Reservation reservation(String fulfilmentId) {
        return entries.get(reservationKey(fulfilmentId)) instanceof Reservation open ? open : null;
    }

    /** The reservation if it expired and may be made again, otherwise null. */
    @Nullable
    ExpiredReservation expired(String fulfilmentId) {
        return entries.get(reservationKey(fulfilmentId)) instanceof ExpiredReservation expired ? expired : null;
    }

    /** The remaining lines of an open or an expired reservation; none for any other. */
    List<SkuQuantity> remaining(String fulfilmentId) {
        return switch (entries.get(reservationKey(fulfilmentId))) {
            case Reservation open -> open.lines();
            case ExpiredReservation expired -> expired.lines();
            case null, default -> List.of();
        };
    }

    /** The units that an open reservation lost and that neither order nor store has given up; none for any other. */
    List<SkuQuantity> lost(String fulfilmentId) {
        Reservation open = reservation(fulfilmentId);
        return open == null ? List.of() : open.lost();
    }

    /** How the reservation was closed; null when it is open, expired or unknown. */
    @Nullable
    ReservationEnd ending(String fulfilmentId) {
        return entries.get(reservationKey(fulfilmentId)) instanceof ClosedReservation(var id, var ending)
                ? ending
                : null;
    }

    @Nullable
    Hold hold(String holdId) {
        return entries.get(holdKey(holdId)) instanceof Hold hold ? hold : null;
    }

    /** The open reservation that made this claim on a SKU; null when it has ended. */
    @Nullable
    Reservation claimedBy(String sku, long claim) {
        return entries.get(claimKey(sku, claim)) instanceof Claim(var id) ? reservation(id) : null;
    }

    /** The id of a receipt of a transfer. It names the sender, because each sender numbers its own transfers. */
    static String receipt(String fromLocationId, String transferId, String receiptId) {
        return fromLocationId + "|" + transferId + "|" + receiptId;
    }

    TransferBook transfers() {
        return new TransferBook(locationId, entries);
    }

    SlotBook slots() {
        return new SlotBook(locationId, entries);
    }

    boolean isBooked(Booking booking, String id) {
        return booked(booking, id) != null;
    }

    @Nullable
    Booked booked(Booking booking, String id) {
        return entries.get(bookingKey(booking, id)) instanceof Booked booked ? booked : null;
    }

    /** The lines, each SKU once, that are not fully available. Nothing is available in another unit. */
    List<Shortage> shortages(List<SkuQuantity> lines, Channel channel) {
        List<Shortage> shortages = new ArrayList<>();
        for (SkuQuantity line : lines) {
            Level level = level(line.sku());
            long available =
                    level.positions().keeps(line.unit()) ? level.quantities().available(channel) : 0;
            if (available < line.quantity()) {
                shortages.add(new Shortage(line.sku(), line.quantity(), available));
            }
        }
        return shortages;
    }

    /**
     * The changes of one quantity by these lines.
     *
     * @param sign 1 to add the lines, -1 to subtract them
     */
    List<StockChange> changes(List<SkuQuantity> lines, LongFunction<Quantities> quantity, int sign) {
        return lines.stream()
                .map(line -> change(line, quantity.apply(sign * line.quantity())))
                .toList();
    }

    /** The change of the line's SKU in the line's unit, and the quantities after it. */
    StockChange change(SkuQuantity line, Quantities change) {
        Quantities after = level(line.sku()).positions().in(line.unit()).plus(change);
        return new StockChange(line.sku(), line.unit(), change, after);
    }

    Stock evolve(InventoryEvent event) {
        return new Stock(locationId, entries.edited(set -> new Stock(locationId, set).changed(event)));
    }

    private Stock changed(InventoryEvent event) {
        Stock changed = withQuantitiesAfter(event);
        return switch (event) {
            case LocationRegistered e -> with(locationId, e.location());
            case StockReceived e -> changed.withBooked(Booking.RECEIPT, e.receiptId(), Document.of(e));
            case StockReserved e ->
                changed.opened(Reservation.of(e.fulfilment(), e.reserved(), e.expiresAt(), e.slot(), false, false))
                        .slotBooked(e.slot(), 1);
            case StockReservationRejected e -> closed(e.fulfilment(), ReservationEnd.REJECTED, null);
            case ReservationConfirmed e -> changed.confirmed(e);
            case ReservationPicked e -> picked(e.fulfilment().fulfilmentId());
            case StockReleased e -> changed.released(e);
            case ReservationVoided e -> closed(e.fulfilment(), ReservationEnd.VOIDED, null);
            case StockCommitted e -> changed.closed(e.fulfilment(), ReservationEnd.COMMITTED, null);
            case StockSold e -> changed.withBooked(Booking.SALE, e.fulfilment().fulfilmentId(), null);
            case StockRestocked e -> changed.withBooked(Booking.RETURN, e.returnId(), null);
            case DamagedStockReturned e -> changed.withBooked(Booking.RETURN, e.returnId(), null);
            case VendorStockReturned e -> changed.withBooked(Booking.RETURN, e.returnId(), null);
            case StockAdjusted e -> changed.withBooked(Booking.ADJUSTMENT, e.adjustmentId(), Document.of(e));
            case StockCounted e ->
                new Movements(changed).counted(e).withBooked(Booking.COUNT, e.countId(), Document.of(e));
            case StockTransferredOut e -> changed.withBooked(Booking.TRANSFER_OUT, e.transferId(), Document.of(e));
            case TransferExpected e ->
                new Stock(locationId, changed.transfers().expected(e).entries());
            case StockTransferredIn e -> changed.received(e);
            case TransferClosed e ->
                new Stock(locationId, changed.transfers().closed(e).entries());
            case StockShortfallDetected _ -> this;
            case ReservationBroken e -> changed.closed(e.fulfilment(), ReservationEnd.BROKEN, e.slot());
            case ReservationReduced e -> changed.reduced(e);
            case SafetyStockSet _ -> changed;
            case StockHeld e ->
                changed.with(
                        holdKey(e.holdId()),
                        new Hold(
                                e.locationId(), e.holdId(), e.heldBy(), e.held(), e.held(), e.heldAt(), e.expiresAt()));
            case StockHoldChanged e -> changed.changedHold(e);
            case StockHoldReleased e -> changed.with(holdKey(e.holdId()), null);
            case StockHoldExpired e -> changed.with(holdKey(e.holdId()), null);
            case CapacityPaused e ->
                new Stock(locationId, slots().paused(e).entries())
                        .withBooked(Booking.PAUSE, e.pause().pauseId(), Document.of(e.pause()));
            case SlotClosed e -> new Stock(locationId, slots().closed(e).entries());
        };
    }

    private Stock withQuantitiesAfter(InventoryEvent event) {
        Stock stock = this;
        Instant movedAt = event.movedAt();
        for (StockChange change : event.changes()) {
            stock = stock.withLevel(
                    change.sku(),
                    level -> level.with(level.positions().with(change.unit(), change.after(), event.decidesUnit())));
            long onHand = change.change().onHand();
            if (movedAt != null && onHand != 0) {
                stock = new Movements(stock).plus(change.sku(), change.unit(), new Movement(movedAt, onHand));
            }
        }
        return stock;
    }

    private Stock received(StockTransferredIn event) {
        String receiptId = event.receiptId();
        if (receiptId == null) {
            return this;
        }
        if (event.returnedFrom() != null) {
            // Under the transfer's id, because goods come back once.
            return with(
                    bookingKey(Booking.TRANSFER_BACK, event.transferId()), new Booked(receiptId, Document.of(event)));
        }
        String id = receipt(event.fromLocationId(), event.transferId(), receiptId);
        return new Stock(locationId, transfers().arrived(event).entries())
                .with(bookingKey(Booking.TRANSFER_IN, id), new Booked(receiptId, Document.of(event)));
    }

    private Stock changedHold(StockHoldChanged event) {
        Hold hold = hold(event.holdId());
        return hold == null
                ? this
                : with(
                        holdKey(event.holdId()),
                        new Hold(
                                hold.locationId(),
                                hold.holdId(),
                                hold.heldBy(),
                                hold.requested(),
                                event.held(),
                                hold.heldAt(),
                                event.expiresAt()));
    }

    private Stock opened(Reservation reservation) {
        String id = reservation.fulfilment().fulfilmentId();
        Stock stock = this;
        Map<String, Long> claims = new LinkedHashMap<>();
        for (SkuQuantity line : reservation.lines()) {
            long number = stock.level(line.sku()).nextClaim();
            claims.put(line.sku(), number);
            stock = stock.withLevel(line.sku(), Level::claimed).with(claimKey(line.sku(), number), new Claim(id));
        }
        return stock.with(reservationKey(id), reservation.claiming(claims));
    }

    private Stock confirmed(ReservationConfirmed event) {
        String id = event.fulfilment().fulfilmentId();
        Reservation open = reservation(id);
        if (open != null) {
            return with(reservationKey(id), open.asConfirmed());
        }
        List<SkuQuantity> lines = event.changes().stream()
                .map(change -> new SkuQuantity(change.sku(), change.change().committed(), change.unit()))
                .toList();
        ExpiredReservation expired = expired(id);
        boolean picked = expired != null && expired.picked();
        Slot slot = expired != null && expired.slotBooked() ? expired.slot() : event.slot();
        // It is confirmed, so it does not expire.
        Stock opened = opened(Reservation.of(event.fulfilment(), lines, Instant.EPOCH, slot, true, picked));
        int unpicked = picked ? 0 : 1;
        return event.slot() == null ? opened.slotUnpicked(slot, unpicked) : opened.slotBooked(slot, unpicked);
    }

    private Stock picked(String fulfilmentId) {
        String key = reservationKey(fulfilmentId);
        return switch (entries.get(key)) {
            case ExpiredReservation expired -> with(key, expired.asPicked());
            case Reservation open ->
                open.picked() ? this : with(key, open.asPicked()).slotUnpicked(open.slot(), -1);
            case null, default -> this;
        };
    }

    private Stock released(StockReleased event) {
        String id = event.fulfilment().fulfilmentId();
        Reservation open = reservation(id);
        if (event.reason() == ReleaseReason.NOT_ANSWERED_IN_TIME) {
            Slot slot = open == null ? null : open.slot();
            boolean slotBooked = slot != null && event.slot() == null;
            return ended(open, event.slot())
                    .with(reservationKey(id), new ExpiredReservation(id, event.released(), slot, slotBooked, false));
        }
        if (event.whole()) {
            return closed(event.fulfilment(), ReservationEnd.RELEASED, event.slot());
        }
        if (open != null) {
            Reservation remaining = open.minus(event.released(), event.alreadyLost());
            return withoutClaims(open, remaining.lines()).with(reservationKey(id), remaining);
        }
        ExpiredReservation expired = expired(id);
        return expired == null ? this : with(reservationKey(id), expired.minus(event.released()));
    }

    private Stock reduced(ReservationReduced event) {
        String id = event.fulfilment().fulfilmentId();
        Reservation open = reservation(id);
        if (open == null) {
            return this;
        }
        Reservation remaining = open.losing(event.lost());
        return withoutClaims(open, remaining.lines()).with(reservationKey(id), remaining);
    }

    private Stock closed(Fulfilment fulfilment, ReservationEnd ending, @Nullable Slot givenBack) {
        String id = fulfilment.fulfilmentId();
        return ended(reservation(id), givenBack).with(reservationKey(id), new ClosedReservation(id, ending));
    }

    /** Removes all claims of a reservation. Its unpicked goods are no longer work for the location. */
    private Stock ended(@Nullable Reservation open, @Nullable Slot givenBack) {
        Stock stock = withoutClaims(open, List.of());
        if (open == null || open.picked()) {
            return stock;
        }
        return givenBack == null ? stock.slotUnpicked(open.slot(), -1) : stock.slotBooked(givenBack, -1);
    }

    private Stock slotBooked(@Nullable Slot slot, int unpicked) {
        return new Stock(locationId, slots().booked(slot, unpicked).entries());
    }

    private Stock slotUnpicked(@Nullable Slot slot, int change) {
        return new Stock(locationId, slots().unpicked(slot, change).entries());
    }

    /** Removes the claims of an open reservation, except those on the SKUs of the kept lines. */
    private Stock withoutClaims(@Nullable Reservation open, List<SkuQuantity> kept) {
        Stock stock = this;
        if (open != null) {
            for (Map.Entry<String, Long> claim : open.claims().entrySet()) {
                if (kept.stream().noneMatch(line -> line.sku().equals(claim.getKey()))) {
                    stock = stock.with(claimKey(claim.getKey(), claim.getValue()), null);
                }
            }
        }
        return stock;
    }

    private Stock withBooked(Booking booking, String id, @Nullable Document content) {
        return with(bookingKey(booking, id), new Booked(id, content));
    }

    Stock withLevel(String sku, UnaryOperator<Level> change) {
        return with(levelKey(sku), change.apply(level(sku)));
    }

    Stock with(String key, @Nullable StockEntry entry) {
        return new Stock(locationId, entries.with(key, entry));
    }

    private String levelKey(String sku) {
        return locationId + LEVELS + sku;
    }

    private String reservationKey(String fulfilmentId) {
        return locationId + "|r|" + fulfilmentId;
    }

    private String claimKey(String sku, long number) {
        return locationId + "|k|" + sku + "|" + number;
    }

    private String holdKey(String holdId) {
        return locationId + HOLDS + holdId;
    }

    private String bookingKey(Booking booking, String id) {
        return locationId + "|" + booking.letter + "|" + id;
    }
}
