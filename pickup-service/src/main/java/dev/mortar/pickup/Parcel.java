package dev.mortar.pickup;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parcel of a delivery.
 *
 * @param parcelId unique in its fulfilment
 * @param carrierId opaque id of the carrier
 * @param trackingReference opaque reference at the carrier, or null
 */
record Parcel(
        String parcelId,
        List<PickupLine> lines,
        String carrierId,
        @Nullable String trackingReference) {

    /** Its units of a line. */
    long units(String lineId) {
        return lines.stream()
                .filter(line -> line.lineId().equals(lineId))
                .mapToLong(PickupLine::quantity)
                .sum();
    }

    /** The SKU of one of its lines. */
    String sku(String lineId) {
        return lines.stream()
                .filter(line -> line.lineId().equals(lineId))
                .findFirst()
                .orElseThrow()
                .sku();
    }
}
