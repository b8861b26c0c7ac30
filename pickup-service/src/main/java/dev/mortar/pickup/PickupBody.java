package dev.mortar.pickup;

import dev.mortar.pickup.Fulfilment.Method;
import dev.mortar.pickup.PickupEvent.OverdueKind;
import dev.mortar.pickup.PickupEvent.TaskRejectionReason;
import dev.mortar.pickup.TrackedParcel.Delivery;
import dev.mortar.values.Channel;
import dev.mortar.values.EndReason;
import dev.mortar.values.Unit;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The current pickup. Its {@code delivery} is as far as the least far of its parcels, in the order FAILED, SHIPPED,
 * LOST, RETURNED, DELIVERED.
 */
record PickupBody(
        String fulfilmentId,
        String orderId,
        String locationId,
        @Nullable String customerId,
        Method method,
        Channel channel,
        Pickup.State state,

        @Nullable @Schema(description = "Opaque id of the shopper's destination; absent if the order named none")
        String destinationId,

        @Nullable Instant promisedAt,

        @Nullable @Schema(description = "Until when the store should accept the task; absent if it need not")
        Instant acceptBy,

        @Nullable @Schema(description = "Until when the goods should be picked")
        Instant pickBy,

        @Nullable @Schema(description = "When the task is cancelled if the goods are not ready")
        Instant endBy,

        @Schema(description = "What did not happen in time") List<OverdueKind> overdue,

        @Nullable @Schema(description = "Why the store rejected the task; absent unless it is REJECTED")
        TaskRejectionReason rejectedFor,

        Instant requestedAt,
        List<LineBody> lines,
        Goods.@Nullable Visit visit,
        @Nullable StagedBody staged,
        Pickup.@Nullable Handover handover,

        @Schema(description = "Parcels of a delivery. If units are cancelled before the handover, they are void")
        List<ParcelBody> parcels,

        @Nullable
        @Schema(
                description = "How far the delivery is: as far as the least far of its parcels, in the order FAILED (an"
                        + " attempt failed, still out), SHIPPED, LOST, RETURNED, DELIVERED. Absent before the"
                        + " handover and for other methods")
        Delivery delivery,

        @Nullable @Schema(description = "The pickup deadline that passed")
        Instant expiredAt,

        @Nullable EndReason cancelledFor) {

    static PickupBody of(Pickup.Known pickup) {
        Goods goods = pickup.goods();
        Fulfilment fulfilment = goods.fulfilment();
        return new PickupBody(
                fulfilment.fulfilmentId(),
                fulfilment.orderId(),
                fulfilment.locationId(),
                fulfilment.customerId(),
                fulfilment.method(),
                goods.channel(),
                pickup.state(),
                goods.destinationId(),
                goods.times().promisedAt(),
                goods.times().acceptBy(),
                goods.times().pickBy(),
                goods.times().endBy(),
                goods.overdue(),
                pickup instanceof Pickup.Rejected rejected ? rejected.reason() : null,
                goods.requestedAt(),
                goods.lines().stream().map(LineBody::of).toList(),
                goods.visit(),
                pickup instanceof Pickup.Ready ready ? StagedBody.of(ready) : null,
                pickup instanceof Pickup.HandedOver handedOver ? handedOver.handover() : null,
                goods.parcels().stream().map(ParcelBody::of).toList(),
                TrackedParcel.delivery(goods.parcels()),
                pickup instanceof Pickup.Expired expired ? expired.pickupDeadline() : null,
                pickup instanceof Pickup.Cancelled cancelled ? cancelled.reason() : null);
    }

    /** A line with the progress of its units. */
    record LineBody(
            String lineId,
            String sku,
            @Nullable String title,
            Unit unit,
            @Schema(description = "Requested units") long quantity,

            @Schema(description = "Units that could not be picked")
            long missing,

            @Schema(description = "Units that were cancelled")
            long cancelled,

            @Schema(description = "Units that remain to be picked or handed over")
            long remaining) {

        static LineBody of(Goods.Line line) {
            PickupLine requested = line.requested();
            return new LineBody(
                    requested.lineId(),
                    requested.sku(),
                    requested.title(),
                    requested.unit(),
                    requested.quantity(),
                    line.missing(),
                    line.cancelled(),
                    line.remaining());
        }
    }

    record StagedBody(
            @Nullable String stagingPlace,
            Instant readyAt,

            @Nullable @Schema(description = "Last instant to pick the goods up; absent for DELIVERY")
            Instant pickupDeadline,

            @Schema(description = "How often the pickup deadline was extended")
            int extensions,

            int codeIssue,
            int wrongAttempts,
            boolean locked) {

        static StagedBody of(Pickup.Ready ready) {
            return new StagedBody(
                    ready.stagingPlace(),
                    ready.readyAt(),
                    ready.pickupDeadline(),
                    ready.extensions(),
                    ready.code().issue(),
                    ready.wrongAttempts(),
                    ready.locked());
        }
    }

    /** A parcel of a delivery and its way to the shopper. */
    record ParcelBody(
            String parcelId,
            List<PickupLine> lines,
            String carrierId,
            @Nullable String trackingReference,
            TrackedParcel.State state,

            @Schema(description = "Failed attempts to deliver it")
            int attempts,

            @Nullable @Schema(description = "When the courier tries again; absent if that is not known")
            Instant nextAttemptAt,

            @Nullable @Schema(description = "When it was delivered, came back or was given up")
            Instant endedAt,

            @Nullable @Schema(description = "When it was delivered after it had been given up")
            Instant foundAt) {

        static ParcelBody of(TrackedParcel tracked) {
            Parcel parcel = tracked.parcel();
            return new ParcelBody(
                    parcel.parcelId(),
                    parcel.lines(),
                    parcel.carrierId(),
                    parcel.trackingReference(),
                    tracked.state(),
                    tracked.attempts(),
                    tracked.nextAttemptAt(),
                    tracked.endedAt(),
                    tracked.foundAt());
        }
    }
}
