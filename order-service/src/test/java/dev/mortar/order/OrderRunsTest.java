package dev.mortar.order;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.order.Orders.FIRST;
import static dev.mortar.order.Orders.ORDER;
import static dev.mortar.order.Orders.SECOND;
import static dev.mortar.order.Orders.SOLD_AT;
import static dev.mortar.order.Orders.euros;
import static dev.mortar.order.Orders.line;
import static dev.mortar.order.Orders.order;
import static dev.mortar.order.Orders.part;
import static dev.mortar.order.Orders.units;
import static dev.mortar.order.Orders.unsourced;
import static dev.mortar.order.Orders.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.order.OrderCommand.*;
import dev.mortar.order.OrderCommand.DecideSourcing.Share;
import dev.mortar.order.OrderEvent.*;
import dev.mortar.order.OrderRejection.*;
import dev.mortar.order.SourcingRun.Outcome;
import dev.mortar.order.SourcingRun.Trigger;
import dev.mortar.order.SourcingRun.Withdrawal;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.OrderLine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Orders that look for the locations of their units. */
class OrderRunsTest {

    private static final String RUN_1 = ORDER + "-r1";
    private static final String RUN_2 = ORDER + "-r2";
    private static final String THIRD = ORDER + "-3";

    /** Three units; their discount of 10 cents is shared as 3, 4 and 3. */
    private static final OrderLine MUGS = line("a", 3, 100, 10, 0);

    private static final OrderLine LAMP = line("b", 1);
    private static final LinePart ALL_MUGS = part(MUGS, 0, 3);
    private static final LinePart LAST_MUG = part(MUGS, 2, 1);
    private static final LineQuantity ONE_MUG = units("a", 1);

    private static DeciderScenario<OrderCommand, Order, OrderEvent> after(OrderCommand... commands) {
        return DeciderScenario.scenario(new OrderDecider()).givenCommands(commands);
    }

    /** A confirmed pickup of the mugs that may move to another store, and then these commands. */
    private static DeciderScenario<OrderCommand, Order, OrderEvent> movable(OrderCommand... then) {
        PlaceOrder place = with(
                order(Channel.ONLINE, Acceptance.WHOLE, List.of(MUGS)),
                List.of(Orders.movable(1, Orders.fulfilment(1, FulfilmentMethod.PICKUP, MUGS))),
                List.of());
        return after(place, reserved(FIRST)).givenCommands(then);
    }

    private static DecideSourcing plan(String runId, Share... shares) {
        return new DecideSourcing(ORDER, runId, "default", 0, NOON, List.of(shares), List.of(), List.of(), 0);
    }

    private static Share share(String locationId, LinePart... parts) {
        return new Share(locationId, List.of(parts));
    }

    private static RecordReservation reserved(String fulfilmentId) {
        return new RecordReservation(ORDER, fulfilmentId, null, null);
    }

    private static RecordReservationRejection refused(String fulfilmentId) {
        return new RecordReservationRejection(ORDER, fulfilmentId, EndReason.OUT_OF_STOCK, List.of());
    }

    private static RecordCancellation letGo(String fulfilmentId, String cancellationId, EndReason reason, long mugs) {
        return new RecordCancellation(ORDER, fulfilmentId, cancellationId, reason, List.of(units("a", mugs)), true);
    }

    private static List<String> names(List<OrderEvent> events) {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    private static <T> T only(Class<T> type, List<OrderEvent> events) {
        List<T> found = events.stream().filter(type::isInstance).map(type::cast).toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    /** The units of all fulfilments and runs, by the place that has them. */
    private static List<String> places(Order order) {
        OrderContents contents = Order.contents(order);
        return Stream.concat(
                        contents.fulfilments().stream()
                                .flatMap(each -> each.parts().stream()
                                        .map(part -> each.fulfilment().locationId() + " " + text(part))),
                        contents.runs().stream()
                                .flatMap(run -> run.units().stream().map(part -> "nowhere " + text(part))))
                .toList();
    }

    private static String text(FulfilmentContents.Part part) {
        return part.lineId() + part.firstUnit() + "+" + part.units();
    }

    /** An order that is placed without a location. */
    @Nested
    class WithoutALocation {

        private final PlaceOrder place = unsourced(Acceptance.WHOLE, MUGS, LAMP);

        @Test
        void looksForOne() {
            List<OrderEvent> events = after().when(place).events();
            assertThat(names(events)).containsExactly("OrderPlaced", "SourcingRequested");
            SourcingRequested request = only(SourcingRequested.class, events);
            assertThat(request.trigger()).isEqualTo(Trigger.PLACED);
            assertThat(request.parts()).containsExactly(ALL_MUGS, part(LAMP, 0, 1));
            assertThat(request.decideBy()).isEqualTo(NOON.plus(Duration.ofMinutes(30)));
        }

        @Test
        void isConfirmedWhenAllChosenLocationsHaveReserved() {
            DecideSourcing split = plan(RUN_1, share("shop-1", ALL_MUGS), share("shop-2", part(LAMP, 0, 1)));
            assertThat(names(after(place).when(split).events()))
                    .containsExactly("SourcingDecided", "FulfilmentAdded", "FulfilmentAdded");
            assertThat(names(after(place, split).when(reserved(SECOND)).events()))
                    .containsExactly("FulfilmentReserved");
            List<OrderEvent> events =
                    after(place, split, reserved(SECOND)).when(reserved(FIRST)).events();
            OrderConfirmed confirmed = only(OrderConfirmed.class, events);
            assertThat(confirmed.lines()).containsExactly(MUGS, LAMP);
            assertThat(confirmed.fulfilments())
                    .extracting(Fulfilment::locationId)
                    .containsExactly("shop-1", "shop-2");
            assertThat(confirmed.total()).isEqualTo(euros(540));
        }

        @Test
        void takesTheTimeThatTheLocationHasBooked() {
            Instant readyAt = NOON.plus(Duration.ofHours(2));
            List<OrderEvent> events = after(place, plan(RUN_1, share("shop-1", ALL_MUGS, part(LAMP, 0, 1))))
                    .when(new RecordReservation(ORDER, FIRST, readyAt, null))
                    .events();
            assertThat(names(events)).containsExactly("OrderConfirmed");
            assertThat(only(OrderConfirmed.class, events).fulfilments())
                    .extracting(Fulfilment::promisedAt)
                    .containsExactly(readyAt);
        }

        @Test
        void takesTheFirstAnswerToARun() {
            DecideSourcing first = plan(RUN_1, share("shop-1", ALL_MUGS, part(LAMP, 0, 1)));
            after(place, first).when(first).thenNothing();
            after(place, first).when(plan(RUN_1)).thenNothing();
        }

        @Test
        void refusesAPlanWithOtherUnitsAndAnUnknownRun() {
            after(place).when(plan(RUN_1, share("shop-1", ALL_MUGS))).thenRejected(new PlanNotTheUnits(RUN_1));
            after(place).when(plan(RUN_2)).thenRejected(new UnknownRun(ORDER, RUN_2));
        }

        @Test
        void keepsTheDestinationOfADelivery() {
            PlaceOrder delivery = with(
                    order(Channel.ONLINE, Acceptance.WHOLE, List.of(MUGS)),
                    List.of(),
                    List.of(new UnsourcedPart(
                            FulfilmentMethod.DELIVERY, List.of(ALL_MUGS), null, "shop-1", null, 1, true, "d-1")));
            DecideSourcing plan = plan(RUN_1, share("shop-1", ALL_MUGS));
            assertThat(only(SourcingRequested.class, after().when(delivery).events())
                            .destinationId())
                    .isEqualTo("d-1");
            assertThat(only(FulfilmentAdded.class, after(delivery).when(plan).events())
                            .fulfilment()
                            .destinationId())
                    .isEqualTo("d-1");
            assertThat(only(
                                    SourcingRequested.class,
                                    after(delivery, plan).when(refused(FIRST)).events())
                            .destinationId())
                    .isEqualTo("d-1");
            assertThat(only(
                                    OrderConfirmed.class,
                                    after(delivery, plan)
                                            .when(new RecordReservation(ORDER, FIRST, NOON, null))
                                            .events())
                            .fulfilments())
                    .extracting(Fulfilment::destinationId)
                    .containsExactly("d-1");
        }

        @Test
        void isRejectedIfNoLocationHasTheUnits() {
            List<OrderEvent> events = after(place).when(plan(RUN_1)).events();
            assertThat(names(events)).containsExactly("SourcingDecided", "OrderRejected");
            assertThat(only(OrderRejected.class, events).reason()).isEqualTo(EndReason.OUT_OF_STOCK);
        }

        @Test
        void looksElsewhereIfALocationRefuses() {
            DecideSourcing plan = plan(RUN_1, share("shop-1", ALL_MUGS, part(LAMP, 0, 1)));
            List<OrderEvent> events = after(place, plan).when(refused(FIRST)).events();
            assertThat(names(events)).containsExactly("FulfilmentRejected", "SourcingRequested");
            SourcingRequested again = only(SourcingRequested.class, events);
            assertThat(again.excluded()).containsExactly("shop-1");
            assertThat(again.attempt()).isEqualTo(2);
            assertThat(again.cell()).isEqualTo(new Cell(5_235, 1_340));
            OrderConfirmed confirmed = only(
                    OrderConfirmed.class,
                    after(place, plan, refused(FIRST), plan(RUN_2, share("shop-2", ALL_MUGS, part(LAMP, 0, 1))))
                            .when(reserved(SECOND))
                            .events());
            assertThat(confirmed.fulfilments())
                    .extracting(Fulfilment::fulfilmentId)
                    .containsExactly(SECOND);
            assertThat(confirmed.rejectedFulfilments()).isEmpty();
        }

        @Test
        void asksNoLocationAgainThatRefusedOtherUnitsOfTheRun() {
            DecideSourcing split = plan(RUN_1, share("shop-1", ALL_MUGS), share("shop-2", part(LAMP, 0, 1)));
            List<OrderEvent> events =
                    after(place, split, refused(SECOND)).when(refused(FIRST)).events();
            assertThat(only(SourcingRequested.class, events).excluded()).containsExactlyInAnyOrder("shop-1", "shop-2");
        }

        @Test
        void givesUpAfterFourLocations() {
            DeciderScenario<OrderCommand, Order, OrderEvent> scenario = after(place);
            for (int i = 1; i < RunRules.ATTEMPTS_MAX; i++) {
                scenario = scenario.givenCommands(
                        plan(SourcingRun.id(ORDER, i), share("shop-" + i, ALL_MUGS, part(LAMP, 0, 1))),
                        refused(Fulfilment.id(ORDER, i)));
            }
            List<OrderEvent> events = scenario.givenCommands(
                            plan(SourcingRun.id(ORDER, 4), share("shop-4", ALL_MUGS, part(LAMP, 0, 1))))
                    .when(refused(Fulfilment.id(ORDER, 4)))
                    .events();
            assertThat(names(events)).containsExactly("FulfilmentRejected", "OrderRejected");
        }

        @Test
        void isRejectedIfNobodyAnswersInTime() {
            CheckDue due = new CheckDue(ORDER);
            Instant decideBy = NOON.plus(Duration.ofMinutes(30));
            after(place).at(decideBy.minusMillis(1)).when(due).thenNothing();
            assertThat(only(
                                    OrderRejected.class,
                                    after(place).at(decideBy).when(due).events())
                            .reason())
                    .isEqualTo(EndReason.NOT_ANSWERED_IN_TIME);
        }

        @Test
        void isConfirmedWithoutTheUnitsThatNoLocationHasIfThatIsAccepted() {
            PlaceOrder mixed = with(
                    order(Channel.ONLINE, Acceptance.PER_FULFILMENT, List.of(MUGS, LAMP)),
                    List.of(Orders.movable(1, Orders.fulfilment(1, FulfilmentMethod.PICKUP, LAMP))),
                    List.of(new UnsourcedPart(
                            FulfilmentMethod.PICKUP, List.of(ALL_MUGS), null, "shop-1", null, 1, true, null)));
            List<OrderEvent> events =
                    after(mixed, reserved(FIRST)).when(plan(RUN_1)).events();
            OrderConfirmed confirmed = only(OrderConfirmed.class, events);
            assertThat(confirmed.lines()).containsExactly(LAMP);
            assertThat(confirmed.rejectedLines()).containsExactly(MUGS);
        }

        @Test
        void changesNothingIfItWasCancelledMeanwhile() {
            CancelOrder cancel = new CancelOrder(ORDER, "c", EndReason.CANCELLED_BY_SHOPPER, List.of());
            assertThat(names(after(place).when(cancel).events())).containsExactly("OrderCancelled");
            after(place, cancel)
                    .when(plan(RUN_1, share("shop-1", ALL_MUGS, part(LAMP, 0, 1))))
                    .thenNothing();
        }
    }

    /** The location of a confirmed order has lost some units. */
    @Nested
    class UnitsLost {

        private final RecordShortPick shortPick = new RecordShortPick(ORDER, FIRST, "a", 1);

        @Test
        void theLastUnitsMoveAndTheShopperPaysTheSame() {
            SourcingRequested request =
                    only(SourcingRequested.class, movable().when(shortPick).events());
            assertThat(request.parts()).containsExactly(LAST_MUG);
            assertThat(request.held()).isFalse();
            assertThat(request.nearLocationId()).isEqualTo("shop-1");
            assertThat(places(movable(shortPick).state())).containsExactly("shop-1 a0+2", "nowhere a2+1");

            DecideSourcing plan = plan(RUN_1, share("shop-2", LAST_MUG));
            FulfilmentConfirmed moved = only(
                    FulfilmentConfirmed.class,
                    movable(shortPick, plan).when(reserved(SECOND)).events());
            assertThat(moved.fulfilment().replaces()).isEqualTo(FIRST);
            assertThat(moved.lines()).containsExactly(line("a", 1, 100, 3, 0));

            Order order = movable(
                            shortPick,
                            plan,
                            reserved(SECOND),
                            new RecordHandover(ORDER, SECOND, SOLD_AT, List.of(ONE_MUG)),
                            new RecordHandover(ORDER, FIRST, SOLD_AT, List.of(units("a", 2))))
                    .state();
            assertThat(order).isInstanceOf(Order.Completed.class);
            assertThat(Order.contents(order).total()).isEqualTo(euros(290));
        }

        @Test
        void areCancelledIfNoOtherLocationHasThem() {
            List<OrderEvent> events = movable(shortPick).when(plan(RUN_1)).events();
            OrderLinesCancelled cancelled = only(OrderLinesCancelled.class, events);
            assertThat(cancelled.runId()).isEqualTo(RUN_1);
            assertThat(cancelled.reason()).isEqualTo(EndReason.SHORT_PICK);
            assertThat(cancelled.amount()).isEqualTo(euros(97));
        }

        @Test
        void areCancelledIfNobodyAnswersInTime() {
            Instant decideBy = NOON.plus(RunRules.DECIDE_WITHIN);
            CheckDue due = new CheckDue(ORDER);
            movable(shortPick).at(decideBy.minusMillis(1)).when(due).thenNothing();
            assertThat(names(movable(shortPick).at(decideBy).when(due).events()))
                    .containsExactly("SourcingDecided", "OrderLinesCancelled");
            assertThat(names(movable(shortPick, plan(RUN_1, share("shop-2", LAST_MUG)))
                            .at(decideBy)
                            .when(due)
                            .events()))
                    .containsExactly("FulfilmentWithdrawn", "OrderLinesCancelled");
        }

        @Test
        void areNamedByTheCancelledOrderIfTheLastLocationRefuses() {
            DeciderScenario<OrderCommand, Order, OrderEvent> scenario =
                    movable(new RecordShortPick(ORDER, FIRST, "a", 3));
            for (int i = 1; i < RunRules.ATTEMPTS_MAX - 1; i++) {
                scenario = scenario.givenCommands(
                        plan(SourcingRun.id(ORDER, i), share("shop-2" + i, ALL_MUGS)),
                        refused(Fulfilment.id(ORDER, i + 1)));
            }
            List<OrderEvent> events = scenario.givenCommands(plan(SourcingRun.id(ORDER, 3), share("shop-9", ALL_MUGS)))
                    .when(refused(Fulfilment.id(ORDER, 4)))
                    .events();
            assertThat(names(events)).containsExactly("FulfilmentRejected", "OrderCancelled");
            assertThat(only(OrderCancelled.class, events).lines()).containsExactly(MUGS);
        }

        @Test
        void endAtOnceIfTheShopperCancelsWhatHasNoLocation() {
            CancelOrder cancel = new CancelOrder(ORDER, "c", EndReason.CANCELLED_BY_SHOPPER, List.of());
            assertThat(names(movable(shortPick).when(cancel).events()))
                    .containsExactly("SourcingDecided", "OrderLinesCancelled", "OrderCancellationRequested");
            movable(shortPick, cancel)
                    .when(plan(RUN_1, share("shop-2", LAST_MUG)))
                    .thenNothing();
        }

        @Test
        void moveAfterPickupServiceHasCancelledABrokenReservation() {
            RecordBrokenReservation broken = new RecordBrokenReservation(ORDER, FIRST, EndReason.STOCK_SHORTFALL);
            String shortfall = FIRST + "-shortfall";
            assertThat(only(
                                    OrderCancellationRequested.class,
                                    movable().when(broken).events())
                            .cancellationId())
                    .isEqualTo(shortfall);
            DeciderScenario<OrderCommand, Order, OrderEvent> lost =
                    movable(broken, letGo(FIRST, shortfall, EndReason.STOCK_SHORTFALL, 3));
            assertThat(places(lost.state())).containsExactly("nowhere a0+3");
            assertThat(Order.contents(lost.state()).cancellations()).allMatch(Cancellation::isAnswered);
            assertThat(names(lost.when(plan(RUN_1)).events())).containsExactly("SourcingDecided", "OrderCancelled");
        }
    }

    /** The old store keeps the goods until another one has reserved them. */
    @Nested
    class GoodsHeld {

        private final RecordStoreRejection rejected = new RecordStoreRejection(ORDER, FIRST);
        private final RecordOverdue overdue = new RecordOverdue(ORDER, FIRST);
        private final DecideSourcing toShop2 = plan(RUN_1, share("shop-2", ALL_MUGS));
        private final String move = FIRST + "-" + RUN_1;

        @Test
        void theyMoveWhenTheOldStoreLetsThemGo() {
            assertThat(only(SourcingRequested.class, movable().when(rejected).events())
                            .held())
                    .isTrue();
            List<OrderEvent> events =
                    movable(rejected, toShop2).when(reserved(SECOND)).events();
            assertThat(names(events)).containsExactly("FulfilmentReserved", "OrderCancellationRequested");
            OrderCancellationRequested ask = only(OrderCancellationRequested.class, events);
            assertThat(ask.cancellationId()).isEqualTo(move);
            assertThat(ask.reason()).isEqualTo(EndReason.MOVED);
            assertThat(ask.unlessReady()).isFalse();
            DeciderScenario<OrderCommand, Order, OrderEvent> asked = movable(rejected, toShop2, reserved(SECOND));
            assertThat(places(asked.state())).containsExactly("shop-1 a0+3");
            RecordCancellation letGo = letGo(FIRST, move, EndReason.MOVED, 3);
            assertThat(names(asked.when(letGo).events())).containsExactly("FulfilmentConfirmed");
            assertThat(places(asked.givenCommands(letGo).state())).containsExactly("shop-2 a0+3");
            asked.givenCommands(letGo).when(letGo).thenNothing();
        }

        @Test
        void aPersonHasToLookIfTheOldStoreHandsThemOverAfterwards() {
            movable(rejected, toShop2, reserved(SECOND), letGo(FIRST, move, EndReason.MOVED, 3))
                    .when(new RecordHandover(ORDER, FIRST, SOLD_AT, List.of(units("a", 3))))
                    .thenRejected(new FulfilmentNotOpen(FIRST, "MOVED"));
        }

        @Test
        void theyStayIfTheOldStoreRefuses() {
            RecordCancellationRefusal refusal = new RecordCancellationRefusal(ORDER, move, FIRST);
            List<OrderEvent> events =
                    movable(overdue, toShop2, reserved(SECOND)).when(refusal).events();
            assertThat(names(events)).containsExactly("OrderCancellationRefused", "FulfilmentWithdrawn");
            assertThat(only(FulfilmentWithdrawn.class, events).reason()).isEqualTo(Withdrawal.OLD_PLACE_KEPT);
            movable(overdue, toShop2, reserved(SECOND), refusal).when(refusal).thenNothing();
        }

        @Test
        void theyStayIfTheyAreReadyAndOnlyLate() {
            assertThat(only(
                                    OrderCancellationRequested.class,
                                    movable(overdue, toShop2)
                                            .when(reserved(SECOND))
                                            .events())
                            .unlessReady())
                    .isTrue();
        }

        @Test
        void theHandoverWinsAgainstTheMove() {
            RecordHandover handover = new RecordHandover(ORDER, FIRST, SOLD_AT, List.of(units("a", 3)));
            List<OrderEvent> events =
                    movable(rejected, toShop2, reserved(SECOND)).when(handover).events();
            assertThat(names(events)).containsExactly("FulfilmentWithdrawn", "FulfilmentHandedOver", "OrderCompleted");
            movable(rejected, toShop2, handover).when(reserved(SECOND)).thenNothing();
        }

        @Test
        void anOpenRunEndsIfTheOldStoreKeepsTheGoods() {
            List<OrderEvent> events =
                    movable(rejected).when(new RecordNoShow(ORDER, FIRST)).events();
            assertThat(names(events)).containsExactly("SourcingDecided", "OrderCancelled");
            assertThat(only(SourcingDecided.class, events).outcome()).isEqualTo(Outcome.NOT_NEEDED);
        }

        @Test
        void aRejectedTaskIsCancelledIfNoOtherStoreHasTheGoods() {
            List<OrderEvent> events = movable(rejected).when(plan(RUN_1)).events();
            assertThat(only(OrderCancellationRequested.class, events).reason()).isEqualTo(EndReason.NO_SOURCE);
            assertThat(names(movable(overdue).when(plan(RUN_1)).events())).containsExactly("SourcingDecided");
        }

        @Test
        void anotherStoreIsAskedIfTheNewOneRefuses() {
            List<OrderEvent> events =
                    movable(rejected, toShop2).when(refused(SECOND)).events();
            assertThat(names(events)).containsExactly("FulfilmentRejected", "SourcingRequested");
            SourcingRequested again = only(SourcingRequested.class, events);
            assertThat(again.held()).isTrue();
            assertThat(again.replaces()).isEqualTo(FIRST);
            assertThat(again.excluded()).containsExactly("shop-1", "shop-2");
        }

        @Test
        void aCancelledOrderWithdrawsTheNewStoreAndTheOldOneStillAnswers() {
            CancelOrder cancel = new CancelOrder(ORDER, "c", EndReason.CANCELLED_BY_SHOPPER, List.of());
            DeciderScenario<OrderCommand, Order, OrderEvent> asked = movable(rejected, toShop2, reserved(SECOND));
            assertThat(names(asked.when(cancel).events())).containsExactly("FulfilmentWithdrawn");
            OrderCancelled cancelled = only(
                    OrderCancelled.class,
                    asked.givenCommands(cancel)
                            .when(letGo(FIRST, move, EndReason.MOVED, 3))
                            .events());
            assertThat(cancelled.reason()).isEqualTo(EndReason.CANCELLED_BY_SHOPPER);
        }

        @Test
        void theOrderLooksAgainIfTheNewStoreLosesTheGoodsWhileTheOldOneLetsThemGo() {
            RecordBrokenReservation broken = new RecordBrokenReservation(ORDER, SECOND, EndReason.SOLD_AT_TILL);
            DeciderScenario<OrderCommand, Order, OrderEvent> lost =
                    movable(rejected, toShop2, reserved(SECOND), broken);
            SourcingRequested again = only(
                    SourcingRequested.class,
                    lost.when(letGo(FIRST, move, EndReason.MOVED, 3)).events());
            assertThat(again.held()).isFalse();
            assertThat(again.excluded()).containsExactly("shop-1", "shop-2");
        }

        @Test
        void aShortfallAtTheOldStoreIsAskedForToo() {
            RecordBrokenReservation broken = new RecordBrokenReservation(ORDER, FIRST, EndReason.STOCK_SHORTFALL);
            DeciderScenario<OrderCommand, Order, OrderEvent> both = movable(overdue, toShop2, reserved(SECOND), broken);
            assertThat(names(both.when(new RecordCancellationRefusal(ORDER, move, FIRST))
                            .events()))
                    .containsExactly("OrderCancellationRefused", "FulfilmentWithdrawn");
            assertThat(names(both.when(letGo(FIRST, move, EndReason.MOVED, 3)).events()))
                    .containsExactly("FulfilmentConfirmed");
        }
    }

    /** A shopper wants the goods at another store. */
    @Nested
    class Moves {

        private final MoveFulfilment move = move("move-1", "shop-2");

        private static MoveFulfilment move(String moveId, String locationId) {
            return new MoveFulfilment(
                    ORDER, FIRST, moveId, locationId, FulfilmentMethod.PICKUP, null, Duration.ofMinutes(30));
        }

        private static DeciderScenario<OrderCommand, Order, OrderEvent> confirmed(OrderCommand... then) {
            return after(Orders.pickup(MUGS), reserved(FIRST)).givenCommands(then);
        }

        @Test
        void theNewStoreReservesAndTheOldOneLetsGo() {
            assertThat(names(confirmed().when(move).events()))
                    .containsExactly("SourcingRequested", "SourcingDecided", "FulfilmentAdded");
            DeciderScenario<OrderCommand, Order, OrderEvent> moved =
                    confirmed(move, reserved(SECOND), letGo(FIRST, FIRST + "-move-1", EndReason.MOVED, 3));
            assertThat(places(moved.state())).containsExactly("shop-2 a0+3");
            confirmed(move).when(move).thenNothing();
            confirmed(move).when(move("move-1", "shop-3")).thenRejected(new MoveConflict(ORDER, "move-1"));
        }

        @Test
        void theGoodsStayIfTheNewStoreHasNone() {
            assertThat(names(confirmed(move).when(refused(SECOND)).events())).containsExactly("FulfilmentRejected");
            assertThat(places(confirmed(move, refused(SECOND)).state())).containsExactly("shop-1 a0+3");
        }

        @Test
        void oneAtATimeAndThreeInAll() {
            confirmed(move).when(move("move-2", "shop-3")).thenRejected(new MoveInProgress(FIRST, "move-1"));
            confirmed(
                            move,
                            refused(SECOND),
                            move("move-2", "shop-2"),
                            refused(THIRD),
                            move("move-3", "shop-2"),
                            refused(ORDER + "-4"))
                    .when(move("move-4", "shop-2"))
                    .thenRejected(new TooManyMoves(ORDER, MoveRules.MOVES_MAX));
        }

        @Test
        void onlyOpenGoodsThatWaitAtAStore() {
            confirmed().when(move("m", "shop-1")).thenRejected(new SameLocation("locationId", "shop-1"));
            after(Orders.pickup(MUGS)).when(move).thenRejected(new NotConfirmedYet(ORDER));
            after().when(move).thenRejected(new UnknownOrder(ORDER));
            confirmed(new RecordNoShow(ORDER, FIRST))
                    .when(move)
                    .thenRejected(new FulfilmentNotOpen(FIRST, "CANCELLED"));
            after(
                            order(
                                    Channel.ONLINE,
                                    Acceptance.WHOLE,
                                    List.of(MUGS),
                                    Orders.fulfilment(1, FulfilmentMethod.DELIVERY, MUGS)),
                            reserved(FIRST))
                    .when(move)
                    .thenRejected(new NotMovable("fulfilmentId", FulfilmentMethod.DELIVERY));
            confirmed(new CancelOrder(ORDER, "c", EndReason.CANCELLED_BY_SHOPPER, List.of()))
                    .when(move)
                    .thenRejected(new FulfilmentNotOpen(FIRST, "being cancelled"));
        }
    }
}
