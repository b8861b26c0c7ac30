package dev.mortar.pickup;

import static dev.mortar.pickup.TrackedParcel.State.DELIVERED;
import static dev.mortar.pickup.TrackedParcel.State.LOST;
import static dev.mortar.pickup.TrackedParcel.State.RETURNED;

import dev.mortar.pickup.PickupEvent.*;
import dev.mortar.pickup.Proof.NamedOverride;
import dev.mortar.values.EndReason;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The state of a pickup. Each state is a type with only the fields that it needs. */
sealed interface Pickup {

    enum State {
        REQUESTED,
        ACCEPTED,
        PICKING,
        REJECTED,
        READY,
        HANDED_OVER,
        EXPIRED,
        CANCELLED
    }

    /** No pickup was requested. */
    record Unknown() implements Pickup {}

    sealed interface Known extends Pickup {
        Goods goods();

        default Fulfilment fulfilment() {
            return goods().fulfilment();
        }

        default State state() {
            return switch (this) {
                case Requested _ -> State.REQUESTED;
                case Accepted _ -> State.ACCEPTED;
                case Picking _ -> State.PICKING;
                case Rejected _ -> State.REJECTED;
                case Ready _ -> State.READY;
                case HandedOver _ -> State.HANDED_OVER;
                case Expired _ -> State.EXPIRED;
                case Cancelled _ -> State.CANCELLED;
            };
        }

        /** The same state with changed goods. */
        default Known with(UnaryOperator<Goods> change) {
            Goods goods = change.apply(goods());
            return switch (this) {
                case Requested _ -> new Requested(goods);
                case Accepted _ -> new Accepted(goods);
                case Picking _ -> new Picking(goods);
                case Rejected rejected -> new Rejected(goods, rejected.reason());
                case Ready ready -> ready.with(goods);
                case HandedOver ended -> new HandedOver(goods, ended.handover(), ended.recordedAt());
                case Expired ended -> new Expired(goods, ended.pickupDeadline());
                case Cancelled ended -> new Cancelled(goods, ended.reason());
            };
        }
    }

    /** A pickup with goods to hand over. */
    sealed interface Open extends Known {}

    sealed interface Ended extends Known {}

    /** Picking has not started. */
    record Requested(Goods goods) implements Open {}

    /** The store will do the task. Picking has not started. */
    record Accepted(Goods goods) implements Open {}

    /** The store cannot do the task. The goods stay reserved until order-service has cancelled it. */
    record Rejected(Goods goods, TaskRejectionReason reason) implements Open {}

    /** An associate picks the goods. */
    record Picking(Goods goods) implements Open {}

    /**
     * The goods are staged.
     *
     * @param stagingPlace code of their staging place, or null
     * @param pickupDeadline last instant to pick them up, or null for DELIVERY
     * @param reminded true if the reminder of this deadline was sent
     * @param code key and issue of the valid code
     * @param wrongAttempts wrong codes shown since it was issued
     * @param locked true if no code is accepted until a new one is issued
     * @param extensions how often the deadline was moved
     * @param extendedByShopper true if the shopper moved it
     */
    record Ready(
            Goods goods,
            @Nullable String stagingPlace,
            Instant readyAt,
            @Nullable Instant pickupDeadline,
            boolean reminded,
            Proof.Code code,
            int wrongAttempts,
            boolean locked,
            int extensions,
            boolean extendedByShopper)
            implements Open {

        /** The reminder is sent at most this long before the deadline. */
        static final Duration MAX_REMINDER_LEAD = Duration.ofHours(24);

        private static final int REMINDER_PART_OF_SPAN = 4;

        /** When to remind the shopper: before the deadline by a quarter of the pickup time, at most 24 h. */
        static Instant remindAt(Instant readyAt, Instant pickupDeadline) {
            Duration lead = Duration.between(readyAt, pickupDeadline).dividedBy(REMINDER_PART_OF_SPAN);
            return pickupDeadline.minus(lead.compareTo(MAX_REMINDER_LEAD) < 0 ? lead : MAX_REMINDER_LEAD);
        }

        /** When to remind the shopper; null for DELIVERY and after the reminder. */
        @Nullable
        Instant remindAt() {
            return pickupDeadline == null || reminded ? null : remindAt(readyAt, pickupDeadline);
        }

        private Ready with(Goods newGoods) {
            return new Ready(
                    newGoods,
                    stagingPlace,
                    readyAt,
                    pickupDeadline,
                    reminded,
                    code,
                    wrongAttempts,
                    locked,
                    extensions,
                    extendedByShopper);
        }

        private Ready afterReminder() {
            return new Ready(
                    goods,
                    stagingPlace,
                    readyAt,
                    pickupDeadline,
                    true,
                    code,
                    wrongAttempts,
                    locked,
                    extensions,
                    extendedByShopper);
        }

        private Ready with(Proof.Code newCode, int attempts, boolean nowLocked) {
            return new Ready(
                    goods,
                    stagingPlace,
                    readyAt,
                    pickupDeadline,
                    reminded,
                    newCode,
                    attempts,
                    nowLocked,
                    extensions,
                    extendedByShopper);
        }

        private Ready with(PickupDeadlineExtended extended) {
            return new Ready(
                    goods,
                    stagingPlace,
                    readyAt,
                    extended.pickupDeadline(),
                    false,
                    code,
                    wrongAttempts,
                    locked,
                    extended.extensions(),
                    extendedByShopper || extended.byShopper());
        }
    }

    /**
     * The shopper or a courier has the goods. The parcels of a courier still have news.
     *
     * @param recordedAt when the handover was recorded
     */
    record HandedOver(Goods goods, Handover handover, Instant recordedAt) implements Ended {}

    /** A handover. Exactly one of codeIssue, overriddenBy and courierId is set; see {@link PickupHandedOver}. */
    @Schema(name = "HandoverBody")
    record Handover(
            Instant handedOverAt,
            List<PickupLine> handedOver,
            List<PickupLine> notTaken,
            @Nullable Integer codeIssue,
            @Nullable NamedOverride overriddenBy,
            @Nullable String courierId,

            @Nullable @Schema(description = "Why the shopper did not take some units; absent if unknown")
            NotTakenReason notTakenReason) {}

    /** Nobody picked the goods up before the deadline. */
    record Expired(Goods goods, Instant pickupDeadline) implements Ended {}

    /** All goods were missing or cancelled. */
    record Cancelled(Goods goods, EndReason reason) implements Ended {}

    /**
     * The pickup after the event.
     *
     * @throws IllegalStateException if the event cannot follow this state; this service did not write such a log
     */
    static Pickup evolve(Pickup pickup, PickupEvent event) {
        return switch (event) {
            case PickupRequested e -> new Requested(Goods.requested(e));
            case PickupAccepted e -> new Accepted(in(Open.class, pickup, e).goods());
            case PickupTaskRejected e -> new Rejected(in(Open.class, pickup, e).goods(), e.reason());
            case PickupOverdue e -> in(Known.class, pickup, e).with(goods -> goods.overdue(e.kind()));
            case PickingStarted e -> new Picking(in(Open.class, pickup, e).goods());
            case PickupLineShort e -> in(Open.class, pickup, e).with(goods -> goods.missing(e.lineId(), e.missing()));
            case PickupReady e -> {
                Proof.Code code = new Proof.Code(e.codeKeyId(), e.codeIssue());
                Goods goods = in(Open.class, pickup, e).goods();
                yield new Ready(
                        goods, e.stagingPlace(), e.readyAt(), e.pickupDeadline(), false, code, 0, false, 0, false);
            }
            case PickupReminderDue e -> in(Ready.class, pickup, e).afterReminder();
            case PickupDeadlineExtended e -> in(Ready.class, pickup, e).with(e);
            case PickupCodeReissued e ->
                in(Ready.class, pickup, e).with(new Proof.Code(e.codeKeyId(), e.codeIssue()), 0, false);
            case PickupCodeRejected e -> {
                Ready ready = in(Ready.class, pickup, e);
                yield ready.with(ready.code(), e.wrongAttempts(), e.locked());
            }
            case CustomerOnTheWay e ->
                in(Open.class, pickup, e).with(goods -> goods.with(new Goods.Visit(e.expectedAt(), null, null)));
            case CustomerArrived e ->
                in(Open.class, pickup, e).with(goods -> {
                    Instant expectedAt =
                            goods.visit() == null ? null : goods.visit().expectedAt();
                    return goods.with(new Goods.Visit(expectedAt, e.arrivedAt(), e.bay()));
                });
            case PickupHandedOver e ->
                new HandedOver(in(Ready.class, pickup, e).goods().shipped(e.parcels()), e.handover(), e.recordedAt());
            case PickupExpired e -> new Expired(in(Ready.class, pickup, e).goods(), e.pickupDeadline());
            case PickupCancelled e -> {
                Known after = in(Open.class, pickup, e)
                        .with(goods -> goods.cancelled(e.lines()).answered(e.cancellationId()));
                yield e.whole() ? new Cancelled(after.goods(), e.reason()) : after;
            }
            case PickupCancellationRefused e ->
                in(Known.class, pickup, e).with(goods -> goods.answered(e.cancellationId()));
            case ParcelPacked e -> in(Ready.class, pickup, e).with(goods -> goods.packed(e.parcel()));
            case ParcelDelivered e -> news(pickup, e, e.parcelId(), it -> it.ended(DELIVERED, e.deliveredAt()));
            case DeliveryAttemptFailed e ->
                news(pickup, e, e.parcelId(), it -> it.failed(e.attempt(), e.nextAttemptAt()));
            case ParcelReturned e -> news(pickup, e, e.parcelId(), it -> it.ended(RETURNED, e.returnedAt()));
            case ParcelLost e -> news(pickup, e, e.parcelId(), it -> it.ended(LOST, e.lostAt()));
            case ParcelFound e -> news(pickup, e, e.parcelId(), it -> it.found(e.deliveredAt()));
        };
    }

    private static Pickup news(Pickup pickup, PickupEvent event, String parcelId, UnaryOperator<TrackedParcel> change) {
        return in(HandedOver.class, pickup, event).with(goods -> goods.with(parcelId, change));
    }

    private static <P extends Pickup> P in(Class<P> needed, Pickup pickup, PickupEvent event) {
        if (needed.isInstance(pickup)) {
            return needed.cast(pickup);
        }
        throw new IllegalStateException(event.getClass().getSimpleName() + " of "
                + event.fulfilment().fulfilmentId() + " cannot follow "
                + pickup.getClass().getSimpleName());
    }
}
