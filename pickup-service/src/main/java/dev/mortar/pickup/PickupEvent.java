package dev.mortar.pickup;

import dev.mortar.values.Channel;
import dev.mortar.pickup.Proof.NamedOverride;
import dev.mortar.eventsourcing.Actor;
import dev.mortar.eventsourcing.RecordedAt;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened to a pickup. */
sealed interface PickupEvent {

    /** Which fulfilment it happened to. */
    Fulfilment fulfilment();

    /** Why a picker could not find what was reserved. */
    enum ShortReason {
        NOT_FOUND,
        DAMAGED
    }

    /** Why a pickup, or a part of it, ended without a handover. */
    enum EndReason {
        CANCELLED_BY_SHOPPER,
        CANCELLED_BY_RETAILER,
        STOCK_SHORTFALL,
        NOTHING_FOUND,
        SOLD_AT_TILL
    }

    /** Why a shopper did not take goods that lay staged. */
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

    /** The store has goods to pick. */
    record PickupRequested(
            Fulfilment fulfilment,
            Channel channel,
            List<PickupLine> lines,
            @Nullable Instant promisedAt,
            @RecordedAt Instant requestedAt)
            implements PickupEvent {}

    /** An associate began to pick. */
    record PickingStarted(Fulfilment fulfilment) implements PickupEvent {}

    /** Some units of a line could not be picked. */
    record PickupLineShort(Fulfilment fulfilment, String lineId, String sku, long missing, ShortReason reason)
            implements PickupEvent {}

    /**
     * The goods lie staged and can be fetched.
     *
     * @param pickupDeadline last instant to fetch them, or null for DELIVERY
     * @param missing what was ordered and could not be picked
     */
    record PickupReady(
            Fulfilment fulfilment,
            List<PickupLine> lines,
            @Nullable String stagingPlace,
            @RecordedAt Instant readyAt,
            @Nullable Instant pickupDeadline,
            int codeIssue,
            String codeKeyId,
            List<PickupLine> missing)
            implements PickupEvent {}

    /** The pickup deadline is near and the goods are still there. */
    record PickupReminderDue(
            Fulfilment fulfilment, List<PickupLine> lines, Instant pickupDeadline, int codeIssue, String codeKeyId)
            implements PickupEvent {}

    /** The earlier pickup code is void and a new one is valid; wrong attempts count from 0 again. */
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
    record CustomerArrived(Fulfilment fulfilment, @Nullable String bay, @RecordedAt Instant arrivedAt) implements PickupEvent {}

    /**
     * A wrong pickup code was shown.
     *
     * @param wrongAttempts wrong attempts with this issue of the code
     * @param locked true when no code is accepted until one is reissued
     */
    record PickupCodeRejected(Fulfilment fulfilment, int wrongAttempts, boolean locked) implements PickupEvent {}

    /**
     * The goods were given to the shopper or the courier. Exactly one of {@code codeIssue}, {@code overriddenBy} and
     * {@code courierId} is there: what let them pass.
     *
     * @param handedOverAt when, by the clock of whoever saw it
     * @param handedOver what was given; nothing when the shopper refused everything
     * @param notTaken what was staged and not taken
     * @param codeIssue issue of the pickup code that was shown
     * @param overriddenBy the associate who answered for it without a code
     * @param overrideReason why the shopper showed no code, when an associate answered for it
     * @param courierId opaque id of the courier who took them
     * @param lastCodeIssue issue of the last pickup code there was, or null in an event from before it was told
     * @param notTakenReason why the shopper left goods, or null when nobody said
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
            @Nullable Integer lastCodeIssue,
            @Nullable NotTakenReason notTakenReason)
            implements PickupEvent {

        /** The override that let the goods pass, or null. */
        @Nullable
        NamedOverride override() {
            return overriddenBy == null || overrideReason == null
                    ? null
                    : new NamedOverride(overriddenBy.id(), overrideReason);
        }
    }

    /**
     * Nobody fetched the goods before the pickup deadline.
     *
     * @param lastCodeIssue issue of the last pickup code there was, or null in an event from before it was told
     */
    record PickupExpired(
            Fulfilment fulfilment,
            List<PickupLine> lines,
            Instant pickupDeadline,
            @Nullable Integer lastCodeIssue) implements PickupEvent {}

    /**
     * Lines are cancelled and go back on the shelf.
     *
     * @param cancellationId id of the request for cancellation, or null when the store cancelled
     * @param whole true when nothing is left to hand over
     * @param lastCodeIssue issue of the last pickup code there was, or null when there was none or in an event from
     *     before it was told
     */
    record PickupCancelled(
            Fulfilment fulfilment,
            @Nullable String cancellationId,
            List<PickupLine> lines,
            boolean whole,
            EndReason reason,
            @Nullable Integer lastCodeIssue)
            implements PickupEvent {}

    /** A cancellation came too late or asked for what is not there. */
    record PickupCancellationRefused(Fulfilment fulfilment, String cancellationId, RefusalReason reason)
            implements PickupEvent {}
}
