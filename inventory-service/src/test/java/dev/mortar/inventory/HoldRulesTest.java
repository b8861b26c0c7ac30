package dev.mortar.inventory;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.NOON;
import static dev.mortar.inventory.Stores.HERE;
import static dev.mortar.inventory.Stores.mugs;
import static dev.mortar.inventory.Stores.withMugs;

import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.inventory.InventoryCommand.*;
import dev.mortar.inventory.InventoryEvent.*;
import dev.mortar.values.Shortage;
import dev.mortar.values.Unit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Changes of holds. */
class HoldRulesTest {

    private static final HoldStock HOLD = new HoldStock(HERE, "h1", "anna", Channel.ONLINE, mugs(4), 900);

    /** Anna holds 4 of 10 mugs for 15 minutes. */
    private static DeciderScenario<InventoryCommand, Stock, InventoryEvent> held() {
        return withMugs().givenCommands(HOLD);
    }

    private static ChangeHold change(@Nullable List<SkuQuantity> lines, @Nullable Long seconds) {
        return new ChangeHold(HERE, "h1", "anna", Channel.ONLINE, lines, seconds);
    }

    private static StockHoldChanged changed(long mugs, long seconds, StockChange... changes) {
        return new StockHoldChanged(HERE, "h1", mugs(mugs), NOON.plusSeconds(seconds), List.of(changes));
    }

    private static StockChange heldBy(long change, long after) {
        return new StockChange("mug", Unit.EACH, Quantities.ofHeld(change), new Quantities(10, 0, after, 0, 0, 0, 0));
    }

    @Test
    void takesMoreUnits() {
        held().when(change(mugs(6), null))
                .then(changed(6, 900, heldBy(2, 6)))
                .when(change(mugs(6), null))
                .thenNothing();
    }

    @Test
    void givesUnitsBack() {
        held().when(change(mugs(1), null)).then(changed(1, 900, heldBy(-3, 1)));
    }

    @Test
    void lastsLongerButAnHourAtMost() {
        var tenMinutesLater = held().at(NOON.plusSeconds(600));
        tenMinutesLater
                .when(change(null, 3_001L))
                .thenRejected(new InventoryRejection.HoldTooLong(NOON.plusSeconds(3_600)));
        tenMinutesLater
                .when(change(null, 3_000L))
                .then(changed(4, 3_600))
                .when(change(null, 3_000L))
                .thenNothing()
                .at(NOON.plusSeconds(900))
                .when(new ExpireHold(HERE, "h1"))
                .thenNothing();
    }

    @Test
    void staysAsItWasIfMoreUnitsAreNotAvailable() {
        held().when(change(mugs(11), 60L))
                .thenRejected(new InventoryRejection.InsufficientStock(List.of(new Shortage("mug", 7, 6))));
    }

    @Test
    void changesNothingWithoutAChange() {
        held().when(change(null, null))
                .thenNothing()
                .when(change(mugs(4), 900L))
                .thenNothing();
    }

    @Test
    void isNoneForAnotherShopper() {
        held().when(new ChangeHold(HERE, "h1", "ben", Channel.ONLINE, mugs(1), null))
                .thenRejected(new InventoryRejection.HoldEnded("h1"));
        held().when(new ChangeHold(HERE, "h1", null, Channel.STORE, mugs(1), null))
                .then(changed(1, 900, heldBy(-3, 1)));
    }

    @Test
    void isRefusedWhenItHasEnded() {
        held().givenCommands(new ReleaseHold(HERE, "h1", "anna"))
                .when(change(mugs(1), null))
                .thenRejected(new InventoryRejection.HoldEnded("h1"));
    }

    @Test
    void isStillTheSameRequestAfterAChange() {
        held().givenCommands(change(mugs(6), null)).when(HOLD).thenNothing();
    }
}
