package dev.mortar.order;

import static dev.mortar.order.Orders.FIRST;
import static dev.mortar.order.Orders.ORDER;
import static dev.mortar.order.Orders.SECOND;
import static dev.mortar.order.Orders.SOLD_AT;
import static dev.mortar.order.Orders.euros;
import static dev.mortar.order.Orders.fulfilment;
import static dev.mortar.order.Orders.line;
import static dev.mortar.order.Orders.order;
import static dev.mortar.order.Orders.part;
import static dev.mortar.order.Orders.parts;
import static dev.mortar.order.Orders.pickup;
import static dev.mortar.order.Orders.units;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.order.OrderCommand.CancelOrder;
import dev.mortar.order.OrderCommand.PlaceOrder;
import dev.mortar.order.OrderCommand.RecordHandover;
import dev.mortar.order.OrderCommand.RecordReducedReservation;
import dev.mortar.order.OrderCommand.RecordReducedReservation.LostUnits;
import dev.mortar.order.OrderCommand.RecordReservation;
import dev.mortar.order.OrderCommand.RecordReservationRejection;
import dev.mortar.order.OrderEvent.FulfilmentHandedOver;
import dev.mortar.order.OrderEvent.OrderCancellationRequested;
import dev.mortar.order.OrderEvent.OrderConfirmed;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import dev.mortar.values.OrderLine;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Orders whose lines leave in several fulfilments, and reservations that lose a part of their units. */
class OrderPartsTest {

    /** Three units; their discount of 10 cents is shared as 3, 4 and 3. */
    private static final OrderLine MUGS = line("a", 3, 100, 10, 0);

    private static final Fulfilment TWO = parts(1, FulfilmentMethod.PICKUP, List.of(part(MUGS, 0, 2)));
    private static final Fulfilment ONE = parts(2, FulfilmentMethod.DELIVERY, List.of(part(MUGS, 2, 1)));
    private static final OrderLine TWO_MUGS = line("a", 2, 100, 7, 0);
    private static final OrderLine ONE_MUG = line("a", 1, 100, 3, 0);

    private static DeciderScenario<OrderCommand, Order, OrderEvent> placed(PlaceOrder order) {
        return DeciderScenario.scenario(new OrderDecider()).givenCommands(order);
    }

    private static PlaceOrder split(Acceptance acceptance) {
        return order(Channel.ONLINE, acceptance, List.of(MUGS), TWO, ONE);
    }

    private static DeciderScenario<OrderCommand, Order, OrderEvent> confirmed() {
        return placed(split(Acceptance.WHOLE))
                .givenCommands(
                        new RecordReservation(ORDER, FIRST, null, null),
                        new RecordReservation(ORDER, SECOND, null, null));
    }

    @Test
    void allUnitsConfirmedAreTheWholeLine() {
        assertThat(placed(split(Acceptance.WHOLE))
                        .givenCommands(new RecordReservation(ORDER, FIRST, null, null))
                        .when(new RecordReservation(ORDER, SECOND, null, null))
                        .events())
                .last()
                .isEqualTo(new OrderConfirmed(
                        ORDER,
                        Channel.ONLINE,
                        "customer-1",
                        List.of(MUGS),
                        List.of(TWO, ONE),
                        List.of(),
                        List.of(),
                        euros(290)));
    }

    @Test
    void aPartIsConfirmedAndTheOtherRejectedEachWithItsShare() {
        assertThat(placed(split(Acceptance.PER_FULFILMENT))
                        .givenCommands(new RecordReservation(ORDER, FIRST, null, null))
                        .when(new RecordReservationRejection(ORDER, SECOND, EndReason.OUT_OF_STOCK, List.of()))
                        .events())
                .last()
                .isEqualTo(new OrderConfirmed(
                        ORDER,
                        Channel.ONLINE,
                        "customer-1",
                        List.of(TWO_MUGS),
                        List.of(TWO),
                        List.of(ONE),
                        List.of(ONE_MUG),
                        euros(193)));
    }

    @Test
    void theShareOfAUnitDoesNotDependOnWhichPartLeavesFirst() {
        RecordHandover secondLeaves = new RecordHandover(ORDER, SECOND, SOLD_AT, List.of(units("a", 1)));
        RecordHandover firstLeaves = new RecordHandover(ORDER, FIRST, SOLD_AT, List.of(units("a", 2)));
        assertThat(confirmed().when(secondLeaves).events())
                .singleElement()
                .isInstanceOfSatisfying(
                        FulfilmentHandedOver.class,
                        left -> assertThat(left.lines()).containsExactly(ONE_MUG));
        assertThat(confirmed().givenCommands(secondLeaves).when(firstLeaves).events())
                .first()
                .isInstanceOfSatisfying(
                        FulfilmentHandedOver.class,
                        left -> assertThat(left.lines()).containsExactly(TWO_MUGS));
    }

    @Test
    void aCancellationOfTheLineNamesItsUnitsInEachFulfilment() {
        confirmed()
                .when(new CancelOrder(
                        ORDER, "c", EndReason.CANCELLED_BY_SHOPPER, List.of(new CancelOrder.LineToCancel("a", null))))
                .then(new OrderCancellationRequested(
                        ORDER,
                        "c",
                        EndReason.CANCELLED_BY_SHOPPER,
                        List.of(
                                new Cancellation.Part(FIRST, List.of(units("a", 2))),
                                new Cancellation.Part(SECOND, List.of(units("a", 1)))),
                        false));
        confirmed()
                .when(new CancelOrder(
                        ORDER, "c", EndReason.CANCELLED_BY_SHOPPER, List.of(new CancelOrder.LineToCancel("a", 4L))))
                .thenRejected(new OrderRejection.NotCancellable("lines[0].quantity", "a", 4, 3));
    }

    @Test
    void theTimeThatALocationBookedIsThePromise() {
        Instant readyAt = Instant.parse("2026-06-01T16:00:00Z");
        Instant acceptBy = Instant.parse("2026-06-01T12:15:00Z");
        assertThat(placed(pickup(MUGS))
                        .when(new RecordReservation(ORDER, FIRST, readyAt, acceptBy))
                        .events())
                .singleElement()
                .isInstanceOfSatisfying(
                        OrderConfirmed.class,
                        confirmed -> assertThat(confirmed.fulfilments())
                                .containsExactly(fulfilment(1, FulfilmentMethod.PICKUP, MUGS)
                                        .booked(readyAt, acceptBy)));
        assertThat(placed(split(Acceptance.WHOLE))
                        .givenCommands(new RecordReservation(ORDER, FIRST, readyAt, acceptBy))
                        .when(new RecordReservation(ORDER, SECOND, null, null))
                        .events())
                .last()
                .isInstanceOfSatisfying(
                        OrderConfirmed.class,
                        confirmed -> assertThat(confirmed.fulfilments())
                                .containsExactly(TWO.booked(readyAt, acceptBy), ONE));
    }

    @Test
    void thePartsOfALineAreTheLineTogether() {
        DeciderScenario<OrderCommand, Order, OrderEvent> none = DeciderScenario.scenario(new OrderDecider());
        none.when(order(Channel.ONLINE, Acceptance.WHOLE, List.of(MUGS), TWO))
                .thenRejected(new OrderRejection.PartsNotTheLine("lines[0]", "a", 3, 2));
        none.when(order(
                        Channel.ONLINE,
                        Acceptance.WHOLE,
                        List.of(MUGS),
                        TWO,
                        fulfilment(2, FulfilmentMethod.PICKUP, MUGS)))
                .thenRejected(new OrderRejection.PartsNotTheLine("lines[0]", "a", 3, 5));
        none.when(order(
                        Channel.ONLINE,
                        Acceptance.WHOLE,
                        List.of(MUGS),
                        parts(1, FulfilmentMethod.PICKUP, List.of(part(MUGS, 0, 2), part(MUGS, 2, 1)))))
                .thenRejected(new OrderRejection.DuplicateLine("fulfilments[0].parts", "a"));
        none.when(order(
                        Channel.ONLINE,
                        Acceptance.WHOLE,
                        List.of(MUGS),
                        parts(1, FulfilmentMethod.PICKUP, List.of(new LinePart("z", "", 3, 0)))))
                .thenRejected(new OrderRejection.UnknownLine("fulfilments[0].parts", "z"));
    }

    @Test
    void lostUnitsAreCancelledFromTheLastLineOfTheirSku() {
        OrderLine gift = new OrderLine(
                "b", "sku-a", null, 2, MUGS.unit(), euros(100), euros(0), euros(0), false, List.of(), List.of(), null);
        RecordReducedReservation lost = new RecordReducedReservation(
                ORDER, FIRST, 1, EndReason.SOLD_AT_TILL, List.of(new LostUnits("sku-a", 3)));
        OrderCancellationRequested requested = new OrderCancellationRequested(
                ORDER,
                FIRST + "-shortfall-1",
                EndReason.SOLD_AT_TILL,
                List.of(new Cancellation.Part(
                        FIRST, List.of(new dev.mortar.values.LineQuantity("b", "sku-a", 2), units("a", 1)))),
                false);
        placed(pickup(MUGS, gift))
                .givenCommands(new RecordReservation(ORDER, FIRST, null, null))
                .when(lost)
                .then(requested)
                .when(lost)
                .thenNothing();
        placed(pickup(MUGS)).when(lost).thenRejected(new OrderRejection.FulfilmentNotOpen(FIRST, "not confirmed"));
        DeciderScenario.scenario(new OrderDecider()).when(lost).thenRejected(new OrderRejection.UnknownOrder(ORDER));
    }
}
