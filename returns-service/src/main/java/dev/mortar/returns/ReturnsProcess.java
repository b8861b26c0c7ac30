package dev.mortar.returns;

import dev.mortar.eventsourcing.FieldName;
import dev.mortar.eventsourcing.Process;
import dev.mortar.returns.ReturnsCommand.*;
import dev.mortar.values.Channel;
import dev.mortar.values.LineQuantity;
import dev.mortar.values.OrderLine;
import dev.mortar.values.ParcelReturnLine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records every handover of order-service as a purchase, whether at a counter, at the kerb, to a courier or at a till,
 * and then the ends of its parcels.
 *
 * @param returnWindow how long goods can be returned. The command carries its end, so a later change of the
 *     configuration does not affect earlier purchases. It starts when the broker recorded the handover or, if that is
 *     later, the delivery: no deadline depends on a till's clock, and a late upload of an offline till does not shorten
 *     the shopper's window
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

        /** A parcel was delivered. */
        record FulfilmentDelivered(
                String orderId,
                String fulfilmentId,
                @FieldName("meta.recordedAt") Instant recordedAt) implements Incoming {}

        /** A parcel came back undelivered. */
        record FulfilmentUndelivered(
                String orderId, String fulfilmentId, String parcelId, String returnedTo, List<ParcelReturnLine> lines)
                implements Incoming {}

        /** A parcel was lost. */
        record FulfilmentLost(String orderId, String fulfilmentId, String parcelId, List<LineQuantity> lines)
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
            case Incoming.FulfilmentDelivered delivered ->
                List.of(new MoveReturnWindow(
                        delivered.orderId(),
                        delivered.fulfilmentId(),
                        delivered.recordedAt().plus(returnWindow)));
            case Incoming.FulfilmentUndelivered back ->
                List.of(new TakeBackParcel(
                        back.orderId(),
                        back.fulfilmentId(),
                        returnId(back.fulfilmentId(), back.parcelId()),
                        back.returnedTo(),
                        back.lines().stream().map(ReturnsProcess::undeliverable).toList()));
            case Incoming.FulfilmentLost lost ->
                List.of(new RecordLoss(lost.orderId(), lost.fulfilmentId(), lost.parcelId(), lost.lines()));
        };
    }

    /** A parcel id is unique in its fulfilment only, so the return id begins with the fulfilment id. */
    private static String returnId(String fulfilmentId, String parcelId) {
        String prefix = fulfilmentId + "-";
        return parcelId.startsWith(prefix) ? parcelId : prefix + parcelId;
    }

    private static LineToReturn undeliverable(ParcelReturnLine line) {
        return new LineToReturn(
                line.lineId(), line.quantity(), ReturnReason.UNDELIVERABLE, line.condition(), line.disposition());
    }
}
