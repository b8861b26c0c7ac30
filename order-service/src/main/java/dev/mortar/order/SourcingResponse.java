package dev.mortar.order;

import dev.mortar.eventsourcing.Recorded;
import dev.mortar.order.OrderEvent.FulfilmentAdded;
import dev.mortar.order.OrderEvent.SourcingDecided;
import dev.mortar.order.OrderEvent.SourcingRequested;
import dev.mortar.order.Sourcing.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The runs of an order, newest first. */
record SourcingResponse(String orderId, List<Run> runs) {

    /**
     * A search for the locations of some units.
     *
     * @param decision its outcome; absent until there is one. Callers from outside see only the chosen candidates
     * @param fulfilments those that came of it
     */
    record Run(
            SourcingRequested request,
            Instant requestedAt,
            @Nullable SourcingDecided decision,
            @Nullable Instant decidedAt,
            List<Fulfilment> fulfilments) {

        private Run decided(SourcingDecided outcome, Instant at) {
            return new Run(request, requestedAt, outcome, at, fulfilments);
        }

        private Run added(Fulfilment fulfilment) {
            List<Fulfilment> more = new ArrayList<>(fulfilments);
            more.add(fulfilment);
            return new Run(request, requestedAt, decision, decidedAt, List.copyOf(more));
        }
    }

    /**
     * The runs in the events of an order.
     *
     * @param whole false to show only the chosen candidates
     */
    static SourcingResponse of(String orderId, Stream<Recorded<OrderEvent>> events, boolean whole) {
        Map<String, Run> runs = new LinkedHashMap<>();
        events.forEach(recorded -> {
            Instant at = recorded.recordedAt();
            if (recorded.event() instanceof SourcingRequested request) {
                runs.put(request.runId(), new Run(request, at, null, null, List.of()));
            } else if (recorded.event() instanceof SourcingDecided outcome) {
                SourcingDecided shown = whole ? outcome : chosen(outcome);
                runs.computeIfPresent(outcome.runId(), (_, run) -> run.decided(shown, at));
            } else if (recorded.event() instanceof FulfilmentAdded added) {
                runs.computeIfPresent(added.runId(), (_, run) -> run.added(added.fulfilment()));
            }
        });
        return new SourcingResponse(orderId, List.copyOf(runs.values()).reversed());
    }

    private static SourcingDecided chosen(SourcingDecided e) {
        return new SourcingDecided(
                e.orderId(),
                e.runId(),
                e.outcome(),
                e.rulesId(),
                e.rulesRevision(),
                e.copyAsOf(),
                e.candidates().stream()
                        .filter(each -> each.verdict() == Verdict.CHOSEN)
                        .toList(),
                e.leftOut(),
                e.score());
    }
}
