package dev.mortar.audit;

import static dev.mortar.audit.Invariant.HOLD_ENDS_ONCE;

import dev.mortar.schemas.inventory.StockChange;
import dev.mortar.schemas.inventory.StockHeld;
import dev.mortar.schemas.inventory.StockHoldExpired;
import dev.mortar.schemas.inventory.StockHoldReleased;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is held for shoppers at one location, until an order uses it, it is given back, or its time is over. */
final class Holds {
    private final AuditRules rules;
    private final Findings findings;
    private final StockBook book;
    private final Map<String, Hold> open = new HashMap<>();
    /** The hold that the command which is being read gave back because of its cause. */
    private @Nullable String used;

    Holds(AuditRules rules, Findings findings, StockBook book) {
        this.rules = rules;
        this.findings = findings;
        this.book = book;
    }

    private record Hold(Instant expiresAt, Map<String, Long> quantities, LoggedEvent made) {}

    void held(StockHeld event, Map<String, Long> quantities, LoggedEvent logged) {
        var earlier = open.put(event.getHoldId(), new Hold(event.getExpiresAt(), quantities, logged));
        findings.check(
                HOLD_ENDS_ONCE,
                earlier == null,
                () -> "Hold " + event.getHoldId() + " is made while it is open",
                earlier == null ? null : earlier.made,
                logged);
        if (earlier != null) {
            book.holding(earlier.quantities, -1);
        }
        book.holding(quantities, 1);
        book.exactly(event.getChanges(), Map.of(), quantities, logged);
        quantities.keySet().forEach(goods -> book.claim(goods, false));
    }

    void released(StockHoldReleased event, LoggedEvent logged) {
        ends(event.getHoldId(), event.getChanges(), logged, false);
        used = EventType.meta(logged).getCausationId() == null ? null : event.getHoldId();
    }

    void expired(StockHoldExpired event, LoggedEvent logged) {
        ends(event.getHoldId(), event.getChanges(), logged, true);
    }

    private void ends(String holdId, List<StockChange> changes, LoggedEvent logged, boolean expired) {
        var hold = open.remove(holdId);
        var at = EventType.meta(logged).getRecordedAt();
        findings.check(
                HOLD_ENDS_ONCE,
                hold != null
                        && (!expired
                                || (!at.isBefore(hold.expiresAt) && at.isBefore(hold.expiresAt.plus(rules.slack())))),
                () -> hold == null
                        ? "Hold " + holdId + " ends and is not open"
                        : "Hold " + holdId + " expires at " + at + ", its time is " + hold.expiresAt,
                hold == null ? null : hold.made,
                logged);
        Map<String, Long> quantities = hold == null ? Map.of() : hold.quantities;
        book.holding(quantities, -1);
        book.exactly(changes, Map.of(), Sums.negative(quantities), logged);
    }

    /** What an order held it uses up, reserved or not, and nothing that another one held. */
    void used(@Nullable String holdId, LoggedEvent placed, LoggedEvent answer) {
        var given = used;
        used = null;
        findings.check(
                HOLD_ENDS_ONCE,
                (given == null || given.equals(holdId)) && (holdId == null || !open.containsKey(holdId)),
                () -> "The order held " + holdId + ", used up is " + given,
                placed,
                answer);
    }

    void endOfCommand(LoggedEvent logged) {
        findings.check(
                HOLD_ENDS_ONCE,
                used == null,
                () -> "Hold " + used + " is given back for an order that does not use it",
                logged);
        used = null;
    }

    /** Holds that are open though their time is over. */
    void finish(Instant asOf) {
        open.forEach((id, hold) -> findings.check(
                HOLD_ENDS_ONCE,
                hold.expiresAt.isAfter(asOf.minus(rules.slack())),
                () -> "Hold " + id + " is open after " + hold.expiresAt,
                hold.made));
    }
}
