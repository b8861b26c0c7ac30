package dev.mortar.order;

import static dev.mortar.order.Orders.FIRST;
import static dev.mortar.order.Orders.ORDER;
import static dev.mortar.order.Orders.SOLD_AT;
import static dev.mortar.order.Orders.euros;
import static dev.mortar.order.Orders.units;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.order.OrderCommand.RecordReducedReservation.LostUnits;
import dev.mortar.order.OrderProcess.Incoming;
import dev.mortar.order.OrderProcess.ReservationRejectionReason;
import dev.mortar.values.Disposition;
import dev.mortar.values.EndReason;
import dev.mortar.values.ParcelReturnLine;
import dev.mortar.values.ReturnCondition;
import dev.mortar.values.Shortage;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OrderProcessTest {

    private final OrderProcess process = new OrderProcess();

    @Test
    void everyIncomingEventBecomesItsCommand() {
        List<Shortage> shortages = List.of(new Shortage("sku-a", 3, 2));
        List<LostUnits> lost = List.of(new LostUnits("sku-a", 1));
        List<ParcelReturnLine> back =
                List.of(new ParcelReturnLine("a", "sku-a", 1, ReturnCondition.UNOPENED, Disposition.RESTOCK));
        Map<Incoming, OrderCommand> expected = Map.ofEntries(
                entry(
                        new Incoming.StockReserved(ORDER, FIRST, null, null),
                        new OrderCommand.RecordReservation(ORDER, FIRST, null, null)),
                entry(
                        new Incoming.StockReservationRejected(
                                ORDER, FIRST, ReservationRejectionReason.INSUFFICIENT_STOCK, shortages),
                        new OrderCommand.RecordReservationRejection(ORDER, FIRST, EndReason.OUT_OF_STOCK, shortages)),
                entry(
                        new Incoming.ReservationBroken(ORDER, FIRST, true),
                        new OrderCommand.RecordBrokenReservation(ORDER, FIRST, EndReason.SOLD_AT_TILL)),
                entry(
                        new Incoming.ReservationReduced(ORDER, FIRST, 2, lost, true),
                        new OrderCommand.RecordReducedReservation(ORDER, FIRST, 2, EndReason.SOLD_AT_TILL, lost)),
                entry(
                        new Incoming.PickupTaskRejected(ORDER, FIRST),
                        new OrderCommand.RecordStoreRejection(ORDER, FIRST)),
                entry(
                        new Incoming.PickupOverdue(ORDER, FIRST, OrderProcess.OverdueKind.PICK),
                        new OrderCommand.RecordOverdue(ORDER, FIRST)),
                entry(
                        new Incoming.PickupLineShort(ORDER, FIRST, "a", 2),
                        new OrderCommand.RecordShortPick(ORDER, FIRST, "a", 2)),
                entry(
                        new Incoming.PickupHandedOver(ORDER, FIRST, SOLD_AT, List.of(units("a", 1))),
                        new OrderCommand.RecordHandover(ORDER, FIRST, SOLD_AT, List.of(units("a", 1)))),
                entry(
                        new Incoming.ParcelDelivered(ORDER, FIRST, "p", SOLD_AT, List.of(units("a", 1))),
                        new OrderCommand.RecordDelivery(ORDER, FIRST, "p", SOLD_AT, List.of(units("a", 1)))),
                entry(
                        new Incoming.ParcelReturned(ORDER, FIRST, "p", "shop-1", back),
                        new OrderCommand.RecordUndelivered(ORDER, FIRST, "p", "shop-1", back)),
                entry(
                        new Incoming.ParcelLost(ORDER, FIRST, "p", List.of(units("a", 1))),
                        new OrderCommand.RecordLoss(ORDER, FIRST, "p", List.of(units("a", 1)))),
                entry(new Incoming.PickupExpired(ORDER, FIRST), new OrderCommand.RecordNoShow(ORDER, FIRST)),
                entry(
                        new Incoming.PickupCancelled(
                                ORDER, FIRST, "c", EndReason.CANCELLED_BY_SHOPPER, List.of(units("a", 1)), true),
                        new OrderCommand.RecordCancellation(
                                ORDER, FIRST, "c", EndReason.CANCELLED_BY_SHOPPER, List.of(units("a", 1)), true)),
                entry(
                        new Incoming.PickupCancellationRefused(ORDER, FIRST, "c"),
                        new OrderCommand.RecordCancellationRefusal(ORDER, "c", FIRST)),
                entry(
                        new Incoming.ReturnAccepted(ORDER, "return-1", List.of(units("a", 1)), euros(250)),
                        new OrderCommand.RecordReturn(ORDER, "return-1", List.of(units("a", 1)), euros(250))));
        assertThat(expected).hasSize(Incoming.class.getPermittedSubclasses().length);
        expected.forEach((event, command) -> {
            assertThat(process.react(event)).containsExactly(command);
            assertThat(event.orderId()).isEqualTo(command.orderId());
        });
    }

    @Test
    void aBrokenReservationIsAShortfallUnlessATillSoldTheGoods() {
        assertThat(process.react(new Incoming.ReservationBroken(ORDER, FIRST, false)))
                .containsExactly(new OrderCommand.RecordBrokenReservation(ORDER, FIRST, EndReason.STOCK_SHORTFALL));
    }

    @Test
    void anOrderLooksForAnotherLocationOnlyWhileTheGoodsAreNotPicked() {
        assertThat(Stream.of(OrderProcess.OverdueKind.values())
                        .filter(kind -> !process.react(new Incoming.PickupOverdue(ORDER, FIRST, kind))
                                .isEmpty()))
                .containsExactly(OrderProcess.OverdueKind.ACCEPT, OrderProcess.OverdueKind.PICK);
    }

    @Test
    void aRejectedReservationSaysWhyTheOrderCannotHaveTheGoods() {
        assertThat(Stream.of(ReservationRejectionReason.values())
                        .flatMap(
                                reason -> process
                                        .react(new Incoming.StockReservationRejected(ORDER, FIRST, reason, List.of()))
                                        .stream()))
                .extracting("reason")
                .containsExactly(
                        EndReason.OUT_OF_STOCK,
                        EndReason.LOCATION_UNKNOWN,
                        EndReason.NOT_ANSWERED_IN_TIME,
                        EndReason.PROMISE_NOT_POSSIBLE);
    }
}
