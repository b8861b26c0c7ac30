package dev.mortar.pickup;

import dev.mortar.values.Channel;
import dev.mortar.eventsourcing.Process;
import dev.mortar.pickup.PickupCommand.AnswerCancellation;
import dev.mortar.pickup.PickupCommand.RequestPickup;
import dev.mortar.pickup.PickupEvent.EndReason;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What orders mean for pickups: a confirmed order is to be picked, a cancellation is to be answered. Every other event
 * of an order passes by, among them {@code OrderCancelled}: before the confirmation there is no pickup yet, after it
 * pickup itself has decided.
 */
final class PickupProcess implements Process<PickupProcess.Incoming, PickupCommand> {

    /** What comes in. */
    sealed interface Incoming {

        /** The retailer stands by these fulfilments; those carried out of the store at once are not among them. */
        record OrderConfirmed(Channel channel, List<Part> fulfilments) implements Incoming {}

        /** One fulfilment of a confirmed order. */
        record Part(
                Fulfilment fulfilment,
                List<PickupLine> lines,
                @Nullable Instant promisedAt) {}

        /** Lines of a confirmed order are to be cancelled. */
        record OrderCancellationRequested(String cancellationId, EndReason reason, List<CancellationPart> parts)
                implements Incoming {}

        /** What is to be cancelled of one fulfilment. */
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
