package dev.mortar.audit;

import static dev.mortar.audit.Invariant.*;

import dev.mortar.schemas.Unit;
import dev.mortar.schemas.inventory.Quantities;
import dev.mortar.schemas.inventory.StockChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The audit's own balances of one location. A position is a SKU in a unit, by the key of {@link Goods}. The location
 * keeps each SKU in one unit; positions in other units hold goods that a fact added or took.
 */
final class StockBook {
    private static final Unit[] UNITS = Unit.values();

    private final Findings findings;
    private final Map<String, Balance> balances = new HashMap<>();
    /** Positions of which the current command took available units, and whether for an online channel. */
    private final List<Claim> claims = new ArrayList<>();
    /** Goods of which the current command took units on hand. */
    private final Set<String> lowered = new HashSet<>();
    /** Shortfalls of the current command that no event has reported yet. */
    private final Map<String, Long> unreported = new HashMap<>();

    StockBook(Findings findings) {
        this.findings = findings;
    }

    private record Claim(Balance balance, boolean online) {}

    static final class Balance {
        final String goods;
        /** Whether it is in the unit in which the location keeps the SKU. */
        boolean isKept;

        Quantities now = new Quantities(0L, 0L, 0L, 0L, 0L, 0L);
        /** The sum of the open reservations, and of the open holds. */
        long reserved;

        long holding;
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
            return now.equals(new Quantities(0L, 0L, 0L, 0L, 0L, 0L));
        }

        /** Whether the newest count included a movement at this time. */
        boolean isCounted(Instant movedAt) {
            return countedAt != null && !movedAt.isAfter(countedAt);
        }

        /** Units that are promised to orders and are not there. */
        long missing() {
            return isKept ? Math.max(0, now.getCommitted() - Math.max(0, now.getOnHand())) : 0;
        }

        AuditState.StockState state(List<AuditState.StockState> otherUnits) {
            return AuditState.StockState.of(Goods.unit(goods), now, otherUnits);
        }
    }

    /**
     * All positions of a SKU.
     *
     * @param others positions in other units, empty ones included, in the order of units
     */
    record Positions(Balance kept, List<Balance> others) {
        /** The one that changed last. */
        Balance newest() {
            var newest = kept;
            for (var other : others) {
                newest = other.sequence > newest.sequence ? other : newest;
            }
            return newest;
        }

        AuditState.StockState state() {
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

    /** The quantities that an event may change, if it does not name the change itself. */
    enum Rule {
        ON_HAND_UP,
        DAMAGED_UP,
        TO_VENDOR_UP,
        ON_HAND_AND_DAMAGED,
        /** On hand, damaged and goods for the vendor; on hand is not taken below 0. */
        ADJUSTED,
        /** As {@link #ADJUSTED}; neither on hand nor the goods for the vendor grow. */
        SENT_TO_VENDOR,
        SAFETY;

        boolean allows(Quantities change, Quantities after) {
            long onHand = change.getOnHand();
            long safety = change.getSafetyStock();
            long damaged = change.getDamaged();
            long toVendor = change.getToVendor();
            boolean isKindAllowed = switch (this) {
                case ON_HAND_UP -> onHand > 0 && safety == 0 && damaged == 0 && toVendor == 0;
                case DAMAGED_UP -> damaged > 0 && onHand == 0 && safety == 0 && toVendor == 0;
                case TO_VENDOR_UP -> toVendor > 0 && onHand == 0 && safety == 0 && damaged == 0;
                case ON_HAND_AND_DAMAGED -> safety == 0 && toVendor == 0;
                case ADJUSTED -> safety == 0 && (onHand >= 0 || after.getOnHand() >= 0);
                case SENT_TO_VENDOR ->
                    safety == 0 && onHand <= 0 && toVendor <= 0 && (onHand == 0 || after.getOnHand() >= 0);
                case SAFETY -> onHand == 0 && damaged == 0 && toVendor == 0;
            };
            return isKindAllowed && change.getCommitted() == 0 && change.getHeld() == 0;
        }
    }

    /** The balance of goods, or null if nothing was ever booked on them. */
    @Nullable
    Balance balance(String goods) {
        return balances.get(goods);
    }

    /** The balance of a SKU in its kept unit; null if nothing was ever booked on it. */
    @Nullable
    Balance kept(String sku) {
        for (var unit : UNITS) {
            var balance = balances.get(Goods.key(sku, unit));
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
        if (kept == null) {
            return null;
        }
        var others = new ArrayList<Balance>(0);
        for (var unit : UNITS) {
            var balance = balances.get(Goods.key(sku, unit));
            if (balance != null && !balance.isKept) {
                others.add(balance);
            }
        }
        return new Positions(kept, others);
    }

    /** The balance of goods, opened if there is none; the first unit of a SKU is the kept one. */
    private Balance opened(String goods) {
        var balance = balances.get(goods);
        if (balance == null) {
            balance = new Balance(goods, kept(Goods.sku(goods)) == null);
            balances.put(goods, balance);
        }
        return balance;
    }

    /** Whether the current command took some of the goods from the shelf. */
    boolean isLowered(String goods) {
        return lowered.contains(goods);
    }

    /** An event reported the shortfall of goods. */
    void reported(String goods) {
        unreported.remove(goods);
    }

    /** Checks that goods are in the unit in which the location keeps them. */
    void isKept(String goods) {
        var balance = balances.get(goods);
        unitFits(balance != null && balance.isKept, goods);
    }

    private void unitFits(boolean fits, String goods) {
        findings.check(UNIT_KEPT, fits, "%s is not in the unit in which the location keeps it", goods);
    }

    /**
     * Books the changes of an event that does not name them itself.
     *
     * @param movedAt the time at which on hand changed, or null if it did not
     */
    void apply(List<StockChange> changes, Rule rule, Units units, @Nullable Instant movedAt) {
        for (var change : changes) {
            boolean isAllowed = rule.allows(change.getChange(), change.getAfter());
            findings.check(STOCK_CHANGE_FITS, isAllowed, "An event of this kind never makes the change %s", change);
        }
        book(changes, units, movedAt);
    }

    /** Books changes of committed in the kept unit, which have to be exactly these. */
    void committed(List<StockChange> changes, Map<String, Long> committed) {
        exactly(changes, Map.of(), committed, Map.of(), Units.KEPT, null);
    }

    /** Books changes of held in the kept unit, which have to be exactly these. */
    void held(List<StockChange> changes, Map<String, Long> held) {
        exactly(changes, Map.of(), Map.of(), held, Units.KEPT, null);
    }

    /** Books goods that left, in any unit: the changes have to be exactly these. */
    void left(List<StockChange> changes, Map<String, Long> left, Map<String, Long> uncommitted, Instant movedAt) {
        exactly(changes, Sums.negative(left), Sums.negative(uncommitted), Map.of(), Units.ANY, movedAt);
    }

    /** Books the result of a count, which has to be exactly this change of on hand. */
    void counted(List<StockChange> changes, Map<String, Long> onHand) {
        exactly(changes, onHand, Map.of(), Map.of(), Units.COUNTED, null);
    }

    private void exactly(
            List<StockChange> changes,
            Map<String, Long> onHand,
            Map<String, Long> committed,
            Map<String, Long> held,
            Units units,
            @Nullable Instant movedAt) {
        var actualOnHand = Sums.changes(changes, Quantities::getOnHand);
        var actualCommitted = Sums.changes(changes, Quantities::getCommitted);
        var actualHeld = Sums.changes(changes, Quantities::getHeld);
        boolean fits = actualOnHand.equals(onHand)
                && actualCommitted.equals(committed)
                && actualHeld.equals(held)
                && changes.stream().map(StockChange::getChange).noneMatch(StockBook::changesOthers);
        var sentence = "The event has to change on hand by %s, committed by %s, held by %s, and nothing else: %s";
        findings.check(STOCK_CHANGE_FITS, fits, sentence, onHand, committed, held, changes);
        book(changes, units, movedAt);
    }

    private static boolean changesOthers(Quantities change) {
        return change.getSafetyStock() != 0 || change.getDamaged() != 0 || change.getToVendor() != 0;
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
            balance.last = trace;
            balance.sequence = logged.meta().getSequence();
            balance.changedAt = logged.recordedAt();
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
        return before.getOnHand() + by.getOnHand() == after.getOnHand()
                && before.getCommitted() + by.getCommitted() == after.getCommitted()
                && before.getHeld() + by.getHeld() == after.getHeld()
                && before.getSafetyStock() + by.getSafetyStock() == after.getSafetyStock()
                && before.getDamaged() + by.getDamaged() == after.getDamaged()
                && before.getToVendor() + by.getToVendor() == after.getToVendor();
    }

    /** Whether an event may change goods in their unit. The event may make it the kept one. */
    private boolean mayChange(Balance balance, boolean isKnown, Quantities after, Units units) {
        if (balance.isKept) {
            return true;
        }
        boolean decides = units == Units.RECEIVED || units == Units.COUNTED;
        var kept = decides ? kept(Goods.sku(balance.goods)) : null;
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
        for (var each : goods) {
            var balance = balances.get(each);
            if (balance != null) {
                claims.add(new Claim(balance, online));
            }
        }
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

    /** Gives every SKU with its positions. */
    void each(BiConsumer<String, Positions> visitor) {
        balances.forEach((goods, balance) -> {
            var sku = Goods.sku(goods);
            var positions = balance.isKept ? positions(sku) : null;
            if (positions != null) {
                visitor.accept(sku, positions);
            }
        });
    }

    /** The state of every SKU. */
    Map<String, AuditState.StockState> state() {
        var skus = new TreeMap<String, AuditState.StockState>();
        each((sku, positions) -> skus.put(sku, positions.state()));
        return skus;
    }
}
