package dev.mortar.pickup;

import dev.mortar.eventsourcing.Process;
import dev.mortar.pickup.PickupCommand.*;
import dev.mortar.pickup.PickupProcess.Incoming.*;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns events of orders into commands to pickups: request the pickups of a confirmed order or of an added fulfilment,
 * answer a request for cancellation. {@code OrderCancelled} is ignored, because either the order had no pickup yet or
 * pickup-service decided the cancellation itself.
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

        /** An added fulfilment of a confirmed order was confirmed; these lines are its units. */
        record FulfilmentConfirmed(
                String orderId, @Nullable String customerId, Channel channel, List<PickupLine> lines, Part fulfilment)
                implements Incoming {}

        /** A fulfilment of a confirmed order. */
        record Part(
                String fulfilmentId,
                FulfilmentMethod method,
                String locationId,
                List<String> lineIds,
                List<LinePart> parts,
                @Nullable Instant promisedAt,
                @Nullable Instant acceptBy,
                @Nullable String destinationId) {}

        /**
         * Order-service asks to cancel lines of a confirmed order.
         *
         * @param unlessReady true if the goods stay if they are staged
         */
        record OrderCancellationRequested(
                String cancellationId, EndReason reason, List<CancellationPart> parts, boolean unlessReady)
                implements Incoming {}

        /** The lines of one fulfilment to cancel. */
        record CancellationPart(String fulfilmentId, List<LineQuantity> lines) {}
    }

    @Override
    public List<PickupCommand> react(Incoming event) {
        return switch (event) {
            case OrderConfirmed(var orderId, var customerId, var channel, var lines, var fulfilments) ->
                fulfilments.stream()
                        .filter(part -> part.method() != FulfilmentMethod.CARRY_OUT)
                        .<PickupCommand>map(part -> request(orderId, customerId, channel, lines, part))
                        .toList();
            case FulfilmentConfirmed(var orderId, var customerId, var channel, var lines, var part) ->
                List.of(request(orderId, customerId, channel, lines, part));
            case OrderCancellationRequested requested ->
                requested.parts().stream()
                        .<PickupCommand>map(part -> new AnswerCancellation(
                                part.fulfilmentId(),
                                requested.cancellationId(),
                                requested.reason(),
                                part.lines(),
                                requested.unlessReady()))
                        .toList();
        };
    }

    private static RequestPickup request(
            String orderId, @Nullable String customerId, Channel channel, List<PickupLine> orderLines, Part part) {
        Fulfilment fulfilment = new Fulfilment(
                part.fulfilmentId(),
                orderId,
                part.locationId(),
                customerId,
                Fulfilment.Method.valueOf(part.method().name()));
        Map<String, Long> units = part.parts().stream().collect(Collectors.toMap(LinePart::lineId, LinePart::quantity));
        List<PickupLine> lines = part.lineIds().stream()
                .map(lineId -> orderLines.stream()
                        .filter(line -> line.lineId().equals(lineId))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "a fulfilment names line " + lineId + ", which the order does not have")))
                .map(line -> line.withQuantity(units.getOrDefault(line.lineId(), line.quantity())))
                .toList();
        return new RequestPickup(fulfilment, channel, lines, part.promisedAt(), part.acceptBy(), part.destinationId());
    }
}
