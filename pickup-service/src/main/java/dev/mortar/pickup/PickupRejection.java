package dev.mortar.pickup;

import dev.mortar.eventsourcing.Rejection;
import dev.mortar.pickup.Fulfilment.Method;
import java.time.Instant;

/** The rejections of pickup-service. */
sealed interface PickupRejection extends Rejection {

    @Override
    default String message() {
        return switch (this) {
            case UnknownPickup r -> "There is no pickup for fulfilment " + r.fulfilmentId() + ".";
            case WrongState r -> "This is not possible while the pickup is " + r.state() + ".";
            case UnknownLine r -> "The pickup has no line " + r.lineId() + ".";
            case MoreThanLeft r ->
                "Line " + r.lineId() + " has " + r.remaining() + " units left; " + r.requested() + " were requested.";
            case PickupCodeLocked r ->
                "The pickup code is locked after " + r.wrongAttempts()
                        + " wrong attempts. Issue a new code or use an override.";
            case NoMoreCodes r ->
                "The pickup code was already issued " + r.maxIssue() + " times, the maximum. Use an override.";
            case WrongMethod r ->
                r.method() == Method.DELIVERY
                        ? "A courier takes these goods, not the shopper."
                        : "The shopper takes these goods, not a courier.";
            case PickupDeadlinePassed r -> "The pickup deadline passed at " + r.pickupDeadline() + ".";
            case AlreadyExtended r ->
                "The shopper has extended the pickup deadline before; it is " + r.pickupDeadline() + ".";
            case DeadlineNotLater r -> "The new deadline must be later than now and than " + r.pickupDeadline() + ".";
            case DeadlineTooLate r -> "The new deadline can be at most " + r.limit() + ".";
            case UnknownParcel r -> "The pickup has no parcel " + r.parcelId() + ".";
            case ParcelDiffers r ->
                "Parcel " + r.parcelId() + " has other units, another carrier or another tracking reference.";
            case TooManyParcels r -> "A pickup has at most " + r.maximum() + " parcels.";
            case UnitsNotPacked r -> "Line " + r.lineId() + " has " + r.quantity() + " units in no parcel. Pack them.";
            case ParcelsTakenInPart _ -> "The goods are in parcels, so the courier takes all of them.";
            case MoreThanPacked r ->
                "Parcel " + r.parcelId() + " has " + r.packed() + " units of line " + r.lineId() + "; " + r.returned()
                        + " came back.";
        };
    }

    record UnknownPickup(String fulfilmentId) implements PickupRejection, NotFound {}

    record WrongState(String fulfilmentId, Pickup.State state) implements PickupRejection, Conflict {}

    record UnknownLine(String fulfilmentId, String lineId) implements PickupRejection, Unprocessable {}

    record MoreThanLeft(String fulfilmentId, String lineId, long requested, long remaining)
            implements PickupRejection, Conflict {}

    record PickupCodeLocked(String fulfilmentId, int wrongAttempts) implements PickupRejection, Conflict {}

    record NoMoreCodes(String fulfilmentId, int maxIssue) implements PickupRejection, Conflict {}

    /** A code or a shopper's visit for a delivery, or a courier for a pickup by the shopper. */
    record WrongMethod(String fulfilmentId, Method method) implements PickupRejection, Conflict {}

    record AlreadyExtended(String fulfilmentId, Instant pickupDeadline) implements PickupRejection, Conflict {}

    record DeadlineNotLater(String fulfilmentId, String field, Instant pickupDeadline)
            implements PickupRejection, Unprocessable {}

    record DeadlineTooLate(String fulfilmentId, String field, Instant limit)
            implements PickupRejection, Unprocessable {}

    record UnknownParcel(String fulfilmentId, String parcelId) implements PickupRejection, NotFound {}

    /** The id belongs to a parcel with other content. */
    record ParcelDiffers(String fulfilmentId, String parcelId) implements PickupRejection, Conflict {}

    record TooManyParcels(String fulfilmentId, int maximum) implements PickupRejection, Conflict {}

    record UnitsNotPacked(String fulfilmentId, String lineId, long quantity) implements PickupRejection, Conflict {}

    record ParcelsTakenInPart(String fulfilmentId) implements PickupRejection, Conflict {}

    record MoreThanPacked(String fulfilmentId, String parcelId, String lineId, long returned, long packed)
            implements PickupRejection, Conflict {}

    record PickupDeadlinePassed(String fulfilmentId, Instant pickupDeadline) implements PickupRejection, Conflict {}
}
