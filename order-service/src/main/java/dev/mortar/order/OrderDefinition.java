package dev.mortar.order;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Deadline;
import dev.mortar.eventsourcing.Owner;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.View;
import dev.mortar.eventsourcing.kafka.EventBinder;
import dev.mortar.eventsourcing.kafka.EventReader;
import dev.mortar.eventsourcing.kafka.RecordBinding;
import dev.mortar.eventsourcing.kafka.ServiceDefinition;
import dev.mortar.schemas.inventory.InventoryCapacity;
import dev.mortar.schemas.inventory.InventoryLevel;
import dev.mortar.schemas.inventory.InventoryLocation;
import dev.mortar.schemas.order.OrderSummary;
import dev.mortar.values.Calendar;
import dev.mortar.values.CapacityRule;
import dev.mortar.values.Channel;
import dev.mortar.values.Coordinates;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import dev.mortar.values.OpeningException;
import dev.mortar.values.OpeningHours;
import dev.mortar.values.Unit;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The parts of order-service; the kit runs them. */
public final class OrderDefinition {

    /** Current orders, by order id. */
    static final View.OfEntries<Order, Order> ORDERS = View.ofState("orders", Order.class);

    /** The events of an order, by order id; a row's name is the sequence. */
    static final View.OfEvents<OrderEvent> HISTORY = new View.OfEvents<>(
            "history", 2, event -> List.of(new View.RowKey(event.aggregateId(), historyRow(event.sequence()))));

    /** A shopper's orders, by customer id, newest first. */
    static final View.Folded<OrderEvent, CustomerOrder> CUSTOMER_ORDERS =
            new View.Folded<>("customer-orders", 1, CustomerOrder.class, CustomerOrder::rows, CustomerOrder::fold);

    /** The stock of each SKU at each location, by {@code locationId|sku}. */
    static final String LEVELS = "inventory.levels";

    static final String LOCATIONS = "inventory.locations";

    /** The bookings of slots, by location and {@link SourcingLocation#slotKey}. */
    static final String CAPACITY = "inventory.capacity";

    /** All revisions of the sourcing rules, by {@code rulesId|revision}. */
    static final String RULES = "order.sourcing-rules";

    static final EventBinder<OrderEvent> EVENTS = EventBinder.of(OrderEvent.class, "dev.mortar.schemas.order");

    static final EventReader<OrderProcess.Incoming> INCOMING =
            EventReader.of(OrderProcess.Incoming.class).ignoring("""
                    LocationRegistered StockReceived ReservationConfirmed ReservationPicked StockReleased
                    ReservationVoided StockCommitted StockSold StockRestocked DamagedStockReturned
                    VendorStockReturned StockAdjusted StockCounted StockTransferredOut StockTransferredIn
                    StockShortfallDetected SafetyStockSet StockHeld StockHoldChanged StockHoldReleased
                    StockHoldExpired CapacityPaused SlotClosed TransferExpected TransferClosed
                    PickupRequested PickingStarted PickupReady PickupReminderDue PickupCodeReissued CustomerOnTheWay
                    CustomerArrived PickupCodeRejected PickupAccepted PickupDeadlineExtended
                    ParcelPacked DeliveryAttemptFailed ParcelFound
                    PurchaseRecorded RefundRequested ReturnWindowMoved PurchaseLost
                    """);

    /** Reads and writes {@code order.sourcing-rules}. */
    static final RecordBinding<PublishedRules> PUBLISHED_RULES =
            RecordBinding.of(PublishedRules.class, dev.mortar.schemas.order.SourcingRules.class);

    static final RecordBinding<Summary> SUMMARIES = RecordBinding.of(Summary.class, OrderSummary.class);

    private OrderDefinition() {}

    public static ServiceDefinition<OrderCommand, Order, Order, OrderEvent> definition() {
        return ServiceDefinition.of("order", new OrderDecider(), OrderCommand.class, Order.class, OrderCommand::orderId)
                .storeVersion(6)
                .events(EVENTS)
                .deadlines(OrderDefinition::deadline)
                .owner(OrderDefinition::owner)
                .listens(List.of("inventory.events", "pickup.events", "returns.events"), INCOMING, new OrderProcess())
                .view(
                        ORDERS,
                        "order.summaries",
                        (key, order, sequence, changedAt) -> SUMMARIES.write(Summary.of(order, sequence, changedAt)))
                .view(HISTORY)
                .view(CUSTOMER_ORDERS)
                .table(
                        LEVELS,
                        EventReader.<SourcingCopy.Level>create().on(InventoryLevel.class, OrderDefinition::level))
                .table(
                        LOCATIONS,
                        EventReader.<SourcingLocation>create().on(InventoryLocation.class, OrderDefinition::location))
                .table(
                        CAPACITY,
                        EventReader.<SourcingLocation.Bookings>create()
                                .on(
                                        InventoryCapacity.class,
                                        slot -> new SourcingLocation.Bookings(slot.getBooked(), slot.getUnpicked())))
                .table(
                        RULES,
                        EventReader.<SourcingRules>create()
                                .on(
                                        dev.mortar.schemas.order.SourcingRules.class,
                                        record -> PUBLISHED_RULES.read(record).rules()));
    }

    private static SourcingCopy.Level level(InventoryLevel level) {
        return new SourcingCopy.Level(
                Unit.valueOf(level.getUnit().name()),
                level.getAvailableOnline(),
                level.getSequence(),
                level.getChangedAt());
    }

    private static SourcingLocation location(InventoryLocation location) {
        return new SourcingLocation(
                location.getLocationId(),
                new Coordinates(location.getLatitude(), location.getLongitude()),
                location.getMethods().stream()
                        .map(each -> FulfilmentMethod.valueOf(each.name()))
                        .collect(Collectors.toSet()),
                location.getOnlineEnabled(),
                location.getLeadMinutes(),
                location.getClosingBufferMinutes(),
                new Calendar(
                        ZoneId.of(location.getTimeZone()),
                        location.getOpeningHours().stream()
                                .map(each -> new OpeningHours(
                                        DayOfWeek.valueOf(each.getDay().name()), each.getOpens(), each.getCloses()))
                                .toList(),
                        location.getExceptions().stream()
                                .map(each -> new OpeningException(
                                        LocalDate.parse(each.getDate()), each.getOpens(), each.getCloses()))
                                .toList(),
                        location.getDispatchTimes()),
                location.getCapacity().stream()
                        .map(each -> new CapacityRule(
                                FulfilmentMethod.valueOf(each.getMethod().name()),
                                DayOfWeek.valueOf(each.getDay().name()),
                                each.getFrom(),
                                each.getTo(),
                                each.getOrdersPerSlot()))
                        .toList());
    }

    static String historyRow(long sequence) {
        return String.format(Locale.ROOT, "%019d", sequence);
    }

    private static @Nullable Deadline<OrderCommand> deadline(Order order) {
        Instant dueAt = switch (order) {
            case Order.Placed placed -> placed.decideBy();
            case Order.Confirmed confirmed -> RunLimits.dueAt(confirmed.contents());
            case Order.Unplaced _, Order.Rejected _, Order.Cancelled _, Order.Completed _ -> null;
        };
        return dueAt == null
                ? null
                : new Deadline<>(
                        dueAt, new OrderCommand.CheckDue(Order.contents(order).orderId()));
    }

    /** The owner of the order that a command names; null if there is no such order. */
    private static @Nullable Owner owner(OrderCommand command, Order order) {
        return switch (command) {
            case OrderCommand.PlaceOrder(String orderId, RequestedOrder placed, Duration _) ->
                new Owner(placed.customerId(), orderId, takenAt(placed), null);
            case OrderCommand.RecordSale(String orderId, TillSale sale) ->
                new Owner(sale.customerId(), orderId, Set.of(sale.locationId()), sale.tillId());
            default -> order instanceof Order.Known known ? owner(known) : null;
        };
    }

    /** Stores work on an order if they took it or if goods of it leave from them. */
    static Owner owner(Order order) {
        RequestedOrder placed = Order.contents(order).requested();
        Set<String> stores = new HashSet<>(takenAt(placed));
        Order.contents(order)
                .fulfilments()
                .forEach(each -> stores.add(each.fulfilment().locationId()));
        return new Owner(placed.customerId(), Order.contents(order).orderId(), stores, null);
    }

    /** The store that took the order; none for an online order. */
    private static Set<String> takenAt(RequestedOrder placed) {
        return placed.locationId() == null || placed.channel() == Channel.ONLINE
                ? Set.of()
                : Set.of(placed.locationId());
    }

    /** The record of {@code order.sourcing-rules}. */
    record PublishedRules(SourcingRules rules, Instant changedAt, Actor changedBy) {}

    /** The record of {@code order.summaries}. */
    record Summary(
            String orderId,
            long sequence,
            Channel channel,
            @Nullable String customerId,
            String state,
            Money total,
            Instant placedAt,
            Instant changedAt) {

        static Summary of(Order order, long sequence, Instant changedAt) {
            OrderContents contents = Order.contents(order);
            return new Summary(
                    contents.orderId(),
                    sequence,
                    contents.requested().channel(),
                    contents.requested().customerId(),
                    Order.known(order).name(),
                    contents.total(),
                    contents.placedAt(),
                    changedAt);
        }
    }

    /** An event of an order with its topic, partition and offset. */
    record HistoryEntry(
            String topic,
            int partition,
            long offset,
            long sequence,
            String type,
            String eventId,
            Instant occurredAt,
            Instant recordedAt,
            String commandId,
            @Nullable String causationId,
            String correlationId,
            Actor actor,
            OrderEvent data) {

        static HistoryEntry of(Recorded<OrderEvent> event) {
            return new HistoryEntry(
                    event.topic(),
                    event.partition(),
                    event.offset(),
                    event.sequence(),
                    event.type(),
                    event.eventId().toString(),
                    event.occurredAt(),
                    event.recordedAt(),
                    event.commandId().toString(),
                    event.causationId() == null ? null : event.causationId().toString(),
                    event.correlationId(),
                    event.actor(),
                    event.event());
        }
    }
}
