package dev.mortar.eventsourcing.kafka;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request, a JSON record of {@code <noun>.replies}. It does not contain the state, because a caller
 * always gets the current state.
 *
 * @param repeated true when there was nothing left to do
 * @param sequence the aggregate's sequence after the command; ignored if the command was refused
 * @param eventPosition of the partition's last event after the command; the caller gets the answer when it is folded
 * @param now when the command was decided
 */
record Answer(
        UUID commandId,
        String requestHash,
        boolean repeated,
        long sequence,
        long eventPosition,
        Instant now,
        @Nullable Refusal refusal) {}
