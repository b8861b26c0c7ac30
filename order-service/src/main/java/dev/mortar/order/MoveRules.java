package dev.mortar.order;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.order.FulfilmentProgress.Reserved;
import dev.mortar.order.OrderCommand.DecideSourcing;
import dev.mortar.order.OrderCommand.MoveFulfilment;
import dev.mortar.order.OrderEvent.SourcingRequested;
import dev.mortar.order.OrderRejection.*;
import dev.mortar.order.SourcingRun.Trigger;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rules of moves: a shopper wants the goods at another store. A move is a run whose location the shopper chooses.
 * The old store keeps the goods until the new one has reserved them.
 */
final class MoveRules {

    /** Limit of moves of an order. */
    static final int MOVES_MAX = 3;

    private MoveRules() {}

    static Decision<OrderEvent> move(Order order, MoveFulfilment command, Instant now) {
        if (!(order instanceof Order.Known known)) {
            return FulfilmentRules.unknown(command);
        }
        OrderContents contents = known.contents();
        SourcingRun earlier = contents.run(command.moveId());
        if (earlier != null) {
            return isRepeat(contents, earlier, command)
                    ? accepted()
                    : rejected(new MoveConflict(command.orderId(), command.moveId()));
        }
        Fulfilment fulfilment = contents.fulfilment(command.fulfilmentId());
        if (fulfilment == null) {
            return FulfilmentRules.unknownFulfilment(contents, command.fulfilmentId());
        }
        OrderRejection refusal = refusal(known, fulfilment, command);
        return refusal == null ? begin(order, fulfilment, command, now) : rejected(refusal);
    }

    private static boolean isRepeat(OrderContents contents, SourcingRun earlier, MoveFulfilment command) {
        return command.fulfilmentId().equals(earlier.request().replaces())
                && contents.added(earlier)
                        .anyMatch(each -> each.fulfilment().locationId().equals(command.locationId()));
    }

    private static @Nullable OrderRejection refusal(Order.Known order, Fulfilment fulfilment, MoveFulfilment command) {
        OrderContents contents = order.contents();
        if (order instanceof Order.Placed) {
            return new NotConfirmedYet(command.orderId());
        }
        if (!(contents.progress(fulfilment) instanceof Reserved)) {
            return new FulfilmentNotOpen(
                    fulfilment.fulfilmentId(),
                    OrderResponse.status(contents.progress(fulfilment)).name());
        }
        if (!isMovable(fulfilment.method())) {
            return new NotMovable("fulfilmentId", fulfilment.method());
        }
        if (command.method() != null && !isMovable(command.method())) {
            return new NotMovable("method", command.method());
        }
        if (fulfilment.locationId().equals(command.locationId())) {
            return new SameLocation("locationId", command.locationId());
        }
        SourcingRun held = contents.heldRun(fulfilment);
        if (held != null) {
            return new MoveInProgress(fulfilment.fulfilmentId(), held.runId());
        }
        if (!contents.cancellable(fulfilment).equals(contents.open(fulfilment))) {
            return new FulfilmentNotOpen(fulfilment.fulfilmentId(), "being cancelled");
        }
        long moves = contents.runs().stream()
                .filter(run -> run.request().trigger() == Trigger.SHOPPER_MOVE)
                .count();
        return moves < MOVES_MAX ? null : new TooManyMoves(command.orderId(), MOVES_MAX);
    }

    private static boolean isMovable(FulfilmentMethod method) {
        return method == FulfilmentMethod.PICKUP || method == FulfilmentMethod.CURBSIDE;
    }

    private static Decision<OrderEvent> begin(Order order, Fulfilment fulfilment, MoveFulfilment command, Instant now) {
        OrderContents contents = Order.contents(order);
        List<LinePart> units = contents.of(fulfilment).last(contents.open(fulfilment));
        SourcingRequested request = new SourcingRequested(
                command.orderId(),
                command.moveId(),
                1,
                contents.requested().channelId(),
                Trigger.SHOPPER_MOVE,
                command.method() == null ? fulfilment.method() : command.method(),
                units,
                fulfilment.fulfilmentId(),
                true,
                null,
                command.locationId(),
                List.of(fulfilment.locationId()),
                command.latestReadyAt(),
                1,
                false,
                now.plus(command.decideWithin()),
                EndReason.NO_SOURCE,
                null,
                fulfilment.destinationId());
        Draft requested = Draft.of(order).then(request);
        SourcingRun run = Objects.requireNonNull(requested.contents().run(command.moveId()));
        return RunRules.planned(requested, run, List.of(new DecideSourcing.Share(command.locationId(), units)))
                .accepted();
    }
}
