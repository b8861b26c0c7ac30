package dev.mortar.pickup;

import dev.mortar.eventsourcing.Process;
import dev.mortar.pickup.PickupCommand.AnswerCancellation;
import dev.mortar.pickup.PickupCommand.RequestPickup;
import dev.mortar.pickup.PickupEvent.EndReason;
import dev.mortar.values.Channel;
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

        /** An order was confirmed with these fulfilments. Carried-out fulfilments are left out. */
        record OrderConfirmed(Channel channel, List<Part> fulfilments) implements Incoming {}

        /** One fulfilment of a confirmed order. */
        record Part(
                Fulfilment fulfilment,
                List<PickupLine> lines,
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
            case Incoming.OrderConfirmed confirmed ->
                confirmed.fulfilments().stream()
                        .<PickupCommand>map(part -> new RequestPickup(
                                part.fulfilment(), confirmed.channel(), part.lines(), part.promisedAt()))
                        .toList();
            case Incoming.OrderCancellationRequested requested ->
                requested.parts().stream()
                        .<PickupCommand>map(part -> new AnswerCancellation(
                                part.fulfilmentId(), requested.cancellationId(), requested.reason(), part.lines()))
                        .toList();
        };
    }
}
