package dev.mortar.order;

import dev.mortar.values.Channel;
import dev.mortar.values.OrderLine;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order or a till sale as its caller sent it. If the caller sends the same id again with the same content, it is a
 * repeat; with different content, it is a mistake.
 *
 * @param locationId store where the order was placed; null for an online order
 * @param soldAt by the till's clock; null unless it is a till sale
 */
record RequestedOrder(
        Channel channel,
        @Nullable String channelId,
        @Nullable String customerId,
        Acceptance acceptance,
        List<OrderLine> lines,
        List<Fulfilment> fulfilments,
        @Nullable String paymentReference,
        @Nullable String locationId,
        @Nullable Instant soldAt) {

    RequestedOrder {
        lines = List.copyOf(lines);
        fulfilments = List.copyOf(fulfilments);
    }

    static RequestedOrder of(OrderCommand.PlaceOrder command) {
        return new RequestedOrder(
                command.channel(),
                command.channelId(),
                command.customerId(),
                command.acceptance(),
                command.lines(),
                command.fulfilments(),
                command.paymentReference(),
                command.locationId(),
                null);
    }

    static RequestedOrder of(OrderCommand.RecordSale command) {
        return new RequestedOrder(
                Channel.POS,
                command.channelId(),
                command.customerId(),
                Acceptance.WHOLE,
                command.lines(),
                List.of(Fulfilment.overTheTill(command)),
                command.paymentReference(),
                command.locationId(),
                command.soldAt());
    }

    static RequestedOrder of(OrderContents contents) {
        OrderEvent.OrderPlaced placed = contents.placed();
        return new RequestedOrder(
                placed.channel(),
                placed.channelId(),
                placed.customerId(),
                placed.acceptance(),
                placed.lines(),
                placed.fulfilments(),
                placed.paymentReference(),
                placed.locationId(),
                placed.channel() == Channel.POS
                                && contents.progress(placed.fulfilments().getFirst())
                                        instanceof FulfilmentProgress.HandedOver(Instant at)
                        ? at
                        : null);
    }
}
