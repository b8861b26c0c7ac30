package dev.mortar.order;

import static dev.mortar.eventsourcing.Grant.*;
import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.order.Orders.FIRST;
import static dev.mortar.order.Orders.ORDER;
import static dev.mortar.order.Orders.SECOND;
import static dev.mortar.order.Orders.euros;
import static dev.mortar.order.Orders.fulfilment;
import static dev.mortar.order.Orders.line;
import static dev.mortar.order.Orders.order;
import static dev.mortar.order.Orders.pickup;
import static dev.mortar.order.Orders.sale;
import static dev.mortar.order.Orders.split;
import static dev.mortar.order.Orders.units;
import static dev.mortar.values.FulfilmentMethod.PICKUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.Decision;
import dev.mortar.eventsourcing.Recorded;
import dev.mortar.eventsourcing.kafka.DeciderTestDriver;
import dev.mortar.eventsourcing.kafka.ViewTestDriver;
import dev.mortar.eventsourcing.testkit.Approved;
import dev.mortar.order.OrderCommand.*;
import dev.mortar.schemas.order.OrderSummary;
import dev.mortar.values.Channel;
import dev.mortar.values.Disposition;
import dev.mortar.values.EndReason;
import dev.mortar.values.OrderLine;
import dev.mortar.values.ParcelReturnLine;
import dev.mortar.values.ReturnCondition;
import dev.mortar.values.Shortage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class OrderDefinitionTest {

    private static final OrderLine A = line("a", 3, 100, 10, 5);
    private static final OrderLine B = line("b", 2);

    private static DeciderTestDriver<OrderCommand, Order, Order, OrderEvent> decider() {
        return new DeciderTestDriver<>(OrderDefinition.definition());
    }

    private static ViewTestDriver<OrderEvent> views() {
        return new ViewTestDriver<>(OrderDefinition.definition());
    }

    @Test
    void isAsApproved() {
        Approved.matches("definition.txt", OrderDefinition.definition().describe());
    }

    /** Every command and state is serialised and read back. The stored state equals the fold of the log. */
    @Test
    void anOrderIsReadBackAfterEveryCommand() {
        try (var driver = decider()) {
            List<OrderEvent> log = new ArrayList<>();
            log.addAll(driver.when(split(Acceptance.PER_FULFILMENT, A, B)).events());
            log.addAll(driver.whenReacting(new RecordReservation(ORDER, FIRST, null, null))
                    .events());
            log.addAll(driver.whenReacting(new RecordReservation(ORDER, SECOND, null, null))
                    .events());
            log.addAll(driver.whenReacting(new RecordShortPick(ORDER, FIRST, "a", 1))
                    .events());
            log.addAll(driver.when(new CancelOrder(
                            ORDER,
                            "c",
                            EndReason.CANCELLED_BY_SHOPPER,
                            List.of(new CancelOrder.LineToCancel("a", 1L), new CancelOrder.LineToCancel("b", null))))
                    .events());
            log.addAll(driver.whenReacting(new RecordCancellation(
                            ORDER, FIRST, "c", EndReason.CANCELLED_BY_SHOPPER, List.of(units("a", 1)), false))
                    .events());
            log.addAll(driver.whenReacting(new RecordBrokenReservation(ORDER, FIRST, EndReason.STOCK_SHORTFALL))
                    .events());
            log.addAll(driver.whenReacting(new RecordHandover(ORDER, SECOND, NOON, List.of(units("b", 2))))
                    .events());
            log.addAll(driver.whenReacting(new RecordCancellationRefusal(ORDER, "c", SECOND))
                    .events());
            log.addAll(driver.whenReacting(new RecordHandover(ORDER, FIRST, NOON, List.of(units("a", 1))))
                    .events());
            log.addAll(driver.whenReacting(new RecordDelivery(ORDER, SECOND, "p1", NOON, List.of(units("b", 1))))
                    .events());
            log.addAll(driver.whenReacting(new RecordLoss(ORDER, SECOND, "p2", List.of(units("b", 1))))
                    .events());
            log.addAll(driver.whenReacting(new RecordUndelivered(
                            ORDER,
                            SECOND,
                            "p3",
                            "shop-1",
                            List.of(new ParcelReturnLine(
                                    "b", "sku-b", 1, ReturnCondition.OPENED, Disposition.DAMAGED))))
                    .events());
            assertThat(log).hasAtLeastOneElementOfType(OrderEvent.FulfilmentUndelivered.class);
            DeciderTestDriver<OrderCommand, Order, Order, OrderEvent>.Outcome last =
                    driver.when(new RecordReturn(ORDER, "r", List.of(units("b", 1)), euros(250)));
            log.addAll(last.events());

            Order folded = log.stream().reduce((Order) new Order.Unplaced(), Order::evolve, (one, other) -> other);
            assertThat(folded).isInstanceOf(Order.Completed.class);
            assertThat(last.reply(Order.class)).isEqualTo(folded);
        }
    }

    @Test
    void rejectedAndCancelledOrdersAreReadBack() {
        try (var driver = decider()) {
            driver.when(split(Acceptance.WHOLE, A, B));
            driver.whenReacting(new RecordReservationRejection(
                    ORDER, FIRST, EndReason.OUT_OF_STOCK, List.of(new Shortage("sku-a", 3, 1))));
            driver.whenReacting(new RecordReservation(ORDER, SECOND, null, null));
            assertThat(driver.when(split(Acceptance.WHOLE, A, B)).reply(Order.class))
                    .isInstanceOfSatisfying(
                            Order.Rejected.class,
                            rejected -> assertThat(rejected.shortages()).containsExactly(new Shortage("sku-a", 3, 1)));
        }
        try (var driver = decider()) {
            driver.when(pickup(A));
            assertThat(driver.when(new CancelOrder(ORDER, "c", EndReason.CANCELLED_BY_RETAILER, List.of()))
                            .reply(Order.class))
                    .isInstanceOfSatisfying(
                            Order.Cancelled.class,
                            cancelled -> assertThat(cancelled.reason()).isEqualTo(EndReason.CANCELLED_BY_RETAILER));
        }
    }

    @Test
    void aRepeatedRequestPlacesNoSecondOrder() {
        try (var driver = decider()) {
            UUID commandId = UUID.randomUUID();
            assertThat(driver.when(pickup(A), commandId).events()).hasSize(1);
            driver.when(pickup(A), commandId).thenRepeated();
        }
    }

    @Test
    void theSameReceiptInAnotherRequestRecordsNoSecondSale() {
        try (var driver = decider()) {
            assertThat(driver.when(sale(A, B)).recorded())
                    .extracting(Recorded::sequence)
                    .containsExactly(1L, 2L, 3L);
            driver.at(NOON.plus(Duration.ofDays(400))).when(sale(A, B)).then();
            driver.when(sale(A))
                    .thenRejected(new OrderRejection.ReceiptConflict(
                            ORDER, "till-1", "4711", sale(A, B).sale()));
        }
    }

    @Test
    void aForeignOrderLooksUnknownToAnOutsider() {
        CancelOrder cancel = new CancelOrder(ORDER, "c", EndReason.CANCELLED_BY_SHOPPER, List.of());
        Actor foreign = new Actor(Actor.Type.SHOPPER, "customer-2", null);
        Actor ofAnotherLink = Actor.ofLink("another-order");
        OrderRejection unknown = new OrderRejection.UnknownOrder(ORDER);
        try (var driver = decider()) {
            driver.whenCalledBy(foreign, Set.of(SHOPPER_OWN), cancel).thenRejected(unknown);
            driver.when(pickup(A));
            driver.whenCalledBy(foreign, Set.of(SHOPPER_OWN), cancel).thenRejected(unknown);
            driver.whenCalledBy(foreign, Set.of(SERVICE_FOR), cancel).thenRejected(unknown);
            driver.whenCalledBy(ofAnotherLink, Set.of(LINK_OWN), cancel).thenRejected(unknown);
            assertThat(driver.whenCalledBy(Actor.ofLink(ORDER), Set.of(LINK_OWN), cancel)
                            .reply(Order.class))
                    .isInstanceOf(Order.Cancelled.class);
        }
    }

    @Test
    void anAssociateChangesOrdersOfTheStore() {
        CancelOrder cancel = new CancelOrder(ORDER, "c", EndReason.CANCELLED_BY_RETAILER, List.of());
        Actor elsewhere = new Actor(Actor.Type.ASSOCIATE, "a-1", "shop-9");
        Actor here = new Actor(Actor.Type.ASSOCIATE, "a-1", "shop-1");
        try (var driver = decider()) {
            driver.when(pickup(A));
            driver.whenCalledBy(elsewhere, Set.of(ASSOCIATE_STORE), cancel).thenForbidden();
            assertThat(driver.whenCalledBy(here, Set.of(ASSOCIATE_STORE), cancel)
                            .reply(Order.class))
                    .isInstanceOf(Order.Cancelled.class);
        }
    }

    @Test
    void anAssociatePlacesOrdersInTheStoreOnly() {
        PlaceOrder inStore = order(Channel.STORE, Acceptance.WHOLE, List.of(A), fulfilment(2, PICKUP, A));
        Actor elsewhere = new Actor(Actor.Type.ASSOCIATE, "a-1", "shop-2");
        Actor here = new Actor(Actor.Type.ASSOCIATE, "a-1", "shop-1");
        try (var driver = decider()) {
            driver.whenCalledBy(here, Set.of(ASSOCIATE_STORE), pickup(A)).thenForbidden();
            driver.whenCalledBy(elsewhere, Set.of(ASSOCIATE_STORE), inStore).thenForbidden();
            assertThat(driver.whenCalledBy(here, Set.of(ASSOCIATE_STORE), inStore)
                            .events())
                    .hasSize(1);
        }
    }

    @Test
    void aServicePlacesTheOrderOfTheShopperForWhomItSpeaks() {
        Actor other = new Actor(Actor.Type.SHOPPER, "customer-2", null, "online-shop");
        Actor shopper = new Actor(Actor.Type.SHOPPER, "customer-1", null, "online-shop");
        try (var driver = decider()) {
            driver.whenCalledBy(other, Set.of(SERVICE_FOR), pickup(A)).thenForbidden();
            assertThat(driver.whenCalledBy(shopper, Set.of(SERVICE_FOR), pickup(A))
                            .events())
                    .hasSize(1);
        }
    }

    @Test
    void aTillRecordsItsOwnSales() {
        try (var driver = decider()) {
            for (Actor foreign : List.of(
                    new Actor(Actor.Type.TILL, "till-2", "shop-1"), new Actor(Actor.Type.TILL, "till-1", "shop-2"))) {
                driver.whenCalledBy(foreign, Set.of(TILL_OWN), sale(A)).thenForbidden();
                driver.whenCalledBy(foreign, Set.of(SERVICE_FOR), sale(A)).thenForbidden();
            }
            Actor own = new Actor(Actor.Type.TILL, "till-1", "shop-1");
            assertThat(driver.whenCalledBy(own, Set.of(TILL_OWN), sale(A)).events())
                    .isNotEmpty();
        }
    }

    @Test
    void aReportThatContradictsTheOrderIsADeadLetter() {
        try (var driver = decider()) {
            driver.when(pickup(A));
            driver.whenReacting(new RecordHandover(ORDER, FIRST, NOON, List.of(units("a", 1))))
                    .thenDeadLetter("FulfilmentNotOpen");
            driver.whenReacting(new RecordReservation("nowhere", "nowhere-1", null, null))
                    .thenDeadLetter("UnknownOrder");
        }
    }

    @Test
    void anOrderWithoutAnswersIsRejectedAtItsDeadline() {
        try (var driver = decider()) {
            driver.when(pickup(A));
            assertThat(driver.eventsOfTimersAt(NOON.plus(Duration.ofMinutes(29))))
                    .isEmpty();
            assertThat(driver.eventsOfTimersAt(NOON.plus(Duration.ofMinutes(31))))
                    .singleElement()
                    .isInstanceOfSatisfying(
                            OrderEvent.OrderRejected.class,
                            rejected -> assertThat(rejected.reason()).isEqualTo(EndReason.NOT_ANSWERED_IN_TIME));
            assertThat(driver.eventsOfTimersAt(NOON.plus(Duration.ofHours(2)))).isEmpty();
        }
    }

    @Test
    void aConfirmedOrderHasNoDeadline() {
        try (var driver = decider()) {
            driver.when(pickup(A));
            driver.whenReacting(new RecordReservation(ORDER, FIRST, null, null));
            assertThat(driver.eventsOfTimersAt(NOON.plus(Duration.ofHours(2)))).isEmpty();
        }
    }

    private static OrderEvent[] eventsOf(OrderCommand... commands) {
        OrderDecider decider = new OrderDecider();
        List<OrderEvent> events = new ArrayList<>();
        Order order = decider.initialState();
        for (OrderCommand command : commands) {
            if (decider.decide(order, command, NOON)
                    instanceof Decision.Accepted<OrderEvent>(List<OrderEvent> decided)) {
                for (OrderEvent event : decided) {
                    order = decider.evolve(order, event);
                }
                events.addAll(decided);
            }
        }
        return events.toArray(OrderEvent[]::new);
    }

    @Test
    void theViewShowsTheStateOfTheDecider() {
        OrderEvent[] events = eventsOf(
                split(Acceptance.PER_FULFILMENT, A, B),
                new RecordReservation(ORDER, FIRST, null, null),
                new RecordReservationRejection(ORDER, SECOND, EndReason.OUT_OF_STOCK, List.of()),
                new RecordHandover(ORDER, FIRST, NOON, List.of(units("a", 2))));
        Order folded =
                List.of(events).stream().reduce((Order) new Order.Unplaced(), Order::evolve, (one, other) -> other);
        var views = views();
        views.given(ORDER, events);
        assertThat(views.row(OrderDefinition.ORDERS, ORDER, "")).contains(folded);
    }

    @Test
    void theHistoryHoldsEveryEventWithTopicAndSequence() {
        OrderEvent[] events = eventsOf(sale(A, B));
        var views = views();
        views.given(ORDER, events);
        List<OrderDefinition.HistoryEntry> history = views.rows(OrderDefinition.HISTORY, ORDER).stream()
                .map(OrderDefinition.HistoryEntry::of)
                .toList();
        assertThat(history).extracting(OrderDefinition.HistoryEntry::data).containsExactly(events);
        assertThat(history).extracting(OrderDefinition.HistoryEntry::sequence).containsExactly(1L, 2L, 3L);
        assertThat(history).allSatisfy(entry -> {
            assertThat(entry.topic()).isEqualTo("order.events");
            assertThat(entry.type()).startsWith("dev.mortar.schemas.order.");
        });
    }

    @Test
    void summariesShowTheStateOfAnOrder() {
        var views = views();
        views.given(ORDER, eventsOf(pickup(A), new RecordReservation(ORDER, FIRST, null, null)));
        assertThat(views.published("order.summaries"))
                .extracting(
                        ViewTestDriver.State::key,
                        state -> state.as(OrderSummary.class).getState())
                .containsExactly(tuple(ORDER, "PLACED"), tuple(ORDER, "CONFIRMED"));
    }

    @Test
    void aShoppersOrdersAreListedNewestFirst() {
        var views = views();
        for (long hour : LongStream.rangeClosed(1, 3).toArray()) {
            String orderId = "order-" + hour;
            OrderCommand.PlaceOrder order = pickup(A);
            views.at(NOON.plus(Duration.ofHours(hour)))
                    .given(
                            orderId,
                            eventsOf(new OrderCommand.PlaceOrder(orderId, order.order(), order.decideWithin())));
        }
        views.given(
                ORDER,
                new OrderEvent.OrderCancelled(
                        ORDER, "customer-1", EndReason.CANCELLED_BY_SHOPPER, List.of(), List.of(A)));
        List<CustomerOrder> rows = views.rows(OrderDefinition.CUSTOMER_ORDERS, "customer-1");
        assertThat(rows)
                .filteredOn(CustomerOrder.Listed.class::isInstance)
                .extracting(row -> ((CustomerOrder.Listed) row).orderId())
                .containsExactly("order-3", "order-2", "order-1");
        assertThat(views.row(OrderDefinition.CUSTOMER_ORDERS, "customer-1", "s" + ORDER))
                .contains(new CustomerOrder.Standing("CANCELLED", euros(0)));
        assertThat(views.row(OrderDefinition.CUSTOMER_ORDERS, "customer-1", "sorder-3"))
                .contains(new CustomerOrder.Standing("PLACED", A.total()));
    }

    @Test
    void aGuestsOrderIsInNoList() {
        var views = views();
        views.given(ORDER, eventsOf(sale(A)));
        assertThat(views.rows(OrderDefinition.CUSTOMER_ORDERS, "null")).isEmpty();
        assertThat(views.row(OrderDefinition.ORDERS, ORDER, "")).isPresent();
    }
}
