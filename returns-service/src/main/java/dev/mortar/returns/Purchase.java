package dev.mortar.returns;

import dev.mortar.values.Channel;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The units of a fulfilment that were handed over.
 *
 * @param customerId opaque id of the shopper, or null for a guest
 * @param handedOverAt by the clock of the store or the till; no rule depends on it
 * @param returnableUntil last instant to return them, by the broker's clock
 * @param paymentReference reference at the payment provider, or null
 */
record Purchase(
        String orderId,
        String fulfilmentId,
        @Nullable String customerId,
        Channel channel,
        String locationId,
        Instant handedOverAt,
        Instant returnableUntil,
        List<PurchasedLine> lines,
        @Nullable String paymentReference) {}
