package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;

import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.order.Fulfilment;
import dev.mortar.schemas.order.FulfilmentAdded;
import dev.mortar.schemas.order.FulfilmentConfirmed;
import dev.mortar.schemas.order.FulfilmentWithdrawn;
import dev.mortar.schemas.order.OrderConfirmed;
import dev.mortar.schemas.order.OrderPlaced;
import dev.mortar.schemas.order.OrderRejected;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The promises about capacity: each slot adds up and keeps its limit, and an order promises the booked time. */
final class CapacityAudit extends Auditor {
    private static final Set<String> SERVICES = Set.of("inventory-service", "order-service");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration KEPT = Duration.ofDays(1);

    private final Map<String, Location> locations = new HashMap<>();
    /** The latest times that placed orders accept, by fulfilment; until the order is decided. */
    private final Map<String, Instant> wishes = new HashMap<>();
    /** The reservations that promise a time, by fulfilment; until the order is decided. */
    private final Map<String, LoggedEvent> promises = new HashMap<>();

    CapacityAudit(Findings findings) {
        super(findings);
        on(LocationRegistered.class, event -> {
            var location = location(event.getLocationId());
            location.registered = logged();
            location.opening = new Opening(event);
        });
        on(CapacityPaused.class, event -> location(event.getLocationId()).pauses.add(event));
        on(
                OrderPlaced.class,
                event -> event.getFulfilments().stream()
                        .filter(each -> each.getPromisedAt() != null)
                        .forEach(each -> wishes.put(each.getFulfilmentId(), each.getPromisedAt())));
        on(FulfilmentAdded.class, event -> {
            if (event.getLatestReadyAt() != null) {
                wishes.put(event.getFulfilment().getFulfilmentId(), event.getLatestReadyAt());
            }
        });
        on(StockReserved.class, this::reserved);
        on(StockReservationRejected.class, this::refused);
        on(ReservationPicked.class, event -> {
            var reservation = location(event.getLocationId()).reservations.get(event.getFulfilmentId());
            if (reservation != null) {
                reservation.isPicked = true;
                isNoLongerWaiting(reservation.slot, event.getFulfilmentId());
            }
        });
        on(StockReleased.class, event -> {
            if (event.getWhole()) {
                boolean expires = event.getReason() == ReleaseReason.NOT_ANSWERED_IN_TIME;
                ends(event.getLocationId(), event.getFulfilmentId(), event.getSlot(), expires);
            } else {
                same(CAPACITY_ADDS_UP, "The slot that a part gives back", event.getSlot(), null);
            }
        });
        on(
                ReservationBroken.class,
                event -> ends(event.getLocationId(), event.getFulfilmentId(), event.getSlot(), false));
        on(StockCommitted.class, event -> forget(location(event.getLocationId()), event.getFulfilmentId()));
        on(ReservationVoided.class, event -> forget(location(event.getLocationId()), event.getFulfilmentId()));
        on(ReservationConfirmed.class, this::confirmed);
        on(SlotClosed.class, this::closed);
        on(OrderConfirmed.class, this::orderConfirmed);
        on(FulfilmentConfirmed.class, event -> isPromised(event.getFulfilment()));
        on(FulfilmentWithdrawn.class, event -> decided(event.getFulfilment().getFulfilmentId()));
        on(OrderRejected.class, event -> event.getFulfilments().forEach(each -> decided(each.getFulfilmentId())));
        requireCompleteness(List.of(this), type -> SERVICES.contains(type.service()), """
                SaleRecorded FulfilmentReserved FulfilmentRejected SourcingRequested SourcingDecided
                OrderCancellationRequested OrderCancellationRefused
                OrderLinesCancelled OrderCancelled FulfilmentHandedOver OrderCompleted OrderReturned
                FulfilmentDelivered FulfilmentUndelivered FulfilmentLost TransferExpected TransferClosed
                StockReceived StockSold StockRestocked DamagedStockReturned VendorStockReturned StockAdjusted
                StockCounted StockTransferredOut StockTransferredIn StockShortfallDetected SafetyStockSet StockHeld
                StockHoldChanged StockHoldReleased StockHoldExpired ReservationReduced""");
    }

    /** A location's slots by method and start. */
    private static final class Location {
        final Map<String, Slot> slots = new HashMap<>();
        final Map<String, Reservation> reservations = new HashMap<>();
        final List<CapacityPaused> pauses = new ArrayList<>();

        @Nullable
        LoggedEvent registered;

        @Nullable
        Opening opening;

        Slot slot(BookedSlot slot) {
            return slots.computeIfAbsent(name(slot.getMethod(), slot.getStartsAt()), _ -> new Slot());
        }
    }

    /** A slot, with the fulfilments that are booked for it. */
    private static final class Slot {
        final Set<String> booked = new HashSet<>();
        final Set<String> unpicked = new HashSet<>();

        @Nullable
        Long limit;

        @Nullable
        LoggedEvent last;
    }

    /** A reservation with a slot, open or expired. */
    private static final class Reservation {
        final Slot slot;
        final BookedSlot booked;
        boolean isPicked;
        boolean isExpired;

        Reservation(Slot slot, BookedSlot booked) {
            this.slot = slot;
            this.booked = booked;
        }
    }

    private Location location(String id) {
        return locations.computeIfAbsent(id, _ -> new Location());
    }

    private static String name(FulfilmentMethod method, Instant startsAt) {
        return method + "|" + startsAt;
    }

    private void reserved(StockReserved event) {
        wishes.remove(event.getFulfilmentId());
        var location = location(event.getLocationId());
        var slot = event.getSlot();
        context(location.registered);
        if (slot == null || location.opening == null) {
            same(PROMISE_IS_BOOKED, "The promise without a slot", event.getReadyAt(), null);
            return;
        }
        var id = event.getFulfilmentId();
        var method = slot.getMethod();
        var opening = location.opening;
        var sums = location.slot(slot);
        context(location.registered, sums.last);
        long limit = opening.limit(method, slot.getStartsAt());
        same(CAPACITY_NO_OVERBOOK, "The limit of " + slot, slot.getLimit(), limit < 0 ? null : limit);
        boolean fits = limit < 0 || sums.booked.size() < limit;
        check(CAPACITY_NO_OVERBOOK, fits, "%s is booked above its limit by %s", slot, id);
        boolean isPaused = location.pauses.stream()
                .anyMatch(pause -> pause.getMethods().contains(method)
                        && pause.getFrom().isBefore(slot.getEndsAt())
                        && pause.getUntil().isAfter(slot.getStartsAt()));
        check(CAPACITY_NO_OVERBOOK, !isPaused, "%s is booked by %s in a pause", slot, id);
        books(sums, slot, id);
        location.reservations.put(id, new Reservation(sums, slot));
        boolean isOpen = slot.getEndsAt().equals(slot.getStartsAt().plus(HOUR))
                && !slot.getStartsAt().isBefore(logged().recordedAt())
                && opening.isOpen(slot.getStartsAt(), slot.getEndsAt());
        check(PROMISE_IS_BOOKED, isOpen, "%s is not in the opening hours or has begun", slot);
        var readyAt = opening.readyAt(method, slot.getEndsAt());
        same(PROMISE_IS_BOOKED, "The promise of " + slot, event.getReadyAt(), readyAt);
        promises.put(id, logged());
    }

    /** Adds a booking, and compares the sum. */
    private void books(Slot sums, BookedSlot slot, String id) {
        boolean isFirst = sums.booked.add(id);
        check(CAPACITY_ADDS_UP, isFirst, "%s is booked for %s a second time", slot, id);
        sums.unpicked.add(id);
        sums.limit = slot.getLimit();
        sums.last = logged();
        same(CAPACITY_ADDS_UP, "The number of bookings of " + slot, slot.getBookedAfter(), (long) sums.booked.size());
    }

    private void refused(StockReservationRejected event) {
        // The order may be decided before inventory answers.
        var wish = wishes.remove(event.getFulfilmentId());
        if (event.getReason() != ReservationRejectionReason.NO_CAPACITY) {
            return;
        }
        var location = location(event.getLocationId());
        var first = event.getFirstReadyAt();
        context(location.registered);
        boolean isJustified = location.opening != null && (first == null || wish != null && first.isAfter(wish));
        var sentence = "%s is refused although it could be ready at %s; its order wants it by %s";
        check(STOCK_REFUSAL_JUSTIFIED, isJustified, sentence, event.getFulfilmentId(), first, wish);
    }

    /** A slot is given back once, before it begins, and not for staged goods. */
    private void ends(String locationId, String id, @Nullable BookedSlot givenBack, boolean expires) {
        var location = location(locationId);
        var reservation = location.reservations.get(id);
        boolean isOpen = reservation != null && !reservation.isExpired;
        if (reservation == null || !isOpen) {
            same(CAPACITY_ADDS_UP, "The slot that " + id + " gives back", givenBack, null);
            forget(location, id);
            return;
        }
        var slot = reservation.slot;
        context(slot.last);
        boolean isOwed = !reservation.isPicked
                && slot.booked.contains(id)
                && logged().recordedAt().isBefore(reservation.booked.getStartsAt());
        var sentence = "%s gives back %s; its slot is %s";
        check(CAPACITY_ADDS_UP, isOwed == (givenBack != null), sentence, id, givenBack, reservation.booked);
        if (givenBack != null) {
            slot.booked.remove(id);
            long left = slot.booked.size();
            boolean isSame = givenBack.getStartsAt().equals(reservation.booked.getStartsAt());
            check(CAPACITY_ADDS_UP, isSame, sentence, id, givenBack, reservation.booked);
            same(CAPACITY_ADDS_UP, "The number of bookings of " + givenBack, givenBack.getBookedAfter(), left);
        }
        isNoLongerWaiting(slot, id);
        if (expires) {
            reservation.isExpired = true;
        } else {
            location.reservations.remove(id);
        }
    }

    private void forget(Location location, String id) {
        var reservation = location.reservations.remove(id);
        if (reservation != null) {
            isNoLongerWaiting(reservation.slot, id);
        }
    }

    private void isNoLongerWaiting(Slot slot, String id) {
        if (slot.unpicked.remove(id)) {
            slot.last = logged();
        }
    }

    /** A late confirmation books the slot again, even above its limit, while the slot is kept. */
    private void confirmed(ReservationConfirmed event) {
        var id = event.getFulfilmentId();
        var location = location(event.getLocationId());
        var reservation = location.reservations.get(id);
        var again = event.getSlot();
        if (reservation == null || !reservation.isExpired) {
            same(CAPACITY_ADDS_UP, "The slot that the confirmation of " + id + " books", again, null);
            return;
        }
        reservation.isExpired = false;
        boolean isBooked = reservation.slot.booked.contains(id);
        boolean isKept =
                logged().recordedAt().isBefore(reservation.booked.getEndsAt().plus(KEPT));
        context(reservation.slot.last);
        var sentence = "The late confirmation of %s books %s; its slot is %s, booked: %s";
        boolean isRight = (again != null) == (!isBooked && isKept);
        check(CAPACITY_ADDS_UP, isRight, sentence, id, again, reservation.booked, isBooked);
        if (again != null) {
            var slot = location.slot(again);
            books(slot, again, id);
        } else if (isBooked) {
            reservation.slot.unpicked.add(id);
            reservation.slot.last = logged();
        }
        if (reservation.isPicked) {
            reservation.slot.unpicked.remove(id);
        }
    }

    private void closed(SlotClosed event) {
        var location = location(event.getLocationId());
        var name = name(event.getMethod(), event.getStartsAt());
        var slot = location.slots.remove(name);
        long booked = slot == null ? 0 : slot.booked.size();
        long unpicked = slot == null ? 0 : slot.unpicked.size();
        context(slot == null ? null : slot.last);
        boolean isDue =
                !logged().recordedAt().isBefore(event.getStartsAt().plus(HOUR).plus(KEPT));
        boolean isRight = slot != null && isDue && event.getBooked() == booked && event.getUnpicked() == unpicked;
        var sentence = "The slot %s is closed with %s bookings, %s of them unpicked; it has %s and %s";
        check(CAPACITY_ADDS_UP, isRight, sentence, name, event.getBooked(), event.getUnpicked(), booked, unpicked);
    }

    private void orderConfirmed(OrderConfirmed event) {
        event.getFulfilments().forEach(this::isPromised);
        event.getRejectedFulfilments().forEach(each -> decided(each.getFulfilmentId()));
    }

    /** The order confirms a fulfilment with the time that its location has booked. */
    private void isPromised(Fulfilment fulfilment) {
        var promise = promises.get(fulfilment.getFulfilmentId());
        if (promise != null) {
            context(promise);
            var readyAt = ((StockReserved) promise.event()).getReadyAt();
            var what = "The promise of " + fulfilment.getFulfilmentId();
            same(PROMISE_IS_BOOKED, what, fulfilment.getPromisedAt(), readyAt);
        }
        decided(fulfilment.getFulfilmentId());
    }

    private void decided(String fulfilmentId) {
        promises.remove(fulfilmentId);
    }

    /** The bookings of a slot that the events come to. */
    record Bookings(@Nullable Long limit, long booked, long unpicked, LoggedEvent last) {}

    /** The slots of all locations, by location, method and start. */
    Map<String, Bookings> slots() {
        var all = new HashMap<String, Bookings>();
        locations.forEach((id, location) -> location.slots.forEach((name, slot) -> {
            if (slot.last != null) {
                var bookings = new Bookings(slot.limit, slot.booked.size(), slot.unpicked.size(), slot.last);
                all.put(id + "|" + name, bookings);
            }
        }));
        return all;
    }
}
