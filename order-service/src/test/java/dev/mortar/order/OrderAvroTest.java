package dev.mortar.order;

import static dev.mortar.order.Orders.FIRST;
import static dev.mortar.order.Orders.ORDER;
import static dev.mortar.order.Orders.SOLD_AT;
import static dev.mortar.order.Orders.euros;
import static dev.mortar.order.Orders.units;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.eventsourcing.testkit.EventSamples;
import dev.mortar.order.OrderProcess.Incoming;
import dev.mortar.schemas.inventory.ReservationBroken;
import dev.mortar.schemas.inventory.ReservationRejectionReason;
import dev.mortar.schemas.inventory.StockReservationRejected;
import dev.mortar.schemas.inventory.StockReserved;
import dev.mortar.schemas.order.OrderSummary;
import dev.mortar.schemas.pickup.PickupCancellationRefused;
import dev.mortar.schemas.pickup.PickupCancelled;
import dev.mortar.schemas.pickup.PickupEndReason;
import dev.mortar.schemas.pickup.PickupExpired;
import dev.mortar.schemas.pickup.PickupHandedOver;
import dev.mortar.schemas.pickup.PickupLine;
import dev.mortar.schemas.pickup.PickupLineShort;
import dev.mortar.schemas.returns.ReturnAccepted;
import dev.mortar.schemas.returns.ReturnedLine;
import dev.mortar.values.Shortage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OrderAvroTest {

    static Stream<OrderEvent> events() {
        return Stream.concat(Samples.ONE_OF_EACH.stream(), Samples.BARE.stream());
    }

    static Stream<OrderEvent> oneOfEach() {
        return Samples.ONE_OF_EACH.stream();
    }

    @Test
    void everyEventHasASample() {
        assertThat(Samples.ONE_OF_EACH)
                .extracting(Object::getClass)
                .containsExactlyInAnyOrderElementsOf(Arrays.asList(OrderEvent.class.getPermittedSubclasses()));
    }

    @ParameterizedTest
    @MethodSource("events")
    void anEventIsReadAsItWasWritten(OrderEvent event) {
        assertThat(OrderAvro.EVENTS.read(EventSamples.overTheWire(OrderAvro.EVENTS.write(event, Samples.META))))
                .isEqualTo(event);
    }

    /** Approved samples never change, because every event in a log must stay readable. */
    @ParameterizedTest
    @MethodSource("oneOfEach")
    void anApprovedSampleIsReadAsItsEvent(OrderEvent event) {
        assertThat(OrderAvro.EVENTS.read(EventSamples.approved(OrderAvro.EVENTS.write(event, Samples.META), 1)))
                .isEqualTo(event);
    }

    @Test
    void readsInventoryEvents() {
        assertThat(OrderAvro.INCOMING.read(StockReserved.newBuilder()
                        .setMeta(Samples.META)
                        .setLocationId("shop-1")
                        .setReservationId(FIRST)
                        .setOrderId(ORDER)
                        .setReserved(List.of())
                        .setExpiresAt(SOLD_AT)
                        .setChanges(List.of())
                        .build()))
                .isEqualTo(new Incoming.StockReserved(ORDER, FIRST));
        assertThat(OrderAvro.INCOMING.read(rejected(ReservationRejectionReason.INSUFFICIENT_STOCK)))
                .isEqualTo(new Incoming.StockReservationRejected(
                        ORDER, FIRST, EndReason.OUT_OF_STOCK, List.of(new Shortage("sku-a", 3, 2))));
        assertThat(OrderAvro.INCOMING.read(rejected(ReservationRejectionReason.LOCATION_UNKNOWN)))
                .extracting("reason")
                .isEqualTo(EndReason.LOCATION_UNKNOWN);
        assertThat(OrderAvro.INCOMING.read(rejected(ReservationRejectionReason.ALREADY_RELEASED)))
                .extracting("reason")
                .isEqualTo(EndReason.NOT_ANSWERED_IN_TIME);
        assertThatThrownBy(() -> OrderAvro.INCOMING.read(rejected(ReservationRejectionReason.UNKNOWN)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(OrderAvro.INCOMING.read(ReservationBroken.newBuilder()
                        .setMeta(Samples.META)
                        .setLocationId("shop-1")
                        .setReservationId(FIRST)
                        .setOrderId(ORDER)
                        .setShortSkus(List.of("sku-a"))
                        .setReleased(List.of())
                        .setChanges(List.of())
                        .build()))
                .isEqualTo(new Incoming.ReservationBroken(ORDER, FIRST, EndReason.STOCK_SHORTFALL));
        assertThat(OrderAvro.INCOMING.read(ReservationBroken.newBuilder()
                        .setMeta(Samples.META)
                        .setLocationId("shop-1")
                        .setReservationId(FIRST)
                        .setOrderId(ORDER)
                        .setShortSkus(List.of("sku-a"))
                        .setReleased(List.of())
                        .setChanges(List.of())
                        .setSoldAtTill(true)
                        .build()))
                .isEqualTo(new Incoming.ReservationBroken(ORDER, FIRST, EndReason.SOLD_AT_TILL));
    }

    @Test
    void cancelledLinesKeepTheirTitleDiscountAndTax() {
        OrderEvent event = new OrderEvent.OrderLinesCancelled(
                ORDER,
                "customer-1",
                FIRST,
                EndReason.SOLD_AT_TILL,
                List.of(Orders.units("a", 1)),
                Orders.euros(99),
                null,
                List.of(Orders.line("a", 1, 100, 3, 2)));
        assertThat(OrderAvro.EVENTS.read(EventSamples.overTheWire(OrderAvro.EVENTS.write(event, Samples.META))))
                .isEqualTo(event);
    }

    @Test
    void readsPickupEvents() {
        PickupLine line = PickupLine.newBuilder()
                .setLineId("a")
                .setSku("sku-a")
                .setQuantity(2)
                .build();
        assertThat(OrderAvro.INCOMING.read(PickupLineShort.newBuilder()
                        .setMeta(Samples.META)
                        .setFulfilmentId(FIRST)
                        .setOrderId(ORDER)
                        .setLocationId("shop-1")
                        .setLineId("a")
                        .setSku("sku-a")
                        .setMissing(2)
                        .build()))
                .isEqualTo(new Incoming.PickupLineShort(ORDER, FIRST, "a", 2));
        assertThat(OrderAvro.INCOMING.read(PickupHandedOver.newBuilder()
                        .setMeta(Samples.META)
                        .setFulfilmentId(FIRST)
                        .setOrderId(ORDER)
                        .setLocationId("shop-1")
                        .setHandedOverAt(SOLD_AT)
                        .setHandedOver(List.of(line))
                        .build()))
                .isEqualTo(new Incoming.PickupHandedOver(ORDER, FIRST, SOLD_AT, List.of(units("a", 2))));
        assertThat(OrderAvro.INCOMING.read(PickupExpired.newBuilder()
                        .setMeta(Samples.META)
                        .setFulfilmentId(FIRST)
                        .setOrderId(ORDER)
                        .setLocationId("shop-1")
                        .setLines(List.of(line))
                        .setPickupDeadline(SOLD_AT)
                        .build()))
                .isEqualTo(new Incoming.PickupExpired(ORDER, FIRST));
        assertThat(OrderAvro.INCOMING.read(cancelled(line, PickupEndReason.CANCELLED_BY_SHOPPER)))
                .isEqualTo(new Incoming.PickupCancelled(
                        ORDER, FIRST, "c", EndReason.CANCELLED_BY_SHOPPER, List.of(units("a", 2)), true));
        assertThat(Stream.of(PickupEndReason.values())
                        .filter(reason -> reason != PickupEndReason.UNKNOWN)
                        .map(reason -> OrderAvro.INCOMING.read(cancelled(line, reason))))
                .extracting("reason")
                .doesNotHaveDuplicates();
        assertThatThrownBy(() -> OrderAvro.INCOMING.read(cancelled(line, PickupEndReason.UNKNOWN)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(OrderAvro.INCOMING.read(PickupCancellationRefused.newBuilder()
                        .setMeta(Samples.META)
                        .setFulfilmentId(FIRST)
                        .setOrderId(ORDER)
                        .setLocationId("shop-1")
                        .setCancellationId("c")
                        .build()))
                .isEqualTo(new Incoming.PickupCancellationRefused(ORDER, FIRST, "c"));
    }

    @Test
    void readsReturnsEvents() {
        assertThat(OrderAvro.INCOMING.read(ReturnAccepted.newBuilder()
                        .setMeta(Samples.META)
                        .setOrderId(ORDER)
                        .setReturnId("return-1")
                        .setLocationId("shop-2")
                        .setLines(List.of(ReturnedLine.newBuilder()
                                .setLineId("a")
                                .setSku("sku-a")
                                .setQuantity(2)
                                .setRefund(new dev.mortar.schemas.Money(500L, "EUR"))
                                .build()))
                        .setRefund(new dev.mortar.schemas.Money(500L, "EUR"))
                        .build()))
                .isEqualTo(new Incoming.ReturnAccepted(ORDER, "return-1", List.of(units("a", 2)), euros(500)));
    }

    @Test
    void aSummaryShowsTheStateOfTheOrder() {
        Order order = Stream.of(
                        Samples.ONE_OF_EACH.getFirst(),
                        new OrderEvent.OrderCancelled(
                                ORDER, "customer-1", EndReason.CANCELLED_BY_SHOPPER, List.of(), List.of()))
                .reduce((Order) new Order.Unplaced(), Order::evolve, (one, other) -> other);
        assertThat(OrderAvro.summary(Order.contents(order), Order.name(order), 2, SOLD_AT))
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
                .setMeta(Samples.META)
                .setLocationId("shop-1")
                .setReservationId(FIRST)
                .setOrderId(ORDER)
                .setReason(reason)
                .setRequested(List.of())
                .setShortages(List.of(new dev.mortar.schemas.Shortage("sku-a", 3L, 2L)))
                .build();
    }

    private static PickupCancelled cancelled(PickupLine line, PickupEndReason reason) {
        return PickupCancelled.newBuilder()
                .setMeta(Samples.META)
                .setFulfilmentId(FIRST)
                .setOrderId(ORDER)
                .setLocationId("shop-1")
                .setCancellationId("c")
                .setLines(List.of(line))
                .setWhole(true)
                .setReason(reason)
                .build();
    }
}
