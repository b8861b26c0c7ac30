package dev.mortar.inventory;

import static dev.mortar.eventsourcing.testkit.DeciderScenario.scenario;
import static dev.mortar.inventory.SkuQuantity.each;

import dev.mortar.eventsourcing.testkit.DeciderScenario;
import dev.mortar.inventory.InventoryCommand.ReceiveStock;
import dev.mortar.inventory.InventoryEvent.LocationRegistered;
import java.util.List;

/** A store of the tests. */
final class Stores {
    static final String HERE = "pune-1";

    private Stores() {}

    /** The store, without stock. */
    static DeciderScenario<InventoryCommand, Stock, InventoryEvent> registered() {
        return scenario(new InventoryDecider())
                .given(new LocationRegistered(new StockEntry.Location(
                        HERE,
                        "Pune",
                        LocationType.STORE,
                        18.52,
                        73.85,
                        "Asia/Kolkata",
                        List.of(),
                        List.of(),
                        Offer.DEFAULT)));
    }

    /** The store with 10 mugs. */
    static DeciderScenario<InventoryCommand, Stock, InventoryEvent> withMugs() {
        return registered().givenCommands(new ReceiveStock(HERE, "R1", null, mugs(10)));
    }

    static List<SkuQuantity> mugs(long quantity) {
        return List.of(each("mug", quantity));
    }
}
