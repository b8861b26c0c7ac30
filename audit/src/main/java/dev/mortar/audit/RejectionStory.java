package dev.mortar.audit;

import static dev.mortar.audit.ExpectedSteps.Step.CANCEL_REJECTED;

import dev.mortar.schemas.EndReason;
import dev.mortar.schemas.order.OrderCancellationRequested;
import dev.mortar.schemas.order.SourcingRequested;
import dev.mortar.schemas.order.SourcingTrigger;
import dev.mortar.schemas.pickup.PickupTaskRejected;
import java.util.Map;

/** From a task that a store rejects to the order that looks for another store, or asks to cancel the task. */
final class RejectionStory extends Auditor {

    RejectionStory(Findings findings, ExpectedSteps steps, PickupAudit pickups, OrderAudit orders) {
        super(findings);
        on(PickupTaskRejected.class, event -> {
            var id = event.getFulfilmentId();
            // The order asks for nothing if earlier requests cover all units; they end the pickup, too.
            // If it looks for another store already, the end of that run decides.
            steps.expect(
                    CANCEL_REJECTED,
                    id,
                    Map.of(),
                    () -> pickups.isEnded(id) || orders.hasLookedElsewhere(event.getOrderId(), id));
        });
        on(SourcingRequested.class, event -> {
            if (event.getTrigger() == SourcingTrigger.STORE_REJECTED
                    && logged().meta().getIndex() == 0) {
                steps.take(CANCEL_REJECTED, String.valueOf(event.getReplaces()), null);
            }
        });
        on(OrderCancellationRequested.class, event -> {
            // Otherwise it follows a run that found no other store.
            if (isAboutRejection(event) && logged().meta().getIndex() == 0) {
                steps.take(CANCEL_REJECTED, event.getParts().getFirst().getFulfilmentId(), null);
            }
        });
    }

    /** Whether an order asks because a store rejected the task; the id says so, and no shopper chooses it. */
    static boolean isAboutRejection(OrderCancellationRequested event) {
        return event.getReason() == EndReason.NO_SOURCE
                && event.getParts().size() == 1
                && event.getCancellationId().equals(event.getParts().getFirst().getFulfilmentId() + "-rejected");
    }
}
