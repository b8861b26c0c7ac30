package dev.mortar.order;

import dev.mortar.values.Channel;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.OrderLine;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sale as a till reported it. If a till reports a receipt again with the same content, it is a repeat; with different
 * content, it is a mistake.
 *
 * @param soldAt by the till's clock
 */
record TillSale(
        @Nullable String channelId,
        @Nullable String customerId,
        List<OrderLine> lines,
        @Nullable String paymentReference,
        String locationId,
        String tillId,
        String receiptNumber,
        Instant soldAt) {

    /** The sale as an order with a single fulfilment, whose goods the shopper carries out. */
    RequestedOrder order(String orderId) {
        Fulfilment carriedOut = new Fulfilment(
                Fulfilment.id(orderId, 1),
                FulfilmentMethod.CARRY_OUT,
                locationId,
                lines.stream().map(OrderLine::lineId).toList(),
                null,
                null,
                List.of(),
                null,
                null,
                false,
                null);
        return new RequestedOrder(
                Channel.POS,
                channelId,
                customerId,
                Acceptance.WHOLE,
                lines,
                List.of(carriedOut),
                paymentReference,
                locationId,
                List.of());
    }
}
