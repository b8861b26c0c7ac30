package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;

import dev.mortar.audit.ClientRequest.Outcome;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.notification.*;
import dev.mortar.schemas.order.*;
import dev.mortar.schemas.pickup.*;
import dev.mortar.schemas.returns.ReturnAccepted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The promises about requests: the journal of the clients agrees with the log. */
final class ClientAudit extends Auditor {
    private static final String RETURNS = "/v1/orders/{id}/returns";

    /** The fields of an event that may hold the id which the client knows. */
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

    private final List<String> routes = new ArrayList<>();
    private final Map<Target, Expectation> expectations = new HashMap<>();
    private int unchecked;

    ClientAudit(Findings findings) {
        super(findings);
        effect(OrderPlaced.class, event -> Sums.byGoods(event.getLines()), "/v1/orders");
        effect(SaleRecorded.class, event -> Sums.byGoods(event.getLines()), "/v1/sales");
        effect(OrderCancellationRequested.class, _ -> null, "/v1/orders/{id}/cancel");
        effect(OrderCancelled.class, _ -> null, "/v1/orders/{id}/cancel");
        effect(ReturnAccepted.class, event -> Sums.byGoods(event.getLines()), RETURNS);
        effect(
                StockReceived.class,
                event -> Sums.moved(event.getChanges(), event.getAlreadyCounted()),
                "/v1/locations/{id}/receipts");
        effect(
                StockAdjusted.class,
                event -> Sums.moved(event.getChanges(), event.getAlreadyCounted()),
                "/v1/locations/{id}/adjustments");
        effect(
                StockCounted.class,
                event -> Sums.sum(event.getCounted(), Sums::goods, CountedSku::getCounted),
                "/v1/locations/{id}/counts");
        effect(
                StockTransferredOut.class,
                event -> Sums.byGoods(event.getTransferred()),
                "/v1/locations/{id}/transfers");
        effect(StockHeld.class, event -> Sums.byGoods(event.getHeld()), "/v1/locations/{id}/holds");
        effect(PickingStarted.class, _ -> null, "/v1/pickups/{id}/picking");
        effect(PickupReady.class, _ -> null, "/v1/pickups/{id}/ready");
        effect(PickupHandedOver.class, _ -> null, "/v1/pickups/{id}/handover");
        effect(PickupCancelled.class, _ -> null, "/v1/pickups/{id}/cancel");
        requireCompleteness(List.of(this), EventType::spontaneous, """
                FulfilmentRejected OrderConfirmed OrderRejected FulfilmentHandedOver OrderCompleted
                LocationRegistered StockReleased StockShortfallDetected ReservationBroken
                SafetyStockSet StockHoldReleased StockHoldExpired PickupLineShort PickupReminderDue
                PickupCodeReissued CustomerOnTheWay CustomerArrived PickupCodeRejected PickupExpired
                RefundRequested NotificationRepeated NotificationDue NotificationSending
                NotificationAttemptFailed NotificationSent NotificationFailed NotificationSuppressed""");
    }

    /** A route and the id of the aggregate that its requests are about. */
    private record Target(String route, String aggregateId) {
        @Override
        public String toString() {
            return route + " of " + aggregateId;
        }
    }

    /** The requests of clients on one target, and the effects in the log. */
    private static final class Expectation {
        final Map<String, Outcome> outcomes = new HashMap<>();
        final Set<Map<String, Long>> acknowledgedGoods = new HashSet<>();
        final Set<UUID> commands = new HashSet<>();
        final Set<Map<String, Long>> bookedGoods = new HashSet<>();
        /** Another service had the effect; a client that asks for the same is told that it is done. */
        boolean isDoneByOthers;

        long count(Outcome outcome) {
            return outcomes.values().stream().filter(outcome::equals).count();
        }
    }

    /**
     * Registers an event type that is the effect of a POST.
     *
     * @param goods the goods that the client named in the request; null if it named none
     */
    private <E extends SpecificRecord> void effect(
            Class<E> type, Function<E, @Nullable Map<String, Long>> goods, String... routes) {
        this.routes.addAll(List.of(routes));
        on(type, event -> {
            if (expectations.isEmpty()) {
                return;
            }
            for (var route : routes) {
                for (var id : IDS) {
                    var expectation = logged().field(id) instanceof String value
                            ? expectations.get(new Target(route, value))
                            : null;
                    if (expectation != null) {
                        found(expectation, expectation.acknowledgedGoods.isEmpty() ? null : goods.apply(event));
                    }
                }
            }
        });
    }

    private void found(Expectation expectation, @Nullable Map<String, Long> goods) {
        if (logged().hasCause()) {
            expectation.isDoneByOthers = true;
            return;
        }
        expectation.commands.add(logged().meta().getCommandId());
        if (goods != null) {
            expectation.bookedGoods.add(goods);
        }
    }

    /** Adds the requests of clients. Before the first event. */
    void expect(Collection<ClientRequest> journal) {
        for (var request : journal) {
            var aggregateId = request.aggregateId();
            var route = routes.stream()
                    .filter(known -> isOf(known, request.route()))
                    .findFirst();
            if (aggregateId == null || route.isEmpty()) {
                unchecked++;
                continue;
            }
            var expectation =
                    expectations.computeIfAbsent(new Target(route.get(), aggregateId), _ -> new Expectation());
            // One acknowledgement of a key is enough, whatever the outcome of its repetitions.
            expectation.outcomes.merge(request.key(), request.outcome(), ClientAudit::stronger);
            if (request.outcome() == Outcome.OK && request.goods() != null) {
                expectation.acknowledgedGoods.add(request.goods());
            }
        }
    }

    private static boolean isOf(String known, String route) {
        int id = known.indexOf("{id}");
        return id < 0
                ? route.equals("POST " + known)
                : route.startsWith("POST " + known.substring(0, id)) && route.endsWith(known.substring(id + 4));
    }

    private static Outcome stronger(Outcome a, Outcome b) {
        if (a == Outcome.OK || b == Outcome.OK) {
            return Outcome.OK;
        }
        return a == Outcome.UNKNOWN || b == Outcome.UNKNOWN ? Outcome.UNKNOWN : Outcome.REFUSED;
    }

    @Override
    void finish(Instant asOf) {
        var sorted = new TreeMap<String, Target>();
        expectations.keySet().forEach(target -> sorted.put(target.toString(), target));
        for (var target : sorted.values()) {
            var expectation = expectations.getOrDefault(target, new Expectation());
            long acknowledged = expectation.count(Outcome.OK);
            long unknown = expectation.count(Outcome.UNKNOWN);
            long refused = expectation.count(Outcome.REFUSED);
            int found = expectation.commands.size();
            var sentence = "%s has %s effects; the clients have %s acknowledged, %s unknown, %s refused requests";
            Object[] values = {target, found, acknowledged, unknown, refused};
            if (acknowledged > 0) {
                // Each return has an effect of its own. Several clients may ask for the same receipt or cancellation.
                long least = target.route.equals(RETURNS) ? acknowledged : 1;
                boolean isDone = found >= least || expectation.isDoneByOthers;
                check(CLIENT_OK, isDone && found <= acknowledged + unknown, sentence, values);
            }
            var booked = expectation.bookedGoods;
            for (var goods : expectation.acknowledgedGoods) {
                boolean isBooked = booked.isEmpty() || booked.contains(goods);
                check(CLIENT_CONTENT, isBooked, "%s: acknowledged are %s; the log has %s", target, goods, booked);
            }
            if (unknown > 0) {
                check(CLIENT_UNKNOWN, acknowledged > 0 || found <= unknown, sentence, values);
            }
            if (refused > 0) {
                check(CLIENT_REFUSED, acknowledged + unknown > 0 || found == 0, sentence, values);
            }
        }
    }

    /** The number of requests that name no aggregate or a route without a known effect, and were not checked. */
    int unchecked() {
        return unchecked;
    }
}
