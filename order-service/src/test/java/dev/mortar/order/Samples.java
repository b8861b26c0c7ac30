package dev.mortar.order;

import static dev.mortar.order.Orders.FIRST;
import static dev.mortar.order.Orders.ORDER;
import static dev.mortar.order.Orders.SECOND;
import static dev.mortar.order.Orders.SOLD_AT;
import static dev.mortar.order.Orders.euros;
import static dev.mortar.order.Orders.line;
import static dev.mortar.order.Orders.units;

import dev.mortar.values.Channel;
import dev.mortar.values.Disposition;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import dev.mortar.values.OrderLine;
import dev.mortar.values.ParcelReturnLine;
import dev.mortar.values.ReturnCondition;
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
            FIRST,
            FulfilmentMethod.PICKUP,
            "shop-1",
            List.of("a"),
            Instant.parse("2026-06-01T15:00:00Z"),
            "hold-1",
            List.of(),
            null,
            null,
            false,
            null);

    private static final Fulfilment PART = new Fulfilment(
            FIRST,
            FulfilmentMethod.PICKUP,
            "shop-1",
            List.of("a"),
            null,
            null,
            List.of(new LinePart("a", "sku-a", 2, 1)),
            Instant.parse("2026-06-01T14:00:00Z"),
            null,
            false,
            "destination-1");

    private static final Fulfilment DELIVERY = new Fulfilment(
            SECOND,
            FulfilmentMethod.DELIVERY,
            "warehouse-1",
            List.of("b"),
            null,
            null,
            List.of(),
            null,
            null,
            false,
            null);

    private static final Fulfilment ADDED = new Fulfilment(
            SECOND,
            FulfilmentMethod.PICKUP,
            "shop-2",
            List.of("a"),
            Instant.parse("2026-06-01T15:00:00Z"),
            null,
            List.of(new LinePart("a", "sku-a", 2, 1)),
            Instant.parse("2026-06-01T14:00:00Z"),
            FIRST,
            true,
            "destination-1");

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
                            "shop-1",
                            List.of()),
                    euros(3_645),
                    Instant.parse("2026-06-01T12:30:00.123Z"),
                    RECORDED_AT),
            new OrderEvent.SaleRecorded(
                    ORDER,
                    new TillSale(
                            "app-1", "customer-1", List.of(FULL), "payment-1", "shop-1", "till-1", "4711", SOLD_AT),
                    euros(2_900),
                    RECORDED_AT),
            new OrderEvent.FulfilmentReserved(ORDER, FIRST, null, null),
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
                    List.of(new Cancellation.Part(FIRST, List.of(units("a", 2)))),
                    false),
            new OrderEvent.OrderCancellationRefused(ORDER, "cancellation-1", FIRST),
            new OrderEvent.OrderLinesCancelled(
                    ORDER,
                    "customer-1",
                    FIRST,
                    EndReason.CANCELLED_BY_SHOPPER,
                    List.of(units("a", 2)),
                    euros(500),
                    "cancellation-1",
                    List.of(line("a", 2, 250, 7, 3)),
                    null),
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
            new OrderEvent.SourcingRequested(
                    ORDER,
                    ORDER + "-r1",
                    2,
                    "app-1",
                    SourcingRun.Trigger.SHORT_PICK,
                    FulfilmentMethod.PICKUP,
                    List.of(new LinePart("a", "sku-a", 2, 1)),
                    FIRST,
                    false,
                    new Cell(5_235, 1_340),
                    null,
                    List.of("shop-1"),
                    Instant.parse("2026-06-01T18:00:00Z"),
                    2,
                    true,
                    Instant.parse("2026-06-01T12:30:00.123Z"),
                    EndReason.SHORT_PICK,
                    "cancellation-1",
                    "destination-1"),
            new OrderEvent.SourcingDecided(
                    ORDER,
                    ORDER + "-r1",
                    SourcingRun.Outcome.PLANNED,
                    "default",
                    3,
                    RECORDED_AT,
                    List.of(
                            new SourcingCandidate(
                                    "shop-2",
                                    1_250,
                                    List.of(new SourcingCandidate.Stock("sku-a", 7, 42)),
                                    Instant.parse("2026-06-01T15:00:00Z"),
                                    RECORDED_AT,
                                    null,
                                    List.of(new SourcingCandidate.Penalty(SourcingRules.Figure.DISTANCE, 2)),
                                    2,
                                    Sourcing.Verdict.CHOSEN),
                            new SourcingCandidate(
                                    "shop-3",
                                    900,
                                    List.of(),
                                    null,
                                    RECORDED_AT,
                                    SourcingRules.Fence.STOCK,
                                    List.of(),
                                    0,
                                    Sourcing.Verdict.FENCED)),
                    List.of(new SourcingCandidate.LeftOut(SourcingRules.Fence.STOCK, 1)),
                    2),
            new OrderEvent.FulfilmentAdded(
                    ORDER,
                    ORDER + "-r1",
                    Channel.ONLINE,
                    ADDED,
                    List.of(line("a", 2)),
                    Instant.parse("2026-06-01T18:00:00Z"),
                    Instant.parse("2026-06-01T12:30:00.123Z")),
            new OrderEvent.FulfilmentConfirmed(
                    ORDER,
                    ORDER + "-r1",
                    Channel.ONLINE,
                    "customer-1",
                    ADDED,
                    List.of(line("a", 2)),
                    FIRST + "-" + ORDER + "-r1"),
            new OrderEvent.FulfilmentWithdrawn(
                    ORDER, ORDER + "-r1", ADDED, SourcingRun.Withdrawal.CANCELLED_BY_SHOPPER),
            new OrderEvent.FulfilmentDelivered(ORDER, FIRST, "customer-1", "parcel-1", SOLD_AT, List.of(units("a", 2))),
            new OrderEvent.FulfilmentUndelivered(
                    ORDER,
                    FIRST,
                    "customer-1",
                    "parcel-1",
                    "shop-1",
                    List.of(new ParcelReturnLine("a", "sku-a", 2, ReturnCondition.OPENED, Disposition.DAMAGED))),
            new OrderEvent.FulfilmentLost(
                    ORDER, FIRST, "customer-1", "parcel-1", List.of(line("a", 2, 250, 7, 3)), euros(496), "payment-1"),
            new OrderEvent.OrderCompleted(ORDER, "customer-1", List.of(units("a", 2)), List.of(units("a", 1))),
            new OrderEvent.OrderReturned(ORDER, "return-1", List.of(units("a", 2)), euros(500), true));

    /** Events of a guest, without optional fields. */
    static final List<OrderEvent> BARE = List.of(
            new OrderEvent.OrderPlaced(
                    ORDER,
                    new RequestedOrder(
                            Channel.ONLINE,
                            null,
                            null,
                            Acceptance.WHOLE,
                            List.of(),
                            List.of(PART),
                            null,
                            null,
                            List.of(new UnsourcedPart(
                                    FulfilmentMethod.DELIVERY,
                                    List.of(new LinePart("a", "sku-a", 1, 0)),
                                    null,
                                    "shop-1",
                                    Instant.parse("2026-06-01T18:00:00Z"),
                                    3,
                                    false,
                                    "destination-1"))),
                    euros(0),
                    null,
                    RECORDED_AT),
            new OrderEvent.SaleRecorded(
                    ORDER,
                    new TillSale(null, null, List.of(), null, "shop-1", "till-1", "4711", SOLD_AT),
                    euros(0),
                    RECORDED_AT),
            new OrderEvent.OrderLinesCancelled(
                    ORDER, null, FIRST, EndReason.SHORT_PICK, List.of(), euros(0), null, List.of(), ORDER + "-r1"),
            new OrderEvent.OrderCancellationRequested(ORDER, "cancellation-1", EndReason.MOVED, List.of(), true),
            new OrderEvent.SourcingRequested(
                    ORDER,
                    ORDER + "-r1",
                    1,
                    null,
                    SourcingRun.Trigger.PLACED,
                    FulfilmentMethod.DELIVERY,
                    List.of(),
                    null,
                    true,
                    null,
                    "shop-1",
                    List.of(),
                    null,
                    1,
                    false,
                    Instant.parse("2026-06-01T12:30:00.123Z"),
                    EndReason.OUT_OF_STOCK,
                    null,
                    "destination-1"),
            new OrderEvent.SourcingDecided(
                    ORDER, ORDER + "-r1", SourcingRun.Outcome.NOT_NEEDED, null, 0, null, List.of(), List.of(), 0),
            new OrderEvent.FulfilmentDelivered(ORDER, FIRST, null, "parcel-1", SOLD_AT, List.of()),
            new OrderEvent.FulfilmentUndelivered(ORDER, FIRST, null, "parcel-1", "shop-1", List.of()),
            new OrderEvent.FulfilmentLost(ORDER, FIRST, null, "parcel-1", List.of(), euros(0), null),
            new OrderEvent.OrderCompleted(ORDER, null, List.of(), List.of()),
            new OrderEvent.FulfilmentHandedOver(
                    ORDER, FIRST, null, Channel.POS, FulfilmentMethod.CARRY_OUT, "shop-1", SOLD_AT, List.of(), null));

    private Samples() {}
}
