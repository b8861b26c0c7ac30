package dev.mortar.order;

import static dev.mortar.order.Orders.FIRST;
import static dev.mortar.order.Orders.ORDER;
import static dev.mortar.order.Orders.SECOND;
import static dev.mortar.order.Orders.SOLD_AT;
import static dev.mortar.order.Orders.euros;
import static dev.mortar.order.Orders.line;
import static dev.mortar.order.Orders.units;

import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Shortage;
import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.List;

/** One event of every type with every field set, and some without optional fields. */
final class Samples {

    static final Instant RECORDED_AT = Instant.parse("2026-06-01T12:00:00.123Z");

    private static final OrderLine FULL = new OrderLine(
            "b",
            "85123A White",
            "Тёплый свитер",
            1_500,
            Unit.GRAM,
            euros(2),
            euros(100),
            euros(17),
            true,
            List.of("serial-1"),
            List.of("lot-1"),
            "seller-1");

    private static final Fulfilment PICKUP = new Fulfilment(
            FIRST, FulfilmentMethod.PICKUP, "shop-1", List.of("a"), Instant.parse("2026-06-01T15:00:00Z"), "hold-1");

    private static final Fulfilment DELIVERY =
            new Fulfilment(SECOND, FulfilmentMethod.DELIVERY, "warehouse-1", List.of("b"), null, null);

    /** One of every type. */
    static final List<OrderEvent> ONE_OF_EACH = List.of(
            new OrderEvent.OrderPlaced(
                    ORDER,
                    new RequestedOrder(
                            Channel.STORE,
                            "app-1",
                            "customer-1",
                            Acceptance.PER_FULFILMENT,
                            List.of(line("a", 3, 250, 10, 5), FULL),
                            List.of(PICKUP, DELIVERY),
                            "payment-1",
                            "shop-1"),
                    euros(3_645),
                    Instant.parse("2026-06-01T12:30:00.123Z"),
                    RECORDED_AT),
            new OrderEvent.SaleRecorded(
                    ORDER,
                    new TillSale(
                            "app-1", "customer-1", List.of(FULL), "payment-1", "shop-1", "till-1", "4711", SOLD_AT),
                    euros(2_900),
                    RECORDED_AT),
            new OrderEvent.FulfilmentReserved(ORDER, FIRST),
            new OrderEvent.FulfilmentRejected(
                    ORDER, SECOND, EndReason.OUT_OF_STOCK, List.of(new Shortage("85123A White", 1_500, 200))),
            new OrderEvent.OrderConfirmed(
                    ORDER,
                    Channel.STORE,
                    "customer-1",
                    List.of(line("a", 3, 250, 10, 5)),
                    List.of(PICKUP),
                    List.of(DELIVERY),
                    List.of(FULL),
                    euros(745)),
            new OrderEvent.OrderRejected(
                    ORDER,
                    "customer-1",
                    EndReason.OUT_OF_STOCK,
                    List.of(new Shortage("sku-a", 3, 2)),
                    List.of(line("a", 3)),
                    List.of(PICKUP)),
            new OrderEvent.OrderCancellationRequested(
                    ORDER,
                    "cancellation-1",
                    EndReason.CANCELLED_BY_SHOPPER,
                    List.of(new Cancellation.Part(FIRST, List.of(units("a", 2))))),
            new OrderEvent.OrderCancellationRefused(ORDER, "cancellation-1", FIRST),
            new OrderEvent.OrderLinesCancelled(
                    ORDER,
                    "customer-1",
                    FIRST,
                    EndReason.CANCELLED_BY_SHOPPER,
                    List.of(units("a", 2)),
                    euros(500),
                    "cancellation-1",
                    List.of(line("a", 2, 250, 7, 3))),
            new OrderEvent.OrderCancelled(
                    ORDER, "customer-1", EndReason.NO_SHOW, List.of(PICKUP), List.of(line("a", 3))),
            new OrderEvent.FulfilmentHandedOver(
                    ORDER,
                    FIRST,
                    "customer-1",
                    Channel.STORE,
                    FulfilmentMethod.PICKUP,
                    "shop-1",
                    SOLD_AT,
                    List.of(line("a", 3, 250, 10, 5)),
                    "payment-1"),
            new OrderEvent.OrderCompleted(ORDER, "customer-1", List.of(units("a", 2)), List.of(units("a", 1))),
            new OrderEvent.OrderReturned(ORDER, "return-1", List.of(units("a", 2)), euros(500), true));

    /** Events of a guest, without optional fields. */
    static final List<OrderEvent> BARE = List.of(
            new OrderEvent.OrderPlaced(
                    ORDER,
                    new RequestedOrder(Channel.ONLINE, null, null, Acceptance.WHOLE, List.of(), List.of(), null, null),
                    euros(0),
                    null,
                    RECORDED_AT),
            new OrderEvent.SaleRecorded(
                    ORDER,
                    new TillSale(null, null, List.of(), null, "shop-1", "till-1", "4711", SOLD_AT),
                    euros(0),
                    RECORDED_AT),
            new OrderEvent.OrderLinesCancelled(
                    ORDER, null, FIRST, EndReason.SHORT_PICK, List.of(), euros(0), null, List.of()),
            new OrderEvent.OrderCompleted(ORDER, null, List.of(), List.of()),
            new OrderEvent.FulfilmentHandedOver(
                    ORDER, FIRST, null, Channel.POS, FulfilmentMethod.CARRY_OUT, "shop-1", SOLD_AT, List.of(), null));

    private Samples() {}
}
