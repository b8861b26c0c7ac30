package dev.mortar.returns;

import dev.mortar.values.OrderLine;
import dev.mortar.values.Channel;
import dev.mortar.eventsourcing.Process;
import dev.mortar.returns.ReturnsCommand.RecordPurchase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records as a purchase whatever order-service says was handed over, be it at a counter, at the kerb, to a courier or
 * over the till.
 *
 * @param returnWindow how long goods can come back. It goes into the command, so that a later change of the
 *     configuration leaves earlier purchases as they were. It runs from when the handover was recorded: by the broker's
 *     clock, as a till's clock judges no deadline, and an offline till that uploads late takes nothing from the shopper
 */
record ReturnsProcess(Duration returnWindow) implements Process<ReturnsProcess.Incoming, ReturnsCommand> {

    ReturnsProcess {
        if (returnWindow.isNegative()) {
            throw new IllegalArgumentException("return window must not be negative: " + returnWindow);
        }
    }

    /** What returns-service listens to; of everything else it knows nothing. */
    sealed interface Incoming {

        /**
         * The goods of a fulfilment left.
         *
         * @param handedOverAt when, by the clock of whoever saw it
         * @param recordedAt when order-service recorded it, by the broker's clock
         * @param lines quantity, discount and tax are those of what left
         */
        record FulfilmentHandedOver(
                String orderId,
                String fulfilmentId,
                @Nullable String customerId,
                Channel channel,
                String locationId,
                Instant handedOverAt,
                Instant recordedAt,
                List<OrderLine> lines,
                @Nullable String paymentReference)
                implements Incoming {}
    }

    @Override
    public List<ReturnsCommand> react(Incoming event) {
        return switch (event) {
            case Incoming.FulfilmentHandedOver left ->
                List.of(new RecordPurchase(
                        left.orderId(),
                        left.fulfilmentId(),
                        left.customerId(),
                        left.channel(),
                        left.locationId(),
                        left.handedOverAt(),
                        left.recordedAt().plus(returnWindow),
                        left.lines().stream()
                                .map(line -> new PurchasedLine(line, line.total()))
                                .toList(),
                        left.paymentReference()));
        };
    }
}
