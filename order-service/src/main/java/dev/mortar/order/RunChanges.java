package dev.mortar.order;

import dev.mortar.order.FulfilmentContents.Part;
import dev.mortar.order.OrderEvent.*;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** How the events of runs change the contents of an order. */
final class RunChanges {

    private RunChanges() {}

    /** Unless the old fulfilment keeps the units, the run takes them. */
    static OrderContents requested(OrderContents contents, SourcingRequested event) {
        String replaced = event.replaces();
        OrderContents before = event.held() || replaced == null
                ? contents
                : contents.change(replaced, old -> old.without(event.parts()))
                        .changeCancellation(event.cancellationId(), cancellation -> cancellation.answered(replaced));
        List<Part> units =
                event.held() ? List.of() : event.parts().stream().map(Part::of).toList();
        List<SourcingRun> runs = new ArrayList<>(before.runs());
        runs.add(new SourcingRun(event, null, units));
        return before.withRuns(runs);
    }

    /** @param reject whether units without a location are rejected; otherwise OrderLinesCancelled follows */
    static OrderContents decided(OrderContents contents, SourcingDecided event, boolean reject) {
        return changeRun(contents, event.runId(), run -> {
            SourcingRun decided = run.with(event.outcome());
            return reject ? decided.changeOpen(LineProgress::ofRejected) : decided;
        });
    }

    static OrderContents added(OrderContents contents, FulfilmentAdded event) {
        boolean hasUnits = !isHeld(contents, event.runId());
        return contents.with(FulfilmentContents.added(event.fulfilment(), event.runId(), hasUnits));
    }

    /** The fulfilment has its units; the one that it replaces no longer has them. */
    static OrderContents confirmed(OrderContents contents, FulfilmentConfirmed event) {
        Fulfilment confirmed = event.fulfilment();
        String replaced = confirmed.replaces();
        OrderContents before = replaced != null && isHeld(contents, event.runId())
                ? contents.change(replaced, old -> old.without(confirmed.parts()))
                        .changeCancellation(event.cancellationId(), cancellation -> cancellation.answered(replaced))
                : contents;
        return before.change(
                confirmed.fulfilmentId(),
                added -> added.with(confirmed)
                        .with(new FulfilmentProgress.Reserved())
                        .withUnits(confirmed.parts()));
    }

    private static boolean isHeld(OrderContents contents, String runId) {
        return Objects.requireNonNull(contents.run(runId), runId).request().held();
    }

    static OrderContents changeRun(OrderContents contents, String runId, UnaryOperator<SourcingRun> change) {
        return contents.changeRuns(run -> run.runId().equals(runId) ? change.apply(run) : run);
    }
}
