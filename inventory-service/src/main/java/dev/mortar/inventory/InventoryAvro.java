package dev.mortar.inventory;

import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.inventory.InventoryProcess.Fulfilment;
import dev.mortar.inventory.InventoryProcess.Incoming;
import dev.mortar.inventory.InventoryProcess.OrderLine;
import dev.mortar.schemas.EventMeta;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.inventory.CountedSku;
import dev.mortar.schemas.inventory.DamagedStockReturned;
import dev.mortar.schemas.inventory.Day;
import dev.mortar.schemas.inventory.InventoryLevel;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.schemas.inventory.LevelInUnit;
import dev.mortar.schemas.inventory.LocationRegistered;
import dev.mortar.schemas.inventory.ReservationBroken;
import dev.mortar.schemas.inventory.ReservationConfirmed;
import dev.mortar.schemas.inventory.ReservationPicked;
import dev.mortar.schemas.inventory.ReservationVoided;
import dev.mortar.schemas.inventory.SafetyStockSet;
import dev.mortar.schemas.inventory.StockAdjusted;
import dev.mortar.schemas.inventory.StockCommitted;
import dev.mortar.schemas.inventory.StockCounted;
import dev.mortar.schemas.inventory.StockHeld;
import dev.mortar.schemas.inventory.StockHoldExpired;
import dev.mortar.schemas.inventory.StockHoldReleased;
import dev.mortar.schemas.inventory.StockReceived;
import dev.mortar.schemas.inventory.StockReleased;
import dev.mortar.schemas.inventory.StockReservationRejected;
import dev.mortar.schemas.inventory.StockReserved;
import dev.mortar.schemas.inventory.StockRestocked;
import dev.mortar.schemas.inventory.StockShortfallDetected;
import dev.mortar.schemas.inventory.StockSold;
import dev.mortar.schemas.inventory.StockTransferredIn;
import dev.mortar.schemas.inventory.StockTransferredOut;
import dev.mortar.schemas.inventory.VendorStockReturned;
import dev.mortar.schemas.order.FulfilmentHandedOver;
import dev.mortar.schemas.order.OrderCancelled;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.schemas.order.OrderPlaced;
import dev.mortar.schemas.order.OrderRejected;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupExpired;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupLine;
import dev.mortar.schemas.pickup.PickupLineShort;
import dev.mortar.schemas.pickup.PickupReady;
import dev.mortar.schemas.returns.Disposition;
import dev.mortar.schemas.returns.ReturnAccepted;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The Avro form of inventory's events and state, and of the foreign events it listens to. */
final class InventoryAvro {

    private InventoryAvro() {}

    /** What {@code inventory.events} holds. */
    static final EventReader<InventoryEvent> EVENTS = EventReader.<InventoryEvent>create()
            .on(
                    LocationRegistered.class,
                    e -> new InventoryEvent.LocationRegistered(
                            e.getLocationId(),
                            e.getName(),
                            same(LocationType.class, e.getType()),
                            e.getLatitude(),
                            e.getLongitude(),
                            e.getTimeZone(),
                            openingHours(e.getOpeningHours()),
                            exceptions(e.getExceptions())))
            .on(
                    StockReceived.class,
                    e -> new InventoryEvent.StockReceived(
                            e.getLocationId(),
                            e.getReceiptId(),
                            movedAt(e.getMovedAt(), e.getMeta()),
                            quantities(e.getAlreadyCounted()),
                            changes(e.getChanges())))
            .on(
                    StockReserved.class,
                    e -> new InventoryEvent.StockReserved(
                            e.getLocationId(),
                            e.getReservationId(),
                            e.getOrderId(),
                            quantities(e.getReserved()),
                            e.getExpiresAt(),
                            changes(e.getChanges())))
            .on(
                    StockReservationRejected.class,
                    e -> new InventoryEvent.StockReservationRejected(
                            e.getLocationId(),
                            e.getReservationId(),
                            e.getOrderId(),
                            same(InventoryEvent.ReservationRejectionReason.class, e.getReason()),
                            quantities(e.getRequested()),
                            e.getShortages().stream()
                                    .map(each -> new Shortage(each.getSku(), each.getRequested(), each.getAvailable()))
                                    .toList()))
            .on(
                    ReservationConfirmed.class,
                    e -> new InventoryEvent.ReservationConfirmed(
                            e.getLocationId(), e.getReservationId(), e.getOrderId(), changes(e.getChanges())))
            .on(
                    ReservationPicked.class,
                    e -> new InventoryEvent.ReservationPicked(e.getLocationId(), e.getReservationId(), e.getOrderId()))
            .on(
                    StockReleased.class,
                    e -> new InventoryEvent.StockReleased(
                            e.getLocationId(),
                            e.getReservationId(),
                            e.getOrderId(),
                            same(InventoryEvent.ReleaseReason.class, e.getReason()),
                            quantities(e.getReleased()),
                            e.getWhole(),
                            changes(e.getChanges())))
            .on(
                    ReservationVoided.class,
                    e -> new InventoryEvent.ReservationVoided(e.getLocationId(), e.getReservationId(), e.getOrderId()))
            .on(
                    StockCommitted.class,
                    e -> new InventoryEvent.StockCommitted(
                            e.getLocationId(),
                            e.getReservationId(),
                            e.getOrderId(),
                            quantities(e.getLeft()),
                            quantities(e.getReleased()),
                            movedAt(e.getMovedAt(), e.getMeta()),
                            quantities(e.getAlreadyCounted()),
                            changes(e.getChanges())))
            .on(
                    StockSold.class,
                    e -> new InventoryEvent.StockSold(
                            e.getLocationId(),
                            e.getOrderId(),
                            e.getFulfilmentId(),
                            e.getSoldAt(),
                            movedAt(e.getSoldAt(), e.getMeta()),
                            quantities(e.getSold()),
                            quantities(e.getAlreadyCounted()),
                            changes(e.getChanges())))
            .on(
                    StockRestocked.class,
                    e -> new InventoryEvent.StockRestocked(
                            e.getLocationId(),
                            e.getReturnId(),
                            e.getOrderId(),
                            movedAt(e.getMovedAt(), e.getMeta()),
                            quantities(e.getAlreadyCounted()),
                            changes(e.getChanges())))
            .on(
                    DamagedStockReturned.class,
                    e -> new InventoryEvent.DamagedStockReturned(
                            e.getLocationId(), e.getReturnId(), e.getOrderId(), changes(e.getChanges())))
            .on(
                    VendorStockReturned.class,
                    e -> new InventoryEvent.VendorStockReturned(
                            e.getLocationId(), e.getReturnId(), e.getOrderId(), changes(e.getChanges())))
            .on(
                    StockAdjusted.class,
                    e -> new InventoryEvent.StockAdjusted(
                            e.getLocationId(),
                            e.getAdjustmentId(),
                            same(InventoryEvent.AdjustmentReason.class, e.getReason()),
                            movedAt(e.getMovedAt(), e.getMeta()),
                            quantities(e.getAlreadyCounted()),
                            changes(e.getChanges())))
            .on(
                    StockCounted.class,
                    e -> new InventoryEvent.StockCounted(
                            e.getLocationId(),
                            e.getCountId(),
                            e.getCountedAt(),
                            e.getCounted().stream()
                                    .map(each -> new InventoryEvent.CountedSku(
                                            each.getSku(),
                                            same(Unit.class, each.getUnit()),
                                            each.getCounted(),
                                            each.getExpected(),
                                            each.getMovedSince()))
                                    .toList(),
                            changes(e.getChanges())))
            .on(
                    StockTransferredOut.class,
                    e -> new InventoryEvent.StockTransferredOut(
                            e.getLocationId(),
                            e.getTransferId(),
                            e.getToLocationId(),
                            quantities(e.getTransferred()),
                            movedAt(e.getMovedAt(), e.getMeta()),
                            quantities(e.getAlreadyCounted()),
                            changes(e.getChanges())))
            .on(
                    StockTransferredIn.class,
                    e -> new InventoryEvent.StockTransferredIn(
                            e.getLocationId(),
                            e.getTransferId(),
                            e.getFromLocationId(),
                            movedAt(e.getMovedAt(), e.getMeta()),
                            quantities(e.getAlreadyCounted()),
                            changes(e.getChanges())))
            .on(
                    StockShortfallDetected.class,
                    e -> new InventoryEvent.StockShortfallDetected(
                            e.getLocationId(), e.getSku(), e.getShortBy(), same(Unit.class, e.getUnit())))
            .on(
                    ReservationBroken.class,
                    e -> new InventoryEvent.ReservationBroken(
                            e.getLocationId(),
                            e.getReservationId(),
                            e.getOrderId(),
                            List.copyOf(e.getShortSkus()),
                            quantities(e.getReleased()),
                            changes(e.getChanges()),
                            e.getSoldAtTill()))
            .on(
                    SafetyStockSet.class,
                    e -> new InventoryEvent.SafetyStockSet(e.getLocationId(), changes(e.getChanges())))
            .on(
                    StockHeld.class,
                    e -> new InventoryEvent.StockHeld(
                            e.getLocationId(),
                            e.getHoldId(),
                            quantities(e.getHeld()),
                            e.getExpiresAt(),
                            changes(e.getChanges())))
            .on(
                    StockHoldReleased.class,
                    e -> new InventoryEvent.StockHoldReleased(
                            e.getLocationId(), e.getHoldId(), changes(e.getChanges())))
            .on(
                    StockHoldExpired.class,
                    e -> new InventoryEvent.StockHoldExpired(
                            e.getLocationId(), e.getHoldId(), changes(e.getChanges())));

    /** What inventory listens to. */
    static final EventReader<Incoming> INCOMING = EventReader.<Incoming>create()
            .on(
                    OrderPlaced.class,
                    e -> new Incoming.OrderPlaced(
                            e.getOrderId(),
                            channel(e.getChannel()),
                            lines(e.getLines()),
                            fulfilments(e.getFulfilments()),
                            // Only a till sale has none, and it reserves nothing.
                            e.getDecideBy() == null ? e.getMeta().getRecordedAt() : e.getDecideBy()))
            .on(
                    OrderConfirmed.class,
                    e -> new Incoming.OrderConfirmed(
                            e.getOrderId(),
                            channel(e.getChannel()),
                            lines(e.getLines()),
                            fulfilments(e.getFulfilments()),
                            fulfilments(e.getRejectedFulfilments())))
            .on(OrderRejected.class, e -> new Incoming.OrderRejected(e.getOrderId(), fulfilments(e.getFulfilments())))
            .on(
                    OrderCancelled.class,
                    e -> new Incoming.OrderCancelled(e.getOrderId(), fulfilments(e.getReservedFulfilments())))
            .on(
                    FulfilmentHandedOver.class,
                    e -> new Incoming.HandedOver(
                            e.getOrderId(),
                            e.getFulfilmentId(),
                            e.getLocationId(),
                            carryOut(e.getMethod()),
                            e.getHandedOverAt(),
                            lines(e.getLines()).stream().map(OrderLine::goods).toList()))
            .on(
                    PickupLineShort.class,
                    e -> new Incoming.PickupLineShort(
                            e.getMeta().getEventId().toString(),
                            e.getMeta().getOccurredAt(),
                            e.getOrderId(),
                            e.getFulfilmentId(),
                            e.getLocationId(),
                            e.getSku(),
                            e.getMissing(),
                            switch (e.getReason()) {
                                case DAMAGED -> true;
                                case NOT_FOUND -> false;
                                case UNKNOWN -> throw unknown("reason of a short pick");
                            }))
            .on(
                    PickupReady.class,
                    e -> new Incoming.PickupReady(e.getOrderId(), e.getFulfilmentId(), e.getLocationId()))
            .on(
                    PickupHandedOver.class,
                    e -> new Incoming.PickupHandedOver(
                            e.getOrderId(),
                            e.getFulfilmentId(),
                            e.getLocationId(),
                            e.getHandedOverAt(),
                            picked(e.getHandedOver())))
            .on(
                    PickupExpired.class,
                    e -> new Incoming.PickupExpired(e.getOrderId(), e.getFulfilmentId(), e.getLocationId()))
            .on(
                    PickupCancelled.class,
                    e -> new Incoming.PickupCancelled(
                            e.getOrderId(), e.getFulfilmentId(), e.getLocationId(), e.getWhole(), picked(e.getLines())))
            .on(
                    ReturnAccepted.class,
                    e -> new Incoming.ReturnAccepted(
                            e.getOrderId(),
                            e.getReturnId(),
                            e.getLocationId(),
                            e.getMeta().getOccurredAt(),
                            returned(e, Disposition.RESTOCK),
                            returned(e, Disposition.DAMAGED),
                            returned(e, Disposition.RETURN_TO_VENDOR)))
            .on(
                    StockTransferredOut.class,
                    e -> new Incoming.TransferSent(
                            e.getTransferId(),
                            e.getLocationId(),
                            e.getToLocationId(),
                            movedAt(e.getMovedAt(), e.getMeta()),
                            quantities(e.getTransferred())));

    static SpecificRecord write(InventoryEvent event, EventMeta meta) {
        return switch (event) {
            case InventoryEvent.LocationRegistered e ->
                new LocationRegistered(
                        meta,
                        e.locationId(),
                        e.name(),
                        same(dev.mortar.schemas.inventory.LocationType.class, e.kind()),
                        e.latitude(),
                        e.longitude(),
                        e.timeZone(),
                        writeOpeningHours(e.openingHours()),
                        writeExceptions(e.exceptions()));
            case InventoryEvent.StockReceived e ->
                new StockReceived(
                        meta,
                        e.locationId(),
                        e.receiptId(),
                        e.movedAt(),
                        writeQuantities(e.alreadyCounted()),
                        writeChanges(e.changes()));
            case InventoryEvent.StockReserved e ->
                new StockReserved(
                        meta,
                        e.locationId(),
                        e.reservationId(),
                        e.orderId(),
                        writeQuantities(e.reserved()),
                        e.expiresAt(),
                        writeChanges(e.changes()));
            case InventoryEvent.StockReservationRejected e ->
                new StockReservationRejected(
                        meta,
                        e.locationId(),
                        e.reservationId(),
                        e.orderId(),
                        same(dev.mortar.schemas.inventory.ReservationRejectionReason.class, e.reason()),
                        writeQuantities(e.requested()),
                        e.shortages().stream()
                                .map(each ->
                                        new dev.mortar.schemas.Shortage(each.sku(), each.requested(), each.available()))
                                .toList());
            case InventoryEvent.ReservationConfirmed e ->
                new ReservationConfirmed(
                        meta, e.locationId(), e.reservationId(), e.orderId(), writeChanges(e.changes()));
            case InventoryEvent.ReservationPicked e ->
                new ReservationPicked(meta, e.locationId(), e.reservationId(), e.orderId());
            case InventoryEvent.StockReleased e ->
                new StockReleased(
                        meta,
                        e.locationId(),
                        e.reservationId(),
                        e.orderId(),
                        same(dev.mortar.schemas.inventory.ReleaseReason.class, e.reason()),
                        writeQuantities(e.released()),
                        e.whole(),
                        writeChanges(e.changes()));
            case InventoryEvent.ReservationVoided e ->
                new ReservationVoided(meta, e.locationId(), e.reservationId(), e.orderId());
            case InventoryEvent.StockCommitted e ->
                new StockCommitted(
                        meta,
                        e.locationId(),
                        e.reservationId(),
                        e.orderId(),
                        writeQuantities(e.left()),
                        writeQuantities(e.released()),
                        e.movedAt(),
                        writeQuantities(e.alreadyCounted()),
                        writeChanges(e.changes()));
            case InventoryEvent.StockSold e ->
                new StockSold(
                        meta,
                        e.locationId(),
                        e.orderId(),
                        e.fulfilmentId(),
                        e.soldAt(),
                        writeQuantities(e.sold()),
                        writeQuantities(e.alreadyCounted()),
                        writeChanges(e.changes()));
            case InventoryEvent.StockRestocked e ->
                new StockRestocked(
                        meta,
                        e.locationId(),
                        e.returnId(),
                        e.orderId(),
                        e.movedAt(),
                        writeQuantities(e.alreadyCounted()),
                        writeChanges(e.changes()));
            case InventoryEvent.DamagedStockReturned e ->
                new DamagedStockReturned(meta, e.locationId(), e.returnId(), e.orderId(), writeChanges(e.changes()));
            case InventoryEvent.VendorStockReturned e ->
                new VendorStockReturned(meta, e.locationId(), e.returnId(), e.orderId(), writeChanges(e.changes()));
            case InventoryEvent.StockAdjusted e ->
                new StockAdjusted(
                        meta,
                        e.locationId(),
                        e.adjustmentId(),
                        same(dev.mortar.schemas.inventory.AdjustmentReason.class, e.reason()),
                        e.movedAt(),
                        writeQuantities(e.alreadyCounted()),
                        writeChanges(e.changes()));
            case InventoryEvent.StockCounted e ->
                new StockCounted(
                        meta,
                        e.locationId(),
                        e.countId(),
                        e.countedAt(),
                        e.counted().stream()
                                .map(each -> new CountedSku(
                                        each.sku(),
                                        write(each.unit()),
                                        each.counted(),
                                        each.expected(),
                                        each.movedSince()))
                                .toList(),
                        writeChanges(e.changes()));
            case InventoryEvent.StockTransferredOut e ->
                new StockTransferredOut(
                        meta,
                        e.locationId(),
                        e.transferId(),
                        e.toLocationId(),
                        writeQuantities(e.transferred()),
                        e.movedAt(),
                        writeQuantities(e.alreadyCounted()),
                        writeChanges(e.changes()));
            case InventoryEvent.StockTransferredIn e ->
                new StockTransferredIn(
                        meta,
                        e.locationId(),
                        e.transferId(),
                        e.fromLocationId(),
                        e.movedAt(),
                        writeQuantities(e.alreadyCounted()),
                        writeChanges(e.changes()));
            case InventoryEvent.StockShortfallDetected e ->
                new StockShortfallDetected(meta, e.locationId(), e.sku(), e.shortBy(), write(e.unit()));
            case InventoryEvent.ReservationBroken e ->
                new ReservationBroken(
                        meta,
                        e.locationId(),
                        e.reservationId(),
                        e.orderId(),
                        e.shortSkus(),
                        writeQuantities(e.released()),
                        writeChanges(e.changes()),
                        e.soldAtTill());
            case InventoryEvent.SafetyStockSet e -> new SafetyStockSet(meta, e.locationId(), writeChanges(e.changes()));
            case InventoryEvent.StockHeld e ->
                new StockHeld(
                        meta,
                        e.locationId(),
                        e.holdId(),
                        writeQuantities(e.held()),
                        e.expiresAt(),
                        writeChanges(e.changes()));
            case InventoryEvent.StockHoldReleased e ->
                new StockHoldReleased(meta, e.locationId(), e.holdId(), writeChanges(e.changes()));
            case InventoryEvent.StockHoldExpired e ->
                new StockHoldExpired(meta, e.locationId(), e.holdId(), writeChanges(e.changes()));
        };
    }

    /** A record of {@code inventory.levels}. */
    static SpecificRecord writeLevel(
            String locationId, String sku, Positions positions, long sequence, Instant changedAt) {
        Quantities quantities = positions.kept().quantities();
        return new InventoryLevel(
                locationId,
                sku,
                write(positions.kept().unit()),
                sequence,
                write(quantities),
                positions.others().stream()
                        .map(each -> new LevelInUnit(write(each.unit()), write(each.quantities())))
                        .toList(),
                quantities.available(Channel.STORE),
                quantities.available(Channel.ONLINE),
                changedAt);
    }

    /** A record of {@code inventory.locations}. */
    static SpecificRecord writeLocation(StockEntry.Location location, long sequence) {
        return new InventoryLocation(
                location.locationId(),
                sequence,
                location.name(),
                same(dev.mortar.schemas.inventory.LocationType.class, location.kind()),
                location.latitude(),
                location.longitude(),
                location.timeZone(),
                writeOpeningHours(location.openingHours()),
                writeExceptions(location.exceptions() == null ? List.of() : location.exceptions()));
    }

    /** What {@code inventory.locations} holds. */
    static final EventReader<StockEntry.Location> LOCATIONS = EventReader.<StockEntry.Location>create()
            .on(
                    InventoryLocation.class,
                    e -> new StockEntry.Location(
                            e.getLocationId(),
                            e.getName(),
                            same(LocationType.class, e.getType()),
                            e.getLatitude(),
                            e.getLongitude(),
                            e.getTimeZone(),
                            openingHours(e.getOpeningHours()),
                            exceptions(e.getExceptions())));

    private static List<OpeningHours> openingHours(List<dev.mortar.schemas.inventory.OpeningHours> hours) {
        return hours.stream()
                .map(each -> new OpeningHours(same(DayOfWeek.class, each.getDay()), each.getOpens(), each.getCloses()))
                .toList();
    }

    private static List<dev.mortar.schemas.inventory.OpeningHours> writeOpeningHours(List<OpeningHours> hours) {
        return hours.stream()
                .map(each -> new dev.mortar.schemas.inventory.OpeningHours(
                        same(Day.class, each.day()), each.opens(), each.closes()))
                .toList();
    }

    private static List<OpeningException> exceptions(List<dev.mortar.schemas.inventory.OpeningException> exceptions) {
        return exceptions.stream()
                .map(each -> new OpeningException(LocalDate.parse(each.getDate()), each.getOpens(), each.getCloses()))
                .toList();
    }

    private static List<dev.mortar.schemas.inventory.OpeningException> writeExceptions(
            List<OpeningException> exceptions) {
        return exceptions.stream()
                .map(each -> new dev.mortar.schemas.inventory.OpeningException(
                        each.date().toString(), each.opens(), each.closes()))
                .toList();
    }

    /** The time of a movement; a clock that runs ahead does not count. */
    private static Instant movedAt(@Nullable Instant told, EventMeta meta) {
        Instant recordedAt = meta.getRecordedAt();
        return told == null || told.isAfter(recordedAt) ? recordedAt : told;
    }

    private static List<StockChange> changes(List<dev.mortar.schemas.inventory.StockChange> changes) {
        return changes.stream()
                .map(each -> new StockChange(
                        each.getSku(),
                        same(Unit.class, each.getUnit()),
                        quantities(each.getChange()),
                        quantities(each.getAfter())))
                .toList();
    }

    private static List<dev.mortar.schemas.inventory.StockChange> writeChanges(List<StockChange> changes) {
        return changes.stream()
                .map(each -> new dev.mortar.schemas.inventory.StockChange(
                        each.sku(), write(each.unit()), write(each.change()), write(each.after())))
                .toList();
    }

    private static Quantities quantities(dev.mortar.schemas.inventory.Quantities quantities) {
        return new Quantities(
                quantities.getOnHand(),
                quantities.getCommitted(),
                quantities.getHeld(),
                quantities.getSafetyStock(),
                quantities.getDamaged(),
                quantities.getToVendor());
    }

    private static dev.mortar.schemas.inventory.Quantities write(Quantities quantities) {
        return new dev.mortar.schemas.inventory.Quantities(
                quantities.onHand(),
                quantities.committed(),
                quantities.held(),
                quantities.safetyStock(),
                quantities.damaged(),
                quantities.toVendor());
    }

    private static List<SkuQuantity> quantities(List<dev.mortar.schemas.SkuQuantity> quantities) {
        return quantities.stream()
                .map(each -> goods(each.getSku(), each.getQuantity(), each.getUnit()))
                .toList();
    }

    private static List<dev.mortar.schemas.SkuQuantity> writeQuantities(List<SkuQuantity> quantities) {
        return quantities.stream()
                .map(each -> new dev.mortar.schemas.SkuQuantity(each.sku(), each.quantity(), write(each.unit())))
                .toList();
    }

    private static SkuQuantity goods(String sku, long quantity, dev.mortar.schemas.Unit unit) {
        return new SkuQuantity(sku, quantity, same(Unit.class, unit));
    }

    private static dev.mortar.schemas.Unit write(Unit unit) {
        return same(dev.mortar.schemas.Unit.class, unit);
    }

    private static List<OrderLine> lines(List<dev.mortar.schemas.OrderLine> lines) {
        return lines.stream()
                .map(each -> new OrderLine(each.getLineId(), goods(each.getSku(), each.getQuantity(), each.getUnit())))
                .toList();
    }

    private static List<Fulfilment> fulfilments(List<dev.mortar.schemas.order.Fulfilment> fulfilments) {
        return fulfilments.stream()
                .map(each -> new Fulfilment(
                        each.getFulfilmentId(),
                        each.getLocationId(),
                        carryOut(each.getMethod()),
                        List.copyOf(each.getLineIds()),
                        each.getHoldId()))
                .toList();
    }

    private static boolean carryOut(FulfilmentMethod method) {
        return switch (method) {
            case CARRY_OUT -> true;
            case PICKUP, CURBSIDE, DELIVERY -> false;
            case UNKNOWN -> throw unknown("method of a fulfilment");
        };
    }

    private static Channel channel(dev.mortar.schemas.Channel channel) {
        return switch (channel) {
            case ONLINE -> Channel.ONLINE;
            case STORE, POS -> Channel.STORE;
            case UNKNOWN -> throw unknown("channel of an order");
        };
    }

    private static List<SkuQuantity> picked(List<PickupLine> lines) {
        return lines.stream()
                .map(each -> goods(each.getSku(), each.getQuantity(), each.getUnit()))
                .toList();
    }

    private static List<SkuQuantity> returned(ReturnAccepted event, Disposition wanted) {
        return event.getLines().stream()
                .filter(each -> switch (each.getDisposition()) {
                    case RESTOCK, DAMAGED, RETURN_TO_VENDOR -> each.getDisposition() == wanted;
                    case UNKNOWN -> throw unknown("disposition of a return");
                })
                .map(each -> goods(each.getSku(), each.getQuantity(), each.getUnit()))
                .toList();
    }

    /** The constant with the same name: a schema's UNKNOWN has no counterpart, so such a record is parked. */
    private static <A extends Enum<A>> A same(Class<A> type, Enum<?> constant) {
        return Enum.valueOf(type, constant.name());
    }

    private static IllegalArgumentException unknown(String what) {
        return new IllegalArgumentException("a newer writer knows a " + what + " that this reader does not");
    }
}
