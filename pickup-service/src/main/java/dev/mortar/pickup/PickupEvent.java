package dev.mortar.pickup;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.FieldName;
import dev.mortar.pickup.Proof.NamedOverride;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.ParcelReturnLine;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events of a pickup. The contract, {@code pickup.avdl}, explains every field. */
sealed interface PickupEvent {

    Fulfilment fulfilment();

    /** Why reserved units could not be picked. */
    enum ShortReason {
        NOT_FOUND,
        DAMAGED
    }

    /** Why a shopper did not take staged goods. */
    enum NotTakenReason {
        CHANGED_MIND,
        DAMAGED,
        NOT_AS_DESCRIBED,
        WRONG_ARTICLE,
        OTHER
    }

    /** Why a store rejected a task. Units that are not found are reported short instead. */
    enum TaskRejectionReason {
        TOO_BUSY,
        CLOSED,
        EQUIPMENT,
        NOT_SELLABLE,
        OTHER
    }

    /** What did not happen in time. */
    enum OverdueKind {
        ACCEPT,
        PICK,
        PROMISE,
        COURIER,
        DELIVERY
    }

    /** How a courier proved a delivery. */
    enum DeliveryProof {
        SIGNED,
        PHOTO,
        SAFE_PLACE,
        PIN,
        NONE
    }

    /** Why a parcel is given up. */
    enum ParcelLossReason {
        CARRIER_SAYS,
        NO_NEWS
    }

    enum RefusalReason {
        HANDED_OVER,
        EXPIRED,
        CANCELLED,
        UNKNOWN_LINES,
        /** The goods are staged, and they stay if they are. */
        READY
    }

    /** The store has to pick goods. */
    record PickupRequested(
            Fulfilment fulfilment,
            Channel channel,
            List<PickupLine> lines,
            TaskTimes times,
            @Nullable String destinationId,
            @FieldName("meta.recordedAt") Instant requestedAt)
            implements PickupEvent {}

    /** The store will do the task. */
    record PickupAccepted(Fulfilment fulfilment) implements PickupEvent {}

    /** The store cannot do the task. It stays open until the order cancels it or the store accepts it after all. */
    record PickupTaskRejected(Fulfilment fulfilment, TaskRejectionReason reason) implements PickupEvent {}

    /** Something did not happen in time. */
    record PickupOverdue(Fulfilment fulfilment, OverdueKind kind, Instant dueAt) implements PickupEvent {}

    /**
     * The shopper has more time to fetch the goods.
     *
     * @param extensions counted from 1
     */
    record PickupDeadlineExtended(
            Fulfilment fulfilment, Instant pickupDeadline, Instant previous, int extensions, boolean byShopper)
            implements PickupEvent {}

    record PickingStarted(Fulfilment fulfilment) implements PickupEvent {}

    /** Some units of a line could not be picked. */
    record PickupLineShort(Fulfilment fulfilment, String lineId, String sku, long missing, ShortReason reason)
            implements PickupEvent {}

    /** The goods are staged and can be picked up. */
    record PickupReady(
            Fulfilment fulfilment,
            List<PickupLine> lines,
            @Nullable String stagingPlace,
            @FieldName("meta.recordedAt") Instant readyAt,
            @Nullable Instant pickupDeadline,
            int codeIssue,
            String codeKeyId,
            List<PickupLine> missing)
            implements PickupEvent {}

    /** The pickup deadline is near and the goods are not picked up. */
    record PickupReminderDue(
            Fulfilment fulfilment,
            List<PickupLine> lines,
            Instant pickupDeadline,
            int codeIssue,
            String codeKeyId,
            int extensions)
            implements PickupEvent {}

    /** A new pickup code replaced the earlier one. Wrong attempts count from 0 again. */
    record PickupCodeReissued(
            Fulfilment fulfilment,
            List<PickupLine> lines,
            @Nullable Instant pickupDeadline,
            int codeIssue,
            String codeKeyId,
            int extensions)
            implements PickupEvent {}

    record CustomerOnTheWay(Fulfilment fulfilment, @Nullable Instant expectedAt) implements PickupEvent {}

    /** The shopper is at the location. */
    record CustomerArrived(
            Fulfilment fulfilment,
            @Nullable String bay,
            @FieldName("meta.recordedAt") Instant arrivedAt) implements PickupEvent {}

    /** Somebody showed a wrong pickup code. */
    record PickupCodeRejected(Fulfilment fulfilment, int wrongAttempts, boolean locked) implements PickupEvent {}

    /**
     * The goods were handed over to the shopper or the courier. Exactly one proof is set: {@code codeIssue},
     * {@code overriddenBy} or {@code courierId}. Only a courier takes parcels.
     */
    record PickupHandedOver(
            Fulfilment fulfilment,
            Instant handedOverAt,
            List<PickupLine> handedOver,
            List<PickupLine> notTaken,
            @Nullable Integer codeIssue,
            @Nullable Actor overriddenBy,
            NamedOverride.@Nullable Reason overrideReason,
            @Nullable String courierId,
            int lastCodeIssue,
            @Nullable NotTakenReason notTakenReason,
            int extensions,
            List<Parcel> parcels,
            @FieldName("meta.recordedAt") Instant recordedAt)
            implements PickupEvent {

        Pickup.Handover handover() {
            NamedOverride override = overriddenBy == null || overrideReason == null
                    ? null
                    : new NamedOverride(overriddenBy.id(), overrideReason);
            return new Pickup.Handover(
                    handedOverAt, handedOver, notTaken, codeIssue, override, courierId, notTakenReason);
        }
    }

    /** Nobody picked the goods up before the pickup deadline. */
    record PickupExpired(
            Fulfilment fulfilment, List<PickupLine> lines, Instant pickupDeadline, int lastCodeIssue, int extensions)
            implements PickupEvent {}

    /** Lines were cancelled and go back on the shelf. */
    record PickupCancelled(
            Fulfilment fulfilment,
            @Nullable String cancellationId,
            List<PickupLine> lines,
            boolean whole,
            EndReason reason,
            @Nullable Integer lastCodeIssue,
            int extensions)
            implements PickupEvent {}

    /** A request for cancellation came too late or named unknown lines. */
    record PickupCancellationRefused(Fulfilment fulfilment, String cancellationId, RefusalReason reason)
            implements PickupEvent {}

    /** Staged units of a delivery are in a parcel. */
    record ParcelPacked(Fulfilment fulfilment, Parcel parcel) implements PickupEvent {}

    /** A parcel reached the shopper. */
    record ParcelDelivered(
            Fulfilment fulfilment, String parcelId, Instant deliveredAt, DeliveryProof proof, List<PickupLine> lines)
            implements PickupEvent {}

    /**
     * A courier could not deliver a parcel and keeps it.
     *
     * @param attempt counted from 1
     */
    record DeliveryAttemptFailed(
            Fulfilment fulfilment,
            String parcelId,
            int attempt,
            String reasonCode,
            @Nullable Instant nextAttemptAt) implements PickupEvent {}

    /** A parcel came back undelivered. */
    record ParcelReturned(
            Fulfilment fulfilment,
            String parcelId,
            String returnedTo,
            List<ParcelReturnLine> lines,
            @FieldName("meta.recordedAt") Instant returnedAt)
            implements PickupEvent {}

    /** A parcel is given up. */
    record ParcelLost(
            Fulfilment fulfilment,
            String parcelId,
            ParcelLossReason reason,
            List<PickupLine> lines,
            @FieldName("meta.recordedAt") Instant lostAt)
            implements PickupEvent {}

    /** A parcel that was given up reached the shopper after all. */
    record ParcelFound(Fulfilment fulfilment, String parcelId, Instant deliveredAt, DeliveryProof proof)
            implements PickupEvent {}
}
