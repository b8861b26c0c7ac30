package dev.mortar.audit;

import static dev.mortar.audit.Invariant.BOOKED_ONCE;
import static dev.mortar.audit.Invariant.BROKEN_YOUNGEST;
import static dev.mortar.audit.Invariant.COUNT_ADDS_MOVEMENTS;
import static dev.mortar.audit.Invariant.COUNT_NEWEST;
import static dev.mortar.audit.Invariant.MOVEMENT_BEFORE_COUNT;
import static dev.mortar.audit.Invariant.MOVEMENT_TIME;
import static dev.mortar.audit.Invariant.QUANTITIES_POSITIVE;
import static dev.mortar.audit.Invariant.RESERVATION_ANSWERS_ORDER;
import static dev.mortar.audit.Invariant.RESERVATION_DEADLINE;
import static dev.mortar.audit.Invariant.RESERVATION_ENDS_ONCE;
import static dev.mortar.audit.Invariant.RESERVATION_MADE_ONCE;
import static dev.mortar.audit.Invariant.SHORTFALL_TRUE;
import static dev.mortar.audit.Invariant.STOCK_ARITHMETIC;
import static dev.mortar.audit.Invariant.STOCK_CHANGE_FITS;
import static dev.mortar.audit.Invariant.STOCK_REFUSAL_JUSTIFIED;

import dev.mortar.audit.StockBook.Rule;
import dev.mortar.audit.StockBook.Units;
import dev.mortar.schemas.Channel;
import dev.mortar.schemas.FulfilmentMethod;
import dev.mortar.schemas.Shortage;
import dev.mortar.schemas.SkuQuantity;
import dev.mortar.schemas.inventory.AdjustmentReason;
import dev.mortar.schemas.inventory.CountedSku;
import dev.mortar.schemas.inventory.DamagedStockReturned;
import dev.mortar.schemas.inventory.LocationRegistered;
import dev.mortar.schemas.inventory.Quantities;
import dev.mortar.schemas.inventory.ReleaseReason;
import dev.mortar.schemas.inventory.ReservationBroken;
import dev.mortar.schemas.inventory.ReservationConfirmed;
import dev.mortar.schemas.inventory.ReservationPicked;
import dev.mortar.schemas.inventory.ReservationVoided;
import dev.mortar.schemas.inventory.SafetyStockSet;
import dev.mortar.schemas.inventory.StockAdjusted;
import dev.mortar.schemas.inventory.StockChange;
import dev.mortar.schemas.inventory.StockCommitted;
import dev.mortar.schemas.inventory.StockCounted;
import dev.mortar.schemas.inventory.StockHeld;
import dev.mortar.schemas.inventory.StockHoldExpired;
import dev.mortar.schemas.inventory.StockHoldReleased;
import dev.mortar.schemas.inventory.StockReceived;
import dev.mortar.schemas.inventory.StockReleased;
import dev.mortar.schemas.inventory.StockReservationRejected;
import dev.mortar.schemas.inventory.StockReserved;
import dev.mortar.schemas.inventory.StockRestocked;
import dev.mortar.schemas.inventory.StockShortfallDetected;
import dev.mortar.schemas.inventory.StockSold;
import dev.mortar.schemas.inventory.StockTransferredIn;
import dev.mortar.schemas.inventory.StockTransferredOut;
import dev.mortar.schemas.inventory.VendorStockReturned;
import dev.mortar.schemas.order.OrderPlaced;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Stock: the {@link StockBook} of every location, and the reservations and holds that claim what is in it. */
final class StockAudit {
    private final AuditRules rules;
    private final Findings findings;
    private final Streams<Location> locations = new Streams<>();
    private final Map<String, End> ended = new HashMap<>();
    /** Hashes of the business ids that were booked. */
    private final Set<Long> booked = new HashSet<>();

    private final Map<String, Asked> asked = new HashMap<>();

    StockAudit(AuditRules rules, Findings findings) {
        this.rules = rules;
        this.findings = findings;
    }

    /** How a reservation came to its end, or why it never began. */
    enum End {
        RELEASED,
        COMMITTED,
        BROKEN,
        /** Broken, and its goods left before anybody at the counter heard of it. */
        TAKEN,
        VOIDED,
        REFUSED
    }

    /** What an order asks of a location. */
    private record Asked(
            String locationId,
            Map<String, Long> quantities,
            boolean online,
            @Nullable String holdId,
            LoggedEvent placed) {}

    private static final class Location {
        final StockBook book;

        @Nullable
        LoggedEvent registered;

        final Map<String, Reservation> open = new LinkedHashMap<>();
        /** What ended by itself and holds nothing: its order's confirmation may still make it again. */
        final Map<String, Reservation> expired = new HashMap<>();

        final Holds holds;
        /** By the command that is being read, as the next one. */
        final Set<String> shortReported = new HashSet<>();

        Map<String, Long> notFound = Map.of();

        /** The command of the last sale at a till. */
        @Nullable
        UUID sale;

        Location(AuditRules rules, Findings findings) {
            book = new StockBook(findings);
            holds = new Holds(rules, findings, book);
        }
    }

    private static final class Reservation {
        final Instant expiresAt;
        final Map<String, Long> left;
        final boolean online;
        /** Which event says what it has, or had left when it expired. */
        LoggedEvent made;

        boolean confirmed;
        boolean picked;

        Reservation(Instant expiresAt, Map<String, Long> left, boolean online, LoggedEvent made) {
            this.expiresAt = expiresAt;
            this.left = left;
            this.online = online;
            this.made = made;
        }

        long age() {
            return EventType.meta(made).getSequence();
        }
    }

    /** Whether a reservation ended for good: one that only expired may be made again. */
    boolean isOver(String reservationId) {
        return ended.containsKey(reservationId);
    }

    /** Whether the goods of a reservation left, and it was not broken. */
    boolean isCommitted(String reservationId) {
        return ended.get(reservationId) == End.COMMITTED;
    }

    /** Remembers what is asked, to judge the answer. */
    void placed(LoggedEvent logged, OrderPlaced event) {
        if (event.getFulfilments().stream().allMatch(f -> f.getMethod() == FulfilmentMethod.CARRY_OUT)) {
            return;
        }
        for (var fulfilment : event.getFulfilments()) {
            if (fulfilment.getMethod() != FulfilmentMethod.CARRY_OUT) {
                var lines = event.getLines().stream()
                        .filter(line -> fulfilment.getLineIds().contains(line.getLineId()))
                        .toList();
                asked.put(
                        fulfilment.getFulfilmentId(),
                        new Asked(
                                fulfilment.getLocationId(),
                                Sums.linesByGoods(lines),
                                event.getChannel() == Channel.ONLINE,
                                fulfilment.getHoldId(),
                                logged));
            }
        }
    }

    void accept(LoggedEvent logged) {
        var meta = EventType.meta(logged);
        var location = locations.getOrPut((String) logged.event().get(1), () -> new Location(rules, findings));
        switch (logged.event()) {
            case LocationRegistered event -> location.registered = logged;
            case StockReceived event -> {
                once(event.getReceiptId(), logged);
                arrived(
                        location,
                        event.getChanges(),
                        event.getAlreadyCounted(),
                        event.getMovedAt(),
                        logged,
                        Units.RECEIVED);
            }
            case StockRestocked event ->
                arrived(location, event.getChanges(), event.getAlreadyCounted(), event.getMovedAt(), logged, Units.ANY);
            case StockTransferredIn event ->
                arrived(location, event.getChanges(), event.getAlreadyCounted(), event.getMovedAt(), logged, Units.ANY);
            case DamagedStockReturned event ->
                location.book.apply(event.getChanges(), logged, Rule.DAMAGED_UP, Units.ANY, null);
            case VendorStockReturned event ->
                location.book.apply(event.getChanges(), logged, Rule.TO_VENDOR_UP, Units.ANY, null);
            case StockAdjusted event -> adjusted(location, event, logged);
            case SafetyStockSet event -> location.book.apply(event.getChanges(), logged, Rule.SAFETY, Units.KEPT, null);
            case StockCounted event -> counted(location, event, logged);
            case StockTransferredOut event -> sent(location, event, logged);
            case StockReserved event -> reserved(location, event, logged);
            case StockReservationRejected event -> refused(location, event, logged);
            case ReservationConfirmed event -> confirmed(location, event, logged);
            case ReservationPicked event -> {
                var expired = location.expired.get(event.getReservationId());
                var reservation = expired == null ? open(location, event.getReservationId(), logged) : expired;
                if (reservation != null) {
                    findings.check(
                            RESERVATION_ENDS_ONCE,
                            !reservation.picked,
                            () -> event.getReservationId() + " is picked a second time",
                            reservation.made,
                            logged);
                    reservation.picked = true;
                }
            }
            case StockReleased event -> released(location, event, logged);
            case ReservationVoided event -> {
                var id = event.getReservationId();
                findings.check(
                        RESERVATION_ENDS_ONCE,
                        !location.open.containsKey(id) && !ended.containsKey(id),
                        () -> id + " is voided as if it had never come; it is "
                                + (location.open.containsKey(id) ? "open" : String.valueOf(ended.get(id))),
                        logged);
                // One that expired is voided as well, so that no late confirmation makes it again.
                location.expired.remove(id);
                ended.put(id, End.VOIDED);
            }
            case StockCommitted event -> committed(location, event, logged);
            case StockSold event -> {
                location.sale = meta.getCommandId();
                sold(location, event, logged);
            }
            case StockShortfallDetected event -> shortfall(location, event, logged);
            case ReservationBroken event -> broken(location, event, logged);
            case StockHeld event -> location.holds.held(event, quantities(event.getHeld(), logged), logged);
            case StockHoldReleased event -> location.holds.released(event, logged);
            case StockHoldExpired event -> location.holds.expired(event, logged);
            default -> {}
        }
        if (meta.getIndex() == meta.getCount() - 1) {
            endOfCommand(location, logged);
        }
    }

    private Map<String, Long> quantities(List<SkuQuantity> quantities, LoggedEvent logged) {
        for (var quantity : quantities) {
            findings.check(
                    QUANTITIES_POSITIVE,
                    quantity.getQuantity() > 0,
                    () -> quantity.getQuantity() + " of " + quantity.getSku(),
                    logged);
        }
        return Sums.byGoods(quantities);
    }

    /** When the goods moved; a clock that runs ahead of the log does not count. */
    private Instant movedAt(@Nullable Instant told, LoggedEvent logged) {
        var recordedAt = EventType.meta(logged).getRecordedAt();
        findings.check(
                MOVEMENT_TIME,
                told == null || !told.isAfter(recordedAt),
                () -> "Moved at " + told + ", recorded before that, at " + recordedAt,
                logged);
        return told == null || told.isAfter(recordedAt) ? recordedAt : told;
    }

    /** Judges, before the changes are booked, which goods change on hand and which a count has seen already. */
    private void moved(
            Location location, Set<String> booked, Set<String> alreadyCounted, Instant movedAt, LoggedEvent logged) {
        booked.forEach(goods -> moved(location, goods, false, movedAt, logged));
        alreadyCounted.forEach(goods -> moved(location, goods, true, movedAt, logged));
    }

    private void moved(Location location, String goods, boolean alreadyCounted, Instant movedAt, LoggedEvent logged) {
        var balance = location.book.balance(goods);
        findings.check(
                MOVEMENT_BEFORE_COUNT,
                alreadyCounted == (balance != null && balance.isCounted(movedAt)),
                () -> goods + " that moved at " + movedAt + (alreadyCounted ? " changes nothing" : " is booked")
                        + "; the newest count is of " + (balance == null ? null : balance.countedAt),
                balance == null ? null : balance.last,
                logged);
    }

    private void arrived(
            Location location,
            List<StockChange> changes,
            List<SkuQuantity> alreadyCounted,
            @Nullable Instant told,
            LoggedEvent logged,
            Units units) {
        var movedAt = movedAt(told, logged);
        var arrived = Sums.changes(changes, Quantities::getOnHand);
        moved(location, arrived.keySet(), quantities(alreadyCounted, logged).keySet(), movedAt, logged);
        location.book.apply(changes, logged, Rule.ON_HAND_UP, units, movedAt);
    }

    private void adjusted(Location location, StockAdjusted event, LoggedEvent logged) {
        once(event.getAdjustmentId(), logged);
        var movedAt = movedAt(event.getMovedAt(), logged);
        var corrected = Sums.changes(event.getChanges(), Quantities::getOnHand);
        var counted = Sums.byGoods(event.getAlreadyCounted());
        moved(location, corrected.keySet(), counted.keySet(), movedAt, logged);
        boolean shortPick = event.getReason() == AdjustmentReason.SHORT_PICK;
        if (shortPick) {
            Sums.addAll(corrected, counted, 1);
            var notFound = location.notFound;
            findings.check(
                    STOCK_CHANGE_FITS,
                    Sums.negative(corrected).equals(notFound),
                    () -> "Short by " + Sums.negative(corrected) + "; released because they were not found are "
                            + notFound,
                    logged);
        }
        var rule = switch (event.getReason()) {
            case SHORT_PICK -> Rule.ON_HAND_AND_DAMAGED;
            case SENT_TO_VENDOR -> Rule.SENT_TO_VENDOR;
            case DAMAGED, LOST, FOUND, THEFT, EXPIRED, CORRECTION, UNKNOWN -> Rule.ADJUSTED;
        };
        location.book.apply(event.getChanges(), logged, rule, shortPick ? Units.ANY : Units.KNOWN, movedAt);
    }

    private void sent(Location location, StockTransferredOut event, LoggedEvent logged) {
        once(event.getTransferId(), logged);
        var movedAt = movedAt(event.getMovedAt(), logged);
        var all = quantities(event.getTransferred(), logged);
        var counted = quantities(event.getAlreadyCounted(), logged);
        var sent = Sums.without(all, counted);
        moved(location, sent.keySet(), counted.keySet(), movedAt, logged);
        all.keySet().forEach(goods -> location.book.isKept(goods, logged));
        location.book.exactly(event.getChanges(), Sums.negative(sent), Map.of(), Map.of(), logged, Units.ANY, movedAt);
        // Lines that set out before the count need no availability: the count did not find them.
        sent.keySet().forEach(goods -> location.book.claim(goods, false));
    }

    private void reserved(Location location, StockReserved event, LoggedEvent logged) {
        var id = event.getReservationId();
        var quantities = quantities(event.getReserved(), logged);
        var order = answers(id, event.getLocationId(), quantities, logged);
        var earlier = location.open.get(id);
        findings.check(
                RESERVATION_MADE_ONCE,
                earlier == null && !location.expired.containsKey(id) && !ended.containsKey(id),
                () -> id + " is reserved although it "
                        + (earlier != null
                                ? "is reserved"
                                : "ended before: " + (ended.containsKey(id) ? ended.get(id) : "expired")),
                earlier == null ? null : earlier.made,
                logged);
        if (earlier != null) {
            location.book.claimed(earlier.left, -1);
        }
        if (order != null) {
            location.holds.used(order.holdId, order.placed, logged);
        }
        boolean online = order != null && order.online;
        location.open.put(id, new Reservation(event.getExpiresAt(), new HashMap<>(quantities), online, logged));
        location.book.claimed(quantities, 1);
        location.book.exactly(event.getChanges(), quantities, Map.of(), logged);
        quantities.keySet().forEach(goods -> location.book.claim(goods, online));
    }

    private @Nullable Asked answers(String id, String locationId, Map<String, Long> quantities, LoggedEvent logged) {
        var order = asked.remove(id);
        findings.check(
                RESERVATION_ANSWERS_ORDER,
                order != null && order.locationId.equals(locationId) && order.quantities.equals(quantities),
                () -> order == null
                        ? "Nobody asked to reserve " + id + ", or it was answered before"
                        : "The order asks " + order.locationId + " for " + order.quantities + ", answered at "
                                + locationId + " for " + quantities,
                order == null ? null : order.placed,
                logged);
        return order;
    }

    private void refused(Location location, StockReservationRejected event, LoggedEvent logged) {
        var id = event.getReservationId();
        var requested = quantities(event.getRequested(), logged);
        var order = answers(id, event.getLocationId(), requested, logged);
        boolean online = order != null && order.online;
        switch (event.getReason()) {
            case INSUFFICIENT_STOCK -> {
                if (order != null) {
                    location.holds.used(order.holdId, order.placed, logged);
                }
                var expected = new ArrayList<Shortage>();
                requested.forEach((goods, quantity) -> {
                    var balance = location.book.balance(goods);
                    long available = balance == null ? 0 : balance.available(online);
                    if (quantity > available) {
                        expected.add(new Shortage(Goods.sku(goods), quantity, Math.max(0, available)));
                    }
                });
                var named = new ArrayList<>(event.getShortages());
                expected.sort(null);
                named.sort(null);
                var last = named.isEmpty()
                        ? null
                        : location.book.kept(named.getFirst().getSku());
                findings.check(
                        STOCK_REFUSAL_JUSTIFIED,
                        !expected.isEmpty() && named.equals(expected),
                        () -> "Refused " + requested + " because only " + named + " were available; short at this place"
                                + " in the log were " + expected,
                        last == null ? null : last.last,
                        logged);
            }
            case LOCATION_UNKNOWN ->
                findings.check(
                        STOCK_REFUSAL_JUSTIFIED,
                        location.registered == null,
                        () -> "Refused because " + event.getLocationId() + " was unknown; it was registered",
                        logged);
            case ALREADY_RELEASED ->
                findings.check(
                        STOCK_REFUSAL_JUSTIFIED,
                        ended.containsKey(id),
                        () -> "Refused because " + id + " was released before; it was not",
                        logged);
            case UNKNOWN -> findings.broken(STOCK_REFUSAL_JUSTIFIED, "Refused for no known reason", logged);
        }
        ended.putIfAbsent(id, End.REFUSED);
    }

    private void confirmed(Location location, ReservationConfirmed event, LoggedEvent logged) {
        var id = event.getReservationId();
        var again = Sums.changes(event.getChanges(), Quantities::getCommitted);
        var expired = location.expired.remove(id);
        if (expired != null) {
            findings.check(
                    RESERVATION_MADE_ONCE,
                    again.equals(expired.left),
                    () -> id + " is made again with " + again + "; left of it were " + expired.left,
                    expired.made,
                    logged);
            var reservation = new Reservation(Instant.MAX, new HashMap<>(again), expired.online, logged);
            reservation.confirmed = true;
            reservation.picked = expired.picked;
            location.open.put(id, reservation);
            location.book.claimed(again, 1);
            location.book.exactly(event.getChanges(), again, Map.of(), logged);
            again.keySet().forEach(goods -> location.book.claim(goods, expired.online));
            return;
        }
        var reservation = open(location, id, logged);
        if (reservation != null) {
            findings.check(
                    RESERVATION_ENDS_ONCE,
                    !reservation.confirmed,
                    () -> id + " is confirmed a second time",
                    reservation.made,
                    logged);
            reservation.confirmed = true;
        }
        location.book.exactly(event.getChanges(), Map.of(), Map.of(), logged);
    }

    /** The open reservation of an event that needs one. */
    private @Nullable Reservation open(Location location, String id, LoggedEvent logged) {
        var reservation = location.open.get(id);
        findings.check(
                RESERVATION_ENDS_ONCE,
                reservation != null,
                () -> logged.type() + " of reservation " + id + ", which "
                        + (ended.containsKey(id) ? "ended before: " + ended.get(id) : "was never made"),
                logged);
        return reservation;
    }

    private void released(Location location, StockReleased event, LoggedEvent logged) {
        var id = event.getReservationId();
        var released = quantities(event.getReleased(), logged);
        if (event.getReason() == ReleaseReason.SHORT_PICK) {
            location.notFound = released;
        }
        // What is released of one that expired was free before; it only is not to be set aside again.
        var expired = location.expired.get(id);
        Map<String, Long> freed = expired == null ? released : Map.of();
        var reservation = expired == null ? open(location, id, logged) : expired;
        if (reservation != null) {
            boolean within = Sums.within(released, reservation.left);
            var before = Map.copyOf(reservation.left);
            Sums.addAll(reservation.left, released, -1);
            location.book.claimed(freed, -1);
            findings.check(
                    RESERVATION_ENDS_ONCE,
                    within && event.getWhole() == reservation.left.isEmpty(),
                    () -> "Released " + released + " of " + before + ", as a whole: " + event.getWhole(),
                    reservation.made,
                    logged);
            if (event.getReason() == ReleaseReason.NOT_ANSWERED_IN_TIME) {
                var at = EventType.meta(logged).getRecordedAt();
                findings.check(
                        RESERVATION_DEADLINE,
                        !reservation.confirmed
                                && !at.isBefore(reservation.expiresAt)
                                && at.isBefore(reservation.expiresAt.plus(rules.slack())),
                        () -> id + (reservation.confirmed ? " was confirmed and " : "") + " ended by itself at " + at
                                + ", its deadline was " + reservation.expiresAt,
                        reservation.made,
                        logged);
            }
            boolean expires = event.getReason() == ReleaseReason.NOT_ANSWERED_IN_TIME;
            if (expires || event.getWhole() || reservation.left.isEmpty()) {
                if (location.open.remove(id) != null) {
                    location.book.claimed(reservation.left, -1);
                }
                location.expired.remove(id);
                if (expires) {
                    location.expired.put(id, new Reservation(Instant.MAX, released, reservation.online, logged));
                } else {
                    ended.put(id, End.RELEASED);
                }
            } else if (expired != null) {
                expired.made = logged;
            }
        }
        location.book.exactly(event.getChanges(), Sums.negative(freed), Map.of(), logged);
    }

    private void committed(Location location, StockCommitted event, LoggedEvent logged) {
        var id = event.getReservationId();
        var left = quantities(event.getLeft(), logged);
        var released = quantities(event.getReleased(), logged);
        var movedAt = movedAt(event.getMovedAt(), logged);
        var counted = quantities(event.getAlreadyCounted(), logged);
        var gone = Sums.without(left, counted);
        moved(location, gone.keySet(), counted.keySet(), movedAt, logged);
        var reservation = location.open.remove(id);
        if (reservation == null) {
            // What was broken or expired may have been handed over before anybody at the counter heard of it.
            var end = ended.get(id);
            findings.check(
                    RESERVATION_ENDS_ONCE,
                    location.expired.remove(id) != null || end == End.BROKEN,
                    () -> "Goods leave against reservation " + id + ", which "
                            + (end == null ? "was never made" : "ended before: " + end),
                    logged);
            ended.put(id, end == End.BROKEN ? End.TAKEN : End.COMMITTED);
            location.book.exactly(
                    event.getChanges(), Sums.negative(gone), Map.of(), Map.of(), logged, Units.ANY, movedAt);
            return;
        }
        var all = new HashMap<>(left);
        Sums.addAll(all, released, 1);
        findings.check(
                RESERVATION_ENDS_ONCE,
                all.equals(reservation.left),
                () -> left + " left and " + released + " were released of a reservation of " + reservation.left,
                reservation.made,
                logged);
        location.book.claimed(reservation.left, -1);
        ended.put(id, End.COMMITTED);
        location.book.exactly(
                event.getChanges(),
                Sums.negative(gone),
                Sums.negative(reservation.left),
                Map.of(),
                logged,
                Units.ANY,
                movedAt);
    }

    private void sold(Location location, StockSold event, LoggedEvent logged) {
        var sold = quantities(event.getSold(), logged);
        var counted = quantities(event.getAlreadyCounted(), logged);
        var recordedAt = EventType.meta(logged).getRecordedAt();
        var soldAt = event.getSoldAt().isAfter(recordedAt) ? recordedAt : event.getSoldAt();
        moved(location, sold.keySet(), counted.keySet(), soldAt, logged);
        location.book.exactly(event.getChanges(), Sums.negative(sold), Map.of(), Map.of(), logged, Units.ANY, soldAt);
    }

    private void counted(Location location, StockCounted event, LoggedEvent logged) {
        once(event.getCountId(), logged);
        var countedAt = event.getCountedAt();
        var recordedAt = EventType.meta(logged).getRecordedAt();
        var changes = new HashMap<String, Long>();
        for (CountedSku counted : event.getCounted()) {
            var goods = Goods.key(counted.getSku(), counted.getUnit());
            var balance = location.book.balance(goods);
            var newest = balance == null ? null : balance.countedAt;
            var last = balance == null ? null : balance.last;
            long onHand = balance == null ? 0 : balance.onHand;
            long movedSince = balance == null ? 0 : balance.movements.after(countedAt);
            findings.check(
                    COUNT_NEWEST,
                    !countedAt.isAfter(recordedAt)
                            && !countedAt.isBefore(recordedAt.minus(Movements.REMEMBERED))
                            && (newest == null || !countedAt.isBefore(newest)),
                    () -> goods + " was counted at " + countedAt + ", before at " + newest + ", recorded at "
                            + recordedAt,
                    last,
                    logged);
            findings.check(
                    STOCK_ARITHMETIC,
                    counted.getExpected() == onHand,
                    () -> goods + " was expected to be " + counted.getExpected() + ", the book has " + onHand,
                    last,
                    logged);
            findings.check(
                    COUNT_ADDS_MOVEMENTS,
                    counted.getMovedSince() == movedSince,
                    () -> goods + " was counted at " + countedAt + "; " + counted.getMovedSince()
                            + " moved since and are added, it has to be " + movedSince,
                    last,
                    logged);
            Sums.add(changes, goods, counted.getCounted() + counted.getMovedSince() - onHand);
        }
        location.book.exactly(event.getChanges(), changes, Map.of(), Map.of(), logged, Units.COUNTED, null);
        for (CountedSku counted : event.getCounted()) {
            var balance = location.book.balance(Goods.key(counted.getSku(), counted.getUnit()));
            if (balance != null && (balance.countedAt == null || balance.countedAt.isBefore(countedAt))) {
                balance.countedAt = countedAt;
                balance.movements.forget(countedAt);
            }
        }
    }

    private void shortfall(Location location, StockShortfallDetected event, LoggedEvent logged) {
        var goods = Goods.key(event.getSku(), event.getUnit());
        var balance = location.book.balance(goods);
        long missing = balance == null ? 0 : balance.missing();
        findings.check(
                SHORTFALL_TRUE,
                event.getShortBy() > 0 && event.getShortBy() == missing && location.book.isLowered(goods),
                () -> goods + " is said to be short by " + event.getShortBy() + ", it is by " + missing
                        + (location.book.isLowered(goods) ? "" : ", and nothing took any"),
                balance == null ? null : balance.last,
                logged);
        location.book.reported(goods);
        location.shortReported.add(goods);
    }

    private void broken(Location location, ReservationBroken event, LoggedEvent logged) {
        var id = event.getReservationId();
        findings.check(
                RESERVATION_ENDS_ONCE,
                !event.getSoldAtTill() || EventType.meta(logged).getCommandId().equals(location.sale),
                () -> id + " is broken by a sale at a till, and nothing was sold",
                logged);
        var released = quantities(event.getReleased(), logged);
        var expired = released.isEmpty() ? location.expired.remove(id) : null;
        if (expired != null) {
            // Its order was confirmed after all, and it cannot be made again.
            var unavailable = new HashSet<String>();
            expired.left.forEach((goods, quantity) -> {
                var balance = location.book.balance(goods);
                if (balance == null || quantity > Math.max(0, balance.available(expired.online))) {
                    unavailable.add(Goods.sku(goods));
                }
            });
            findings.check(
                    RESERVATION_ENDS_ONCE,
                    !unavailable.isEmpty() && unavailable.equals(new HashSet<>(event.getShortSkus())),
                    () -> id + " expired with " + expired.left + " and is broken for " + event.getShortSkus()
                            + "; not available are " + unavailable,
                    expired.made,
                    logged);
            ended.put(id, End.BROKEN);
            return;
        }
        var reservation = open(location, id, logged);
        if (reservation != null) {
            boolean told = true;
            var youngest = new HashSet<String>();
            for (var sku : event.getShortSkus()) {
                var balance = location.book.kept(sku);
                told &= balance != null && location.shortReported.contains(balance.goods);
                if (balance != null && balance.missing() > 0 && youngest(location, balance.goods) == reservation) {
                    youngest.add(sku);
                }
            }
            boolean allTold = told;
            findings.check(
                    BROKEN_YOUNGEST,
                    !reservation.picked && !youngest.isEmpty() && allTold,
                    () -> id + " is broken for " + event.getShortSkus() + "; "
                            + (reservation.picked
                                    ? "it is picked"
                                    : "none of these is short, or a younger reservation has it"),
                    reservation.made,
                    logged);
            findings.check(
                    RESERVATION_ENDS_ONCE,
                    released.equals(reservation.left),
                    () -> "Broke a reservation of " + reservation.left + " and freed " + released,
                    reservation.made,
                    logged);
            location.book.claimed(reservation.left, -1);
            location.open.remove(id);
            ended.put(id, End.BROKEN);
        }
        location.book.exactly(event.getChanges(), Sums.negative(released), Map.of(), logged);
    }

    /** The youngest reservation that is not picked and has the goods. */
    private static @Nullable Reservation youngest(Location location, String goods) {
        Reservation youngest = null;
        for (var reservation : location.open.values()) {
            if (!reservation.picked
                    && reservation.left.containsKey(goods)
                    && (youngest == null || reservation.age() > youngest.age())) {
                youngest = reservation;
            }
        }
        return youngest;
    }

    /** A business id books once of its kind, at its location. */
    private void once(String id, LoggedEvent logged) {
        long hash = 0x9E3779B97F4A7C15L;
        for (var part : List.of(logged.key(), logged.type(), id)) {
            for (int i = 0; i <= part.length(); i++) {
                hash = (hash ^ (i < part.length() ? part.charAt(i) : -1)) * 0xD6E8FEB86659FD93L;
                hash ^= hash >>> 32;
            }
        }
        findings.check(
                BOOKED_ONCE,
                booked.add(hash),
                () -> logged.type() + " of " + id + " is booked a second time at " + logged.key(),
                logged);
    }

    private void endOfCommand(Location location, LoggedEvent logged) {
        location.holds.endOfCommand(logged);
        location.book.endOfCommand(logged);
        for (var goods : location.shortReported) {
            var balance = location.book.balance(goods);
            var left = youngest(location, goods);
            findings.check(
                    BROKEN_YOUNGEST,
                    balance == null || balance.missing() == 0 || left == null,
                    () -> goods + " at " + logged.key()
                            + " is still short, and a reservation that is not picked stands",
                    left == null ? null : left.made,
                    logged);
        }
        location.shortReported.clear();
        location.notFound = Map.of();
    }

    void finish(Instant asOf) {
        locations.each((_, location) -> {
            location.open.forEach((id, reservation) -> findings.check(
                    RESERVATION_DEADLINE,
                    reservation.confirmed || reservation.expiresAt.isAfter(asOf.minus(rules.slack())),
                    () -> "Reservation " + id + " of an order that is not confirmed is open after "
                            + reservation.expiresAt,
                    reservation.made));
            location.holds.finish(asOf);
        });
    }

    /** What is kept of every location. */
    Streams<?> streams() {
        return locations;
    }

    /** The last registration of a location, or null. */
    @Nullable
    LoggedEvent registered(String locationId) {
        var location = locations.get(locationId);
        return location == null ? null : location.registered;
    }

    /** Gives the last registration of every location, with its id. */
    void eachRegistered(BiConsumer<String, LoggedEvent> visitor) {
        locations.each((locationId, location) -> {
            if (location.registered != null) {
                visitor.accept(locationId, location.registered);
            }
        });
    }

    /** Told of a SKU at a location. */
    interface PositionsVisitor {
        void visit(String locationId, String sku, StockBook.Positions positions);
    }

    /** Tells of every SKU at every location. */
    void eachSku(PositionsVisitor visitor) {
        locations.each((locationId, location) ->
                location.book.each((sku, positions) -> visitor.visit(locationId, sku, positions)));
    }

    /** What there is of a SKU, or null when nothing was ever booked on it there. */
    StockBook.@Nullable Positions positions(String locationId, String sku) {
        var location = locations.get(locationId);
        return location == null ? null : location.book.positions(sku);
    }

    /** Every registered location, by id. */
    Map<String, AuditState.LocationState> locations() {
        var state = new TreeMap<String, AuditState.LocationState>();
        eachRegistered((locationId, logged) -> {
            if (logged.event() instanceof LocationRegistered event) {
                state.put(locationId, AuditState.LocationState.of(event));
            }
        });
        return state;
    }

    /** How every SKU stands, by location and SKU. */
    Map<String, Map<String, AuditState.StockState>> state() {
        var state = new TreeMap<String, Map<String, AuditState.StockState>>();
        locations.each((locationId, location) -> state.put(locationId, location.book.state()));
        return state;
    }
}
