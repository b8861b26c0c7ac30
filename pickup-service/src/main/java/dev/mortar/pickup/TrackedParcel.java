package dev.mortar.pickup;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parcel and its way to the shopper.
 *
 * @param attempts failed attempts to deliver it
 * @param nextAttemptAt when the courier tries again, or null if that is not known
 * @param endedAt when it was delivered, came back or was given up; null before
 * @param foundAt when it was delivered after it had been given up, or null
 */
record TrackedParcel(
        Parcel parcel,
        State state,
        int attempts,
        @Nullable Instant nextAttemptAt,
        @Nullable Instant endedAt,
        @Nullable Instant foundAt) {

    enum State {
        PACKED,
        SHIPPED,
        DELIVERED,
        RETURNED,
        LOST
    }

    /**
     * How far a delivery is, from the least far to the farthest. A parcel after a failed attempt is less far than one
     * that is only shipped.
     */
    enum Delivery {
        FAILED,
        SHIPPED,
        LOST,
        RETURNED,
        DELIVERED
    }

    static TrackedParcel packed(Parcel parcel) {
        return new TrackedParcel(parcel, State.PACKED, 0, null, null, null);
    }

    static TrackedParcel shipped(Parcel parcel) {
        return new TrackedParcel(parcel, State.SHIPPED, 0, null, null, null);
    }

    TrackedParcel failed(int attempt, @Nullable Instant next) {
        return new TrackedParcel(parcel, state, attempt, next, null, null);
    }

    TrackedParcel ended(State end, Instant at) {
        return new TrackedParcel(parcel, end, attempts, null, at, null);
    }

    TrackedParcel found(Instant at) {
        return new TrackedParcel(parcel, state, attempts, null, endedAt, at);
    }

    /** Whether a courier has it. */
    boolean isOut() {
        return state == State.SHIPPED;
    }

    /**
     * How far the delivery of these parcels is: as far as the least far of them, in the order of {@link Delivery}. Null
     * if no courier took them.
     */
    static @Nullable Delivery delivery(List<TrackedParcel> parcels) {
        Delivery leastFar = null;
        for (TrackedParcel each : parcels) {
            Delivery delivery = each.delivery();
            if (delivery != null && (leastFar == null || delivery.compareTo(leastFar) < 0)) {
                leastFar = delivery;
            }
        }
        return leastFar;
    }

    private @Nullable Delivery delivery() {
        return switch (state) {
            case PACKED -> null;
            case SHIPPED -> attempts > 0 ? Delivery.FAILED : Delivery.SHIPPED;
            case DELIVERED -> Delivery.DELIVERED;
            case RETURNED -> Delivery.RETURNED;
            case LOST -> Delivery.LOST;
        };
    }
}
