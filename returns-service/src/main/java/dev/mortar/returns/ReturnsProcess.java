package dev.mortar.returns;

import dev.mortar.eventsourcing.FieldName;
import dev.mortar.eventsourcing.Process;
import dev.mortar.returns.ReturnsCommand.RecordPurchase;
import dev.mortar.values.Channel;
import dev.mortar.values.OrderLine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records every handover of order-service as a purchase, whether at a counter, at the kerb, to a courier or at a till.
 *
 * @param returnWindow how long goods can be returned. The command carries its end, so a later change of the
 *     configuration does not affect earlier purchases. It starts when the broker recorded the handover: no deadline
 *     depends on a till's clock, and a late upload of an offline till does not shorten the shopper's window
 */
record ReturnsProcess(Duration returnWindow) implements Process<ReturnsProcess.Incoming, ReturnsCommand> {

    ReturnsProcess {
        if (returnWindow.isNegative()) {
            throw new IllegalArgumentException("return window must not be negative: " + returnWindow);
        }
    }

    /** The events of order-service that matter to returns. */
    sealed interface Incoming {

        /** The goods of a fulfilment were handed over. */
        record FulfilmentHandedOver(
                String orderId,
                String fulfilmentId,
                @Nullable String customerId,
                Channel channel,
                String locationId,
                Instant handedOverAt,
                @FieldName("meta.recordedAt") Instant recordedAt,
                List<OrderLine> lines,
                @Nullable String paymentReference)
                implements Incoming {}
    }

    @Override
    public List<ReturnsCommand> react(Incoming event) {
        return switch (event) {
            case Incoming.FulfilmentHandedOver handover ->
                List.of(new RecordPurchase(new Purchase(
                        handover.orderId(),
                        handover.fulfilmentId(),
                        handover.customerId(),
                        handover.channel(),
                        handover.locationId(),
                        handover.handedOverAt(),
                        handover.recordedAt().plus(returnWindow),
                        handover.lines().stream()
                                .map(line -> new PurchasedLine(line, line.total()))
                                .toList(),
                        handover.paymentReference())));
        };
    }
}
