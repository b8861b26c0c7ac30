package dev.mortar.order;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.eventsourcing.testkit.DeciderScenario.scenario;
import static dev.mortar.order.Orders.FIRST;
import static dev.mortar.order.Orders.ORDER;
import static dev.mortar.order.Orders.SECOND;
import static dev.mortar.order.Orders.SOLD_AT;
import static dev.mortar.order.Orders.euros;
import static dev.mortar.order.Orders.fulfilment;
import static dev.mortar.order.Orders.line;
import static dev.mortar.order.Orders.order;
import static dev.mortar.order.Orders.pickup;
import static dev.mortar.order.Orders.sale;
import static dev.mortar.order.Orders.split;
import static dev.mortar.order.Orders.units;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.order.OrderCommand.*;
import dev.mortar.order.OrderCommand.CancelOrder.LineToCancel;
import dev.mortar.order.OrderEvent.*;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Shortage;
import dev.mortar.values.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OrderDeciderTest {

    private static final OrderLine A = line("a", 3);
    private static final OrderLine B = line("b", 2);
    private static final Fulfilment PICKUP = fulfilment(1, FulfilmentMethod.PICKUP, A, B);
    private static final Fulfilment PICKUP_A = fulfilment(1, FulfilmentMethod.PICKUP, A);
    private static final Fulfilment DELIVERY_B = fulfilment(2, FulfilmentMethod.DELIVERY, B);
    private static final Instant LATER = NOON.plus(Duration.ofHours(1));
    private static final Shortage SHORTAGE = new Shortage("sku-b", 2, 1);

    private static DeciderScenario<OrderCommand, Order, OrderEvent> orders() {
        return scenario(new OrderDecider());
    }

    private static DeciderScenario<OrderCommand, Order, OrderEvent> placed() {
        return orders().givenCommands(pickup(A, B));
    }

    private static DeciderScenario<OrderCommand, Order, OrderEvent> confirmed() {
        return placed().givenCommands(new RecordReservation(ORDER, FIRST, null, null));
    }

    /** A confirmed order of two fulfilments: pickup of three units of line a, delivery of two of line b. */
    private static DeciderScenario<OrderCommand, Order, OrderEvent> confirmedSplit() {
        return orders().givenCommands(
                        split(Acceptance.WHOLE, A, B),
                        new RecordReservation(ORDER, FIRST, null, null),
                        new RecordReservation(ORDER, SECOND, null, null));
    }

    private static DeciderScenario<OrderCommand, Order, OrderEvent> completed() {
        return confirmed().givenCommands(handover(FIRST, units("a", 3), units("b", 2)));
    }

    private static RecordHandover handover(String fulfilmentId, LineQuantity... lines) {
        return new RecordHandover(ORDER, fulfilmentId, LATER, List.of(lines));
    }

    private static OrderPlaced placedEvent(PlaceOrder order, long total, @Nullable Instant decideBy) {
        return new OrderPlaced(ORDER, order.order(), euros(total), decideBy, NOON);
    }

    private static OrderConfirmed confirmedEvent(
            Channel channel, List<OrderLine> lines, List<Fulfilment> fulfilments, long total) {
        return new OrderConfirmed(ORDER, channel, "customer-1", lines, fulfilments, List.of(), List.of(), euros(total));
    }

    private static OrderCancelled cancelledEvent(EndReason reason, List<Fulfilment> reserved) {
        return new OrderCancelled(ORDER, "customer-1", reason, reserved, List.of(A, B));
    }

    private static OrderLinesCancelled linesCancelled(
            String fulfilmentId,
            EndReason reason,
            long amount,
            @Nullable String cancellationId,
            LineQuantity... lines) {
        return new OrderLinesCancelled(
                ORDER,
                "customer-1",
                fulfilmentId,
                reason,
                List.of(lines),
                euros(amount),
                cancellationId,
                Stream.of(lines)
                        .map(units -> line(units.lineId(), units.quantity()))
                        .toList(),
                null);
    }

    private static FulfilmentHandedOver handedOver(
            Channel channel, Fulfilment fulfilment, Instant at, OrderLine... lines) {
        return new FulfilmentHandedOver(
                ORDER,
                fulfilment.fulfilmentId(),
                "customer-1",
                channel,
                fulfilment.method(),
                fulfilment.locationId(),
                at,
                List.of(lines),
                "payment-1");
    }

    private static CancelOrder cancelAll(String cancellationId) {
        return new CancelOrder(ORDER, cancellationId, EndReason.CANCELLED_BY_SHOPPER, List.of());
    }

    private static CancelOrder cancel(String cancellationId, LineToCancel... lines) {
        return new CancelOrder(ORDER, cancellationId, EndReason.CANCELLED_BY_SHOPPER, List.of(lines));
    }

    @Nested
    class Placing {

        @Test
        void anOrderWaitsForItsReservations() {
            orders().when(pickup(A, B)).then(placedEvent(pickup(A, B), 1250, NOON.plus(Duration.ofMinutes(30))));
        }

        @Test
        void placingTheSameOrderAgainChangesNothing() {
            placed().when(pickup(A, B)).thenNothing();
            completed().when(pickup(A, B)).thenNothing();
        }

        @Test
        void anotherOrderWithTheSameIdIsRejectedAndTheFirstIsShown() {
            OrderRejection conflict =
                    new OrderRejection.OrderConflict(ORDER, pickup(A, B).order());
            placed().when(pickup(A)).thenRejected(conflict);
            completed().when(pickup(line("a", 4), B)).thenRejected(conflict);
            completed()
                    .when(order(Channel.ONLINE, Acceptance.PER_FULFILMENT, List.of(A, B), PICKUP))
                    .thenRejected(conflict);
            completed()
                    .when(order(
                            Channel.ONLINE,
                            Acceptance.WHOLE,
                            List.of(A, B),
                            fulfilment(1, FulfilmentMethod.DELIVERY, A, B)))
                    .thenRejected(conflict);
            orders().givenCommands(sale(A, B))
                    .when(pickup(A, B))
                    .thenRejected(new OrderRejection.OrderConflict(
                            ORDER, sale(A, B).sale().order(ORDER)));
        }

        @Test
        void anOrderThatIsOnlyCarriedOutIsCompletedAtOnce() {
            Fulfilment carriedOut = fulfilment(1, FulfilmentMethod.CARRY_OUT, A);
            PlaceOrder order = order(Channel.STORE, Acceptance.WHOLE, List.of(A), carriedOut);
            orders().when(order)
                    .then(
                            placedEvent(order, 750, null),
                            confirmedEvent(Channel.STORE, List.of(A), List.of(carriedOut), 750),
                            handedOver(Channel.STORE, carriedOut, NOON, A),
                            new OrderCompleted(ORDER, "customer-1", List.of(units("a", 3)), List.of()));
        }

        @Test
        void carryOutIsRejectedOutsideStores() {
            orders().when(order(
                            Channel.ONLINE,
                            Acceptance.PER_FULFILMENT,
                            List.of(A),
                            fulfilment(1, FulfilmentMethod.CARRY_OUT, A)))
                    .thenRejected(new OrderRejection.CarryOutOutsideStore("fulfilments[0].method"));
        }

        @Test
        void carryOutIsRejectedBesideOtherFulfilmentsOfAWholeOrder() {
            orders().when(order(
                            Channel.STORE,
                            Acceptance.WHOLE,
                            List.of(A, B),
                            fulfilment(1, FulfilmentMethod.PICKUP, A),
                            fulfilment(2, FulfilmentMethod.CARRY_OUT, B)))
                    .thenRejected(new OrderRejection.CarryOutInWholeOrder("fulfilments[1].method"));
        }

        @Test
        void everyLineIsInExactlyOneFulfilment() {
            orders().when(order(
                            Channel.ONLINE, Acceptance.WHOLE, List.of(A, B), fulfilment(1, FulfilmentMethod.PICKUP, A)))
                    .thenRejected(new OrderRejection.LineNotInOneFulfilment("lines[1]", "b", 0));
            orders().when(order(
                            Channel.ONLINE,
                            Acceptance.WHOLE,
                            List.of(A, B),
                            fulfilment(1, FulfilmentMethod.PICKUP, A, B),
                            fulfilment(2, FulfilmentMethod.DELIVERY, B)))
                    .thenRejected(new OrderRejection.LineNotInOneFulfilment("lines[1]", "b", 2));
            orders().when(order(
                            Channel.ONLINE, Acceptance.WHOLE, List.of(A), fulfilment(1, FulfilmentMethod.PICKUP, A, B)))
                    .thenRejected(new OrderRejection.UnknownLine("fulfilments[0].lineIds", "b"));
            orders().when(order(
                            Channel.ONLINE,
                            Acceptance.WHOLE,
                            List.of(A),
                            fulfilment(1, FulfilmentMethod.PICKUP, A),
                            fulfilment(2, FulfilmentMethod.PICKUP)))
                    .thenRejected(new OrderRejection.EmptyFulfilment("fulfilments[1].lineIds"));
        }

        @Test
        void aLineListedTwiceIsRejected() {
            orders().when(pickup(A, A)).thenRejected(new OrderRejection.DuplicateLine("lines[1].lineId", "a"));
        }

        @Test
        void mixedCurrenciesAreRejected() {
            OrderLine inRoubles = new OrderLine(
                    "b",
                    "sku-b",
                    null,
                    1,
                    Unit.EACH,
                    new Money(1, "RUB"),
                    new Money(0, "RUB"),
                    new Money(0, "RUB"),
                    true,
                    List.of(),
                    List.of(),
                    null);
            orders().when(pickup(A, inRoubles))
                    .thenRejected(new OrderRejection.MixedCurrencies("lines[1]", List.of("EUR", "RUB")));
        }

        @Test
        void aDiscountAboveThePriceIsRejected() {
            orders().when(pickup(line("a", 2, 100, 201, 0)))
                    .thenRejected(new OrderRejection.DiscountAbovePrice("lines[0].discount", "a", 201, 200));
            assertThat(orders().when(pickup(line("a", 2, 100, 200, 0))).events())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            OrderPlaced.class,
                            placed -> assertThat(placed.total()).isEqualTo(euros(0)));
        }

        @Test
        void anAmountAboveTheLimitIsRejected() {
            long limit = OrderRules.MAX_MINOR_UNITS;
            orders().when(pickup(line("a", 1_000_000_000, limit / 1_000_000_000 + 1, 0, 0)))
                    .thenRejected(new OrderRejection.AmountTooLarge("lines[0].unitPrice", limit));
            orders().when(pickup(line("a", 1, limit, 0, 0), line("b", 1, 1, 0, 0)))
                    .thenRejected(new OrderRejection.AmountTooLarge("lines[1]", limit));
            assertThat(orders().when(pickup(line("a", 1_000_000_000, limit / 1_000_000_000, 0, 0)))
                            .events())
                    .hasSize(1);
        }
    }

    @Nested
    class Selling {

        @Test
        void aTillSaleIsCompletedAtOnce() {
            orders().when(sale(A, B))
                    .then(
                            new SaleRecorded(ORDER, sale(A, B).sale(), euros(1250), NOON),
                            new FulfilmentHandedOver(
                                    ORDER,
                                    FIRST,
                                    null,
                                    Channel.POS,
                                    FulfilmentMethod.CARRY_OUT,
                                    "shop-1",
                                    SOLD_AT,
                                    List.of(A, B),
                                    "payment-1"),
                            new OrderCompleted(ORDER, null, List.of(units("a", 3), units("b", 2)), List.of()));
        }

        @Test
        void theSameSaleYearsLaterChangesNothing() {
            orders().givenCommands(sale(A, B))
                    .at(NOON.plus(Duration.ofDays(3650)))
                    .when(sale(A, B))
                    .thenNothing();
        }

        @Test
        void theSameSaleAfterAReturnChangesNothing() {
            orders().givenCommands(sale(A, B), new RecordReturn(ORDER, "return-1", List.of(units("a", 1)), euros(250)))
                    .when(sale(A, B))
                    .thenNothing();
        }

        @Test
        void theSameReceiptWithDifferentContentIsAConflict() {
            OrderRejection conflict = new OrderRejection.ReceiptConflict(
                    ORDER, "till-1", "4711", sale(A, B).sale());
            DeciderScenario<OrderCommand, Order, OrderEvent> sold = orders().givenCommands(sale(A, B));
            sold.when(sale(A)).thenRejected(conflict);
            sold.when(sale(A, line("b", 1))).thenRejected(conflict);
            sold.when(soldIn("shop-2", SOLD_AT)).thenRejected(conflict);
            sold.when(soldIn("shop-1", NOON)).thenRejected(conflict);
        }

        private static RecordSale soldIn(String locationId, Instant soldAt) {
            return new RecordSale(
                    ORDER, new TillSale(null, null, List.of(A, B), "payment-1", locationId, "till-1", "4711", soldAt));
        }

        @Test
        void aConflictShowsTheFirstSaleEvenAfterAReturn() {
            orders().givenCommands(sale(A, B), new RecordReturn(ORDER, "return-1", List.of(units("a", 1)), euros(250)))
                    .when(sale(A))
                    .thenRejected(new OrderRejection.ReceiptConflict(
                            ORDER, "till-1", "4711", Orders.sale(A, B).sale()));
        }

        @Test
        void anInvalidSaleIsRejected() {
            orders().when(sale(A, A)).thenRejected(new OrderRejection.DuplicateLine("lines[1].lineId", "a"));
        }
    }

    @Nested
    class AnsweringReservations {

        @Test
        void aSingleAnswerDecidesTheOrder() {
            placed().when(new RecordReservation(ORDER, FIRST, null, null))
                    .then(confirmedEvent(Channel.ONLINE, List.of(A, B), List.of(PICKUP), 1250));
            placed().when(new RecordReservationRejection(ORDER, FIRST, EndReason.OUT_OF_STOCK, List.of(SHORTAGE)))
                    .then(new OrderRejected(
                            ORDER, "customer-1", EndReason.OUT_OF_STOCK, List.of(SHORTAGE), List.of(A, B), List.of()));
        }

        @Test
        void anEventRecordsEachOfSeveralAnswers() {
            orders().givenCommands(split(Acceptance.WHOLE, A, B))
                    .when(new RecordReservation(ORDER, SECOND, null, null))
                    .then(new FulfilmentReserved(ORDER, SECOND, null, null))
                    .when(new RecordReservation(ORDER, FIRST, null, null))
                    .then(
                            new FulfilmentReserved(ORDER, FIRST, null, null),
                            confirmedEvent(Channel.ONLINE, List.of(A, B), List.of(PICKUP_A, DELIVERY_B), 1250));
        }

        @Test
        void oneRejectedFulfilmentRejectsAWholeOrder() {
            orders().givenCommands(split(Acceptance.WHOLE, A, B))
                    .when(new RecordReservationRejection(ORDER, SECOND, EndReason.OUT_OF_STOCK, List.of(SHORTAGE)))
                    .then(new FulfilmentRejected(ORDER, SECOND, EndReason.OUT_OF_STOCK, List.of(SHORTAGE)))
                    .when(new RecordReservation(ORDER, FIRST, null, null))
                    .then(
                            new FulfilmentReserved(ORDER, FIRST, null, null),
                            new OrderRejected(
                                    ORDER,
                                    "customer-1",
                                    EndReason.OUT_OF_STOCK,
                                    List.of(SHORTAGE),
                                    List.of(A, B),
                                    List.of(PICKUP_A)));
        }

        @Test
        void perFulfilmentTheOthersAreConfirmed() {
            orders().givenCommands(
                            split(Acceptance.PER_FULFILMENT, A, B), new RecordReservation(ORDER, FIRST, null, null))
                    .when(new RecordReservationRejection(ORDER, SECOND, EndReason.LOCATION_UNKNOWN, List.of()))
                    .then(
                            new FulfilmentRejected(ORDER, SECOND, EndReason.LOCATION_UNKNOWN, List.of()),
                            new OrderConfirmed(
                                    ORDER,
                                    Channel.ONLINE,
                                    "customer-1",
                                    List.of(A),
                                    List.of(PICKUP_A),
                                    List.of(DELIVERY_B),
                                    List.of(B),
                                    euros(750)));
        }

        @Test
        void perFulfilmentTheOrderIsRejectedWhenEveryFulfilmentIs() {
            orders().givenCommands(
                            split(Acceptance.PER_FULFILMENT, A, B),
                            new RecordReservationRejection(ORDER, FIRST, EndReason.LOCATION_UNKNOWN, List.of()))
                    .when(new RecordReservationRejection(ORDER, SECOND, EndReason.OUT_OF_STOCK, List.of(SHORTAGE)))
                    .then(
                            new FulfilmentRejected(ORDER, SECOND, EndReason.OUT_OF_STOCK, List.of(SHORTAGE)),
                            new OrderRejected(
                                    ORDER,
                                    "customer-1",
                                    EndReason.OUT_OF_STOCK,
                                    List.of(SHORTAGE),
                                    List.of(A, B),
                                    List.of()));
        }

        @Test
        void carriedOutGoodsAreHandedOverWhenTheOthersAreAnswered() {
            Fulfilment carriedOut = fulfilment(2, FulfilmentMethod.CARRY_OUT, B);
            PlaceOrder order = order(Channel.STORE, Acceptance.PER_FULFILMENT, List.of(A, B), PICKUP_A, carriedOut);
            orders().givenCommands(order)
                    .at(LATER)
                    .when(new RecordReservation(ORDER, FIRST, null, null))
                    .then(
                            new FulfilmentReserved(ORDER, FIRST, null, null),
                            confirmedEvent(Channel.STORE, List.of(A, B), List.of(PICKUP_A, carriedOut), 1250),
                            handedOver(Channel.STORE, carriedOut, LATER, B));
            orders().givenCommands(order)
                    .at(LATER)
                    .when(new RecordReservationRejection(ORDER, FIRST, EndReason.OUT_OF_STOCK, List.of()))
                    .then(
                            new FulfilmentRejected(ORDER, FIRST, EndReason.OUT_OF_STOCK, List.of()),
                            new OrderConfirmed(
                                    ORDER,
                                    Channel.STORE,
                                    "customer-1",
                                    List.of(B),
                                    List.of(carriedOut),
                                    List.of(PICKUP_A),
                                    List.of(A),
                                    euros(500)),
                            handedOver(Channel.STORE, carriedOut, LATER, B),
                            new OrderCompleted(ORDER, "customer-1", List.of(units("b", 2)), List.of()));
        }

        @Test
        void carriedOutGoodsStaySoldWhenTheOthersAreNotAnsweredInTime() {
            Fulfilment carriedOut = fulfilment(2, FulfilmentMethod.CARRY_OUT, B);
            Instant decideBy = NOON.plus(Duration.ofMinutes(30));
            orders().givenCommands(order(Channel.STORE, Acceptance.PER_FULFILMENT, List.of(A, B), PICKUP_A, carriedOut))
                    .at(decideBy)
                    .when(new CheckDue(ORDER))
                    .then(
                            new FulfilmentRejected(ORDER, FIRST, EndReason.NOT_ANSWERED_IN_TIME, List.of()),
                            new OrderConfirmed(
                                    ORDER,
                                    Channel.STORE,
                                    "customer-1",
                                    List.of(B),
                                    List.of(carriedOut),
                                    List.of(PICKUP_A),
                                    List.of(A),
                                    euros(500)),
                            handedOver(Channel.STORE, carriedOut, decideBy, B),
                            new OrderCompleted(ORDER, "customer-1", List.of(units("b", 2)), List.of()));
        }

        @Test
        void anUnconfirmedOrderWithCarriedOutGoodsCannotBeCancelled() {
            Fulfilment carriedOut = fulfilment(2, FulfilmentMethod.CARRY_OUT, B);
            orders().givenCommands(order(Channel.STORE, Acceptance.PER_FULFILMENT, List.of(A, B), PICKUP_A, carriedOut))
                    .when(cancelAll("c"))
                    .thenRejected(new OrderRejection.NotConfirmedYet(ORDER));
        }

        @Test
        void theOrderIsDecidedOnlyAfterTheLastEventOfTheDecision() {
            Order order = orders().state();
            List<Boolean> decided = new ArrayList<>();
            for (OrderEvent event : orders().when(sale(A, B)).events()) {
                order = Order.evolve(order, event);
                decided.add(order instanceof Order.Known known && known.decided());
            }
            assertThat(decided).containsExactly(false, false, true);
            assertThat(confirmed().state())
                    .isInstanceOfSatisfying(
                            Order.Known.class,
                            known -> assertThat(known.decided()).isTrue());
        }

        @Test
        void aRepeatedOrLateAnswerChangesNothing() {
            RecordReservation accept = new RecordReservation(ORDER, FIRST, null, null);
            RecordReservationRejection reject =
                    new RecordReservationRejection(ORDER, FIRST, EndReason.OUT_OF_STOCK, List.of());
            confirmed().when(accept).thenNothing();
            confirmed().when(reject).thenNothing();
            completed().when(accept).thenNothing();
            placed().givenCommands(reject).when(accept).thenNothing();
            placed().givenCommands(cancelAll("c")).when(accept).thenNothing();
            DeciderScenario<OrderCommand, Order, OrderEvent> half =
                    orders().givenCommands(split(Acceptance.WHOLE, A, B));
            half.givenCommands(accept).when(accept).thenNothing();
            half.givenCommands(reject).when(reject).thenNothing();
            half.givenCommands(reject).when(accept).thenNothing();
        }

        @Test
        void anAnswerForAnUnknownOrderOrFulfilmentIsRejected() {
            orders().when(new RecordReservation(ORDER, FIRST, null, null))
                    .thenRejected(new OrderRejection.UnknownOrder(ORDER));
            placed().when(new RecordReservation(ORDER, SECOND, null, null))
                    .thenRejected(new OrderRejection.UnknownFulfilment(ORDER, SECOND));
            placed().when(new RecordReservationRejection(ORDER, SECOND, EndReason.OUT_OF_STOCK, List.of()))
                    .thenRejected(new OrderRejection.UnknownFulfilment(ORDER, SECOND));
        }

        @Test
        void anOrderWithoutAnswersInTimeIsRejected() {
            CheckDue due = new CheckDue(ORDER);
            Instant decideBy = NOON.plus(Duration.ofMinutes(30));
            placed().at(decideBy.minusMillis(1)).when(due).thenNothing();
            placed().at(decideBy)
                    .when(due)
                    .then(new OrderRejected(
                            ORDER,
                            "customer-1",
                            EndReason.NOT_ANSWERED_IN_TIME,
                            List.of(),
                            List.of(A, B),
                            List.of(PICKUP)))
                    .when(due)
                    .thenNothing();
            confirmed().at(decideBy).when(due).thenNothing();
            orders().at(decideBy).when(due).thenRejected(new OrderRejection.UnknownOrder(ORDER));
        }
    }

    @Nested
    class RecordingABrokenReservation {

        private final RecordBrokenReservation shortfall =
                new RecordBrokenReservation(ORDER, FIRST, EndReason.SOLD_AT_TILL);

        @Test
        void anUnconfirmedOrderTreatsAShortfallAsARejection() {
            orders().givenCommands(split(Acceptance.WHOLE, A, B), new RecordReservation(ORDER, FIRST, null, null))
                    .when(shortfall)
                    .then(new FulfilmentRejected(ORDER, FIRST, EndReason.SOLD_AT_TILL, List.of()))
                    .when(new RecordReservation(ORDER, SECOND, null, null))
                    .then(
                            new FulfilmentReserved(ORDER, SECOND, null, null),
                            new OrderRejected(
                                    ORDER,
                                    "customer-1",
                                    EndReason.SOLD_AT_TILL,
                                    List.of(),
                                    List.of(A, B),
                                    List.of(DELIVERY_B)));
        }

        @Test
        void aConfirmedOrderAsksPickupToCancel() {
            confirmedSplit()
                    .when(shortfall)
                    .then(new OrderCancellationRequested(
                            ORDER,
                            FIRST + "-shortfall",
                            EndReason.SOLD_AT_TILL,
                            List.of(new Cancellation.Part(FIRST, List.of(units("a", 3)))),
                            false))
                    .when(shortfall)
                    .thenNothing();
        }

        @Test
        void theCancelledOrderKeepsTheReasonOfTheShortfall() {
            confirmed()
                    .givenCommands(shortfall)
                    .when(new RecordCancellation(
                            ORDER, FIRST, FIRST + "-shortfall", EndReason.SOLD_AT_TILL, List.of(), true))
                    .then(cancelledEvent(EndReason.SOLD_AT_TILL, List.of()));
        }

        @Test
        void unitsInAnEarlierRequestAreNotRequestedAgain() {
            confirmed()
                    .givenCommands(cancel("c", new LineToCancel("a", 1L), new LineToCancel("b", null)))
                    .when(shortfall)
                    .then(new OrderCancellationRequested(
                            ORDER,
                            FIRST + "-shortfall",
                            EndReason.SOLD_AT_TILL,
                            List.of(new Cancellation.Part(FIRST, List.of(units("a", 2)))),
                            false));
            confirmed().givenCommands(cancelAll("c")).when(shortfall).thenNothing();
        }

        @Test
        void anEndedOrderIgnoresAShortfall() {
            completed().when(shortfall).thenNothing();
            placed().givenCommands(cancelAll("c")).when(shortfall).thenNothing();
            confirmed()
                    .when(new RecordBrokenReservation(ORDER, SECOND, EndReason.STOCK_SHORTFALL))
                    .thenRejected(new OrderRejection.UnknownFulfilment(ORDER, SECOND));
            orders().when(shortfall).thenRejected(new OrderRejection.UnknownOrder(ORDER));
        }
    }

    @Nested
    class RecordingAStoreRejection {

        private final RecordStoreRejection rejection = new RecordStoreRejection(ORDER, FIRST);

        private OrderCancellationRequested asked(LineQuantity... units) {
            return new OrderCancellationRequested(
                    ORDER,
                    FIRST + "-rejected",
                    EndReason.NO_SOURCE,
                    List.of(new Cancellation.Part(FIRST, List.of(units))),
                    false);
        }

        @Test
        void asksPickupOnceToCancelWhatIsOpen() {
            confirmedSplit()
                    .when(rejection)
                    .then(asked(units("a", 3)))
                    .when(rejection)
                    .thenNothing();
        }

        @Test
        void leavesOutUnitsOfAnEarlierRequest() {
            confirmed()
                    .givenCommands(cancel("c", new LineToCancel("a", 1L), new LineToCancel("b", null)))
                    .when(rejection)
                    .then(asked(units("a", 2)));
            confirmed().givenCommands(cancelAll("c")).when(rejection).thenNothing();
        }

        @Test
        void isIgnoredByAnEndedOrder() {
            completed().when(rejection).thenNothing();
            confirmed()
                    .givenCommands(
                            rejection,
                            new RecordCancellation(
                                    ORDER, FIRST, FIRST + "-rejected", EndReason.NO_SOURCE, List.of(), true))
                    .when(rejection)
                    .thenNothing();
        }

        @Test
        void isRejectedForAnUnknownOrUnconfirmedFulfilment() {
            confirmed()
                    .when(new RecordStoreRejection(ORDER, SECOND))
                    .thenRejected(new OrderRejection.UnknownFulfilment(ORDER, SECOND));
            placed().when(rejection).thenRejected(new OrderRejection.FulfilmentNotOpen(FIRST, "not confirmed"));
            orders().when(rejection).thenRejected(new OrderRejection.UnknownOrder(ORDER));
        }
    }

    @Nested
    class Cancelling {

        @Test
        void anUnconfirmedOrderIsCancelledAtOnce() {
            placed().when(cancelAll("c"))
                    .then(cancelledEvent(EndReason.CANCELLED_BY_SHOPPER, List.of(PICKUP)))
                    .when(cancelAll("c"))
                    .thenNothing()
                    .when(cancelAll("another"))
                    .thenNothing();
        }

        @Test
        void aRejectedFulfilmentIsNotReleased() {
            orders().givenCommands(
                            split(Acceptance.PER_FULFILMENT, A, B),
                            new RecordReservationRejection(ORDER, FIRST, EndReason.OUT_OF_STOCK, List.of()))
                    .when(cancelAll("c"))
                    .then(new OrderCancelled(
                            ORDER, "customer-1", EndReason.CANCELLED_BY_SHOPPER, List.of(DELIVERY_B), List.of(B)));
        }

        @Test
        void anUnconfirmedOrderCanOnlyBeCancelledWhole() {
            placed().when(cancel("c", new LineToCancel("a", 1L)))
                    .thenRejected(new OrderRejection.NotConfirmedYet(ORDER));
        }

        @Test
        void aConfirmedOrderAsksPickup() {
            confirmedSplit()
                    .when(cancelAll("c"))
                    .then(new OrderCancellationRequested(
                            ORDER,
                            "c",
                            EndReason.CANCELLED_BY_SHOPPER,
                            List.of(
                                    new Cancellation.Part(FIRST, List.of(units("a", 3))),
                                    new Cancellation.Part(SECOND, List.of(units("b", 2)))),
                            false))
                    .when(cancelAll("c"))
                    .thenNothing()
                    .when(cancelAll("another"))
                    .thenNothing();
        }

        @Test
        void someUnitsCanBeCancelled() {
            confirmed()
                    .when(cancel("c", new LineToCancel("a", 2L)))
                    .then(new OrderCancellationRequested(
                            ORDER,
                            "c",
                            EndReason.CANCELLED_BY_SHOPPER,
                            List.of(new Cancellation.Part(FIRST, List.of(units("a", 2)))),
                            false))
                    .when(cancel("d", new LineToCancel("a", 2L)))
                    .thenRejected(new OrderRejection.NotCancellable("lines[0].quantity", "a", 2, 1));
        }

        @Test
        void moreThanTheOpenUnitsCannotBeCancelled() {
            confirmed()
                    .when(cancel("c", new LineToCancel("b", null), new LineToCancel("a", 4L)))
                    .thenRejected(new OrderRejection.NotCancellable("lines[1].quantity", "a", 4, 3));
            confirmed()
                    .when(cancel("c", new LineToCancel("z", null)))
                    .thenRejected(new OrderRejection.UnknownLine("lines[0].lineId", "z"));
        }

        @Test
        void handedOverUnitsCannotBeCancelled() {
            confirmedSplit()
                    .givenCommands(handover(FIRST, units("a", 3)))
                    .when(cancel("c", new LineToCancel("a", null)))
                    .thenRejected(new OrderRejection.NotCancellable("lines[0].quantity", "a", 1, 0));
            completed().when(cancelAll("c")).thenRejected(new OrderRejection.OrderEnded(ORDER, "COMPLETED"));
        }

        @Test
        void openUnitsCanBeCancelledAfterAnotherHandover() {
            confirmedSplit()
                    .givenCommands(handover(FIRST, units("a", 3)))
                    .when(cancelAll("c"))
                    .then(new OrderCancellationRequested(
                            ORDER,
                            "c",
                            EndReason.CANCELLED_BY_SHOPPER,
                            List.of(new Cancellation.Part(SECOND, List.of(units("b", 2)))),
                            false));
        }

        @Test
        void aRejectedOrUnknownOrderCannotBeCancelled() {
            placed().givenCommands(new RecordReservationRejection(ORDER, FIRST, EndReason.OUT_OF_STOCK, List.of()))
                    .when(cancelAll("c"))
                    .thenRejected(new OrderRejection.OrderEnded(ORDER, "REJECTED"));
            placed().givenCommands(cancelAll("c"))
                    .when(cancel("d", new LineToCancel("a", 1L)))
                    .thenRejected(new OrderRejection.OrderEnded(ORDER, "CANCELLED"));
            orders().when(cancelAll("c")).thenRejected(new OrderRejection.UnknownOrder(ORDER));
        }

        @Test
        void theNumberOfRequestsIsLimited() {
            DeciderScenario<OrderCommand, Order, OrderEvent> order =
                    orders().givenCommands(pickup(line("a", 1_000)), new RecordReservation(ORDER, FIRST, null, null));
            for (int i = 0; i < CancelRules.CANCELLATIONS_MAX; i++) {
                order = order.givenCommands(cancel("c" + i, new LineToCancel("a", 1L)));
            }
            order.when(cancel("one more", new LineToCancel("a", 1L)))
                    .thenRejected(new OrderRejection.TooManyCancellations(ORDER, CancelRules.CANCELLATIONS_MAX));
            order.when(cancel("c0", new LineToCancel("a", 1L))).thenNothing();
        }

        @Test
        void theNumberOfLinesInRequestsIsLimited() {
            OrderLine[] lines = IntStream.range(0, 1_000)
                    .mapToObj(number -> line("l" + number, 50))
                    .toArray(OrderLine[]::new);
            LineToCancel[] oneOfEach = Stream.of(lines)
                    .map(line -> new LineToCancel(line.lineId(), 1L))
                    .toArray(LineToCancel[]::new);
            DeciderScenario<OrderCommand, Order, OrderEvent> order =
                    orders().givenCommands(pickup(lines), new RecordReservation(ORDER, FIRST, null, null));
            for (int requested = 0; requested <= CancelRules.LINES_IN_CANCELLATIONS_MAX; requested += lines.length) {
                order = order.givenCommands(cancel("c" + requested, oneOfEach));
            }
            order.when(cancel("one more", oneOfEach))
                    .thenRejected(new OrderRejection.TooManyCancellations(ORDER, CancelRules.CANCELLATIONS_MAX));
        }

        @Test
        void anotherRequestWithTheSameIdIsRejectedAndTheFirstIsShown() {
            DeciderScenario<OrderCommand, Order, OrderEvent> requested =
                    confirmed().givenCommands(cancel("c", new LineToCancel("a", 1L), new LineToCancel("b", null)));
            OrderRejection conflict = new OrderRejection.CancellationConflict(
                    ORDER, Order.contents(requested.state()).cancellations().getFirst());
            requested
                    .when(cancel("c", new LineToCancel("a", 1L), new LineToCancel("b", null)))
                    .thenNothing();
            requested
                    .when(cancel("c", new LineToCancel("b", 2L), new LineToCancel("a", 1L)))
                    .thenNothing();
            requested
                    .when(cancel("c", new LineToCancel("a", 2L), new LineToCancel("b", null)))
                    .thenRejected(conflict);
            requested
                    .when(cancel("c", new LineToCancel("a", null), new LineToCancel("b", null)))
                    .thenRejected(conflict);
            requested.when(cancel("c", new LineToCancel("a", 1L))).thenRejected(conflict);
            requested.when(cancelAll("c")).thenRejected(conflict);
            requested
                    .when(new CancelOrder(
                            ORDER,
                            "c",
                            EndReason.CANCELLED_BY_RETAILER,
                            List.of(new LineToCancel("a", 1L), new LineToCancel("b", null))))
                    .thenRejected(conflict);
        }

        @Test
        void aRepeatedRequestToCancelEverythingIsRecognisedEvenAfterAHandover() {
            DeciderScenario<OrderCommand, Order, OrderEvent> all = confirmed().givenCommands(cancelAll("c"));
            all.when(cancelAll("c")).thenNothing();
            all.when(cancel("c", new LineToCancel("a", 3L), new LineToCancel("b", null)))
                    .thenNothing();
            DeciderScenario<OrderCommand, Order, OrderEvent> handedOver =
                    all.givenCommands(handover(FIRST, units("a", 3), units("b", 2)));
            handedOver.when(cancelAll("c")).thenNothing();
            handedOver
                    .when(cancel("c", new LineToCancel("a", 3L)))
                    .thenRejected(new OrderRejection.CancellationConflict(
                            ORDER,
                            Order.contents(handedOver.state()).cancellations().getFirst()));
        }

        @Test
        void anAnsweredRequestIsNotMadeAgain() {
            confirmed()
                    .givenCommands(
                            cancel("c", new LineToCancel("a", 1L)), handover(FIRST, units("a", 3), units("b", 2)))
                    .when(cancel("c", new LineToCancel("a", 1L)))
                    .thenNothing();
        }
    }

    @Nested
    class RecordingCancellations {

        private static RecordCancellation some(@Nullable String cancellationId, LineQuantity... lines) {
            return new RecordCancellation(
                    ORDER, FIRST, cancellationId, EndReason.CANCELLED_BY_SHOPPER, List.of(lines), false);
        }

        private static RecordCancellation whole(@Nullable String cancellationId, LineQuantity... lines) {
            return new RecordCancellation(
                    ORDER, FIRST, cancellationId, EndReason.CANCELLED_BY_SHOPPER, List.of(lines), true);
        }

        @Test
        void theOrderContinuesWithTheRemainingUnits() {
            DeciderScenario<OrderCommand, Order, OrderEvent> after = confirmed()
                    .givenCommands(cancel("c", new LineToCancel("a", 1L)))
                    .when(some("c", units("a", 1)))
                    .then(linesCancelled(FIRST, EndReason.CANCELLED_BY_SHOPPER, 250, "c", units("a", 1)));
            assertThat(Order.contents(after.state()).total()).isEqualTo(euros(1000));
            assertThat(Order.contents(after.state()).cancellations().getFirst().unanswered())
                    .isEmpty();
        }

        @Test
        void theOrderIsCancelledWhenNoUnitRemains() {
            confirmed()
                    .givenCommands(cancelAll("c"))
                    .when(whole("c", units("a", 3), units("b", 2)))
                    .then(cancelledEvent(EndReason.CANCELLED_BY_SHOPPER, List.of()))
                    .when(whole("c", units("a", 3), units("b", 2)))
                    .thenNothing();
        }

        @Test
        void theOrderIsCompletedWhenTheOtherUnitsWereHandedOver() {
            confirmedSplit()
                    .givenCommands(handover(SECOND, units("b", 2)))
                    .when(whole("c", units("a", 3)))
                    .then(
                            linesCancelled(FIRST, EndReason.CANCELLED_BY_SHOPPER, 750, "c", units("a", 3)),
                            new OrderCompleted(ORDER, "customer-1", List.of(units("b", 2)), List.of(units("a", 3))));
        }

        @Test
        void theOrderIsCancelledWithItsLastFulfilment() {
            confirmedSplit()
                    .when(whole("c", units("a", 3)))
                    .then(linesCancelled(FIRST, EndReason.CANCELLED_BY_SHOPPER, 750, "c", units("a", 3)))
                    .when(new RecordCancellation(
                            ORDER, SECOND, "c", EndReason.CANCELLED_BY_SHOPPER, List.of(units("b", 2)), true))
                    .then(cancelledEvent(EndReason.CANCELLED_BY_SHOPPER, List.of()));
        }

        @Test
        void wholeCancelsEveryOpenUnit() {
            confirmed().when(whole(null)).then(cancelledEvent(EndReason.CANCELLED_BY_SHOPPER, List.of()));
            confirmed()
                    .givenCommands(new RecordShortPick(ORDER, FIRST, "a", 3), new RecordShortPick(ORDER, FIRST, "b", 2))
                    .when(whole(null))
                    .thenNothing();
        }

        @Test
        void contradictionsAreRejected() {
            confirmed()
                    .when(some("c", units("a", 2), units("a", 2)))
                    .thenRejected(new OrderRejection.TooManyUnits("a", 4, 3));
            confirmedSplit().when(some("c", units("b", 1))).thenRejected(new OrderRejection.UnknownLine("lines", "b"));
            placed().when(some("c", units("a", 1)))
                    .thenRejected(new OrderRejection.FulfilmentNotOpen(FIRST, "not confirmed"));
            orders().when(some("c", units("a", 1))).thenRejected(new OrderRejection.UnknownOrder(ORDER));
        }

        @Test
        void aRefusalIsRecordedOnce() {
            RecordCancellationRefusal refusal = new RecordCancellationRefusal(ORDER, "c", FIRST);
            DeciderScenario<OrderCommand, Order, OrderEvent> after = confirmed()
                    .givenCommands(cancelAll("c"), handover(FIRST, units("a", 3), units("b", 2)))
                    .when(refusal)
                    .then(new OrderCancellationRefused(ORDER, "c", FIRST))
                    .when(refusal)
                    .thenNothing();
            assertThat(Order.contents(after.state()).cancellations().getFirst().refused())
                    .containsExactly(FIRST);
            confirmed().when(refusal).thenNothing();
            orders().when(refusal).thenRejected(new OrderRejection.UnknownOrder(ORDER));
        }
    }

    @Nested
    class Picking {

        @Test
        void missingUnitsAreCancelled() {
            confirmed()
                    .when(new RecordShortPick(ORDER, FIRST, "a", 1))
                    .then(linesCancelled(FIRST, EndReason.SHORT_PICK, 250, null, units("a", 1)))
                    .when(new RecordShortPick(ORDER, FIRST, "a", 2))
                    .then(linesCancelled(FIRST, EndReason.SHORT_PICK, 500, null, units("a", 2)))
                    .when(new RecordShortPick(ORDER, FIRST, "b", 2))
                    .then(cancelledEvent(EndReason.SHORT_PICK, List.of()))
                    .when(new RecordShortPick(ORDER, FIRST, "b", 2))
                    .thenNothing();
        }

        @Test
        void moreThanTheOpenUnitsCannotBeMissing() {
            confirmed()
                    .when(new RecordShortPick(ORDER, FIRST, "a", 4))
                    .thenRejected(new OrderRejection.TooManyUnits("a", 4, 3));
            confirmed()
                    .when(new RecordShortPick(ORDER, FIRST, "z", 1))
                    .thenRejected(new OrderRejection.UnknownLine("lineId", "z"));
        }

        @Test
        void aNoShowCancelsTheOpenUnits() {
            confirmed()
                    .when(new RecordNoShow(ORDER, FIRST))
                    .then(cancelledEvent(EndReason.NO_SHOW, List.of()))
                    .when(new RecordNoShow(ORDER, FIRST))
                    .thenNothing();
            confirmedSplit()
                    .when(new RecordNoShow(ORDER, FIRST))
                    .then(linesCancelled(FIRST, EndReason.NO_SHOW, 750, null, units("a", 3)))
                    .when(handover(SECOND, units("b", 2)))
                    .then(
                            handedOver(Channel.ONLINE, DELIVERY_B, LATER, B),
                            new OrderCompleted(ORDER, "customer-1", List.of(units("b", 2)), List.of(units("a", 3))));
            placed().when(new RecordNoShow(ORDER, FIRST))
                    .thenRejected(new OrderRejection.FulfilmentNotOpen(FIRST, "not confirmed"));
        }
    }

    @Nested
    class HandingOver {

        @Test
        void aFullHandoverCompletesTheOrder() {
            confirmed()
                    .when(handover(FIRST, units("a", 3), units("b", 2)))
                    .then(
                            handedOver(Channel.ONLINE, PICKUP, LATER, A, B),
                            new OrderCompleted(ORDER, "customer-1", List.of(units("a", 3), units("b", 2)), List.of()))
                    .when(handover(FIRST, units("a", 3), units("b", 2)))
                    .thenNothing();
        }

        @Test
        void theOrderWaitsForItsOtherFulfilments() {
            confirmedSplit()
                    .when(handover(SECOND, units("b", 2)))
                    .then(handedOver(Channel.ONLINE, DELIVERY_B, LATER, B));
        }

        @Test
        void unitsNotTakenAreCancelled() {
            confirmed()
                    .when(handover(FIRST, units("a", 2)))
                    .then(
                            handedOver(Channel.ONLINE, PICKUP, LATER, line("a", 2)),
                            linesCancelled(FIRST, EndReason.NOT_TAKEN, 750, null, units("a", 1), units("b", 2)),
                            new OrderCompleted(
                                    ORDER,
                                    "customer-1",
                                    List.of(units("a", 2)),
                                    List.of(units("a", 1), units("b", 2))));
        }

        @Test
        void whenNothingIsTakenTheOrderIsCancelled() {
            confirmed().when(handover(FIRST)).then(cancelledEvent(EndReason.NOT_TAKEN, List.of()));
        }

        @Test
        void everyPartGetsItsShareOfDiscountAndTax() {
            OrderLine three = line("a", 3, 100, 10, 5);
            DeciderScenario<OrderCommand, Order, OrderEvent> after = orders().givenCommands(
                            pickup(three), new RecordReservation(ORDER, FIRST, null, null))
                    .when(new RecordShortPick(ORDER, FIRST, "a", 1))
                    .then(new OrderLinesCancelled(
                            ORDER,
                            "customer-1",
                            FIRST,
                            EndReason.SHORT_PICK,
                            List.of(units("a", 1)),
                            euros(100 - 3 + 2),
                            null,
                            List.of(line("a", 1, 100, 3, 2)),
                            null));
            assertThat(after.when(handover(FIRST, units("a", 2))).events().getFirst())
                    .isEqualTo(handedOver(Channel.ONLINE, PICKUP_A, LATER, line("a", 2, 100, 7, 3)));
        }

        @Test
        void contradictionsAreRejected() {
            confirmed().when(handover(FIRST, units("a", 4))).thenRejected(new OrderRejection.TooManyUnits("a", 4, 3));
            confirmed()
                    .when(handover(SECOND, units("a", 1)))
                    .thenRejected(new OrderRejection.UnknownFulfilment(ORDER, SECOND));
            placed().when(handover(FIRST, units("a", 1)))
                    .thenRejected(new OrderRejection.FulfilmentNotOpen(FIRST, "not confirmed"));
            confirmed()
                    .givenCommands(new RecordNoShow(ORDER, FIRST))
                    .when(handover(FIRST, units("a", 1)))
                    .thenRejected(new OrderRejection.FulfilmentNotOpen(FIRST, "CANCELLED"));
            orders().when(handover(FIRST, units("a", 1))).thenRejected(new OrderRejection.UnknownOrder(ORDER));
        }
    }

    @Nested
    class Returning {

        private static RecordReturn back(String returnId, LineQuantity... lines) {
            return new RecordReturn(ORDER, returnId, List.of(lines), euros(250));
        }

        @Test
        void someOrAllUnitsCanBeReturned() {
            completed()
                    .when(back("r1", units("a", 3)))
                    .then(new OrderReturned(ORDER, "r1", List.of(units("a", 3)), euros(250), false))
                    .when(back("r1", units("a", 3)))
                    .thenNothing()
                    .when(back("r2", units("b", 1), units("b", 1)))
                    .then(new OrderReturned(ORDER, "r2", List.of(units("b", 2)), euros(250), true));
        }

        @Test
        void noMoreThanTheHandedOverUnitsCanBeReturned() {
            completed()
                    .givenCommands(back("r1", units("a", 2)))
                    .when(back("r2", units("a", 2)))
                    .thenRejected(new OrderRejection.TooManyUnits("a", 2, 1));
            confirmed().when(back("r1", units("a", 1))).thenRejected(new OrderRejection.TooManyUnits("a", 1, 0));
            completed().when(back("r1", units("z", 1))).thenRejected(new OrderRejection.UnknownLine("lines", "z"));
            orders().when(back("r1", units("a", 1))).thenRejected(new OrderRejection.UnknownOrder(ORDER));
        }

        @Test
        void unitsCanBeReturnedWhileOthersAreOpen() {
            confirmedSplit()
                    .givenCommands(handover(SECOND, units("b", 2)))
                    .when(back("r1", units("b", 2)))
                    .then(new OrderReturned(ORDER, "r1", List.of(units("b", 2)), euros(250), true));
        }
    }
}
