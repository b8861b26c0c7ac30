package dev.mortar.order;

import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.LinePart;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Units of an order for which the order chooses the locations.
 *
 * @param cell the shopper's place; null if a location stands for it
 * @param nearLocationId a location near the shopper; null if there is a cell
 * @param latestReadyAt last instant at which the goods may be ready; null if any time will do
 * @param splitMax largest number of locations that the units may leave from
 * @param mayMove whether the units may move to another location later, without a question to the shopper
 * @param destinationId opaque id of the destination of a delivery, or null
 */
record UnsourcedPart(
        FulfilmentMethod method,
        List<LinePart> parts,
        @Nullable Cell cell,
        @Nullable String nearLocationId,
        @Nullable Instant latestReadyAt,
        int splitMax,
        boolean mayMove,
        @Nullable String destinationId) {}
