package dev.mortar.audit;

import static dev.mortar.audit.Invariant.HOLD_ENDS_ONCE;
import static dev.mortar.audit.Invariant.HOLD_LIFE;

import dev.mortar.schemas.inventory.StockChange;
import dev.mortar.schemas.inventory.StockHeld;
import dev.mortar.schemas.inventory.StockHoldChanged;
import dev.mortar.schemas.inventory.StockHoldReleased;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The holds of one location. An order uses a hold, or it is released, or it expires. */
final class Holds {
    private static final Duration LIFE_MAX = Duration.ofSeconds(3_600);

    private final Findings findings;
    private final StockBook book;
    private final Map<String, Hold> open = new HashMap<>();
    /** The hold that the current command released for the order that caused it. */
    private @Nullable String used;

    Holds(Findings findings, StockBook book) {
        this.findings = findings;
        this.book = book;
    }

    private record Hold(Instant expiresAt, Map<String, Long> quantities, LoggedEvent made) {}

    /** The event that made an open hold; null if there is no such hold. */
    @Nullable
    LoggedEvent made(String id) {
        var hold = open.get(id);
        return hold == null ? null : hold.made;
    }

    void held(StockHeld event, Map<String, Long> quantities) {
        var id = event.getHoldId();
        var earlier = open.put(id, new Hold(event.getExpiresAt(), quantities, findings.event()));
        findings.context(earlier == null ? null : earlier.made);
        findings.check(HOLD_ENDS_ONCE, earlier == null, "Hold %s is made while it is open", id);
        lasts(id, findings.event(), event.getExpiresAt());
        if (earlier != null) {
            book.addHeld(Sums.negative(earlier.quantities));
        }
        book.addHeld(quantities);
        book.held(event.getChanges(), quantities);
        book.claim(quantities.keySet(), false);
    }

    private void lasts(String id, LoggedEvent made, Instant expiresAt) {
        var latest = made.recordedAt().plus(LIFE_MAX);
        boolean isInTime = !expiresAt.isAfter(latest);
        findings.check(HOLD_LIFE, isInTime, "Hold %s lasts until %s, at most until %s", id, expiresAt, latest);
    }

    /** A hold gets other units or another end. Only units that are added have to be available. */
    void changed(StockHoldChanged event, Map<String, Long> quantities) {
        var id = event.getHoldId();
        var hold = open.get(id);
        findings.context(hold == null ? null : hold.made);
        findings.check(HOLD_LIFE, hold != null, "Hold %s is changed and is not open", id);
        Map<String, Long> before = hold == null ? Map.of() : hold.quantities;
        if (hold != null) {
            lasts(id, hold.made, event.getExpiresAt());
            open.put(id, new Hold(event.getExpiresAt(), quantities, hold.made));
        }
        var added = Sums.minus(quantities, before);
        book.addHeld(hold == null ? Map.of() : added);
        book.held(event.getChanges(), added);
        added.forEach((goods, more) -> book.claim(more > 0 ? Set.of(goods) : Set.of(), false));
    }

    void released(StockHoldReleased event) {
        ends(event.getHoldId(), event.getChanges(), false);
        used = findings.event().hasCause() ? event.getHoldId() : null;
    }

    void ends(String id, List<StockChange> changes, boolean expires) {
        var hold = open.remove(id);
        Map<String, Long> freed = Map.of();
        if (hold == null) {
            findings.broken(HOLD_ENDS_ONCE, "Hold %s ends and is not open", id);
        } else {
            var at = findings.event().recordedAt();
            findings.context(hold.made);
            boolean isRight = !expires || findings.rules.isAtDeadline(at, hold.expiresAt);
            findings.check(HOLD_LIFE, isRight, "Hold %s expires at %s; its time is %s", id, at, hold.expiresAt);
            freed = Sums.negative(hold.quantities);
        }
        book.addHeld(freed);
        book.held(changes, freed);
    }

    /** Inventory answers an order: the order's hold has to be used up by now, and no other hold. */
    void uses(@Nullable String holdId) {
        boolean isRight = (used == null || used.equals(holdId)) && (holdId == null || !open.containsKey(holdId));
        findings.check(HOLD_ENDS_ONCE, isRight, "The order has hold %s; hold %s is released for it", holdId, used);
        used = null;
    }

    void endOfCommand() {
        findings.check(HOLD_ENDS_ONCE, used == null, "Hold %s is released for an order that does not have it", used);
        used = null;
    }

    /** Holds that are open although their time is over. */
    void finish(Instant asOf) {
        var due = asOf.minus(findings.rules.slack());
        open.forEach((id, hold) -> {
            findings.context(hold.made);
            boolean isInTime = hold.expiresAt.isAfter(due);
            findings.check(HOLD_ENDS_ONCE, isInTime, "Hold %s is still open; its time was %s", id, hold.expiresAt);
        });
    }
}
