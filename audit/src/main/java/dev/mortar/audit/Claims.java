package dev.mortar.audit;

import static dev.mortar.audit.ExpectedSteps.Step.ANSWER_FULFILMENT;
import static dev.mortar.audit.Invariant.*;

import dev.mortar.audit.Fulfilments.ReservationEnd;
import dev.mortar.schemas.Channel;
import dev.mortar.schemas.Shortage;
import dev.mortar.schemas.inventory.*;
import dev.mortar.schemas.order.FulfilmentAdded;
import dev.mortar.schemas.order.OrderPlaced;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The reservations of one location. Inventory makes each of them once for an order, and ends it once. */
final class Claims {
    private final AuditRules rules;
    private final Findings findings;
    private final ExpectedSteps steps;
    private final StockBook book;
    private final Fulfilments fulfilments;
    private final Map<String, Reservation> open = new LinkedHashMap<>();
    /** Reservations that expired. The confirmation of their order may still make them again. */
    private final Map<String, Reservation> expired = new HashMap<>();
    /** Goods whose shortfall the current command reported. */
    private final Set<String> shortReported = new HashSet<>();
    /** Goods that the current command released because the picker did not find them. */
    Map<String, Long> notFound = Map.of();
    /** The command of the last sale at a till. */
    @Nullable
    UUID sale;

    private final Holds holds;

    Claims(Findings findings, ExpectedSteps steps, StockBook book, Holds holds, Fulfilments fulfilments) {
        rules = findings.rules;
        this.findings = findings;
        this.steps = steps;
        this.book = book;
        this.holds = holds;
        this.fulfilments = fulfilments;
    }

    /**
     * The wish of an order or an added fulfilment for a reservation.
     *
     * @param answerBy the last instant for its answer; null if the order waits for none
     */
    private record Wish(
            Channel channel,
            @Nullable Instant answerBy,
            @Nullable String holdId) {

        /** Of the event that asked; null if the event is no wish. */
        static @Nullable Wish of(SpecificRecord asking, String fulfilmentId) {
            return switch (asking) {
                case OrderPlaced it -> {
                    var fulfilment = Order.fulfilment(it.getFulfilments(), fulfilmentId);
                    yield new Wish(
                            it.getChannel(), it.getDecideBy(), fulfilment == null ? null : fulfilment.getHoldId());
                }
                case FulfilmentAdded it -> new Wish(it.getChannel(), it.getDecideBy(), null);
                default -> null;
            };
        }
    }

    private static final class Reservation {
        final Instant expiresAt;
        final boolean online;
        /** The quantities that are neither released nor handed over. */
        Map<String, Long> left;
        /** Units that it lost and that nobody has given up yet. */
        Map<String, Long> lost = Map.of();

        int reductions;
        /** The event that names these quantities. */
        LoggedEvent made;

        boolean confirmed;
        boolean picked;

        Reservation(Instant expiresAt, Map<String, Long> left, boolean online, LoggedEvent made) {
            this.expiresAt = expiresAt;
            this.left = left;
            this.online = online;
            this.made = made;
        }
    }

    void reserved(StockReserved event, Map<String, Long> quantities) {
        var id = event.getFulfilmentId();
        var wish = answers(id, event.getLocationId(), quantities);
        boolean online = isOnline(wish);
        if (wish != null) {
            var until = event.getExpiresAt();
            boolean isLongEnough = wish.answerBy != null && !until.isBefore(wish.answerBy);
            var sentence = "Reserved until %s; the order may be decided until %s";
            findings.check(RESERVATION_DEADLINE, isLongEnough, sentence, until, wish.answerBy);
            holds.uses(wish.holdId);
        }
        var earlier = open.get(id);
        boolean isFirst = earlier == null && !expired.containsKey(id) && !fulfilments.ended.containsKey(id);
        if (earlier != null) {
            findings.context(earlier.made);
            book.addReserved(Sums.negative(earlier.left));
        }
        findings.check(RESERVATION_MADE_ONCE, isFirst, "%s is reserved although it was %s", id, end(id));
        make(id, new Reservation(event.getExpiresAt(), quantities, online, findings.event()), event.getChanges());
    }

    private void make(String id, Reservation reservation, List<StockChange> changes) {
        open.put(id, reservation);
        book.addReserved(reservation.left);
        book.committed(changes, reservation.left);
        book.claim(reservation.left.keySet(), reservation.online);
    }

    /** The state of a reservation that is not open for an event. */
    private String end(String id) {
        var end = fulfilments.ended.get(id);
        return open.containsKey(id)
                ? "RESERVED"
                : expired.containsKey(id) ? "EXPIRED" : end == null ? "never made" : end.name();
    }

    /** The wish for a fulfilment; null if this is not the first answer, or of another location. */
    private @Nullable Wish answers(String id, String locationId, Map<String, Long> quantities) {
        var step = steps.take(ANSWER_FULFILMENT, id + ' ' + locationId, quantities);
        return step == null ? null : Wish.of(step.since().event(), id);
    }

    private static boolean isOnline(@Nullable Wish wish) {
        return wish != null && wish.channel == Channel.ONLINE;
    }

    void refused(StockReservationRejected event, Map<String, Long> requested, boolean isRegistered) {
        var id = event.getFulfilmentId();
        var wish = answers(id, event.getLocationId(), requested);
        boolean isJustified = switch (event.getReason()) {
            case INSUFFICIENT_STOCK -> {
                if (wish != null) {
                    holds.uses(wish.holdId);
                }
                yield isInsufficient(event, requested, isOnline(wish));
            }
            case LOCATION_UNKNOWN -> !isRegistered;
            case ALREADY_RELEASED -> fulfilments.ended.containsKey(id);
            // CapacityAudit judges it.
            case NO_CAPACITY -> {
                if (wish != null) {
                    holds.uses(wish.holdId);
                }
                yield true;
            }
            case UNKNOWN -> false;
        };
        var sentence = "%s is refused because of %s %s";
        findings.check(
                STOCK_REFUSAL_JUSTIFIED, isJustified, sentence, requested, event.getReason(), event.getShortages());
        fulfilments.ended.putIfAbsent(id, ReservationEnd.REFUSED);
    }

    private boolean isInsufficient(StockReservationRejected event, Map<String, Long> requested, boolean online) {
        var expected = new ArrayList<Shortage>();
        requested.forEach((goods, quantity) -> {
            long available = book.balance(goods).available(online);
            if (quantity > available) {
                expected.add(new Shortage(Sums.sku(goods), quantity, Math.max(0, available)));
            }
        });
        var named = new ArrayList<>(event.getShortages());
        expected.sort(null);
        named.sort(null);
        var position = named.isEmpty() ? null : book.kept(named.getFirst().getSku());
        findings.context(position == null ? null : position.last);
        return !expected.isEmpty() && named.equals(expected);
    }

    void confirmed(ReservationConfirmed event) {
        var id = event.getFulfilmentId();
        var lapsed = expired.remove(id);
        if (lapsed != null) {
            madeAgain(event, lapsed);
            return;
        }
        var reservation = open(id);
        if (reservation != null) {
            findings.once(RESERVATION_ENDS_ONCE, !reservation.confirmed, id, "confirmed");
            reservation.confirmed = true;
        }
        book.committed(event.getChanges(), Map.of());
    }

    private void madeAgain(ReservationConfirmed event, Reservation lapsed) {
        var quantities = Sums.changes(event.getChanges(), Quantities::getCommitted);
        findings.context(lapsed.made);
        findings.same(RESERVATION_MADE_ONCE, "The quantity reserved again", quantities, lapsed.left);
        var reservation = new Reservation(Instant.MAX, quantities, lapsed.online, findings.event());
        reservation.confirmed = true;
        reservation.picked = lapsed.picked;
        make(event.getFulfilmentId(), reservation, event.getChanges());
    }

    void picked(ReservationPicked event) {
        var reservation = openOrExpired(event.getFulfilmentId());
        if (reservation != null) {
            findings.once(RESERVATION_ENDS_ONCE, !reservation.picked, event.getFulfilmentId(), "picked");
            reservation.picked = true;
        }
    }

    private @Nullable Reservation openOrExpired(String id) {
        var lapsed = expired.get(id);
        if (lapsed == null) {
            return open(id);
        }
        findings.context(lapsed.made);
        return lapsed;
    }

    /** The open reservation of an event that needs one. */
    private @Nullable Reservation open(String id) {
        var reservation = open.get(id);
        findings.context(reservation == null ? null : reservation.made);
        findings.check(RESERVATION_ENDS_ONCE, reservation != null, "Reservation %s is not open but %s", id, end(id));
        return reservation;
    }

    void released(StockReleased event, Map<String, Long> released, Map<String, Long> alreadyLost) {
        var id = event.getFulfilmentId();
        if (event.getReason() == ReleaseReason.SHORT_PICK) {
            notFound = released;
        }
        // The goods of an expired reservation are free already; releasing them only keeps them from being made again.
        boolean wasExpired = expired.containsKey(id);
        Map<String, Long> freed = wasExpired ? Map.of() : Sums.negative(released);
        var reservation = openOrExpired(id);
        if (reservation != null) {
            book.addReserved(freed);
            boolean wereLost = Sums.within(alreadyLost, reservation.lost);
            var sentence = "%s are given up as lost; the reservation has lost %s";
            findings.check(RESERVATION_ENDS_ONCE, wereLost, sentence, alreadyLost, reservation.lost);
            reservation.lost = Sums.minus(reservation.lost, alreadyLost);
            released(event, released, reservation, wasExpired);
        }
        book.committed(event.getChanges(), freed);
    }

    private void released(
            StockReleased event, Map<String, Long> released, Reservation reservation, boolean wasExpired) {
        var id = event.getFulfilmentId();
        var before = reservation.left;
        reservation.left = Sums.minus(before, released);
        boolean isWhole = reservation.left.isEmpty();
        boolean isRight = Sums.within(released, before) && event.getWhole() == isWhole;
        var sentence = "%s of %s are released; whole: %s";
        findings.check(RESERVATION_ENDS_ONCE, isRight, sentence, released, before, event.getWhole());
        boolean expires = event.getReason() == ReleaseReason.NOT_ANSWERED_IN_TIME;
        if (expires) {
            var at = findings.event().recordedAt();
            boolean isInTime = !reservation.confirmed && rules.isAtDeadline(at, reservation.expiresAt);
            var text = "%s expires at %s; its deadline is %s; confirmed: %s";
            findings.check(RESERVATION_DEADLINE, isInTime, text, id, at, reservation.expiresAt, reservation.confirmed);
        }
        if (expires || event.getWhole() || isWhole) {
            if (open.remove(id) != null) {
                book.addReserved(Sums.negative(reservation.left));
            }
            expired.remove(id);
            if (expires) {
                expired.put(id, new Reservation(Instant.MAX, released, reservation.online, findings.event()));
            } else {
                fulfilments.ended.put(id, ReservationEnd.RELEASED);
            }
        } else if (wasExpired) {
            reservation.made = findings.event();
        }
    }

    void voided(ReservationVoided event) {
        var id = event.getFulfilmentId();
        boolean isUnmade = !open.containsKey(id) && !fulfilments.ended.containsKey(id);
        findings.check(RESERVATION_ENDS_ONCE, isUnmade, "%s is voided although it is %s", id, end(id));
        // Voiding an expired reservation keeps a late confirmation from making it again.
        expired.remove(id);
        fulfilments.ended.put(id, ReservationEnd.VOIDED);
    }

    /** A reservation ends because goods left. Those that are gone are the ones that no count has included already. */
    void committed(StockCommitted event, Map<String, Long> ended, Map<String, Long> gone, Instant movedAt) {
        var id = event.getFulfilmentId();
        var reservation = open.remove(id);
        if (reservation == null) {
            // A store may hand over goods before it knows that their reservation broke or expired.
            var end = fulfilments.ended.get(id);
            boolean mayLeave = expired.remove(id) != null || end == ReservationEnd.BROKEN;
            findings.check(RESERVATION_ENDS_ONCE, mayLeave, "Goods leave against %s, which is %s", id, end);
            fulfilments.ended.put(id, end == ReservationEnd.BROKEN ? ReservationEnd.TAKEN : ReservationEnd.COMMITTED);
            book.left(event.getChanges(), gone, Map.of(), movedAt);
            return;
        }
        findings.context(reservation.made);
        // A store may hand over units that the reservation lost meanwhile.
        boolean isAll = Sums.within(reservation.left, ended)
                && Sums.within(ended, Sums.plus(reservation.left, reservation.lost));
        var sentence = "The quantity that ends is %s; reserved are %s, and lost %s";
        findings.check(RESERVATION_ENDS_ONCE, isAll, sentence, ended, reservation.left, reservation.lost);
        book.addReserved(Sums.negative(reservation.left));
        fulfilments.ended.put(id, ReservationEnd.COMMITTED);
        book.left(event.getChanges(), gone, reservation.left, movedAt);
    }

    void shortfall(StockShortfallDetected event) {
        var goods = Sums.goods(event);
        var balance = book.balance(goods);
        long missing = balance.missing();
        long named = event.getShortBy();
        boolean isLowered = book.lowered.contains(goods);
        findings.context(balance.last);
        boolean isTrue = named > 0 && named == missing && isLowered;
        var sentence = "%s is reported to be short by %s; it is short by %s; this command took units: %s";
        findings.check(SHORTFALL_TRUE, isTrue, sentence, goods, named, missing, isLowered);
        book.unreported.remove(goods);
        shortReported.add(goods);
    }

    void broken(ReservationBroken event, Map<String, Long> released) {
        var id = event.getFulfilmentId();
        boolean isSale = findings.event().meta().getCommandId().equals(sale);
        var sentence = "%s is broken by a sale at a till, and its command sold nothing";
        findings.check(RESERVATION_ENDS_ONCE, !event.getSoldAtTill() || isSale, sentence, id);
        var lapsed = released.isEmpty() ? expired.remove(id) : null;
        if (lapsed != null) {
            brokenAfterExpiry(event, lapsed);
            return;
        }
        var reservation = open(id);
        if (reservation != null) {
            boolean isReported = true;
            boolean isYoungest = false;
            for (var sku : event.getShortSkus()) {
                var balance = book.kept(sku);
                isReported &= balance != null && shortReported.contains(balance.goods);
                isYoungest |= balance != null && balance.missing() > 0 && youngest(balance.goods) == reservation;
            }
            // A confirmed reservation keeps the units that are there.
            boolean isNeeded = !reservation.confirmed
                    || reservation.left.entrySet().stream()
                            .allMatch(each -> book.balance(each.getKey()).missing() >= each.getValue());
            var why = "%s is broken for %s; it is picked: %s; it is the youngest for a SKU that is short: %s;"
                    + " all its units are missing, or it is not confirmed: %s";
            boolean isRight = !reservation.picked && isYoungest && isReported && isNeeded;
            findings.check(
                    BROKEN_YOUNGEST, isRight, why, id, event.getShortSkus(), reservation.picked, isYoungest, isNeeded);
            findings.same(RESERVATION_ENDS_ONCE, "The quantity that breaks", released, reservation.left);
            book.addReserved(Sums.negative(reservation.left));
            open.remove(id);
            fulfilments.ended.put(id, ReservationEnd.BROKEN);
        }
        book.committed(event.getChanges(), Sums.negative(released));
    }

    void reduced(ReservationReduced event, Map<String, Long> lost) {
        var id = event.getFulfilmentId();
        boolean isSale = findings.event().meta().getCommandId().equals(sale);
        var sold = "%s is reduced by a sale at a till, and its command sold nothing";
        findings.check(RESERVATION_ENDS_ONCE, !event.getSoldAtTill() || isSale, sold, id);
        var reservation = open(id);
        if (reservation != null) {
            boolean isYoungest = !lost.isEmpty()
                    && lost.entrySet().stream()
                            .allMatch(each -> shortReported.contains(each.getKey())
                                    && youngest(each.getKey()) == reservation
                                    && each.getValue()
                                            <= book.balance(each.getKey()).missing());
            boolean isPart = reservation.confirmed
                    && Sums.within(lost, reservation.left)
                    && !Sums.minus(reservation.left, lost).isEmpty();
            var why = "%s loses %s of %s; it is confirmed: %s; it is the youngest unpicked one for units that are"
                    + " missing: %s";
            boolean isRight = isYoungest && isPart;
            findings.check(
                    BROKEN_YOUNGEST, isRight, why, id, lost, reservation.left, reservation.confirmed, isYoungest);
            reservation.reductions++;
            findings.same(
                    RESERVATION_ENDS_ONCE, "The number of the loss", event.getReduction(), reservation.reductions);
            reservation.left = Sums.minus(reservation.left, lost);
            reservation.lost = Sums.plus(reservation.lost, lost);
            book.addReserved(Sums.negative(lost));
        }
        book.committed(event.getChanges(), Sums.negative(lost));
    }

    /** The order was confirmed after all, and the expired reservation cannot be made again. */
    private void brokenAfterExpiry(ReservationBroken event, Reservation lapsed) {
        var unavailable = new HashSet<String>();
        lapsed.left.forEach((goods, quantity) -> {
            if (quantity > Math.max(0, book.balance(goods).available(lapsed.online))) {
                unavailable.add(Sums.sku(goods));
            }
        });
        findings.context(lapsed.made);
        boolean isRight = !unavailable.isEmpty() && unavailable.equals(new HashSet<>(event.getShortSkus()));
        var sentence = "An expired reservation is broken for %s; not available are %s";
        findings.check(RESERVATION_ENDS_ONCE, isRight, sentence, event.getShortSkus(), unavailable);
        fulfilments.ended.put(event.getFulfilmentId(), ReservationEnd.BROKEN);
    }

    /** The youngest reservation that is not picked and has the goods. */
    private @Nullable Reservation youngest(String goods) {
        return open.values().stream()
                .filter(each -> !each.picked && each.left.containsKey(goods))
                .max(Comparator.comparingLong(each -> each.made.meta().getSequence()))
                .orElse(null);
    }

    void endOfCommand() {
        book.endOfCommand();
        for (var goods : shortReported) {
            var left = youngest(goods);
            findings.context(left == null ? null : left.made);
            boolean isRight = book.balance(goods).missing() == 0 || left == null;
            findings.check(BROKEN_YOUNGEST, isRight, "%s is still short, and an unpicked reservation has it", goods);
        }
        shortReported.clear();
        notFound = Map.of();
    }

    /** Unconfirmed reservations that are open although their time is over. */
    void finish(Instant asOf) {
        var due = asOf.minus(rules.slack());
        open.forEach((id, reservation) -> {
            findings.context(reservation.made);
            boolean isInTime = reservation.confirmed || reservation.expiresAt.isAfter(due);
            var sentence = "Unconfirmed reservation %s is still open; its deadline was %s";
            findings.check(RESERVATION_DEADLINE, isInTime, sentence, id, reservation.expiresAt);
        });
    }
}
