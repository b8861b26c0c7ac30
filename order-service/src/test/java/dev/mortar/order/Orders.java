package dev.mortar.order;

import dev.mortar.order.OrderCommand.PlaceOrder;
import dev.mortar.order.OrderCommand.RecordSale;
import dev.mortar.values.Channel;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.Money;
import dev.mortar.values.OrderLine;
import dev.mortar.values.Unit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

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
                null);
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
                channel == Channel.STORE ? "shop-1" : null);
        return new PlaceOrder(ORDER, order, Duration.ofMinutes(30));
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
