package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;

import dev.mortar.audit.AuditState.StockState;
import dev.mortar.schemas.Unit;
import dev.mortar.schemas.inventory.Quantities;
import dev.mortar.schemas.inventory.StockChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The audit's own balances of one location. A position is a SKU in a unit, by the key of {@link Sums#goods}. The
 * location keeps each SKU in one unit; positions in other units hold goods that a fact added or took.
 */
final class StockBook {
    private static final Quantities NOTHING = new Quantities(0L, 0L, 0L, 0L, 0L, 0L, 0L);
    private static final Unit[] UNITS = Unit.values();

    private final Findings findings;
    private final Map<String, Balance> balances = new HashMap<>();
    private final Figures figures;
    /** Positions of which the current command took available units, and whether for an online channel. */
    private final List<Claim> claims = new ArrayList<>();
    /** Goods of which the current command took units on hand. */
    final Set<String> lowered = new HashSet<>();
    /** Shortfalls of the current command that no event has reported yet. */
    final Map<String, Long> unreported = new HashMap<>();

    StockBook(Findings findings, Figures figures) {
        this.findings = findings;
        this.figures = figures;
    }

    private record Claim(Balance balance, boolean online) {}

    static final class Balance {
        final String goods;
        /** Whether it is in the unit in which the location keeps the SKU. */
        boolean isKept;

        Quantities now = NOTHING;
        /** The sum of the open reservations, and of the open holds. */
        long reserved;

        long holding;
        /** The sum of the open rests of the transfers to the location. */
        long travelling;

        final Movements movements = new Movements();

        @Nullable
        Instant countedAt;

        /** The last event that changed it, its sequence, and the time at which it was recorded. */
        @Nullable
        Evidence last;

        long sequence;

        @Nullable
        Instant changedAt;

        Balance(String goods, boolean isKept) {
            this.goods = goods;
            this.isKept = isKept;
        }

        /** Units that can be promised: none in a unit that is not kept. */
        long available(boolean online) {
            long free = now.getOnHand() - now.getCommitted() - now.getHeld() - (online ? now.getSafetyStock() : 0);
            return isKept ? free : 0;
        }

        boolean isEmpty() {
            return now.equals(NOTHING);
        }

        /** Units that are promised to orders and are not there. */
        long missing() {
            return isKept ? Math.max(0, now.getCommitted() - Math.max(0, now.getOnHand())) : 0;
        }

        StockState state(List<StockState> otherUnits) {
            return StockState.of(Sums.unit(goods), now, otherUnits);
        }
    }

    /** All positions of a SKU: in the kept unit, and in others, empty ones included, in the order of units. */
    record Positions(String sku, Balance kept, List<Balance> others) {
        /** The one that changed last. */
        Balance newest() {
            return Stream.concat(Stream.of(kept), others.stream())
                    .max(Comparator.comparingLong(each -> each.sequence))
                    .orElse(kept);
        }

        StockState state() {
            return kept.state(others.stream()
                    .filter(other -> !other.isEmpty())
                    .map(other -> other.state(List.of()))
                    .toList());
        }
    }

    /** The units in which an event may change a SKU. */
    enum Units {
        /** Only in the kept unit. */
        KEPT,
        /** In the kept unit; if that position is empty, the event may make another unit the kept one. */
        RECEIVED,
        /** As {@link #RECEIVED}, and in any unit that has a position; if the kept one is empty, in any unit. */
        COUNTED,
        /** In the kept unit, and in any other unit that has a position. */
        KNOWN,
        /** In any unit, because the event is a fact. */
        ANY
    }

    /**
     * The quantities that an event may change, in the order of {@link Quantities}: * in any way, + has to grow, - may
     * not grow, 0 may not change.
     */
    enum Rule {
        ON_HAND_UP("+000000"),
        DAMAGED_UP("0000+00"),
        TO_VENDOR_UP("00000+0"),
        ON_HAND_AND_DAMAGED("*000*00"),
        /** On hand is not taken below 0, as in the next one. */
        ADJUSTED("*000**0"),
        SENT_TO_VENDOR("-000*-0"),
        SAFETY("000*000"),
        /** The event names these changes itself. */
        NAMED("***0*0*");

        private final String directions;

        Rule(String directions) {
            this.directions = directions;
        }

        boolean allows(StockChange change) {
            boolean isTakenTooLow =
                    change.getChange().getOnHand() < 0 && change.getAfter().getOnHand() < 0;
            return !(isTakenTooLow && (this == ADJUSTED || this == SENT_TO_VENDOR))
                    && IntStream.range(0, directions.length())
                            .allMatch(at -> isAllowed(directions.charAt(at), (Long)
                                    change.getChange().get(at)));
        }

        private static boolean isAllowed(char direction, long change) {
            return direction == '*'
                    || (direction == '+' && change > 0)
                    || (direction == '-' && change <= 0)
                    || (direction == '0' && change == 0);
        }
    }

    /** The balance of goods; an empty one that is not kept if nothing was ever booked on them. */
    Balance balance(String goods) {
        var balance = balances.get(goods);
        return balance == null ? new Balance(goods, false) : balance;
    }

    /** The balance of a SKU in its kept unit; null if nothing was ever booked on it. */
    @Nullable
    Balance kept(String sku) {
        for (var unit : UNITS) {
            var balance = balances.get(Sums.goods(sku, unit));
            if (balance != null && balance.isKept) {
                return balance;
            }
        }
        return null;
    }

    /** All positions of a SKU, or null if nothing was ever booked on it. */
    @Nullable
    Positions positions(String sku) {
        var kept = kept(sku);
        var others = Stream.of(UNITS)
                .map(unit -> balances.get(Sums.goods(sku, unit)))
                .filter(balance -> balance != null && !balance.isKept)
                .toList();
        return kept == null ? null : new Positions(sku, kept, others);
    }

    /** The balance of goods, opened if there is none; the first unit of a SKU is the kept one. */
    private Balance opened(String goods) {
        var balance = balances.get(goods);
        if (balance == null) {
            balance = new Balance(goods, kept(Sums.sku(goods)) == null);
            balances.put(goods, balance);
        }
        return balance;
    }

    /** Checks that goods are in the unit in which the location keeps them. */
    void isKept(String goods) {
        unitFits(balance(goods).isKept, goods);
    }

    private void unitFits(boolean fits, String goods) {
        findings.check(UNIT_KEPT, fits, "%s is not in the unit in which the location keeps it", goods);
    }

    /** Books the changes of an event that does not name them itself. The time is null if on hand did not change. */
    void apply(List<StockChange> changes, Rule rule, Units units, @Nullable Instant movedAt) {
        for (var change : changes) {
            boolean isAllowed = rule.allows(change);
            findings.check(STOCK_CHANGE_FITS, isAllowed, "An event of this kind never makes the change %s", change);
        }
        book(changes, units, movedAt);
    }

    /** Books changes of committed in the kept unit, which have to be exactly these. */
    void committed(List<StockChange> changes, Map<String, Long> committed) {
        exactly(changes, new Sum(Map.of(), committed, Map.of(), Map.of(), Map.of()), Units.KEPT, null);
    }

    /** Books changes of held in the kept unit, which have to be exactly these. */
    void held(List<StockChange> changes, Map<String, Long> held) {
        exactly(changes, new Sum(Map.of(), Map.of(), held, Map.of(), Map.of()), Units.KEPT, null);
    }

    /** Books goods that left, in any unit: the changes have to be exactly these. */
    void left(List<StockChange> changes, Map<String, Long> left, Map<String, Long> uncommitted, Instant movedAt) {
        var sum = new Sum(Sums.negative(left), Sums.negative(uncommitted), Map.of(), Map.of(), Map.of());
        exactly(changes, sum, Units.ANY, movedAt);
    }

    /** Books the result of a count, which has to be exactly this change of on hand. */
    void counted(List<StockChange> changes, Map<String, Long> onHand) {
        exactly(changes, new Sum(onHand, Map.of(), Map.of(), Map.of(), Map.of()), Units.COUNTED, null);
    }

    /** Books an event of a transfer, in any unit: the changes have to be exactly these. */
    void transferred(
            List<StockChange> changes,
            Map<String, Long> onHand,
            Map<String, Long> damaged,
            Map<String, Long> inTransit,
            @Nullable Instant movedAt) {
        inTransit.forEach((goods, quantity) -> opened(goods).travelling += quantity);
        exactly(changes, new Sum(onHand, Map.of(), Map.of(), damaged, inTransit), Units.ANY, movedAt);
    }

    /** Changes of quantities, by goods. */
    private record Sum(
            Map<String, Long> onHand,
            Map<String, Long> committed,
            Map<String, Long> held,
            Map<String, Long> damaged,
            Map<String, Long> inTransit) {
        static Sum of(List<StockChange> changes) {
            return new Sum(
                    Sums.changes(changes, Quantities::getOnHand),
                    Sums.changes(changes, Quantities::getCommitted),
                    Sums.changes(changes, Quantities::getHeld),
                    Sums.changes(changes, Quantities::getDamaged),
                    Sums.changes(changes, Quantities::getInTransit));
        }
    }

    private void exactly(List<StockChange> changes, Sum sum, Units units, @Nullable Instant movedAt) {
        boolean fits = Sum.of(changes).equals(sum) && changes.stream().allMatch(Rule.NAMED::allows);
        var sentence = "The event has to change the stock by %s and by nothing else: %s";
        findings.check(STOCK_CHANGE_FITS, fits, sentence, sum, changes);
        book(changes, units, movedAt);
    }

    private void book(List<StockChange> changes, Units units, @Nullable Instant movedAt) {
        var logged = findings.event();
        var trace = Evidence.Trace.of(logged);
        for (var change : changes) {
            var goods = Sums.goods(change);
            boolean isKnown = balances.containsKey(goods);
            var balance = opened(goods);
            var by = change.getChange();
            var after = change.getAfter();
            findings.context(balance.last);
            boolean isSum = isSum(balance.now, by, after);
            findings.check(STOCK_ARITHMETIC, isSum, "%s had %s before the change %s", goods, balance.now, change);
            boolean isPositive = after.getDamaged() >= 0 && after.getSafetyStock() >= 0 && after.getToVendor() >= 0;
            findings.check(STOCK_CHANGE_FITS, isPositive, "A quantity is negative after the change %s", change);
            if (units != Units.ANY) {
                unitFits(mayChange(balance, isKnown, after, units), goods);
            }
            balance.now = after;
            boolean addUp = after.getCommitted() == balance.reserved && after.getHeld() == balance.holding;
            var sentence = "%s has %s; the open reservations come to %s, the open holds to %s";
            findings.check(STOCK_CLAIMS_ADD_UP, addUp, sentence, goods, after, balance.reserved, balance.holding);
            if (after.getInTransit() != 0 || balance.travelling != 0) {
                boolean isSumOfTransfers = after.getInTransit() == balance.travelling;
                var text = "%s has %s; the open rests of its transfers come to %s";
                findings.check(TRANSIT_ADDS_UP, isSumOfTransfers, text, goods, after, balance.travelling);
            }
            balance.last = trace;
            balance.sequence = logged.meta().getSequence();
            balance.changedAt = logged.recordedAt();
            if (balance.isKept) {
                figures.add(change.getSku(), balance.sequence, Math.max(0, balance.available(true)));
            }
            if (movedAt != null && by.getOnHand() != 0) {
                balance.movements.add(movedAt, by.getOnHand(), logged.recordedAt());
            }
            if (by.getOnHand() < 0 && balance.isKept) {
                lowered.add(goods);
                if (balance.missing() > 0) {
                    unreported.put(goods, balance.missing());
                }
            }
        }
    }

    private static boolean isSum(Quantities before, Quantities by, Quantities after) {
        for (var field : after.getSchema().getFields()) {
            int at = field.pos();
            if ((Long) before.get(at) + (Long) by.get(at) != (Long) after.get(at)) {
                return false;
            }
        }
        return true;
    }

    /** Whether an event may change goods in their unit. The event may make it the kept one. */
    private boolean mayChange(Balance balance, boolean isKnown, Quantities after, Units units) {
        if (balance.isKept) {
            return true;
        }
        boolean decides = units == Units.RECEIVED || units == Units.COUNTED;
        var kept = decides ? kept(Sums.sku(balance.goods)) : null;
        boolean nothingKept = kept != null && kept.isEmpty();
        if (kept != null && nothingKept && after.getOnHand() > 0) {
            kept.isKept = false;
            balance.isKept = true;
        }
        return switch (units) {
            case KEPT, RECEIVED -> balance.isKept;
            case COUNTED -> isKnown || nothingKept;
            case KNOWN -> isKnown;
            case ANY -> true;
        };
    }

    /** Takes available units; the end of the command checks that they were available. */
    void claim(Set<String> goods, boolean online) {
        goods.stream().filter(balances::containsKey).forEach(each -> claims.add(new Claim(balance(each), online)));
    }

    /** Adds to the sum of the open reservations. Before the change is booked. */
    void addReserved(Map<String, Long> quantities) {
        quantities.forEach((goods, quantity) -> opened(goods).reserved += quantity);
    }

    /** Adds to the sum of the open holds. Before the change is booked. */
    void addHeld(Map<String, Long> quantities) {
        quantities.forEach((goods, quantity) -> opened(goods).holding += quantity);
    }

    void endOfCommand() {
        for (var claim : claims) {
            var balance = claim.balance;
            boolean isAvailable = balance.available(claim.online) >= 0;
            var sentence = "%s has %s after units of it were promised; for an online channel: %s";
            findings.check(STOCK_NO_OVERSELL, isAvailable, sentence, balance.goods, balance.now, claim.online);
        }
        claims.clear();
        unreported.forEach((goods, missing) -> findings.broken(
                SHORTFALL_TRUE, "%s is short by %s, and no event reports the shortfall", goods, missing));
        unreported.clear();
        lowered.clear();
    }

    /** The positions of every SKU. */
    Stream<Positions> all() {
        return balances.values().stream()
                .filter(balance -> balance.isKept)
                .map(balance -> Objects.requireNonNull(positions(Sums.sku(balance.goods))));
    }
}
