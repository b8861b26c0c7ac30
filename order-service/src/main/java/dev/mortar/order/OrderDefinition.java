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
import dev.mortar.schemas.inventory.InventoryLevel;
import dev.mortar.schemas.order.OrderSummary;
import dev.mortar.values.Channel;
import dev.mortar.values.Money;
import dev.mortar.values.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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

    /** The unit in which each location keeps each SKU, by {@code locationId|sku}. */
    static final String LEVELS = "inventory.levels";

    static final EventBinder<OrderEvent> EVENTS = EventBinder.of(OrderEvent.class, "dev.mortar.schemas.order");

    static final EventReader<OrderProcess.Incoming> INCOMING =
            EventReader.of(OrderProcess.Incoming.class).ignoring("""
                    LocationRegistered StockReceived ReservationConfirmed ReservationPicked StockReleased
                    ReservationVoided StockCommitted StockSold StockRestocked DamagedStockReturned
                    VendorStockReturned StockAdjusted StockCounted StockTransferredOut StockTransferredIn
                    StockShortfallDetected SafetyStockSet StockHeld StockHoldReleased StockHoldExpired
                    PickupRequested PickingStarted PickupReady PickupReminderDue PickupCodeReissued CustomerOnTheWay
                    CustomerArrived PickupCodeRejected
                    PurchaseRecorded RefundRequested
                    """);

    static final RecordBinding<Summary> SUMMARIES = RecordBinding.of(Summary.class, OrderSummary.class);

    private OrderDefinition() {}

    public static ServiceDefinition<OrderCommand, Order, Order, OrderEvent> definition() {
        return ServiceDefinition.of("order", new OrderDecider(), OrderCommand.class, Order.class, OrderCommand::orderId)
                .storeVersion(3)
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
                .table(LEVELS, EventReader.<Unit>create().on(InventoryLevel.class, OrderDefinition::unit));
    }

    private static Unit unit(InventoryLevel level) {
        return Unit.valueOf(level.getUnit().name());
    }

    static String historyRow(long sequence) {
        return String.format(Locale.ROOT, "%019d", sequence);
    }

    private static @Nullable Deadline<OrderCommand> deadline(Order order) {
        return order instanceof Order.Placed placed && placed.decideBy() != null
                ? new Deadline<>(
                        placed.decideBy(),
                        new OrderCommand.RejectUnanswered(placed.contents().orderId()))
                : null;
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
        placed.fulfilments().forEach(fulfilment -> stores.add(fulfilment.locationId()));
        return new Owner(placed.customerId(), Order.contents(order).orderId(), stores, null);
    }

    /** The store that took the order; none for an online order. */
    private static Set<String> takenAt(RequestedOrder placed) {
        return placed.locationId() == null || placed.channel() == Channel.ONLINE
                ? Set.of()
                : Set.of(placed.locationId());
    }

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
