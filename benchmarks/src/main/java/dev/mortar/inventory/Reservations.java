package dev.mortar.inventory;

import dev.mortar.eventsourcing.kafka.Json;
import java.time.Instant;
import java.util.List;

/** Commands to reserve, as inventory-service's own process writes them. */
public final class Reservations {

    private Reservations() {}

    /** One unit of each SKU, in the form of a record of {@code inventory.commands}. */
    public static byte[] json(String locationId, String orderId, List<String> skus, Instant expiresAt) {
        return Json.mapper()
                .writerFor(InventoryCommand.class)
                .writeValueAsBytes(reserve(locationId, orderId, skus, expiresAt));
    }

    static InventoryCommand.ReserveStock reserve(
            String locationId, String orderId, List<String> skus, Instant expiresAt) {
        return new InventoryCommand.ReserveStock(
                locationId,
                orderId + "-1",
                orderId,
                Channel.ONLINE,
                skus.stream().map(sku -> SkuQuantity.each(sku, 1)).toList(),
                null,
                expiresAt);
    }
}
