package dev.mortar.order;

import dev.mortar.order.OrderCommand.PlaceOrder;
import dev.mortar.order.OrderCommand.RecordSale;
import dev.mortar.values.Channel;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** Orders for the tests. */
final class Orders {

    static final String ORDER = "order-1";
    static final String FIRST = ORDER + "-1";
    static final String SECOND = ORDER + "-2";
    static final Instant SOLD_AT = Instant.parse("2026-06-01T09:15:00.123456Z");

    private Orders() {}

    static Money euros(long cents) {
        return new Money(cents, "EUR");
    }

    /** A line of units at 2.50 each, without discount and tax. */
    static OrderLine line(String lineId, long quantity) {
        return line(lineId, quantity, 250, 0, 0);
    }

    static OrderLine line(String lineId, long quantity, long price, long discount, long tax) {
        return new OrderLine(
                lineId,
                "sku-" + lineId,
                "Title of " + lineId,
                quantity,
                Unit.EACH,
                euros(price),
                euros(discount),
                euros(tax),
                false,
                List.of(),
                List.of(),
                null);
    }

    static Fulfilment fulfilment(int number, FulfilmentMethod method, OrderLine... lines) {
        return new Fulfilment(
                Fulfilment.id(ORDER, number),
                method,
                "shop-" + number,
                List.of(lines).stream().map(OrderLine::lineId).toList(),
                null,
                null,
                List.of(),
                null,
                null,
                false,
                null);
    }

    /** A fulfilment of these units. */
    static Fulfilment parts(int number, FulfilmentMethod method, List<LinePart> parts) {
        return new Fulfilment(
                Fulfilment.id(ORDER, number),
                method,
                "shop-" + number,
                parts.stream().map(LinePart::lineId).toList(),
                null,
                null,
                parts,
                null,
                null,
                false,
                null);
    }

    static LinePart part(OrderLine line, long firstUnit, long quantity) {
        return new LinePart(line.lineId(), line.sku(), quantity, firstUnit);
    }

    static PlaceOrder order(Channel channel, Acceptance acceptance, List<OrderLine> lines, Fulfilment... fulfilments) {
        RequestedOrder order = new RequestedOrder(
                channel,
                null,
                "customer-1",
                acceptance,
                lines,
                List.of(fulfilments),
                "payment-1",
                channel == Channel.STORE ? "shop-1" : null,
                List.of());
        return new PlaceOrder(ORDER, order, Duration.ofMinutes(30));
    }

    /** A fulfilment with another number that may move to another location. */
    static Fulfilment movable(int number, Fulfilment fulfilment) {
        return new Fulfilment(
                Fulfilment.id(ORDER, number),
                fulfilment.method(),
                fulfilment.locationId(),
                fulfilment.lineIds(),
                null,
                null,
                fulfilment.parts(),
                null,
                null,
                !fulfilment.carriedOut(),
                null);
    }

    /** An order with other fulfilments. */
    static PlaceOrder with(PlaceOrder placed, List<Fulfilment> fulfilments, List<UnsourcedPart> unsourced) {
        RequestedOrder order = placed.order();
        return new PlaceOrder(
                ORDER,
                new RequestedOrder(
                        order.channel(),
                        order.channelId(),
                        order.customerId(),
                        order.acceptance(),
                        order.lines(),
                        fulfilments,
                        order.paymentReference(),
                        order.locationId(),
                        unsourced),
                placed.decideWithin());
    }

    /** An online order of these lines without a location; the units may leave from two. */
    static PlaceOrder unsourced(Acceptance acceptance, OrderLine... lines) {
        List<LinePart> units =
                Stream.of(lines).map(line -> part(line, 0, line.quantity())).toList();
        UnsourcedPart part =
                new UnsourcedPart(FulfilmentMethod.PICKUP, units, new Cell(5_235, 1_340), null, null, 2, true, null);
        return with(order(Channel.ONLINE, acceptance, List.of(lines)), List.of(), List.of(part));
    }

    /** Adds some units of a part, unless there are none. */
    static void addUnits(List<LinePart> parts, LinePart of, long firstUnit, long quantity) {
        if (quantity > 0) {
            parts.add(new LinePart(of.lineId(), of.sku(), quantity, firstUnit));
        }
    }

    /** An online order with one pickup of these lines. */
    static PlaceOrder pickup(OrderLine... lines) {
        return order(Channel.ONLINE, Acceptance.WHOLE, List.of(lines), fulfilment(1, FulfilmentMethod.PICKUP, lines));
    }

    /** An online order with a pickup of the first line and a delivery of the second. */
    static PlaceOrder split(Acceptance acceptance, OrderLine pickedUp, OrderLine delivered) {
        return order(
                Channel.ONLINE,
                acceptance,
                List.of(pickedUp, delivered),
                fulfilment(1, FulfilmentMethod.PICKUP, pickedUp),
                fulfilment(2, FulfilmentMethod.DELIVERY, delivered));
    }

    static RecordSale sale(OrderLine... lines) {
        return new RecordSale(
                ORDER, new TillSale(null, null, List.of(lines), "payment-1", "shop-1", "till-1", "4711", SOLD_AT));
    }

    static LineQuantity units(String lineId, long quantity) {
        return new LineQuantity(lineId, "sku-" + lineId, quantity);
    }
}
