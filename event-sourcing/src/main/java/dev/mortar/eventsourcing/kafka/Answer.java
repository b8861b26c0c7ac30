package dev.mortar.eventsourcing.kafka;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request, a record of {@code <noun>.replies} in JSON. It does not hold the state: an answer shows the
 * present one.
 *
 * @param requestHash to tell a repeat from another request under the same key
 * @param repeated true when there was nothing left to do
 * @param sequence the aggregate's sequence after the command; of no meaning when it was refused
 * @param eventPosition position of the partition's last event after the command; the answer waits until it is folded
 * @param now when it was decided
 * @param refusal why it was refused, or null when it was accepted
 */
record Answer(
        UUID commandId,
        String requestHash,
        boolean repeated,
        long sequence,
        long eventPosition,
        Instant now,
        @Nullable Refusal refusal) {}
