package dev.mortar.inventory;

import dev.mortar.eventsourcing.testkit.ServiceArchitecture;
import org.junit.jupiter.api.Test;

class InventoryArchitectureTest {

    @Test
    void keepsTheModelFreeOfFrameworks() {
        ServiceArchitecture.check("dev.mortar.inventory", "Inventory");
    }
}
