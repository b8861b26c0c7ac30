package dev.mortar.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mortar.inventory.InventoryDefinition.SkuStock;
import dev.mortar.values.Unit;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class StockLevelResponseTest {

    @Test
    void quantitiesAreFieldsOfTheLevelAndOfEachOtherUnit() {
        Positions positions = new Positions(List.of(
                new Positions.Position(Unit.EACH, new Quantities(9, 2, 1, 3, 4, 5, 0)),
                new Positions.Position(Unit.GRAM, Quantities.ofOnHand(-5))));
        JsonMapper json = JsonMapper.shared();

        assertThat(json.valueToTree(StockLevelResponse.of(new SkuStock("mug", positions), Instant.EPOCH))
                        .toString())
                .isEqualTo("""
                        {"sku":"mug","unit":"EACH","onHand":9,"committed":2,"held":1,"safetyStock":3,"damaged":4,\
                        "toVendor":5,"inTransit":0,"otherUnits":[{"unit":"GRAM","onHand":-5,"committed":0,"held":0,\
                        "safetyStock":0,"damaged":0,"toVendor":0,"inTransit":0}],"available":{"online":3,"inStore":6},\
                        "changedAt":"1970-01-01T00:00:00Z"}""");
    }
}
