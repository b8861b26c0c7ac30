package dev.mortar.pickup;

import dev.mortar.pickup.PickupEvent.CustomerArrived;
import dev.mortar.pickup.PickupEvent.CustomerOnTheWay;
import dev.mortar.pickup.PickupEvent.NotTakenReason;
import dev.mortar.pickup.PickupEvent.PickingStarted;
import dev.mortar.pickup.PickupEvent.PickupCancellationRefused;
import dev.mortar.pickup.PickupEvent.PickupCancelled;
import dev.mortar.pickup.PickupEvent.PickupCodeReissued;
import dev.mortar.pickup.PickupEvent.PickupCodeRejected;
import dev.mortar.pickup.PickupEvent.PickupExpired;
import dev.mortar.pickup.PickupEvent.PickupHandedOver;
import dev.mortar.pickup.PickupEvent.PickupLineShort;
import dev.mortar.pickup.PickupEvent.PickupReady;
import dev.mortar.pickup.PickupEvent.PickupReminderDue;
import dev.mortar.pickup.PickupEvent.PickupRequested;
import dev.mortar.pickup.Proof.NamedOverride;
import dev.mortar.values.EndReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The state of a pickup. Each state is a type with only the fields that it needs. */
sealed interface Pickup {

    /** The published names of the states. */
    enum State {
        REQUESTED,
        PICKING,
        READY,
        HANDED_OVER,
        EXPIRED,
        CANCELLED
    }

    /** No pickup was requested. */
    record Unknown() implements Pickup {}

    /** A pickup that exists. */
    sealed interface Known extends Pickup {
        Goods goods();

        State state();

        /** The same state with other goods. */
        Known with(Goods goods);
    }

    /** A pickup with goods to hand over. */
    sealed interface Open extends Known {
        @Override
        Open with(Goods goods);
    }

    /** A pickup that has ended. */
    sealed interface Ended extends Known {}

    /** Picking has not started. */
    record Requested(Goods goods) implements Open {
        @Override
        public State state() {
            return State.REQUESTED;
        }

        @Override
        public Requested with(Goods newGoods) {
            return new Requested(newGoods);
        }
    }

    /** An associate picks the goods. */
    record Picking(Goods goods) implements Open {
        @Override
        public State state() {
            return State.PICKING;
        }

        @Override
        public Picking with(Goods newGoods) {
            return new Picking(newGoods);
        }
    }

    /**
     * The goods are staged.
     *
     * @param stagingPlace code of their staging place, or null
     * @param pickupDeadline last instant to pick them up, or null for DELIVERY
     * @param reminded true if the reminder of the deadline was sent
     * @param codeKeyId key from which the valid code is derived
     * @param codeIssue issue of the valid code, from 1
     * @param wrongAttempts wrong codes shown since it was issued
     * @param locked true if no code is accepted until a new one is issued
     */
    record Ready(
            Goods goods,
            @Nullable String stagingPlace,
            Instant readyAt,
            @Nullable Instant pickupDeadline,
            boolean reminded,
            String codeKeyId,
            int codeIssue,
            int wrongAttempts,
            boolean locked)
            implements Open {

        /** The reminder is sent at most this long before the deadline. */
        static final Duration MAX_REMINDER_LEAD = Duration.ofHours(24);

        private static final int REMINDER_PART_OF_SPAN = 4;

        @Override
        public State state() {
            return State.READY;
        }

        /** When to remind the shopper: before the deadline by a quarter of the pickup time, at most 24 h. */
        static Instant remindAt(Instant readyAt, Instant pickupDeadline) {
            Duration lead = Duration.between(readyAt, pickupDeadline).dividedBy(REMINDER_PART_OF_SPAN);
            return pickupDeadline.minus(lead.compareTo(MAX_REMINDER_LEAD) < 0 ? lead : MAX_REMINDER_LEAD);
        }

        /** When the reminder or the deadline is due next, or null for DELIVERY. */
        @Nullable
        Instant nextDue() {
            return pickupDeadline == null || reminded ? pickupDeadline : remindAt(readyAt, pickupDeadline);
        }

        @Override
        public Ready with(Goods newGoods) {
            return new Ready(
                    newGoods,
                    stagingPlace,
                    readyAt,
                    pickupDeadline,
                    reminded,
                    codeKeyId,
                    codeIssue,
                    wrongAttempts,
                    locked);
        }

        private Ready afterReminder() {
            return new Ready(
                    goods, stagingPlace, readyAt, pickupDeadline, true, codeKeyId, codeIssue, wrongAttempts, locked);
        }

        private Ready withCode(String keyId, int issue, int newWrongAttempts, boolean newLocked) {
            return new Ready(
                    goods, stagingPlace, readyAt, pickupDeadline, reminded, keyId, issue, newWrongAttempts, newLocked);
        }
    }

    /** The goods were handed over; see {@link PickupHandedOver} for the parameters. */
    record HandedOver(
            Goods goods,
            Instant handedOverAt,
            List<PickupLine> handedOver,
            List<PickupLine> notTaken,
            @Nullable Integer codeIssue,
            @Nullable NamedOverride overriddenBy,
            @Nullable String courierId,
            @Nullable NotTakenReason notTakenReason)
            implements Ended {
        @Override
        public State state() {
            return State.HANDED_OVER;
        }

        @Override
        public HandedOver with(Goods newGoods) {
            return new HandedOver(
                    newGoods, handedOverAt, handedOver, notTaken, codeIssue, overriddenBy, courierId, notTakenReason);
        }
    }

    /** Nobody picked the goods up before the deadline. */
    record Expired(Goods goods, Instant pickupDeadline) implements Ended {
        @Override
        public State state() {
            return State.EXPIRED;
        }

        @Override
        public Expired with(Goods newGoods) {
            return new Expired(newGoods, pickupDeadline);
        }
    }

    /** All goods were missing or cancelled. */
    record Cancelled(Goods goods, EndReason reason) implements Ended {
        @Override
        public State state() {
            return State.CANCELLED;
        }

        @Override
        public Cancelled with(Goods newGoods) {
            return new Cancelled(newGoods, reason);
        }
    }

    /**
     * The pickup after the event.
     *
     * @throws IllegalStateException if the event cannot follow this state; this service did not write such a log
     */
    static Pickup evolve(Pickup pickup, PickupEvent event) {
        return switch (event) {
            case PickupRequested e ->
                new Requested(new Goods(
                        e.fulfilment(),
                        e.channel(),
                        e.promisedAt(),
                        e.requestedAt(),
                        e.lines().stream()
                                .map(line -> new Goods.Line(line, 0, 0))
                                .toList(),
                        null,
                        List.of()));
            case PickingStarted e -> new Picking(open(pickup, e).goods());
            case PickupLineShort e -> {
                Open open = open(pickup, e);
                yield open.with(open.goods().missing(e.lineId(), e.missing()));
            }
            case PickupReady e ->
                new Ready(
                        open(pickup, e).goods(),
                        e.stagingPlace(),
                        e.readyAt(),
                        e.pickupDeadline(),
                        false,
                        e.codeKeyId(),
                        e.codeIssue(),
                        0,
                        false);
            case PickupReminderDue e -> ready(pickup, e).afterReminder();
            case PickupCodeReissued e -> ready(pickup, e).withCode(e.codeKeyId(), e.codeIssue(), 0, false);
            case PickupCodeRejected e -> {
                Ready ready = ready(pickup, e);
                yield ready.withCode(ready.codeKeyId(), ready.codeIssue(), e.wrongAttempts(), e.locked());
            }
            case CustomerOnTheWay e -> {
                Open open = open(pickup, e);
                yield open.with(open.goods().with(new Goods.Visit(e.expectedAt(), null, null)));
            }
            case CustomerArrived e -> {
                Open open = open(pickup, e);
                Goods.Visit visit = open.goods().visit();
                Instant expectedAt = visit == null ? null : visit.expectedAt();
                yield open.with(open.goods().with(new Goods.Visit(expectedAt, e.arrivedAt(), e.bay())));
            }
            case PickupHandedOver e ->
                new HandedOver(
                        ready(pickup, e).goods(),
                        e.handedOverAt(),
                        e.handedOver(),
                        e.notTaken(),
                        e.codeIssue(),
                        e.override(),
                        e.courierId(),
                        e.notTakenReason());
            case PickupExpired e -> new Expired(ready(pickup, e).goods(), e.pickupDeadline());
            case PickupCancelled e -> {
                Open open = open(pickup, e);
                Goods goods = open.goods().cancelled(e.lines()).answered(e.cancellationId());
                yield e.whole() ? new Cancelled(goods, e.reason()) : open.with(goods);
            }
            case PickupCancellationRefused e -> {
                if (!(pickup instanceof Known known)) {
                    throw cannotFollow(pickup, e);
                }
                yield known.with(known.goods().answered(e.cancellationId()));
            }
        };
    }

    private static Open open(Pickup pickup, PickupEvent event) {
        if (pickup instanceof Open open) {
            return open;
        }
        throw cannotFollow(pickup, event);
    }

    private static Ready ready(Pickup pickup, PickupEvent event) {
        if (pickup instanceof Ready ready) {
            return ready;
        }
        throw cannotFollow(pickup, event);
    }

    private static IllegalStateException cannotFollow(Pickup pickup, PickupEvent event) {
        return new IllegalStateException(event.getClass().getSimpleName() + " of "
                + event.fulfilment().fulfilmentId() + " cannot follow "
                + pickup.getClass().getSimpleName());
    }
}
