package dev.mortar.order;

import dev.mortar.values.Channel;
import dev.mortar.values.OrderLine;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order as its caller sent it. If the caller sends the same id again with the same content, it is a repeat; with
 * different content, it is a mistake.
 *
 * @param fulfilments those with a given location
 * @param unsourced units without a given location
 * @param locationId store where the order is placed; null for an online order
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
        List<UnsourcedPart> unsourced) {}
