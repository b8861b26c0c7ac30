package dev.mortar.audit;

import static dev.mortar.audit.Invariant.SHORTFALL_TRUE;
import static dev.mortar.audit.Invariant.STOCK_ARITHMETIC;
import static dev.mortar.audit.Invariant.STOCK_CHANGE_FITS;
import static dev.mortar.audit.Invariant.STOCK_CLAIMS_ADD_UP;
import static dev.mortar.audit.Invariant.STOCK_NO_OVERSELL;

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

/** A running balance of its own for every SKU of one location. */
final class StockBook {
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
    private record Claim(String sku, Balance balance, boolean online) {}

    static final class Balance {
        long onHand;
        long committed;
        long held;
        long safety;
        long damaged;
        long claimed;
        long holding;
        Unit unit = Unit.EACH;

        @Nullable
        Instant countedAt;

        /** The last event that changed it, its sequence, and when it was recorded. */
        @Nullable
        Evidence last;

        long sequence;

        @Nullable
        Instant changedAt;

        long available(boolean online) {
            return onHand - committed - held - (online ? safety : 0);
        }

        /** False when there are some in another unit. */
        boolean isIn(Unit other) {
            return unit == other || (onHand == 0 && committed == 0 && held == 0 && safety == 0 && damaged == 0);
        }

        /** Units promised to orders and not there. */
        long missing() {
            return Math.max(0, committed - Math.max(0, onHand));
        }

        @Override
        public String toString() {
            return "on hand " + onHand + ", committed " + committed + ", held " + held + ", safety " + safety
                    + ", damaged " + damaged;
        }
    }

    /** Which quantities a change may touch, where the event does not say by how much. */
    enum Rule {
        ON_HAND_UP,
        DAMAGED_UP,
        ON_HAND_AND_DAMAGED,
        /** As the one before, but nobody takes away what is not there. */
        ADJUSTED,
        SAFETY;

        boolean allows(Quantities change, Quantities after) {
            boolean claims = change.getCommitted() != 0 || change.getHeld() != 0;
            return switch (this) {
                case ON_HAND_UP ->
                    change.getOnHand() > 0 && !claims && change.getSafetyStock() == 0 && change.getDamaged() == 0;
                case DAMAGED_UP ->
                    change.getDamaged() > 0 && !claims && change.getSafetyStock() == 0 && change.getOnHand() == 0;
                case ON_HAND_AND_DAMAGED -> !claims && change.getSafetyStock() == 0;
                case ADJUSTED ->
                    !claims && change.getSafetyStock() == 0 && (change.getOnHand() >= 0 || after.getOnHand() >= 0);
                case SAFETY -> !claims && change.getOnHand() == 0 && change.getDamaged() == 0;
            };
        }
    }

    /** The balance of an SKU, or null when nothing was ever booked on it. */
    @Nullable
    Balance balance(String sku) {
        return balances.get(sku);
    }

    /** The balance of an SKU, opened when there is none. */
    Balance opened(String sku) {
        return balances.computeIfAbsent(sku, _ -> new Balance());
    }

    /** Whether the command that is being read took units of an SKU from the shelf. */
    boolean isLowered(String sku) {
        return lowered.contains(sku);
    }

    /** A shortfall of an SKU was told. */
    void reported(String sku) {
        shortUnreported.remove(sku);
    }

    void apply(List<StockChange> changes, LoggedEvent logged, Rule rule) {
        for (var change : changes) {
            findings.check(
                    STOCK_CHANGE_FITS,
                    rule.allows(change.getChange(), change.getAfter()),
                    () -> logged.type() + " changes " + change.getSku() + " by " + text(change.getChange()),
                    logged);
        }
        book(changes, logged);
    }

    /** Books changes that have to be exactly these, by SKU. */
    void exactly(
            List<StockChange> changes,
            Map<String, Long> onHand,
            Map<String, Long> committed,
            Map<String, Long> held,
            LoggedEvent logged) {
        var actualOnHand =
                Sums.sum(changes, StockChange::getSku, c -> c.getChange().getOnHand());
        var actualCommitted =
                Sums.sum(changes, StockChange::getSku, c -> c.getChange().getCommitted());
        var actualHeld =
                Sums.sum(changes, StockChange::getSku, c -> c.getChange().getHeld());
        boolean others = changes.stream()
                .anyMatch(c ->
                        c.getChange().getSafetyStock() != 0 || c.getChange().getDamaged() != 0);
        findings.check(
                STOCK_CHANGE_FITS,
                !others && actualOnHand.equals(onHand) && actualCommitted.equals(committed) && actualHeld.equals(held),
                () -> logged.type() + " changes on hand by " + actualOnHand + ", committed by " + actualCommitted
                        + ", held by " + actualHeld + "; by what it says it has to be " + onHand + ", " + committed
                        + ", " + held,
                logged);
        book(changes, logged);
    }

    private void book(List<StockChange> changes, LoggedEvent logged) {
        var trace = Evidence.Trace.of(logged);
        for (var change : changes) {
            var sku = change.getSku();
            var balance = opened(sku);
            var by = change.getChange();
            var after = change.getAfter();
            findings.check(
                    STOCK_ARITHMETIC,
                    balance.onHand + by.getOnHand() == after.getOnHand()
                            && balance.committed + by.getCommitted() == after.getCommitted()
                            && balance.held + by.getHeld() == after.getHeld()
                            && balance.safety + by.getSafetyStock() == after.getSafetyStock()
                            && balance.damaged + by.getDamaged() == after.getDamaged(),
                    () -> sku + " at " + logged.key() + ": " + balance + ", changed by " + text(by) + ", is said to be "
                            + text(after),
                    balance.last,
                    logged);
            findings.check(
                    STOCK_CHANGE_FITS,
                    balance.isIn(change.getUnit()) && after.getDamaged() >= 0 && after.getSafetyStock() >= 0,
                    () -> sku + " at " + logged.key() + " is " + text(after) + " in " + change.getUnit()
                            + ", it was counted in " + balance.unit,
                    balance.last,
                    logged);
            balance.unit = change.getUnit();
            balance.onHand = after.getOnHand();
            balance.committed = after.getCommitted();
            balance.held = after.getHeld();
            balance.safety = after.getSafetyStock();
            balance.damaged = after.getDamaged();
            findings.check(
                    STOCK_CLAIMS_ADD_UP,
                    balance.committed == balance.claimed && balance.held == balance.holding,
                    () -> sku + " at " + logged.key() + " has " + balance + "; open reservations come to "
                            + balance.claimed + ", open holds to " + balance.holding,
                    balance.last,
                    logged);
            balance.last = trace;
            balance.sequence = EventType.meta(logged).getSequence();
            balance.changedAt = EventType.meta(logged).getRecordedAt();
            if (by.getOnHand() < 0) {
                lowered.add(sku);
                if (balance.missing() > 0) {
                    shortUnreported.put(sku, balance.missing());
                }
            }
        }
    }

    /** Takes from what is available, which the end of the command judges. */
    void claim(String sku, boolean online) {
        var balance = balances.get(sku);
        if (balance != null) {
            claims.add(new Claim(sku, balance, online));
        }
    }

    /** Adds to what open reservations come to. Before the change is booked. */
    void claimed(Map<String, Long> quantities, int sign) {
        quantities.forEach((sku, quantity) -> opened(sku).claimed += sign * quantity);
    }

    /** Adds to what open holds come to. Before the change is booked. */
    void holding(Map<String, Long> quantities, int sign) {
        quantities.forEach((sku, quantity) -> opened(sku).holding += sign * quantity);
    }

    void endOfCommand(LoggedEvent logged) {
        for (var claim : claims) {
            findings.check(
                    STOCK_NO_OVERSELL,
                    claim.balance.available(claim.online) >= 0,
                    () -> claim.sku + " at " + logged.key() + " has " + claim.balance + " after " + logged.type()
                            + (claim.online ? " for an online channel" : ""),
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

    /** Gives every balance with its SKU. */
    void each(BiConsumer<String, Balance> visitor) {
        balances.forEach(visitor);
    }

    /** Every balance, by SKU. */
    Map<String, AuditState.StockState> state() {
        var skus = new TreeMap<String, AuditState.StockState>();
        balances.forEach((sku, balance) -> skus.put(
                sku,
                new AuditState.StockState(
                        balance.onHand, balance.committed, balance.held, balance.safety, balance.damaged)));
        return skus;
    }

    static String text(Quantities quantities) {
        return "on hand " + quantities.getOnHand() + ", committed " + quantities.getCommitted() + ", held "
                + quantities.getHeld() + ", safety " + quantities.getSafetyStock() + ", damaged "
                + quantities.getDamaged();
    }
}
