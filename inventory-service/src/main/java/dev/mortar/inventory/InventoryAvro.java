package dev.mortar.inventory;

import dev.mortar.eventsourcing.kafka.EventBinder;
import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.inventory.InventoryProcess.Fulfilment;
import dev.mortar.inventory.InventoryProcess.Incoming;
import dev.mortar.inventory.InventoryProcess.OrderLine;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.inventory.Day;
import dev.mortar.schemas.inventory.InventoryLevel;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.schemas.inventory.LevelInUnit;
import dev.mortar.schemas.inventory.StockTransferredOut;
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
import dev.mortar.values.Unit;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** The Avro form of inventory's events and state, and of the other services' events that it reads. */
final class InventoryAvro {

    private InventoryAvro() {}

    /** The events of stock. */
    static final EventBinder<InventoryEvent> EVENTS =
            EventBinder.of(InventoryEvent.class, "dev.mortar.schemas.inventory");

    /** Reads the events that inventory reacts to. */
    static final EventReader<Incoming> INCOMING = EventReader.<Incoming>create()
            .on(
                    OrderPlaced.class,
                    e -> new Incoming.OrderPlaced(
                            e.getOrderId(),
                            channel(e.getChannel()),
                            lines(e.getLines()),
                            fulfilments(e.getFulfilments()),
                            // Only a till sale has no deadline; it reserves nothing.
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
                            e.getMovedAt(),
                            quantities(e.getTransferred())))
            .ignoring("""
                    FulfilmentReserved FulfilmentRejected OrderCancellationRequested OrderCancellationRefused
                    OrderLinesCancelled OrderCompleted OrderReturned
                    PickupRequested PickingStarted PickupReminderDue PickupCodeReissued CustomerOnTheWay
                    CustomerArrived PickupCodeRejected PickupCancellationRefused
                    PurchaseRecorded RefundRequested
                    LocationRegistered StockReceived StockReserved StockReservationRejected ReservationConfirmed
                    ReservationPicked StockReleased ReservationVoided StockCommitted StockSold StockRestocked
                    DamagedStockReturned VendorStockReturned StockAdjusted StockCounted StockTransferredIn
                    StockShortfallDetected ReservationBroken SafetyStockSet StockHeld StockHoldReleased
                    StockHoldExpired
                    """);

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

    /** Reads {@code inventory.locations}. */
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

    /** The constant with the same name. UNKNOWN has none, so a record with it becomes a dead letter. */
    private static <A extends Enum<A>> A same(Class<A> type, Enum<?> constant) {
        return Enum.valueOf(type, constant.name());
    }

    private static IllegalArgumentException unknown(String what) {
        return new IllegalArgumentException("this version does not know the " + what);
    }
}
