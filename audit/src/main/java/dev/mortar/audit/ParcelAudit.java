package dev.mortar.audit;

import static dev.mortar.audit.Invariant.PARCEL_ENDS_ONCE;
import static dev.mortar.audit.Invariant.REPEATS_FIRST;
import static dev.mortar.audit.Invariant.TASK_OVERDUE;
import static dev.mortar.audit.Sums.byLine;

import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.pickup.*;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecord;

/** The promises about parcels: each unit that a courier takes is in one of them, and each of them ends once. */
final class ParcelAudit extends Auditor {
    private static final Duration OVERDUE_AFTER = Duration.ofDays(10);
    private static final Duration NO_NEWS_AFTER = Duration.ofDays(30);

    private final RepeatedFields repeated;
    /** Deliveries that are ready, by fulfilment. */
    private final Map<String, Packing> ready = new HashMap<>();
    /** Deliveries with parcels on their way, by fulfilment. */
    private final Map<String, Shipment> shipments = new HashMap<>();
    /** Parcels that were lost and not found. */
    private final Set<String> lost = new HashSet<>();

    ParcelAudit(Findings findings) {
        super(findings);
        String[] fields = {"orderId", "locationId", "customerId", "method"};
        repeated = new RepeatedFields(findings, REPEATS_FIRST, Map.of(), fields);
        on(PickupReady.class, event -> {
            if (event.getMethod() == FulfilmentMethod.DELIVERY) {
                ready.put(event.getFulfilmentId(), new Packing(byLine(event.getLines())));
            }
        });
        on(ParcelPacked.class, this::packed);
        on(PickupCancelled.class, this::cancelled);
        on(PickupExpired.class, event -> ready.remove(event.getFulfilmentId()));
        on(PickupHandedOver.class, this::handedOver);
        on(PickupOverdue.class, this::overdue);
        ofParcel(DeliveryAttemptFailed.class, this::attemptFailed);
        ofParcel(ParcelDelivered.class, (parcel, event) -> {
            same(
                    PARCEL_ENDS_ONCE,
                    "The delivered quantity",
                    byLine(event.getLines()),
                    byLine(parcel.content.getLines()));
            ends(parcel);
        });
        ofParcel(ParcelReturned.class, (parcel, event) -> {
            var came = byLine(positive(event.getLines()));
            var content = byLine(parcel.content.getLines());
            check(PARCEL_ENDS_ONCE, Sums.within(came, content), "%s came back of %s", came, content);
            ends(parcel);
        });
        ofParcel(ParcelLost.class, this::lost);
        on(ParcelFound.class, event -> {
            var id = event.getParcelId();
            boolean isLost = lost.remove(key(event.getFulfilmentId(), id));
            check(PARCEL_ENDS_ONCE, isLost, "Parcel %s is found; it was not lost, or is found already", id);
        });
        requireCompleteness("pickup-service", """
                PickupRequested PickupAccepted PickupTaskRejected PickupDeadlineExtended PickingStarted PickupLineShort
                PickupReminderDue PickupCodeReissued CustomerOnTheWay CustomerArrived PickupCodeRejected
                PickupCancellationRefused""");
    }

    /** A delivery that is ready. */
    private static final class Packing {
        private Map<String, Long> staged;
        private final Map<String, Parcel> parcels = new TreeMap<>();

        Packing(Map<String, Long> staged) {
            this.staged = staged;
        }

        Map<String, Long> unpacked() {
            return parcels.values().stream()
                    .map(parcel -> byLine(parcel.getLines()))
                    .reduce(staged, Sums::minus);
        }
    }

    /** A delivery that a courier took, with the parcels that have not ended. */
    private static final class Shipment {
        private final LoggedEvent handedOver;
        private final Map<String, OnItsWay> parcels = new LinkedHashMap<>(2);
        private boolean isOverdue;

        Shipment(LoggedEvent handedOver) {
            this.handedOver = handedOver;
        }
    }

    private static final class OnItsWay {
        private final Shipment shipment;
        private final Parcel content;
        private int attempts;

        OnItsWay(Shipment shipment, Parcel content) {
            this.shipment = shipment;
            this.content = content;
        }
    }

    private static String key(String fulfilmentId, String parcelId) {
        return fulfilmentId + '|' + parcelId;
    }

    private void packed(ParcelPacked event) {
        var id = event.getParcelId();
        var packing = ready.get(event.getFulfilmentId());
        Map<String, Long> unpacked = packing == null ? Map.of() : packing.unpacked();
        var lines = byLine(positive(event.getLines()));
        boolean isNew = packing != null && !packing.parcels.containsKey(id);
        boolean isRight = isNew && !lines.isEmpty() && Sums.within(lines, unpacked);
        var sentence = "Parcel %s is packed with %s; the delivery has %s to pack; the id is new: %s";
        check(PARCEL_ENDS_ONCE, isRight, sentence, id, lines, unpacked, isNew);
        if (packing != null && isNew) {
            var parcel = new Parcel(id, event.getLines(), event.getCarrierId(), event.getTrackingReference());
            packing.parcels.put(id, parcel);
        }
    }

    /** Parcels are void if units of the delivery are cancelled. */
    private void cancelled(PickupCancelled event) {
        var packing = ready.get(event.getFulfilmentId());
        if (packing != null && !event.getLines().isEmpty()) {
            packing.staged = Sums.minus(packing.staged, byLine(event.getLines()));
            packing.parcels.clear();
        }
        if (event.getWhole()) {
            ready.remove(event.getFulfilmentId());
        }
    }

    private void handedOver(PickupHandedOver event) {
        var packing = ready.remove(event.getFulfilmentId());
        boolean isToCourier = event.getMethod() == FulfilmentMethod.DELIVERY && event.getCourierId() != null;
        var shipment = new Shipment(logged());
        Map<String, Long> inParcels = Map.of();
        for (var parcel : event.getParcels()) {
            inParcels = Sums.plus(inParcels, byLine(positive(parcel.getLines())));
            boolean isFirst = shipment.parcels.put(parcel.getParcelId(), new OnItsWay(shipment, parcel)) == null;
            var packed = packing == null ? null : packing.parcels.remove(parcel.getParcelId());
            boolean isAsPacked = packed == null || packed.equals(parcel);
            var sentence = "The courier took %s; it was packed as %s; its id is unique: %s";
            check(PARCEL_ENDS_ONCE, isFirst && isAsPacked, sentence, parcel, packed, isFirst);
        }
        Map<String, Long> expected = isToCourier ? byLine(event.getHandedOver()) : Map.of();
        same(PARCEL_ENDS_ONCE, "The quantity in parcels", inParcels, expected);
        boolean areAll = packing == null
                || packing.parcels.isEmpty()
                || !event.getNotTaken().isEmpty();
        check(PARCEL_ENDS_ONCE, areAll, "The courier left packed parcels: %s", packing == null ? "" : packing.parcels);
        if (!shipment.parcels.isEmpty()) {
            shipments.put(event.getFulfilmentId(), shipment);
        }
    }

    private void overdue(PickupOverdue event) {
        if (event.getKind() != OverdueKind.DELIVERY) {
            return;
        }
        var shipment = shipments.get(event.getFulfilmentId());
        context(shipment == null ? null : shipment.handedOver);
        var dueAt = shipment == null ? null : shipment.handedOver.recordedAt().plus(OVERDUE_AFTER);
        var at = logged().recordedAt();
        boolean isRight = shipment != null
                && !shipment.isOverdue
                && event.getDueAt().equals(dueAt)
                && !at.isBefore(event.getDueAt());
        var sentence = "The delivery is overdue since %s, recorded at %s; it is due at %s, or has no parcel on its way,"
                + " or is recorded before";
        check(TASK_OVERDUE, isRight, sentence, event.getDueAt(), at, dueAt);
        if (shipment != null) {
            shipment.isOverdue = true;
        }
    }

    /** Registers the handler of an event type that only a parcel on its way may have. */
    private <E extends SpecificRecord> void ofParcel(Class<E> type, BiConsumer<OnItsWay, E> handler) {
        on(type, event -> {
            var id = String.valueOf(logged().field("parcelId"));
            var shipment = shipments.get(logged().key());
            var parcel = shipment == null ? null : shipment.parcels.get(id);
            context(shipment == null ? null : shipment.handedOver);
            check(PARCEL_ENDS_ONCE, parcel != null, "%s of parcel %s, which is not on its way", logged().type(), id);
            if (parcel != null) {
                repeated.check(parcel.shipment.handedOver.event());
                handler.accept(parcel, event);
            }
        });
    }

    private void attemptFailed(OnItsWay parcel, DeliveryAttemptFailed event) {
        same(PARCEL_ENDS_ONCE, "The number of the attempt", event.getAttempt(), parcel.attempts + 1);
        parcel.attempts = event.getAttempt();
    }

    private void lost(OnItsWay parcel, ParcelLost event) {
        same(PARCEL_ENDS_ONCE, "The lost quantity", byLine(event.getLines()), byLine(parcel.content.getLines()));
        var at = logged().recordedAt();
        var noNewsAt = parcel.shipment.handedOver.recordedAt().plus(NO_NEWS_AFTER);
        boolean isInTime = event.getReason() != ParcelLossReason.NO_NEWS || !at.isBefore(noNewsAt);
        check(PARCEL_ENDS_ONCE, isInTime, "Given up without news at %s, before %s", at, noNewsAt);
        lost.add(key(event.getFulfilmentId(), event.getParcelId()));
        ends(parcel);
    }

    private void ends(OnItsWay parcel) {
        parcel.shipment.parcels.remove(parcel.content.getParcelId());
        if (parcel.shipment.parcels.isEmpty()) {
            shipments.remove(logged().key());
        }
    }

    /** Parcels on their way that should have been given up. */
    @Override
    void finish(Instant asOf) {
        var due = asOf.minus(rules.slack());
        shipments.forEach((id, shipment) -> {
            context(shipment.handedOver);
            var noNewsAt = shipment.handedOver.recordedAt().plus(NO_NEWS_AFTER);
            var sentence = "Parcels of %s have no end by %s: %s";
            check(PARCEL_ENDS_ONCE, noNewsAt.isAfter(due), sentence, id, noNewsAt, shipment.parcels.keySet());
        });
    }
}
