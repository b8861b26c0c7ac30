package dev.mortar.returns;

import dev.mortar.eventsourcing.RecordedAt;
import dev.mortar.values.Money;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goods that came back together.
 *
 * @param locationId where the goods are now
 * @param acceptedAt by the broker's clock
 * @param refund for all of it
 * @param override who accepted it after the return window and why, or null when it was open
 */
record Return(
        String returnId,
        String locationId,
        @RecordedAt Instant acceptedAt,
        List<ReturnedLine> lines,
        Money refund,
        @Nullable WindowOverride override) {

    Return {
        lines = List.copyOf(lines);
    }
}
