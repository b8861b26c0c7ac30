package dev.mortar.order;

import static dev.mortar.order.Orders.ORDER;
import static dev.mortar.order.Orders.SOLD_AT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mortar.eventsourcing.testkit.EventContractTest;
import dev.mortar.order.OrderProcess.Incoming;
import dev.mortar.schemas.inventory.ReservationRejectionReason;
import dev.mortar.schemas.inventory.StockReservationRejected;
import dev.mortar.schemas.order.OrderSummary;
import dev.mortar.schemas.pickup.OverdueKind;
import dev.mortar.schemas.pickup.ParcelReturned;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupLine;
import dev.mortar.schemas.pickup.PickupOverdue;
import dev.mortar.values.Disposition;
import dev.mortar.values.EndReason;
import dev.mortar.values.ParcelReturnLine;
import dev.mortar.values.ReturnCondition;
import dev.mortar.values.Shortage;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OrderContractTest extends EventContractTest<OrderEvent> {

    OrderContractTest() {
        super(OrderDefinition.EVENTS, OrderEvent.class, Samples.RECORDED_AT);
    }

    @Override
    protected List<OrderEvent> samples() {
        return Stream.concat(Samples.ONE_OF_EACH.stream(), Samples.BARE.stream())
                .toList();
    }

    @Test
    void readsIncomingEvents() {
        assertThat(read(OrderDefinition.INCOMING, rejected(ReservationRejectionReason.INSUFFICIENT_STOCK)))
                .isEqualTo(new Incoming.StockReservationRejected(
                        ORDER,
                        Orders.FIRST,
                        OrderProcess.ReservationRejectionReason.INSUFFICIENT_STOCK,
                        List.of(new Shortage("sku-a", 3, 2))));
        assertThat(read(
                        OrderDefinition.INCOMING,
                        PickupHandedOver.newBuilder()
                                .setMeta(meta(SOLD_AT))
                                .setFulfilmentId(Orders.FIRST)
                                .setOrderId(ORDER)
                                .setLocationId("shop-1")
                                .setHandedOverAt(SOLD_AT)
                                .setLastCodeIssue(1)
                                .setHandedOver(List.of(PickupLine.newBuilder()
                                        .setLineId("a")
                                        .setSku("sku-a")
                                        .setQuantity(2)
                                        .build()))
                                .build()))
                .isEqualTo(new Incoming.PickupHandedOver(ORDER, Orders.FIRST, SOLD_AT, List.of(Orders.units("a", 2))));
    }

    @Test
    void readsTheEndsOfParcels() {
        assertThat(read(
                        OrderDefinition.INCOMING,
                        ParcelReturned.newBuilder()
                                .setMeta(meta(SOLD_AT))
                                .setFulfilmentId(Orders.FIRST)
                                .setOrderId(ORDER)
                                .setLocationId("shop-1")
                                .setParcelId("p")
                                .setReturnedTo("shop-2")
                                .setLines(List.of(dev.mortar.schemas.returns.ParcelReturnLine.newBuilder()
                                        .setLineId("a")
                                        .setSku("sku-a")
                                        .setQuantity(2)
                                        .setCondition(dev.mortar.schemas.returns.ReturnCondition.USED)
                                        .setDisposition(dev.mortar.schemas.returns.Disposition.RETURN_TO_VENDOR)
                                        .build()))
                                .build()))
                .isEqualTo(new Incoming.ParcelReturned(
                        ORDER,
                        Orders.FIRST,
                        "p",
                        "shop-2",
                        List.of(new ParcelReturnLine(
                                "a", "sku-a", 2, ReturnCondition.USED, Disposition.RETURN_TO_VENDOR))));
        assertThat(read(
                        OrderDefinition.INCOMING,
                        PickupOverdue.newBuilder()
                                .setMeta(meta(SOLD_AT))
                                .setFulfilmentId(Orders.FIRST)
                                .setOrderId(ORDER)
                                .setLocationId("shop-1")
                                .setKind(OverdueKind.DELIVERY)
                                .setDueAt(SOLD_AT)
                                .build()))
                .isEqualTo(new Incoming.PickupOverdue(ORDER, Orders.FIRST, OrderProcess.OverdueKind.DELIVERY));
    }

    @Test
    void refusesASymbolOfANewerVersion() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(OrderDefinition.INCOMING, rejected(ReservationRejectionReason.UNKNOWN)));
    }

    @Test
    void aSummaryShowsTheStateOfTheOrder() {
        Order order = Stream.of(
                        Samples.ONE_OF_EACH.getFirst(),
                        new OrderEvent.OrderCancelled(
                                ORDER, "customer-1", EndReason.CANCELLED_BY_SHOPPER, List.of(), List.of()))
                .reduce((Order) new Order.Unplaced(), Order::evolve, (one, other) -> other);
        assertThat(OrderDefinition.SUMMARIES.write(OrderDefinition.Summary.of(order, 2, SOLD_AT)))
                .isEqualTo(OrderSummary.newBuilder()
                        .setOrderId(ORDER)
                        .setSequence(2)
                        .setChannel(dev.mortar.schemas.Channel.STORE)
                        .setCustomerId("customer-1")
                        .setState("CANCELLED")
                        .setTotal(new dev.mortar.schemas.Money(0L, "EUR"))
                        .setPlacedAt(Samples.RECORDED_AT)
                        .setChangedAt(SOLD_AT)
                        .build());
    }

    private static StockReservationRejected rejected(ReservationRejectionReason reason) {
        return StockReservationRejected.newBuilder()
                .setMeta(meta(SOLD_AT))
                .setLocationId("shop-1")
                .setFulfilmentId(Orders.FIRST)
                .setOrderId(ORDER)
                .setReason(reason)
                .setRequested(List.of())
                .setShortages(List.of(new dev.mortar.schemas.Shortage("sku-a", 3L, 2L)))
                .build();
    }
}
