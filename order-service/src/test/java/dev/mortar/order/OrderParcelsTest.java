package dev.mortar.order;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.order.Orders.FIRST;
import static dev.mortar.order.Orders.ORDER;
import static dev.mortar.order.Orders.SECOND;
import static dev.mortar.order.Orders.euros;
import static dev.mortar.order.Orders.fulfilment;
import static dev.mortar.order.Orders.line;
import static dev.mortar.order.Orders.order;
import static dev.mortar.order.Orders.pickup;
import static dev.mortar.order.Orders.units;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.order.OrderCommand.*;
import dev.mortar.order.OrderEvent.*;
import dev.mortar.order.OrderRejection.*;
import dev.mortar.values.Channel;
import dev.mortar.values.Disposition;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.OrderLine;
import dev.mortar.values.ParcelReturnLine;
import dev.mortar.values.ReturnCondition;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The parcels of a delivery, after the courier has them. */
class OrderParcelsTest {

    /** Three units; their discount of 10 cents is shared as 3, 4 and 3. */
    private static final OrderLine MUGS = line("a", 3, 100, 10, 0);

    private static final OrderLine LAMP = line("b", 1);

    private static final ParcelReturnLine MUG_BACK =
            new ParcelReturnLine("a", "sku-a", 1, ReturnCondition.UNOPENED, Disposition.RESTOCK);

    /** Three mugs and a lamp on their way. */
    private static DeciderScenario<OrderCommand, Order, OrderEvent> sent() {
        return DeciderScenario.scenario(new OrderDecider())
                .givenCommands(
                        order(
                                Channel.ONLINE,
                                Acceptance.WHOLE,
                                List.of(MUGS, LAMP),
                                fulfilment(1, FulfilmentMethod.DELIVERY, MUGS, LAMP)),
                        new RecordReservation(ORDER, FIRST, null, null),
                        new RecordHandover(ORDER, FIRST, NOON, List.of(units("a", 3), units("b", 1))));
    }

    private static RecordDelivery delivered(String parcelId, LineQuantity... lines) {
        return new RecordDelivery(ORDER, FIRST, parcelId, NOON, List.of(lines));
    }

    private static RecordUndelivered undelivered(String parcelId, ParcelReturnLine... lines) {
        return new RecordUndelivered(ORDER, FIRST, parcelId, "shop-2", List.of(lines));
    }

    private static RecordLoss lost(String parcelId, LineQuantity... lines) {
        return new RecordLoss(ORDER, FIRST, parcelId, List.of(lines));
    }

    private static FulfilmentLost lostEvent(String parcelId, long amount, OrderLine... lines) {
        return new FulfilmentLost(ORDER, FIRST, "customer-1", parcelId, List.of(lines), euros(amount), "payment-1");
    }

    @Test
    void aParcelIsDelivered() {
        sent().when(delivered("p1", units("a", 2)))
                .then(new FulfilmentDelivered(ORDER, FIRST, "customer-1", "p1", NOON, List.of(units("a", 2))))
                .when(delivered("p1", units("a", 2)))
                .thenNothing();
    }

    @Test
    void aParcelComesBackUndelivered() {
        sent().when(undelivered("p1", MUG_BACK))
                .then(new FulfilmentUndelivered(ORDER, FIRST, "customer-1", "p1", "shop-2", List.of(MUG_BACK)))
                .when(undelivered("p1", MUG_BACK))
                .thenNothing();
    }

    @Test
    void theLastUnitsThatAreNotLostAreLost() {
        sent().when(lost("p1", units("a", 1)))
                .then(lostEvent("p1", 97, line("a", 1, 100, 3, 0)))
                .when(lost("p1", units("a", 1)))
                .thenNothing()
                .when(lost("p2", units("a", 1), units("a", 1), units("b", 1)))
                .then(lostEvent("p2", 193 + 250, line("a", 2, 100, 7, 0), LAMP))
                .when(lost("p3", units("a", 1)))
                .thenNothing();
    }

    /** The first unit is short, so the units that leave have a discount of 7 cents: 4 and 3. */
    @Test
    void theShareOfALostUnitIsThatOfTheHandedOverLine() {
        DeciderScenario.scenario(new OrderDecider())
                .givenCommands(
                        order(
                                Channel.ONLINE,
                                Acceptance.WHOLE,
                                List.of(MUGS),
                                fulfilment(1, FulfilmentMethod.DELIVERY, MUGS)),
                        new RecordReservation(ORDER, FIRST, null, null),
                        new RecordShortPick(ORDER, FIRST, "a", 1),
                        new RecordHandover(ORDER, FIRST, NOON, List.of(units("a", 2))))
                .when(lost("p1", units("a", 1)))
                .then(lostEvent("p1", 97, line("a", 1, 100, 3, 0)))
                .when(lost("p2", units("a", 1)))
                .then(lostEvent("p2", 96, line("a", 1, 100, 4, 0)));
    }

    @Test
    void returnedUnitsAreNotLost() {
        sent().givenCommands(new RecordReturn(ORDER, "r1", List.of(units("a", 2)), euros(193)))
                .when(lost("p1", units("a", 3)))
                .then(lostEvent("p1", 97, line("a", 1, 100, 3, 0)));
    }

    @Test
    void aParcelEndsOnce() {
        sent().givenCommands(delivered("p1", units("a", 1)))
                .when(lost("p1", units("a", 1)))
                .thenNothing();
        sent().givenCommands(lost("p1", units("a", 1)))
                .when(delivered("p1", units("a", 1)))
                .thenNothing();
        sent().givenCommands(undelivered("p1", MUG_BACK))
                .when(lost("p1", units("a", 1)))
                .thenNothing();
    }

    @Test
    void unitsThatWereNotHandedOverAreRejected() {
        sent().when(lost("p1", units("a", 4))).thenRejected(new TooManyUnits("a", 4, 3));
        sent().when(delivered("p1", units("a", 2), units("a", 2))).thenRejected(new TooManyUnits("a", 4, 3));
        sent().when(delivered("p1", units("z", 1))).thenRejected(new UnknownLine("lines", "z"));
    }

    @Test
    void nothingHappensToAFulfilmentThatIsNotHandedOver() {
        DeciderScenario.<OrderCommand, Order, OrderEvent>scenario(new OrderDecider())
                .givenCommands(pickup(MUGS))
                .when(lost("p1", units("a", 1)))
                .thenNothing();
    }

    @Test
    void aReportAboutAnUnknownFulfilmentIsRejected() {
        for (OrderCommand report : List.<OrderCommand>of(
                delivered("p1", units("a", 1)), undelivered("p1", MUG_BACK), lost("p1", units("a", 1)))) {
            DeciderScenario.<OrderCommand, Order, OrderEvent>scenario(new OrderDecider())
                    .when(report)
                    .thenRejected(new UnknownOrder(ORDER));
        }
        sent().when(new RecordLoss(ORDER, SECOND, "p1", List.of(units("a", 1))))
                .thenRejected(new UnknownFulfilment(ORDER, SECOND));
    }

    @Test
    void theOrderShowsTheEndsOfItsParcels() {
        Order order = sent().givenCommands(
                        delivered("p1", units("a", 1)), lost("p2", units("a", 1)), undelivered("p3", MUG_BACK))
                .state();
        assertThat(OrderResponse.of(order).fulfilments().getFirst().delivery())
                .containsExactly(
                        new OrderResponse.Parcel("p1", ParcelEnd.State.DELIVERED, NOON),
                        new OrderResponse.Parcel("p2", ParcelEnd.State.LOST, null),
                        new OrderResponse.Parcel("p3", ParcelEnd.State.UNDELIVERED, null));
    }
}
