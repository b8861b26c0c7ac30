package dev.mortar.inventory;

import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.View.RowKey;
import dev.mortar.eventsourcing.kafka.EventBinder;
import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.eventsourcing.kafka.RecordBinding;
import dev.mortar.eventsourcing.kafka.Row;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.Positions.Position;
import dev.mortar.inventory.StockEntry.*;
import dev.mortar.schemas.inventory.InventoryCapacity;
import dev.mortar.schemas.inventory.InventoryLevel;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Unit;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Wires inventory's decider, process and views to their topics. */
public final class InventoryDefinition {

    /** The topic of all locations; each instance keeps a copy. */
    static final String LOCATIONS_TOPIC = "inventory.locations";

    static final String LEVELS_TOPIC = "inventory.levels";

    static final String CAPACITY_TOPIC = "inventory.capacity";

    /** The stock of a SKU at a location. */
    record SkuStock(String sku, Positions positions) {}

    /**
     * An event that changed the quantities of a SKU, and where it is stored.
     *
     * @param references its ids and its reason, by name
     * @param change its change of each quantity; a quantity is the sum of all its changes
     * @param after each quantity after the event
     */
    @Schema(name = "StockEventResponse")
    record Cause(
            String eventId,
            String type,
            long sequence,
            Instant occurredAt,
            Instant recordedAt,
            Map<String, String> references,
            Unit unit,
            Quantities change,
            Quantities after,
            String actorType,
            String actorId,
            @Nullable String causationId,
            String correlationId,
            String topic,
            int partition,
            long offset) {

        Cause {
            // Sorted by name, so that the same event makes the same row in every process.
            references = Collections.unmodifiableMap(new TreeMap<>(references));
        }
    }

    /** The reply to a command. */
    record Outcome(List<SkuStock> stock, @Nullable Instant expiresAt) {}

    /** Every registered location, under its id. */
    static final View.OfEntries<StockEntry, Location> LOCATIONS = new View.OfEntries<>(
            "locations", StockEntry.class, "", entry -> entry instanceof Location location ? location : null);

    /** The stock of a location, by SKU. */
    static final View.OfEntries<StockEntry, SkuStock> STOCK =
            new View.OfEntries<>("stock", StockEntry.class, Stock.LEVELS, InventoryDefinition::skuStock);

    /** The booked slots of a location, by method and start; see {@link SlotBook#row}. */
    static final View.OfEntries<StockEntry, SlotBookings> CAPACITY = new View.OfEntries<>(
            "capacity", StockEntry.class, SlotBook.SLOTS, entry -> entry instanceof SlotBookings slot ? slot : null);

    /** The pauses of a location, in one row without a name. */
    static final View.OfEntries<StockEntry, Pauses> PAUSES = new View.OfEntries<>(
            "pauses", StockEntry.class, SlotBook.PAUSES, entry -> entry instanceof Pauses pauses ? pauses : null);

    /** The open transfers to a location, by sender and transfer. */
    static final View.OfEntries<StockEntry, Transfer> TRANSFERS = new View.OfEntries<>(
            "transfers",
            StockEntry.class,
            TransferBook.TRANSFERS,
            entry -> entry instanceof Transfer transfer ? transfer : null);

    /** The holds of a location, by id. */
    static final View.OfEntries<StockEntry, Hold> HOLDS = new View.OfEntries<>(
            "holds", StockEntry.class, Stock.HOLDS, entry -> entry instanceof Hold hold ? hold : null);

    /** The stock of a SKU, by location. */
    static final View.Index<StockEntry, SkuStock> STOCK_BY_SKU = new View.Index<>(
            "stock-by-sku", 3, StockEntry.class, InventoryDefinition::bySku, InventoryDefinition::skuStock);

    /** Levels with goods in a unit that the location does not keep, all under one partition key. */
    static final View.Index<StockEntry, SkuStock> IN_OTHER_UNITS = new View.Index<>(
            "in-other-units", 1, StockEntry.class, InventoryDefinition::inOtherUnits, InventoryDefinition::skuStock);

    static final String ALL = "all";

    /** The events that changed a SKU's quantities, by location, SKU, sequence and unit. */
    static final View.OfEvents<InventoryEvent> CAUSES = new View.OfEvents<>(
            "stock-events",
            3,
            recorded -> recorded.event().changes().stream()
                    .map(change -> new RowKey(
                            recorded.aggregateId(), causeRow(change.sku(), recorded.sequence()) + "|" + change.unit()))
                    .toList());

    static final EventBinder<InventoryEvent> EVENTS =
            EventBinder.of(InventoryEvent.class, "dev.mortar.schemas.inventory");

    static final EventReader<InventoryProcess.Incoming> INCOMING =
            EventReader.of(InventoryProcess.Incoming.class).ignoring("""
                    SaleRecorded FulfilmentReserved FulfilmentRejected OrderCancellationRequested
                    OrderCancellationRefused OrderLinesCancelled OrderCompleted OrderReturned
                    SourcingRequested SourcingDecided FulfilmentDelivered FulfilmentUndelivered FulfilmentLost
                    PickupRequested PickingStarted PickupReminderDue PickupCodeReissued CustomerOnTheWay
                    CustomerArrived PickupCodeRejected PickupCancellationRefused PickupAccepted PickupTaskRejected
                    PickupOverdue PickupDeadlineExtended ParcelPacked ParcelDelivered DeliveryAttemptFailed
                    ParcelReturned ParcelLost ParcelFound
                    PurchaseRecorded RefundRequested ReturnWindowMoved PurchaseLost
                    LocationRegistered StockReceived StockReserved StockReservationRejected ReservationConfirmed
                    ReservationPicked StockReleased ReservationVoided StockCommitted StockSold StockRestocked
                    DamagedStockReturned VendorStockReturned StockAdjusted StockCounted
                    StockShortfallDetected ReservationBroken ReservationReduced SafetyStockSet StockHeld
                    StockHoldChanged StockHoldReleased StockHoldExpired CapacityPaused SlotClosed
                    TransferExpected TransferClosed
                    """);

    /** Reads and writes {@code inventory.locations}. */
    static final RecordBinding<PublishedLocation> LOCATION =
            RecordBinding.of(PublishedLocation.class, InventoryLocation.class);

    /** The record of {@code inventory.locations}. */
    record PublishedLocation(Location location, long sequence) {}

    static final RecordBinding<PublishedLevel> LEVEL = RecordBinding.of(PublishedLevel.class, InventoryLevel.class);

    /** The record of {@code inventory.levels}. */
    record PublishedLevel(
            String locationId,
            String sku,
            Unit unit,
            long sequence,
            Quantities quantities,
            List<Position> otherUnits,
            long availableInStore,
            long availableOnline,
            Instant changedAt) {

        static PublishedLevel of(RowKey key, Positions positions, long sequence, Instant changedAt) {
            Quantities quantities = positions.kept().quantities();
            return new PublishedLevel(
                    key.partitionKey(),
                    key.row(),
                    positions.kept().unit(),
                    sequence,
                    quantities,
                    positions.others(),
                    quantities.available(Channel.STORE),
                    quantities.available(Channel.ONLINE),
                    changedAt);
        }
    }

    static final RecordBinding<PublishedSlot> PUBLISHED_SLOT =
            RecordBinding.of(PublishedSlot.class, InventoryCapacity.class);

    /** The record of {@code inventory.capacity}. */
    record PublishedSlot(
            String locationId,
            String slot,
            FulfilmentMethod method,
            Instant startsAt,
            Instant endsAt,
            long sequence,
            @Nullable Long limit,
            long booked,
            long unpicked) {

        static PublishedSlot of(SlotBookings slot, long sequence) {
            return new PublishedSlot(
                    slot.locationId(),
                    SlotBook.row(slot.method(), slot.startsAt()),
                    slot.method(),
                    slot.startsAt(),
                    slot.endsAt(),
                    sequence,
                    slot.limit(),
                    slot.booked(),
                    slot.unpicked());
        }
    }

    private InventoryDefinition() {}

    /** Stock belongs to its location; a hold belongs to its shopper, too. */
    private static Owner owner(InventoryCommand command, Stock stock) {
        String heldBy = switch (command) {
            case HoldStock hold -> hold.heldBy();
            case ReleaseHold release -> release.heldBy();
            case ChangeHold change -> change.heldBy();
            default -> null;
        };
        return new Owner(heldBy, null, Set.of(command.locationId()), null);
    }

    public static ServiceDefinition<InventoryCommand, Stock, StockEntry, InventoryEvent> definition() {
        return ServiceDefinition.<InventoryCommand, Stock, StockEntry, InventoryEvent>ofEntries(
                        "inventory",
                        new InventoryDecider(),
                        InventoryCommand.class,
                        StockEntry.class,
                        InventoryCommand::locationId,
                        Stock::new,
                        Stock::entries)
                .storeVersion(8)
                .events(EVENTS)
                .owner(InventoryDefinition::owner)
                .reply(InventoryDefinition::reply)
                .deadlines(InventoryDefinition::deadline)
                .listens(
                        List.of("order.events", "pickup.events", "returns.events", "inventory.events"),
                        INCOMING,
                        new InventoryProcess())
                .view(
                        LOCATIONS,
                        LOCATIONS_TOPIC,
                        (key, location, sequence, changedAt) ->
                                LOCATION.write(new PublishedLocation(location, sequence)))
                .view(
                        STOCK,
                        LEVELS_TOPIC,
                        (key, stock, sequence, changedAt) ->
                                LEVEL.write(PublishedLevel.of(key, stock.positions(), sequence, changedAt)))
                .view(
                        CAPACITY,
                        CAPACITY_TOPIC,
                        (key, slot, sequence, changedAt) -> PUBLISHED_SLOT.write(PublishedSlot.of(slot, sequence)))
                .view(PAUSES)
                .view(TRANSFERS)
                .view(HOLDS)
                .view(STOCK_BY_SKU)
                .view(IN_OTHER_UNITS)
                .view(CAUSES)
                .table(
                        LOCATIONS_TOPIC,
                        EventReader.<Location>create()
                                .on(
                                        InventoryLocation.class,
                                        record -> LOCATION.read(record).location()));
    }

    /** The row name of an event. With 19 digits, sequences sort as text. */
    static String causeRow(String sku, long sequence) {
        return String.format("%s|%019d", sku, sequence);
    }

    private static @Nullable SkuStock skuStock(StockEntry entry) {
        return entry instanceof Level level ? new SkuStock(level.sku(), level.positions()) : null;
    }

    private static @Nullable RowKey bySku(String entryKey, StockEntry entry) {
        return entry instanceof Level level
                ? new RowKey(level.sku(), entryKey.substring(0, entryKey.indexOf('|')))
                : null;
    }

    private static @Nullable RowKey inOtherUnits(String entryKey, StockEntry entry) {
        return entry instanceof Level level && !level.positions().others().isEmpty() ? new RowKey(ALL, entryKey) : null;
    }

    /** The event of a row of {@link #CAUSES}. */
    static Cause cause(Row<Recorded<InventoryEvent>> row) {
        Recorded<InventoryEvent> recorded = row.value();
        String sku = row.name().substring(0, row.name().indexOf('|'));
        Unit unit = Unit.valueOf(row.name().substring(row.name().lastIndexOf('|') + 1));
        StockChange change = recorded.event().changes().stream()
                .filter(each -> each.sku().equals(sku) && each.unit() == unit)
                .findFirst()
                .orElseThrow();
        return new Cause(
                recorded.eventId().toString(),
                recorded.type().substring(recorded.type().lastIndexOf('.') + 1),
                recorded.sequence(),
                recorded.occurredAt(),
                recorded.recordedAt(),
                references(recorded.event()),
                unit,
                change.change(),
                change.after(),
                recorded.actor().type().name(),
                recorded.actor().id(),
                recorded.causationId() == null ? null : recorded.causationId().toString(),
                recorded.correlationId(),
                recorded.topic(),
                recorded.partition(),
                recorded.offset());
    }

    private static Map<String, String> references(InventoryEvent event) {
        return switch (event) {
            case StockReceived e -> Map.of("receiptId", e.receiptId());
            case StockReserved e -> references(e.fulfilment());
            case ReservationConfirmed e -> references(e.fulfilment());
            case StockReleased e -> {
                Map<String, String> references = new TreeMap<>(references(e.fulfilment()));
                references.put("reason", e.reason().name());
                yield references;
            }
            case StockCommitted e -> references(e.fulfilment());
            case ReservationBroken e -> references(e.fulfilment());
            case ReservationReduced e -> references(e.fulfilment());
            case StockSold e -> references(e.fulfilment());
            case StockRestocked e -> Map.of("returnId", e.returnId(), "orderId", e.orderId());
            case DamagedStockReturned e -> Map.of("returnId", e.returnId(), "orderId", e.orderId());
            case VendorStockReturned e -> Map.of("returnId", e.returnId(), "orderId", e.orderId());
            case StockAdjusted e ->
                Map.of("adjustmentId", e.adjustmentId(), "reason", e.reason().name());
            case StockCounted e ->
                Map.of("countId", e.countId(), "countedAt", e.countedAt().toString());
            case StockTransferredOut e -> Map.of("transferId", e.transferId(), "toLocationId", e.toLocationId());
            case TransferExpected e -> Map.of("transferId", e.transferId(), "fromLocationId", e.fromLocationId());
            case StockTransferredIn e -> {
                Map<String, String> references =
                        new TreeMap<>(Map.of("transferId", e.transferId(), "fromLocationId", e.fromLocationId()));
                if (e.receiptId() != null) {
                    references.put("receiptId", e.receiptId());
                }
                yield references;
            }
            case TransferClosed e ->
                Map.of(
                        "transferId",
                        e.transferId(),
                        "fromLocationId",
                        e.fromLocationId(),
                        "reason",
                        e.reason().name());
            case StockHeld e -> Map.of("holdId", e.holdId());
            case StockHoldChanged e -> Map.of("holdId", e.holdId());
            case StockHoldReleased e -> Map.of("holdId", e.holdId());
            case StockHoldExpired e -> Map.of("holdId", e.holdId());
            case SafetyStockSet _ -> Map.of();
            // These change no quantity.
            case LocationRegistered _, StockReservationRejected _, ReservationPicked _ -> Map.of();
            case ReservationVoided _, StockShortfallDetected _, CapacityPaused _, SlotClosed _ -> Map.of();
        };
    }

    private static Map<String, String> references(Fulfilment fulfilment) {
        return Map.of("fulfilmentId", fulfilment.fulfilmentId(), "orderId", fulfilment.orderId());
    }

    private static @Nullable Deadline<InventoryCommand> deadline(StockEntry entry) {
        return switch (entry) {
            case Reservation open
            when open.expires() -> new Deadline<>(open.expiresAt(), new ExpireReservation(open.fulfilment()));
            case Hold hold -> new Deadline<>(hold.expiresAt(), new ExpireHold(hold.locationId(), hold.holdId()));
            case Transfer transfer ->
                new Deadline<>(
                        transfer.endsAt(),
                        new CloseTransfer(transfer.locationId(), transfer.transferId(), transfer.fromLocationId()));
            case SlotBookings slot ->
                new Deadline<>(
                        slot.endsAt().plus(Slot.KEPT),
                        new CloseSlot(slot.locationId(), slot.method(), slot.startsAt()));
            case Reservation _, ExpiredReservation _, ClosedReservation _, Claim _ -> null;
            case Location _, Level _, MovementPage _, Booked _, Pauses _, EndedTransfer _ -> null;
        };
    }

    /** The reply to a caller; null for the commands of a process or a timer, which wait for no reply. */
    private static @Nullable Object reply(InventoryCommand command, Stock stock) {
        return switch (command) {
            case RegisterLocation _ -> stock.location();
            case ReceiveStock c -> outcome(stock, c.lines(), null);
            case AdjustStock c ->
                outcome(stock, c.lines().stream().map(Adjustment::onHandLine).toList(), null);
            case CountStock c -> outcome(stock, c.lines(), null);
            case SetSafetyStock c -> outcome(stock, c.lines(), null);
            case TransferStock c -> outcome(stock, c.lines(), null);
            case BookTransferReceipt c -> outcome(stock, c.arrived(), null);
            case HoldStock c -> outcome(stock, c.lines(), stock.hold(c.holdId()));
            case ChangeHold c -> outcome(stock, c.lines() == null ? List.of() : c.lines(), stock.hold(c.holdId()));
            case PauseCapacity c -> c.pause();
            case ExpectTransfer _, EndReturnedTransfer _, CloseTransfer _ -> null;
            case ReleaseHold _, ExpireHold _, TakeBack _, CloseSlot _, OfFulfilment _ -> null;
        };
    }

    private static Outcome outcome(Stock stock, List<SkuQuantity> lines, @Nullable Hold hold) {
        List<SkuStock> stocks = lines.stream()
                .map(SkuQuantity::sku)
                .distinct()
                .map(sku -> new SkuStock(sku, stock.level(sku).positions()))
                .toList();
        return new Outcome(stocks, hold == null ? null : hold.expiresAt());
    }
}
