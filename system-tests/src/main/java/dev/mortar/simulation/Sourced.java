package dev.mortar.simulation;

import dev.mortar.schemas.order.FulfilmentAdded;
import dev.mortar.schemas.order.FulfilmentConfirmed;
import dev.mortar.schemas.order.FulfilmentRejected;
import dev.mortar.schemas.order.FulfilmentWithdrawn;
import dev.mortar.schemas.order.OrderLinesCancelled;
import dev.mortar.schemas.order.OrderPlaced;
import dev.mortar.schemas.order.SourcingDecided;
import dev.mortar.schemas.order.SourcingRequested;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/** Counts how often orders looked for a location, and with which result. */
final class Sourced {
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Set<String> added = new HashSet<>();
    /** Runs whose old fulfilment keeps the units until another location has reserved them. */
    private final Set<String> moves = new HashSet<>();

    void see(SpecificRecord event) {
        switch (event) {
            case OrderPlaced e when !e.getUnsourced().isEmpty() -> count("order without a location");
            case SourcingRequested e -> {
                count("run " + e.getTrigger());
                if (e.getHeld()) {
                    moves.add(e.getRunId());
                }
            }
            case SourcingDecided e -> count("run ended " + e.getOutcome());
            case FulfilmentAdded e -> added.add(e.getFulfilment().getFulfilmentId());
            case FulfilmentRejected e when added.contains(e.getFulfilmentId()) -> count("added fulfilment refused");
            case FulfilmentConfirmed e -> count(moves.contains(e.getRunId()) ? "move won" : "lost units placed again");
            case FulfilmentWithdrawn e -> count("withdrawn " + e.getReason());
            case OrderLinesCancelled e when e.getRunId() != null -> count("units without source");
            default -> {
                // It has nothing to do with locations.
            }
        }
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    Map<String, Integer> counts() {
        return counts;
    }
}
