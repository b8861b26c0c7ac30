package dev.mortar.returns;

import dev.mortar.eventsourcing.FieldName;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An accepted return.
 *
 * @param locationId where the goods are now
 * @param acceptedAt by the broker's clock
 * @param refund for all its lines
 * @param override who accepted it after the return window and why; null if the window was open
 */
record Return(
        String returnId,
        String locationId,
        @FieldName("meta.recordedAt") Instant acceptedAt,
        List<ReturnedLine> lines,
        Money refund,
        @Nullable WindowOverride override) {}
