package dev.mortar.audit;

import static dev.mortar.audit.Invariant.SHORTFALL_TRUE;
import static dev.mortar.audit.Invariant.STOCK_ARITHMETIC;
import static dev.mortar.audit.Invariant.STOCK_CHANGE_FITS;
import static dev.mortar.audit.Invariant.STOCK_CLAIMS_ADD_UP;
import static dev.mortar.audit.Invariant.STOCK_NO_OVERSELL;
import static dev.mortar.audit.Invariant.UNIT_KEPT;

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
 * A running balance of its own for every position of one location: a SKU in a unit, by the key of {@link Goods}. The
 * location keeps each SKU in one unit. A position in another unit holds goods that came or went as a fact.
 */
final class StockBook {
    private static final Unit[] UNITS = Unit.values();

    private final Findings findings;
    private final Map<String, Balance> balances = new HashMap<>();
    /** Of the command that is being read, as the next two. */
    private final List<Claim> claims = new ArrayList<>();

    private final Set<String> lowered = new HashSet<>();
    private final Map<String, Long> shortUnreported = new HashMap<>();

    StockBook(Findings findings) {
        this.findings = findings;
    }

    /** Something was taken from what is available. */
    private record Claim(Balance balance, boolean online) {}

    static final class Balance {
        final String goods;
        /** Whether it is in the unit that the location keeps the SKU in. */
        boolean kept;

        long onHand;
        long committed;
        long held;
        long safety;
        long damaged;
        long toVendor;
        long claimed;
        long holding;
        final Movements movements = new Movements();

        @Nullable
        Instant countedAt;

        /** The last event that changed it, its sequence, and when it was recorded. */
        @Nullable
        Evidence last;

        long sequence;

        @Nullable
        Instant changedAt;

        Balance(String goods, boolean kept) {
            this.goods = goods;
            this.kept = kept;
        }

        /** What can be promised: nothing in a unit that is not kept. */
        long available(boolean online) {
            return kept ? onHand - committed - held - (online ? safety : 0) : 0;
        }

        boolean isEmpty() {
            return onHand == 0 && committed == 0 && held == 0 && safety == 0 && damaged == 0 && toVendor == 0;
        }

        /** Whether the newest count has seen what moved then. */
        boolean isCounted(Instant movedAt) {
            return countedAt != null && !movedAt.isAfter(countedAt);
        }

        /** Units promised to orders and not there. */
        long missing() {
            return kept ? Math.max(0, committed - Math.max(0, onHand)) : 0;
        }

        AuditState.StockState state(List<AuditState.StockState> otherUnits) {
            return new AuditState.StockState(
                    Goods.unit(goods).name(), onHand, committed, held, safety, damaged, toVendor, otherUnits);
        }

        @Override
        public String toString() {
            return "on hand " + onHand + ", committed " + committed + ", held " + held + ", safety " + safety
                    + ", damaged " + damaged + ", to vendor " + toVendor;
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

    /** In which units an event may change a SKU. */
    enum Units {
        /** Only in the kept unit. */
        KEPT,
        /** In the kept unit; if that one is empty, the event may make another unit the kept one. */
        RECEIVED,
        /** As {@link #RECEIVED}, and in any unit that has a position; if the kept one is empty, it may open one. */
        COUNTED,
        /** In the kept unit, and in any other unit that has a position. */
        KNOWN,
        /** In any unit: the event is a fact. */
        ANY
    }

    /** Which quantities a change may touch, where the event does not say by how much. */
    enum Rule {
        ON_HAND_UP,
        DAMAGED_UP,
        TO_VENDOR_UP,
        ON_HAND_AND_DAMAGED,
        /** Goods for the vendor as well; on hand is not taken below 0. */
        ADJUSTED,
        /** As the one before; neither on hand nor the goods for the vendor grow. */
        SENT_TO_VENDOR,
        SAFETY;

        boolean allows(Quantities change, Quantities after) {
            if (change.getCommitted() != 0 || change.getHeld() != 0) {
                return false;
            }
            long onHand = change.getOnHand();
            long safety = change.getSafetyStock();
            long damaged = change.getDamaged();
            long toVendor = change.getToVendor();
            return switch (this) {
                case ON_HAND_UP -> onHand > 0 && safety == 0 && damaged == 0 && toVendor == 0;
                case DAMAGED_UP -> damaged > 0 && onHand == 0 && safety == 0 && toVendor == 0;
                case TO_VENDOR_UP -> toVendor > 0 && onHand == 0 && safety == 0 && damaged == 0;
                case ON_HAND_AND_DAMAGED -> safety == 0 && toVendor == 0;
                case ADJUSTED -> safety == 0 && (onHand >= 0 || after.getOnHand() >= 0);
                case SENT_TO_VENDOR ->
                    safety == 0 && onHand <= 0 && toVendor <= 0 && (onHand == 0 || after.getOnHand() >= 0);
                case SAFETY -> onHand == 0 && damaged == 0 && toVendor == 0;
            };
        }
    }

    /** The balance of goods, or null when nothing was ever booked on them. */
    @Nullable
    Balance balance(String goods) {
        return balances.get(goods);
    }

    /** The balance of a SKU in the unit that the location keeps it in; null when nothing was ever booked on it. */
    @Nullable
    Balance kept(String sku) {
        for (var unit : UNITS) {
            var balance = balances.get(Goods.key(sku, unit));
            if (balance != null && balance.kept) {
                return balance;
            }
        }
        return null;
    }

    /** All that is there of a SKU, or null when nothing was ever booked on it. */
    @Nullable
    Positions positions(String sku) {
        var kept = kept(sku);
        if (kept == null) {
            return null;
        }
        var others = new ArrayList<Balance>(0);
        for (var unit : UNITS) {
            var balance = balances.get(Goods.key(sku, unit));
            if (balance != null && !balance.kept) {
                others.add(balance);
            }
        }
        return new Positions(kept, others);
    }

    /** The balance of goods, opened when there is none; the unit of the first one of its SKU is the kept one. */
    private Balance opened(String goods) {
        var balance = balances.get(goods);
        if (balance == null) {
            balance = new Balance(goods, kept(Goods.sku(goods)) == null);
            balances.put(goods, balance);
        }
        return balance;
    }

    /** Whether the command that is being read took some of the goods from the shelf. */
    boolean isLowered(String goods) {
        return lowered.contains(goods);
    }

    /** A shortfall of goods was told. */
    void reported(String goods) {
        shortUnreported.remove(goods);
    }

    /** Checks that goods are in the unit that the location keeps them in. */
    void isKept(String goods, LoggedEvent logged) {
        var balance = balances.get(goods);
        unitFits(balance != null && balance.kept, goods, logged);
    }

    private void unitFits(boolean fits, String goods, LoggedEvent logged) {
        findings.check(
                UNIT_KEPT,
                fits,
                () -> logged.type() + " has " + Goods.sku(goods) + " in " + Goods.unit(goods) + " at " + logged.key()
                        + ", where another unit is kept",
                logged);
    }

    /** @param movedAt when on hand changed, or null when it did not */
    void apply(List<StockChange> changes, LoggedEvent logged, Rule rule, Units units, @Nullable Instant movedAt) {
        for (var change : changes) {
            findings.check(
                    STOCK_CHANGE_FITS,
                    rule.allows(change.getChange(), change.getAfter()),
                    () -> logged.type() + " changes " + change.getSku() + " by " + text(change.getChange()),
                    logged);
        }
        book(changes, logged, units, movedAt);
    }

    /** Books changes that have to be exactly these, by goods, of claims in the unit that is kept. */
    void exactly(List<StockChange> changes, Map<String, Long> committed, Map<String, Long> held, LoggedEvent logged) {
        exactly(changes, Map.of(), committed, held, logged, Units.KEPT, null);
    }

    /**
     * Books changes that have to be exactly these, by goods.
     *
     * @param movedAt when on hand changed, or null when it did not move
     */
    void exactly(
            List<StockChange> changes,
            Map<String, Long> onHand,
            Map<String, Long> committed,
            Map<String, Long> held,
            LoggedEvent logged,
            Units units,
            @Nullable Instant movedAt) {
        var actualOnHand = Sums.changes(changes, Quantities::getOnHand);
        var actualCommitted = Sums.changes(changes, Quantities::getCommitted);
        var actualHeld = Sums.changes(changes, Quantities::getHeld);
        boolean others = false;
        for (var each : changes) {
            var by = each.getChange();
            others |= by.getSafetyStock() != 0 || by.getDamaged() != 0 || by.getToVendor() != 0;
        }
        boolean touchesOthers = others;
        findings.check(
                STOCK_CHANGE_FITS,
                !touchesOthers
                        && actualOnHand.equals(onHand)
                        && actualCommitted.equals(committed)
                        && actualHeld.equals(held),
                () -> logged.type() + " changes on hand by " + actualOnHand + ", committed by " + actualCommitted
                        + ", held by " + actualHeld + "; by what it says it has to be " + onHand + ", " + committed
                        + ", " + held,
                logged);
        book(changes, logged, units, movedAt);
    }

    private void book(List<StockChange> changes, LoggedEvent logged, Units units, @Nullable Instant movedAt) {
        var trace = Evidence.Trace.of(logged);
        for (var change : changes) {
            var goods = Goods.key(change.getSku(), change.getUnit());
            boolean isKnown = balances.containsKey(goods);
            var balance = opened(goods);
            var by = change.getChange();
            var after = change.getAfter();
            findings.check(
                    STOCK_ARITHMETIC,
                    balance.onHand + by.getOnHand() == after.getOnHand()
                            && balance.committed + by.getCommitted() == after.getCommitted()
                            && balance.held + by.getHeld() == after.getHeld()
                            && balance.safety + by.getSafetyStock() == after.getSafetyStock()
                            && balance.damaged + by.getDamaged() == after.getDamaged()
                            && balance.toVendor + by.getToVendor() == after.getToVendor(),
                    () -> goods + " at " + logged.key() + ": " + balance + ", changed by " + text(by)
                            + ", is said to be " + text(after),
                    balance.last,
                    logged);
            findings.check(
                    STOCK_CHANGE_FITS,
                    after.getDamaged() >= 0 && after.getSafetyStock() >= 0 && after.getToVendor() >= 0,
                    () -> goods + " at " + logged.key() + " is " + text(after),
                    balance.last,
                    logged);
            if (units != Units.ANY) {
                unitFits(mayChange(balance, isKnown, after, units), goods, logged);
            }
            balance.onHand = after.getOnHand();
            balance.committed = after.getCommitted();
            balance.held = after.getHeld();
            balance.safety = after.getSafetyStock();
            balance.damaged = after.getDamaged();
            balance.toVendor = after.getToVendor();
            findings.check(
                    STOCK_CLAIMS_ADD_UP,
                    balance.committed == balance.claimed && balance.held == balance.holding,
                    () -> goods + " at " + logged.key() + " has " + balance + "; open reservations come to "
                            + balance.claimed + ", open holds to " + balance.holding,
                    balance.last,
                    logged);
            var meta = EventType.meta(logged);
            balance.last = trace;
            balance.sequence = meta.getSequence();
            balance.changedAt = meta.getRecordedAt();
            if (movedAt != null && by.getOnHand() != 0) {
                balance.movements.add(movedAt, by.getOnHand(), meta.getRecordedAt());
            }
            if (by.getOnHand() < 0 && balance.kept) {
                lowered.add(goods);
                if (balance.missing() > 0) {
                    shortUnreported.put(goods, balance.missing());
                }
            }
        }
    }

    /** Whether an event may change goods in their unit. The event may make it the kept one. */
    private boolean mayChange(Balance balance, boolean isKnown, Quantities after, Units units) {
        if (balance.kept) {
            return true;
        }
        boolean decides = units == Units.RECEIVED || units == Units.COUNTED;
        var kept = decides ? kept(Goods.sku(balance.goods)) : null;
        boolean nothingKept = kept != null && kept.isEmpty();
        if (kept != null && nothingKept && after.getOnHand() > 0) {
            kept.kept = false;
            balance.kept = true;
        }
        return switch (units) {
            case KEPT, RECEIVED -> balance.kept;
            case COUNTED -> isKnown || nothingKept;
            case KNOWN -> isKnown;
            case ANY -> true;
        };
    }

    /** Takes from what is available, which the end of the command judges. */
    void claim(String goods, boolean online) {
        var balance = balances.get(goods);
        if (balance != null) {
            claims.add(new Claim(balance, online));
        }
    }

    /** Adds to what open reservations come to. Before the change is booked. */
    void claimed(Map<String, Long> quantities, int sign) {
        quantities.forEach((goods, quantity) -> opened(goods).claimed += sign * quantity);
    }

    /** Adds to what open holds come to. Before the change is booked. */
    void holding(Map<String, Long> quantities, int sign) {
        quantities.forEach((goods, quantity) -> opened(goods).holding += sign * quantity);
    }

    void endOfCommand(LoggedEvent logged) {
        for (var claim : claims) {
            findings.check(
                    STOCK_NO_OVERSELL,
                    claim.balance.available(claim.online) >= 0,
                    () -> claim.balance.goods + " at " + logged.key() + " has " + claim.balance + " after "
                            + logged.type() + (claim.online ? " for an online channel" : ""),
                    logged);
        }
        claims.clear();
        for (var missing : shortUnreported.entrySet()) {
            findings.broken(
                    SHORTFALL_TRUE,
                    missing.getKey() + " at " + logged.key() + " is short by " + missing.getValue()
                            + " and nobody is told",
                    logged);
        }
        shortUnreported.clear();
        lowered.clear();
    }

    /** Gives every SKU with what is there of it. */
    void each(BiConsumer<String, Positions> visitor) {
        balances.forEach((goods, balance) -> {
            var sku = Goods.sku(goods);
            var positions = balance.kept ? positions(sku) : null;
            if (positions != null) {
                visitor.accept(sku, positions);
            }
        });
    }

    /** How every SKU stands. */
    Map<String, AuditState.StockState> state() {
        var skus = new TreeMap<String, AuditState.StockState>();
        each((sku, positions) -> skus.put(sku, positions.state()));
        return skus;
    }

    static String text(Quantities quantities) {
        return "on hand " + quantities.getOnHand() + ", committed " + quantities.getCommitted() + ", held "
                + quantities.getHeld() + ", safety " + quantities.getSafetyStock() + ", damaged "
                + quantities.getDamaged() + ", to vendor " + quantities.getToVendor();
    }
}
