package dev.mortar.audit;

import static dev.mortar.audit.Invariant.CLIENT_OK;
import static dev.mortar.audit.Invariant.CLIENT_REFUSED;
import static dev.mortar.audit.Invariant.CLIENT_UNKNOWN;

import dev.mortar.audit.ClientRequest.Outcome;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What clients remember against what the log holds. Remembers only what the journal names. */
final class ClientAudit {
    /** The end of a route and the events that are its effect; the aggregate is named by any id of the event. */
    private static final List<Effect> EFFECTS = List.of(
            new Effect("/v1/orders", Set.of("OrderPlaced")),
            new Effect("/v1/sales", Set.of("OrderPlaced")),
            new Effect("/cancel", Set.of("OrderCancellationRequested", "OrderCancelled", "PickupCancelled")),
            new Effect("/returns", Set.of("ReturnAccepted")),
            new Effect("/receipts", Set.of("StockReceived")),
            new Effect("/adjustments", Set.of("StockAdjusted")),
            new Effect("/counts", Set.of("StockCounted")),
            new Effect("/transfers", Set.of("StockTransferredOut")),
            new Effect("/holds", Set.of("StockHeld")),
            new Effect("/picking", Set.of("PickingStarted")),
            new Effect("/ready", Set.of("PickupReady")),
            new Effect("/handover", Set.of("PickupHandedOver")));

    private static final List<String> IDS = List.of(
            "orderId",
            "fulfilmentId",
            "returnId",
            "receiptId",
            "adjustmentId",
            "countId",
            "transferId",
            "holdId",
            "locationId");

    private final Findings findings;
    /** Keys by outcome, of one route and aggregate. */
    private final Map<Asked, Map<String, Outcome>> asked = new HashMap<>();

    private final Map<Asked, Integer> effects = new HashMap<>();
    private int withoutAggregate;

    ClientAudit(Findings findings) {
        this.findings = findings;
    }

    private record Effect(String routeEnd, Set<String> types) {}

    private record Asked(String routeEnd, String aggregateId) {}

    void expect(Collection<ClientRequest> journal) {
        for (var request : journal) {
            var aggregateId = request.aggregateId();
            var effect = EFFECTS.stream()
                    .filter(known -> request.route().endsWith(known.routeEnd))
                    .findFirst();
            if (aggregateId == null || effect.isEmpty()) {
                withoutAggregate++;
            } else {
                // A key that was acknowledged once was acknowledged, whatever became of its repetitions.
                asked.computeIfAbsent(new Asked(effect.get().routeEnd, aggregateId), _ -> new HashMap<>())
                        .merge(request.key(), request.outcome(), ClientAudit::stronger);
            }
        }
    }

    private static Outcome stronger(Outcome a, Outcome b) {
        if (a == Outcome.OK || b == Outcome.OK) {
            return Outcome.OK;
        }
        return a == Outcome.UNKNOWN || b == Outcome.UNKNOWN ? Outcome.UNKNOWN : Outcome.REFUSED;
    }

    void accept(LoggedEvent logged) {
        if (asked.isEmpty()) {
            return;
        }
        var type = logged.type();
        for (var effect : EFFECTS) {
            if (effect.types.contains(type)) {
                for (var id : IDS) {
                    var field = logged.event().getSchema().getField(id);
                    if (field != null && logged.event().get(field.pos()) instanceof String value) {
                        var key = new Asked(effect.routeEnd, value);
                        if (asked.containsKey(key)) {
                            effects.merge(key, 1, Integer::sum);
                        }
                    }
                }
            }
        }
    }

    void finish() {
        var sorted = new TreeMap<String, Asked>();
        asked.keySet().forEach(key -> sorted.put(key.toString(), key));
        for (var key : sorted.values()) {
            var outcomes = asked.getOrDefault(key, Map.of());
            long acknowledged =
                    outcomes.values().stream().filter(o -> o == Outcome.OK).count();
            long unknown =
                    outcomes.values().stream().filter(o -> o == Outcome.UNKNOWN).count();
            int found = effects.getOrDefault(key, 0);
            String what = found + " effects of " + key.routeEnd + " on " + key.aggregateId + "; clients know of "
                    + acknowledged + " acknowledged, " + unknown + " unknown and "
                    + (outcomes.size() - acknowledged - unknown) + " refused requests";
            if (acknowledged > 0) {
                findings.check(CLIENT_OK, found >= 1 && found <= acknowledged + unknown, () -> what);
            }
            if (unknown > 0) {
                findings.check(CLIENT_UNKNOWN, acknowledged > 0 || found <= unknown, () -> what);
            }
            if (acknowledged + unknown < outcomes.size()) {
                findings.check(CLIENT_REFUSED, acknowledged + unknown > 0 || found == 0, () -> what);
            }
        }
    }

    /** How many requests name no aggregate or a route without a known effect, and were not checked. */
    int unchecked() {
        return withoutAggregate;
    }
}
