package dev.mortar.pickup;

import dev.mortar.eventsourcing.Process;
import dev.mortar.pickup.PickupCommand.*;
import dev.mortar.pickup.PickupProcess.Incoming.*;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns events of orders into commands to pickups: request the pickups of a confirmed order, answer a request for
 * cancellation. {@code OrderCancelled} is ignored, because either the order had no pickup yet or pickup-service decided
 * the cancellation itself.
 */
final class PickupProcess implements Process<PickupProcess.Incoming, PickupCommand> {

    /** The events of orders that matter to pickups. */
    sealed interface Incoming {

        /** An order was confirmed with these lines and fulfilments. */
        record OrderConfirmed(
                String orderId,
                @Nullable String customerId,
                Channel channel,
                List<PickupLine> lines,
                List<Part> fulfilments)
                implements Incoming {}

        /** A fulfilment of a confirmed order. */
        record Part(
                String fulfilmentId,
                FulfilmentMethod method,
                String locationId,
                List<String> lineIds,
                @Nullable Instant promisedAt) {}

        /** Order-service asks to cancel lines of a confirmed order. */
        record OrderCancellationRequested(String cancellationId, EndReason reason, List<CancellationPart> parts)
                implements Incoming {}

        /** The lines of one fulfilment to cancel. */
        record CancellationPart(String fulfilmentId, List<LineQuantity> lines) {}
    }

    @Override
    public List<PickupCommand> react(Incoming event) {
        return switch (event) {
            case OrderConfirmed confirmed ->
                confirmed.fulfilments().stream()
                        .filter(part -> part.method() != FulfilmentMethod.CARRY_OUT)
                        .<PickupCommand>map(part -> request(confirmed, part))
                        .toList();
            case OrderCancellationRequested requested ->
                requested.parts().stream()
                        .<PickupCommand>map(part -> new AnswerCancellation(
                                part.fulfilmentId(), requested.cancellationId(), requested.reason(), part.lines()))
                        .toList();
        };
    }

    private static RequestPickup request(OrderConfirmed order, Part part) {
        Fulfilment fulfilment = new Fulfilment(
                part.fulfilmentId(),
                order.orderId(),
                part.locationId(),
                order.customerId(),
                Fulfilment.Method.valueOf(part.method().name()));
        List<PickupLine> lines = part.lineIds().stream()
                .map(lineId -> order.lines().stream()
                        .filter(line -> line.lineId().equals(lineId))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "a fulfilment names line " + lineId + ", which the order does not have")))
                .toList();
        return new RequestPickup(fulfilment, order.channel(), lines, part.promisedAt());
    }
}
