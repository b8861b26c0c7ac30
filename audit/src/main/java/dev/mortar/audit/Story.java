package dev.mortar.audit;

import static dev.mortar.audit.Invariant.MOVEMENT_TIME;

import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.pickup.*;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The promises about a part of an order's way that crosses services: each step follows from its cause, once. */
abstract class Story extends Auditor {
    final ExpectedSteps steps;

    Story(Findings findings, ExpectedSteps steps) {
        super(findings);
        this.steps = steps;
    }

    /** Requires that every event type is a step of one of these stories, or is ignored by all of them. */
    static void requireCompleteness(List<Story> stories) {
        requireCompleteness(stories, _ -> true, """
                OrderCompleted LocationRegistered StockReceived StockCounted StockTransferredOut
                StockTransferredIn StockShortfallDetected SafetyStockSet StockHeld StockHoldReleased
                StockHoldExpired PickingStarted CustomerOnTheWay CustomerArrived PickupCodeRejected
                RefundRequested NotificationSuperseded""");
    }

    /** Checks the time of a movement: the time its cause names, or the recording time if that is earlier. */
    final void movedWhenItHappened(Instant happenedAt, @Nullable Instant movedAt) {
        var recordedAt = logged().recordedAt();
        boolean isRight = movedAt == null || movedAt.equals(happenedAt.isAfter(recordedAt) ? recordedAt : happenedAt);
        check(MOVEMENT_TIME, isRight, "The movement is booked as of %s; it happened at %s", movedAt, happenedAt);
    }
}
