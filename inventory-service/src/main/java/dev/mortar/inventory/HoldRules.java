package dev.mortar.inventory;

import static dev.mortar.eventsourcing.Decision.accepted;
import static dev.mortar.eventsourcing.Decision.rejected;

import dev.mortar.eventsourcing.Decision;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.inventory.InventoryRejection.*;
import dev.mortar.inventory.StockEntry.*;
import dev.mortar.values.Shortage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules of holds. A hold and its changes are met from available stock, and it lasts an hour at most. */
final class HoldRules {

    /** How long a hold can last from when it was made. */
    static final Duration LIFE_MAX = Duration.ofHours(1);

    private HoldRules() {}

    static Decision<InventoryEvent> hold(Stock stock, HoldStock c, Instant now) {
        Hold made = stock.hold(c.holdId());
        if (made != null) {
            return InventoryDecider.repeated(
                    "holdId", new Booked(c.holdId(), Document.of(made.requested())), Document.of(c.lines()));
        }
        List<SkuQuantity> lines = SkuQuantity.summed(c.lines());
        InventoryRejection refusal =
                InventoryDecider.refusal(stock, c.locationId(), lines, InventoryDecider.IN_UNIT_KEPT);
        if (refusal != null) {
            return rejected(refusal);
        }
        List<Shortage> shortages = stock.shortages(lines, c.channel());
        if (!shortages.isEmpty()) {
            return rejected(new InsufficientStock(shortages));
        }
        return accepted(new StockHeld(
                c.locationId(),
                c.holdId(),
                c.heldBy(),
                lines,
                now,
                now.plusSeconds(c.seconds()),
                stock.changes(lines, Quantities::ofHeld, 1)));
    }

    static Decision<InventoryEvent> change(Stock stock, ChangeHold c, Instant now) {
        Hold hold = stock.hold(c.holdId());
        if (hold == null || !mayTouch(hold, c.heldBy())) {
            return rejected(new HoldEnded(c.holdId()));
        }
        List<SkuQuantity> lines = c.lines() == null ? hold.lines() : SkuQuantity.summed(c.lines());
        Instant expiresAt = c.seconds() == null ? hold.expiresAt() : now.plusSeconds(c.seconds());
        if (lines.equals(hold.lines()) && expiresAt.equals(hold.expiresAt())) {
            return accepted();
        }
        if (expiresAt.isAfter(hold.heldAt().plus(LIFE_MAX))) {
            return rejected(new HoldTooLong(hold.heldAt().plus(LIFE_MAX)));
        }
        InventoryRejection refusal =
                InventoryDecider.refusal(stock, c.locationId(), lines, InventoryDecider.IN_UNIT_KEPT);
        if (refusal != null) {
            return rejected(refusal);
        }
        List<SkuQuantity> more = SkuQuantity.minus(lines, hold.lines());
        List<Shortage> shortages = stock.shortages(more, c.channel());
        if (!shortages.isEmpty()) {
            return rejected(new InsufficientStock(shortages));
        }
        List<SkuQuantity> fewer = SkuQuantity.minus(hold.lines(), lines);
        List<StockChange> changes = Stream.concat(
                        stock.changes(more, Quantities::ofHeld, 1).stream(),
                        stock.changes(fewer, Quantities::ofHeld, -1).stream())
                .toList();
        return accepted(new StockHoldChanged(c.locationId(), c.holdId(), lines, expiresAt, changes));
    }

    static Decision<InventoryEvent> release(Stock stock, ReleaseHold c) {
        Hold hold = stock.hold(c.holdId());
        return hold == null || !mayTouch(hold, c.heldBy())
                ? accepted()
                : accepted(new StockHoldReleased(
                        c.locationId(), c.holdId(), stock.changes(hold.lines(), Quantities::ofHeld, -1)));
    }

    /** To a shopper, the hold of another looks like one that has ended. */
    private static boolean mayTouch(Hold hold, @Nullable String shopper) {
        return shopper == null || shopper.equals(hold.heldBy());
    }

    static Decision<InventoryEvent> expire(Stock stock, ExpireHold c, Instant now) {
        Hold hold = stock.hold(c.holdId());
        return hold == null || now.isBefore(hold.expiresAt())
                ? accepted()
                : accepted(new StockHoldExpired(
                        c.locationId(), c.holdId(), stock.changes(hold.lines(), Quantities::ofHeld, -1)));
    }
}
