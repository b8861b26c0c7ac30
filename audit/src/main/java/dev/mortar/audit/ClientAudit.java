package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;
import static dev.mortar.audit.Sums.byGoods;
import static dev.mortar.audit.Sums.moved;
import static dev.mortar.audit.Sums.sum;

import dev.mortar.audit.ClientRequest.Outcome;
import dev.mortar.schemas.EndReason;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.order.OrderCancellationRequested;
import dev.mortar.schemas.order.OrderCancelled;
import dev.mortar.schemas.order.OrderLinesCancelled;
import dev.mortar.schemas.order.OrderPlaced;
import dev.mortar.schemas.order.SaleRecorded;
import dev.mortar.schemas.pickup.*;
import dev.mortar.schemas.returns.ReturnAccepted;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The promises about requests: the journal of the clients agrees with the log. */
final class ClientAudit extends Auditor {
    private static final String CANCEL = "/v1/orders/{id}/cancel";
    private static final String RETURNS = "/v1/orders/{id}/returns";
    private static final String LOCATION = "/v1/locations/{id}/";
    private static final String PICKUP = "/v1/pickups/{id}/";
    private static final String PARCEL = PICKUP + "parcels/{id}/";

    /** The fields of an event that may hold the id which the client knows. */
    private static final List<String> IDS =
            List.of(("orderId fulfilmentId returnId receiptId adjustmentId countId transferId holdId pauseId parcelId"
                            + " locationId")
                    .split(" "));

    private final Map<String, Pattern> routes = new LinkedHashMap<>();
    private final Map<Target, Expectation> expectations = new HashMap<>();
    /** The number of requests that name no aggregate or a route without a known effect. */
    int unchecked;

    ClientAudit(Findings findings) {
        super(findings);
        effect(OrderPlaced.class, e -> byGoods(e.getLines()), "/v1/orders");
        effect(SaleRecorded.class, e -> byGoods(e.getLines()), "/v1/sales");
        effect(OrderCancellationRequested.class, _ -> null, CANCEL);
        effect(OrderCancelled.class, _ -> null, CANCEL);
        effect(OrderLinesCancelled.class, _ -> null, CANCEL);
        effect(ReturnAccepted.class, e -> byGoods(e.getLines()), RETURNS);
        effect(StockReceived.class, e -> moved(e.getChanges(), e.getAlreadyCounted()), LOCATION + "receipts");
        effect(StockAdjusted.class, e -> moved(e.getChanges(), e.getAlreadyCounted()), LOCATION + "adjustments");
        effect(StockCounted.class, e -> sum(e.getCounted(), Sums::goods, CountedSku::getCounted), LOCATION + "counts");
        effect(StockTransferredOut.class, e -> byGoods(e.getTransferred()), LOCATION + "transfers");
        effect(
                StockTransferredIn.class,
                e -> Sums.plus(byGoods(e.getAccepted()), byGoods(e.getDamaged())),
                LOCATION + "transfers/{id}/receipts");
        effect(StockHeld.class, e -> byGoods(e.getHeld()), LOCATION + "holds");
        effect(CapacityPaused.class, _ -> null, LOCATION + "pauses");
        effect(PickingStarted.class, _ -> null, PICKUP + "picking");
        effect(PickupAccepted.class, _ -> null, PICKUP + "accept");
        effect(PickupTaskRejected.class, _ -> null, PICKUP + "reject");
        effect(PickupDeadlineExtended.class, _ -> null, PICKUP + "extend");
        effect(PickupReady.class, _ -> null, PICKUP + "ready");
        effect(PickupHandedOver.class, _ -> null, PICKUP + "handover");
        effect(PickupCancelled.class, _ -> null, PICKUP + "cancel");
        effect(ParcelPacked.class, e -> byGoods(e.getLines()), PICKUP + "parcels");
        effect(ParcelDelivered.class, _ -> null, PARCEL + "delivered");
        effect(ParcelFound.class, _ -> null, PARCEL + "delivered");
        effect(DeliveryAttemptFailed.class, _ -> null, PARCEL + "attempt-failed");
        effect(ParcelReturned.class, _ -> null, PARCEL + "returned");
        effect(ParcelLost.class, _ -> null, PARCEL + "lost");
        requireCompleteness(List.of(this), EventType::spontaneous, """
                FulfilmentRejected OrderConfirmed OrderRejected FulfilmentHandedOver OrderCompleted
                SourcingRequested SourcingDecided FulfilmentAdded FulfilmentWithdrawn
                LocationRegistered StockReleased StockShortfallDetected ReservationBroken ReservationReduced
                SafetyStockSet SlotClosed StockHoldReleased StockHoldExpired PickupLineShort PickupReminderDue
                PickupCodeReissued CustomerOnTheWay CustomerArrived PickupCodeRejected PickupExpired
                PickupOverdue StockHoldChanged TransferClosed
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
            Class<E> type, Function<E, @Nullable Map<String, Long>> goods, String route) {
        routes.put(route, Pattern.compile("POST " + route.replace("{id}", "[^/]+")));
        on(type, event -> {
            for (var id : expectations.isEmpty() ? List.<String>of() : IDS) {
                var aggregateId = logged().field(id);
                var expectation = expectations.get(new Target(route, String.valueOf(aggregateId)));
                if (aggregateId != null && expectation != null && mayBeAskedFor(event)) {
                    found(expectation, expectation.acknowledgedGoods.isEmpty() ? null : goods.apply(event));
                }
            }
        });
    }

    /** Whether a client may have asked for an event. A run that fails ends units without a client. */
    private static boolean mayBeAskedFor(SpecificRecord event) {
        return switch (event) {
            case OrderCancelled it -> it.getMeta().getCausationId() != null || isByClient(it.getReason());
            case OrderLinesCancelled it -> it.getMeta().getCausationId() == null && isByClient(it.getReason());
            default -> true;
        };
    }

    private static boolean isByClient(EndReason reason) {
        return reason == EndReason.CANCELLED_BY_SHOPPER || reason == EndReason.CANCELLED_BY_RETAILER;
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
            var id = request.aggregateId();
            var route = routes.entrySet().stream()
                    .filter(each -> each.getValue().matcher(request.route()).matches())
                    .map(Map.Entry::getKey)
                    .findFirst();
            if (id == null || route.isEmpty()) {
                unchecked++;
                continue;
            }
            var expectation = expectations.computeIfAbsent(new Target(route.get(), id), _ -> new Expectation());
            // One acknowledgement of a key is enough, whatever the outcome of its repetitions.
            expectation.outcomes.merge(request.key(), request.outcome(), (a, b) -> a.compareTo(b) < 0 ? a : b);
            if (request.outcome() == Outcome.OK && request.goods() != null) {
                expectation.acknowledgedGoods.add(request.goods());
            }
        }
    }

    @Override
    void finish(Instant asOf) {
        expectations.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
                .forEach(entry -> finish(entry.getKey(), entry.getValue()));
    }

    private void finish(Target target, Expectation expectation) {
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
