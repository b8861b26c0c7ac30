package dev.mortar.pickup;

import dev.mortar.pickup.PickupEvent.DeliveryProof;
import dev.mortar.pickup.PickupEvent.NotTakenReason;
import dev.mortar.pickup.PickupEvent.ShortReason;
import dev.mortar.pickup.PickupEvent.TaskRejectionReason;
import dev.mortar.values.Channel;
import dev.mortar.values.Disposition;
import dev.mortar.values.EndReason;
import dev.mortar.values.ReturnCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands of pickup-service. */
sealed interface PickupCommand {

    /** Id of the fulfilment; it is also the id of the pickup. */
    String fulfilmentId();

    /**
     * The store has to pick goods of a confirmed order.
     *
     * @param promisedAt when the goods should be ready, as the shopper was told, or null
     * @param acceptBy until when the store should accept the task, or null if it need not
     * @param destinationId opaque id of the shopper's destination, or null if the order named none
     */
    record RequestPickup(
            Fulfilment fulfilment,
            Channel channel,
            List<PickupLine> lines,
            @Nullable Instant promisedAt,
            @Nullable Instant acceptBy,
            @Nullable String destinationId)
            implements PickupCommand {
        @Override
        public String fulfilmentId() {
            return fulfilment.fulfilmentId();
        }
    }

    /** The store will do the task. */
    record AcceptTask(String fulfilmentId) implements PickupCommand {}

    /** The store cannot do the task. */
    record RejectTask(String fulfilmentId, TaskRejectionReason reason) implements PickupCommand {}

    record StartPicking(String fulfilmentId) implements PickupCommand {}

    /** Some units of a line are missing or cannot be sold. */
    record ReportShort(String fulfilmentId, String lineId, long missing, ShortReason reason) implements PickupCommand {}

    /**
     * The goods are staged.
     *
     * @param stagingPlace code of their staging place, or null
     * @param pickupWithin time from now to the pickup deadline, before it is moved to opening hours; not used for
     *     DELIVERY
     * @param codeKeyId key from which the pickup code is derived
     * @param hours opening hours of the location, or null if they are unknown
     */
    record MarkReady(
            String fulfilmentId,
            @Nullable String stagingPlace,
            Duration pickupWithin,
            String codeKeyId,
            @Nullable OpeningHours hours)
            implements PickupCommand {}

    /** The shopper sets out. */
    record NoteOnTheWay(String fulfilmentId, @Nullable Instant expectedAt) implements PickupCommand {}

    /** The shopper is at the location. */
    record NoteArrival(String fulfilmentId, @Nullable String bay) implements PickupCommand {}

    /**
     * The store hands the goods over.
     *
     * @param taken units that are taken, or null for all; empty if the shopper refuses everything
     * @param notTakenReason why the shopper does not take some units, or null if unknown
     * @param handedOverAt by the store's clock, or null for now
     */
    record HandOver(
            String fulfilmentId,
            Proof proof,
            @Nullable List<LineQuantity> taken,
            @Nullable NotTakenReason notTakenReason,
            @Nullable Instant handedOverAt)
            implements PickupCommand {}

    /** The shopper needs a new pickup code; the earlier one becomes void. */
    record ReissueCode(String fulfilmentId, String codeKeyId) implements PickupCommand {}

    /** The shopper needs, or an associate gives, more time to fetch the goods. */
    record ExtendDeadline(String fulfilmentId, Instant until, boolean byShopper) implements PickupCommand {}

    /** The store cancels the pickup. The remaining goods go back on the shelf. */
    record CancelPickup(String fulfilmentId, EndReason reason) implements PickupCommand {}

    /**
     * Order-service asks to cancel lines. The decider answers in every state.
     *
     * @param unlessReady true if the goods stay if they are staged
     */
    record AnswerCancellation(
            String fulfilmentId, String cancellationId, EndReason reason, List<LineQuantity> lines, boolean unlessReady)
            implements PickupCommand {}

    /**
     * The store packs staged units of a delivery.
     *
     * @param trackingReference opaque reference at the carrier, or null
     */
    record PackParcel(
            String fulfilmentId,
            String parcelId,
            List<LineQuantity> lines,
            String carrierId,
            @Nullable String trackingReference)
            implements PickupCommand {}

    /**
     * A parcel reached the shopper.
     *
     * @param deliveredAt by the courier's clock, or null for now
     */
    record DeliverParcel(
            String fulfilmentId, String parcelId, @Nullable Instant deliveredAt, DeliveryProof proof)
            implements PickupCommand {}

    /**
     * A courier could not deliver a parcel.
     *
     * @param nextAttemptAt when the courier tries again, or null if that is not known
     */
    record ReportFailedAttempt(
            String fulfilmentId,
            String parcelId,
            String reasonCode,
            @Nullable Instant nextAttemptAt) implements PickupCommand {}

    /**
     * A parcel came back undelivered.
     *
     * @param returnedTo location where it is now
     * @param lines units that came back
     */
    record ReturnParcel(String fulfilmentId, String parcelId, String returnedTo, List<ReturnLine> lines)
            implements PickupCommand {}

    /** Units of a line that came back. */
    record ReturnLine(String lineId, long quantity, ReturnCondition condition, Disposition disposition) {}

    /** The carrier gives a parcel up. */
    record LoseParcel(String fulfilmentId, String parcelId) implements PickupCommand {}

    /** The end, a reminder or something overdue may be due. */
    record CheckDeadline(String fulfilmentId) implements PickupCommand {}
}
