package dev.mortar.audit;

import static dev.mortar.audit.Invariant.CLIENT_CONTENT;
import static dev.mortar.audit.Invariant.CLIENT_OK;
import static dev.mortar.audit.Invariant.CLIENT_REFUSED;
import static dev.mortar.audit.Invariant.CLIENT_UNKNOWN;

import dev.mortar.audit.ClientRequest.Outcome;
import dev.mortar.schemas.inventory.StockAdjusted;
import dev.mortar.schemas.inventory.StockCounted;
import dev.mortar.schemas.inventory.StockHeld;
import dev.mortar.schemas.inventory.StockReceived;
import dev.mortar.schemas.inventory.StockTransferredOut;
import dev.mortar.schemas.order.OrderPlaced;
import dev.mortar.schemas.returns.ReturnAccepted;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** What clients remember against what the log holds. Remembers only what the journal names. */
final class ClientAudit {
    /** How routes begin and end, and the events that are their effect; any id of such an event names the aggregate. */
    private static final List<Effect> EFFECTS = List.of(
            new Effect("/v1/orders", "/v1/orders", Set.of("OrderPlaced")),
            new Effect("/v1/sales", "/v1/sales", Set.of("OrderPlaced")),
            new Effect("/v1/orders/", "/cancel", Set.of("OrderCancellationRequested", "OrderCancelled")),
            new Effect("/v1/orders/", "/returns", Set.of("ReturnAccepted")),
            new Effect("/v1/locations/", "/receipts", Set.of("StockReceived")),
            new Effect("/v1/locations/", "/adjustments", Set.of("StockAdjusted")),
            new Effect("/v1/locations/", "/counts", Set.of("StockCounted")),
            new Effect("/v1/locations/", "/transfers", Set.of("StockTransferredOut")),
            new Effect("/v1/locations/", "/holds", Set.of("StockHeld")),
            new Effect("/v1/pickups/", "/picking", Set.of("PickingStarted")),
            new Effect("/v1/pickups/", "/ready", Set.of("PickupReady")),
            new Effect("/v1/pickups/", "/handover", Set.of("PickupHandedOver")),
            new Effect("/v1/pickups/", "/cancel", Set.of("PickupCancelled")));

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

    private final Map<Asked, Found> effects = new HashMap<>();
    /** What others brought about: who asks for the same is told that it is done. */
    private final Set<Asked> doneByOthers = new HashSet<>();

    /** The goods of acknowledged requests, and those of the effects of what was asked. */
    private final Map<Asked, Set<Map<String, Long>>> acknowledgedGoods = new HashMap<>();

    private final Map<Asked, Set<Map<String, Long>>> bookedGoods = new HashMap<>();
    private int withoutAggregate;

    ClientAudit(Findings findings) {
        this.findings = findings;
    }

    private record Effect(String routeStart, String routeEnd, Set<String> types) {
        boolean isOf(String route) {
            return route.startsWith("POST " + routeStart) && route.endsWith(routeEnd);
        }

        @Override
        public String toString() {
            return routeStart.equals(routeEnd) ? routeEnd : routeStart + "{id}" + routeEnd;
        }
    }

    private record Asked(Effect effect, String aggregateId) {}

    /** How many commands had an effect, and the newest of them: the events of one lie together. */
    private record Found(int commands, UUID newest) {
        Found and(UUID command) {
            return command.equals(newest) ? this : new Found(commands + 1, command);
        }
    }

    void expect(Collection<ClientRequest> journal) {
        for (var request : journal) {
            var aggregateId = request.aggregateId();
            var effect = EFFECTS.stream()
                    .filter(known -> known.isOf(request.route()))
                    .findFirst();
            if (aggregateId == null || effect.isEmpty()) {
                withoutAggregate++;
            } else {
                var key = new Asked(effect.get(), aggregateId);
                // A key that was acknowledged once was acknowledged, whatever became of its repetitions.
                asked.computeIfAbsent(key, _ -> new HashMap<>())
                        .merge(request.key(), request.outcome(), ClientAudit::stronger);
                if (request.outcome() == Outcome.OK && request.goods() != null) {
                    acknowledgedGoods.computeIfAbsent(key, _ -> new HashSet<>()).add(request.goods());
                }
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
        var meta = EventType.meta(logged);
        if (asked.isEmpty()) {
            return;
        }
        var type = logged.type();
        for (var effect : EFFECTS) {
            if (effect.types.contains(type)) {
                for (var id : IDS) {
                    var field = logged.event().getSchema().getField(id);
                    if (field != null && logged.event().get(field.pos()) instanceof String value) {
                        var key = new Asked(effect, value);
                        // What follows from another event was not asked for by a client.
                        if (asked.containsKey(key) && meta.getCausationId() != null) {
                            doneByOthers.add(key);
                        } else if (asked.containsKey(key)) {
                            effects.merge(
                                    key, new Found(1, meta.getCommandId()), (found, one) -> found.and(one.newest));
                            var goods = acknowledgedGoods.containsKey(key) ? goodsOf(logged.event()) : null;
                            if (goods != null) {
                                bookedGoods
                                        .computeIfAbsent(key, _ -> new HashSet<>())
                                        .add(goods);
                            }
                        }
                    }
                }
            }
        }
    }

    /** The goods that the client named in the request for an event; null when it named none. */
    private static @Nullable Map<String, Long> goodsOf(SpecificRecord event) {
        return switch (event) {
            case OrderPlaced placed -> Sums.linesByGoods(placed.getLines());
            case ReturnAccepted accepted -> Sums.returnedByGoods(accepted.getLines());
            case StockReceived received -> Sums.moved(received.getChanges(), received.getAlreadyCounted());
            case StockAdjusted adjusted -> Sums.moved(adjusted.getChanges(), adjusted.getAlreadyCounted());
            case StockCounted counted ->
                Sums.sum(
                        counted.getCounted(),
                        each -> Goods.key(each.getSku(), each.getUnit()),
                        each -> each.getCounted());
            case StockTransferredOut sent -> Sums.byGoods(sent.getTransferred());
            case StockHeld held -> Sums.byGoods(held.getHeld());
            default -> null;
        };
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
            var commands = effects.get(key);
            int found = commands == null ? 0 : commands.commands;
            String what = found + " effects of " + key.effect + " on " + key.aggregateId + "; clients know of "
                    + acknowledged + " acknowledged, " + unknown + " unknown and "
                    + (outcomes.size() - acknowledged - unknown) + " refused requests";
            if (acknowledged > 0) {
                // Each return is one of its own, while the same receipt or cancellation may be asked for twice.
                long least = key.effect.routeEnd.equals("/returns") ? acknowledged : 1;
                boolean done = found >= least || doneByOthers.contains(key);
                findings.check(CLIENT_OK, done && found <= acknowledged + unknown, () -> what);
            }
            for (var goods : acknowledgedGoods.getOrDefault(key, Set.of())) {
                var inLog = bookedGoods.get(key);
                findings.check(
                        CLIENT_CONTENT,
                        inLog == null || inLog.contains(goods),
                        () -> "Acknowledged is " + key.effect + " of " + goods + " on " + key.aggregateId
                                + ", in the log are " + inLog);
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
