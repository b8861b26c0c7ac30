package dev.mortar.pickup;

import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.FieldName;
import dev.mortar.pickup.Proof.NamedOverride;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events of a pickup. */
sealed interface PickupEvent {

    /** The fulfilment of the pickup. */
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

    /** Why a cancellation was refused. */
    enum RefusalReason {
        HANDED_OVER,
        EXPIRED,
        CANCELLED,
        UNKNOWN_LINES
    }

    /** The store has to pick goods. */
    record PickupRequested(
            Fulfilment fulfilment,
            Channel channel,
            List<PickupLine> lines,
            @Nullable Instant promisedAt,
            @FieldName("meta.recordedAt") Instant requestedAt)
            implements PickupEvent {}

    /** An associate started picking. */
    record PickingStarted(Fulfilment fulfilment) implements PickupEvent {}

    /** Some units of a line could not be picked. */
    record PickupLineShort(Fulfilment fulfilment, String lineId, String sku, long missing, ShortReason reason)
            implements PickupEvent {}

    /**
     * The goods are staged and can be picked up.
     *
     * @param pickupDeadline last instant to pick them up, or null for DELIVERY
     * @param missing ordered units that could not be picked
     */
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
            Fulfilment fulfilment, List<PickupLine> lines, Instant pickupDeadline, int codeIssue, String codeKeyId)
            implements PickupEvent {}

    /** A new pickup code replaced the earlier one. Wrong attempts count from 0 again. */
    record PickupCodeReissued(
            Fulfilment fulfilment,
            List<PickupLine> lines,
            @Nullable Instant pickupDeadline,
            int codeIssue,
            String codeKeyId)
            implements PickupEvent {}

    /** The shopper set out. */
    record CustomerOnTheWay(Fulfilment fulfilment, @Nullable Instant expectedAt) implements PickupEvent {}

    /** The shopper is at the location. */
    record CustomerArrived(
            Fulfilment fulfilment,
            @Nullable String bay,
            @FieldName("meta.recordedAt") Instant arrivedAt) implements PickupEvent {}

    /**
     * Somebody showed a wrong pickup code.
     *
     * @param wrongAttempts wrong attempts with this issue of the code
     * @param locked true if no code is accepted until a new one is issued
     */
    record PickupCodeRejected(Fulfilment fulfilment, int wrongAttempts, boolean locked) implements PickupEvent {}

    /**
     * The goods were handed over to the shopper or the courier. Exactly one proof is set: {@code codeIssue},
     * {@code overriddenBy} or {@code courierId}.
     *
     * @param handedOverAt by the store's clock
     * @param handedOver units handed over; empty if the shopper refused everything
     * @param notTaken staged units that were not taken
     * @param codeIssue issue of the pickup code that was shown
     * @param overriddenBy associate who overrode the code
     * @param overrideReason why the associate overrode the code
     * @param courierId opaque id of the courier who took the goods
     * @param lastCodeIssue last issue of the pickup code
     * @param notTakenReason why the shopper did not take some units, or null if unknown
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
            @Nullable NotTakenReason notTakenReason)
            implements PickupEvent {

        /** The override, or null. */
        @Nullable
        NamedOverride override() {
            return overriddenBy == null || overrideReason == null
                    ? null
                    : new NamedOverride(overriddenBy.id(), overrideReason);
        }
    }

    /** Nobody picked the goods up before the pickup deadline. */
    record PickupExpired(Fulfilment fulfilment, List<PickupLine> lines, Instant pickupDeadline, int lastCodeIssue)
            implements PickupEvent {}

    /**
     * Lines were cancelled and go back on the shelf.
     *
     * @param cancellationId id of the request for cancellation, or null if the store cancelled
     * @param whole true if no unit remains to be handed over
     * @param lastCodeIssue last issue of the pickup code, or null if there was none
     */
    record PickupCancelled(
            Fulfilment fulfilment,
            @Nullable String cancellationId,
            List<PickupLine> lines,
            boolean whole,
            EndReason reason,
            @Nullable Integer lastCodeIssue)
            implements PickupEvent {}

    /** A request for cancellation came too late or named unknown lines. */
    record PickupCancellationRefused(Fulfilment fulfilment, String cancellationId, RefusalReason reason)
            implements PickupEvent {}
}
