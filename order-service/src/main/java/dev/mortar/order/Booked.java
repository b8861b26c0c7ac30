package dev.mortar.order;

import dev.mortar.values.OrderLine;
import dev.mortar.values.Channel;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller books under an id of its own: an order under its order id, a till sale under till and receipt number.
 * The same id with the same content is a repeat; with other content it is a mistake of the caller.
 *
 * @param locationId where the order was taken; null for an online order
 * @param soldAt by the clock of the till; null when it is not a till sale
 */
record Booked(
        Channel channel,
        @Nullable String channelId,
        @Nullable String customerId,
        Acceptance acceptance,
        List<OrderLine> lines,
        List<Fulfilment> fulfilments,
        @Nullable String paymentReference,
        @Nullable String locationId,
        @Nullable Instant soldAt) {

    Booked {
        lines = List.copyOf(lines);
        fulfilments = List.copyOf(fulfilments);
    }

    static Booked of(OrderCommand.PlaceOrder command) {
        return new Booked(
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

    static Booked of(OrderCommand.RecordSale command) {
        return new Booked(
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

    static Booked of(Contents contents) {
        OrderEvent.OrderPlaced placed = contents.placed();
        return new Booked(
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
